/* xml.h — XML into a small tree in an arena, on expat.
 *
 * No DTD is resolved, no external entity read; expat's amplification limit is
 * on; depth <= LIMIT_XML_DEPTH, text of one element <= LIMIT_XML_TEXT.
 * Charset: BOM, then `charset` (of the HTTP header, may be NULL), then the XML
 * declaration, then UTF-8; Shift_JIS and its kin are read as CP932, EUC-JP as
 * EUC-JP-MS. In lenient mode a bare '&' and undefined named entities (as HTML
 * feeds have them) are read as text, characters that XML forbids or that do not
 * decode become U+FFFD, an undeclared prefix is cut off, and a document that
 * names no encoding is judged by its bytes.
 * Names are local names: the part behind ':' ; the namespace is in .ns.
 */
#ifndef TOBAN_CODEC_XML_H
#define TOBAN_CODEC_XML_H

#include "base/base.h"

struct xml_attr {
    struct str name, ns, value;
};
struct xml {
    struct str name, ns;
    struct xml_attr *attr;
    uint32_t attr_n;
    struct str text; /* character data directly inside, entities resolved, joined */
    uint32_t at; /* how much of the parent's text stands before this element */
    unsigned long line;
    struct xml *parent, *first, *next; /* children in document order */
};

#define XML_LENIENT 1U

/* The root element; NULL on error (ERR_INPUT names the line). */
struct xml *xml_parse(struct arena *a, struct str bytes, const char *charset, unsigned flags, struct err *e) MUST_CHECK;

/* All accept NULL. */
struct xml *xml_child(const struct xml *x, const char *name);      /* first child of that local name */
struct xml *xml_next(const struct xml *x, const char *name);       /* next sibling of that local name */
struct str xml_text(const struct xml *x, const char *child);       /* trimmed text of that child; "" when absent */
struct str xml_attr(const struct xml *x, const char *name);        /* local name; "" when absent */
/* Text of x and all below it, in document order, trimmed. */
struct str xml_deep_text(struct arena *a, const struct xml *x);

#endif
