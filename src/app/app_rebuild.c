/* Drops what was concluded and concludes it again. */
#include "app/app_case.h"
#include "loop/stage_assess.h"
#include "loop/stage_collect.h"
#include "loop/stage_names.h"

/* Every accepted document is read again from the spool, oldest first. */
static int read_spool(struct app *app, struct app_rebuilt *out, struct err *e)
{
    struct world_source *list;
    size_t n;
    int rc = app_sources(app, &list, &n, e);
    return rc ? rc
              : stage_collect_reread(app_world(app), list, n, clock_now(), &out->documents, &out->missing, e);
}

/* What is seen of the machines of cases is derived, too; what people decided about them is not. */
static int sync_cases(struct app *app, struct err *e)
{
    struct arena a = {0};
    struct remediate_change *change;
    size_t n;
    int rc = case_store_clear_looks(app_world(app)->db, e);
    if (rc == 0)
        rc = app_case_sync(app, 0, &a, &change, &n, e);
    arena_release(&a);
    return rc;
}

int app_rebuild(struct app *app, bool knowledge, struct app_rebuilt *out, struct err *e)
{
    const struct world *w = app_world(app);
    uint64_t unnamed;
    *out = (struct app_rebuilt){0};
    int rc = knowledge ? read_spool(app, out, e) : 0;
    if (rc == 0)
        rc = db_run(w->db, "assessment_clear", e);
    if (rc == 0)
        rc = db_run(w->db, "finding_clear", e);
    if (rc == 0)
        rc = stage_assess_run(w, &out->notices, e);
    if (rc == 0)
        rc = stage_names_run(w, &out->names, &unnamed, e);
    if (rc == 0)
        rc = sync_cases(app, e);
    return rc;
}
