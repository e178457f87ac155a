#include "cli/case_print.h"

#include "cli/contact_print.h"
#include "cli/contain_print.h"
#include "codec/json.h"
#include "remediate/deadline.h"
#include "remediate/mitigate.h"

static const char *minute(struct cli *c, when_t t)
{
    char s[CLOCK_ISO_SIZE];
    clock_minute(t, config_zone(c->config), s);
    return arena_strdup(&c->a, s);
}

static const char *day(struct cli *c, when_t t)
{
    char s[CLOCK_ISO_SIZE];
    clock_date(t, config_zone(c->config), s);
    return arena_strdup(&c->a, s);
}

struct str case_text(const struct cli *c, const char *option)
{
    const char *v = cli_opt(c, option);
    return str_trim(str_of(v ? v : ""));
}

bool case_number(struct cli *c, const char *text, const char *prefix, int64_t *out)
{
    struct str s = str_of(text);
    if (str_starts_i(s, prefix) && num_i64(str_sub(s, strlen(prefix), s.n), out) && *out > 0)
        return true;
    err_set(&c->err, ERR_USAGE, "\"%s\" is not a number such as %s1", text, prefix);
    return false;
}

bool case_option(struct cli *c, int64_t *out)
{
    const char *v = cli_opt(c, "case");
    *out = 0;
    return !v || case_number(c, v, "C-", out);
}

struct str case_waiver(struct cli *c, const struct case_asset *as)
{
    if (as->waive)
        return str_of(arena_printf(&c->a, tr("WAIVED: the look for traces was waived by %.*s on %s (asked by %.*s: %.*s; %.*s)"), STR_ARG(as->waive->who),
                                   minute(c, as->waive->at), STR_ARG(as->waive_ask->who), STR_ARG(as->waive_ask->why), STR_ARG(as->waive->why)));
    if (as->waive_ask)
        return str_of(arena_printf(&c->a, tr("a waiver is asked for by %.*s (%.*s), and nobody has approved it"), STR_ARG(as->waive_ask->who), STR_ARG(as->waive_ask->why)));
    return (struct str){0};
}

static struct str member_name(const struct case_member *m)
{
    return m->look ? m->look->name : m->a.key;
}

static const char *show_verdict(enum case_verdict v)
{
    static const char *const name[] = {TR("not looked at"), TR("clean"), TR("not established"), TR("suspicious"), TR("COMPROMISED")};
    return tr(name[v]);
}

static void line(struct cli *c, struct str text)
{
    if (text.n)
        list_wrap(c, stdout, "      ", text);
}

static void line_of(struct cli *c, const char *title, struct str text)
{
    if (text.n)
        line(c, str_of(arena_printf(&c->a, "%s: " STR_FMT, title, STR_ARG(text))));
}

/* The working day before it, where it falls on a day nobody works. */
static void print_deadline(struct cli *c, const struct case_member *m, when_t now, const struct calendar *cal)
{
    const struct case_look *l = m->look;
    if (!l || l->deadline == WHEN_NONE || m->a.closed || m->a.verify || m->a.triage == CASE_NOT_AFFECTED)
        return;
    when_t work = deadline_workday(cal, l->deadline, config_zone(c->config));
    struct buf b = BUF_INIT(64 * KIB);
    buf_printf(&b, tr("deadline %s"), day(c, l->deadline));
    if (l->deadline < now)
        buf_adds(&b, tr(", OVERDUE"));
    if (work != l->deadline)
        buf_printf(&b, tr(", not a business day: the last one before is %s"), day(c, work));
    buf_printf(&b, ": " STR_FMT, STR_ARG(l->deadline_why));
    line(c, buf_str(&b));
    buf_release(&b);
}

