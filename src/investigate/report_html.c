/* One file, no script, nothing loaded from elsewhere: it can be mailed, printed and kept. */
#include "investigate/report.h"

static const char style[] =
    "body{font:15px/1.6 system-ui,'Noto Sans JP',sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #bbb}"
    "table{border-collapse:collapse;width:100%;font-size:.88rem}td,th{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "th{background:#f0f0f0}code{font:12px/1.4 ui-monospace,monospace;word-break:break-all;white-space:pre-wrap}"
    ".bad{border-left:6px solid #b00020}.open{border-left:6px solid #b36b00}.ok{border-left:6px solid #1b6e2f}"
    ".v{padding:.5rem 1rem;margin:.7rem 0;background:#f7f7f7}.l{font-weight:600;white-space:nowrap}.m{color:#555}"
    "@media(prefers-color-scheme:dark){body{background:#151515;color:#e6e6e6}th,.v{background:#242424}td,th{border-color:#444}.m{color:#aaa}}"
    "@media print{body{max-width:none;margin:0}.v{background:none}}";

static void esc(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        const char *e = s.p[i] == '<' ? "&lt;" : s.p[i] == '>' ? "&gt;" : s.p[i] == '&' ? "&amp;" : s.p[i] == '"' ? "&quot;" : s.p[i] == '\'' ? "&#39;" : NULL;
        if (e)
            buf_adds(b, e);
        else
            buf_addc(b, s.p[i]);
    }
}

static void esc_c(struct buf *b, const char *s)
{
    esc(b, str_of(s));
}

static void when(struct buf *b, when_t t)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(t == WHEN_NONE ? t : t - t % WHEN_SEC, 0, iso);
    buf_adds(b, *iso ? iso : "–");
}

static void heading(struct buf *b, const char *text)
{
    buf_adds(b, "<h2>");
    esc_c(b, text);
    buf_adds(b, "</h2>\n");
}

static void row_head(struct buf *b, const char *const *title, size_t n)
{
    buf_adds(b, "<table><thead><tr>");
    for (size_t i = 0; i < n; i++) {
        buf_adds(b, "<th scope=\"col\">");
        esc_c(b, tr(title[i]));
        buf_adds(b, "</th>");
    }
    buf_adds(b, "</tr></thead><tbody>\n");
}

static void verdicts(struct buf *b, const struct sweep *s)
{
    heading(b, tr("Verdict"));
    for (size_t i = 0; i < s->verdict_n; i++) {
        const struct verdict_result *v = &s->verdict[i];
        bool grave = v->state == VERDICT_FOUND && v->level >= LEVEL_EXPLOITED;
        buf_printf(b, "<div class=\"v %s\"><b>", grave ? "bad" : v->state == VERDICT_CLEAN ? "ok" : "open");
        esc(b, s->asset[v->asset].name);
        buf_adds(b, " · ");
        esc(b, v->cve);
        buf_adds(b, ": ");
        esc_c(b, verdict_title(v));
        buf_adds(b, "</b><br>");
        esc(b, v->why);
        if (v->first != WHEN_NONE) {
            buf_adds(b, "<br><span class=\"m\">");
            when(b, v->first);
            buf_adds(b, " – ");
            when(b, v->last);
            buf_adds(b, "</span>");
        }
        buf_adds(b, "<br>→ ");
        esc(b, v->next);
        if (v->missing_n) {
            buf_adds(b, "<details><summary>");
            esc_c(b, tr("what could not be examined"));
            buf_adds(b, "</summary><ul>");
            for (size_t k = 0; k < v->missing_n; k++) {
                buf_adds(b, "<li>");
                esc(b, v->missing[k]);
                buf_adds(b, "</li>");
            }
            buf_adds(b, "</ul></details>");
        }
        buf_adds(b, "</div>\n");
    }
}

