/* verify.h — does the ledger prove a patch, and did a build go backwards? Pure.
 *
 * Proof is an inventory newer than the patch in which the product is still named and no
 * vulnerability of the case affects it. Anything else is "patched, unverified" with its reason.
 */
#ifndef TOBAN_REMEDIATE_VERIFY_H
#define TOBAN_REMEDIATE_VERIFY_H

#include "model/case.h"

enum verify_answer {
    VERIFY_PROVED,
    VERIFY_NO_INVENTORY,  /* none newer than the patch */
    VERIFY_STILL_AFFECTED,
    VERIFY_CANNOT_TELL,   /* the inventory does not say enough */
    VERIFY_GONE           /* the machine, or the product on it, is no longer in the ledger */
};
/* look NULL: nothing is known of the machine. */
enum verify_answer verify_judge(when_t patched, const struct case_look *look);
const char *verify_text(enum verify_answer a); /* a sentence in the thread's language, static */
/* An inventory newer than the proof (or the closing) shows an affected build again. */
bool verify_backwards(const struct case_asset *as, const struct case_look *look);

#endif
