/* The notices by then, with what their words say. */
#include "loop/identify_parts.h"

static const struct world_source *source_of(const struct stage_identify_options *o, struct str name)
{
    for (size_t i = 0; i < o->source_n; i++)
        if (str_eq(o->source[i].setup.name, name))
            return &o->source[i];
    return NULL;
}

static int one_notice(const struct world *w, const struct stage_identify_options *o, struct arena *a,
                      struct identify_notice *n, struct err *e)
{
    const struct world_source *ws = source_of(o, n->rev.n.source);
    n->trusted = ws && ws->trusted;
    n->publisher = ws && ws->setup.publisher.n ? ws->setup.publisher : n->rev.n.source;
    int rc = notice_store_assessment(w->db, n->rev.rev, a, &n->as, &n->assessed, e);
    if (rc || !n->assessed)
        return rc;
    n->evidence = json_parse(a, n->as.evidence, NULL);
    n->scope = json_parse(a, n->as.scope, NULL);
    n->products = json_parse(a, n->as.products, NULL);
    return 0;
}

int identify_notices(const struct world *w, const struct stage_identify_options *o, struct arena *a,
                     struct identify_result *out, struct err *e)
{
    struct notice_rev *rev;
    int rc = notice_store_list(w->db, INT64_MIN + 1, o->as_of, IDENTIFY_NOTICES, a, &rev, &out->notice_n, e);
    if (rc)
        return rc;
    out->notice = arena_array(a, struct identify_notice, out->notice_n + 1);
    for (size_t i = 0; rc == 0 && i < out->notice_n; i++) {
        out->notice[i].rev = rev[i];
        rc = one_notice(w, o, a, &out->notice[i], e);
    }
    return rc;
}

bool identify_says_exploited(const struct identify_notice *n, struct str cve)
{
    if (!n->assessed)
        return false;
    for (uint32_t i = 0; n->scope && i < n->scope->n; i++)
        if (str_eq(n->scope->key[i], cve))
            return json_bool(&n->scope->item[i], false);
    return n->as.exploited;
}

struct str identify_quote(const struct identify_notice *n, struct str *signal)
{
    /* The sentence that decides comes first; failing that, the one that urges. */
    static const char *const order[] = {"exploited", "attempted", "directive",      "urge_strong",
                                        "urge",      "poc",       "no_exploitation"};
    for (size_t k = 0; k < ARRAY_LEN(order); k++) {
        for (size_t i = 0; i < json_len(n->evidence); i++) {
            const struct json *v = json_at(n->evidence, i);
            if (!str_is(json_get_str(v, "signal"), order[k]))
                continue;
            if (signal)
                *signal = json_get_str(v, "signal");
            return json_get_str(v, "quote");
        }
    }
    if (signal)
        *signal = (struct str){0};
    return (struct str){0};
}
