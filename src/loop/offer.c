#include "loop/offer.h"

#include "codec/json.h"

struct offers {
    struct arena *a;
    VEC(struct offer) offer;
};

static bool known_already(const struct offers *x, struct str quote)
{
    for (size_t i = 0; i < x->offer.n; i++)
        if (str_eq(x->offer.p[i].quote, quote))
            return true;
    return false;
}

static struct str publisher_of(const struct stage_identify_options *o, struct str source)
{
    for (size_t i = 0; i < o->source_n; i++)
        if (str_eq(o->source[i].setup.name, source) && o->source[i].setup.publisher.n)
            return o->source[i].setup.publisher;
    return source;
}

static int take(const struct world *w, const struct stage_identify_options *o, const struct notice_rev *rev, struct offers *x,
                struct err *e)
{
    struct assessment as;
    bool found;
    int rc = notice_store_assessment(w->db, rev->rev, x->a, &as, &found, e);
    const struct json *evidence = rc == 0 && found ? json_parse(x->a, as.evidence, NULL) : NULL;
    for (size_t i = 0; i < json_len(evidence); i++) {
        const struct json *v = json_at(evidence, i);
        struct str signal = json_get_str(v, "signal"), quote = json_get_str(v, "quote");
        if ((str_is(signal, "workaround") || str_is(signal, "mitigation_only")) && !known_already(x, quote) &&
            x->offer.n < LIMIT_OFFERS)
            *vec_add(&x->offer) = (struct offer){rev->id, rev->n.title, publisher_of(o, rev->n.source), rev->n.url, signal, quote, rev->known};
    }
    return rc;
}

int offer_mitigations(const struct world *w, const struct stage_identify_options *o, const struct str *vuln, size_t vuln_n,
                      struct arena *a, struct offer **out, size_t *n, struct err *e)
{
    struct offers x = {.a = a};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < vuln_n; i++) {
        struct notice_rev *rev;
        size_t rev_n;
        rc = notice_store_of_vuln(w->db, vuln[i], o->as_of, LIMIT_OFFERS, a, &rev, &rev_n, e);
        for (size_t k = 0; rc == 0 && k < rev_n; k++)
            rc = take(w, o, &rev[k], &x, e);
    }
    *n = x.offer.n;
    *out = arena_array(a, struct offer, x.offer.n + 1);
    if (x.offer.n)
        memcpy(*out, x.offer.p, x.offer.n * sizeof(*x.offer.p));
    vec_release(&x.offer);
    return rc;
}
