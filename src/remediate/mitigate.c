#include "remediate/mitigate.h"

bool mitigate_in_force(const struct case_step *s, when_t now)
{
    return s->until != WHEN_NONE && now < s->until;
}

int mitigate_check(const struct case_step *s, int max_days, when_t now, struct err *e)
{
    if (s->value.n == 0)
        return err_set(e, ERR_USAGE, "say what was done to mitigate");
    if (s->owner.n == 0)
        return err_set(e, ERR_USAGE, "a mitigation needs an owner (--owner)");
    if (s->until == WHEN_NONE)
        return err_set(e, ERR_USAGE, "a mitigation needs an end (--until)");
    if (s->until <= now)
        return err_set(e, ERR_USAGE, "the end of a mitigation must lie ahead (--until)");
    if (max_days > 0 && s->until - now > max_days * WHEN_DAY)
        return err_set(e, ERR_USAGE, "a mitigation may stand for %d days at most (setting fix.mitigation_days)", max_days);
    return 0;
}

int64_t mitigate_days_left(const struct case_step *s, when_t now)
{
    int64_t d = s->until - now;
    return d >= 0 ? d / WHEN_DAY : -((-d + WHEN_DAY - 1) / WHEN_DAY);
}
