#include "loop/review_parts.h"

/* Opening is when the vulnerability became part of a case: one may be added later. */
static void add_opened(struct review_load *l, const struct case_step *s)
{
    bool made;
    uint64_t *at = map_put(&l->case_of, s->value, &made);
    if (made) {
        *at = l->opened.n;
        vec_push(&l->opened, s->at);
    } else {
        l->opened.p[*at] = MIN(l->opened.p[*at], s->at);
    }
}

static when_t first_exploited(const struct review_settings *s, struct str vuln)
{
    for (size_t i = 0; i < s->first_n; i++)
        if (str_eq(s->first[i].cve, vuln))
            return s->first[i].from;
    return WHEN_NONE;
}

static int load_files(struct review_load *l)
{
    struct review_facts *f = l->out;
    struct case_head *head;
    size_t n;
    int rc = case_store_heads(l->w->db, 0, l->a, &head, &n, l->e);
    f->file = arena_array(l->a, struct case_file, n + 1);
    for (; rc == 0 && f->file_n < n; f->file_n++)
        rc = stage_remediate_load(l->w, head[f->file_n].id, l->a, &f->file[f->file_n], l->e);
    return rc;
}

static void load_windows(struct review_load *l)
{
    struct review_facts *f = l->out;
    size_t max = 1;
    for (size_t i = 0; i < f->file_n; i++)
        max += f->file[i].vuln_n;
    f->window = arena_array(l->a, struct review_window, max);
    for (size_t i = 0; i < f->file_n; i++) {
        const struct case_file *c = &f->file[i];
        for (size_t k = 0; k < c->step_n; k++) {
            const struct case_step *s = &c->step[k];
            if (s->kind != STEP_VULN || s->asset_key.n)
                continue;
            add_opened(l, s);
            when_t from = first_exploited(l->s, s->value);
            if (from != WHEN_NONE && from < s->at)
                f->window[f->window_n++] =
                    (struct review_window){s->value, c->head.id, (s->at - from + WHEN_DAY - 1) / WHEN_DAY};
        }
    }
}

/* ---- contractors ---- */

static void load_contractors(struct review_load *l, struct map *org)
{
    const struct ledger *ledger = &l->fleet->ledger;
    struct review_facts *f = l->out;
    struct map once = {0};
    struct buf key = BUF_INIT(MIB);
    f->contractor = arena_array(l->a, struct str, ledger->n + 1);
    for (size_t i = 0; i < ledger->n; i++) {
        const struct ledger_asset *as = &ledger->asset[i];
        bool made;
        if (as->a.organisation.n == 0)
            continue;
        buf_clear(&key);
        buf_add_str(&key, as->ledger);
        buf_addc(&key, 0);
        buf_add_str(&key, as->a.key);
        *map_put(org, buf_str(&key), NULL) = i;
        map_put(&once, as->a.organisation, &made);
        if (made)
            f->contractor[f->contractor_n++] = as->a.organisation;
    }
    map_release(&once);
    buf_release(&key);
}

/* Each contractor once a case: machines that are neither settled nor called safe. */
static void load_exposed(struct review_load *l, const struct map *org)
{
    struct review_facts *f = l->out;
    VEC(struct review_exposed) v = {0};
    struct buf key = BUF_INIT(MIB);
    for (size_t i = 0; i < f->file_n; i++) {
        const struct case_file *c = &f->file[i];
        size_t from = v.n;
        for (size_t k = 0; !c->head.closed && k < c->member_n; k++) {
            const struct case_asset *as = &c->member[k].a;
            if (as->closed || as->verify || as->triage == CASE_NOT_AFFECTED)
                continue;
            buf_clear(&key);
            buf_add_str(&key, as->ledger);
            buf_addc(&key, 0);
            buf_add_str(&key, as->key);
            const uint64_t *at = map_get(org, buf_str(&key));
            if (!at)
                continue;
            struct str name = l->fleet->ledger.asset[*at].a.organisation;
            size_t have = from;
            while (have < v.n && !str_eq(v.p[have].organisation, name))
                have++;
            if (have == v.n)
                vec_push(&v, ((struct review_exposed){name, c->head.id}));
        }
    }
    f->exposed_n = v.n;
    f->exposed = arena_array(l->a, struct review_exposed, v.n + 1);
    if (v.n)
        memcpy(f->exposed, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    buf_release(&key);
}

int review_load_cases(struct review_load *l)
{
    struct map org = {0};
    int rc = load_files(l);
    if (rc == 0) {
        load_windows(l);
        load_contractors(l, &org);
        load_exposed(l, &org);
    }
    map_release(&org);
    return rc;
}
