#include "investigate/sweep.h"

#include <stdlib.h>

static const char *const titles[] = {TR("not checked"), TR("not established"), TR("no trace found, everything needed was examined")};
static const char *const level_titles[] = {TR("hint"),
                                           TR("scanned"),
                                           TR("probed, without success as far as seen"),
                                           TR("exploited"),
                                           TR("an attempt to write a file"),
                                           TR("a file was written"),
                                           TR("a web shell is present or was used"),
                                           TR("the intruder was active on the system")};

const char *verdict_name(const struct verdict_result *v)
{
    static const char *const names[] = {"not-checked", "not-established", "clean"};
    return v->state == VERDICT_FOUND ? indicator_level_name(v->level) : names[v->state];
}

const char *verdict_title(const struct verdict_result *v)
{
    return tr(v->state == VERDICT_FOUND ? level_titles[v->level] : titles[v->state]);
}

static bool ja(void)
{
    return i18n_lang() == LANG_JA;
}

static bool belongs(const struct sighting *x, uint32_t asset, struct str cve)
{
    return x->asset == asset && str_ieq(x->cve, cve);
}

/* What to do next: the pack's word for the check that carries the verdict, else by the level. */
static struct str next_step(const struct sighting *top, enum verdict_level state)
{
    if (top) {
        struct str said = ja() && top->check->next_ja.n ? top->check->next_ja : top->check->next;
        if (said.n)
            return said;
        switch (top->level) {
        case LEVEL_HINT:
        case LEVEL_SCAN:
        case LEVEL_PROBE:
            return str_of(tr("Apply the fix, and look again a few days later: whoever probes comes back."));
        case LEVEL_EXPLOITED:
        case LEVEL_WRITE_ATTEMPTED:
            return str_of(tr("Treat the machine as compromised: take it off the network, copy the evidence (--collect), then look for written files on every disk."));
        default:
            return str_of(tr("Treat the machine as compromised: isolate it now, copy the evidence before any repair, change all credentials used on it, and look for the same client on other machines."));
        }
    }
    if (state == VERDICT_CLEAN)
        return str_of(tr("Apply the fix; keep this report."));
    return str_of(tr("Provide what is missing (older logs, the machine's disk), and sweep again: absence of traces means nothing here."));
}

static void count_sightings(struct sweep *s, struct verdict_result *v, const struct sighting **top)
{
    *top = NULL;
    for (size_t i = 0; i < s->sighting.n; i++) {
        const struct sighting *x = &s->sighting.p[i];
        if (!belongs(x, v->asset, v->cve))
            continue;
        if (x->hint) {
            v->hints++;
            continue;
        }
        v->sightings++;
        if (!*top || x->level > (*top)->level)
            *top = x;
        if (x->time_source == SIGHTING_TIME_RECORD) {
            v->first = v->first == WHEN_NONE ? x->time : MIN(v->first, x->time);
            v->last = v->last == WHEN_NONE ? x->time : MAX(v->last, x->time);
        }
    }
}

static void gather_missing(struct sweep *s, struct verdict_result *v, bool *any, bool *all)
{
    VEC(struct str) out = {0};
    *any = false;
    *all = true;
    bool one = false;
    for (size_t i = 0; i < s->check_n; i++) {
        const struct coverage_check *k = &s->check[v->asset * s->check_n + i];
        if (!str_ieq(k->check->vulnerability, v->cve) || k->check->level == LEVEL_HINT)
            continue;
        one = true;
        *any |= k->state != COVERAGE_NOT_DONE;
        *all &= k->state == COVERAGE_DONE;
        for (size_t m = 0; m < k->missing_n; m++) {
            bool have = false;
            for (size_t x = 0; x < out.n && !have; x++)
                have = str_eq(out.p[x], k->missing[m]);
            if (!have)
                vec_push(&out, k->missing[m]);
        }
    }
    *all &= one;
    v->missing = arena_array(&s->a, struct str, out.n + 1);
    if (out.n)
        memcpy(v->missing, out.p, out.n * sizeof(*out.p));
    v->missing_n = out.n;
    vec_release(&out);
}

static struct str reason(struct sweep *s, const struct verdict_result *v, const struct sighting *top)
{
    if (top)
        return str_of(arena_printf(&s->a, tr("%zu sightings, the gravest: %.*s"), v->sightings,
                                   STR_ARG(ja() && top->check->title_ja.n ? top->check->title_ja : top->check->title)));
    if (v->state == VERDICT_CLEAN)
        return str_of(tr("all checks were done over the whole window, and none hit"));
    if (v->state == VERDICT_NOT_CHECKED)
        return str_of(tr("nothing that the checks need was among the paths given"));
    return str_of(tr("no check hit, but not everything they need could be examined"));
}

static void judge(struct sweep *s, struct verdict_result *v)
{
    const struct sighting *top;
    bool any, all;
    v->first = v->last = WHEN_NONE;
    count_sightings(s, v, &top);
    gather_missing(s, v, &any, &all);
    v->state = top ? VERDICT_FOUND : all ? VERDICT_CLEAN : any ? VERDICT_NOT_ESTABLISHED : VERDICT_NOT_CHECKED;
    v->level = top ? top->level : LEVEL_HINT;
    v->established = top || v->state == VERDICT_CLEAN;
    v->why = reason(s, v, top);
    v->next = next_step(top, v->state);
}

static void add_cve(struct sweep *s, struct map *seen, uint32_t asset, struct str cve)
{
    bool made;
    struct buf key = BUF_INIT(KIB * 4);
    buf_printf(&key, "%u " STR_FMT, (unsigned)asset, STR_ARG(cve));
    map_put(seen, buf_str(&key), &made);
    buf_release(&key);
    if (made)
        s->verdict[s->verdict_n++] = (struct verdict_result){.asset = asset, .cve = cve};
}

/* Every vulnerability that a check or a sighting speaks of. */
void verdict_judge(struct sweep *s)
{
    struct map seen = {0};
    s->verdict = arena_array(&s->a, struct verdict_result, s->asset_n * s->check_n + s->sighting.n + 1);
    for (uint32_t a = 0; a < s->asset_n; a++) {
        for (size_t i = 0; i < s->check_n; i++)
            if (s->check[a * s->check_n + i].check->level != LEVEL_HINT)
                add_cve(s, &seen, a, s->check[a * s->check_n + i].check->vulnerability);
        for (size_t i = 0; i < s->sighting.n; i++)
            if (s->sighting.p[i].asset == a && !s->sighting.p[i].hint)
                add_cve(s, &seen, a, s->sighting.p[i].cve);
    }
    for (size_t i = 0; i < s->verdict_n; i++)
        judge(s, &s->verdict[i]);
    map_release(&seen);
}
