/* What the measures look at, as the store has it. */
#include "loop/review_parts.h"

#include "codec/json.h"
#include "loop/audit.h"

static int64_t day_of(when_t t, int zone_s)
{
    return (t + zone_s * WHEN_SEC) / WHEN_DAY;
}

/* Of a day counted back from today; days of the future and of long ago are none. */
static uint64_t bit(int64_t today, int64_t day)
{
    return day <= today && today - day < 64 ? (uint64_t)1 << (today - day) : 0;
}

/* ---- sources ---- */

static struct review_source *source_named(struct review_facts *f, struct str name)
{
    for (size_t i = 0; i < f->source_n; i++)
        if (str_eq(f->source[i].name, name))
            return &f->source[i];
    return NULL;
}

static int load_ages(struct review_load *l)
{
    const struct review_settings *s = l->s;
    struct review_facts *f = l->out;
    struct source_age *age = arena_array(l->a, struct source_age, s->source_n + 1);
    int rc = stage_collect_ages(l->w, s->source, s->source_n, f->now, l->a, age, l->e);
    f->source = arena_array(l->a, struct review_source, s->source_n + 1);
    for (size_t i = 0; rc == 0 && i < s->source_n; i++) {
        if (!s->source[i].enabled)
            continue;
        unsigned days = (s->source[i].period_min + 1439) / 1440;
        f->source[f->source_n++] = (struct review_source){.name = s->source[i].setup.name,
                                                          .period_days = days ? days : 1,
                                                          .first = REVIEW_NEVER,
                                                          .age = age[i].age};
    }
    return rc;
}

static int load_visits(struct review_load *l)
{
    struct review_facts *f = l->out;
    struct stmt *st = NULL;
    int rc = load_ages(l);
    if (rc == 0)
        rc = db_query(l->w->db, &st, "review_visits", l->e, ARG_I("zone", f->zone_s * WHEN_SEC),
                      ARG_I("since", f->now - 64 * WHEN_DAY), ARG_I("now", f->now));
    while (rc == 0 && (rc = stmt_next(st, l->e)) == 1) {
        struct review_source *s = source_named(f, stmt_str(st, 0));
        if (s)
            s->good |= bit(f->today, stmt_int(st, 1));
        rc = 0;
    }
    if (rc == 0)
        rc = db_query(l->w->db, &st, "review_first_visits", l->e, ARG_I("zone", f->zone_s * WHEN_SEC),
                      ARG_I("now", f->now));
    while (rc == 0 && (rc = stmt_next(st, l->e)) == 1) {
        struct review_source *s = source_named(f, stmt_str(st, 0));
        if (s)
            s->first = stmt_int(st, 1);
        rc = 0;
    }
    return rc;
}

/* ---- rounds ---- */

static int load_rounds(struct review_load *l)
{
    struct review_facts *f = l->out;
    struct stmt *st = NULL;
    int rc = db_query(l->w->db, &st, "review_rounds", l->e, ARG_I("zone", f->zone_s * WHEN_SEC),
                      ARG_I("since", f->now - 64 * WHEN_DAY), ARG_I("now", f->now));
    while (rc == 0 && (rc = stmt_next(st, l->e)) == 1) {
        f->round_days |= bit(f->today, stmt_int(st, 0));
        rc = 0;
    }
    f->first_round = REVIEW_NEVER;
    if (rc == 0)
        rc = db_query(l->w->db, &st, "review_first_round", l->e, ARG_I("zone", f->zone_s * WHEN_SEC),
                      ARG_I("now", f->now));
    while (rc == 0 && (rc = stmt_next(st, l->e)) == 1) {
        if (!stmt_is_null(st, 0))
            f->first_round = stmt_int(st, 0);
        rc = 0;
    }
    for (int64_t back = 0; l->s->calendar && back < REVIEW_DAYS; back++)
        if (calendar_business(l->s->calendar, f->today - back))
            f->business_days |= bit(f->today, f->today - back);
    return rc;
}

/* ---- notices ---- */

static bool trusted(const struct review_load *l, struct str source)
{
    for (size_t i = 0; i < l->s->source_n; i++)
        if (str_eq(l->s->source[i].setup.name, source))
            return l->s->source[i].trusted;
    return false;
}

/* Machines may have it, or a case is open for it. The earliest case counts. */
static bool touches(struct review_load *l, struct str vuln, when_t *opened)
{
    const uint64_t *at = map_get(&l->case_of, vuln);
    if (at && (*opened == WHEN_NONE || l->opened.p[*at] < *opened))
        *opened = l->opened.p[*at];
    return at || map_get(&l->found, vuln);
}