static void sighting(struct buf *b, const struct sighting *x)
{
    buf_adds(b, "<tr><td>");
    when(b, x->time);
    if (x->time_source != SIGHTING_TIME_RECORD || x->zone == TRACE_ZONE_ASSUMED) {
        buf_adds(b, "<br><span class=\"m\">");
        esc_c(b, x->time_source == SIGHTING_TIME_FILE ? tr("time of the file") : x->time_source == SIGHTING_TIME_NONE ? tr("no time") : tr("zone assumed"));
        buf_adds(b, "</span>");
    }
    if (x->second) {
        buf_adds(b, "<br><span class=\"m\">UtcTime ");
        when(b, x->second);
        buf_adds(b, "</span>");
    }
    buf_adds(b, "</td><td class=\"l\">");
    buf_adds(b, indicator_level_name(x->level));
    buf_adds(b, "</td><td>");
    esc(b, x->check->id);
    buf_adds(b, "<br><span class=\"m\">");
    esc(b, x->cve);
    buf_adds(b, "</span></td><td>");
    esc(b, report_check_title(x->check));
    buf_adds(b, "<br><code>");
    esc(b, x->path);
    if (x->kind)
        buf_printf(b, ":%llu", (unsigned long long)x->number);
    buf_adds(b, "</code>");
    if (x->client.n) {
        buf_adds(b, " · ");
        esc(b, x->client);
    }
    if (x->excerpt.n) {
        buf_adds(b, "<br><code>");
        esc(b, x->excerpt);
        buf_adds(b, "</code>");
    }
    if (x->note.n) {
        buf_adds(b, "<br><span class=\"m\">");
        esc(b, x->note);
        buf_adds(b, "</span>");
    }
    if (x->more)
        buf_printf(b, "<br><span class=\"m\">+%u</span>", (unsigned)x->more);
    buf_adds(b, "</td></tr>\n");
}

static void sightings(struct buf *b, const struct sweep *s, bool hints)
{
    static const char *const title[] = {TR("Time (UTC)"), TR("Level"), TR("Check"), TR("What and where")};
    size_t n = 0;
    for (size_t i = 0; i < s->sighting.n; i++)
        n += s->sighting.p[i].hint == hints;
    if (!n)
        return;
    heading(b, hints ? tr("Hints: they carry no verdict alone") : tr("Timeline of what was found"));
    row_head(b, title, ARRAY_LEN(title));
    for (size_t i = 0; i < s->sighting.n; i++)
        if (s->sighting.p[i].hint == hints)
            sighting(b, &s->sighting.p[i]);
    buf_adds(b, "</tbody></table>\n");
}

static void chains(struct buf *b, const struct sweep *s)
{
    if (s->chain_n)
        heading(b, tr("Attack chains"));
    for (size_t i = 0; i < s->chain_n; i++) {
        const struct chain *c = &s->chain[i];
        buf_printf(b, "<p><b>%u · ", (unsigned)c->number);
        esc(b, c->client.n ? c->client : str_of(tr("on the host")));
        buf_adds(b, "</b> ");
        when(b, c->first);
        buf_adds(b, " – ");
        when(b, c->last);
        buf_adds(b, "</p><ol>");
        struct str before = {"", 0};
        for (size_t k = 0; k < c->n && k < 200; k++) {
            const struct sighting *x = &s->sighting.p[c->sighting[k]];
            if (str_eq(before, x->check->id))
                continue;
            before = x->check->id;
            buf_adds(b, "<li>");
            when(b, x->time);
            buf_printf(b, " <span class=\"l\">%s</span> ", indicator_level_name(x->level));
            esc(b, report_check_title(x->check));
            buf_adds(b, "</li>");
        }
        buf_adds(b, "</ol>\n");
    }
}

static void places(struct buf *b, const struct sweep *s)
{
    if (s->place_n + s->layout_note_n == 0)
        return;
    heading(b, tr("What the evidence says about its places"));
    buf_adds(b, "<ul>\n");
    for (size_t i = 0; i < s->place_n; i++) {
        const struct sweep_place *p = &s->place[i];
        buf_adds(b, "<li>");
        esc_c(b, p->kind);
        buf_adds(b, " ");
        esc(b, p->name);
        buf_adds(b, " ");
        esc(b, p->windows);
        buf_adds(b, " → ");
        esc(b, p->path.n ? p->path : str_of(tr("not among the paths given")));
        buf_adds(b, "</li>\n");
    }
    for (size_t i = 0; i < s->layout_note_n; i++) {
        buf_adds(b, "<li>");
        esc(b, s->layout_note[i]);
        buf_adds(b, "</li>\n");
    }
    buf_adds(b, "</ul>\n");
}

