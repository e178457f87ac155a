/* html_entity.h — the named characters of HTML.
 */
#ifndef TOBAN_CODEC_HTML_ENTITY_H
#define TOBAN_CODEC_HTML_ENTITY_H

#include "base/base.h"

#define HTML_ENTITY_NAME_MAX 14

/* The character of a name without '&' and ';' (case matters); 0 when there is none. */
uint32_t html_entity(struct str name);
/* Reads a reference at s.p[0] == '&': "&name;", "&#123;", "&#x7b;". Returns its
 * length and sets *code; 0 when it is not one. References to what is no
 * character give U+FFFD; 128..159 are read as Windows-1252, as browsers do. */
size_t html_entity_read(struct str s, uint32_t *code);

#endif
