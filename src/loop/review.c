#include "loop/review.h"

#include "loop/review_mark.h"

#define X(name) extern const struct review_line review_##name;
#include "loop/review_list.h"
#undef X
const struct review_line *const review_lines[] = {
#define X(name) &review_##name,
#include "loop/review_list.h"
#undef X
    NULL};

const char *review_state_name(enum review_state s)
{
    static const char *const name[] = {"measured", "unknown", "empty"};
    return name[s];
}

/* ---- marks ---- */

int review_mark_percent(int64_t good, int64_t of)
{
    if (of <= 0 || good <= 0)
        return 0;
    return good >= of ? 100 : (int)(good * 100 / of);
}

struct review_mark review_mark_measured(int score, const char *value, const char *next)
{
    int s = score < 0 ? 0 : MIN(score, 100);
    return (struct review_mark){REVIEW_MEASURED, s, str_of(value), str_of(next ? next : "")};
}

struct review_mark review_mark_unknown(const char *why, const char *next)
{
    return (struct review_mark){REVIEW_UNKNOWN, 0, str_of(why), str_of(next)};
}

struct review_mark review_mark_empty(const char *why)
{
    return (struct review_mark){REVIEW_EMPTY, 0, str_of(why), str_of("")};
}

#define NAMES_SHOWN 4

void review_mark_name(struct review_mark_names *l, struct str name)
{
    if (l->n == 0)
        l->text = BUF_INIT(LIMIT_LEDGER_CELL);
    if (l->n++ >= NAMES_SHOWN)
        return;
    if (l->n > 1)
        buf_adds(&l->text, tr(", "));
    struct str cut = str_n(name.p, str_utf8_clip(name.p, MIN(name.n, (size_t)80)));
    buf_add_str(&l->text, cut);
    if (cut.n < name.n)
        buf_adds(&l->text, "…");
}

const char *review_mark_names(struct review_mark_names *l, struct arena *a)
{
    const char *all = l->n > NAMES_SHOWN
                          ? arena_printf(a, tr("%s and %zu more"), buf_cstr(&l->text), l->n - NAMES_SHOWN)
                          : arena_strdup(a, buf_cstr(&l->text));
    buf_release(&l->text);
    *l = (struct review_mark_names){0};
    return all;
}

bool review_mark_blank(struct str s)
{
    return str_trim(s).n == 0;
}

/* ---- the whole ---- */

int review_score(const struct review_line *const *line, const struct review_mark *mark, size_t n)
{
    int64_t sum = 0, weight = 0;
    for (size_t i = 0; i < n; i++) {
        if (mark[i].state == REVIEW_EMPTY)
            continue;
        weight += line[i]->weight;
        sum += mark[i].state == REVIEW_MEASURED ? (int64_t)line[i]->weight * mark[i].score : 0;
    }
    return weight ? (int)(sum / weight) : 0;
}

static void count(struct review *r, const struct review_line *l, const struct review_mark *m)
{
    int *weight[] = {&r->measured, &r->unknown, &r->empty};
    size_t *n[] = {&r->measured_n, &r->unknown_n, &r->empty_n};
    *weight[m->state] += l->weight;
    ++*n[m->state];
}

void review_measure(const struct review_facts *f, struct arena *a, struct review *out)
{
    *out = (struct review){0};
    for (; review_lines[out->n]; out->n++) {
        out->line[out->n] = review_lines[out->n];
        out->mark[out->n] = review_lines[out->n]->measure(f, a);
        count(out, out->line[out->n], &out->mark[out->n]);
    }
    out->score = review_score(out->line, out->mark, out->n);
}

_Static_assert(ARRAY_LEN(review_lines) <= REVIEW_LINES_MAX, "room for every line");

size_t review_below(const struct review *r, int mark)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->mark[i].state == REVIEW_MEASURED && r->mark[i].score < mark;
    return n;
}

void review_json(const struct review *r, struct json_writer *w)
{
    json_w_array(w);
    for (size_t i = 0; i < r->n; i++) {
        const struct review_mark *m = &r->mark[i];
        json_w_object(w);
        json_w_kcstr(w, "line", r->line[i]->name);
        json_w_kcstr(w, "title", tr(r->line[i]->title));
        json_w_kcstr(w, "state", review_state_name(m->state));
        json_w_key(w, "score");
        if (m->state == REVIEW_MEASURED)
            json_w_int(w, m->score);
        else
            json_w_null(w);
        json_w_kint(w, "weight", r->line[i]->weight);
        json_w_kstr(w, "value", m->value);
        json_w_kcstr(w, "reason", tr(r->line[i]->reason));
        json_w_kstr(w, "next", m->next);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}
