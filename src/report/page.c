#include "report/page.h"

static const char style[] =
    "@page{size:A4;margin:9mm 12mm}"
    "*{box-sizing:border-box}"
    "body{font:8.7pt/1.32 'Noto Sans','Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','Yu Gothic',Meiryo,system-ui,sans-serif;color:#1b1b1b;background:#fff;"
    "max-width:186mm;margin:0 auto;padding:0;print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    "header{display:flex;justify-content:space-between;align-items:flex-end;border-bottom:2px solid #1f3a5f;margin-bottom:2mm}"
    "h1{font-size:14pt;line-height:1.2;margin:0 0 1mm;color:#1f3a5f;overflow-wrap:anywhere}"
    "header p{margin:0 0 1mm;font-size:8pt;color:#555;text-align:right;white-space:nowrap}"
    "h2{font-size:9.2pt;margin:1.8mm 0 .6mm;color:#1f3a5f;border-bottom:.5px solid #b8c4d4}"
    "p{margin:.6mm 0}ul{margin:.4mm 0;padding-left:4.2mm}li{margin:0 0 .3mm}"
    ".s{font-size:10pt;font-weight:600;padding:1.3mm 2.6mm;background:#eef3f9;border-left:4px solid #1f3a5f;margin:1.5mm 0}"
    ".s.bad{background:#fdecec;border-color:#a8071a}.s.ok{background:#eaf6ec;border-color:#1b6e2f}"
    ".lead{padding:1.4mm 2.6mm;background:#fff6e0;border:1.5px solid #b36b00;margin:1.5mm 0}.lead p:first-child{font-weight:600}"
    "blockquote{margin:.6mm 0;padding:.6mm 2.4mm;border-left:3px solid #b36b00;background:#faf7f0}"
    "cite{font-style:normal;color:#555;font-size:8pt}"
    ".c{display:grid;grid-template-columns:1fr 1fr;gap:0 6mm}"
    "table{border-collapse:collapse;width:100%;font-size:8pt}td,th{border:.5px solid #c4c4c4;padding:.4mm 1.2mm;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{background:#eef1f5;font-weight:600}td.n,th.n{text-align:right}tr{break-inside:avoid}thead{display:table-header-group}"
    ".m{color:#666;font-size:7.6pt}.bad{color:#a8071a;font-weight:600}.s.bad{color:#1b1b1b}.ok{color:#1b6e2f}.s.ok{color:#1b1b1b}"
    "tr.w td{background:#fff3d6;border-top:none;font-weight:600}"
    ".t{display:flex;flex-wrap:wrap;gap:1.6mm;margin:1.3mm 0}.t div{flex:1 1 0;min-width:16mm;border:.5px solid #c4c4c4;border-radius:1mm;text-align:center;padding:.5mm}"
    ".t b{display:block;font-size:12pt;line-height:1.1}.t span{font-size:7.2pt;color:#555;display:block;line-height:1.2}.t .bad b{color:#a8071a}"
    ".t .bad span{color:#a8071a}svg{display:block;width:100%;height:auto}"
    ".k table{table-layout:fixed;margin-bottom:1mm}.k th:first-child{width:34%}.k th:not(:first-child){text-align:right}"
    ".g{display:grid;grid-template-columns:1fr 1fr 1fr;gap:5mm;margin-top:1mm;break-inside:avoid}.g div{border-top:.7px solid #333;padding-top:.5mm;font-size:7.6pt;margin-top:7mm}"
    "footer{font-size:7pt;color:#666;margin-top:1mm}code{font-size:7.4pt;overflow-wrap:anywhere}"
    "@media screen{body{padding:8mm 6mm;font-size:10.5pt}table{font-size:9.4pt}}";

/* Length of the character at p when it must not stand in a page: controls, and marks that turn the direction of writing. */
static size_t forbidden(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    if ((p[0] < 0x20 && p[0] != '\n' && p[0] != '\t') || p[0] == 0x7f)
        return 1;
    if (s.n >= 2 && p[0] == 0xc2 && p[1] < 0xa0)
        return 2;
    if (s.n >= 3 && p[0] == 0xe2 && p[1] == 0x80 && ((p[2] >= 0xaa && p[2] <= 0xae) || p[2] == 0x8e || p[2] == 0x8f))
        return 3;
    if (s.n >= 3 && p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)
        return 3;
    return 0;
}

void page_text(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n;) {
        char c = s.p[i];
        const char *e = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : c == '\'' ? "&#39;" : NULL;
        size_t bad = forbidden(str_sub(s, i, s.n));
        if (bad)
            buf_adds(b, "\xEF\xBF\xBD");
        else if (e)
            buf_adds(b, e);
        else
            buf_addc(b, c);
        i += bad ? bad : 1;
    }
}

