/* pack_cond.h — conditions over one record or one file, three-valued.
 *
 * AND is no when one part is no, unknown when none is no and one is unknown; OR
 * likewise; NOT keeps unknown. A field that the subject does not have fits
 * nothing (EMPTY fits it); a field that cannot be told (the hash was not
 * computed, the registry is not here) is unknown.
 *
 * Evaluation writes only to the subject's scratch arena; many threads may
 * evaluate one condition, each with its own subject.
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_COND_H
#define TOBAN_INVESTIGATE_PACKS_PACK_COND_H

#include "base/base.h"
#include "model/indicator.h"

struct pack_subject {
    const void *ctx;
    /* Writes at most max values of the field and returns how many; 0: no such field; -1: cannot be told.
     * "%Name%" asks for the places a variable stands for (roots of an installation); answer -1 when unknown.
     */
    int (*field)(const void *ctx, struct str name, struct str *out, int max);
    int (*any)(const void *ctx, struct str *out, int max); /* values of all fields; may be NULL */
    struct str text;       /* the record as it stands; p NULL: cannot be told */
    struct arena *scratch; /* the caller clears it between subjects */
};

enum tri pack_cond_eval(const struct cond *c, const struct pack_subject *s);

/* ---- building, in the arena of a pack; used by readers ---- */

struct cond *pack_cond_const(struct arena *a, enum tri value, struct str why);
struct cond *pack_cond_not(struct arena *a, struct cond *c);
/* AND or OR of n parts (the array is copied); one part is itself, none is yes (AND) or no (OR). */
struct cond *pack_cond_join(struct arena *a, enum cond_type type, struct cond **part, size_t n);
/* A test of a plain field against n values (copied views). The caller fills in rx for MATCHES and UNDER. */
struct cond *pack_cond_field(struct arena *a, enum cond_op op, struct str field, struct str *value, size_t n);
/* True when some part can never be told: *why says the first reason. */
bool pack_cond_unknown(const struct cond *c, struct str *why);
/* Calls leaf for every test. */
void pack_cond_each(const struct cond *c, void (*leaf)(void *ctx, const struct cond_test *t), void *ctx);

/* ---- for the engine ---- */

/* A text that every record that fits has, in any letter case. With depth, each of its characters may stand percent
 * encoded, so many times over. */
struct pack_cond_text {
    struct str text;
    unsigned depth;
};
/* A cheap prefilter: texts (at least min bytes, the least ordinary there are) of which one at least is in the text
 * of every record that fits; false when there is no such set (or more than max): every record must be evaluated.
 * Texts never hold quotes, commas, blanks, '+', '%' or '\', which logs write in several ways. In pack_cond_text.c.
 */
bool pack_cond_texts(const struct cond *c, size_t min, struct pack_cond_text *out, size_t max, size_t *n);
/* Regular expression for the text and its encoded forms, case-blind. */
void pack_cond_text_regex(const struct pack_cond_text *t, struct buf *out);
/* Event ids (or channels, for "Channel") that alone can fit, from tests "field is …" that are necessary.
 * False: any. */
bool pack_cond_required(const struct cond *c, const char *field, const struct cond_test **out);

/* pack_cond_value.c: the values of *v, at most LIMIT_PACK_VALUES; -1: cannot be told. */
int pack_cond_values(const struct cond_value *v, const struct pack_subject *s, struct str *out);

#endif