static void print_member(struct cli *c, const struct case_member *m, when_t now, const struct calendar *cal)
{
    const struct case_asset *as = &m->a;
    int64_t days;
    printf("  A-%lld  " STR_FMT "  [" STR_FMT "]\n", m->look ? (long long)m->look->asset : 0LL, STR_ARG(member_name(m)),
           STR_ARG(app_case_state_text(m, now, config_zone(c->config), &c->a)));
    if (as->triaged)
        line_of(c, as->triage == CASE_NOT_AFFECTED ? case_vex_reason_name(as->reason) : tr("triage"),
                str_of(arena_printf(&c->a, STR_FMT " (" STR_FMT ")", STR_ARG(as->triaged->why), STR_ARG(as->triaged->who))));
    if (as->triage == CASE_NOT_AFFECTED && m->look && m->look->status == FINDING_AFFECTED)
        line(c, str_of(tr("NOTE: the matching says that it is affected; a person's word stands against it")));
    if (as->ask || as->check)
        line(c, str_of(arena_printf(&c->a, tr("traces of a break-in: %s%s%.*s"), show_verdict(as->verdict),
                                    as->check ? ": " : "", STR_ARG(as->check ? as->check->why : (struct str){0}))));
    if (as->check && as->check->detail.n)
        line_of(c, tr("coverage"), as->check->detail);
    line(c, case_waiver(c, as));
    if (as->contain)
        line_of(c, tr("contained"), as->contain->why);
    if (as->mitigate)
        line(c, str_of(arena_printf(&c->a, tr("mitigation by %.*s until %s (not a fix): %.*s"), STR_ARG(as->mitigate->owner), minute(c, as->mitigate->until),
                                    STR_ARG(as->mitigate->value))));
    if (as->patch)
        line(c, str_of(arena_printf(&c->a, tr("patched to %.*s on %s by %.*s"), STR_ARG(as->patch->value), minute(c, as->patch->at), STR_ARG(as->patch->who))));
    if (as->rollback)
        line_of(c, tr("rolled back"), as->rollback->why);
    line(c, app_case_unverified(m, now, &days));
    if (as->verify)
        line_of(c, tr("proof"), as->verify->why);
    if (as->reopen && !as->closed)
        line_of(c, tr("opened again"), as->reopen->why);
    print_deadline(c, m, now, cal);
    line_of(c, tr("next"), str_of(gate_next(as, now)));
}

static void print_plans(const struct case_file *f)
{
    if (f->plan_n)
        printf("%s\n", tr("Plans"));
    for (size_t i = 0; i < f->plan_n; i++) {
        const char *missing[FIX_MISSING];
        const struct case_plan *p = &f->plan[i];
        size_t n = fix_missing(p, missing);
        printf("  P-%lld  " STR_FMT " -> " STR_FMT "  (" STR_FMT ")%s%s\n", (long long)p->id, STR_ARG(p->product), STR_ARG(p->fixed), STR_ARG(p->track),
               n ? "  " : "", n ? tr("not complete") : "");
    }
}

static void print_steps(struct cli *c, const struct case_file *f)
{
    size_t show = c->verbose ? f->step_n : 20, from = f->step_n > show ? f->step_n - show : 0;
    printf("%s\n", tr("Timeline"));
    if (from)
        printf(tr("  … %zu earlier steps; -v shows them\n"), from);
    for (size_t i = from; i < f->step_n; i++) {
        const struct case_step *s = &f->step[i];
        const struct case_member *m = s->asset_key.n ? stage_remediate_member(f, s->ledger, s->asset_key) : NULL;
        printf("  %s  " STR_FMT "  ", minute(c, s->at), STR_ARG(s->who));
        if (m)
            printf(STR_FMT "  ", STR_ARG(member_name(m)));
        const struct str part[] = {s->value, s->owner};
        printf("%s", case_step_name(s->kind));
        for (size_t k = 0; k < ARRAY_LEN(part); k++)
            if (part[k].n)
                printf(" " STR_FMT, STR_ARG(part[k]));
        printf("%s" STR_FMT "\n", s->why.n ? ": " : "", STR_ARG(s->why));
    }
}

/* Whom to call, who has not answered, and what wants undoing. */
struct about {
    struct app_lead lead;
    struct enquiry_count enquiries;
    struct app_contain_reminder *undo;
    size_t undo_n;
};

