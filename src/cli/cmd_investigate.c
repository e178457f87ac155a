/* investigate: was this machine already broken into? */
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/app_check.h"
#include "app/app_investigate.h"
#include "cli/cli.h"
#include "cli/investigate_print.h"
#include "cli/progress.h"
#include "codec/stream.h"
#include "investigate/report.h"

static atomic_bool cancelled;

static void on_signal(int sig)
{
    (void)sig;
    atomic_store(&cancelled, true);
}

struct run {
    struct cli *c;
    struct progress p;
    struct app_packs packs;
    struct baseline *baseline;
    struct sweep sweep;
    struct sweep_options o;
    struct sweep_root *root;
    enum indicator_level fail_on;
    int64_t case_id; /* of --case C-1; 0: --case is only a name, or absent */
    struct evidence_result evidence;
    bool collected;
};

static void on_progress(void *ctx, const struct sweep_progress *p)
{
    struct run *r = ctx;
    char label[160];
    double seconds = (double)p->seconds_ms / 1000.0;
    snprintf(label, sizeof(label), tr("%llu files, %llu hits, %.0f MB/s"), (unsigned long long)p->files, (unsigned long long)p->hits,
             seconds > 0 ? (double)p->bytes / 1e6 / seconds : 0.0);
    progress_show(&r->p, label, p->bytes, p->walking ? 0 : MAX(p->queued_bytes, p->bytes), true);
}

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* "PATH=C:" names the drive that a mounted disk was, "PATH=D:\Exch\V15" the folder that a folder was. */
static void add_root(struct run *r, const char *spec)
{
    struct sweep_root *root = &r->root[r->o.root_n++];
    const char *eq = strrchr(spec, '=');
    *root = (struct sweep_root){.path = spec};
    if (!eq || eq == spec)
        return;
    const char *to = eq + 1;
    bool drive = is_letter(to[0]) && to[1] == ':';
    bool folder = (drive && (to[2] == '\\' || to[2] == '/') && to[3]) || str_is_i(str_of(to), "%ExchangeInstallPath%");
    if (!folder && !(drive && (!to[2] || ((to[2] == '\\' || to[2] == '/') && !to[3]))))
        return;
    root->path = arena_str(&r->c->a, str_n(spec, (size_t)(eq - spec))).p;
    root->drive = drive ? (char)(to[0] | 32) : 0;
    root->folder = folder ? to : NULL;
}

static int roots(struct run *r)
{
    struct cli *c = r->c;
    r->root = arena_array(&c->a, struct sweep_root, c->arg_n + c->opt_n + 1);
    for (size_t i = 0; i < c->arg_n; i++)
        add_root(r, c->arg[i]);
    for (size_t i = 0; i < c->opt_n; i++)
        if (strcmp(c->opt[i].name, "root") == 0)
            add_root(r, c->opt[i].value);
    r->o.root = r->root;
    return r->o.root_n ? 0 : err_set(&c->err, ERR_USAGE, "give the paths to examine: toban investigate PATH… --pack NAME");
}

static int packs(struct run *r)
{
    struct cli *c = r->c;
    struct pack_options po = {.now = clock_now()};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->opt_n; i++)
        if (strcmp(c->opt[i].name, "pack") == 0) {
            po.known = r->packs.pack.n ? r->packs.pack.p[0] : NULL;
            rc = app_packs_add(c->config, &r->packs, c->opt[i].value, &po, &c->err);
        }
    if (rc == 0 && r->packs.pack.n == 0)
        rc = err_set(&c->err, ERR_USAGE, "say with --pack what to look for; toban packs list shows what there is");
    r->o.pack = (const struct pack *const *)r->packs.pack.p;
    r->o.pack_n = r->packs.pack.n;
    return rc;
}

static int number(struct cli *c, const char *name, uint64_t max, uint64_t *out)
{
    const char *v = cli_opt(c, name);
    if (!v)
        return 0;
    if (!num_u64(str_of(v), out) || *out == 0 || *out > max)
        return err_set(&c->err, ERR_USAGE, "--%s: \"%s\" is not a number from 1 to %llu", name, v, (unsigned long long)max);
    return 0;
}

