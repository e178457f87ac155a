/* remediate_parts.h — shared by the files of stage_remediate only. */
#ifndef TOBAN_LOOP_REMEDIATE_PARTS_H
#define TOBAN_LOOP_REMEDIATE_PARTS_H

#include "loop/stage_remediate.h"

/* In the arena: findings point into it. */
struct remediate_result {
    struct identify_result *r;
};

struct remediate_sync {
    const struct world *w;
    const struct fleet *f;
    const struct stage_identify_options *o;
    const struct remediate_policy *p;
    struct arena *a;
    VEC(struct remediate_change) change;
    /* vulnerability → index into result: cases share them */
    struct map result_index;
    VEC(struct remediate_result) result;
};

/* "ledger NUL key" */
void remediate_key(struct buf *b, struct str ledger, struct str key);

/* remediate_look.c: what can be seen of every machine of the case, and of those it does not have yet. */
int remediate_look(struct remediate_sync *y, const struct case_file *c, struct case_look **out, size_t *n, struct err *e) MUST_CHECK;
/* remediate_rule.c: the steps that follow from a look, for one machine (m->a is moved on) and for the case. */
void remediate_rule(struct remediate_sync *y, const struct case_file *c, struct case_member *m, struct str name);
void remediate_rule_case(struct remediate_sync *y, const struct case_file *c, size_t from);

#endif
