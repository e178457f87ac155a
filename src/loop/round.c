#include "loop/round.h"

#include <stdlib.h>

#include "loop/identify_parts.h"

#define DIGEST_CVES 15 /* a notice of more vulnerabilities is a digest: it does not join them */

const char *round_level_name(enum round_level l)
{
    static const char *const name[] = {"quiet", "heard", "later", "soon", "now"};
    return name[l];
}

struct build {
    const struct world *w;
    when_t since;
    struct arena *a;
    struct round_result *out;
    uint32_t *parent; /* union-find over vulnerabilities, then notices behind them */
    size_t n;
    struct map vuln_index;
};

static uint32_t root(struct build *b, uint32_t i)
{
    while (b->parent[i] != i) {
        b->parent[i] = b->parent[b->parent[i]];
        i = b->parent[i];
    }
    return i;
}

static void join(struct build *b, uint32_t i, uint32_t k)
{
    i = root(b, i);
    k = root(b, k);
    if (i < k)
        b->parent[k] = i;
    else
        b->parent[i] = k;
}

static uint32_t vuln_at(const struct build *b, struct str id)
{
    const uint64_t *v = map_get(&b->vuln_index, id);
    return v ? (uint32_t)*v : UINT32_MAX;
}

/* Notices are numbered behind the vulnerabilities. */
static void join_notices(struct build *b)
{
    const struct identify_result *f = &b->out->found;
    for (uint32_t i = 0; i < f->notice_n; i++) {
        const struct notice *n = &f->notice[i].rev.n;
        uint32_t self = (uint32_t)f->vuln_n + i, v = vuln_at(b, n->id);
        if (v != UINT32_MAX)
            join(b, self, v);
        for (size_t c = 0; c < n->cve_n && n->cve_n <= DIGEST_CVES; c++)
            if ((v = vuln_at(b, n->cve[c])) != UINT32_MAX)
                join(b, self, v);
    }
}

static int pressing(const struct decision *d)
{
    return d && d->applies && d->outcome && d->outcome->days >= 0 ? d->outcome->days : INT32_MAX;
}

/* Vulnerabilities no small notice speaks of: one item a product and level of pressure. */
static void join_products(struct build *b)
{
    const struct identify_result *f = &b->out->found;
    struct map seen = {0};
    struct buf key = BUF_INIT(MIB);
    bool *told = arena_array(b->a, bool, b->n + 1);
    for (size_t i = 0; i < f->notice_n; i++)
        told[root(b, (uint32_t)(f->vuln_n + i))] = true;
    for (uint32_t i = 0; i < f->vuln_n; i++) {
        if (told[root(b, i)] || f->vuln[i].n == 0)
            continue;
        const struct identify_finding *first = &f->finding[f->vuln[i].first];
        int days = pressing(first->decision);
        buf_clear(&key);
        buf_printf(&key, STR_FMT " %d", STR_ARG(first->item->key),
                   days <= 3 || f->vuln[i].exploited ? 3
                   : days <= 14                      ? 14
                                                     : 0);
        bool made;
        uint64_t *at = map_put(&seen, buf_str(&key), &made);
        if (made)
            *at = i;
        else
            join(b, i, (uint32_t)*at);
    }
    map_release(&seen);
    buf_release(&key);
}

static int status_rank(enum finding_status s)
{
    static const int rank[] = {
        [FINDING_NOT_AFFECTED] = 0, [FINDING_UNKNOWN] = 1, [FINDING_POSSIBLE] = 2, [FINDING_AFFECTED] = 3};
    return rank[s];
}

static int by_asset(const void *a, const void *b)
{
    const struct identify_finding *x = *(const struct identify_finding *const *)a,
                                  *y = *(const struct identify_finding *const *)b;
    int64_t i = x->item->asset->a.id, k = y->item->asset->a.id;
    if (i != k)
        return i < k ? -1 : 1;
    int r = status_rank(y->v.status) - status_rank(x->v.status);
    return r ? r : (x->vuln > y->vuln) - (x->vuln < y->vuln);
}

static int by_status(const void *a, const void *b)
{
    const struct round_machine *x = a, *y = b;
    int r = status_rank(y->status) - status_rank(x->status);
    if (r == 0)
        r = (int)y->asset->a.exposure - (int)x->asset->a.exposure;
    return r ? r : (x->asset->a.id > y->asset->a.id) - (x->asset->a.id < y->asset->a.id);
}

static void add_word(struct build *b, struct str *list, struct str word, unsigned *n)
{
    if (word.n == 0 || *n > 4)
        return;
    struct str_split it = str_split_init(*list, '\n');
    struct str piece;
    while (str_split_next(&it, &piece))
        if (str_eq(piece, word))
            return;
    const char *sep = list->n ? "\n" : "";
    *list = ++*n > 4 ? str_of(arena_printf(b->a, STR_FMT "%s…", STR_ARG(*list), sep))
                     : str_of(arena_printf(b->a, STR_FMT "%s" STR_FMT, STR_ARG(*list), sep, STR_ARG(word)));
}

