/* Who decided what, when, and whether the record of it is whole. As long as it has to be. */
#include "codec/json.h"
#include "report/page.h"

static void chain(struct buf *b, const struct report_audit *r)
{
    struct buf s = BUF_INIT(4 * KIB);
    if (r->chain_broken)
        buf_printf(&s, tr("BROKEN: row %lld of the audit log was changed, or a row before it was removed or put in."), (long long)r->chain_broken);
    else
        buf_printf(&s, tr("The chain of %lld rows of the audit log is whole."), (long long)r->chain_rows);
    buf_printf(b, "<p class=\"s %s\">", r->chain_broken ? "bad" : "ok");
    page_text(b, buf_str(&s));
    buf_adds(b, "</p>\n<p>");
    page_words(b, tr("Head of the chain; note it elsewhere, so that rows cut off at the end can be told:"));
    buf_adds(b, " <code>");
    page_text(b, r->chain_head.n ? r->chain_head : STR_LIT("-"));
    buf_adds(b, "</code></p>\n");
    buf_release(&s);
}

static void waivers(struct buf *b, const struct report_audit *r)
{
    static const char *const title[] = {TR("Machine"), TR("Asked for"), TR("Approved"), TR("State")};
    page_heading(b, tr("Waivers"));
    if (r->waiver_n == 0) {
        buf_adds(b, "<p>");
        page_words(b, tr("None."));
        buf_adds(b, "</p>\n");
        return;
    }
    page_table(b, title, ARRAY_LEN(title));
    for (size_t i = 0; i < r->waiver_n; i++) {
        const struct report_waiver *w = &r->waiver[i];
        buf_printf(b, "<tr><td>C-%lld ", (long long)w->case_id);
        page_text(b, w->machine);
        buf_adds(b, "</td><td>");
        page_minute(b, &r->site, w->asked);
        buf_adds(b, " ");
        page_text(b, w->asked_by);
        buf_adds(b, "<br>");
        page_text(b, w->asked_why);
        buf_adds(b, "</td><td>");
        page_minute(b, &r->site, w->at);
        buf_adds(b, " ");
        page_text(b, w->by);
        buf_adds(b, "<br>");
        page_text(b, w->why);
        buf_printf(b, "</td><td%s>", w->in_force ? " class=\"bad\"" : "");
        page_words(b, w->in_force ? tr("in force") : w->at == WHEN_NONE ? tr("nobody has approved it") : tr("no longer in force"));
        buf_adds(b, "</td></tr>\n");
    }
    buf_adds(b, "</tbody></table>\n");
}

/* The JSON of a row as "key: value" pairs; what is not an object stands as it is. */
static void detail(struct buf *b, struct arena *a, struct str text)
{
    const struct json *v = json_parse(a, text, NULL);
    if (!json_is(v, JSON_OBJECT)) {
        page_text(b, text);
        return;
    }
    for (uint32_t i = 0; i < v->n; i++) {
        buf_adds(b, i ? "; " : "");
        page_text(b, v->key[i]);
        buf_adds(b, ": ");
        page_text(b, v->item[i].type == JSON_TRUE ? STR_LIT("true") : v->item[i].type == JSON_FALSE ? STR_LIT("false") : v->item[i].text);
    }
}

static void rows(struct buf *b, const struct report_audit *r)
{
    static const char *const title[] = {TR("No."), TR("Time"), TR("By"), TR("Action"), TR("Object"), TR("Detail")};
    struct arena a = {0};
    page_heading(b, tr("Who decided what"));
    page_table(b, title, ARRAY_LEN(title));
    for (size_t i = 0; i < r->decision_n; i++) {
        const struct report_decision *d = &r->decision[i];
        if (str_is(d->who, CASE_BY_RULE))
            continue;
        buf_printf(b, "<tr><td class=\"n\">%lld</td><td>", (long long)d->id);
        page_minute(b, &r->site, d->at);
        buf_adds(b, "</td>");
        page_cell(b, d->who);
        page_cell(b, d->action);
        page_cell(b, d->object);
        buf_adds(b, "<td>");
        detail(b, &a, d->detail);
        buf_adds(b, "</td></tr>\n");
        arena_clear(&a);
    }
    buf_adds(b, "</tbody></table>\n");
    arena_release(&a);
}

void page_audit(const struct report_audit *r, struct buf *b)
{
    struct buf s = BUF_INIT(4 * KIB);
    page_begin(b, &r->site, tr("Audit report"), str_of(tr("Decisions and waivers")));
    page_lead(b, r->lead, r->lead_n);
    chain(b, r);
    buf_adds(b, "<p>");
    page_words(b, tr("Period:"));
    buf_adds(b, " ");
    page_minute(b, &r->site, r->from);
    buf_adds(b, " – ");
    page_minute(b, &r->site, r->until);
    buf_adds(b, " · ");
    buf_printf(&s, tr("%zu decisions by people; %zu steps by rule are in the CSV and JSON forms."), r->decision_n - r->by_rule, r->by_rule);
    page_text(b, buf_str(&s));
    buf_adds(b, "</p>\n");
    waivers(b, r);
    rows(b, r);
    page_signatures(b);
    page_end(b, &r->site);
    buf_release(&s);
}
