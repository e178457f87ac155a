#include "remediate/fix.h"

size_t fix_missing(const struct case_plan *p, const char *missing[FIX_MISSING])
{
    const struct {
        struct str value;
        const char *what;
    } part[] = {{p->fixed, TR("fixed version or KB (--fixed)")}, {p->track, TR("track (--track regular|emergency)")},
                {p->test, TR("test steps (--test)")},            {p->rollback, TR("rollback steps (--rollback)")},
                {p->trigger, TR("what sets off the rollback (--trigger)")}, {p->owner, TR("owner (--owner)")}};
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        if (str_trim(part[i].value).n == 0)
            missing[n++] = tr(part[i].what);
    /* An emergency does not wait for a window. */
    if (p->window.n == 0 && !str_is(p->track, "emergency"))
        missing[n++] = tr("window (--window)");
    return n;
}

const char *fix_track(when_t deadline, when_t next_window, when_t now)
{
    if (deadline == WHEN_NONE)
        return "regular";
    if (deadline - now <= 3 * WHEN_DAY || next_window == WHEN_NONE || next_window > deadline)
        return "emergency";
    return "regular";
}

int fix_check(const struct case_plan *p, struct err *e)
{
    if (p->track.n && !str_is(p->track, "regular") && !str_is(p->track, "emergency"))
        return err_set(e, ERR_USAGE, "--track is regular or emergency, not \"%.*s\"", STR_ARG(p->track));
    return 0;
}
