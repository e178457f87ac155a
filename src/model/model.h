/* model.h — the nouns. Plain data, no behaviour beyond names of constants.
 *
 * All strings are borrowed views into the arena or buffer of the record's owner.
 * Text is UTF-8. Empty string = not stated. Times: when_t, WHEN_NONE = not stated.
 */
#ifndef TOBAN_MODEL_MODEL_H
#define TOBAN_MODEL_MODEL_H

#include "base/base.h"
#include "model/vuln.h"
#include "model/notice.h"
#include "model/asset.h"
#include "model/finding.h"

#endif
