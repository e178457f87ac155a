#include "app/app_review.h"

#include "app/app_case.h"
#include "app/app_investigate.h"
#include "app/app_ledger.h"

#define CASE_HOURS 24
#define CONTACT_DAYS 180

static int setting(const struct config *c, const char *key, int otherwise, int max)
{
    int64_t v = config_int(c, key, otherwise);
    return v < 0 ? 0 : (int)MIN(v, (int64_t)max);
}

static int load_first(struct app *app, struct arena *a, struct review_settings *s, struct err *e)
{
    struct sweep_first *first;
    size_t n;
    int rc = app_first_exploited(app_config(app), a, &first, &n, e);
    if (rc)
        return rc;
    struct review_first *copy = arena_array(a, struct review_first, n + 1);
    for (size_t i = 0; i < n; i++)
        copy[i] = (struct review_first){first[i].cve, first[i].from};
    s->first = copy;
    s->first_n = n;
    return 0;
}

static int load_settings(struct app *app, struct arena *a, struct review_settings *s, struct err *e)
{
    const struct config *c = app_config(app);
    struct remediate_policy *policy = arena_new(a, struct remediate_policy);
    struct world_source *source;
    *s = (struct review_settings){.case_hours = setting(c, "review.case_hours", CASE_HOURS, 24 * 365),
                                  .contact_days = setting(c, "contacts.recheck_days", CONTACT_DAYS, 36500),
                                  .log_days = setting(c, "review.log_days", 0, 36500),
                                  .notify = str_trim(config_str(c, "review.notify"))};
    int rc = app_sources(app, &source, &s->source_n, e);
    s->source = source;
    if (rc == 0)
        rc = app_case_policy(app, a, policy, e);
    s->calendar = policy->calendar;
    return rc ? rc : load_first(app, a, s, e);
}

/* What most rows run, as one of them writes it. */
static struct str common_product(const struct fleet *f)
{
    size_t most = 0;
    struct str written = {0};
    for (size_t i = 0; i < f->key_n; i++) {
        size_t n = 0;
        uint32_t first = fleet_first(f, f->key[i]);
        for (uint32_t k = first; k != UINT32_MAX; k = f->item[k].next)
            n++;
        if (n <= most || f->key[i].n == 0)
            continue;
        most = n;
        written = f->item[first].component->product;
    }
    return written;
}

static int ask(struct app *app, const struct fleet *f, struct arena *a, struct review_ledger *l,
               struct err *e)
{
    struct arena answer = {0};
    struct fleet part = {0};
    struct app_where where;
    l->asked = common_product(f);
    if (l->asked.n == 0)
        return 0;
    l->asked = arena_str(a, l->asked);
    uint64_t from = clock_mono_ns();
    int rc = app_ledger_where(app, l->asked, &part, &answer, &where, e);
    if (rc == 0) {
        l->asked_ns = clock_mono_ns() - from;
        l->asked_rows = (int64_t)where.n;
    }
    fleet_release(&part);
    arena_release(&answer);
    return rc;
}

static int load_ledger(struct app *app, const struct fleet *f, when_t now, struct arena *a,
                       struct review_ledger *l, struct err *e)
{
    struct app_health h;
    int rc = app_ledger_health(app, f, now, &h, e);
    if (rc)
        return rc;
    *l = (struct review_ledger){.assets = h.assets,
                                .answerable = h.answerable,
                                .components = h.components,
                                .unnamed = h.components - h.named,
                                .unversioned = h.named - h.versioned,
                                .no_component = h.no_component,
                                .no_exposure = h.no_exposure,
                                .no_purpose = h.no_purpose,
                                .no_owner = h.no_owner,
                                .old = h.old,
                                .newest_import = h.newest_import};
    return ask(app, f, a, l, e);
}

int app_review_measure(struct app *app, struct arena *a, struct review *out, struct err *e)
{
    struct review_settings s;
    struct review_facts facts;
    struct fleet f = {0};
    when_t now = clock_now();
    int rc = load_settings(app, a, &s, e);
    if (rc)
        return rc;
    rc = fleet_load(app_world(app), a, &f, e);
    if (rc == 0)
        rc = review_load(app_world(app), &f, &s, now, a, &facts, e);
    if (rc == 0)
        rc = load_ledger(app, &f, now, a, &facts.ledger, e);
    fleet_release(&f);
    if (rc == 0)
        review_measure(&facts, a, out);
    return rc;
}

int app_review_save(struct app *app, const struct review *r, struct err *e)
{
    struct buf lines = BUF_INIT(LIMIT_RECORD);
    struct json_writer w;
    json_writer_init(&w, &lines);
    review_json(r, &w);
    struct review_row row = {
        .at = clock_now(), .who = app_who(app), .score = r->score, .lines = buf_str(&lines)};
    int rc = buf_full(&lines) ? err_set(e, ERR_LIMIT, "the review is too long to be kept")
                              : review_store_put(app_world(app)->db, &row, e);
    buf_release(&lines);
    return rc;
}

/* ---- history ---- */

static int mark_of(const struct json *lines, struct str name)
{
    for (size_t i = 0; i < json_len(lines); i++)
        if (str_eq(json_get_str(json_at(lines, i), "line"), name))
            return (int)json_int(json_get(json_at(lines, i), "score"), -1);
    return -1;
}

static void add_change(struct app_review_past *p, struct str name, int before, int after)
{
    if (before != after)
        p->change[p->change_n++] = (struct app_review_change){name, before, after};
}

/* Lines of a newer or an older toban may be missing on one side. */
static void compare(struct app_review_past *p, const struct json *now, const struct json *then,
                    struct arena *a)
{
    p->change = arena_array(a, struct app_review_change, json_len(now) + json_len(then) + 1);
    for (size_t i = 0; i < json_len(now); i++) {
        const struct json *l = json_at(now, i);
        struct str name = json_get_str(l, "line");
        p->unknown += str_is(json_get_str(l, "state"), "unknown");
        if (then)
            add_change(p, name, mark_of(then, name), (int)json_int(json_get(l, "score"), -1));
    }
    for (size_t i = 0; i < json_len(then); i++) {
        const struct json *l = json_at(then, i);
        struct str name = json_get_str(l, "line");
        bool gone = true;
        for (size_t k = 0; k < json_len(now) && gone; k++)
            gone = !str_eq(json_get_str(json_at(now, k), "line"), name);
        if (gone)
            add_change(p, name, (int)json_int(json_get(l, "score"), -1), -1);
    }
}

int app_review_history(struct app *app, size_t max, struct arena *a, struct app_review_past **out, size_t *n,
                       struct err *e)
{
    struct review_row *row;
    size_t row_n;
    *n = 0;
    int rc = review_store_list(app_world(app)->db, max + 1, a, &row, &row_n, e);
    if (rc)
        return rc;
    *out = arena_array(a, struct app_review_past, row_n + 1);
    const struct json *lines = row_n ? json_parse(a, row[0].lines, e) : NULL;
    if (row_n && !lines)
        return e ? e->code : ERR_INPUT;
    for (size_t i = 0; i < row_n && i < max; i++) {
        struct app_review_past *p = &(*out)[(*n)++];
        const struct json *then = i + 1 < row_n ? json_parse(a, row[i + 1].lines, e) : NULL;
        if (i + 1 < row_n && !then)
            return e ? e->code : ERR_INPUT;
        p->row = row[i];
        p->first = i + 1 == row_n;
        p->before = p->first ? row[i].score : row[i + 1].score;
        compare(p, lines, then, a);
        lines = then;
    }
    return 0;
}
