#include "cli/round_print.h"

#include "cli/list.h"

#define MACHINES_SHOWN 12

static const char *level_text(enum round_level l)
{
    static const char *const name[] = {TR("quiet"), TR("HEARD"), TR("LATER"), TR("SOON"), TR("NOW")};
    return tr(name[l]);
}

static const char *level_color(const struct round_view *v, enum round_level l)
{
    static const char *const color[] = {"", "\033[36m", "", "\033[33m", "\033[1;31m"};
    return v->c->color ? color[l] : "";
}

static const char *plain(const struct round_view *v)
{
    return v->c->color ? "\033[0m" : "";
}

static const char *status_text(enum finding_status s)
{
    static const char *const name[] = {TR("unknown"), TR("not affected"), TR("possible"), TR("affected")};
    return tr(name[s]);
}

static void put_vulns(const struct round_view *v, const struct round_item *it)
{
    const struct identify_result *f = &v->r->found;
    if (it->vuln_n == 0)
        return;
    printf("     ");
    for (size_t i = 0; i < it->vuln_n && i < 8; i++) {
        const struct identify_vuln *k = &f->vuln[it->vuln[i]];
        printf("%s" STR_FMT "%s", i ? "  " : "", STR_ARG(k->id), k->listed ? tr(" (KEV)") : "");
    }
    if (it->vuln_n > 8)
        printf(tr("  … and %zu more"), it->vuln_n - 8);
    putchar('\n');
}

static void put_says(const struct round_view *v, const struct round_item *it)
{
    const struct identify_result *f = &v->r->found;
    char when[CLOCK_ISO_SIZE];
    if (it->notice_n) {
        const struct identify_notice *n = &f->notice[it->notice[0]];
        clock_minute(n->rev.known, config_zone(v->c->config), when);
        printf("     " STR_FMT "  %s  N-%lld", STR_ARG(it->by), when, (long long)n->rev.id);
        if (it->notice_n > 1)
            printf(tr("  and %zu more notices"), it->notice_n - 1);
        putchar('\n');
    }
    if (it->quote.n)
        list_wrap(v->c, stdout, "     ", str_of(arena_printf(&v->c->a, tr("\"%.*s\""), STR_ARG(it->quote))));
}

/* The most telling finding of a machine: the first of its worst status. */
static struct str machine_vulns(const struct round_view *v, const struct round_machine *m)
{
    struct buf b = BUF_INIT(KIB);
    size_t n = 0;
    for (size_t i = 0; i < m->finding_n; i++) {
        if (m->finding[i]->v.status != m->status)
            continue;
        if (++n <= 3)
            buf_printf(&b, "%s" STR_FMT, n > 1 ? " " : "", STR_ARG(v->r->found.vuln[m->finding[i]->vuln].id));
    }
    if (n > 3)
        buf_printf(&b, tr(" +%zu"), n - 3);
    struct str s = arena_str(&v->c->a, buf_str(&b));
    buf_release(&b);
    return s;
}

static void pad(const struct round_view *v, struct str s, size_t width)
{
    struct str fit = list_fit(v->c, list_safe(&v->c->a, s), width);
    fwrite(fit.p, 1, fit.n, stdout);
    for (size_t w = list_width(v->c, fit); w < width; w++)
        putchar(' ');
    printf("  ");
}

static void put_machine(const struct round_view *v, const struct round_machine *m)
{
    const struct asset *a = &m->asset->a;
    char id[32];
    snprintf(id, sizeof(id), "A-%lld", (long long)a->id);
    printf("       ");
    pad(v, str_of(status_text(m->status)), 12);
    pad(v, str_of(id), 6);
    pad(v, a->name.n ? a->name : a->key, 18);
    pad(v, a->place, 14);
    pad(v,
        a->exposure == EXPOSURE_PUBLIC     ? str_of(tr("exposed"))
        : a->exposure == EXPOSURE_INTERNAL ? str_of(tr("internal"))
                                           : str_of(tr("exposure?")),
        9);
    if (a->count > 1)
        printf(tr("%lld machines  "), (long long)a->count);
    if (a->organisation.n)
        printf(tr("contractor %.*s  "), STR_ARG(list_safe(&v->c->a, a->organisation)));
    printf(STR_FMT "\n", STR_ARG(machine_vulns(v, m)));
    char *why = arena_printf(&v->c->a, STR_FMT, STR_ARG(m->finding[0]->v.why));
    if (*why)
        list_wrap(v->c, stdout, "           ", str_of(why));
}

static void put_machines(const struct round_view *v, const struct round_item *it)
{
    if (it->machine_n == 0)
        return;
    printf("     ");
    printf(tr("machines: %lld affected, %lld possible, %lld unknown, %lld not affected; %lld exposed, %lld "
              "at contractors\n"),
           (long long)it->affected, (long long)it->possible, (long long)it->unknown, (long long)it->cleared,
           (long long)it->exposed, (long long)it->contractor);
    size_t max = v->all ? it->machine_n : MACHINES_SHOWN;
    for (size_t i = 0; i < it->machine_n && i < max; i++)
        put_machine(v, &it->machine[i]);
    if (it->machine_n > max)
        printf(tr("       … and %zu more: toban ledger where %.*s\n"), it->machine_n - max,
               STR_ARG(it->vuln_n ? v->r->found.vuln[it->vuln[0]].id : STR_LIT("…")));
}

