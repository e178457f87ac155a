/* baseline.h — what the vendor itself installed: paths and hashes of stock files by build.
 *
 * A table is made from the vendor's lists (rows "SHA256,build,\relative\path") and holds of each
 * path (normal form, relative) and digest only eight bytes: it can recognise a file, not name
 * one. A path the table has with another digest is "changed", one it has not is "unknown":
 * neither is suspicious by itself, a build that is not in the table least of all.
 *
 * Format: text line "toban-baseline 1 BUILDS ENTRIES", one line a build, then sorted entries of
 * 8 + 8 + 2 bytes (path, digest, bits of builds; little endian). At most 16 builds.
 * Threads: immutable once read.
 */
#ifndef TOBAN_INVESTIGATE_BASELINE_H
#define TOBAN_INVESTIGATE_BASELINE_H

#include "base/base.h"

struct baseline;
struct baseline_build; /* being made */

struct baseline_build *baseline_build_new(void);
/* One vendor list, plain or unpacked; bad rows are counted. */
int baseline_build_csv(struct baseline_build *b, const char *name, struct str bytes, size_t *rows, size_t *bad, struct err *e) MUST_CHECK;
int baseline_build_write(struct baseline_build *b, struct buf *out, struct err *e) MUST_CHECK;
void baseline_build_free(struct baseline_build *b);

int baseline_read(struct baseline **out, const char *name, struct str bytes, struct err *e) MUST_CHECK; /* copies */
void baseline_free(struct baseline *b);
size_t baseline_entries(const struct baseline *b);
size_t baseline_builds(const struct baseline *b);
const char *baseline_digest(const struct baseline *b); /* SHA-256 of its file, hex */
struct str baseline_build_name(const struct baseline *b, size_t i);

enum baseline_answer { BASELINE_UNKNOWN, BASELINE_CHANGED, BASELINE_STOCK };
/* path in normal form, with anything in front. b may be NULL: UNKNOWN. */
enum baseline_answer baseline_ask(const struct baseline *b, struct str path, const unsigned char sha256[32]);

#endif
