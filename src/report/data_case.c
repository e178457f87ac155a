#include "report/data.h"

static void statements(struct json_writer *w, const struct report_case *c)
{
    json_w_key(w, "statements");
    json_w_array(w);
    for (size_t i = 0; i < c->statement_n; i++) {
        const struct report_statement *s = &c->statement[i];
        json_w_object(w);
        data_number(w, "notice", "N-", s->notice);
        json_w_kstr(w, "source", s->source);
        json_w_kstr(w, "publisher", s->publisher);
        json_w_kstr(w, "title", s->title);
        json_w_kstr(w, "url", s->url);
        json_w_kstr(w, "signal", s->signal);
        json_w_kstr(w, "quote", s->quote);
        data_when(w, "published", s->published);
        data_when(w, "heard", s->heard);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void containment(struct json_writer *w, const struct report_case *c)
{
    json_w_key(w, "containment");
    json_w_array(w);
    for (size_t i = 0; i < c->containment_n; i++) {
        const struct report_containment *p = &c->containment[i];
        json_w_object(w);
        data_number(w, "id", "B-", p->id);
        json_w_kstr(w, "title", p->title);
        data_when(w, "drafted", p->at);
        data_when(w, "approved", p->approved);
        json_w_kstr(w, "approved_by", p->approved_by);
        json_w_kbool(w, "refused", p->refused);
        json_w_kint(w, "actions", (int64_t)p->actions);
        json_w_kint(w, "done", (int64_t)p->done);
        json_w_kint(w, "skipped", (int64_t)p->skipped);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

static void timeline(struct json_writer *w, const struct report_case *c)
{
    json_w_key(w, "timeline");
    json_w_array(w);
    for (size_t i = 0; i < c->step_n; i++) {
        const struct case_step *s = &c->step[i];
        json_w_object(w);
        data_when(w, "at", s->at);
        json_w_kstr(w, "who", s->who);
        json_w_kcstr(w, "step", case_step_name(s->kind));
        json_w_kstr(w, "ledger", s->ledger);
        json_w_kstr(w, "asset_key", s->asset_key);
        json_w_kstr(w, "value", s->value);
        json_w_kstr(w, "owner", s->owner);
        json_w_kstr(w, "why", s->why);
        json_w_object_end(w);
    }
    json_w_array_end(w);
}

void data_case(const struct report_case *c, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    w.pretty = true;
    json_w_object(&w);
    data_head(&w, "toban.report.case/1", &c->site, c->lead, c->lead_n);
    data_number(&w, "case", "C-", c->head.id);
    json_w_kstr(&w, "title", c->head.title);
    json_w_kstr(&w, "origin", c->head.origin);
    data_when(&w, "opened", c->head.opened);
    data_when(&w, "closed", c->head.closed ? c->head.closed->at : WHEN_NONE);
    json_w_key(&w, "vulnerabilities");
    json_w_array(&w);
    for (size_t i = 0; i < c->vuln_n; i++) {
        json_w_object(&w);
        json_w_kstr(&w, "id", c->vuln[i].id);
        json_w_kstr(&w, "title", c->vuln[i].title);
        data_when(&w, "published", c->vuln[i].published);
        json_w_object_end(&w);
    }
    json_w_array_end(&w);
    json_w_key(&w, "times");
    json_w_object(&w);
    for (size_t k = 0; k < REPORT_STAGES; k++)
        data_when(&w, report_stage_name((enum report_stage)k), c->times.at[k]);
    json_w_object_end(&w);
    data_figures(&w, "figures", &c->figures);
    json_w_key(&w, "machines");
    json_w_array(&w);
    for (size_t i = 0; i < c->machine_n; i++)
        data_machine(&w, &c->machine[i]);
    json_w_array_end(&w);
    statements(&w, c);
    containment(&w, c);
    data_enquiries(&w, c->enquiry, c->enquiry_n, c->site.at);
    timeline(&w, c);
    json_w_object_end(&w);
    buf_addc(out, '\n');
}
