#include "cli/drill_print.h"

const char *drill_print_when(const struct drill_view *v, const struct drill_when *w)
{
    char text[CLOCK_ISO_SIZE];
    if (w->day)
        clock_date(w->at, w->zone_s, text);
    else
        clock_minute(w->at, v->zone, text);
    return arena_strdup(&v->c->a, text);
}

static const char *minute(const struct drill_view *v, when_t t)
{
    char text[CLOCK_ISO_SIZE];
    if (t == WHEN_NONE)
        return tr("never");
    clock_minute(t, v->zone, text);
    return arena_strdup(&v->c->a, text);
}

void drill_print_head(const struct drill_view *v)
{
    const struct drill_pack *p = v->r->pack;
    printf(tr("Drill: %.*s\n"), STR_ARG(drill_text_get(&p->title)));
    printf(tr("Your ledger (%zu assets) and settings, a round each day at %d:00. Nothing of it is written to "
              "your store.\n"),
           v->r->ledger_n, v->o->hour);
    if (v->r->muted.n)
        printf(tr("Off in your settings, and so not heard: %.*s\n"), STR_ARG(v->r->muted));
    putchar('\n');
}

static const char *level_text(enum round_level l)
{
    static const char *const name[] = {TR("quiet"), TR("HEARD"), TR("LATER"), TR("SOON"), TR("NOW")};
    return tr(name[l]);
}

static void put_heard(const struct drill_view *v, const struct drill_heard *h)
{
    const struct drill_notice *n = h->n;
    struct str title = drill_text_get(&n->title);
    const char *how = h->how == DRILL_HEARD   ? h->exploited && h->urgent ? tr("exploited, urgent")
                                                : h->exploited            ? tr("exploited")
                                                : h->urgent               ? tr("urgent")
                                                                          : ""
                      : h->how == DRILL_MUTED ? tr("not heard: the source is off")
                                              : tr("no source of toban carries it");
    printf("  %s " STR_FMT ": " STR_FMT " (%s)%s%s%s\n", h->how == DRILL_HEARD ? "+" : "-",
           STR_ARG(n->publisher), STR_ARG(title), drill_print_when(v, &n->when), *how ? " [" : "", how,
           *how ? "]" : "");
    if (h->quote.n && h->how == DRILL_HEARD)
        list_wrap(v->c, stdout, "      ", str_of(arena_printf(&v->c->a, tr("\"%.*s\""), STR_ARG(h->quote))));
}

static void put_told(const struct drill_view *v, const struct drill_day *d)
{
    printf("  > %s: ", level_text(d->level));
    printf(tr("%lld affected, %lld possible, %lld unknown, %lld not affected"), (long long)d->affected,
           (long long)d->possible, (long long)d->unknown, (long long)d->cleared);
    if (d->deadline != WHEN_NONE)
        printf(tr("; by %s (%.*s)"), minute(v, d->deadline), STR_ARG(d->outcome));
    putchar('\n');
    if (d->name_n) {
        printf("    %s", tr("named for the first time: "));
        for (size_t i = 0; i < d->name_n; i++) {
            struct str name = list_safe(&v->c->a, d->name[i]);
            printf("%s" STR_FMT, i ? tr(", ") : "", STR_ARG(name));
        }
        printf("%s\n", d->named > d->name_n ? "…" : "");
    }
    if (d->next.n)
        list_wrap(v->c, stdout, "    ", str_of(arena_printf(&v->c->a, tr("next: %.*s"), STR_ARG(d->next))));
}

/* Facts, a line for each source and moment. */
static void put_records(const struct drill_view *v, const struct drill_day *d)
{
    const struct drill_record *r = &v->r->pack->record[d->record_first];
    for (size_t i = 0, n; i < d->record_n; i += n) {
        struct buf ids = BUF_INIT(KIB);
        bool ranges = false;
        for (n = 0; i + n < d->record_n && r[i + n].when.at == r[i].when.at &&
                    str_eq(r[i + n].v.source, r[i].v.source);
             n++) {
            const struct vuln *k = &r[i + n].v;
            ranges |= k->product_n || k->config_n || k->affected_n;
            for (size_t x = 0; x < r[i + n].id_n; x++)
                buf_printf(&ids, " " STR_FMT, STR_ARG(r[i + n].id[x]));
        }
        printf(ranges ? tr("  = %.*s states products:%s (%s)\n")
                      : tr("  = %.*s has, without products:%s (%s)\n"),
               STR_ARG(r[i].v.source), buf_cstr(&ids), drill_print_when(v, &r[i].when));
        buf_release(&ids);
    }
}

