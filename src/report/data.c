/* JSON: keys and values are never translated, but for the words of people and publishers, and "lead". */
#include "report/data.h"

#include <stdio.h>

void data_when(struct json_writer *w, const char *key, when_t t)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(t, ZONE_UTC, iso);
    json_w_kcstr(w, key, t == WHEN_NONE ? NULL : iso);
}

void data_number(struct json_writer *w, const char *key, const char *prefix, int64_t n)
{
    char id[32];
    snprintf(id, sizeof(id), "%s%lld", prefix, (long long)n);
    json_w_kcstr(w, key, n ? id : NULL);
}

void data_head(struct json_writer *w, const char *schema, const struct report_site *site, const struct str *lead, size_t n)
{
    json_w_kcstr(w, "schema", schema);
    json_w_key(w, "lead");
    json_w_array(w);
    for (size_t i = 0; i < n; i++)
        json_w_str(w, lead[i]);
    json_w_array_end(w);
    json_w_kstr(w, "publisher", site->publisher);
    data_when(w, "at", site->at);
    json_w_kstr(w, "by", site->who);
}

static void step(struct json_writer *w, const char *key, const struct case_step *s)
{
    json_w_key(w, key);
    if (!s) {
        json_w_null(w);
        return;
    }
    json_w_object(w);
    data_when(w, "at", s->at);
    json_w_kstr(w, "who", s->who);
    const struct {
        const char *key;
        struct str value;
    } part[] = {{"value", s->value}, {"detail", s->detail}, {"owner", s->owner}, {"why", s->why}};
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        if (part[i].value.n)
            json_w_kstr(w, part[i].key, part[i].value);
    if (s->until != WHEN_NONE)
        data_when(w, "until", s->until);
    json_w_object_end(w);
}

static void times(struct json_writer *w, const struct report_times *t)
{
    json_w_key(w, "times");
    json_w_object(w);
    for (size_t k = 0; k < REPORT_STAGES; k++)
        data_when(w, report_stage_name((enum report_stage)k), t->at[k]);
    json_w_object_end(w);
}

void data_machine(struct json_writer *w, const struct report_machine *m)
{
    const struct case_asset *a = &m->a;
    json_w_object(w);
    data_number(w, "asset", "A-", m->asset);
    const struct {
        const char *key;
        struct str value;
    } part[] = {{"ledger", a->ledger},         {"key", a->key},         {"name", m->name},       {"place", m->place}, {"owner", m->owner},
                {"department", m->department}, {"contractor", m->organisation}, {"vendor", m->vendor}, {"product", m->product},
                {"version", m->version},       {"cpe", m->cpe},         {"purl", m->purl}};
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        json_w_kstr(w, part[i].key, part[i].value);
    json_w_kint(w, "count", m->count);
    json_w_kcstr(w, "state", case_state_name(m->state));
    json_w_kcstr(w, "vex", case_vex_name(m->vex));
    json_w_kcstr(w, "triage", case_triage_name(a->triage));
    json_w_kcstr(w, "justification", case_vex_reason_name(a->reason));
    json_w_kcstr(w, "verdict", case_verdict_name(a->verdict));
    const struct {
        const char *key;
        bool value;
    } flag[] = {{"open", m->open},           {"overdue", m->overdue}, {"investigation_asked", a->ask != NULL}, {"mitigated", m->mitigated},
                {"mitigation_lapsed", m->lapsed}, {"waived", a->waive != NULL}};
    for (size_t i = 0; i < ARRAY_LEN(flag); i++)
        json_w_kbool(w, flag[i].key, flag[i].value);
    data_when(w, "deadline", m->look ? m->look->deadline : WHEN_NONE);
    data_when(w, "inventory_seen", m->look ? m->look->seen : WHEN_NONE);
    json_w_kstr(w, "fixed_by", m->look ? m->look->fixed : (struct str){0});
    json_w_key(w, "unverified_days");
    if (m->unverified.n)
        json_w_int(w, m->unverified_days);
    else
        json_w_null(w);
    const struct {
        const char *key;
        const struct case_step *s;
    } s[] = {{"triaged", a->triaged},     {"checked", a->check},    {"waiver_asked", a->waive_ask}, {"waiver", a->waive},
             {"contained", a->contain},   {"mitigation", a->mitigate}, {"patched", a->patch},       {"rolled_back", a->rollback},
             {"verified", a->verify},     {"closed", a->closed}};
    for (size_t i = 0; i < ARRAY_LEN(s); i++)
        step(w, s[i].key, s[i].s);
    times(w, &m->times);
    json_w_object_end(w);
}

