/* What follows from all that the threads brought: order, chains, coverage, verdicts. */
#include <stdlib.h>

#include "investigate/scan_in.h"

static int by_place(const void *a, const void *b)
{
    const struct sighting *x = a, *y = b;
    int c;
    if (x->asset != y->asset)
        return x->asset < y->asset ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if ((c = str_cmp(x->path, y->path)) != 0)
        return c;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    if ((c = str_cmp(x->check->id, y->check->id)) != 0)
        return c;
    return x->indicator < y->indicator ? -1 : x->indicator > y->indicator;
}

static void settle_asset(struct sweep *s, struct sweep_asset *as, const struct map *clocks)
{
    for (size_t i = 0; i < clocks->cap; i++) {
        int64_t minutes;
        const struct map_slot *k = &clocks->slot[i];
        if (!k->value || !num_i64(str_n(clocks->keys + k->key, k->len), &minutes))
            continue;
        as->clock_of += k->value;
        if (k->value > as->clock_n) {
            as->clock_n = k->value;
            as->clock_s = minutes * 60;
        }
    }
    for (size_t i = 0; as->hosts.n == 1 && i < as->hosts.cap; i++)
        if (as->hosts.slot[i].value)
            as->host = scan_clean(&s->a, str_n(as->hosts.keys + as->hosts.slot[i].key, as->hosts.slot[i].len), 256);
    /* Names, hashes and contents count every file that was reached. */
    struct trace_coverage none = {0};
    struct coverage *c = &as->coverage;
    if (c->files + c->directories) {
        static const char *const name[] = {"file-names", "file-hashes", "file-contents"};
        for (size_t i = 0; i < ARRAY_LEN(name); i++) {
            coverage_file(c, str_of(name[i]), &none);
            struct coverage_input *in = coverage_input(c, str_of(name[i]));
            in->files = c->files;
            in->seen.bytes = i ? c->bytes : 0;
        }
    }
    coverage_sort(c);
}

/* Also reports the earliest of those the packs speak of. */
static struct coverage_window window_of(struct sweep *s, struct str cve)
{
    struct coverage_window w = {s->options->since, s->stopped};
    for (size_t i = 0; s->options->since == WHEN_NONE && i < s->options->first_n; i++)
        if (str_ieq(s->options->first[i].cve, cve))
            w.from = s->options->first[i].from;
    if (w.from != WHEN_NONE)
        s->window.from = s->window.from == WHEN_NONE ? w.from : MIN(s->window.from, w.from);
    return w;
}

static void judge_checks(struct sweep *s)
{
    const struct sweep_options *o = s->options;
    size_t n = 0;
    for (size_t p = 0; p < o->pack_n; p++)
        s->check_n += o->pack[p]->check_n;
    s->check = arena_array(&s->a, struct coverage_check, s->check_n * s->asset_n + 1);
    for (size_t a = 0; a < s->asset_n; a++)
        for (size_t p = 0; p < o->pack_n; p++)
            for (size_t k = 0; k < o->pack[p]->check_n; k++) {
                struct coverage_window w = window_of(s, o->pack[p]->check[k].vulnerability);
                coverage_judge(&s->asset[a].coverage, o->pack[p], &o->pack[p]->check[k], &w, &s->a, &s->check[n++]);
            }
}

/* What no sweep of files can tell: said once, never passed over. */
static void not_evaluable(struct sweep *s)
{
    VEC(struct str) out = {0};
    for (size_t p = 0; p < s->options->pack_n; p++) {
        const struct pack *pk = s->options->pack[p];
        size_t n = pk->note_count[PACK_NOT_EVALUABLE], expired = pk->note_count[PACK_EXPIRED], rejected = pk->note_count[PACK_REJECTED];
        if (n)
            vec_push(&out, str_of(arena_printf(&s->a, tr("%s: %zu indicators cannot be evaluated on files and logs"), pk->name.p, n)));
        if (expired)
            vec_push(&out, str_of(arena_printf(&s->a, tr("%s: %zu indicators have expired and were not used"), pk->name.p, expired)));
        if (rejected)
            vec_push(&out, str_of(arena_printf(&s->a, tr("%s: %zu rows were rejected when the pack was read"), pk->name.p, rejected)));
    }
    s->not_evaluable = arena_array(&s->a, struct str, out.n + 1);
    if (out.n)
        memcpy(s->not_evaluable, out.p, out.n * sizeof(*out.p));
    s->not_evaluable_n = out.n;
    vec_release(&out);
}

void sweep_conclude(struct sweep *s, const struct map *clocks)
{
    for (size_t i = 0; i < s->asset_n; i++)
        settle_asset(s, &s->asset[i], &clocks[i]);
    if (s->sighting.n)
        qsort(s->sighting.p, s->sighting.n, sizeof(*s->sighting.p), by_place);
    chain_sequences(s);
    chain_find(s);
    judge_checks(s);
    not_evaluable(s);
    verdict_judge(s);
}