static void print_text(struct cli *c, const struct case_file *f, const struct about *of, when_t now, const struct calendar *cal)
{
    printf("C-%lld  " STR_FMT "  [%s]\n", (long long)f->head.id, STR_ARG(f->head.title), f->head.closed ? tr("closed") : tr("open"));
    printf(tr("  opened %s by %.*s, from %.*s\n"), minute(c, f->head.opened), STR_ARG(f->head.who), STR_ARG(f->head.origin.n ? f->head.origin : str_of(tr("nothing but a person's word"))));
    for (size_t i = 0; i < f->vuln_n; i++)
        printf("%s" STR_FMT "%s", i ? ", " : "  ", STR_ARG(f->vuln[i]), i + 1 == f->vuln_n ? "\n" : "");
    for (size_t i = 0; i < f->step_n; i++)
        if (f->step[i].kind == STEP_PERSON)
            printf("  " STR_FMT ": " STR_FMT "\n", STR_ARG(f->step[i].value), STR_ARG(f->step[i].owner));
    contact_print_lead(c, stdout, &of->lead);
    contact_print_enquiries(stdout, &of->enquiries);
    contain_print_reminders(c, stdout, of->undo, of->undo_n);
    printf(tr("Machines (%zu)\n"), f->member_n);
    for (size_t i = 0; i < f->member_n; i++)
        print_member(c, &f->member[i], now, cal);
    print_plans(f);
    print_steps(c, f);
}

static void json_when(struct json_writer *w, const char *key, when_t t)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(t, ZONE_UTC, iso);
    json_w_kcstr(w, key, t == WHEN_NONE ? NULL : iso);
}

static void json_step(struct json_writer *w, const char *key, const struct case_step *s)
{
    if (key)
        json_w_key(w, key);
    if (!s) {
        json_w_null(w);
        return;
    }
    json_w_object(w);
    json_when(w, "at", s->at);
    json_w_kstr(w, "who", s->who);
    if (!key) {
        json_w_kcstr(w, "step", case_step_name(s->kind));
        json_w_kstr(w, "asset_key", s->asset_key);
    }
    const struct {
        const char *key;
        struct str value;
    } part[] = {{"value", s->value}, {"detail", s->detail}, {"owner", s->owner}, {"why", s->why}};
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        if (part[i].value.n)
            json_w_kstr(w, part[i].key, part[i].value);
    if (s->until != WHEN_NONE)
        json_when(w, "until", s->until);
    json_w_object_end(w);
}

static void json_member(struct json_writer *w, const struct case_member *m, when_t now)
{
    const struct case_asset *as = &m->a;
    static const struct case_look none = {.seen = WHEN_NONE, .deadline = WHEN_NONE, .status = FINDING_UNKNOWN};
    const struct case_look *l = m->look ? m->look : &none;
    int64_t days;
    struct str unverified = app_case_unverified(m, now, &days);
    json_w_object(w);
    json_w_kint(w, "asset", l->asset);
    json_w_kstr(w, "key", as->key);
    json_w_kstr(w, "name", member_name(m));
    json_w_kcstr(w, "state", case_state_name(gate_state(as, now)));
    json_w_kcstr(w, "vex", case_vex_name(gate_vex(as)));
    json_w_kcstr(w, "triage", case_triage_name(as->triage));
    json_w_kcstr(w, "justification", case_vex_reason_name(as->reason));
    json_w_kcstr(w, "verdict", case_verdict_name(as->verdict));
    json_w_kbool(w, "investigation_asked", as->ask != NULL);
    json_w_kbool(w, "waived", as->waive != NULL);
    json_w_kbool(w, "mitigated", gate_mitigated(as, now));
    json_w_kbool(w, "mitigation_lapsed", gate_lapsed(as, now));
    json_w_kint(w, "reopened", as->reopened);
    json_w_kcstr(w, "status", finding_status_name(l->status));
    json_w_kstr(w, "product", l->product);
    json_w_kstr(w, "component", l->component);
    json_w_kstr(w, "fixed", l->fixed);
    json_when(w, "inventory_seen", l->seen);
    json_when(w, "deadline", l->deadline);
    json_w_kstr(w, "deadline_by", l->deadline_by);
    json_w_kstr(w, "plan", as->plan ? as->plan->value : (struct str){0});
    if (unverified.n) {
        json_w_kint(w, "unverified_days", days);
        json_w_kstr(w, "unverified_why", unverified);
    }
    const struct {
        const char *key;
        const struct case_step *s;
    } part[] = {{"checked", as->check},       {"contained", as->contain},  {"mitigation", as->mitigate}, {"waiver_asked", as->waive_ask},
                {"waiver", as->waive},        {"patched", as->patch},      {"rolled_back", as->rollback}, {"verified", as->verify},
                {"closed", as->closed}};
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        json_step(w, part[i].key, part[i].s);
    json_w_kcstr(w, "next", gate_next(as, now));
    json_w_object_end(w);
}

