/* applic_verdict.h — what was found, said to a person. */
#ifndef TOBAN_IDENTIFY_APPLIC_VERDICT_H
#define TOBAN_IDENTIFY_APPLIC_VERDICT_H

#include "identify/applic.h"

struct applic_found {
    const struct applic_leaf *leaf;
    enum applic_truth leaf_truth; /* of the leaf for the component */
    enum applic_truth path;       /* of its node and configuration */
    enum applic_reason reason;    /* when leaf_truth is unknown */
    bool loose;                   /* the criteria asks for more than the inventory tells */
    bool context;                 /* false because the platform is another one */
};
void applic_verdict_write(const struct applic_found *f, const struct applic_name *name, struct str source,
                          struct arena *a, struct applic_result *out);

#endif
