/* Rules as read become rules as run: names resolved, classes that must be searched known, order fixed. */
#include "assess/terms/engine.h"

static int fail(const struct terms *t, uint16_t file, unsigned long line, struct err *e, const char *fmt,
                struct str what)
{
    return err_at(e, ERR_INPUT, t->file.p[file], line, fmt, STR_ARG(what));
}

static int resolve(struct terms *t, unsigned id, struct err *e);

static void merge(struct class_set *to, const struct class_set *from)
{
    for (unsigned k = 0; k < CLASS_WORDS; k++)
        to->bit[k] |= from->bit[k];
}

static int resolve_atoms(struct terms *t, const struct atom *atom, unsigned n, struct class_set *first,
                         struct err *e)
{
    for (unsigned a = 0; a < n; a++) {
        if (atom[a].kind != ATOM_CLASS)
            continue;
        int rc = resolve(t, atom[a].class_id, e);
        if (rc < 0)
            return rc;
        if (first)
            merge(first, &t->cls.p[atom[a].class_id].first);
    }
    return 0;
}

/* Words that begin here are looked for by the automaton. */
static void search_for(struct terms *t, const struct class_set *first)
{
    for (unsigned c = 0; c < t->cls.n; c++)
        if (class_set_has(first, c))
            t->cls.p[c].searched = true;
}

static int resolve_pattern(struct terms *t, struct pattern *p, struct class_set *first, struct err *e)
{
    bool leading = true;
    for (unsigned i = 0; i < p->elements; i++) {
        struct element *el = &p->element[i];
        int rc = resolve_atoms(t, el->atom, el->atoms, &el->first, e);
        if (rc < 0)
            return rc;
        for (unsigned b = 0; b < el->bans; b++) {
            if ((rc = resolve(t, el->ban[b], e)) < 0)
                return rc;
            search_for(t, &t->cls.p[el->ban[b]].first);
        }
        for (unsigned c = 0; c < t->cls.n; c++) {
            if (!class_set_has(&el->first, c))
                continue;
            if (el->few_n == ARRAY_LEN(el->few)) {
                el->few_n = 0;
                break;
            }
            el->few[el->few_n++] = (uint16_t)c;
        }
        if (el->gap != GAP_NONE)
            search_for(t, &el->first);
        if (leading)
            merge(first, &el->first);
        leading = leading && el->optional;
    }
    return leading ? 1 : 0;
}

static int resolve(struct terms *t, unsigned id, struct err *e)
{
    struct class *c = &t->cls.p[id];
    if (c->resolved)
        return 0;
    if (!c->defined)
        return fail(t, c->file, c->line, e,
                    TR("there is no list of words or phrase named '%.*s' in this language: define it or mend "
                       "the name"),
                    c->name);
    if (c->resolving)
        return fail(t, c->file, c->line, e, TR("the phrase '%.*s' contains itself"), c->name);
    c->resolving = true;
    if (!c->is_phrase)
        class_set_add(&c->first, id);
    c->searched |= c->is_cve;
    for (unsigned i = 0; i < c->phrases; i++) {
        int rc = resolve_pattern(t, &c->phrase[i], &c->first, e);
        if (rc > 0)
            rc = fail(t, c->file, c->line, e,
                      TR("every element of the phrase '%.*s' is optional: it would match nothing"), c->name);
        if (rc < 0)
            return rc;
    }
    c->resolving = false;
    c->resolved = true;
    return 0;
}

/* ^, $ or % among its alternatives: no word is needed. */
static bool at_place(const struct element *el)
{
    for (unsigned a = 0; a < el->atoms; a++)
        if (el->atom[a].kind != ATOM_CLASS)
            return true;
    return false;
}

static int compile_rule(struct terms *t, struct rule *r, struct err *e)
{
    struct class_set first = {{0}};
    int rc = resolve_pattern(t, &r->pattern, &first, e);
    if (rc < 0)
        return rc;
    if (rc > 0 || r->pattern.element[0].optional)
        return fail(t, r->file, r->line, e, TR("the first element of rule '%.*s' must not be optional"),
                    r->name);
    search_for(t, &r->pattern.element[0].first);
    for (unsigned g = 0; g < r->guards; g++) {
        r->guard[g].first = (struct class_set){{0}};
        if ((rc = resolve_atoms(t, r->guard[g].atom, r->guard[g].atoms, &r->guard[g].first, e)) < 0)
            return rc;
        search_for(t, &r->guard[g].first);
    }
    bool anchored = false;
    for (unsigned i = 0; i < r->pattern.elements; i++) {
        struct element *el = &r->pattern.element[i];
        if (el->optional || at_place(el) || (anchored && el->gap == GAP_NONE))
            continue;
        search_for(t, &el->first);
        anchored = true;
    }
    if (!anchored)
        return fail(t, r->file, r->line, e, TR("rule '%.*s' would match every sentence: give it a word"),
                    r->name);
    struct str lang = r->script == TEXT_JA ? STR_LIT("ja") : STR_LIT("en");
    r->clause = rulefile_class(t, lang, STR_LIT("clause"));
    if (r->clause < CLASSES_MAX && t->cls.p[r->clause].defined)
        t->cls.p[r->clause].searched = true;
    else
        r->clause = CLASSES_MAX;
    return 0;
}