static void json_plan(struct json_writer *w, const struct case_plan *p)
{
    const char *missing[FIX_MISSING];
    char id[32];
    snprintf(id, sizeof(id), "P-%lld", (long long)p->id);
    json_w_object(w);
    json_w_kcstr(w, "id", id);
    json_w_kstr(w, "product", p->product);
    json_w_kstr(w, "fixed", p->fixed);
    json_w_kstr(w, "track", p->track);
    json_w_kstr(w, "test", p->test);
    json_w_kstr(w, "rollback", p->rollback);
    json_w_kstr(w, "trigger", p->trigger);
    json_w_kstr(w, "owner", p->owner);
    json_w_kstr(w, "window", p->window);
    json_w_kbool(w, "complete", fix_missing(p, missing) == 0);
    json_w_object_end(w);
}

static void print_json(const struct case_file *f, const struct about *of, when_t now)
{
    struct buf out = BUF_INIT(GIB);
    struct json_writer w;
    char id[32];
    json_writer_init(&w, &out);
    snprintf(id, sizeof(id), "C-%lld", (long long)f->head.id);
    json_w_object(&w);
    json_w_kcstr(&w, "schema", "toban.case/1");
    json_w_kcstr(&w, "id", id);
    json_w_kstr(&w, "title", f->head.title);
    json_w_kstr(&w, "origin", f->head.origin);
    json_w_kstr(&w, "opened_by", f->head.who);
    json_when(&w, "opened", f->head.opened);
    json_when(&w, "closed", f->head.closed ? f->head.closed->at : WHEN_NONE);
    contact_json_lead(&w, &of->lead);
    contact_json_enquiries(&w, &of->enquiries);
    contain_json_reminders(&w, of->undo, of->undo_n);
    json_w_key(&w, "vulnerabilities");
    json_w_array(&w);
    for (size_t i = 0; i < f->vuln_n; i++)
        json_w_str(&w, f->vuln[i]);
    json_w_array_end(&w);
    json_w_key(&w, "machines");
    json_w_array(&w);
    for (size_t i = 0; i < f->member_n; i++)
        json_member(&w, &f->member[i], now);
    json_w_array_end(&w);
    json_w_key(&w, "plans");
    json_w_array(&w);
    for (size_t i = 0; i < f->plan_n; i++)
        json_plan(&w, &f->plan[i]);
    json_w_array_end(&w);
    json_w_key(&w, "timeline");
    json_w_array(&w);
    for (size_t i = 0; i < f->step_n; i++)
        json_step(&w, NULL, &f->step[i]);
    json_w_array_end(&w);
    json_w_object_end(&w);
    puts(buf_cstr(&out));
    buf_release(&out);
}

