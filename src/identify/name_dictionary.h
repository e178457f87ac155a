/* name_dictionary.h — product names of a CPE dictionary and of JVN, as one compact index.
 *
 * Built once from the lists a user has (each may be gzip):
 *   purl2cpe   VENDOR/PRODUCT<TAB>cpes<TAB>CPE      lines; other kinds than "cpes" are passed over
 *   JVN        {"vname","vcpe","pname","pcpe",…}    JSON lines (MyJVN product list)
 *   CPE names  cpe:2.3:… or cpe:/…                  one a line
 * The index is bytes: written to a file, it is mapped and used as it stands, so that
 * opening costs nothing. It is machine-dependent (byte order is checked) and is checked
 * against its own size at every access: a damaged index gives no answer, never a crash.
 *
 * A name the dictionary knows is a candidate, never more. Limits: NAME_DICTIONARY_ENTRIES.
 * An open dictionary is immutable and may be shared by threads.
 */
#ifndef TOBAN_IDENTIFY_NAME_DICTIONARY_H
#define TOBAN_IDENTIFY_NAME_DICTIONARY_H

#include "identify/name.h"
#include "identify/name_scan.h"

#define NAME_DICTIONARY_ENTRIES 8000000u

/* Reads the lists and appends the index to out. Lines that cannot be read are counted in *bad. */
int name_dictionary_build(const char *const *paths, size_t n, struct buf *out, size_t *bad,
                          struct err *e) MUST_CHECK;

/* Borrows the bytes, which must stay and be aligned to 8. */
int name_dictionary_open_mem(struct name_dictionary **out, const char *name, struct str bytes,
                             struct err *e) MUST_CHECK;
/* Maps a file. */
int name_dictionary_open(struct name_dictionary **out, const char *path, struct err *e) MUST_CHECK;
void name_dictionary_free(struct name_dictionary *d);
size_t name_dictionary_size(const struct name_dictionary *d); /* entries */

struct name_asked {
    const struct name_fold *fold;
    const struct name_scan *scan;
    const struct str *vendor; /* CPE words the name or its row states */
    size_t vendor_n;
    struct str maker, version; /* as the row states them */
};
/* Fills *m and returns true for a candidate. Returns false otherwise; m->reason then says
 * why when the dictionary knew several, and is empty when it knew none. */
bool name_dictionary_match(const struct name_dictionary *d, const struct name_asked *q, struct arena *a,
                           struct name_match *m);

#endif
