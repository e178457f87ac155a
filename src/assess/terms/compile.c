/* Rules as read become rules as run: names resolved, classes that must be searched known, order fixed. */
#include "assess/terms/engine.h"

static int fail(const struct terms *t, uint16_t file, unsigned long line, struct err *e, const char *fmt,
                struct str what)
{
    return err_at(e, ERR_INPUT, t->file.p[file], line, fmt, STR_ARG(what));
}

static int resolve(struct terms *t, unsigned id, struct err *e);

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
            class_set_merge(first, &t->cls.p[atom[a].class_id].first);
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

/* ^, $ or % among its alternatives: no word is needed. */
static bool at_place(const struct element *el)
{
    for (unsigned a = 0; a < el->atoms; a++)
        if (el->atom[a].kind != ATOM_CLASS)
            return true;
    return false;
}

static int resolve_pattern(struct terms *t, struct pattern *p, struct class_set *first, bool *blind,
                           struct err *e)
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
        if (el->gap != GAP_NONE)
            search_for(t, &el->first);
        el->places = at_place(el);
        el->blind = el->places;
        for (unsigned a = 0; a < el->atoms; a++)
            el->blind |= el->atom[a].kind == ATOM_CLASS && t->cls.p[el->atom[a].class_id].blind;
        if (leading) {
            class_set_merge(first, &el->first);
            *blind |= el->blind;
        }
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
        int rc = resolve_pattern(t, &c->phrase[i], &c->first, &c->blind, e);
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

static int compile_rule(struct terms *t, struct rule *r, struct err *e)
{
    struct class_set first = {{0}};
    bool blind = false;
    int rc = resolve_pattern(t, &r->pattern, &first, &blind, e);
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
    if (r->clause < CLASSES_MAX && t->cls.p[r->clause].defined && !t->cls.p[r->clause].is_phrase)
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
    int rc = lexicon_compile(t->lexicon, e);
    t->kind = lexicon_kinds(t->lexicon, &t->kinds);
    return rc;
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
                         const struct class_set *need[NEED_LEVELS], unsigned *ordered)
{
    unsigned n = 0;
    for (unsigned i = 0; i < r->pattern.elements && n < NEED_LEVELS; i++) {
        const struct element *el = &r->pattern.element[i];
        if (!el->optional && !at_place(el) && all_searched(t, &el->first))
            need[n++] = &el->first;
    }
    *ordered = n;
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
    t->free = arena_array(&t->arena, rule_mask, all);
    for (size_t i = 0; i < t->order_n; i++) {
        const struct class_set *need[NEED_LEVELS];
        unsigned ordered, n = needs_of(t, &t->rule.p[t->order[i]], need, &ordered);
        rule_mask bit = (rule_mask)1 << (i % 64);
        for (unsigned l = 0; l < NEED_LEVELS; l++) {
            if (l >= n)
                t->always[i / 64 * NEED_LEVELS + l] |= bit;
            else if (l >= ordered)
                t->free[i / 64 * NEED_LEVELS + l] |= bit;
            for (unsigned c = 0; c < t->cls.n && l < n; c++)
                if (class_set_has(need[l], c))
                    by_class[c * all + i / 64 * NEED_LEVELS + l] |= bit;
        }
    }
    t->helps = arena_array(&t->arena, rule_mask, t->kinds * all);
    for (size_t w = 0; w < t->kinds; w++) {
        const struct class_set *set = &t->kind[w];
        for (unsigned k = 0; k < CLASS_WORDS; k++)
            for (uint64_t left = set->bit[k]; left; left &= left - 1)
                for (size_t m = 0; m < all; m++)
                    t->helps[w * all + m] |= by_class[(k * 64 + (unsigned)__builtin_ctzll(left)) * all + m];
    }
}

static uint32_t key_of(struct terms *t, struct map *keys, const struct class_set *set)
{
    bool made;
    uint64_t *key = map_put(keys, str_n((const char *)set, sizeof(*set)), &made);
    if (made) {
        *key = t->key.n;
        vec_push(&t->key, *set);
    }
    return (uint32_t)*key;
}

static void pattern_keys(struct terms *t, struct map *keys, struct pattern *p)
{
    for (unsigned i = 0; i < p->elements; i++)
        p->element[i].key = key_of(t, keys, &p->element[i].first);
}

/* Which kinds of words can begin what. */
static void fill_keys(struct terms *t)
{
    struct map keys = {0};
    for (size_t c = 0; c < t->cls.n; c++) {
        struct class *x = &t->cls.p[c];
        if (!x->is_phrase) /* "clause" stands in no pattern */
            class_set_add(&x->first, (unsigned)c);
        x->key = key_of(t, &keys, &x->first);
        for (unsigned i = 0; i < x->phrases; i++)
            pattern_keys(t, &keys, &x->phrase[i]);
    }
    for (size_t i = 0; i < t->order_n; i++) {
        struct rule *r = &t->rule.p[t->order[i]];
        pattern_keys(t, &keys, &r->pattern);
        for (unsigned g = 0; g < r->guards; g++)
            r->guard[g].key = key_of(t, &keys, &r->guard[g].first);
    }
    map_release(&keys);
    size_t row = t->key_words = (unsigned)(t->key.n + 63) / 64;
    uint64_t *by_class = arena_array(&t->arena, uint64_t, CLASSES_MAX * row);
    for (size_t k = 0; k < t->key.n; k++)
        for (unsigned c = 0; c < t->cls.n; c++)
            if (class_set_has(&t->key.p[k], c))
                by_class[c * row + k / 64] |= (uint64_t)1 << (k % 64);
    t->begins = arena_array(&t->arena, uint64_t, t->kinds * row);
    for (size_t w = 0; w < t->kinds; w++)
        for (unsigned c = 0; c < t->cls.n; c++)
            for (size_t m = 0; m < row && class_set_has(&t->kind[w], c); m++)
                t->begins[w * row + m] |= by_class[c * row + m];
}

static void fill_scripts(struct terms *t)
{
    for (unsigned s = 0; s < ARRAY_LEN(t->speaks); s++) {
        t->speaks[s] = arena_array(&t->arena, rule_mask, t->rule_words + 1);
        for (size_t i = 0; i < t->order_n; i++)
            if (t->rule.p[t->order[i]].script & s)
                t->speaks[s][i / 64] |= (rule_mask)1 << (i % 64);
        unsigned from = 0, to = t->rule_words;
        while (to > 0 && !t->speaks[s][to - 1])
            to--;
        while (from < to && !t->speaks[s][from])
            from++;
        t->range[s].from = from;
        t->range[s].to = to;
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
    fill_keys(t);
    fill_scripts(t);
    t->compiled = true;
    return 0;
}
