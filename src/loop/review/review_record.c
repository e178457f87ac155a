/* The record of decisions itself. */
#include "loop/review_mark.h"

static struct review_mark measure_chain(const struct review_facts *f, struct arena *a)
{
    if (f->audit_rows == 0)
        return review_mark_unknown(tr("No decision was recorded yet."),
                                   tr("it is measured from the first case on: toban case open"));
    if (f->audit_broken)
        return review_mark_measured(
            0, arena_printf(a, tr("The audit chain is broken at row %lld."), (long long)f->audit_broken),
            tr("toban audit verify; keep the file as it is, and find out who could write to it"));
    return review_mark_measured(
        100,
        arena_printf(a, tr("The audit chain of %lld rows was checked just now, and is whole."),
                     (long long)f->audit_rows),
        NULL);
}

const struct review_line review_record_chain = {
    .name = "record_chain",
    .title = TR("Is the record of decisions whole?"),
    .reason = TR("Afterwards somebody asks who decided what, and when."),
    .weight = 2,
    .measure = measure_chain};