static int options(struct run *r)
{
    struct cli *c = r->c;
    uint64_t threads = 0, mbps = 0;
    const char *level = cli_opt(c, "fail-on");
    r->o.since = WHEN_NONE;
    r->o.zone_s = config_zone(c->config);
    r->o.idle = cli_has(c, "idle");
    r->o.cancel = &cancelled;
    r->o.resume = cli_opt(c, "resume");
    r->o.progress = on_progress;
    r->o.ctx = r;
    r->fail_on = LEVEL_SCAN;
    if (level && !indicator_level_by_name(str_of(level), &r->fail_on))
        return err_set(&c->err, ERR_USAGE, "--fail-on: \"%s\" is no level; levels go from scan to post-exploitation", level);
    if (!cli_when(c, "since", &r->o.since))
        return c->err.code;
    struct sweep_first *first;
    int rc = app_first_exploited(c->config, &c->a, &first, &r->o.first_n, &c->err);
    r->o.first = first;
    if (rc == 0)
        rc = number(c, "threads", 64, &threads);
    if (rc == 0)
        rc = number(c, "limit-mbps", 100000, &mbps);
    r->o.threads = (unsigned)threads;
    r->o.limit_bps = mbps * 1000000;
    if (rc == 0 && cli_has(c, "baseline"))
        rc = app_baseline_open(cli_opt(c, "baseline"), &r->baseline, &c->err);
    r->o.baseline = r->baseline;
    const char *name = cli_opt(c, "case");
    if (name && str_starts_i(str_of(name), "C-") && (!num_i64(str_of(name + 2), &r->case_id) || r->case_id <= 0))
        r->case_id = 0; /* a name of somebody else's case */
    if (rc == 0 && cli_has(c, "asset") && !r->case_id)
        rc = err_set(&c->err, ERR_USAGE, "--asset says whose verdict is entered into a case: give --case C-NUMBER, too");
    return rc;
}

static int write_reports(struct run *r, const struct report_diff *diff)
{
    struct cli *c = r->c;
    static const char *const names[] = {"report", "csv", "sarif", "json"};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < ARRAY_LEN(names); i++) {
        struct buf b = BUF_INIT(REPORT_MAX);
        const char *path = cli_opt(c, names[i]);
        if (!path)
            continue;
        if (i == 0)
            report_html(&r->sweep, diff, &b);
        else if (i == 1)
            report_csv(&r->sweep, &b);
        else if (i == 2)
            report_sarif(&r->sweep, &b);
        else
            report_json(&r->sweep, diff, true, &b);
        rc = buf_full(&b) ? err_set(&c->err, ERR_LIMIT, "the report %s is too large", path) : app_write_file(path, buf_str(&b), true, &c->err);
        buf_release(&b);
    }
    return rc;
}

static int compare(struct run *r, struct report_diff *diff, bool *have)
{
    struct cli *c = r->c;
    struct buf b = BUF_INIT(REPORT_MAX);
    const char *path = cli_opt(c, "previous");
    *have = path != NULL;
    if (!path)
        return 0;
    int rc = stream_slurp(path, &b, &c->err);
    if (rc == 0)
        rc = report_compare(&r->sweep, buf_str(&b), &c->a, diff, &c->err);
    buf_release(&b);
    return rc;
}

static int exit_code(const struct run *r)
{
    const struct sweep *s = &r->sweep;
    bool trusted = !s->stopped;
    for (size_t i = 0; i < s->verdict_n; i++) {
        if (s->verdict[i].state == VERDICT_FOUND && s->verdict[i].level >= r->fail_on)
            return EXIT_FINDINGS;
        trusted &= s->verdict[i].established;
    }
    return trusted ? EXIT_DONE : EXIT_UNTRUSTED;
}

static int collect(struct run *r)
{
    struct evidence_result *x = &r->evidence;
    struct cli *c = r->c;
    int rc = app_collect(&r->sweep, cli_opt(c, "collect"), cli_opt(c, "case"), x, &c->err);
    if (rc)
        return rc;
    r->collected = true;
    if (!c->quiet)
        fprintf(stderr, tr("evidence: %zu files, %zu could not be copied; sealed in %s, SHA-256 %s\n"), x->files, x->failed, x->archive, x->seal);
    return 0;
}

/* Into the case, after the report: what is refused there takes nothing from the answer. The first refusal is the exit code. */
static int enter(struct run *r)
{
    struct cli *c = r->c;
    struct app_check *k;
    size_t n;
    int rc = cli_app(c);
    if (rc == 0)
        rc = app_check_enter(c->app, &r->sweep, r->case_id, cli_opt(c, "asset"), cli_opt(c, "collect"), r->collected ? &r->evidence : NULL, &c->a, &k, &n, &c->err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (k[i].err.code == 0) {
            if (!c->quiet)
                fprintf(stderr, tr("C-%lld: check of %.*s entered: %s\n"), (long long)r->case_id, STR_ARG(k[i].machine), case_verdict_name(k[i].verdict));
            continue;
        }
        if (c->err.code)
            fprintf(stderr, "%s\n", k[i].err.text);
        else
            c->err = k[i].err;
    }
    return rc ? rc : c->err.code;
}

