/* CycloneDX 1.6: the machines with their software as components, and an analysis for those alike. */
#include <stdio.h>

#include "report/vex_parts.h"

static void ref_of(const struct report_machine *m, struct buf *out)
{
    buf_clear(out);
    vex_asset_id(m, out);
}

static void software_ref(const struct report_machine *m, struct buf *out)
{
    ref_of(m, out);
    if (m->product.n)
        buf_adds(out, "#software");
}

static void software(struct json_writer *w, const struct report_machine *m, struct buf *ref)
{
    software_ref(m, ref);
    json_w_object(w);
    json_w_kcstr(w, "type", "application");
    json_w_kstr(w, "bom-ref", buf_str(ref));
    if (m->vendor.n)
        json_w_kstr(w, "publisher", m->vendor);
    json_w_kstr(w, "name", m->product);
    if (m->version.n)
        json_w_kstr(w, "version", m->version);
    if (m->cpe.n)
        json_w_kstr(w, "cpe", m->cpe);
    if (vex_is_purl(m->purl))
        json_w_kstr(w, "purl", m->purl);
    json_w_object_end(w);
}

static void property(struct json_writer *w, const char *name, struct str value)
{
    if (value.n == 0)
        return;
    json_w_object(w);
    json_w_kcstr(w, "name", name);
    json_w_kstr(w, "value", value);
    json_w_object_end(w);
}

static void machine(struct json_writer *w, const struct report_case *c, const struct report_machine *m, struct buf *ref)
{
    struct buf waiver = BUF_INIT(256 * KIB);
    ref_of(m, ref);
    json_w_object(w);
    json_w_kcstr(w, "type", "device");
    json_w_kstr(w, "bom-ref", buf_str(ref));
    json_w_kstr(w, "name", m->name.n ? m->name : buf_str(ref));
    if (m->product.n) {
        json_w_key(w, "components");
        json_w_array(w);
        software(w, m, ref);
        json_w_array_end(w);
    }
    json_w_key(w, "properties");
    json_w_array(w);
    property(w, "toban:state", str_of(case_state_name(m->state)));
    property(w, "toban:verdict", str_of(case_verdict_name(m->a.verdict)));
    report_waiver_text(m, c->site.zone_s, &waiver);
    property(w, "toban:waiver", buf_str(&waiver));
    json_w_array_end(w);
    json_w_object_end(w);
    buf_release(&waiver);
}

/* When it was first said so, and last: of the steps that the status rests on. */
static void dates(struct json_writer *w, const struct vex_group *g)
{
    when_t first = WHEN_NONE, last = WHEN_NONE;
    for (size_t i = 0; i < g->n; i++) {
        const struct case_asset *a = &g->machine[i]->a;
        const struct case_step *s[] = {a->triaged, a->check, a->mitigate, a->waive, a->patch, a->verify};
        for (size_t k = 0; k < ARRAY_LEN(s); k++) {
            if (!s[k])
                continue;
            first = first == WHEN_NONE ? s[k]->at : MIN(first, s[k]->at);
            last = MAX(last, s[k]->at);
        }
    }
    if (first != WHEN_NONE) {
        data_when(w, "firstIssued", first);
        data_when(w, "lastUpdated", last);
    }
}

static void analysis(struct json_writer *w, const struct vex_group *g)
{
    const struct report_machine *m = g->m;
    struct buf b = BUF_INIT(8 * MIB);
    json_w_key(w, "analysis");
    json_w_object(w);
    json_w_kcstr(w, "state", case_vex_cyclonedx(m->vex));
    if (m->vex == VEX_NOT_AFFECTED && m->a.reason != VEX_NO_REASON)
        json_w_kcstr(w, "justification", case_vex_reason_cyclonedx(m->a.reason));
    bool update = m->vex == VEX_FIXED || (m->vex == VEX_AFFECTED && (m->a.patch || vex_fix(m).n));
    if (update || (m->vex == VEX_AFFECTED && m->mitigated)) {
        json_w_key(w, "response");
        json_w_array(w);
        if (update)
            json_w_cstr(w, "update");
        if (m->vex == VEX_AFFECTED && m->mitigated)
            json_w_cstr(w, "workaround_available");
        json_w_array_end(w);
    }
    if (g->action.n)
        buf_printf(&b, STR_FMT " / ", STR_ARG(g->action));
    buf_add_str(&b, g->detail);
    json_w_kstr(w, "detail", buf_str(&b));
    dates(w, g);
    json_w_object_end(w);
    buf_release(&b);
}