/* Of rules with one name only those of the last file stand; "drop" has marked others. */
static void drop_replaced(struct terms *t)
{
    struct map last = {0};
    for (size_t i = 0; i < t->rule.n; i++) {
        uint64_t *file = map_put(&last, t->rule.p[i].name, NULL);
        *file = MAX(*file, t->rule.p[i].file);
    }
    for (size_t i = 0; i < t->rule.n; i++) {
        uint64_t *file = map_get(&last, t->rule.p[i].name);
        if (file && *file > t->rule.p[i].file)
            t->rule.p[i].dropped = true;
    }
    map_release(&last);
}

static int fill_lexicon(struct terms *t, struct err *e)
{
    t->lexicon = lexicon_new();
    for (size_t i = 0; i < t->cls.n; i++) {
        const struct class *c = &t->cls.p[i];
        if (c->is_cve)
            lexicon_add_cve(t->lexicon, (unsigned)i);
        for (uint32_t w = 0; w < c->words; w++) {
            int rc = lexicon_add(t->lexicon, c->word[w], (unsigned)i, c->searched, e);
            if (rc < 0)
                return rc;
        }
    }
    lexicon_compile(t->lexicon);
    return 0;
}

static bool all_searched(const struct terms *t, const struct class_set *first)
{
    for (unsigned c = 0; c < t->cls.n; c++)
        if (class_set_has(first, c) && !t->cls.p[c].searched)
            return false;
    return true;
}

/* What must be in a sentence for the rule to match: the sets of its rows. */
static unsigned needs_of(const struct terms *t, const struct rule *r,
                         const struct class_set *need[NEED_LEVELS])
{
    unsigned n = 0;
    for (unsigned i = 0; i < r->pattern.elements && n < NEED_LEVELS; i++) {
        const struct element *el = &r->pattern.element[i];
        if (!el->optional && !at_place(el) && all_searched(t, &el->first))
            need[n++] = &el->first;
    }
    for (unsigned g = 0; g < r->guards && n < NEED_LEVELS; g++)
        if (r->guard[g].wanted)
            need[n++] = &r->guard[g].first;
    return n;
}

static void fill_masks(struct terms *t)
{
    size_t row = t->rule_words = (unsigned)(t->order_n + 63) / 64, all = row * NEED_LEVELS;
    rule_mask *by_class = arena_array(&t->arena, rule_mask, t->cls.n * all);
    t->always = arena_array(&t->arena, rule_mask, all);
    for (size_t i = 0; i < t->order_n; i++) {
        const struct class_set *need[NEED_LEVELS];
        unsigned n = needs_of(t, &t->rule.p[t->order[i]], need);
        rule_mask bit = (rule_mask)1 << (i % 64);
        for (unsigned l = 0; l < NEED_LEVELS; l++) {
            if (l >= n)
                t->always[l * row + i / 64] |= bit;
            for (unsigned c = 0; c < t->cls.n && l < n; c++)
                if (class_set_has(need[l], c))
                    by_class[c * all + l * row + i / 64] |= bit;
        }
    }
    size_t words = lexicon_words(t->lexicon);
    t->helps = arena_array(&t->arena, rule_mask, words * all);
    for (size_t w = 0; w < words; w++) {
        const struct class_set *set = &lexicon_word(t->lexicon, (uint32_t)w)->classes;
        for (unsigned k = 0; k < CLASS_WORDS; k++)
            for (uint64_t left = set->bit[k]; left; left &= left - 1)
                for (size_t m = 0; m < all; m++)
                    t->helps[w * all + m] |= by_class[(k * 64 + (unsigned)__builtin_ctzll(left)) * all + m];
    }
}

int terms_compile(struct terms *t, struct err *e)
{
    if (t->compiled)
        return err_set(e, ERR_INTERNAL, "the rules are compiled already");
    /* make the classes the engine knows by name before pointers into the array are held */
    rulefile_class(t, STR_LIT("ja"), STR_LIT("clause"));
    rulefile_class(t, STR_LIT("en"), STR_LIT("clause"));
    t->mask[0] = rulefile_class(t, STR_LIT("ja"), STR_LIT("mask"));
    t->mask[1] = rulefile_class(t, STR_LIT("en"), STR_LIT("mask"));
    for (int i = 0; i < 2; i++)
        if (t->mask[i] < CLASSES_MAX)
            t->cls.p[t->mask[i]].searched = true;
    drop_replaced(t);
    t->order = arena_array(&t->arena, uint16_t, t->rule.n + 1);
    for (size_t f = t->file.n; f-- > 0;)
        for (size_t i = 0; i < t->rule.n; i++)
            if (t->rule.p[i].file == f && !t->rule.p[i].dropped)
                t->order[t->order_n++] = (uint16_t)i;
    for (size_t i = 0; i < t->order_n; i++) {
        int rc = compile_rule(t, &t->rule.p[t->order[i]], e);
        if (rc < 0)
            return rc;
    }
    if (t->order_n > RULES_MAX)
        return err_set(e, ERR_LIMIT, "the rules have %zu alternatives in all; at most %d are allowed",
                       t->order_n, RULES_MAX);
    int rc = fill_lexicon(t, e);
    if (rc < 0)
        return rc;
    fill_masks(t);
    t->compiled = true;
    return 0;
}
