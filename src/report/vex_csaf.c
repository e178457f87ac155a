/* CSAF 2.0 (OASIS): document, tracking, vulnerabilities. The product tree is vex_csaf_tree.c. */
#include "report/vex_csaf.h"

void vex_csaf_file_name(const struct report_case *c, struct buf *out)
{
    struct buf id = BUF_INIT(KIB);
    bool gap = false;
    vex_id(c, &id);
    for (size_t i = 0; i < id.n; i++) {
        char ch = id.p[i];
        if (ch >= 'A' && ch <= 'Z')
            ch = (char)(ch + 32);
        bool keep = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '+' || ch == '-';
        if (keep)
            buf_addc(out, ch);
        else if (!gap)
            buf_addc(out, '_');
        gap = !keep;
    }
    buf_adds(out, ".json");
    buf_release(&id);
}

static void note(struct json_writer *w, const char *category, const char *title, struct str text)
{
    if (text.n == 0)
        return;
    json_w_object(w);
    json_w_kcstr(w, "category", category);
    if (title)
        json_w_kcstr(w, "title", title);
    json_w_kstr(w, "text", text);
    json_w_object_end(w);
}

static void waivers(struct json_writer *w, const struct report_case *c)
{
    struct buf b = BUF_INIT(16 * MIB);
    for (size_t i = 0; i < c->machine_n; i++) {
        if (!c->machine[i].a.waive && !c->machine[i].a.waive_ask)
            continue;
        buf_printf(&b, "%s" STR_FMT ": ", b.n ? "\n" : "", STR_ARG(c->machine[i].name));
        report_waiver_text(&c->machine[i], c->site.zone_s, &b);
    }
    note(w, "other", tr("Waivers"), buf_str(&b));
    buf_release(&b);
}

static void notes(struct json_writer *w, const struct report_case *c)
{
    struct buf b = BUF_INIT(16 * MIB);
    json_w_key(w, "notes");
    json_w_array(w);
    for (size_t i = 0; i < c->lead_n; i++)
        buf_printf(&b, "%s" STR_FMT, i ? "\n" : "", STR_ARG(c->lead[i]));
    note(w, "other", tr("How to reach us"), buf_str(&b));
    buf_clear(&b);
    report_case_sentence(c, &b);
    note(w, "summary", tr("State"), buf_str(&b));
    waivers(w, c);
    json_w_array_end(w);
    buf_release(&b);
}

static void references(struct json_writer *w, const struct report_case *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->statement_n && n < 100; i++) {
        const struct report_statement *s = &c->statement[i];
        if (!vex_is_url(s->url) || s->title.n == 0)
            continue;
        if (n++ == 0) {
            json_w_key(w, "references");
            json_w_array(w);
        }
        json_w_object(w);
        json_w_kcstr(w, "category", "external");
        json_w_kstr(w, "summary", s->title);
        json_w_kstr(w, "url", s->url);
        json_w_object_end(w);
    }
    if (n)
        json_w_array_end(w);
}

static void tracking(struct json_writer *w, const struct report_case *c)
{
    struct arena a = {0};
    struct vex_revision *r;
    struct buf b = BUF_INIT(64 * KIB);
    size_t n = vex_revisions(c, &a, &r);
    json_w_key(w, "tracking");
    json_w_object(w);
    vex_id(c, &b);
    json_w_kstr(w, "id", buf_str(&b));
    json_w_kcstr(w, "status", c->head.closed ? "final" : "interim");
    json_w_kcstr(w, "version", arena_printf(&a, "%zu", n));
    data_when(w, "initial_release_date", r[0].at);
    data_when(w, "current_release_date", r[n - 1].at);
    json_w_key(w, "revision_history");
    json_w_array(w);
    for (size_t i = 0; i < n; i++) {
        json_w_object(w);
        data_when(w, "date", r[i].at);
        json_w_kcstr(w, "number", arena_printf(&a, "%zu", i + 1));
        buf_clear(&b);
        vex_revision_text(c, &r[i], &b);
        json_w_kstr(w, "summary", buf_str(&b));
        json_w_object_end(w);
    }
    json_w_array_end(w);
    json_w_key(w, "generator");
    json_w_object(w);
    data_when(w, "date", c->site.at);
    json_w_key(w, "engine");
    json_w_object(w);
    json_w_kcstr(w, "name", "toban");
    json_w_kcstr(w, "version", TOBAN_VERSION);
    json_w_object_end(w);
    json_w_object_end(w);
    json_w_object_end(w);
    arena_release(&a);
    buf_release(&b);
}