static void vulnerability(struct json_writer *w, const struct report_vuln *v, size_t number, const struct vex_group *g, size_t group, struct buf *ref)
{
    buf_clear(ref);
    buf_printf(ref, "vulnerability-%zu-%zu", number + 1, group + 1);
    json_w_object(w);
    json_w_kstr(w, "bom-ref", buf_str(ref));
    json_w_kstr(w, "id", v->id);
    if (vex_is_cve(v->id)) {
        json_w_key(w, "source");
        json_w_object(w);
        json_w_kcstr(w, "name", "CVE");
        json_w_object_end(w);
    }
    if (v->description.n || v->title.n)
        json_w_kstr(w, "description", v->description.n ? v->description : v->title);
    if (v->published != WHEN_NONE)
        data_when(w, "published", v->published);
    if (g) {
        analysis(w, g);
        json_w_key(w, "affects");
        json_w_array(w);
        for (size_t i = 0; i < g->n; i++) {
            software_ref(g->machine[i], ref);
            json_w_object(w);
            json_w_kstr(w, "ref", buf_str(ref));
            json_w_object_end(w);
        }
        json_w_array_end(w);
    }
    json_w_object_end(w);
}

static void metadata(struct json_writer *w, const struct report_case *c)
{
    struct buf b = BUF_INIT(16 * MIB);
    json_w_key(w, "metadata");
    json_w_object(w);
    data_when(w, "timestamp", c->site.at);
    json_w_key(w, "tools");
    json_w_object(w);
    json_w_key(w, "components");
    json_w_array(w);
    json_w_object(w);
    json_w_kcstr(w, "type", "application");
    json_w_kcstr(w, "name", "toban");
    json_w_kcstr(w, "version", TOBAN_VERSION);
    json_w_object_end(w);
    json_w_array_end(w);
    json_w_object_end(w);
    json_w_key(w, "supplier");
    json_w_object(w);
    json_w_kstr(w, "name", c->site.publisher);
    json_w_object_end(w);
    json_w_key(w, "properties");
    json_w_array(w);
    for (size_t i = 0; i < c->lead_n; i++)
        buf_printf(&b, "%s" STR_FMT, i ? "\n" : "", STR_ARG(c->lead[i]));
    property(w, "toban:reach", buf_str(&b));
    buf_clear(&b);
    buf_printf(&b, "C-%lld", (long long)c->head.id);
    property(w, "toban:case", buf_str(&b));
    property(w, "toban:title", c->head.title);
    json_w_array_end(w);
    json_w_object_end(w);
    buf_release(&b);
}

void vex_cyclonedx(const struct report_case *c, struct buf *out)
{
    struct arena a = {0};
    struct vex_group *g;
    struct vex_revision *r;
    struct json_writer w;
    struct buf ref = BUF_INIT(128 * KIB);
    char uuid[37], urn[48];
    size_t n = vex_groups(c, &a, &g);
    json_writer_init(&w, out);
    w.pretty = true;
    vex_uuid(c, uuid);
    snprintf(urn, sizeof(urn), "urn:uuid:%s", uuid);
    json_w_object(&w);
    json_w_kcstr(&w, "$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
    json_w_kcstr(&w, "bomFormat", "CycloneDX");
    json_w_kcstr(&w, "specVersion", "1.6");
    json_w_kcstr(&w, "serialNumber", urn);
    json_w_kint(&w, "version", (int64_t)vex_revisions(c, &a, &r));
    metadata(&w, c);
    json_w_key(&w, "components");
    json_w_array(&w);
    for (size_t i = 0; i < c->machine_n; i++)
        machine(&w, c, &c->machine[i], &ref);
    json_w_array_end(&w);
    json_w_key(&w, "vulnerabilities");
    json_w_array(&w);
    for (size_t i = 0; i < c->vuln_n; i++) {
        for (size_t k = 0; k < n; k++)
            vulnerability(&w, &c->vuln[i], i, &g[k], k, &ref);
        if (n == 0)
            vulnerability(&w, &c->vuln[i], i, NULL, 0, &ref);
    }
    json_w_array_end(&w);
    json_w_object_end(&w);
    buf_addc(out, '\n');
    buf_release(&ref);
    arena_release(&a);
}