static struct str comma_list(struct build *b, struct str s)
{
    struct buf out = BUF_INIT(64 * KIB);
    struct str_split it = str_split_init(s, '\n');
    struct str piece;
    while (str_split_next(&it, &piece))
        buf_printf(&out, "%s" STR_FMT, out.n ? tr(", ") : "", STR_ARG(piece));
    struct str r = arena_str(b->a, buf_str(&out));
    buf_release(&out);
    return r;
}

static void count_machines(struct build *b, struct round_item *it)
{
    unsigned places = 0, orgs = 0;
    for (size_t i = 0; i < it->machine_n; i++) {
        const struct asset *as = &it->machine[i].asset->a;
        int64_t *const by[] = {&it->unknown, &it->cleared, &it->possible, &it->affected};
        *by[it->machine[i].status] += as->count;
        if (it->machine[i].status == FINDING_NOT_AFFECTED)
            continue;
        it->exposed += as->exposure == EXPOSURE_PUBLIC ? as->count : 0;
        it->contractor += as->organisation.n ? as->count : 0;
        add_word(b, &it->place, as->place, &places);
        add_word(b, &it->organisation, as->organisation, &orgs);
    }
    it->place = comma_list(b, it->place);
    it->organisation = comma_list(b, it->organisation);
}

static void fill_machines(struct build *b, struct round_item *it)
{
    const struct identify_result *f = &b->out->found;
    size_t n = 0;
    for (size_t i = 0; i < it->vuln_n; i++)
        n += f->vuln[it->vuln[i]].n;
    const struct identify_finding **all = arena_array(b->a, const struct identify_finding *, n + 1);
    n = 0;
    for (size_t i = 0; i < it->vuln_n; i++)
        for (size_t k = 0; k < f->vuln[it->vuln[i]].n; k++)
            all[n++] = &f->finding[f->vuln[it->vuln[i]].first + k];
    if (n)
        qsort(all, n, sizeof(*all), by_asset);
    it->machine = arena_array(b->a, struct round_machine, n + 1);
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && all[k]->item->asset == all[i]->item->asset;)
            k++;
        it->machine[it->machine_n++] =
            (struct round_machine){all[i]->item->asset, all[i]->v.status, &all[i], k - i};
    }
    if (it->machine_n)
        qsort(it->machine, it->machine_n, sizeof(*it->machine), by_status);
    count_machines(b, it);
}

static void pick_decision(struct round_item *it)
{
    for (size_t i = 0; i < it->machine_n; i++) {
        for (size_t k = 0; k < it->machine[i].finding_n; k++) {
            const struct decision *d = it->machine[i].finding[k]->decision;
            if (it->machine[i].finding[k]->v.status == FINDING_NOT_AFFECTED || !d || !d->applies)
                continue;
            bool sooner = !it->decision ||
                          (d->deadline != WHEN_NONE &&
                           (it->decision->deadline == WHEN_NONE || d->deadline < it->decision->deadline));
            if (sooner || (d->forensic && !it->decision->forensic && d->deadline == it->decision->deadline))
                it->decision = d;
        }
    }
}

static int notice_rank(const struct identify_notice *n)
{
    return (n->as.exploited ? 8 : 0) + (n->as.urgent ? 4 : 0) + (n->trusted ? 2 : 0) +
           (n->rev.n.complete ? 1 : 0);
}

static void pick_notice(struct build *b, struct round_item *it, uint32_t *notice)
{
    const struct identify_notice *list = b->out->found.notice;
    for (size_t i = 1; i < it->notice_n; i++) {
        if (notice_rank(&list[notice[i]]) > notice_rank(&list[notice[0]])) {
            uint32_t best = notice[i];
            memmove(&notice[1], &notice[0], i * sizeof(*notice));
            notice[0] = best;
        }
    }
    for (size_t i = 0; i < it->notice_n; i++) {
        it->news |= list[notice[i]].rev.known >= b->since;
        it->exploited |= list[notice[i]].as.exploited && list[notice[i]].trusted;
        it->urgent |= list[notice[i]].as.urgent && list[notice[i]].trusted;
    }
    if (it->notice_n) {
        it->title = list[notice[0]].rev.n.title;
        it->by = list[notice[0]].publisher;
        it->quote = identify_quote(&list[notice[0]], &it->signal);
    }
}

static enum round_level level_of(const struct round_item *it)
{
    bool ours = it->affected + it->possible + it->unknown > 0;
    int days = pressing(it->decision);
    /* Whether it is exploited is not known to anybody we ask: the deadline is the worst case's,
     * but it does not shout over what is known to be exploited. */
    bool guess =
        it->decision && it->decision->best && it->decision->best->days != days && !it->decision->in_kev;
    if (!ours)
        return it->notice_n && (it->exploited || it->urgent) ? ROUND_HEARD : ROUND_QUIET;
    if (it->exploited || it->urgent || (days <= 3 && !guess))
        return ROUND_NOW;
    return days <= 14 ? ROUND_SOON : ROUND_LATER;
}