void drill_print_day(const struct drill_view *v, const struct drill_day *d)
{
    if (drill_day_quiet(d))
        return;
    printf("%s\n", minute(v, d->round));
    for (size_t i = 0; i < d->milestone_n; i++) {
        const struct drill_milestone *m = &v->r->pack->milestone[d->milestone_first + i];
        printf("  * " STR_FMT " (%s)\n", STR_ARG(drill_text_get(&m->text)), drill_print_when(v, &m->when));
    }
    for (size_t i = 0; i < d->heard_n; i++)
        put_heard(v, &v->r->heard[d->heard_first + i]);
    put_records(v, d);
    if (d->told && d->changed)
        put_told(v, d);
    else if (d->told)
        printf("  > %s\n", tr("as before"));
    putchar('\n');
}

/* Whole days, begun ones counted; "" when there is nothing to count. */
static const char *days_between(const struct drill_view *v, when_t from, when_t to)
{
    if (from == WHEN_NONE || to == WHEN_NONE)
        return "";
    if (to <= from)
        return "0";
    return arena_printf(&v->c->a, "%lld", (long long)((to - from + WHEN_DAY - 1) / WHEN_DAY));
}

/* "2 hours", from two days on "58 days". */
static const char *span_text(const struct drill_view *v, when_t from, when_t to)
{
    long long hours = to > from ? (to - from) / (3600 * WHEN_SEC) : 0;
    return hours < 48 ? arena_printf(&v->c->a, tr("%lld hours"), hours)
                      : arena_printf(&v->c->a, tr("%lld days"), hours / 24);
}

static void put_figure(const struct drill_view *v, const char *what, when_t t)
{
    const struct drill_pack *p = v->r->pack;
    printf("  %s  %s", minute(v, t), what);
    if (t != WHEN_NONE)
        printf(tr(" (%s after the first exploitation, %s after the patch)"),
               span_text(v, drill_pack_from(drill_pack_mark(p, DRILL_EXPLOITED)), t),
               span_text(v, drill_pack_from(drill_pack_mark(p, DRILL_PATCH)), t));
    putchar('\n');
}

void drill_print_figures(const struct drill_view *v)
{
    const struct drill_result *r = v->r;
    printf("%s\n", tr("The event:"));
    for (size_t i = 0; i < r->pack->milestone_n; i++) {
        const struct drill_milestone *m = &r->pack->milestone[i];
        printf("  %s  " STR_FMT "\n", drill_print_when(v, &m->when), STR_ARG(drill_text_get(&m->text)));
    }
    printf("%s\n", tr("You:"));
    put_figure(v, tr("first heard of it"), r->first_heard);
    put_figure(v, tr("first knew which machines"), r->first_matched);
    put_figure(v, tr("first told to act at once"), r->first_now);
    if (r->open)
        put_figure(v, tr("the last machine safe"), r->all_safe);
    putchar('\n');
    list_wrap(v->c, stdout, "",
              str_of(arena_printf(&v->c->a,
                                  tr("Assumed: nothing is begun before a round names the machine and its fix "
                                     "can be had; in an emergency it is fixed %d hours later "
                                     "(--assume-hours), or in the next patch window if that ends sooner; "
                                     "otherwise in the next patch window, and without windows at "
                                     "the deadline of the decision. A machine that cannot be told counts as "
                                     "affected. The ledger is as it is now."),
                                  v->o->assume_hours)));
    if (!v->o->next_window)
        printf("%s\n", tr("There are no patch windows (toban windows add)."));
    if (r->quiet)
        printf(tr("%zu days on which nothing was published are not shown.\n"), r->quiet);
    if (r->unnamed || r->bare)
        printf(tr("Besides, %zu rows of the ledger have a product name that is not identified and %zu name "
                  "no software: for those nobody can say (toban ledger health).\n"),
               r->unnamed, r->bare);
    if (r->ledger_n == 0)
        printf(
            "%s\n",
            tr("The ledger is empty: no machine would have been found. toban ledger import FILE fills it."));
    if (r->late)
        printf(tr("%zu of %zu machines would have been exposed past the directive's deadline.\n"), r->late,
               r->open);
    if (r->unanswered)
        printf(tr("%zu machines the ledger could not answer for; see what to fill in.\n"), r->unanswered);
}

