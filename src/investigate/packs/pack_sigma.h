/* pack_sigma.h — the parts of the Sigma reader (Sigma 2.1.0 rules). Not for others.
 *
 * A rule becomes one RECORD indicator for each kind of log its logsource means here. Field
 * names go through an explicit table: a rule with a field, modifier or logsource that
 * is not in it is kept as context, "not evaluable", and never silently false.
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_SIGMA_H
#define TOBAN_INVESTIGATE_PACKS_PACK_SIGMA_H

#include "base/base.h"
#include "investigate/packs/pack_yaml.h"
#include "model/indicator.h"

/* One kind of log that a logsource means. */
struct sigma_target {
    const char *category, *service; /* "" = not stated */
    const char *product;            /* "windows", "" any */
    const char *channels;           /* separated by ';' ; "" none */
    uint32_t event[8];              /* 0-terminated; none = any */
    const char *fields;             /* names that it has, separated by blanks; NULL: any name */
    const char *rename;             /* "Sigma=Record Sigma=Record|Other"; NULL */
    const char *needs;              /* for coverage, when there is no channel: "web" */
};
/* The i-th target of a logsource; NULL behind the last. */
const struct sigma_target *pack_sigma_target(struct str category, struct str product, struct str service,
                                             size_t i);
/* Names of a field in records of that target, separated by '|'; "" when it is not mapped.
 * "a?b" means a and b joined by '?' (stem and query of a URL). */
struct str pack_sigma_field(const struct sigma_target *t, struct str field);

/* One item "field|modifier|…: value(s)". NULL with *e on malformed rules; what cannot be
 * evaluated is a constant unknown with its reason. */
struct cond *pack_sigma_item(struct pack *p, const struct sigma_target *t, struct str key,
                             const struct pack_yaml *value, struct err *e);
/* A keyword list. */
struct cond *pack_sigma_keywords(struct pack *p, const struct pack_yaml *list, bool all, struct err *e);

/* "selection and not 1 of filter_*" over the named conditions. */
struct cond *pack_sigma_condition(struct pack *p, struct str text, const struct str *name, struct cond **cond,
                                  size_t n, struct err *e);

#endif
