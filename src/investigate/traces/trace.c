#include "investigate/traces/trace.h"

#define X(name) extern const struct trace_kind trace_##name;
#include "investigate/traces/trace_list.h"
#undef X

static const struct trace_kind *const kinds[] = {
#define X(name) &trace_##name,
#include "investigate/traces/trace_list.h"
#undef X
};

struct str trace_field(const struct trace_record *r, const char *name)
{
    struct str want = str_of(strcmp(name, "Provider_Name") == 0 ? "Provider" : name);
    for (size_t i = 0; i < r->field_n; i++)
        if (str_eq(r->field[i].name, want))
            return r->field[i].value;
    return (struct str){0};
}

const struct trace_kind *trace_sniff(struct str head, struct str file_name)
{
    const struct trace_kind *best = NULL;
    int most = 0;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        int sure = kinds[i]->sniff(head, file_name);
        if (sure > most) {
            most = sure;
            best = kinds[i];
        }
    }
    return best;
}

const struct trace_kind *trace_by_name(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_is(name, kinds[i]->name))
            return kinds[i];
    return NULL;
}

void trace_coverage_time(struct trace_coverage *c, when_t t)
{
    if (t == WHEN_NONE)
        return;
    if (c->timed++ == 0) {
        c->first = c->last = t;
        return;
    }
    c->first = MIN(c->first, t);
    c->last = MAX(c->last, t);
}

void trace_coverage_add(struct trace_coverage *a, const struct trace_coverage *b)
{
    a->bytes += b->bytes;
    a->rows += b->rows;
    a->damaged += b->damaged;
    a->damaged_bytes += b->damaged_bytes;
    a->recovered += b->recovered;
    a->notes += b->notes;
    a->cut += b->cut;
    a->gaps += b->gaps;
    a->missing += b->missing;
    if (b->timed == 0)
        return;
    a->first = a->timed ? MIN(a->first, b->first) : b->first;
    a->last = a->timed ? MAX(a->last, b->last) : b->last;
    a->timed += b->timed;
}