static const char *fate_text(enum drill_fate f)
{
    static const char *const name[] = {TR("fixed already"),  TR("cleared later"),
                                       TR("affected"),       TR("possible"),
                                       TR("cannot be told"), TR("YOU WOULD NOT HAVE KNOWN")};
    return tr(name[f]);
}

static void machine_row(const struct drill_view *v, struct list *t, const struct drill_machine *m)
{
    const struct drill_pack *p = v->r->pack;
    bool open = m->fate >= DRILL_AFFECTED, table = v->c->format == FORMAT_TABLE;
    const char *none = "";
    list_cellf(t, "A-%lld", (long long)m->asset->a.id);
    list_cell(t, m->asset->a.name.n ? m->asset->a.name : m->asset->a.key);
    list_cell(t, m->asset->a.place);
    list_cell(t, m->asset->a.organisation);
    list_cells(t, table ? fate_text(m->fate) : drill_fate_name(m->fate));
    list_cells(t, m->told == WHEN_NONE ? none : minute(v, m->told));
    list_cells(t, m->deadline == WHEN_NONE ? none : minute(v, m->deadline));
    list_cells(t, m->fix == WHEN_NONE ? none : minute(v, m->fix));
    list_cells(t, m->fate == DRILL_FIXED_ALREADY ? tr("from the start")
                  : m->fate == DRILL_CLEARED     ? minute(v, m->cleared)
                                                 : minute(v, m->safe));
    list_cells(t,
               open ? days_between(v, drill_pack_from(drill_pack_mark(p, DRILL_EXPLOITED)), m->safe) : none);
    list_cells(t, open ? days_between(v, drill_pack_from(drill_pack_mark(p, DRILL_PATCH)), m->safe) : none);
    list_cell(t, m->missing.n && m->fate != DRILL_FIXED_ALREADY && m->fate != DRILL_CLEARED
                     ? str_of(arena_printf(&v->c->a, tr("fill in: %.*s"), STR_ARG(m->missing)))
                 : m->late ? str_of(tr("past the deadline"))
                           : (struct str){0});
    list_cells(t, m->late ? "1" : "0");
    list_cells(t, m->emergency ? "emergency" : open && m->told != WHEN_NONE ? "regular" : none);
    list_cell(t, m->vuln);
    list_cell(t, m->fixed);
    list_cell(t, m->written);
}

void drill_print_machines(const struct drill_view *v)
{
    struct list t;
    list_init(&t, v->c, "toban.drill.machines/1");
    list_column(&t, "asset", TR("Asset"), 0);
    list_column(&t, "name", TR("Name"), 0);
    list_column(&t, "place", TR("Place"), LIST_JSON);
    list_column(&t, "contractor", TR("Contractor"), LIST_JSON);
    list_column(&t, "fate", TR("State"), 0);
    list_column(&t, "told", TR("Told"), 0);
    list_column(&t, "deadline", TR("Deadline"), 0);
    list_column(&t, "fix_available", TR("Fix out"), LIST_JSON);
    list_column(&t, "safe", TR("Safe"), 0);
    list_column(&t, "days_after_exploitation", TR("Exposed days"), LIST_NUMBER);
    list_column(&t, "days_after_patch", TR("After patch"), LIST_NUMBER);
    list_column(&t, "note", TR("Note"), LIST_WIDE);
    list_column(&t, "late", TR("Late"), LIST_JSON | LIST_NUMBER);
    list_column(&t, "track", TR("Track"), LIST_JSON);
    list_column(&t, "vulnerabilities", TR("Vulnerabilities"), LIST_JSON);
    list_column(&t, "fixed_by", TR("Fixed by"), LIST_JSON);
    list_column(&t, "written", TR("As written"), LIST_JSON);
    for (size_t i = 0; i < v->r->machine_n; i++)
        machine_row(v, &t, &v->r->machine[i]);
    if (v->r->machine_n || v->c->format == FORMAT_CSV)
        list_end(&t);
    else
        printf("%s\n", tr("No machine of the ledger was concerned by name."));
}