static void document(struct json_writer *w, const struct report_case *c)
{
    struct buf title = BUF_INIT(128 * KIB);
    buf_printf(&title, "C-%lld " STR_FMT, (long long)c->head.id, STR_ARG(c->head.title));
    json_w_key(w, "document");
    json_w_object(w);
    json_w_kcstr(w, "category", c->machine_n && c->vuln_n ? "csaf_vex" : "csaf_base");
    json_w_kcstr(w, "csaf_version", "2.0");
    json_w_key(w, "distribution");
    json_w_object(w);
    json_w_key(w, "tlp");
    json_w_object(w);
    json_w_kcstr(w, "label", "AMBER"); /* it names machines */
    json_w_object_end(w);
    json_w_object_end(w);
    json_w_kcstr(w, "lang", i18n_lang() == LANG_JA ? "ja" : "en");
    notes(w, c);
    json_w_key(w, "publisher");
    json_w_object(w);
    json_w_kcstr(w, "category", "user"); /* everyone who uses a vendor's product */
    json_w_kstr(w, "name", c->site.publisher);
    json_w_kstr(w, "namespace", c->site.space);
    json_w_object_end(w);
    references(w, c);
    json_w_kstr(w, "title", buf_str(&title));
    tracking(w, c);
    json_w_object_end(w);
    buf_release(&title);
}

/* ---- vulnerabilities ---- */

typedef bool (*which)(const struct report_machine *m, int x);

/* Writes the ids of the machines that fit; false (and nothing) when none does. */
static bool ids(struct json_writer *w, const struct csaf *x, const char *key, which fits, int arg)
{
    bool any = false;
    for (size_t i = 0; i < x->c->machine_n; i++) {
        if (!fits(&x->c->machine[i], arg))
            continue;
        if (!any) {
            json_w_key(w, key);
            json_w_array(w);
        }
        any = true;
        json_w_str(w, x->product[i]);
    }
    if (any)
        json_w_array_end(w);
    return any;
}

static bool is_vex(const struct report_machine *m, int v)
{
    return (int)m->vex == v;
}

static bool is_reason(const struct report_machine *m, int r)
{
    return m->vex == VEX_NOT_AFFECTED && (int)m->a.reason == r;
}

static void product_status(struct json_writer *w, const struct csaf *x)
{
    static const char *const key[] = {"under_investigation", "known_affected", "known_not_affected", "fixed"};
    if (x->c->machine_n == 0)
        return;
    json_w_key(w, "product_status");
    json_w_object(w);
    for (int v = VEX_UNDER_INVESTIGATION; v <= VEX_FIXED; v++)
        ids(w, x, key[v], is_vex, v);
    json_w_object_end(w);
}

static void flags(struct json_writer *w, const struct csaf *x)
{
    size_t n = 0;
    for (int r = VEX_NO_REASON + 1; r <= VEX_INLINE_MITIGATION; r++) {
        bool any = false;
        for (size_t i = 0; i < x->c->machine_n && !any; i++)
            any = is_reason(&x->c->machine[i], r);
        if (!any)
            continue;
        if (n++ == 0) {
            json_w_key(w, "flags");
            json_w_array(w);
        }
        json_w_object(w);
        json_w_kcstr(w, "label", case_vex_reason_name((enum case_vex_reason)r));
        ids(w, x, "product_ids", is_reason, r);
        json_w_object_end(w);
    }
    if (n)
        json_w_array_end(w);
}

