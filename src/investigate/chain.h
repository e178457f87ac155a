/* chain.h — sightings that belong together, in the order of time: the story of an attack.
 *
 * A sequence check hits when enough different stages are seen with the same value of its group_by
 * field within its time. Chains then join sightings of one asset: web requests by client and session
 * (an hour of silence ends it), and what happened on the host at that time.
 */
#ifndef TOBAN_INVESTIGATE_CHAIN_H
#define TOBAN_INVESTIGATE_CHAIN_H

#include "base/base.h"

struct sweep;

struct chain {
    uint32_t asset, number; /* from 1 */
    struct str client, session;
    when_t first, last;
    size_t *sighting; /* indices in sweep.sighting, in order of time */
    size_t n;
    uint32_t hosts; /* sightings from the host's own logs and files */
};
/* Settles sequences and parted patterns: their single hits become stages, or hints. Before sorting is final. */
void chain_sequences(struct sweep *s);
/* Fills s->chain; sightings are sorted. */
void chain_find(struct sweep *s);

#endif
