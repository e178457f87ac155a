#include "cli/investigate_print.h"

#include "cli/list.h"

#define SHOWN 20 /* of a list, unless all is asked for */

static void head(const struct cli *c, const char *text)
{
    printf("\n%s%s%s\n", c->color ? "\033[1m" : "", text, c->color ? "\033[0m" : "");
}

static const char *minute(when_t t, char out[CLOCK_ISO_SIZE])
{
    clock_iso(t == WHEN_NONE ? t : t - t % WHEN_SEC, 0, out);
    return *out ? out : "-";
}

static void print_verdict(struct cli *c, const struct sweep *s, const struct verdict_result *v)
{
    char first[CLOCK_ISO_SIZE], last[CLOCK_ISO_SIZE];
    const struct sweep_asset *as = &s->asset[v->asset];
    struct str cve = v->cve.n ? v->cve : str_of(tr("(no CVE named)"));
    printf("%s" STR_FMT "  " STR_FMT "%s: %s\n", c->color ? "\033[1m" : "", STR_ARG(as->name), STR_ARG(cve), c->color ? "\033[0m" : "", verdict_title(v));
    list_wrap(c, stdout, "    ", v->why);
    if (v->first != WHEN_NONE)
        printf(tr("    first %s, last %s\n"), minute(v->first, first), minute(v->last, last));
    if (v->state != VERDICT_FOUND)
        for (size_t i = 0; i < v->missing_n; i++) {
            struct str line = str_of(arena_printf(&c->a, tr("missing: %.*s"), STR_ARG(v->missing[i])));
            list_wrap(c, stdout, "    ", line);
        }
    struct str next = str_of(arena_printf(&c->a, "→ " STR_FMT, STR_ARG(v->next)));
    list_wrap(c, stdout, "    ", next);
}

static void print_sighting(struct cli *c, const struct sweep *s, const struct sighting *x)
{
    char iso[CLOCK_ISO_SIZE];
    printf("%-20s  %-18s  " STR_FMT "  ", minute(x->time, iso), indicator_level_name(x->level), STR_ARG(x->check->id));
    printf(STR_FMT "\n", STR_ARG(report_check_title(x->check)));
    printf("    " STR_FMT, STR_ARG(x->path));
    if (x->kind)
        printf(":%llu", (unsigned long long)x->number);
    if (x->client.n)
        printf("  " STR_FMT, STR_ARG(x->client));
    if (x->time_source != SIGHTING_TIME_RECORD)
        printf("  (%s)", x->time_source == SIGHTING_TIME_FILE ? tr("time of the file") : tr("no time"));
    else if (x->zone == TRACE_ZONE_ASSUMED)
        printf("  (%s)", tr("zone assumed"));
    if (s->asset_n > 1)
        printf("  [" STR_FMT "]", STR_ARG(s->asset[x->asset].name));
    putchar('\n');
    struct str cut = list_fit(c, x->excerpt, list_terminal(c) ? list_terminal(c) - 6 : 160);
    if (cut.n)
        printf("    | " STR_FMT "%s\n", STR_ARG(cut), cut.n < x->excerpt.n ? "…" : "");
    if (x->note.n)
        list_wrap(c, stdout, "    ", x->note);
    if (x->more)
        printf(tr("    and %u more of this kind in this file\n"), (unsigned)x->more);
}

static void print_sightings(struct cli *c, const struct sweep *s, bool hints, bool all)
{
    size_t n = 0, total = 0;
    for (size_t i = 0; i < s->sighting.n; i++)
        total += s->sighting.p[i].hint == hints;
    if (!total)
        return;
    char text[256];
    snprintf(text, sizeof(text), hints ? tr("Hints (they carry no verdict alone): %zu") : tr("Sightings: %zu"), total);
    head(c, text);
    for (size_t i = 0; i < s->sighting.n; i++) {
        if (s->sighting.p[i].hint != hints)
            continue;
        if (++n > SHOWN && !all) {
            printf(tr("… and %zu more (--all, or --report FILE)\n"), total - SHOWN);
            break;
        }
        print_sighting(c, s, &s->sighting.p[i]);
    }
}

static void print_chains(struct cli *c, const struct sweep *s)
{
    for (size_t i = 0; i < s->chain_n; i++) {
        const struct chain *k = &s->chain[i];
        char text[512], first[CLOCK_ISO_SIZE], last[CLOCK_ISO_SIZE];
        snprintf(text, sizeof(text), tr("Attack chain %u: %.*s, %s to %s, %zu steps"), (unsigned)k->number,
                 STR_ARG(k->client.n ? k->client : str_of(tr("on the host"))), minute(k->first, first), minute(k->last, last), k->n);
        head(c, text);
        struct str before = {"", 0};
        for (size_t m = 0; m < k->n && m < 60; m++) {
            const struct sighting *x = &s->sighting.p[k->sighting[m]];
            if (str_eq(before, x->check->id))
                continue;
            before = x->check->id;
            printf("    %-20s  %-18s  " STR_FMT "\n", minute(x->time, first), indicator_level_name(x->level), STR_ARG(report_check_title(x->check)));
        }
    }
}

