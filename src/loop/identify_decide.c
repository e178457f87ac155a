/* What is known about one vulnerability as the decision table wants it. */
#include "assess/scores/cvss.h"
#include "loop/identify_parts.h"

struct facts {
    VEC(struct decide_statement) said;
    struct kev *kev;
    size_t kev_n;
    struct ssvc_points ssvc;
    struct cvss cvss;
    bool has_cvss;
    struct str cvss_text, cvss_source;
};

static void add_statements(struct identify_run *r, const struct identify_vuln *v,
                           const struct known_vuln *record, size_t n, struct facts *f)
{
    for (size_t i = 0; i < r->out->notice_n; i++) {
        const struct identify_notice *no = &r->out->notice[i];
        bool about = str_eq(no->rev.n.id, v->id);
        for (size_t c = 0; c < no->rev.n.cve_n && !about; c++)
            about = str_eq(no->rev.n.cve[c], v->id);
        if (!about || !identify_says_exploited(no, v->id))
            continue;
        vec_push(&f->said, ((struct decide_statement){no->publisher, identify_quote(no, NULL), no->rev.known,
                                                      no->trusted}));
    }
    for (size_t i = 0; i < n; i++)
        if (!record[i].later && str_is(record[i].v.exploited, "yes"))
            vec_push(&f->said, ((struct decide_statement){record[i].v.source, record[i].v.exploited_quote,
                                                          record[i].v.published, true}));
}

/* v3.1 before v3.0, v4.0, v2; a vendor's or NVD's primary score before others of the same version. */
static int metric_rank(const struct metric *m)
{
    static const char *const order[] = {"2.0", "4.0", "3.0", "3.1"};
    for (int i = 0; i < (int)ARRAY_LEN(order); i++)
        if (str_is(m->version, order[i]))
            return 2 * i + (str_is(m->type, "Primary") ? 2 : 1);
    return 0;
}

static void add_scores(const struct known_vuln *record, size_t n, struct facts *f)
{
    int best = 0;
    f->ssvc = (struct ssvc_points){.when = WHEN_NONE};
    for (size_t i = 0; i < n; i++) {
        const struct vuln *v = &record[i].v;
        if (record[i].later)
            continue;
        if (v->ssvc.exploitation.n || v->ssvc.automatable.n || v->ssvc.technical_impact.n)
            f->ssvc = v->ssvc;
        for (size_t k = 0; k < v->metric_n; k++) {
            int rank = metric_rank(&v->metric[k]);
            struct cvss c;
            if (rank > best && cvss_parse(v->metric[k].vector, &c, NULL) == 0) {
                best = rank;
                f->cvss = c;
                f->cvss_text = v->metric[k].vector;
                f->has_cvss = true;
                f->cvss_source = v->metric[k].source.n ? v->metric[k].source : v->source;
            }
        }
    }
}

/* Strings of records live as long as the read; those of the scratch arena do not. */
static void keep(struct identify_run *r, struct facts *f)
{
    struct decide_statement *said = arena_array(r->a, struct decide_statement, f->said.n + 1);
    for (size_t i = 0; i < f->said.n; i++)
        said[i] = (struct decide_statement){arena_str(r->a, f->said.p[i].source),
                                            arena_str(r->a, f->said.p[i].quote), f->said.p[i].when,
                                            f->said.p[i].trusted};
    size_t n = f->said.n;
    vec_release(&f->said);
    f->said.p = said;
    f->said.n = n;
}

int identify_decide(struct identify_run *r, struct identify_vuln *v, const struct known_vuln *record,
                    size_t n, const struct decision *(*table)[3][4], struct err *e)
{
    struct facts *f = arena_new(r->a, struct facts);
    struct decide_policy site = {STR_LIT("site"), r->w->site_days};
    struct decide_policy *policy = arena_new(r->a, struct decide_policy);
    *policy = site;
    add_statements(r, v, record, n, f);
    keep(r, f);
    add_scores(record, n, f);
    int rc = knowledge_kev(r->w->knowledge, v->id, r->o->as_of, r->a, &f->kev, &f->kev_n, e);
    v->listed = f->kev_n > 0;
    v->exploited = v->listed;
    v->cvss = arena_str(r->a, f->cvss_text);
    v->cvss_source = arena_str(r->a, f->cvss_source);
    v->cvss_score = f->has_cvss ? f->cvss.overall / 10.0 : -1;
    bool scored = false;
    if (rc == 0)
        rc = knowledge_epss(r->w->knowledge, v->id, r->o->as_of, &v->epss, &scored, e);
    if (scored)
        v->epss.model_version = arena_str(r->a, v->epss.model_version);
    for (size_t i = 0; i < f->said.n; i++)
        v->exploited |= f->said.p[i].trusted;
    for (int exposure = 0; rc == 0 && exposure < 3; exposure++) {
        for (int status = 0; rc == 0 && status < 4; status++) {
            struct decide_input in = {.as_of = r->o->as_of,
                                      .zone_s = r->w->zone_s,
                                      .status = (enum finding_status)status,
                                      .found = r->o->as_of,
                                      .published = v->published,
                                      .kev = f->kev,
                                      .kev_n = f->kev_n,
                                      .kev_consulted = r->kev_consulted,
                                      .statement = f->said.p,
                                      .statement_n = f->said.n,
                                      .exposure = (enum exposure)exposure,
                                      .ssvc = f->ssvc,
                                      .cvss = f->has_cvss ? &f->cvss : NULL,
                                      .cvss_source = f->cvss_source,
                                      .policy = policy,
                                      .policy_n = r->w->site_days > 0 && v->exploited};
            struct decision *d = arena_new(r->a, struct decision);
            rc = decide_run(&in, r->w->decision_table, r->a, d, e);
            (*table)[exposure][status] = d;
        }
    }
    return rc;
}
