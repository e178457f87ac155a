/* base.h — what every file of toban may use: C with manners.
 *
 * Includes the few headers of this room. Ownership words used everywhere:
 *   owns     frees it;            borrows  uses it while the caller keeps it;
 *   takes    becomes the owner;   copies   keeps its own copy.
 * Out of memory aborts: every size a stranger can choose has a limit in limits.h.
 */
#ifndef TOBAN_BASE_BASE_H
#define TOBAN_BASE_BASE_H

#include "base/defs.h"
#include "base/limits.h"
#include "base/err.h"
#include "base/str.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "base/num.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/i18n.h"

#endif
