/* One file for A4 paper, no script, nothing loaded from elsewhere: print it before the network is down. */
#include "base/i18n.h"
#include "codec/html.h"
#include "contain/call_tree.h"

static const char style[] =
    "@page{size:A4;margin:12mm}"
    "body{font:11pt/1.45 system-ui,'Noto Sans JP',sans-serif;max-width:190mm;margin:8mm auto;padding:0 4mm;color:#111;background:#fff}"
    "h1{font-size:16pt;margin:0 0 2mm}p{margin:1mm 0}.m{color:#444;font-size:9pt}"
    ".lead{border:2pt solid #b00020;padding:2mm 3mm;margin:3mm 0;font-weight:600}"
    "table{border-collapse:collapse;width:100%}th,td{border:.5pt solid #555;padding:1.5mm 2mm;text-align:left;vertical-align:top}"
    "th{background:#eee;font-size:9pt}th:nth-child(1){width:34%}th:nth-child(3){width:16%}th:nth-child(4){width:13%}tr{break-inside:avoid}thead{display:table-header-group}"
    ".off{color:#666}.bad{color:#b00020;font-weight:600}.box{white-space:nowrap}ul{margin:1mm 0 1mm 5mm;padding:0}"
    "@media print{body{margin:0;max-width:none;padding:0}}";

static void cell(struct buf *b, const char *s)
{
    html_escape(str_of(s), b);
}

static void put_name(struct buf *b, const struct call_line *l, int days, when_t now)
{
    const struct contact *c = l->c;
    const struct str part[] = {c->role, c->organisation, c->department};
    buf_printf(b, "<td style=\"padding-left:%umm\">", 2 + 5 * MIN(l->depth, 8));
    if (l->depth)
        buf_adds(b, "└ ");
    buf_adds(b, "<b>");
    html_escape(c->name, b);
    buf_printf(b, "</b> <span class=\"m\">K-%lld", (long long)c->id);
    for (size_t i = 0; i < ARRAY_LEN(part); i++) {
        if (part[i].n == 0)
            continue;
        buf_adds(b, i == 0 ? "<br>" : " · ");
        html_escape(part[i], b);
    }
    buf_adds(b, "</span>");
    if (call_tree_overdue(c, days, now)) {
        buf_adds(b, "<br><span class=\"m\">");
        cell(b, tr("not checked for too long"));
        buf_adds(b, "</span>");
    }
    buf_adds(b, "</td>");
}

static void put_channels(struct buf *b, const struct call_line *l)
{
    struct arena a = {0};
    buf_adds(b, "<td>");
    for (size_t i = 0; i < l->channel_n; i++) {
        buf_adds(b, i ? "<br>" : "");
        buf_adds(b, l->channel[i].needs.n ? "<span class=\"off\">" : "<span>");
        html_escape(call_tree_channel_text(&l->channel[i], &a), b);
        buf_adds(b, "</span>");
    }
    if (!l->works) {
        buf_adds(b, l->channel_n ? "<br><span class=\"bad\">" : "<span class=\"bad\">");
        cell(b, tr("no channel that works"));
        buf_adds(b, "</span>");
    }
    buf_adds(b, "</td>");
    arena_release(&a);
}

static void put_substitute(struct buf *b, const struct call_line *l)
{
    buf_adds(b, "<td>");
    if (l->substitute) {
        html_escape(l->substitute->name, b);
        buf_printf(b, " <span class=\"m\">K-%lld</span>", (long long)l->substitute->id);
    }
    if (!l->reached && l->calls) {
        buf_adds(b, l->substitute ? "<br><span class=\"bad\">" : "<span class=\"bad\">");
        cell(b, tr("whoever calls takes over this list"));
        buf_adds(b, "</span>");
    }
    buf_adds(b, "</td><td class=\"box\">☐ ____ : ____</td>");
}

static void put_circle(struct buf *b, const struct call_tree *t)
{
    if (t->circle_n == 0)
        return;
    buf_adds(b, "<p class=\"bad\">");
    cell(b, tr("These call each other in a circle, so that nobody begins:"));
    buf_adds(b, "</p><ul>");
    for (size_t i = 0; i < t->circle_n; i++) {
        buf_adds(b, "<li>");
        html_escape(t->circle[i]->name, b);
        buf_printf(b, " K-%lld</li>", (long long)t->circle[i]->id);
    }
    buf_adds(b, "</ul>\n");
}

void call_tree_html(const struct call_tree *t, struct str lead, when_t now, int zone_s, int days,
                    struct buf *b)
{
    static const char *const head[] = {TR("Call"), TR("By, in this order"), TR("Not reached: call"), TR("Reached at")};
    char when[CLOCK_ISO_SIZE];
    clock_minute(now, zone_s, when);
    buf_printf(b,
               "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width\"><title>",
               i18n_lang() == LANG_JA ? "ja" : "en");
    cell(b, tr("Call tree"));
    buf_printf(b, "</title><style>%s</style></head><body>\n<h1>", style);
    cell(b, tr("Call tree"));
    buf_adds(b, "</h1><p class=\"m\">");
    buf_printf(b, tr("As of %s. From top to bottom; whoever is indented is called by the one above."), when);
    buf_adds(b, "</p>\n");
    if (lead.n) {
        buf_adds(b, "<p class=\"lead\">");
        html_escape(lead, b);
        buf_adds(b, "</p>\n");
    }
    buf_adds(b, "<table><thead><tr>");
    for (size_t i = 0; i < ARRAY_LEN(head); i++) {
        buf_adds(b, "<th scope=\"col\">");
        cell(b, tr(head[i]));
        buf_adds(b, "</th>");
    }
    buf_adds(b, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < t->n; i++) {
        buf_adds(b, "<tr>");
        put_name(b, &t->line[i], days, now);
        put_channels(b, &t->line[i]);
        put_substitute(b, &t->line[i]);
        buf_adds(b, "</tr>\n");
    }
    buf_adds(b, "</tbody></table>\n");
    put_circle(b, t);
    buf_adds(b, "</body></html>\n");
}
