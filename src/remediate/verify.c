#include "remediate/verify.h"

enum verify_answer verify_judge(when_t patched, const struct case_look *look)
{
    if (!look || look->gone)
        return VERIFY_GONE;
    if (look->seen == WHEN_NONE || look->seen <= patched)
        return VERIFY_NO_INVENTORY;
    if (look->component.n == 0)
        return VERIFY_GONE;
    if (look->status == FINDING_NOT_AFFECTED)
        return VERIFY_PROVED;
    return look->status == FINDING_AFFECTED ? VERIFY_STILL_AFFECTED : VERIFY_CANNOT_TELL;
}

const char *verify_text(enum verify_answer a)
{
    static const char *const text[] = {TR("An inventory newer than the patch shows a fixed version."),
                                       TR("No inventory newer than the patch has been imported."),
                                       TR("An inventory newer than the patch still shows an affected version."),
                                       TR("An inventory newer than the patch does not say enough to tell."),
                                       TR("The machine, or the product on it, is no longer in the ledger; that alone proves nothing.")};
    return tr(text[a]);
}

bool verify_backwards(const struct case_asset *as, const struct case_look *look)
{
    const struct case_step *rest = as->closed ? as->closed : as->verify;
    if (!rest || look->gone || look->status != FINDING_AFFECTED || look->seen == WHEN_NONE)
        return false;
    /* Where a person called the machine not affected, the same software does not contradict them by itself. */
    if (!as->verify && as->triaged && str_eq(as->triaged->component, look->component))
        return false;
    return look->seen > rest->at;
}