void page_words(struct buf *b, const char *s)
{
    page_text(b, str_of(s));
}

void page_begin(struct buf *b, const struct report_site *site, const char *kind, struct str title)
{
    buf_printf(b, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">", i18n_lang() == LANG_JA ? "ja" : "en");
    buf_adds(b, "<meta name=\"viewport\" content=\"width=device-width\">"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>");
    page_text(b, title);
    buf_printf(b, "</title><style>%s</style></head><body>\n<header><div><h1>", style);
    page_text(b, title);
    buf_adds(b, "</h1></div><p>");
    page_words(b, kind);
    buf_adds(b, "<br>");
    page_text(b, site->publisher);
    buf_adds(b, "<br>");
    page_minute(b, site, site->at);
    buf_adds(b, "</p></header>\n");
}

void page_end(struct buf *b, const struct report_site *site)
{
    buf_adds(b, "<footer>toban " TOBAN_VERSION " · ");
    page_text(b, site->who);
    buf_adds(b, " · ");
    page_words(b, tr("Times are in the site's zone. What nobody recorded is told as unknown."));
    buf_adds(b, "</footer></body></html>\n");
}

void page_lead(struct buf *b, const struct str *lead, size_t n)
{
    if (!n)
        return;
    buf_adds(b, "<div class=\"lead\">");
    for (size_t i = 0; i < n; i++) {
        buf_adds(b, "<p>");
        page_text(b, lead[i]);
        buf_adds(b, "</p>");
    }
    buf_adds(b, "</div>\n");
}

void page_heading(struct buf *b, const char *text)
{
    buf_adds(b, "<h2>");
    page_words(b, text);
    buf_adds(b, "</h2>\n");
}

void page_table(struct buf *b, const char *const *title, size_t n)
{
    buf_adds(b, "<table><thead><tr>");
    for (size_t i = 0; i < n; i++) {
        buf_adds(b, "<th scope=\"col\">");
        page_words(b, tr(title[i]));
        buf_adds(b, "</th>");
    }
    buf_adds(b, "</tr></thead><tbody>\n");
}

void page_cell(struct buf *b, struct str s)
{
    buf_adds(b, "<td>");
    page_text(b, s);
    buf_adds(b, "</td>");
}

void page_day(struct buf *b, const struct report_site *site, when_t t)
{
    char s[CLOCK_ISO_SIZE] = "–";
    if (t != WHEN_NONE)
        clock_date(t, site->zone_s, s);
    buf_adds(b, s);
}

void page_minute(struct buf *b, const struct report_site *site, when_t t)
{
    char s[CLOCK_ISO_SIZE] = "–";
    if (t != WHEN_NONE)
        clock_minute(t, site->zone_s, s);
    buf_adds(b, s);
}

void page_tiles(struct buf *b, const struct page_tile *tile, size_t n)
{
    buf_adds(b, "<div class=\"t\">");
    for (size_t i = 0; i < n; i++) {
        buf_printf(b, "<div%s><b>%zu</b><span>", tile[i].bad && tile[i].n ? " class=\"bad\"" : "", tile[i].n);
        page_words(b, tr(tile[i].title));
        buf_adds(b, "</span></div>");
    }
    buf_adds(b, "</div>\n");
}

void page_signatures(struct buf *b)
{
    static const char *const title[] = {TR("Prepared by / date"), TR("Checked by / date"), TR("Approved by / date")};
    buf_adds(b, "<div class=\"g\">");
    for (size_t i = 0; i < ARRAY_LEN(title); i++) {
        buf_adds(b, "<div>");
        page_words(b, tr(title[i]));
        buf_adds(b, "</div>");
    }
    buf_adds(b, "</div>\n");
}
