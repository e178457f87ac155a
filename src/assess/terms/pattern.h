/* pattern.h — the patterns of phrases and rules, as written. Private to this folder.
 *
 *   exploit "を"|"が" ..20!other @confirm past? $
 */
#ifndef TOBAN_ASSESS_TERMS_PATTERN_H
#define TOBAN_ASSESS_TERMS_PATTERN_H

#include "assess/terms/engine.h"

struct pattern_context {
    struct terms *terms;
    uint16_t file;
    unsigned long line;
    struct str lang;
    struct err *err;
};

/* Reads one pattern; anchors gives the number of '@' in it. */
int pattern_parse(struct pattern_context *c, struct str text, struct pattern *out,
                  unsigned *anchors) MUST_CHECK;
/* Reads "name|\"literal\"|…" to atoms in the arena. */
int pattern_atoms(struct pattern_context *c, struct str text, struct atom **atom, uint16_t *n) MUST_CHECK;
/* Cuts the next token off *rest: ends at a blank outside of quotes. False at the end. */
bool pattern_token(struct str *rest, struct str *token);

#endif