static void coverage(struct buf *b, const struct sweep *s)
{
    static const char *const title[] = {TR("Check"), TR("State"), TR("Files"), TR("Rows"), TR("First"), TR("Last"), TR("Missing")};
    heading(b, tr("What was examined"));
    row_head(b, title, ARRAY_LEN(title));
    for (size_t i = 0; i < s->check_n * s->asset_n; i++) {
        const struct coverage_check *k = &s->check[i];
        buf_adds(b, "<tr><td>");
        esc(b, k->check->id);
        buf_adds(b, " ");
        esc(b, report_check_title(k->check));
        buf_adds(b, "</td><td>");
        esc_c(b, k->state == COVERAGE_DONE ? tr("done") : k->state == COVERAGE_PARTLY ? tr("partly") : tr("not done"));
        buf_printf(b, "</td><td>%llu</td><td>%llu</td><td>", (unsigned long long)k->files, (unsigned long long)k->rows);
        when(b, k->first);
        buf_adds(b, "</td><td>");
        when(b, k->last);
        buf_adds(b, "</td><td>");
        for (size_t m = 0; m < k->missing_n; m++) {
            buf_adds(b, m ? "<br>" : "");
            esc(b, k->missing[m]);
        }
        buf_adds(b, "</td></tr>\n");
    }
    buf_adds(b, "</tbody></table>\n");
}

static void skipped(struct buf *b, const struct sweep *s)
{
    struct arena a = {0};
    heading(b, tr("Files that were not examined, and other notes"));
    buf_adds(b, "<ul>");
    for (size_t i = 0; i < s->asset_n; i++) {
        struct str clock = report_clock(&s->asset[i], &a);
        for (int k = 0; k < SCAN_SKIPS; k++)
            if (s->asset[i].coverage.skipped[k]) {
                buf_printf(b, "<li>%llu: ", (unsigned long long)s->asset[i].coverage.skipped[k]);
                esc_c(b, scan_skip_title(k));
                buf_adds(b, "</li>");
            }
        if (clock.n) {
            buf_adds(b, "<li>");
            esc(b, clock);
            buf_adds(b, "</li>");
        }
    }
    for (size_t i = 0; i < s->not_evaluable_n; i++) {
        buf_adds(b, "<li>");
        esc(b, s->not_evaluable[i]);
        buf_adds(b, "</li>");
    }
    buf_adds(b, "</ul>\n");
    arena_release(&a);
}

static void changes(struct buf *b, const char *title, const struct report_change *c, size_t n)
{
    if (!n)
        return;
    heading(b, title);
    buf_adds(b, "<ul>");
    for (size_t i = 0; i < n; i++) {
        buf_adds(b, "<li>");
        esc(b, c[i].check);
        buf_adds(b, " <code>");
        esc(b, c[i].path);
        if (c[i].number.n)
            buf_printf(b, ":" STR_FMT, STR_ARG(c[i].number));
        buf_adds(b, "</code>");
        if (c[i].pack)
            esc_c(b, tr("  (because of the pack)"));
        buf_adds(b, "</li>");
    }
    buf_adds(b, "</ul>\n");
}

void report_html(const struct sweep *s, const struct report_diff *diff, struct buf *b)
{
    buf_printf(b, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">", i18n_lang() == LANG_JA ? "ja" : "en");
    buf_adds(b, "<meta name=\"viewport\" content=\"width=device-width\">"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>");
    esc_c(b, tr("Investigation report"));
    buf_printf(b, "</title><style>%s</style></head><body><h1>", style);
    esc_c(b, tr("Investigation report"));
    buf_adds(b, "</h1><p class=\"m\">");
    when(b, s->at);
    buf_adds(b, " · toban " TOBAN_VERSION);
    for (size_t i = 0; i < s->options->pack_n; i++) {
        buf_adds(b, " · ");
        esc(b, s->options->pack[i]->name);
        buf_adds(b, " ");
        esc(b, s->options->pack[i]->version);
    }
    buf_adds(b, "</p>\n");
    if (s->stopped) {
        buf_adds(b, "<p class=\"v open\">");
        esc_c(b, tr("The sweep was broken off: this is a part of the answer."));
        buf_adds(b, "</p>");
    }
    verdicts(b, s);
    chains(b, s);
    sightings(b, s, false);
    sightings(b, s, true);
    places(b, s);
    coverage(b, s);
    skipped(b, s);
    if (diff) {
        changes(b, tr("New since the earlier report:"), diff->fresh, diff->fresh_n);
        changes(b, tr("In the earlier report, and no longer:"), diff->gone, diff->gone_n);
    }
    buf_adds(b, "</body></html>\n");
}
