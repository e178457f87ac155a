/* scan_layout.h — the places a sweep knows under another name: what layout found, made ready for matching paths.
 *
 * An Exchange below D:\Exch\V15 and a site rooted at E:\web are also tried under the names packs write: the default
 * installation folder and \inetpub\wwwroot. A root the user named himself (PATH=D:\Folder) is what he says it is, and
 * nothing discovered changes that. Threads: immutable once made.
 */
#ifndef TOBAN_INVESTIGATE_SCAN_LAYOUT_H
#define TOBAN_INVESTIGATE_SCAN_LAYOUT_H

#include "investigate/sweep.h"

struct scan_layout;

/* Searches the roots; fills s->place and s->layout_note, and the gaps of the assets' coverage. */
struct scan_layout *scan_layout_new(struct sweep *s, bool (*stop)(void *ctx), void *ctx);
void scan_layout_free(struct scan_layout *l);

/* Normal form of a path of an asset, root_n bytes of which are the root. */
void scan_layout_normal(const struct scan_layout *l, uint32_t asset, struct str path, size_t root_n, struct buf *out);
/* The next other name of a normal path; *at begins at 0. record: the path is one that a record names. False behind the last. */
bool scan_layout_alias(const struct scan_layout *l, uint32_t asset, bool record, size_t *at, struct str normal, struct buf *out);
/* %ExchangeInstallPath% for pack_record.roots; ctx is the layout. */
int scan_layout_roots(const void *ctx, struct str name, struct str *out, int max);

#endif
