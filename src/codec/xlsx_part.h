/* xlsx_part.h — one part (file) inside an XLSX package, as events of XML.
 *
 * The package is in memory; the part is unpacked as it is read. Names of
 * elements come without prefix; a DTD is refused (ISO/IEC 29500-2 forbids it).
 * Bounds: LIMIT_ZIP_ENTRIES, LIMIT_XML_DEPTH, and for all parts of one package
 * together LIMIT_XLSX_RATIO times the size of the package, but always
 * LIMIT_XLSX_FREE, and never more than LIMIT_FILE_WHOLE.
 */
#ifndef TOBAN_CODEC_XLSX_PART_H
#define TOBAN_CODEC_XLSX_PART_H

#include "base/base.h"

struct xlsx_package {
    struct str bytes; /* borrowed */
    const char *name; /* borrowed; for messages */
    uint64_t budget;  /* unpacked bytes that may still be given */
};
void xlsx_package_init(struct xlsx_package *p, const char *name, struct str bytes);

/* Return 0 to go on, 1 to pause (in end only), negative (with *e filled) to stop. */
struct xlsx_events {
    int (*start)(void *user, const char *element, const char **atts, struct err *e);
    int (*end)(void *user, const char *element, struct err *e);
    void (*text)(void *user, const char *p, size_t n);
};
/* Value of an attribute by local name; NULL when absent. */
const char *xlsx_attr(const char **atts, const char *name);

struct xlsx_part;
/* 1 when open, 0 when the package has no such part (name without leading '/', ASCII case-blind). */
int xlsx_part_open(struct xlsx_part **out, struct xlsx_package *p, const char *part,
                   const struct xlsx_events *ev, void *user, struct err *e) MUST_CHECK;
/* Runs until an event pauses: 1; end of the part: 0; negative on error. */
int xlsx_part_run(struct xlsx_part *x, struct err *e) MUST_CHECK;
void xlsx_part_free(struct xlsx_part *x);
/* The whole part: 1; 0 when absent. */
int xlsx_part_all(struct xlsx_package *p, const char *part, const struct xlsx_events *ev, void *user,
                  struct err *e) MUST_CHECK;

#endif
