#include "app/app_check.h"

static bool listed(const struct str *list, size_t n, struct str s)
{
    for (size_t i = 0; i < n; i++)
        if (str_ieq(list[i], s))
            return true;
    return false;
}

static bool is_path(const uint32_t *path, size_t n, uint32_t asset)
{
    for (size_t i = 0; i < n; i++)
        if (path[i] == asset)
            return true;
    return false;
}

/* True when a vulnerability was examined whole in one path and in none only in part. */
static bool examined(const struct sweep *s, const uint32_t *path, size_t path_n, struct str cve)
{
    bool whole = false;
    for (size_t i = 0; i < s->verdict_n; i++) {
        const struct verdict_result *v = &s->verdict[i];
        if (!is_path(path, path_n, v->asset) || !str_ieq(v->cve, cve))
            continue;
        if (v->state == VERDICT_NOT_ESTABLISHED || (v->state == VERDICT_FOUND && v->missing_n))
            return false;
        whole |= v->state != VERDICT_NOT_CHECKED;
    }
    return whole;
}

enum case_verdict app_check_verdict(const struct sweep *s, const uint32_t *path, size_t path_n, const struct str *vuln, size_t vuln_n)
{
    enum indicator_level worst = LEVEL_HINT;
    bool whole = !s->stopped, any = false;
    for (size_t i = 0; i < s->verdict_n; i++) {
        const struct verdict_result *v = &s->verdict[i];
        if (!is_path(path, path_n, v->asset))
            continue;
        if (v->state == VERDICT_FOUND)
            worst = MAX(worst, v->level);
        if (listed(vuln, vuln_n, v->cve)) {
            any = true;
            whole = whole && examined(s, path, path_n, v->cve);
        }
    }
    if (worst >= LEVEL_EXPLOITED)
        return CHECK_COMPROMISED;
    if (worst == LEVEL_PROBE)
        return CHECK_SUSPICIOUS;
    return any && whole ? CHECK_CLEAN : CHECK_NOT_ESTABLISHED;
}

/* ---- words ---- */

static void iso(when_t t, char out[CLOCK_ISO_SIZE])
{
    clock_iso(t, 0, out);
}

static void add_inputs(const struct sweep *s, uint32_t asset, struct buf *b, struct arena *a)
{
    const struct coverage *c = &s->asset[asset].coverage;
    char from[CLOCK_ISO_SIZE], to[CLOCK_ISO_SIZE];
    for (size_t i = 0; i < c->input.n; i++) {
        const struct coverage_input *in = &c->input.p[i];
        buf_printf(b, "  %s: ", coverage_input_title(in->name, a));
        if (in->seen.timed) {
            iso(in->seen.first, from);
            iso(in->seen.last, to);
            buf_printf(b, tr("%llu files, %llu rows, %s to %s\n"), (unsigned long long)in->files, (unsigned long long)in->seen.rows, from, to);
        } else
            buf_printf(b, tr("%llu files\n"), (unsigned long long)in->files);
    }
}

static void add_verdicts(const struct sweep *s, uint32_t asset, struct buf *b)
{
    for (size_t i = 0; i < s->verdict_n; i++) {
        const struct verdict_result *v = &s->verdict[i];
        if (v->asset != asset)
            continue;
        buf_printf(b, "  " STR_FMT ": %s\n", STR_ARG(v->cve.n ? v->cve : str_of(tr("(no CVE named)"))), verdict_title(v));
        for (size_t m = 0; m < v->missing_n && m < 20; m++) {
            buf_adds(b, "    ");
            buf_printf(b, tr("missing: %.*s"), STR_ARG(v->missing[m]));
            buf_addc(b, '\n');
        }
    }
}

/* What was looked at, from when to when, and what was missing; cut to what a cell holds. */
static struct str coverage_text(const struct sweep *s, const uint32_t *path, size_t path_n, const char *folder, const struct evidence_result *x, struct arena *a)
{
    struct buf b = BUF_INIT(MIB);
    for (size_t i = 0; i < s->options->pack_n; i++)
        buf_printf(&b, "%s" STR_FMT " " STR_FMT, i ? ", " : "", STR_ARG(s->options->pack[i]->name), STR_ARG(s->options->pack[i]->version));
    buf_addc(&b, '\n');
    if (s->stopped)
        buf_printf(&b, "%s\n", tr("The sweep was broken off: this is a part of the answer."));
    if (x) {
        buf_printf(&b, tr("evidence: %s, manifest %s, archive %s"), folder, x->manifest, x->seal);
        buf_addc(&b, '\n');
    }
    for (size_t i = 0; i < path_n; i++) {
        buf_printf(&b, STR_FMT "\n", STR_ARG(s->asset[path[i]].name));
        add_verdicts(s, path[i], &b);
        add_inputs(s, path[i], &b, a);
    }
    struct str out = arena_str(a, str_n(b.p, str_utf8_clip(b.p, MIN(b.n, (size_t)LIMIT_LEDGER_CELL - 1))));
    buf_release(&b);
    return out;
}

/* ---- machines ---- */