static const struct decide_reason *reason_about(const struct decision *d, enum decide_about about)
{
    for (size_t i = 0; i < d->reason_n; i++)
        if (d->reason[i].about == about)
            return &d->reason[i];
    return NULL;
}

static void put_decision(const struct round_view *v, const struct round_item *it)
{
    const struct decision *d = it->decision;
    char by[CLOCK_ISO_SIZE];
    if (!d || !d->outcome)
        return;
    clock_minute(d->deadline, config_zone(v->c->config), by);
    printf("     %s" STR_FMT "%s", tr("decision: "), STR_ARG(d->outcome->code),
           d->provisional ? tr(" (provisional)") : "");
    if (*by)
        printf(tr(", by %s%s"), by, d->deadline < v->as_of ? tr(" - OVERDUE") : "");
    putchar('\n');
    static const enum decide_about shown[] = {DECIDE_KEV, DECIDE_OUTCOME, DECIDE_DEADLINE, DECIDE_FORENSIC};
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        const struct decide_reason *r = reason_about(d, shown[i]);
        if (r)
            list_wrap(v->c, stdout, "       ", r->text);
    }
}

static void put_item(const struct round_view *v, const struct round_item *it, size_t number)
{
    printf("%s%-5s%s%2zu  ", level_color(v, it->level), level_text(it->level), plain(v), number);
    printf("%s" STR_FMT "%s\n", v->c->color ? "\033[1m" : "", STR_ARG(list_safe(&v->c->a, it->title)), plain(v));
    if (!it->news)
        printf("     %s\n", tr("open from before"));
    const char *state = it->listed      ? tr("in KEV")
                        : it->exploited ? tr("exploitation stated")
                        : it->urgent    ? tr("call to act at once")
                                        : "";
    if (*state)
        printf("     %s\n", state);
    put_says(v, it);
    put_vulns(v, it);
    put_machines(v, it);
    put_decision(v, it);
    if (it->next.n)
        list_wrap(v->c, stdout, "     ", str_of(arena_printf(&v->c->a, tr("next: %.*s"), STR_ARG(it->next))));
    putchar('\n');
}

static void put_freshness(const struct round_view *v)
{
    char when[CLOCK_ISO_SIZE];
    size_t fresh = 0, on = 0;
    for (size_t i = 0; i < v->age_n; i++) {
        on += v->age[i].ws->enabled;
        fresh += v->age[i].ws->enabled && v->age[i].age == GUARD_FRESH;
    }
    printf(tr("sources: %zu of %zu fresh"), fresh, on);
    for (size_t i = 0, n = 0; i < v->age_n; i++) {
        if (!v->age[i].ws->enabled || v->age[i].age == GUARD_FRESH)
            continue;
        clock_minute(v->age[i].last_ok, config_zone(v->c->config), when);
        printf("%s" STR_FMT " (%s)", n++ ? ", " : tr("; NOT fresh: "), STR_ARG(v->age[i].ws->setup.name),
               *when ? when : tr("never"));
    }
    putchar('\n');
    clock_minute(v->ledger->newest_import, config_zone(v->c->config), when);
    printf(tr("ledger: %zu assets, last import %s; %zu product names not identified\n"), v->ledger->n,
           *when ? when : tr("never"), v->unnamed);
}

void round_print_text(const struct round_view *v)
{
    char now[CLOCK_ISO_SIZE], since[CLOCK_ISO_SIZE];
    const struct round_result *r = v->r;
    clock_minute(v->as_of, config_zone(v->c->config), now);
    clock_minute(v->since, config_zone(v->c->config), since);
    printf(tr("Round of %s: notices since %s, %zu heard\n\n"), now, since, r->notices);
    contact_print_lead(v->c, stdout, &v->lead);
    size_t shown = 0;
    for (size_t i = 0; i < r->n; i++)
        if (r->item[i].level >= ROUND_SOON || r->item[i].level == ROUND_HEARD || v->all)
            put_item(v, &r->item[i], ++shown);
    if (r->count[ROUND_NOW] + r->count[ROUND_SOON] == 0)
        printf("%s\n", v->stale ? tr("Nothing calls for action in what was heard; but not all sources are "
                                     "fresh, so this is not an all-clear.")
                                : tr("Nothing calls for action today."));
    if (!v->all && r->count[ROUND_LATER])
        printf(tr("%zu more with machines, for regular updates: toban round --all\n"), r->count[ROUND_LATER]);
    if (!v->all && r->count[ROUND_QUIET])
        printf(tr("%zu heard that concern nothing in the ledger: toban news\n"), r->count[ROUND_QUIET]);
    if (r->unassessed)
        printf(tr("%zu notices could not be judged\n"), r->unassessed);
    contact_print_enquiries(stdout, &v->enquiries);
    contain_print_reminders(v->c, stdout, v->undo, v->undo_n);
    put_freshness(v);
}