static int answer(struct run *r)
{
    struct cli *c = r->c;
    struct report_diff diff = {0};
    bool have_diff;
    int rc = compare(r, &diff, &have_diff);
    if (rc == 0)
        rc = write_reports(r, have_diff ? &diff : NULL);
    if (rc == 0 && cli_has(c, "collect"))
        rc = collect(r);
    if (rc)
        return rc;
    if (c->format == FORMAT_TABLE) {
        investigate_print(c, &r->sweep, have_diff ? &diff : NULL, cli_has(c, "all"));
        return 0;
    }
    struct buf b = BUF_INIT(REPORT_MAX);
    if (c->format == FORMAT_JSON) {
        report_json(&r->sweep, have_diff ? &diff : NULL, false, &b);
        buf_addc(&b, '\n');
    } else
        report_csv(&r->sweep, &b);
    fwrite(b.p, 1, b.n, stdout);
    buf_release(&b);
    return 0;
}

static int run_investigate(struct cli *c)
{
    struct run r = {.c = c};
    int rc = roots(&r);
    if (rc == 0)
        rc = packs(&r);
    if (rc == 0)
        rc = options(&r);
    if (rc == 0) {
        struct sigaction sa = {.sa_handler = on_signal}, old;
        sigaction(SIGINT, &sa, &old);
        r.o.own = cli_opt(c, "collect");
        progress_init(&r.p, c);
        rc = sweep_run(&r.sweep, &r.o, clock_now(), &c->err);
        progress_end(&r.p);
        sigaction(SIGINT, &old, NULL);
    }
    if (rc == 0)
        rc = answer(&r);
    if (rc == 0 && r.case_id)
        rc = enter(&r);
    rc = rc ? cli_fail(c) : exit_code(&r);
    sweep_free(&r.sweep);
    baseline_free(r.baseline);
    app_packs_free(&r.packs);
    return rc;
}

const struct cli_cmd cmd_investigate = {
    .name = "investigate",
    .args = "PATH…",
    .summary = TR("look for traces of a break-in on a disk or in collected logs"),
    .about = TR("Examines a machine, a mounted disk (PATH=C: says which drive it was) or a folder of collected logs for the\n"
                "traces that the packs describe, and says three things: what was found, where and when; what could not be\n"
                "examined; and therefore what the verdict is. \"No trace found\" is said only when everything the checks need\n"
                "was examined, back to the first known exploitation (--since). Nothing below the paths is changed.\n\n"
                "Exit code 1: traces were found; 3: nothing found, but not all was examined; 0: clean. Ctrl-C gives what was\n"
                "found so far; with --resume FILE the same command goes on where it was, also after a crash. --collect copies\n"
                "the files that carry findings, with hashes, a manifest and a custody log. --case C-1 enters the verdict into the\n"
                "case, as the check of the machine that --asset or the host name in the evidence names."),
    .examples = "  toban investigate /mnt/disk=C: --pack proxylogon --since 2021-01-03 --report report.html\n"
                "  toban investigate ./logs --pack proxylogon --pack iocs.json --format json\n"
                "  toban investigate /srv/evidence --pack proxylogon --collect ./evidence --case C-1 --asset mail-tokyo",
    .opt = (const struct cli_opt[]){{"pack", "NAME|FILE", TR("what to look for; may be given several times"), NULL},
                                    {"root", "PATH=C:", TR("a disk and the drive letter it had, or a folder and the folder it was (PATH=D:\\Exch\\V15,\n"
                                                           "PATH=%ExchangeInstallPath%); may be given several times"), NULL},
                                    {"since", "DATE", TR("first known exploitation: logs must reach back to it"), NULL},
                                    {"baseline", "FILE", TR("the vendor's own files (toban packs baseline)"), NULL},
                                    {"collect", "FOLDER", TR("copy the evidence there"), NULL},
                                    {"case", "C-NUMBER|NAME", TR("enter the verdict into this case; any other name is written into the evidence"), NULL},
                                    {"asset", "NAME", TR("the machine whose verdict is entered; default: as the records name it"), NULL},
                                    {"report", "FILE", TR("report for people, one HTML file"), NULL},
                                    {"json", "FILE", TR("the result as JSON, beside what is printed"), NULL},
                                    {"csv", "FILE", TR("timeline as CSV"), NULL},
                                    {"sarif", "FILE", TR("findings as SARIF 2.1.0"), NULL},
                                    {"previous", "FILE", TR("an earlier result (JSON): say what is new and what is gone"), NULL},
                                    {"fail-on", "LEVEL", TR("exit code 1 from this level on; default scan"), "scan|probe|exploited|write-attempted|written|shell-present|post-exploitation"},
                                    {"resume", "FILE", TR("keep a journal of what is done, and go on from it when it is there"), NULL},
                                    {"threads", "N", TR("default: one a processor core"), NULL},
                                    {"limit-mbps", "N", TR("read at most so many megabytes a second"), NULL},
                                    {"idle", NULL, TR("let all other programs read first"), NULL},
                                    {"all", NULL, TR("print every sighting and hint"), NULL},
                                    {NULL, NULL, NULL, NULL}},
    .min_args = 0,
    .max_args = -1,
    .run = run_investigate};
