/* pack_rare.h — how seldom a text is in logs and paths, so that searches begin with what is seldom.
 *
 * A guess: a few words that every log and disk has are known by heart, the rest goes by length. It makes a search
 * faster or slower, never its answer another. Pure; any thread.
 */
#ifndef TOBAN_INVESTIGATE_PACKS_PACK_RARE_H
#define TOBAN_INVESTIGATE_PACKS_PACK_RARE_H

#include "base/base.h"

/* At least this: the text is part of nearly every log or path. */
#define PACK_RARE_ORDINARY 1000

/* Lower is more seldom; 1 for the best. Letter case does not count. */
unsigned pack_rare_cost(struct str s);

#endif
