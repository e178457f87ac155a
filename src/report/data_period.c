#include "report/data.h"

void data_month(const struct report_month *m, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    w.pretty = true;
    json_w_object(&w);
    data_head(&w, "toban.report.month/1", &m->site, m->lead, m->lead_n);
    data_when(&w, "from", m->from);
    data_when(&w, "until", m->until);
    json_w_kbool(&w, "running", m->running);
    data_figures(&w, "figures", &m->figures);
    json_w_key(&w, "cases");
    json_w_array(&w);
    for (size_t i = 0; i < m->case_n; i++) {
        const struct report_case *c = &m->cases[i];
        json_w_object(&w);
        data_number(&w, "case", "C-", c->head.id);
        json_w_kstr(&w, "title", c->head.title);
        data_when(&w, "opened", c->head.opened);
        data_when(&w, "closed", c->head.closed ? c->head.closed->at : WHEN_NONE);
        data_figures(&w, "figures", &c->figures);
        json_w_key(&w, "waivers");
        json_w_array(&w);
        for (size_t k = 0; k < c->machine_n; k++) {
            const struct case_asset *a = &c->machine[k].a;
            if (!a->waive)
                continue;
            json_w_object(&w);
            json_w_kstr(&w, "machine", c->machine[k].name);
            data_when(&w, "at", a->waive->at);
            json_w_kstr(&w, "by", a->waive->who);
            json_w_kstr(&w, "why", a->waive->why);
            json_w_object_end(&w);
        }
        json_w_array_end(&w);
        json_w_object_end(&w);
    }
    json_w_array_end(&w);
    data_enquiries(&w, m->enquiry, m->enquiry_n, m->running ? m->site.at : m->until);
    json_w_object_end(&w);
    buf_addc(out, '\n');
}

static void waivers(struct json_writer *w, const struct report_audit *r)
{
    json_w_key(w, "waivers");
    json_w_array(w);
    for (size_t i = 0; i < r->waiver_n; i++) {
        const struct report_waiver *x = &r->waiver[i];
        json_w_object(w);
        data_number(w, "case", "C-", x->case_id);
        json_w_kstr(w, "title", x->title);
        json_w_kstr(w, "machine", x->machine);
        data_when(w, "asked", x->asked);
        json_w_kstr(w, "asked_by", x->asked_by);
        json_w_kstr(w, "asked_why", x->asked_why);
        data_when(w, "approved", x->at);
        json_w_kstr(w, "approved_by", x->by);
        json_w_kstr(w, "why", x->why);
        json_w_kbool(w, "in_force", x->in_force);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

void data_audit(const struct report_audit *r, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    w.pretty = true;
    json_w_object(&w);
    data_head(&w, "toban.report.audit/1", &r->site, r->lead, r->lead_n);
    data_when(&w, "from", r->from);
    data_when(&w, "until", r->until);
    json_w_key(&w, "chain");
    json_w_object(&w);
    json_w_kint(&w, "rows", r->chain_rows);
    json_w_kbool(&w, "whole", r->chain_broken == 0);
    json_w_kint(&w, "broken", r->chain_broken);
    json_w_kstr(&w, "head", r->chain_head);
    json_w_object_end(&w);
    waivers(&w, r);
    json_w_key(&w, "rows");
    json_w_array(&w);
    for (size_t i = 0; i < r->decision_n; i++) {
        const struct report_decision *d = &r->decision[i];
        json_w_object(&w);
        json_w_kint(&w, "id", d->id);
        data_when(&w, "at", d->at);
        json_w_kstr(&w, "who", d->who);
        json_w_kbool(&w, "by_rule", str_is(d->who, CASE_BY_RULE));
        json_w_kstr(&w, "action", d->action);
        json_w_kstr(&w, "object", d->object);
        json_w_kstr(&w, "detail", d->detail);
        json_w_kstr(&w, "hash", d->hash);
        json_w_object_end(&w);
    }
    json_w_array_end(&w);
    json_w_object_end(&w);
    buf_addc(out, '\n');
}