struct entering {
    struct app *app;
    const struct sweep *s;
    int64_t case_id;
    const char *folder;
    const struct evidence_result *evidence;
    struct arena *a;
    VEC(struct app_check) out;
};

static void enter(struct entering *x, const struct app_case_target *t, const uint32_t *path, size_t path_n)
{
    struct case_file f;
    struct app_check r = {.machine = t->name};
    int rc = stage_remediate_load(app_world(x->app), x->case_id, x->a, &f, &r.err);
    if (rc == 0) {
        r.verdict = app_check_verdict(x->s, path, path_n, f.vuln, f.vuln_n);
        struct case_step step = {.kind = STEP_CHECK,
                                 .value = str_of(case_verdict_name(r.verdict)),
                                 .detail = coverage_text(x->s, path, path_n, x->folder, x->evidence, x->a),
                                 .why = str_of(arena_printf(x->a, tr("toban investigate: %llu files examined, %zu sightings"),
                                                            (unsigned long long)x->s->files, sweep_findings(x->s))),
                                 .until = WHEN_NONE};
        rc = app_case_step(x->app, t, &step, &r.err);
    }
    r.err.code = rc;
    vec_push(&x->out, r);
}

static void unknown(struct entering *x, struct str name, const struct err *e)
{
    struct app_check r = {.machine = name, .err = *e};
    vec_push(&x->out, r);
}

/* By its full name, else by the part before the first dot; letter case is the ledger's. */
static int find_host(struct entering *x, struct str host, struct app_case_target *t, struct err *e)
{
    struct str brief = str_sub(host, 0, str_chr(host, '.')); /* all of it without a dot */
    char *low = arena_dup(x->a, brief.p, brief.n);
    for (size_t i = 0; i < brief.n; i++)
        low[i] = (char)(low[i] >= 'A' && low[i] <= 'Z' ? low[i] + 32 : low[i]);
    const struct str name[] = {host, brief, str_n(low, brief.n)};
    int rc = ERR_NOT_FOUND;
    for (size_t i = 0; i < ARRAY_LEN(name) && rc == ERR_NOT_FOUND; i++) {
        err_clear(e);
        rc = app_case_find(x->app, name[i], x->case_id, x->a, t, e);
    }
    return rc == ERR_NOT_FOUND ? err_set(e, rc, "case C-%lld has no machine called %.*s; say with --asset which it is", (long long)x->case_id, STR_ARG(host)) : rc;
}

static void by_hosts(struct entering *x)
{
    const struct sweep *s = x->s;
    uint32_t *path = arena_array(x->a, uint32_t, s->asset_n + 1);
    struct app_case_target *t = arena_array(x->a, struct app_case_target, s->asset_n + 1);
    bool *done = arena_array(x->a, bool, s->asset_n + 1);
    for (size_t i = 0; i < s->asset_n; i++) {
        const struct sweep_asset *as = &s->asset[i];
        struct err e = {0};
        int rc = as->host.n ? find_host(x, as->host, &t[i], &e)
                 : as->hosts.n > 1
                     ? err_set(&e, ERR_CONFLICT, "the records in %.*s name %zu machines; say with --asset which it is", STR_ARG(as->name), as->hosts.n)
                     : err_set(&e, ERR_NOT_FOUND, "no record in %.*s names the machine; say with --asset which it is", STR_ARG(as->name));
        done[i] = rc != 0;
        if (rc)
            unknown(x, as->host.n ? as->host : as->name, &e);
    }
    for (size_t i = 0; i < s->asset_n; i++) {
        size_t n = 0;
        for (size_t k = i; k < s->asset_n && !done[i]; k++)
            if (!done[k] && str_eq(t[k].key, t[i].key) && str_eq(t[k].ledger, t[i].ledger)) {
                path[n++] = (uint32_t)k;
                done[k] = k != i;
            }
        if (n)
            enter(x, &t[i], path, n);
        done[i] = true;
    }
}

int app_check_enter(struct app *app, const struct sweep *s, int64_t case_id, const char *asset, const char *folder,
                    const struct evidence_result *evidence, struct arena *a, struct app_check **out, size_t *n, struct err *e)
{
    struct entering x = {app, s, case_id, folder, evidence, a, {0}};
    struct case_file f;
    *n = 0;
    int rc = stage_remediate_load(app_world(app), case_id, a, &f, e);
    if (rc)
        return rc;
    if (asset) {
        struct app_case_target t;
        struct err why = {0};
        uint32_t *path = arena_array(a, uint32_t, s->asset_n + 1);
        for (size_t i = 0; i < s->asset_n; i++)
            path[i] = (uint32_t)i;
        if (app_case_find(app, str_of(asset), case_id, a, &t, &why) == 0)
            enter(&x, &t, path, s->asset_n);
        else
            unknown(&x, str_of(asset), &why);
    } else
        by_hosts(&x);
    *out = arena_array(a, struct app_check, x.out.n + 1);
    if (x.out.n)
        memcpy(*out, x.out.p, x.out.n * sizeof(**out));
    *n = x.out.n;
    vec_release(&x.out);
    return 0;
}