static void print_coverage(struct cli *c, const struct sweep *s, bool all)
{
    struct list t;
    enum cli_format keep = c->format;
    head(c, tr("What was examined"));
    c->format = FORMAT_TABLE;
    list_init(&t, c, "");
    list_column(&t, "check", TR("Check"), 0);
    list_column(&t, "state", TR("State"), 0);
    list_column(&t, "files", TR("Files"), LIST_NUMBER);
    list_column(&t, "rows", TR("Rows"), LIST_NUMBER);
    list_column(&t, "first", TR("First"), 0);
    list_column(&t, "last", TR("Last"), 0);
    list_column(&t, "missing", TR("Missing"), LIST_WIDE);
    for (size_t i = 0; i < s->check_n * s->asset_n; i++) {
        const struct coverage_check *k = &s->check[i];
        char first[CLOCK_ISO_SIZE], last[CLOCK_ISO_SIZE];
        if (k->check->level == LEVEL_HINT && !all)
            continue;
        list_cell(&t, k->check->id);
        list_cells(&t, k->state == COVERAGE_DONE ? tr("done") : k->state == COVERAGE_PARTLY ? tr("partly") : tr("not done"));
        list_cellf(&t, "%llu", (unsigned long long)k->files);
        list_cellf(&t, "%llu", (unsigned long long)k->rows);
        list_cells(&t, minute(k->first, first));
        list_cells(&t, minute(k->last, last));
        list_cell(&t, k->missing_n ? k->missing[0] : (struct str){"", 0});
    }
    list_end(&t);
    c->format = keep;
}

static void print_layout(struct cli *c, const struct sweep *s)
{
    static const struct {
        const char *kind, *title;
    } titles[] = {{"exchange", TR("Exchange")}, {"iis-folder", TR("IIS folder")}, {"iis-logs", TR("IIS logs")}, {"folder", TR("Folder")}};
    if (s->place_n + s->layout_note_n == 0)
        return;
    head(c, tr("What the evidence says about its places"));
    for (size_t i = 0; i < s->place_n; i++) {
        const struct sweep_place *p = &s->place[i];
        const char *title = p->kind;
        for (size_t k = 0; k < ARRAY_LEN(titles); k++)
            if (strcmp(p->kind, titles[k].kind) == 0)
                title = tr(titles[k].title);
        printf("    %s%s" STR_FMT ": " STR_FMT, title, p->name.n ? " " : "", STR_ARG(p->name), STR_ARG(p->windows));
        if (p->path.n)
            printf(" → " STR_FMT "\n", STR_ARG(p->path));
        else
            printf("  (%s)\n", tr("not among the paths given"));
    }
    for (size_t i = 0; i < s->layout_note_n; i++)
        list_wrap(c, stdout, "    ", s->layout_note[i]);
}

static void print_rest(struct cli *c, const struct sweep *s)
{
    for (size_t a = 0; a < s->asset_n; a++) {
        const struct coverage *k = &s->asset[a].coverage;
        struct str clock = report_clock(&s->asset[a], &c->a);
        for (int i = 0; i < SCAN_SKIPS; i++)
            if (k->skipped[i])
                printf(tr("not examined: %llu (%s)\n"), (unsigned long long)k->skipped[i], scan_skip_title(i));
        if (k->atime)
            printf(tr("the access time of %llu files may have changed: only their owner may read without that\n"), (unsigned long long)k->atime);
        if (clock.n)
            list_wrap(c, stdout, "", clock);
    }
    for (size_t i = 0; i < s->not_evaluable_n; i++)
        list_wrap(c, stdout, "", s->not_evaluable[i]);
    if (s->stock)
        printf(tr("%llu files with suspicious names are the vendor's own, by their hash\n"), (unsigned long long)s->stock);
    if (s->beyond)
        printf(tr("%llu further sightings were only counted\n"), (unsigned long long)s->beyond);
    if (s->resumed)
        printf(tr("%llu files were taken over from an earlier run\n"), (unsigned long long)s->resumed);
    if (s->journal_failed)
        printf("%s\n", tr("The journal could not be written to the end: a next run does more than the rest again."));
    if (s->stopped)
        printf("%s\n", tr("The sweep was broken off: this is a part of the answer."));
    double seconds = (double)s->ns / 1e9;
    printf(tr("%llu files, %.1f MB in %.1f s\n"), (unsigned long long)s->files, (double)s->bytes / 1e6, seconds);
}

static void print_changes(const char *title, const struct report_change *k, size_t n)
{
    if (!n)
        return;
    printf("\n%s\n", title);
    for (size_t i = 0; i < n && i < 50; i++)
        printf("    " STR_FMT "  " STR_FMT "%s" STR_FMT "%s\n", STR_ARG(k[i].check), STR_ARG(k[i].path), k[i].number.n ? ":" : "", STR_ARG(k[i].number),
               k[i].pack ? tr("  (because of the pack)") : "");
}

void investigate_print(struct cli *c, const struct sweep *s, const struct report_diff *diff, bool all)
{
    for (size_t i = 0; i < s->verdict_n; i++)
        print_verdict(c, s, &s->verdict[i]);
    print_chains(c, s);
    print_sightings(c, s, false, all);
    print_sightings(c, s, true, all);
    print_layout(c, s);
    print_coverage(c, s, all);
    putchar('\n');
    print_rest(c, s);
    if (diff) {
        print_changes(tr("New since the earlier report:"), diff->fresh, diff->fresh_n);
        print_changes(tr("In the earlier report, and no longer:"), diff->gone, diff->gone_n);
    }
}
