/* Patch windows and freezes. */
#include "app/app_case.h"
#include "loop/audit.h"
#include "remediate/ics.h"

#include <stdio.h>

#define ICS_EVENTS 2000 /* of one calendar */

int app_windows(struct app *app, struct arena *a, struct app_windows *out, struct err *e)
{
    struct window_row *row;
    struct db *db = app_world(app)->db;
    *out = (struct app_windows){0};
    int rc = case_store_windows(db, a, &row, &out->window_n, e);
    out->window = arena_array(a, struct app_window, out->window_n + 1);
    for (size_t i = 0; rc == 0 && i < out->window_n; i++) {
        out->window[i].row = row[i];
        rc = window_parse(&out->window[i].rule, row[i].rule, e);
    }
    if (rc == 0)
        rc = case_store_freezes(db, a, &out->freeze_row, &out->freeze_n, e);
    out->freeze = arena_array(a, struct window_freeze, out->freeze_n + 1);
    for (size_t i = 0; rc == 0 && i < out->freeze_n; i++)
        out->freeze[i] = (struct window_freeze){out->freeze_row[i].first, out->freeze_row[i].until};
    return rc;
}

/* Closes the transaction that the caller began, with the audit row in it. */
static int finish(struct app *app, const char *action, const char *object, struct str detail, int rc, struct err *e)
{
    struct db *db = app_world(app)->db;
    struct audit_row r = {.at = clock_now(), .who = app_who(app), .action = str_of(action), .object = str_of(object), .detail = detail};
    if (rc == 0)
        rc = audit_append(db, &r, e);
    if (rc == 0)
        rc = db_commit(db, e);
    if (rc)
        db_rollback(db);
    return rc;
}

static int check_name(const struct app_windows *w, struct str name, struct err *e)
{
    if (name.n == 0 || name.n > 200 || !str_is_utf8(name))
        return err_set(e, ERR_USAGE, "a window needs a name of at most 200 bytes in UTF-8");
    for (size_t i = 0; i < w->window_n; i++)
        if (str_eq(w->window[i].row.name, name))
            return err_set(e, ERR_CONFLICT, "there is a window \"%.*s\" already (W-%lld)", STR_ARG(name), (long long)w->window[i].row.id);
    return 0;
}

int app_window_add(struct app *app, struct str name, struct str rule, int64_t *id, struct err *e)
{
    struct arena a = {0};
    struct app_windows w;
    struct window parsed;
    char object[32];
    int rc = window_parse(&parsed, rule, e);
    if (rc == 0)
        rc = app_windows(app, &a, &w, e);
    if (rc == 0)
        rc = check_name(&w, name, e);
    if (rc == 0)
        rc = db_begin(app_world(app)->db, e);
    if (rc == 0) {
        struct window_row row = {.name = name, .rule = rule, .who = app_who(app), .at = clock_now()};
        rc = case_store_put_window(app_world(app)->db, &row, id, e);
        snprintf(object, sizeof(object), "W-%lld", (long long)*id);
        rc = finish(app, "window.added", object, str_of(arena_printf(&a, STR_FMT ": " STR_FMT, STR_ARG(name), STR_ARG(rule))), rc, e);
    }
    arena_release(&a);
    return rc;
}

int app_window_freeze(struct app *app, when_t first, when_t until, struct str why, int64_t *id, struct err *e)
{
    char object[32];
    if (first >= until)
        return err_set(e, ERR_USAGE, "a freeze ends after it begins");
    if (why.n == 0 || why.n > LIMIT_LEDGER_CELL || !str_is_utf8(why))
        return err_set(e, ERR_USAGE, "say why (--why)");
    int rc = db_begin(app_world(app)->db, e);
    if (rc)
        return rc;
    struct freeze_row row = {.first = first, .until = until, .why = why, .who = app_who(app), .at = clock_now()};
    rc = case_store_put_freeze(app_world(app)->db, &row, id, e);
    snprintf(object, sizeof(object), "Z-%lld", (long long)*id);
    return finish(app, "window.frozen", object, why, rc, e);
}

int app_window_remove(struct app *app, struct str id, struct err *e)
{
    struct db *db = app_world(app)->db;
    char object[32];
    int64_t n;
    bool freeze = str_starts_i(id, "Z-");
    if ((!freeze && !str_starts_i(id, "W-")) || !num_i64(str_sub(id, 2, id.n), &n))
        return err_set(e, ERR_USAGE, "\"%.*s\" is neither a window (W-1) nor a freeze (Z-1)", STR_ARG(id));
    int rc = db_begin(db, e);
    if (rc)
        return rc;
    rc = freeze ? case_store_remove_freeze(db, n, clock_now(), e) : case_store_remove_window(db, n, clock_now(), e);
    snprintf(object, sizeof(object), "%c-%lld", freeze ? 'Z' : 'W', (long long)n);
    return finish(app, "window.removed", object, (struct str){0}, rc, e);
}

bool app_window_next(const struct app_windows *w, struct str name, when_t from, int zone_s, struct window_span *out)
{
    bool found = false;
    for (size_t i = 0; i < w->window_n; i++) {
        struct window_span s;
        if (name.n && !str_eq(w->window[i].row.name, name))
            continue;
        if (!window_next(&w->window[i].rule, w->freeze, w->freeze_n, from, zone_s, &s) || (found && s.start >= out->start))
            continue;
        *out = s;
        found = true;
    }
    return found;
}

static void ics_windows(const struct app_windows *w, when_t from, when_t to, int zone_s, struct buf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < w->window_n; i++) {
        const struct app_window *win = &w->window[i];
        struct window_span s;
        when_t at = from;
        while (n++ < ICS_EVENTS && window_next(&win->rule, w->freeze, w->freeze_n, at, zone_s, &s) && s.start < to) {
            char uid[96];
            snprintf(uid, sizeof(uid), "window-%lld-%lld@toban", (long long)win->row.id, (long long)(s.start / WHEN_SEC));
            struct ics_event ev = {.uid = str_of(uid), .stamp = win->row.at, .start = s.start, .end = s.end,
                                   .summary = win->row.name, .description = win->row.rule};
            ics_add(out, &ev, zone_s);
            at = s.end;
        }
    }
}

/* A freeze by whole days of the site is shown as days. */
static bool whole_days(const struct freeze_row *f, int zone_s)
{
    when_t zone = zone_s * WHEN_SEC;
    return (f->first + zone) % WHEN_DAY == 0 && (f->until + zone) % WHEN_DAY == 0;
}

void app_window_ics(const struct app_windows *w, when_t from, int days, int zone_s, struct buf *out)
{
    when_t to = from + days * WHEN_DAY;
    ics_begin(out, str_of(tr("Patch windows")));
    ics_windows(w, from, to, zone_s, out);
    for (size_t i = 0; i < w->freeze_n; i++) {
        const struct freeze_row *f = &w->freeze_row[i];
        char uid[96];
        if (f->until <= from || f->first >= to)
            continue;
        snprintf(uid, sizeof(uid), "freeze-%lld@toban", (long long)f->id);
        struct buf text = BUF_INIT(64 * KIB);
        buf_printf(&text, tr("Freeze: %.*s"), STR_ARG(f->why));
        struct ics_event ev = {.uid = str_of(uid), .stamp = f->at, .start = f->first, .end = f->until, .summary = buf_str(&text), .all_day = whole_days(f, zone_s)};
        ics_add(out, &ev, zone_s);
        buf_release(&text);
    }
    ics_end(out);
}
