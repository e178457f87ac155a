/* vex_parts.h — shared by the files of vex only. */
#ifndef TOBAN_REPORT_VEX_PARTS_H
#define TOBAN_REPORT_VEX_PARTS_H

#include "codec/json.h"
#include "report/data.h"
#include "report/vex.h"

/* The publisher's namespace without a slash at its end. */
void vex_space(const struct report_case *c, struct buf *out);
bool vex_is_purl(struct str s); /* near enough that no validator stumbles */
/* "A-12"; "ledger/key" for one without a number. */
void vex_asset_id(const struct report_machine *m, struct buf *out);
void vex_software_name(const struct report_machine *m, struct buf *out); /* "" when it is not known */

struct vex_group {
    const struct report_machine *m; /* the first: status, reason and all else that is alike */
    const struct report_machine **machine;
    size_t n;
    struct str detail, action; /* action: of affected ones */
};
size_t vex_groups(const struct report_case *c, struct arena *a, struct vex_group **out);

#endif