static void finish_item(struct build *b, struct round_item *it)
{
    const struct identify_result *f = &b->out->found;
    /* Many vulnerabilities of one product that no notice speaks of: the product is the title. */
    const struct identify_finding *one =
        it->notice_n == 0 && it->vuln_n > 1 ? &f->finding[f->vuln[it->vuln[0]].first] : NULL;
    if (one)
        it->title =
            str_of(arena_printf(b->a, tr("%.*s: %zu vulnerabilities"), STR_ARG(one->item->key), it->vuln_n));
    for (size_t i = 0; i < it->vuln_n; i++) {
        it->exploited |= f->vuln[it->vuln[i]].exploited;
        it->listed |= f->vuln[it->vuln[i]].listed;
        it->news |= f->vuln[it->vuln[i]].published >= b->since;
        if (it->title.n == 0)
            it->title = f->vuln[it->vuln[i]].title;
    }
    if (it->title.n == 0 && it->vuln_n)
        it->title = f->vuln[it->vuln[0]].id;
    fill_machines(b, it);
    pick_decision(it);
    it->level = level_of(it);
    it->next = round_next(it, b->a);
}

static int by_pressure(const void *a, const void *b)
{
    const struct round_item *x = a, *y = b;
    if (x->level != y->level)
        return (int)y->level - (int)x->level;
    if (x->exploited != y->exploited)
        return (int)y->exploited - (int)x->exploited;
    when_t dx = x->decision && x->decision->deadline != WHEN_NONE ? x->decision->deadline : INT64_MAX;
    when_t dy = y->decision && y->decision->deadline != WHEN_NONE ? y->decision->deadline : INT64_MAX;
    if (dx != dy)
        return dx < dy ? -1 : 1;
    int64_t mx = x->affected + x->possible, my = y->affected + y->possible;
    return mx != my ? (mx < my) - (mx > my) : 0;
}

/* Members of each group, in order: counting sort by root. */
static void build_items(struct build *b)
{
    struct round_result *out = b->out;
    size_t vulns = out->found.vuln_n;
    uint32_t *item_of = arena_array(b->a, uint32_t, b->n + 1);
    out->item = arena_array(b->a, struct round_item, b->n + 1);
    for (uint32_t i = 0; i < b->n; i++) {
        uint32_t r = root(b, i);
        if (i < vulns && out->found.vuln[i].n == 0)
            continue;
        if (item_of[r] == 0)
            item_of[r] = (uint32_t)++out->n;
        struct round_item *it = &out->item[item_of[r] - 1];
        *(i < vulns ? &it->vuln_n : &it->notice_n) += 1;
    }
    for (size_t i = 0; i < out->n; i++) {
        out->item[i].vuln = arena_array(b->a, uint32_t, out->item[i].vuln_n + 1);
        out->item[i].notice = arena_array(b->a, uint32_t, out->item[i].notice_n + 1);
        out->item[i].vuln_n = out->item[i].notice_n = 0;
    }
    for (uint32_t i = 0; i < b->n; i++) {
        if (i < vulns && out->found.vuln[i].n == 0)
            continue;
        struct round_item *it = &out->item[item_of[root(b, i)] - 1];
        if (i < vulns)
            ((uint32_t *)it->vuln)[it->vuln_n++] = i;
        else
            ((uint32_t *)it->notice)[it->notice_n++] = i - (uint32_t)vulns;
    }
    for (size_t i = 0; i < out->n; i++) {
        pick_notice(b, &out->item[i], (uint32_t *)out->item[i].notice);
        finish_item(b, &out->item[i]);
    }
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++)
        if (out->item[i].news || out->item[i].level >= ROUND_LATER)
            out->item[kept++] = out->item[i];
    out->n = kept;
    if (out->n)
        qsort(out->item, out->n, sizeof(*out->item), by_pressure);
}

int round_build(const struct world *w, const struct fleet *f, const struct stage_identify_options *o,
                struct arena *a, struct round_result *out, struct err *e)
{
    struct build b = {.w = w, .since = o->since, .a = a, .out = out};
    *out = (struct round_result){0};
    int rc = stage_identify_run(w, f, o, a, &out->found, e);
    if (rc)
        return rc;
    b.n = out->found.vuln_n + out->found.notice_n;
    b.parent = arena_array(a, uint32_t, b.n + 1);
    for (uint32_t i = 0; i < b.n; i++)
        b.parent[i] = i;
    for (uint32_t i = 0; i < out->found.vuln_n; i++)
        *map_put(&b.vuln_index, out->found.vuln[i].id, NULL) = i;
    join_notices(&b);
    join_products(&b);
    build_items(&b);
    map_release(&b.vuln_index);
    for (size_t i = 0; i < out->found.notice_n; i++) {
        out->notices += out->found.notice[i].rev.known >= o->since;
        out->unassessed += !out->found.notice[i].assessed;
    }
    for (size_t i = 0; i < out->n; i++)
        out->count[out->item[i].level]++;
    return 0;
}
