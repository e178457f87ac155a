#include "app/app_drill.h"

#include "loop/audit.h"

#include "loop/review.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app_case.h"

static int read_pack(const struct rule_file *file, struct arena *a, struct drill_pack *out, struct err *e)
{
    return drill_pack_parse(out, file->bytes, file->path.p, a, e);
}

static struct str name_of(const struct rule_file *file)
{
    return str_sub(file->name, 7, file->name.n - 7 - 4); /* drills/….txt */
}

int app_drill_list(struct app *app, struct arena *a, struct app_drill_name **out, size_t *n, struct err *e)
{
    struct rule_file *file;
    int rc = rules_list(config_str(app_config(app), "rules"), "drills/", ".txt", a, &file, n, e);
    if (rc)
        return rc;
    *out = arena_array(a, struct app_drill_name, *n + 1);
    for (size_t i = 0; rc == 0 && i < *n; i++) {
        (*out)[i] = (struct app_drill_name){.name = name_of(&file[i]), .path = file[i].path};
        rc = read_pack(&file[i], a, &(*out)[i].pack, e);
    }
    return rc;
}

int app_drill_pack(const struct config *c, struct str name, struct arena *a, struct drill_pack *out,
                   struct err *e)
{
    struct rule_file *file;
    size_t n;
    struct buf names = BUF_INIT(4 * KIB);
    int rc = rules_list(config_str(c, "rules"), "drills/", ".txt", a, &file, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (str_eq(name_of(&file[i]), name)) {
            buf_release(&names);
            return read_pack(&file[i], a, out, e);
        }
        buf_printf(&names, "%s" STR_FMT, names.n ? ", " : "", STR_ARG(name_of(&file[i])));
    }
    if (rc == 0)
        rc = err_set(e, ERR_NOT_FOUND, "there is no drill \"%.*s\"; there are: %s",
                     STR_ARG(str_sub(name, 0, 60)), buf_cstr(&names));
    buf_release(&names);
    return rc;
}

/* ---- the scratch store ---- */

struct scratch {
    char *dir;
    struct world w; /* rules and names of the user's world; store and knowledge of its own */
};

static int scratch_open(const struct world *user, struct arena *a, struct scratch *s, struct err *e)
{
    const char *tmp = getenv("TMPDIR");
    *s = (struct scratch){.w = *user};
    s->w.db = NULL;
    s->w.knowledge = NULL;
    s->w.spool = NULL;
    char *dir = arena_printf(a, "%s/toban-drill.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(dir))
        return err_sys(e, "cannot make the folder %s", dir);
    s->dir = dir;
    int rc = db_open(&s->w.db, arena_printf(a, "%s/toban.db", dir), e);
    if (rc == 0)
        rc = knowledge_open(&s->w.knowledge, arena_printf(a, "%s/knowledge", dir), e);
    return rc;
}

static void scratch_close(struct scratch *s, struct arena *a)
{
    static const char *const left[] = {"toban.db", "toban.db-wal", "toban.db-shm"};
    knowledge_close(s->w.knowledge);
    db_close(s->w.db);
    if (!s->dir)
        return;
    if (knowledge_remove(arena_printf(a, "%s/knowledge", s->dir), NULL) == 0)
        rmdir(arena_printf(a, "%s/knowledge", s->dir));
    for (size_t i = 0; i < ARRAY_LEN(left); i++)
        unlink(arena_printf(a, "%s/%s", s->dir, left[i]));
    rmdir(s->dir);
}

/* ---- the run ---- */

struct windows {
    struct app_windows w;
    int zone_s;
};

static bool next_window(void *ctx, when_t from, struct window_span *out)
{
    const struct windows *w = ctx;
    return app_window_next(&w->w, (struct str){0}, from, w->zone_s, out);
}

int app_drill_run(struct app *app, const struct drill_pack *p, struct drill_options *o, struct fleet *f,
                  struct arena *a, struct drill_result *out, struct err *e)
{
    struct scratch s = {0};
    struct world_source *source;
    struct windows *win = arena_new(a, struct windows);
    win->zone_s = app_world(app)->zone_s;
    int rc = app_windows(app, a, &win->w, e);
    if (rc == 0)
        rc = app_sources(app, &source, &o->source_n, e);
    if (rc)
        return rc;
    o->source = source;
    o->next_window = win->w.window_n ? next_window : NULL;
    o->ctx = win;
    rc = fleet_load(app_world(app), a, f, e);
    if (rc == 0)
        rc = scratch_open(app_world(app), a, &s, e);
    if (rc == 0)
        rc = drill_fill(&s.w, p, o, e);
    if (rc == 0)
        rc = drill_run(&s.w, f, p, o, a, out, e);
    scratch_close(&s, a);
    return rc;
}

/* ---- rules check ---- */

int app_drill_check(const struct config *c, size_t *drills, size_t *failed, struct buf *complaints,
                    struct err *e)
{
    struct arena a = {0};
    struct rule_file *file;
    struct app_names names = {0};
    struct terms *terms = NULL;
    char hash[17];
    *failed = 0;
    int rc = rules_list(config_str(c, "rules"), "drills/", ".txt", &a, &file, drills, e);
    if (rc == 0)
        rc = app_terms(c, &terms, hash, e);
    if (rc == 0)
        rc = app_names(c, &names, e);
    struct world w = {.terms = terms, .names = names.sources};
    for (size_t i = 0; rc == 0 && i < *drills; i++) {
        struct drill_pack p;
        struct err bad = {0};
        if (read_pack(&file[i], &a, &p, &bad) == 0) {
            rc = drill_check(&w, &p, complaints, failed, e);
            continue;
        }
        buf_printf(complaints, "%s\n", bad.text);
        ++*failed;
    }
    app_names_free(&names);
    terms_free(terms);
    arena_release(&a);
    return rc;
}

int app_drill_exercised(struct app *app, const struct drill_pack *p, size_t decisions, struct err *e)
{
    char detail[64];
    struct db *db = app_world(app)->db;
    snprintf(detail, sizeof(detail), "{\"decisions\":%zu}", decisions);
    const struct audit_row row = {.at = clock_now(), .who = app_who(app), .action = STR_LIT(REVIEW_EXERCISE_ACTION), .object = p->name,
                                  .detail = str_of(detail)};
    int rc = db_begin(db, e);
    return rc ? rc : audit_commit(db, &row, 0, e);
}
