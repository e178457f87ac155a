/* offer.h — mitigations that the notices name 緩和策の候補: quoted, with where they were said. Nothing is stored. */
#ifndef TOBAN_LOOP_OFFER_H
#define TOBAN_LOOP_OFFER_H

#include "loop/stage_identify.h"

struct offer {
    int64_t notice; /* N-number */
    struct str title, publisher, url;
    struct str signal, quote; /* "workaround" or "mitigation_only", and the sentence */
    when_t known;
};
/* Sentences of notices, as of o->as_of, that speak of one of these vulnerabilities and name a workaround; the newest
 * notice first, at most LIMIT_OFFERS, the same sentence once. In the arena. */
int offer_mitigations(const struct world *w, const struct stage_identify_options *o, const struct str *vuln, size_t vuln_n,
                      struct arena *a, struct offer **out, size_t *n, struct err *e) MUST_CHECK;

#endif
