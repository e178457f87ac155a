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

#define FIXES 4

/* The different fixes of the affected machines: levels of one product have builds of their own. Counts up to FIXES. */
static size_t fixes_of(const struct round_item *it, struct str fix[FIXES])
{
    size_t n = 0;
    for (size_t i = 0; i < it->machine_n; i++) {
        for (size_t k = 0; k < it->machine[i].finding_n && n < FIXES; k++) {
            const struct verdict *v = &it->machine[i].finding[k]->v;
            bool known = it->machine[i].status != FINDING_AFFECTED || v->status != FINDING_AFFECTED || v->fixed.n == 0;
            for (size_t j = 0; !known && j < n; j++)
                known = str_eq(fix[j], v->fixed);
            if (!known)
                fix[n++] = v->fixed;
        }
    }
    return n;
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
    struct str fix[FIXES];
    size_t fixes = hit ? fixes_of(it, fix) : 0;
    if (fixes > 1)
        add(&b, tr("Bring each affected machine to the fixed build of its own level; the list names it."));
    else if (fixes == 1 && hit->v.fixed.n)
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
