/* SARIF 2.1.0 (OASIS): vulnerabilities as rules; a machine's state as a result at a logical location. */
#include "report/vex_parts.h"

static void text(struct json_writer *w, const char *key, struct str s)
{
    json_w_key(w, key);
    json_w_object(w);
    json_w_kstr(w, "text", s);
    json_w_object_end(w);
}

static void rules(struct json_writer *w, const struct report_case *c)
{
    json_w_key(w, "rules");
    json_w_array(w);
    for (size_t i = 0; i < c->vuln_n; i++) {
        json_w_object(w);
        json_w_kstr(w, "id", c->vuln[i].id);
        text(w, "shortDescription", c->vuln[i].title.n ? c->vuln[i].title : c->vuln[i].id);
        if (c->vuln[i].description.n)
            text(w, "fullDescription", c->vuln[i].description);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void location(struct json_writer *w, const struct report_machine *m)
{
    struct buf b = BUF_INIT(128 * KIB);
    buf_printf(&b, STR_FMT "/" STR_FMT, STR_ARG(m->a.ledger), STR_ARG(m->a.key));
    json_w_key(w, "locations");
    json_w_array(w);
    json_w_object(w);
    json_w_key(w, "logicalLocations");
    json_w_array(w);
    json_w_object(w);
    json_w_kstr(w, "name", m->name);
    json_w_kstr(w, "fullyQualifiedName", buf_str(&b));
    json_w_kcstr(w, "kind", "resource");
    json_w_object_end(w);
    json_w_array_end(w);
    json_w_object_end(w);
    json_w_array_end(w);
    buf_release(&b);
}

/* Only a "fail" has a level other than "none" (3.27.10). */
static void kind(struct json_writer *w, const struct report_machine *m)
{
    static const char *const name[] = {"review", "fail", "pass", "pass"};
    json_w_kcstr(w, "kind", name[m->vex]);
    json_w_kcstr(w, "level", m->vex == VEX_AFFECTED ? "error" : "none");
}

static void result(struct json_writer *w, const struct report_case *c, size_t v, const struct report_machine *m)
{
    struct buf b = BUF_INIT(256 * KIB);
    json_w_object(w);
    json_w_kstr(w, "ruleId", c->vuln[v].id);
    json_w_kint(w, "ruleIndex", (int64_t)v);
    kind(w, m);
    buf_printf(&b, STR_FMT ": " STR_FMT ". ", STR_ARG(m->name), STR_ARG(m->state_text));
    if (m->vex == VEX_AFFECTED) {
        vex_action(c, m, &b);
        buf_adds(&b, " / ");
    }
    vex_detail(c, m, &b);
    text(w, "message", buf_str(&b));
    location(w, m);
    json_w_key(w, "partialFingerprints");
    json_w_object(w);
    buf_clear(&b);
    buf_printf(&b, STR_FMT " " STR_FMT "/" STR_FMT, STR_ARG(c->vuln[v].id), STR_ARG(m->a.ledger), STR_ARG(m->a.key));
    json_w_kstr(w, "toban/v1", buf_str(&b));
    json_w_object_end(w);
    json_w_key(w, "properties");
    json_w_object(w);
    json_w_kcstr(w, "state", case_state_name(m->state));
    json_w_kcstr(w, "vex", case_vex_name(m->vex));
    json_w_kcstr(w, "verdict", case_verdict_name(m->a.verdict));
    json_w_kbool(w, "waived", m->a.waive != NULL);
    if (m->a.waive)
        json_w_kstr(w, "waived_by", m->a.waive->who);
    data_when(w, "deadline", m->look ? m->look->deadline : WHEN_NONE);
    json_w_object_end(w);
    json_w_object_end(w);
    buf_release(&b);
}

void findings_sarif(const struct report_case *c, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    w.pretty = true;
    json_w_object(&w);
    json_w_kcstr(&w, "$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
    json_w_kcstr(&w, "version", "2.1.0");
    json_w_key(&w, "runs");
    json_w_array(&w);
    json_w_object(&w);
    json_w_key(&w, "tool");
    json_w_object(&w);
    json_w_key(&w, "driver");
    json_w_object(&w);
    json_w_kcstr(&w, "name", "toban");
    json_w_kcstr(&w, "version", TOBAN_VERSION);
    rules(&w, c);
    json_w_object_end(&w);
    json_w_object_end(&w);
    json_w_key(&w, "results");
    json_w_array(&w);
    for (size_t v = 0; v < c->vuln_n; v++)
        for (size_t i = 0; i < c->machine_n; i++)
            result(&w, c, v, &c->machine[i]);
    json_w_array_end(&w);
    json_w_key(&w, "properties");
    json_w_object(&w);
    data_number(&w, "case", "C-", c->head.id);
    json_w_key(&w, "lead");
    json_w_array(&w);
    for (size_t i = 0; i < c->lead_n; i++)
        json_w_str(&w, c->lead[i]);
    json_w_array_end(&w);
    json_w_object_end(&w);
    json_w_object_end(&w);
    json_w_array_end(&w);
    json_w_object_end(&w);
    buf_addc(out, '\n');
}