static void groups(struct json_writer *w, const struct report_figures *f)
{
    for (size_t k = 0; k < REPORT_BYS; k++) {
        char key[32];
        snprintf(key, sizeof(key), "by_%s", report_by_name((enum report_by)k));
        json_w_key(w, key);
        json_w_array(w);
        for (size_t i = 0; i < f->group_n[k]; i++) {
            const struct report_group *g = &f->group[k][i];
            json_w_object(w);
            json_w_kstr(w, "name", g->name);
            json_w_kint(w, "machines", (int64_t)g->machines);
            json_w_kint(w, "open", (int64_t)g->open);
            json_w_kint(w, "overdue", (int64_t)g->overdue);
            json_w_kint(w, "unchecked", (int64_t)g->unchecked);
            json_w_kint(w, "mitigated", (int64_t)g->mitigated);
            json_w_kint(w, "unverified", (int64_t)g->unverified);
            json_w_kint(w, "waived", (int64_t)g->waived);
            json_w_kint(w, "fixed", (int64_t)g->fixed);
            json_w_object_end(w);
        }
        json_w_array_end(w);
    }
}

void data_figures(struct json_writer *w, const char *key, const struct report_figures *f)
{
    const struct {
        const char *key;
        size_t n;
    } part[] = {{"cases", f->cases},           {"cases_open", f->cases_open}, {"cases_opened", f->cases_opened}, {"cases_closed", f->cases_closed},
                {"machines", f->machines},     {"affected", f->affected},     {"not_affected", f->not_affected}, {"undecided", f->undecided},
                {"open", f->open},             {"overdue", f->overdue},       {"unchecked", f->unchecked},       {"compromised", f->compromised},
                {"contained", f->contained},   {"mitigated", f->mitigated},   {"mitigation_lapsed", f->lapsed},  {"unverified", f->unverified},
                {"waived", f->waived},         {"fixed", f->fixed}};
    json_w_key(w, key);
    json_w_object(w);
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        json_w_kint(w, part[i].key, (int64_t)part[i].n);
    json_w_key(w, "from_publication");
    json_w_object(w);
    for (size_t k = REPORT_HEARD; k < REPORT_STAGES; k++) {
        json_w_key(w, report_stage_name((enum report_stage)k));
        json_w_object(w);
        json_w_kint(w, "reached", (int64_t)f->reached[k]);
        json_w_kint(w, "known", (int64_t)f->span[k].n);
        json_w_key(w, "median_seconds");
        if (f->span[k].n)
            json_w_int(w, f->span[k].median / WHEN_SEC);
        else
            json_w_null(w);
        json_w_key(w, "longest_seconds");
        if (f->span[k].n)
            json_w_int(w, f->span[k].longest / WHEN_SEC);
        else
            json_w_null(w);
        json_w_object_end(w);
    }
    json_w_object_end(w);
    groups(w, f);
    json_w_object_end(w);
}

void data_enquiries(struct json_writer *w, const struct report_enquiry *q, size_t n, when_t now)
{
    struct report_enquiries c = report_enquiry_count(q, n, now);
    json_w_key(w, "enquiries");
    json_w_object(w);
    json_w_kint(w, "asked", (int64_t)c.asked);
    json_w_kint(w, "answered", (int64_t)c.answered);
    json_w_kint(w, "unanswered", (int64_t)c.unanswered);
    json_w_kint(w, "overdue", (int64_t)c.overdue);
    json_w_key(w, "rows");
    json_w_array(w);
    for (size_t i = 0; i < n; i++) {
        json_w_object(w);
        data_number(w, "id", "E-", q[i].id);
        data_number(w, "case", "C-", q[i].case_id);
        json_w_kstr(w, "organisation", q[i].organisation);
        json_w_kstr(w, "subject", q[i].subject);
        data_when(w, "sent", q[i].sent);
        data_when(w, "due", q[i].due);
        data_when(w, "reminded", q[i].reminded);
        data_when(w, "answered", q[i].answered);
        json_w_kstr(w, "runs", q[i].runs);
        json_w_kbool(w, "withdrawn", q[i].withdrawn);
        json_w_object_end(w);
    }
    json_w_array_end(w);
    json_w_object_end(w);
}
