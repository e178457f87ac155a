/* html.h — the text a reader would see in a fragment or page of HTML.
 *
 * Not a browser: tags are dropped, block tags and <br> become newlines, script,
 * style and comments vanish, entities (named, decimal, hex) are resolved, runs
 * of blanks collapse. Never fails: what is not a tag is text.
 */
#ifndef TOBAN_CODEC_HTML_H
#define TOBAN_CODEC_HTML_H

#include "base/base.h"

/* Appends the text of html (UTF-8) to out. */
void html_text(struct str html, struct buf *out);
/* Content of <tag ...class~="cls"> … matching </tag>, first one; cls may be NULL. Borrowed from html; empty when absent. */
struct str html_find(struct str html, const char *tag, const char *cls);
/* Resolves entities only. */
void html_unescape(struct str s, struct buf *out);
/* Escapes & < > " ' for text and attributes. */
void html_escape(struct str s, struct buf *out);

#endif
