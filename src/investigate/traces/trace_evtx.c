#include "investigate/traces/trace.h"
#include "investigate/traces/evtx.h"

/* Records in one call of the sink: one, since a record's texts live until the next. */
struct pass {
    const struct trace_want *want;
    const struct trace_sink *sink;
    struct trace_coverage *coverage;
    struct map names; /* those wanted */
    VEC(struct trace_field) field;
    struct buf json;
};

static int evtx_sniff(struct str head, struct str file_name)
{
    (void)file_name;
    if (str_starts(head, "ElfFile") && head.n > 7 && head.p[7] == 0)
        return 100;
    return str_starts(head, "ElfChnk") && head.n > 7 && head.p[7] == 0 ? 95 : 0;
}

static int record(struct pass *p, const struct evtx_record *rec, struct err *e)
{
    struct str time = {0};
    vec_clear(&p->field);
    for (size_t i = 0, n = evtx_field_count(rec); i < n; i++) {
        struct str name = evtx_field_name(rec, i);
        if (p->names.n == 0 || map_get(&p->names, name))
            vec_push(&p->field, ((struct trace_field){name, evtx_field_value(rec, i)}));
    }
    evtx_field(rec, "TimeCreated", &time);
    buf_clear(&p->json);
    if (p->want->text) {
        int rc = evtx_json(rec, &p->json, e);
        if (rc < 0)
            return rc;
    }
    struct trace_record out = {.number = rec->id,
                               .offset = rec->offset,
                               .bytes = rec->size,
                               .time = rec->time,
                               .time_text = time,
                               .zone = rec->time == WHEN_NONE ? TRACE_ZONE_NONE : TRACE_ZONE_FORMAT,
                               .field = p->field.p,
                               .field_n = p->field.n,
                               .text = buf_str(&p->json),
                               .damage = rec->damage,
                               .recovered = rec->recovered};
    return p->sink->record(p->sink->ctx, &out, 1);
}

static void damage(const struct pass *p, const struct evtx_record *rec)
{
    p->coverage->notes += rec->size == 0;
    if (p->sink->damage)
        p->sink->damage(p->sink->ctx, &(struct trace_damage){rec->offset, rec->size, rec->id, rec->damage});
}

static void cover(struct trace_coverage *c, const struct evtx *r)
{
    struct evtx_stats s;
    evtx_stats(r, &s);
    struct trace_coverage add = {.bytes = s.bytes,
                                 .damaged = s.damaged,
                                 .damaged_bytes = s.damaged_bytes,
                                 .recovered = s.recovered,
                                 .rows = s.rows,
                                 .gaps = s.gaps,
                                 .missing = s.missing,
                                 .first = s.first,
                                 .last = s.last,
                                 .timed = s.timed};
    trace_coverage_add(c, &add);
}

static int evtx_read(const struct trace_input *in, const struct trace_want *want,
                     const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    struct evtx *r;
    struct evtx_record rec;
    struct pass p = {.want = want, .sink = sink, .coverage = coverage, .json = BUF_INIT(LIMIT_RECORD)};
    int rc = in->stream    ? evtx_open_stream(&r, in->name, in->stream, e)
             : in->bytes.p ? evtx_open_mem(&r, in->name, in->bytes, e)
                           : evtx_open_fd(&r, in->name, in->fd, e);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < want->name_n; i++)
        map_put(&p.names, str_is(want->name[i], "Provider_Name") ? STR_LIT("Provider") : want->name[i], NULL);
    evtx_set(r, want->recovered ? EVTX_SLACK : 0);
    evtx_only(r, want->event, want->event_n);
    while ((rc = evtx_next(r, &rec, e)) > 0) {
        if (rc == EVTX_DAMAGE)
            damage(&p, &rec);
        else if ((rc = record(&p, &rec, e)) != 0)
            break;
    }
    cover(coverage, r);
    evtx_free(r);
    map_release(&p.names);
    vec_release(&p.field);
    buf_release(&p.json);
    return rc;
}

const struct trace_kind trace_evtx;
const struct trace_kind trace_evtx = {
    .name = "evtx", .title = TR("Windows event log (EVTX)"), .sniff = evtx_sniff, .read = evtx_read};