static void print_csv(struct cli *c, const struct case_file *f, when_t now)
{
    static const char *const name[] = {"asset", "name", "state", "vex", "verdict", "waived_by", "mitigated_until", "patched", "deadline", "next"};
    struct list t;
    list_init(&t, c, "toban.case.machines/1");
    for (size_t i = 0; i < ARRAY_LEN(name); i++)
        list_column(&t, name[i], name[i], 0);
    for (size_t i = 0; i < f->member_n; i++) {
        const struct case_member *m = &f->member[i];
        list_cell(&t, m->a.key);
        list_cell(&t, member_name(m));
        list_cells(&t, case_state_name(gate_state(&m->a, now)));
        list_cells(&t, case_vex_name(gate_vex(&m->a)));
        list_cells(&t, case_verdict_name(m->a.verdict));
        list_cell(&t, m->a.waive ? m->a.waive->who : (struct str){0});
        list_cells(&t, m->a.mitigate ? minute(c, m->a.mitigate->until) : "");
        list_cells(&t, m->a.patch ? minute(c, m->a.patch->at) : "");
        list_cells(&t, m->look && m->look->deadline != WHEN_NONE ? day(c, m->look->deadline) : "");
        list_cells(&t, gate_next(&m->a, now));
    }
    list_end(&t);
}

int case_print(struct cli *c, const struct case_file *f)
{
    struct remediate_policy p;
    static const struct calendar none;
    struct about of = {0};
    struct outage down = {0};
    size_t total;
    if (app_outage_case(c->app, f, &c->a, &down, &c->err) || app_contact_lead(c->app, &down, &c->a, &of.lead, &c->err) ||
        app_enquiry_count(c->app, f->head.id, &of.enquiries, &total, &c->err) ||
        app_contain_reminders(c->app, f->head.id, clock_now(), &c->a, &of.undo, &of.undo_n, &c->err))
        return c->err.code;
    if (c->format == FORMAT_JSON)
        print_json(f, &of, clock_now());
    else if (c->format == FORMAT_CSV)
        print_csv(c, f, clock_now());
    else
        print_text(c, f, &of, clock_now(), app_case_policy(c->app, &c->a, &p, NULL) == 0 ? p.calendar : &none);
    return 0;
}

void case_print_changes(struct cli *c, FILE *out, const struct remediate_change *change, size_t n)
{
    size_t joined = 0;
    for (size_t i = 0; i < n; i++) {
        const struct case_step *s = &change[i].step;
        joined += s->kind == STEP_JOIN;
        if (s->kind == STEP_JOIN || s->kind == STEP_TRIAGE || s->kind == STEP_ASK)
            continue; /* told in number; case show has them each */
        fprintf(out, "C-%lld  " STR_FMT "  %s" STR_FMT "\n", (long long)s->case_id, STR_ARG(change[i].name), change[i].name.n ? "" : tr("the case: "),
                STR_ARG(s->why));
    }
    if (joined && !c->quiet)
        fprintf(out, tr("%zu machines joined a case\n"), joined);
}

int case_show(struct cli *c, int64_t id)
{
    struct case_file f;
    if (stage_remediate_load(app_world(c->app), id, &c->a, &f, &c->err) || case_print(c, &f))
        return cli_fail(c);
    return EXIT_DONE;
}

int case_steps(struct cli *c, size_t first, size_t last, const struct case_step *step)
{
    int64_t id;
    if (cli_app(c) || !case_option(c, &id))
        return cli_fail(c);
    for (size_t i = first; i < last; i++) {
        struct app_case_target t;
        struct case_step s = *step;
        struct case_file f;
        if (app_case_find(c->app, str_of(c->arg[i]), id, &c->a, &t, &c->err) || app_case_step(c->app, &t, &s, &c->err) ||
            stage_remediate_load(app_world(c->app), t.case_id, &c->a, &f, &c->err))
            return cli_fail(c);
        const struct case_member *m = stage_remediate_member(&f, t.ledger, t.key);
        if (!c->quiet && m)
            printf("C-%lld  " STR_FMT "  [" STR_FMT "]  " STR_FMT "\n", (long long)t.case_id, STR_ARG(t.name),
                   STR_ARG(app_case_state_text(m, clock_now(), config_zone(c->config), &c->a)), STR_ARG(case_waiver(c, &m->a)));
    }
    return EXIT_DONE;
}
