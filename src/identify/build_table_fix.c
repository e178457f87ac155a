#include "identify/build_table_in.h"

const char *build_fix_name(enum build_fix f)
{
    static const char *const name[] = {"unknown",       "not fixed", "fixed",
                                       "upgrade first", "verify",    "not applicable"};
    return name[f];
}

static bool word_listed(struct str list, char sep, struct str what)
{
    struct str_split it = str_split_init(list, sep);
    struct str w;
    while (str_split_next(&it, &w))
        if (str_ieq(w, what))
            return true;
    return false;
}

static bool entry_names(const struct build_entry *f, struct str what)
{
    struct str_split it = str_split_init(f->kbs, ',');
    struct str kb;
    while (str_split_next(&it, &kb))
        if (str_ieq(kb, what) || (str_starts_i(kb, "KB") && str_eq(str_sub(kb, 2, kb.n), what)))
            return true;
    return word_listed(f->cves, ' ', what);
}

static bool same_generation(const struct build_bound *b, const struct build_info *i)
{
    return b->n[0] == i->build[0] && b->n[1] == i->build[1];
}

static bool same_line(const struct build_table *t, const struct build_bound *b, const struct build_info *i)
{
    struct build_info of = {0};
    return same_generation(b, i) || (build_table_resolve(t, b->n, &of) && str_eq(of.product, i->product));
}

static const struct build_entry *entry_find(const struct build_table *t, const struct build_info *b,
                                            struct str what, bool *named)
{
    *named = false;
    for (size_t i = 0; i < t->fix.n; i++) {
        const struct build_entry *f = &t->fix.p[i];
        if (!entry_names(f, what))
            continue;
        *named = true;
        for (size_t k = 0; k < f->n; k++)
            if (same_line(t, &t->bound.p[f->first + k], b))
                return f;
    }
    return NULL;
}

static struct str four(struct arena *a, const uint32_t n[4])
{
    return str_of(arena_printf(a, "%u.%u.%u.%u", n[0], n[1], n[2], n[3]));
}

/* The level a machine must reach when its own never got the fix: the first that contains
 * it, or else the highest that got it. */
static const struct build_bound *bound_target(const struct build_table *t, const struct build_entry *f,
                                              const struct build_info *b)
{
    const struct build_bound *best = NULL;
    for (size_t k = 0; k < f->n; k++) {
        const struct build_bound *x = &t->bound.p[f->first + k];
        if (!same_line(t, x, b))
            continue;
        if (x->contained)
            return x;
        if (!best || x->n[2] > best->n[2])
            best = x;
    }
    return best;
}

/* The bound that decides for this build; NULL when none does. */
static const struct build_bound *bound_decides(const struct build_table *t, const struct build_entry *f,
                                               const struct build_info *b)
{
    const struct build_bound *contained = NULL;
    for (size_t k = 0; k < f->n; k++) {
        const struct build_bound *x = &t->bound.p[f->first + k];
        if (!same_generation(x, b))
            continue;
        if (x->n[2] == b->build[2])
            return x;
        if (x->contained && b->build[2] > x->n[2])
            contained = x;
    }
    return contained;
}

static struct str read_what(const struct build_table *t)
{
    return t->read.n ? t->read : STR_LIT("ProductVersion");
}

static void answer_no(struct arena *a, const struct build_info *b, struct build_answer *out)
{
    out->fix = BUILD_FIX_NO;
    out->why = str_of(arena_printf(a, tr("Build %.*s is below %.*s, the first on this level with %.*s."),
                                   STR_ARG(four(a, b->build)), STR_ARG(out->fixed), STR_ARG(out->kb)));
}

static void answer_level_only(const struct build_table *t, struct arena *a, const struct build_info *b,
                              struct build_answer *out)
{
    out->fix = BUILD_FIX_UNKNOWN;
    out->why = str_of(arena_printf(
        a, tr("Only the level (%.*s) is known, not the update upon it: read %.*s; fixed from %.*s on."),
        STR_ARG(b->level), STR_ARG(read_what(t)), STR_ARG(out->fixed)));
}

static void answer_upgrade(const struct build_table *t, struct arena *a, const struct build_entry *f,
                           const struct build_info *b, struct build_answer *out)
{
    const struct build_bound *goal = bound_target(t, f, b);
    struct build_info of = {0};
    out->fix = BUILD_FIX_UPGRADE_FIRST;
    if (!goal || !build_table_resolve(t, goal->n, &of))
        return;
    out->fixed = four(a, goal->n);
    /* Rollups (2010) count up in the third number and stay on the level. */
    if (same_generation(goal, b) && str_eq(of.level, b->level)) {
        if (b->level_only)
            answer_level_only(t, a, b, out);
        else
            answer_no(a, b, out);
        return;
    }
    out->why = str_of(arena_printf(
        a, tr("%.*s was never made for %.*s %.*s: upgrade to %.*s (build %.*s or later) first."),
        STR_ARG(out->kb), STR_ARG(b->title), STR_ARG(b->level), STR_ARG(of.level), STR_ARG(out->fixed)));
}

static void answer_compare(const struct build_table *t, struct arena *a, const struct build_bound *x,
                           const struct build_info *b, struct build_answer *out)
{
    struct str have = four(a, b->build);
    out->fixed = four(a, x->n);
    if (x->contained && b->build[2] > x->n[2]) {
        out->fix = BUILD_FIX_YES;
        out->why =
            str_of(arena_printf(a, tr("Build %.*s is of a later level than %.*s, which contains %.*s."),
                                STR_ARG(have), STR_ARG(out->fixed), STR_ARG(out->kb)));
    } else if (b->build[3] >= x->n[3]) {
        out->fix = BUILD_FIX_YES;
        out->why =
            str_of(arena_printf(a, tr("Build %.*s is not below %.*s, the first on this level with %.*s."),
                                STR_ARG(have), STR_ARG(out->fixed), STR_ARG(out->kb)));
    } else if (b->level_only) {
        answer_level_only(t, a, b, out);
    } else if (x->has_verify && b->build[3] >= x->verify[3]) {
        out->fix = BUILD_FIX_VERIFY;
        out->why = str_of(arena_printf(a,
                                       tr("The sources disagree whether build %.*s has %.*s (one says from "
                                          "%.*s on, another %.*s): verify on "
                                          "the machine."),
                                       STR_ARG(have), STR_ARG(out->kb), STR_ARG(four(a, x->verify)),
                                       STR_ARG(out->fixed)));
    } else {
        answer_no(a, b, out);
    }
}

void build_table_fix(const struct build_table *t, struct arena *a, const struct build_info *b,
                     struct str what, struct build_answer *out)
{
    bool named;
    const struct build_entry *f = entry_find(t, b, what, &named);
    memset(out, 0, sizeof(*out));
    if (!f) {
        out->fix = BUILD_FIX_OTHER;
        out->why =
            named ? str_of(arena_printf(a, tr("%.*s is not for %.*s."), STR_ARG(what), STR_ARG(b->title)))
                  : str_of(arena_printf(a, tr("%.*s is not in the build table."), STR_ARG(what)));
        return;
    }
    out->kb = f->kbs;
    const struct build_bound *x = bound_decides(t, f, b);
    if (x && (b->level.n || (x->contained && b->build[2] > x->n[2]))) {
        answer_compare(t, a, x, b, out);
    } else if (b->level.n) {
        answer_upgrade(t, a, f, b, out);
    } else {
        out->fix = BUILD_FIX_UNKNOWN;
        out->why = str_of(arena_printf(a, tr("Build %.*s is not in the build table: its level is unknown."),
                                       STR_ARG(four(a, b->build))));
    }
}