/* What it says is exploited; when it names nothing so, all it names; and itself when it names nothing. */
static bool notice_touches(struct review_load *l, struct str key, struct str cves, struct str scope,
                           when_t *opened)
{
    struct arena a = {0};
    const struct json *j = json_parse(&a, scope, NULL);
    struct str_split it = str_split_init(cves, ' ');
    struct str id;
    bool yes = false, named = false, any = false;
    for (uint32_t i = 0; j && json_is(j, JSON_OBJECT) && i < j->n; i++)
        any |= json_bool(&j->item[i], false);
    for (uint32_t i = 0; j && json_is(j, JSON_OBJECT) && i < j->n; i++) {
        named = true;
        if (!any || json_bool(&j->item[i], false))
            yes |= touches(l, j->key[i], opened);
    }
    while (!any && str_split_next(&it, &id)) {
        if (id.n == 0)
            continue;
        named = true;
        yes |= touches(l, id, opened);
    }
    if (!named)
        yes = touches(l, key, opened);
    arena_release(&a);
    return yes;
}

static int load_found(struct review_load *l)
{
    struct stmt *st = NULL;
    int rc = db_query(l->w->db, &st, "review_found", l->e, ARG_I("possible", FINDING_POSSIBLE),
                      ARG_I("affected", FINDING_AFFECTED));
    while (rc == 0 && (rc = stmt_next(st, l->e)) == 1) {
        map_put(&l->found, stmt_str(st, 0), NULL);
        rc = 0;
    }
    return rc;
}

static int load_notices(struct review_load *l)
{
    struct review_facts *f = l->out;
    VEC(struct review_urgent) v = {0};
    struct stmt *st = NULL;
    int64_t last = 0;
    when_t since = f->now - REVIEW_NOTICE_DAYS * WHEN_DAY;
    int rc = db_get_int(l->w->db, &f->notices, "review_notices", l->e, ARG_I("since", since),
                        ARG_I("now", f->now));
    if (rc == 0)
        rc = load_found(l);
    if (rc == 0)
        rc = db_query(l->w->db, &st, "review_urgent", l->e, ARG_I("since", since), ARG_I("now", f->now));
    while (rc == 0 && (rc = stmt_next(st, l->e)) == 1) {
        struct review_urgent u = {.notice = stmt_int(st, 0), .heard = stmt_int(st, 4), .opened = WHEN_NONE};
        rc = 0;
        /* The first revision that said so is what somebody had to hear. */
        if (u.notice == last || !trusted(l, stmt_str(st, 1)) ||
            !notice_touches(l, stmt_str(st, 2), stmt_str(st, 5), stmt_str(st, 6), &u.opened))
            continue;
        last = u.notice;
        u.title = arena_str(l->a, stmt_str(st, 3));
        vec_push(&v, u);
    }
    if (rc < 0)
        stmt_done(st);
    f->urgent_n = v.n;
    f->urgent = arena_array(l->a, struct review_urgent, v.n + 1);
    if (v.n)
        memcpy(f->urgent, v.p, v.n * sizeof(*v.p));
    vec_release(&v);
    return rc;
}

/* ---- all ---- */

static int load_record(struct review_load *l)
{
    struct audit_answer answer;
    struct stmt *st = NULL;
    int rc = audit_verify(l->w->db, (struct str){0}, &answer, l->e);
    if (rc)
        return rc;
    l->out->audit_rows = answer.rows;
    l->out->audit_broken = answer.broken;
    l->out->exercised = WHEN_NONE;
    rc = db_query(l->w->db, &st, "review_exercised", l->e, ARG_C("action", REVIEW_EXERCISE_ACTION),
                  ARG_I("now", l->out->now));
    while (rc == 0 && (rc = stmt_next(st, l->e)) == 1) {
        l->out->exercised = stmt_when(st, 0);
        rc = 0;
    }
    return rc;
}

int review_load(const struct world *w, const struct fleet *f, const struct review_settings *s, when_t now,
                struct arena *a, struct review_facts *out, struct err *e)
{
    struct review_load l = {.w = w, .fleet = f, .s = s, .a = a, .out = out, .e = e};
    *out = (struct review_facts){.now = now,
                                 .today = day_of(now, w->zone_s),
                                 .zone_s = w->zone_s,
                                 .case_hours = s->case_hours,
                                 .contact_days = s->contact_days,
                                 .log_days = s->log_days,
                                 .notify = s->notify,
                                 .ledger = {.newest_import = WHEN_NONE}};
    int rc = contact_store_list(w->db, a, &out->contact, &out->contact_n, e);
    if (rc == 0)
        rc = enquiry_store_list(w->db, a, &out->enquiry, &out->enquiry_n, e);
    if (rc == 0)
        rc = load_visits(&l);
    if (rc == 0)
        rc = load_rounds(&l);
    if (rc == 0)
        rc = review_load_cases(&l);
    if (rc == 0)
        rc = load_notices(&l);
    if (rc == 0)
        rc = load_record(&l);
    map_release(&l.case_of);
    map_release(&l.found);
    vec_release(&l.opened);
    return rc;
}
