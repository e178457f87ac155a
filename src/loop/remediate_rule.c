/* The steps that follow from what is seen, without a person: joining, a triage nobody made,
 * a mitigation that ran out, a proved patch, a build that went backwards. */
#include "loop/remediate_parts.h"
#include "remediate/mitigate.h"
#include "remediate/verify.h"

struct ruling {
    struct remediate_sync *y;
    const struct case_file *c;
    struct case_member *m;
    struct str name;
};

static struct case_step *take(struct ruling *g, enum case_step_kind kind, const char *value, const char *why)
{
    struct case_step *s = arena_new(g->y->a, struct case_step);
    *s = (struct case_step){.case_id = g->c->head.id,
                            .ledger = g->m->a.ledger,
                            .asset_key = g->m->a.key,
                            .kind = kind,
                            .at = g->y->o->as_of,
                            .who = STR_LIT(CASE_BY_RULE),
                            .value = str_of(value),
                            .component = g->m->look->component,
                            .why = str_of(why),
                            .until = WHEN_NONE};
    if (kind == STEP_TRIAGE && str_is(s->value, "not-affected"))
        s->detail = STR_LIT("vulnerable_code_not_present");
    gate_fold_step(&g->m->a, s);
    vec_push(&g->y->change, ((struct remediate_change){g->name, *s}));
    return s;
}

static const char *keep(struct ruling *g, struct str s)
{
    return arena_dup(g->y->a, s.p, s.n);
}

static const char *day(struct ruling *g, when_t t)
{
    char date[CLOCK_ISO_SIZE];
    clock_date(t, g->y->w->zone_s, date);
    return arena_strdup(g->y->a, date);
}

static void verify(struct ruling *g)
{
    const struct case_look *l = g->m->look;
    take(g, STEP_VERIFY, "", arena_printf(g->y->a, tr("the inventory of %s shows \"%.*s\": %.*s"), day(g, l->seen), STR_ARG(l->component), STR_ARG(l->why)));
}

/* The software changed, and is fixed now: somebody patched without telling. */
static bool patched_in_silence(struct ruling *g)
{
    const struct case_asset *as = &g->m->a;
    const struct case_look *l = g->m->look;
    if (as->patch || as->triage != CASE_AFFECTED || l->status != FINDING_NOT_AFFECTED || !as->triaged ||
        str_eq(as->triaged->component, l->component))
        return false;
    take(g, STEP_PATCH, keep(g, l->component),
         arena_printf(g->y->a, tr("the inventory of %s shows other software than before, and nobody recorded a patch"), day(g, l->seen)));
    verify(g);
    return true;
}

static void triage(struct ruling *g)
{
    const struct case_asset *as = &g->m->a;
    const struct case_look *l = g->m->look;
    bool person = as->triaged && !str_is(as->triaged->who, CASE_BY_RULE);
    bool other = !as->triaged || !str_eq(as->triaged->component, l->component);
    if (as->patch || as->closed || l->component.n == 0 || patched_in_silence(g))
        return;
    /* A person's word stands for the software it was given about. */
    if (person && !(other && l->status == FINDING_AFFECTED && as->triage == CASE_NOT_AFFECTED))
        return;
    if (l->status == FINDING_AFFECTED && as->triage != CASE_AFFECTED)
        take(g, STEP_TRIAGE, "affected", keep(g, l->why));
    else if (l->status == FINDING_NOT_AFFECTED && as->triage != CASE_NOT_AFFECTED && as->verdict < CHECK_SUSPICIOUS && !as->mitigate)
        take(g, STEP_TRIAGE, "not-affected", keep(g, l->why));
    else if ((l->status == FINDING_UNKNOWN || l->status == FINDING_POSSIBLE) && as->triage == CASE_NOT_AFFECTED)
        take(g, STEP_TRIAGE, "unknown", keep(g, l->missing.n ? l->missing : l->why));
}

static void backwards(struct ruling *g)
{
    const struct case_look *l = g->m->look;
    if (!verify_backwards(&g->m->a, l))
        return;
    take(g, STEP_REOPEN, "", arena_printf(g->y->a, tr("the inventory of %s shows an affected version again: \"%.*s\""), day(g, l->seen), STR_ARG(l->component)));
    take(g, STEP_TRIAGE, "affected", keep(g, l->why));
}

void remediate_rule(struct remediate_sync *y, const struct case_file *c, struct case_member *m, struct str name)
{
    struct ruling g = {y, c, m, name};
    const struct case_asset *as = &m->a;
    if (as->joined == WHEN_NONE) {
        /* A closed case takes in only what contradicts its closing. */
        if (c->head.closed && m->look->status != FINDING_AFFECTED)
            return;
        take(&g, STEP_JOIN, "", keep(&g, m->look->why));
    }
    backwards(&g);
    triage(&g);
    if (m->look->asks && !as->ask && !as->closed && as->triage != CASE_NOT_AFFECTED)
        take(&g, STEP_ASK, "", keep(&g, m->look->asks_why));
    if (as->mitigate && !as->expired && !as->patch && !as->closed && !mitigate_in_force(as->mitigate, y->o->as_of))
        take(&g, STEP_EXPIRE, "", arena_printf(y->a, tr("the mitigation ran out on %s and is not a fix"), day(&g, as->mitigate->until)));
    if (as->patch && !as->verify && !as->closed && verify_judge(as->patch->at, m->look) == VERIFY_PROVED)
        verify(&g);
}

void remediate_rule_case(struct remediate_sync *y, const struct case_file *c, size_t from)
{
    if (!c->head.closed)
        return;
    for (size_t i = from; i < y->change.n; i++) {
        enum case_step_kind k = y->change.p[i].step.kind;
        if (k != STEP_JOIN && k != STEP_REOPEN)
            continue;
        struct case_step s = {.case_id = c->head.id, .kind = STEP_REOPEN, .at = y->o->as_of, .who = STR_LIT(CASE_BY_RULE),
                              .why = str_of(arena_printf(y->a, tr("%.*s is open again"), STR_ARG(y->change.p[i].name))), .until = WHEN_NONE};
        vec_push(&y->change, ((struct remediate_change){(struct str){0}, s}));
        return;
    }
}
