/* One pattern database for each kind of log: what is asked of IIS is not looked for in HttpProxy logs. Made when the
 * first such log is met. */
#include <stdlib.h>

#include "investigate/scan_in.h"

static bool of_web(const char *kind)
{
    static const char *const web[] = {"httpproxy", "ecp", "oabgen", "exchange", "iis", "access", "weberror"};
    for (size_t i = 0; i < ARRAY_LEN(web); i++)
        if (strcmp(kind, web[i]) == 0)
            return true;
    return false;
}

/* May the indicator hit in a log of this kind? What it says about the log itself decides. */
static bool concerns(const struct indicator *i, const char *kind, bool events)
{
    const struct cond_test *t;
    if (i->kind == INDICATOR_LINE)
        return !i->log.n || str_is(i->log, kind);
    if (i->kind == INDICATOR_COMMAND || i->kind == INDICATOR_PROCESS || i->kind == INDICATOR_REGISTRY || i->kind == INDICATOR_DETECTION)
        return !of_web(kind); /* no column of theirs holds such a value */
    if (i->kind != INDICATOR_RECORD)
        return true;
    if (pack_cond_required(i->cond, "log", &t)) {
        for (uint32_t k = 0; k < t->n; k++)
            if (str_is_i(t->value[k], kind))
                return true;
        return false;
    }
    return events || !i->channel_n;
}

const struct scan_match *scan_text_for(struct scan_worker *w, const struct trace_kind *k, struct err *e)
{
    struct scan_shared *sh = w->sh;
    struct scan_text_db *db = NULL;
    int rc = 0;
    pthread_mutex_lock(&sh->text_lock);
    for (size_t i = 0; i < SCAN_TEXT_KINDS && !db; i++)
        if (!sh->text_db[i].kind || sh->text_db[i].kind == k)
            db = &sh->text_db[i];
    if (db && !db->kind) {
        const struct pack_pattern *p;
        size_t n = pack_eval_patterns(sh->eval, PACK_PLACE_TEXT, &p), m = 0;
        struct pack_pattern *mine = mem_alloc((n + 1) * sizeof(*mine));
        bool events = !k->text || k->text->frame != TRACE_TEXT_LINES || k->text->framed;
        for (size_t i = 0; i < n; i++)
            if (concerns(pack_eval_at(sh->eval, p[i].id).indicator, k->name, events))
                mine[m++] = p[i];
        if (m < n || !sh->text) /* what asks for everything is shared */
            rc = scan_match_new(m < n ? &db->match : &sh->text, m < n ? mine : p, m, sh->o->plain ? SCAN_MATCH_PLAIN : 0, e);
        if (rc == 0) {
            db->patterns = mine; /* the database borrows their texts */
            db->kind = k;
        } else
            free(mine);
    }
    pthread_mutex_unlock(&sh->text_lock);
    const struct scan_match *out = !db || rc ? NULL : db->match ? db->match : sh->text;
    return out && scan_scratch_grow(w->scratch, out, e) == 0 ? out : NULL;
}

void scan_text_release(struct scan_shared *sh)
{
    for (size_t i = 0; i < SCAN_TEXT_KINDS; i++) {
        scan_match_free(sh->text_db[i].match);
        free(sh->text_db[i].patterns);
    }
}
