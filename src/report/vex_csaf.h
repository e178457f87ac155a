/* vex_csaf.h — shared by vex_csaf.c and vex_csaf_tree.c only. */
#ifndef TOBAN_REPORT_VEX_CSAF_H
#define TOBAN_REPORT_VEX_CSAF_H

#include "report/vex_parts.h"

struct csaf_software {
    const struct report_machine *m; /* one that runs it */
    struct str id;                  /* "software-3" */
};
struct csaf {
    const struct report_case *c;
    struct arena *a;
    struct csaf_software *software; /* sorted by vendor, product, version */
    size_t software_n;
    size_t *of;          /* machine → software; SIZE_MAX: not known */
    struct str *product; /* machine → the product_id that statuses cite */
    struct vex_group *group;
    size_t group_n;
};
void csaf_products(struct csaf *x);
/* branches of vendor, product and version; machines; and each software installed on its machine. */
void csaf_tree(struct json_writer *w, const struct csaf *x);

#endif
