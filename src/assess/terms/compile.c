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

/* Words that begin here are looked for in every text. */
static void search_for(struct terms *t, const struct class_set *first)
{
    for (unsigned c = class_set_next(first, 0); c < CLASSES_MAX; c = class_set_next(first, c + 1))
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
        el->first = arena_new(&t->arena, struct class_set);
        int rc = resolve_atoms(t, el->atom, el->atoms, el->first, e);
        if (rc < 0)
            return rc;
        for (unsigned b = 0; b < el->bans; b++) {
            if ((rc = resolve(t, el->ban[b], e)) < 0)
                return rc;
            search_for(t, &t->cls.p[el->ban[b]].first);
        }
        if (el->gap != GAP_NONE)
            search_for(t, el->first);
        el->places = at_place(el);
        el->blind = el->places;
        for (unsigned a = 0; a < el->atoms; a++)
            el->blind |= el->atom[a].kind == ATOM_CLASS && t->cls.p[el->atom[a].class_id].blind;
        if (leading) {
            class_set_merge(first, el->first);
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
    search_for(t, r->pattern.element[0].first);
    for (unsigned g = 0; g < r->guards; g++) {
        r->guard[g].first = arena_new(&t->arena, struct class_set);
        if ((rc = resolve_atoms(t, r->guard[g].atom, r->guard[g].atoms, r->guard[g].first, e)) < 0)
            return rc;
        search_for(t, r->guard[g].first);
    }
    bool anchored = false;
    for (unsigned i = 0; i < r->pattern.elements; i++) {
        struct element *el = &r->pattern.element[i];
        if (el->optional || at_place(el) || (anchored && el->gap == GAP_NONE))
            continue;
        search_for(t, el->first);
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
    for (unsigned c = class_set_next(first, 0); c < CLASSES_MAX; c = class_set_next(first, c + 1))
        if (!t->cls.p[c].searched)
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
        if (!el->optional && !at_place(el) && all_searched(t, el->first))
            need[n++] = el->first;
    }
    *ordered = n;
    for (unsigned g = 0; g < r->guards && n < NEED_LEVELS; g++)
        if (r->guard[g].wanted)
            need[n++] = r->guard[g].first;
    return n;
}

/* By class, all rows each: which rules it helps. */
static rule_mask *rows_by_class(struct terms *t)
{
    size_t rows = t->rule_words * ROWS;
    rule_mask *by_class = arena_array(&t->arena, rule_mask, CLASSES_MAX * rows);
    for (size_t i = 0; i < t->order_n; i++) {
        const struct class_set *need[NEED_LEVELS];
        unsigned ordered, n = needs_of(t, &t->rule.p[t->order[i]], need, &ordered);
        rule_mask bit = (rule_mask)1 << (i % 64);
        for (unsigned l = 0; l < NEED_LEVELS; l++) {
            size_t row = ROW(i / 64, l);
            if (l >= n) {
                t->always[row] |= bit;
                continue;
            }
            if (l >= ordered)
                t->free[row] |= bit;
            for (unsigned c = class_set_next(need[l], 0); c < CLASSES_MAX; c = class_set_next(need[l], c + 1))
                by_class[c * rows + row] |= bit;
        }
    }
    return by_class;
}

static void fill_help(struct terms *t)
{
    size_t rows = t->rule_words * ROWS;
    const rule_mask *by_class = rows_by_class(t);
    VEC(struct help) help = {0};
    t->help_from = arena_array(&t->arena, uint32_t, t->kinds + 1);
    for (size_t k = 0; k < t->kinds; k++) {
        for (uint32_t row = (uint32_t)rows; row-- > 0;) {
            struct help h = {.row = row};
            for (unsigned c = class_set_next(&t->kind[k], 0); c < CLASSES_MAX;
                 c = class_set_next(&t->kind[k], c + 1))
                h.rules |= by_class[c * rows + row];
            if (h.rules)
                vec_push(&help, h);
        }
        t->help_from[k + 1] = (uint32_t)help.n;
    }
    t->help = arena_array(&t->arena, struct help, help.n + 1);
    if (help.n)
        memcpy(t->help, help.p, help.n * sizeof(*t->help));
    vec_release(&help);
}

static void fill_masks(struct terms *t)
{
    t->rule_words = (unsigned)(t->order_n + 63) / 64;
    size_t rows = t->rule_words * ROWS;
    t->always = arena_array(&t->arena, rule_mask, rows);
    t->free = arena_array(&t->arena, rule_mask, rows);
    t->loose = arena_array(&t->arena, rule_mask, rows);
    memset(t->loose, 0xFF, rows * sizeof(*t->loose));
    fill_help(t);
    t->masks = arena_array(&t->arena, bool, t->kinds + 1);
    for (size_t k = 0; k < t->kinds; k++)
        for (int i = 0; i < 2; i++)
            t->masks[k] |= t->mask[i] < CLASSES_MAX && class_set_has(&t->kind[k], t->mask[i]);
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

/* What to do with an atom, told by the atom. */
static void settle_atoms(const struct terms *t, struct atom *atom, unsigned n)
{
    for (unsigned a = 0; a < n; a++) {
        const struct class *c = &t->cls.p[atom[a].class_id];
        if (atom[a].kind == ATOM_CLASS)
            atom[a].kind = c->is_phrase ? ATOM_PHRASE : c->is_cve ? ATOM_CVE : ATOM_WORDS;
    }
}

static void class_key(struct terms *t, struct map *keys, unsigned id)
{
    if (id < CLASSES_MAX)
        t->cls.p[id].key = key_of(t, keys, &t->cls.p[id].first);
}

/* Keys by which hits are looked for: of what stands behind a gap, or must not stand in it. */
static void sought_keys(struct terms *t, struct map *keys, const struct pattern *p)
{
    for (unsigned i = 0; i < p->elements; i++) {
        const struct element *el = &p->element[i];
        if (el->gap != GAP_NONE)
            key_of(t, keys, el->first);
        for (unsigned b = 0; b < el->bans; b++)
            class_key(t, keys, el->ban[b]);
    }
}

/* And of what begins a rule, ends its clause, or stands in its guards. */
static void sought_keys_of_rule(struct terms *t, struct map *keys, struct rule *r)
{
    key_of(t, keys, r->pattern.element[0].first);
    sought_keys(t, keys, &r->pattern);
    class_key(t, keys, r->clause);
    for (unsigned g = 0; g < r->guards; g++) {
        struct guard *gd = &r->guard[g];
        gd->key = key_of(t, keys, gd->first);
        settle_atoms(t, gd->atom, gd->atoms);
        for (unsigned a = 0; a < gd->atoms; a++)
            if (gd->atom[a].kind >= ATOM_WORDS)
                class_key(t, keys, gd->atom[a].class_id);
    }
}

static bool all_flat(const struct terms *t, const struct element *el)
{
    for (unsigned a = 0; a < el->atoms; a++)
        if (el->atom[a].kind < ATOM_WORDS ||
            (el->atom[a].kind == ATOM_PHRASE && !t->cls.p[el->atom[a].class_id].flat))
            return false;
    return true;
}

/* Phrases of phrases come out flat only when the inner one stands first in the file. */
static void settle_phrase(struct terms *t, struct class *c)
{
    c->flat = c->is_phrase;
    for (unsigned i = 0; i < c->phrases; i++) {
        const struct pattern *p = &c->phrase[i];
        c->flat &= p->elements == 1 && !p->element[0].optional && all_flat(t, &p->element[0]);
    }
}

static void settle_pattern(struct terms *t, struct map *keys, struct pattern *p)
{
    for (unsigned i = 0; i < p->elements; i++) {
        struct element *el = &p->element[i];
        el->key = key_of(t, keys, el->first);
        settle_atoms(t, el->atom, el->atoms);
        el->flat = el->plain = all_flat(t, el);
        for (unsigned a = 0; a < el->atoms; a++)
            el->plain &= el->atom[a].kind != ATOM_PHRASE;
    }
}

/* By kind of word: the keys it answers, as bits and as numbers. */
static void fill_answers(struct terms *t)
{
    size_t row = t->key_words = (unsigned)(t->key.n + 63) / 64;
    uint64_t *by_class = arena_array(&t->arena, uint64_t, CLASSES_MAX * row);
    for (size_t k = 0; k < t->key.n; k++)
        for (unsigned c = class_set_next(&t->key.p[k], 0); c < CLASSES_MAX;
             c = class_set_next(&t->key.p[k], c + 1))
            by_class[c * row + k / 64] |= (uint64_t)1 << (k % 64);
    t->begins = arena_array(&t->arena, uint64_t, t->kinds * row);
    t->answers_from = arena_array(&t->arena, uint32_t, t->kinds + 1);
    VEC(uint32_t) answers = {0};
    for (size_t k = 0; k < t->kinds; k++) {
        uint64_t *begins = t->begins + k * row;
        for (unsigned c = class_set_next(&t->kind[k], 0); c < CLASSES_MAX;
             c = class_set_next(&t->kind[k], c + 1))
            for (size_t m = 0; m < row; m++)
                begins[m] |= by_class[c * row + m];
        for (size_t m = 0; m < row; m++)
            for (uint64_t left = begins[m]; left; left &= left - 1) {
                unsigned key = (unsigned)(m * 64) + (unsigned)__builtin_ctzll(left);
                if (key < t->sought_keys)
                    vec_push(&answers, key);
            }
        t->answers_from[k + 1] = (uint32_t)answers.n;
    }
    t->answers = arena_array(&t->arena, uint32_t, answers.n + 1);
    if (answers.n)
        memcpy(t->answers, answers.p, answers.n * sizeof(*t->answers));
    vec_release(&answers);
}

/* Which kinds of words can begin what. */
static void fill_keys(struct terms *t)
{
    struct map keys = {0};
    for (size_t c = 0; c < t->cls.n; c++) {
        struct class *x = &t->cls.p[c];
        if (!x->is_phrase) /* "clause" stands in no pattern */
            class_set_add(&x->first, (unsigned)c);
        for (unsigned i = 0; x->resolved && i < x->phrases; i++) /* else no rule uses it */
            sought_keys(t, &keys, &x->phrase[i]);
    }
    for (size_t i = 0; i < t->order_n; i++)
        sought_keys_of_rule(t, &keys, &t->rule.p[t->order[i]]);
    t->sought_keys = (unsigned)t->key.n;
    for (size_t c = 0; c < t->cls.n; c++) {
        struct class *x = &t->cls.p[c];
        class_key(t, &keys, (unsigned)c);
        for (unsigned i = 0; x->resolved && i < x->phrases; i++) /* else no rule uses it */
            settle_pattern(t, &keys, &x->phrase[i]);
        settle_phrase(t, x);
    }
    for (size_t i = 0; i < t->order_n; i++)
        settle_pattern(t, &keys, &t->rule.p[t->order[i]].pattern);
    map_release(&keys);
    fill_answers(t);
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
