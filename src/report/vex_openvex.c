/* OpenVEX 0.2.0. Products are machines, with the software as their subcomponent. */
#include "report/vex_parts.h"

/* RFC 3986: what is not unreserved is percent-encoded. */
static void encoded(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c && strchr("-._~/", c)))
            buf_addc(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

static void product(struct json_writer *w, const struct report_case *c, const struct report_machine *m, struct buf *b, struct buf *id)
{
    buf_clear(b);
    buf_clear(id);
    vex_space(c, b);
    buf_adds(b, "/toban/asset/");
    vex_asset_id(m, id);
    encoded(b, buf_str(id));
    json_w_object(w);
    json_w_kstr(w, "@id", buf_str(b));
    if (m->product.n) {
        json_w_key(w, "subcomponents");
        json_w_array(w);
        json_w_object(w);
        buf_clear(id);
        vex_software_name(m, id);
        buf_adds(b, "/software/");
        encoded(b, buf_str(id));
        json_w_kstr(w, "@id", buf_str(b));
        if (m->cpe.n || vex_is_purl(m->purl)) {
            json_w_key(w, "identifiers");
            json_w_object(w);
            if (vex_is_purl(m->purl))
                json_w_kstr(w, "purl", m->purl);
            if (m->cpe.n)
                json_w_kstr(w, "cpe23", m->cpe);
            json_w_object_end(w);
        }
        json_w_object_end(w);
        json_w_array_end(w);
    }
    json_w_object_end(w);
}

static void statement(struct json_writer *w, const struct report_case *c, const struct report_vuln *v, const struct vex_group *g)
{
    struct buf b = BUF_INIT(256 * KIB), id = BUF_INIT(128 * KIB);
    enum case_vex vex = g ? g->m->vex : VEX_UNDER_INVESTIGATION;
    json_w_object(w);
    json_w_key(w, "vulnerability");
    json_w_object(w);
    json_w_kstr(w, "name", v->id);
    if (v->description.n)
        json_w_kstr(w, "description", v->description);
    json_w_object_end(w);
    if (g) {
        json_w_key(w, "products");
        json_w_array(w);
        for (size_t i = 0; i < g->n; i++)
            product(w, c, g->machine[i], &b, &id);
        json_w_array_end(w);
    }
    json_w_kcstr(w, "status", case_vex_name(vex));
    if (vex == VEX_NOT_AFFECTED) {
        if (g->m->a.reason != VEX_NO_REASON)
            json_w_kcstr(w, "justification", case_vex_reason_name(g->m->a.reason));
        json_w_kstr(w, "impact_statement", g->detail);
    } else {
        json_w_kstr(w, "status_notes", g ? g->detail : str_of(tr("no machine is known to be concerned yet")));
    }
    if (vex == VEX_AFFECTED)
        json_w_kstr(w, "action_statement", g->action);
    json_w_object_end(w);
    buf_release(&b);
    buf_release(&id);
}

int vex_openvex(const struct report_case *c, struct buf *out, struct err *e)
{
    struct arena a = {0};
    struct vex_group *g;
    struct vex_revision *r;
    struct json_writer w;
    struct buf b = BUF_INIT(64 * KIB);
    if (c->vuln_n == 0)
        return err_set(e, ERR_CONFLICT, "case C-%lld has no vulnerability, and an OpenVEX document must state one; toban case add gives it one",
                       (long long)c->head.id);
    size_t n = vex_groups(c, &a, &g), version = vex_revisions(c, &a, &r);
    json_writer_init(&w, out);
    w.pretty = true;
    vex_space(c, &b);
    buf_printf(&b, "/toban/C-%lld/%zu", (long long)c->head.id, version);
    json_w_object(&w);
    json_w_kcstr(&w, "@context", "https://openvex.dev/ns/v0.2.0");
    json_w_kstr(&w, "@id", buf_str(&b));
    json_w_kstr(&w, "author", c->site.publisher);
    json_w_kcstr(&w, "role", "user");
    data_when(&w, "timestamp", r[0].at);
    data_when(&w, "last_updated", r[version - 1].at);
    json_w_kint(&w, "version", (int64_t)version);
    json_w_kcstr(&w, "tooling", "toban " TOBAN_VERSION);
    json_w_key(&w, "statements");
    json_w_array(&w);
    for (size_t i = 0; i < c->vuln_n; i++) {
        for (size_t k = 0; k < n; k++)
            statement(&w, c, &c->vuln[i], &g[k]);
        if (n == 0)
            statement(&w, c, &c->vuln[i], NULL);
    }
    json_w_array_end(&w);
    json_w_object_end(&w);
    buf_addc(out, '\n');
    buf_release(&b);
    arena_release(&a);
    return 0;
}
