/* pack_eval_in.h — the inside of pack_eval, for its own files. */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_EVAL_IN_H
#define TOBAN_INVESTIGATE_PACKS_PACK_EVAL_IN_H

#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_eval.h"

typedef VEC(uint32_t) pack_eval_ids;

struct pack_eval {
    struct arena a;
    VEC(struct pack_hit) item;
    VEC(struct pack_pattern) pattern[PACK_PLACE_TEXT + 1];
    pack_eval_ids path, file, bytes, line, values;
    pack_eval_ids registry; /* what a key or value of a hive can fit */
    struct map hash;    /* lower-case hex → first of chain */
    pack_eval_ids next; /* chain of equal keys, by id; UINT32_MAX ends */
    struct map exact;   /* lower-case addresses and names → first of chain */
    pack_eval_ids nets; /* IP indicators that are networks */
    struct map event;   /* event id as text → index in bucket */
    VEC(pack_eval_ids) bucket;
    pack_eval_ids any_event; /* RECORD indicators without event ids */
    VEC(uint32_t) event_id;
    struct map stock; /* the last part of stock paths → 1 */
    unsigned hash_kinds;
    bool every, all_events;
};

/* Which values of a record a kind looks at. */
bool pack_eval_value_fits(const struct indicator *i, const struct pack_subject *s, struct str *found);

#endif
