/* What to do about one item, in a sentence. */
#include "loop/round.h"

/* A machine counts by the worst of its findings. */
static const struct identify_finding *first_with(const struct round_item *it, enum finding_status s)
{
    for (size_t i = 0; i < it->machine_n; i++)
        for (size_t k = 0; k < it->machine[i].finding_n; k++)
            if (it->machine[i].status == s && it->machine[i].finding[k]->v.status == s)
                return it->machine[i].finding[k];
    return NULL;
}

static void add(struct buf *b, const char *text)
{
    buf_printf(b, "%s%s", b->n ? tr(" ") : "", text);
}

struct str round_next(const struct round_item *it, struct arena *a)
{
    struct buf b = BUF_INIT(16 * KIB);
    const struct identify_finding *hit = first_with(it, FINDING_AFFECTED),
                                  *may = first_with(it, FINDING_POSSIBLE),
                                  *open = first_with(it, FINDING_UNKNOWN);
    if (it->level == ROUND_HEARD)
        add(&b, tr("Nothing in the ledger fits. Make sure that the product is not in use where the ledger "
                   "does not reach."));
    if (it->decision && it->decision->forensic && (hit || may))
        add(&b, tr("Before patching, look for traces of a break-in and keep the logs."));
    if (hit && hit->v.fixed.n)
        add(&b, arena_printf(a, tr("Bring the affected machines to %.*s or later."), STR_ARG(hit->v.fixed)));
    else if (hit)
        add(&b, tr("Apply the vendor's fix to the affected machines."));
    if (may)
        add(&b, tr("Compare the possible machines with the versions in the notice."));
    if (open && open->v.missing.n)
        add(&b, arena_printf(a, tr("For those that cannot be told: %.*s."), STR_ARG(open->v.missing)));
    if (it->organisation.n)
        add(&b, arena_printf(a, tr("Ask %.*s about the machines in their care."), STR_ARG(it->organisation)));
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}
