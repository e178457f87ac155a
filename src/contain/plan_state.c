/* How far a plan has come: read off its events, never stored. */
#include "contain/plan.h"

const char *plan_state_name(enum plan_state s)
{
    static const char *const name[] = {"draft", "refused", "approved", "under-way", "done"};
    return name[s];
}

const char *plan_action_state_name(enum plan_action_state s)
{
    static const char *const name[] = {"open", "done", "undone", "skipped"};
    return name[s];
}

const struct containment_event *plan_approval(const struct containment *p)
{
    for (size_t i = p->event_n; i-- > 0;)
        if (p->event[i].kind == CONTAINMENT_APPROVED || p->event[i].kind == CONTAINMENT_REFUSED)
            return &p->event[i];
    return NULL;
}

const struct containment_action *plan_action(const struct containment *p, int number)
{
    for (size_t i = 0; i < p->action_n; i++)
        if (p->action[i].number == number)
            return &p->action[i];
    return NULL;
}

bool plan_tells(const struct containment_action *x)
{
    return x->undo.n == 0;
}

enum plan_action_state plan_action_state_of(const struct containment *p, const struct containment_action *x,
                                            const struct containment_event **last)
{
    const struct containment_event *ev = NULL;
    for (size_t i = 0; i < p->event_n; i++)
        if (p->event[i].number == x->number && p->event[i].kind >= CONTAINMENT_DONE)
            ev = &p->event[i];
    if (last)
        *last = ev;
    if (!ev)
        return PLAN_ACTION_OPEN;
    return ev->kind == CONTAINMENT_DONE     ? PLAN_ACTION_DONE
           : ev->kind == CONTAINMENT_UNDONE ? PLAN_ACTION_UNDONE
                                            : PLAN_ACTION_SKIPPED;
}

enum plan_state plan_state_of(const struct containment *p)
{
    const struct containment_event *ev = plan_approval(p);
    size_t touched = 0;
    if (!ev)
        return PLAN_DRAFT;
    if (ev->kind == CONTAINMENT_REFUSED)
        return PLAN_REFUSED;
    for (size_t i = 0; i < p->action_n; i++)
        touched += plan_action_state_of(p, &p->action[i], NULL) != PLAN_ACTION_OPEN;
    return touched == 0 ? PLAN_APPROVED : touched < p->action_n ? PLAN_UNDER_WAY : PLAN_DONE;
}

struct plan_required plan_required_of(const struct containment *p, struct str ledger, struct str key)
{
    struct plan_required r = {0};
    bool part = false;
    for (size_t i = 0; i < p->action_n; i++) {
        const struct containment_action *x = &p->action[i];
        bool its = str_eq(x->asset_key, key) && str_eq(x->ledger, ledger);
        part = part || its;
        if (!x->required || !(its || x->asset_key.n == 0))
            continue;
        enum plan_action_state s = plan_action_state_of(p, x, NULL);
        r.n++;
        r.done += s == PLAN_ACTION_DONE;
        r.skipped += s == PLAN_ACTION_SKIPPED;
    }
    return part ? r : (struct plan_required){0};
}

bool plan_contained(const struct containment *p, struct str ledger, struct str key)
{
    const struct containment_event *ev = plan_approval(p);
    struct plan_required r = plan_required_of(p, ledger, key);
    return ev && ev->kind == CONTAINMENT_APPROVED && r.done > 0 && r.done + r.skipped == r.n;
}

bool plan_wants_undoing(const struct containment *p, const struct containment_action *x, when_t now, when_t *since)
{
    const struct containment_event *last;
    if (plan_action_state_of(p, x, &last) != PLAN_ACTION_DONE || last->undo_by == WHEN_NONE || last->undo_by > now)
        return false;
    *since = last->undo_by;
    return true;
}