static void group_ids(struct json_writer *w, const struct csaf *x, const struct vex_group *g)
{
    json_w_key(w, "product_ids");
    json_w_array(w);
    for (size_t i = 0; i < g->n; i++)
        json_w_str(w, x->product[g->machine[i] - x->c->machine]);
    json_w_array_end(w);
}

/* The impact statement of what is not affected, and what is known of the others: status notes have no other place. */
static void threats(struct json_writer *w, const struct csaf *x)
{
    size_t n = 0;
    for (size_t i = 0; i < x->group_n; i++) {
        const struct vex_group *g = &x->group[i];
        if (g->m->vex != VEX_NOT_AFFECTED)
            continue;
        if (n++ == 0) {
            json_w_key(w, "threats");
            json_w_array(w);
        }
        json_w_object(w);
        json_w_kcstr(w, "category", "impact");
        json_w_kstr(w, "details", g->detail);
        group_ids(w, x, g);
        json_w_object_end(w);
    }
    if (n)
        json_w_array_end(w);
}

static void remediation(struct json_writer *w, const struct csaf *x, const struct vex_group *g, const char *category, struct str details)
{
    json_w_object(w);
    json_w_kcstr(w, "category", category);
    json_w_kstr(w, "details", details);
    group_ids(w, x, g);
    json_w_object_end(w);
}

static void remediations(struct json_writer *w, const struct csaf *x)
{
    struct buf b = BUF_INIT(8 * MIB);
    size_t n = 0;
    for (size_t i = 0; i < x->group_n; i++) {
        const struct vex_group *g = &x->group[i];
        if (g->m->vex != VEX_AFFECTED)
            continue;
        if (n++ == 0) {
            json_w_key(w, "remediations");
            json_w_array(w);
        }
        buf_clear(&b);
        buf_printf(&b, STR_FMT " / " STR_FMT, STR_ARG(g->action), STR_ARG(g->detail));
        remediation(w, x, g, g->m->a.patch || vex_fix(g->m).n ? "vendor_fix" : "none_available", buf_str(&b));
        if (g->m->mitigated)
            remediation(w, x, g, "mitigation", g->m->a.mitigate->value);
    }
    if (n)
        json_w_array_end(w);
    buf_release(&b);
}

static void vulnerability(struct json_writer *w, const struct csaf *x, const struct report_vuln *v)
{
    json_w_object(w);
    if (vex_is_cve(v->id)) {
        json_w_kstr(w, "cve", v->id);
    } else {
        json_w_key(w, "ids");
        json_w_array(w);
        json_w_object(w);
        json_w_kcstr(w, "system_name", "toban");
        json_w_kstr(w, "text", v->id);
        json_w_object_end(w);
        json_w_array_end(w);
    }
    if (v->title.n)
        json_w_kstr(w, "title", v->title);
    json_w_key(w, "notes");
    json_w_array(w);
    note(w, "description", NULL, v->description.n ? v->description : v->title.n ? v->title : v->id);
    json_w_array_end(w);
    product_status(w, x);
    flags(w, x);
    threats(w, x);
    remediations(w, x);
    if (v->published != WHEN_NONE)
        data_when(w, "release_date", v->published);
    json_w_object_end(w);
}

void vex_csaf(const struct report_case *c, struct buf *out)
{
    struct arena a = {0};
    struct csaf x = {.c = c, .a = &a};
    struct json_writer w;
    json_writer_init(&w, out);
    w.pretty = true;
    x.group_n = vex_groups(c, &a, &x.group);
    csaf_products(&x);
    json_w_object(&w);
    document(&w, c);
    csaf_tree(&w, &x);
    if (c->vuln_n) {
        json_w_key(&w, "vulnerabilities");
        json_w_array(&w);
        for (size_t i = 0; i < c->vuln_n; i++)
            vulnerability(&w, &x, &c->vuln[i]);
        json_w_array_end(&w);
    }
    json_w_object_end(&w);
    buf_addc(out, '\n');
    arena_release(&a);
}
