/* scan_match.h — many patterns in one pass over bytes (Vectorscan; the home of hs.h).
 *
 * A database is compiled once over the patterns of all packs and then only read. A
 * match is a candidate: the exact answer is pack_eval_check_…'s. Equal patterns are
 * compiled once. What the engine cannot express is in scan_match_rest: to be tried every time.
 * On a processor without SSSE3 (or with `plain`) the same answers come slowly.
 *
 * Threads: any number may scan, each with its own scratch.
 */
#ifndef TOBAN_INVESTIGATE_SCAN_MATCH_H
#define TOBAN_INVESTIGATE_SCAN_MATCH_H

#include "base/base.h"
#include "investigate/packs/pack_eval.h"

struct scan_match;
struct scan_scratch;

enum scan_match_flag {
    SCAN_MATCH_ONCE = 1,   /* each pattern at most once a scan */
    SCAN_MATCH_STREAM = 2, /* for scan_match_stream */
    SCAN_MATCH_PLAIN = 4   /* without the engine, for tests */
};
/* Patterns are borrowed. n may be 0. */
int scan_match_new(struct scan_match **out, const struct pack_pattern *p, size_t n, unsigned flags, struct err *e) MUST_CHECK;
void scan_match_free(struct scan_match *m);
size_t scan_match_count(const struct scan_match *m); /* distinct patterns compiled */
/* Ids that must be tried without a match. */
const uint32_t *scan_match_rest(const struct scan_match *m, size_t *n);

/* One for each thread, for several databases. */
int scan_scratch_new(struct scan_scratch **out, const struct scan_match *const *m, size_t n, struct err *e) MUST_CHECK;
/* Makes it fit a further database. */
int scan_scratch_grow(struct scan_scratch *s, const struct scan_match *m, struct err *e) MUST_CHECK;
void scan_scratch_free(struct scan_scratch *s);

/* ids: the indicators that share the pattern; end: behind the match's last byte. Ends never decrease
 * in one scan. Return other than 0 to stop. */
typedef int (*scan_match_hit)(void *ctx, const uint32_t *ids, size_t n, uint64_t end);
void scan_match_scan(const struct scan_match *m, struct scan_scratch *s, struct str bytes, scan_match_hit hit, void *ctx);

/* Bytes in pieces: begin, add…, end. Only with SCAN_MATCH_STREAM. */
struct scan_stream {
    const struct scan_match *m;
    struct scan_scratch *s;
    void *id;
    uint64_t at;
    struct buf tail; /* without the engine: the end of the piece before */
    scan_match_hit hit;
    void *ctx;
};
void scan_stream_begin(struct scan_stream *t, const struct scan_match *m, struct scan_scratch *s, scan_match_hit hit, void *ctx);
void scan_stream_add(struct scan_stream *t, struct str bytes);
void scan_stream_end(struct scan_stream *t);

#endif
