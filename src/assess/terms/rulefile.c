#include "assess/terms/pattern.h"

#include <stdio.h>

static const char *const reading_names[READINGS] = {
    [TERMS_EXPLOITED] = "exploited",
    [TERMS_ATTEMPTED] = "attempted",
    [TERMS_POC] = "poc",
    [TERMS_NO_EXPLOITATION] = "no_exploitation",
    [TERMS_DIRECTIVE] = "directive",
    [TERMS_URGE_STRONG] = "urge_strong",
    [TERMS_URGE] = "urge",
    [TERMS_PATCH] = "patch",
    [TERMS_WORKAROUND] = "workaround",
    [TERMS_MITIGATION_ONLY] = "mitigation_only",
    [TERMS_NOT_AFFECTED] = "not_affected",
    [TERMS_END_OF_LIFE] = "end_of_life",
    [READ_UNSAID] = "unsaid",
    [READ_CALM] = "calm",
    [READ_ELSEWHERE] = "elsewhere",
    [READ_RETRACT] = "retract",
    [READ_UPDATE] = "update",
    [READ_ASKED] = "asked",
    [READ_YES] = "yes",
    [READ_NO] = "no",
    [READ_COLUMN] = "column",
    [READ_SUBJECT_ELSEWHERE] = "other_subject",
};

const char *reading_name(int reading)
{
    return reading >= 0 && reading < READINGS ? reading_names[reading] : "";
}

const char *terms_signal_name(enum terms_signal s)
{
    return (unsigned)s < TERMS_SIGNALS ? reading_names[s] : "";
}

bool reading_by_name(struct str name, int *reading)
{
    for (int i = 0; i < READINGS; i++) {
        if (str_is(name, reading_names[i])) {
            *reading = i;
            return true;
        }
    }
    return false;
}

enum family reading_family(int reading)
{
    switch (reading) {
    case TERMS_EXPLOITED:
    case TERMS_ATTEMPTED:
    case TERMS_POC:
    case TERMS_NO_EXPLOITATION:
    case READ_UNSAID:
    case READ_ELSEWHERE:
        return FAMILY_EXPLOIT;
    case TERMS_URGE_STRONG:
    case TERMS_URGE:
    case READ_CALM:
        return FAMILY_HASTE;
    default:
        return FAMILY_OWN;
    }
}

unsigned rulefile_class(struct terms *t, struct str lang, struct str name)
{
    char key[2400];
    int n = snprintf(key, sizeof(key), "%.*s:%.*s", STR_ARG(lang), STR_ARG(name));
    if (n < 0 || (size_t)n >= sizeof(key))
        return CLASSES_MAX;
    bool made;
    uint64_t *slot = map_put(&t->class_by_name, str_n(key, (size_t)n), &made);
    if (made) {
        if (t->cls.n >= CLASSES_MAX)
            return *slot = CLASSES_MAX, CLASSES_MAX;
        *slot = t->cls.n;
        vec_push(&t->cls, ((struct class){.name = arena_str(&t->arena, name),
                                          .is_cve = str_is(name, "cve"),
                                          .defined = str_is(name, "cve")}));
    }
    return (unsigned)*slot;
}

static int fail(const struct pattern_context *c, const char *fmt, struct str what)
{
    return err_at(c->err, ERR_INPUT, c->terms->file.p[c->file], c->line, fmt, STR_ARG(what));
}

/* Splits at a separator that stands alone between blanks and outside of quotes. */
static bool piece(struct str *rest, char sep, struct str *out)
{
    if (!rest->p)
        return false;
    bool quoted = false;
    for (size_t i = 0; i < rest->n; i++) {
        char ch = rest->p[i];
        if (ch == '"')
            quoted = !quoted;
        if (!quoted && ch == sep && (i == 0 || rest->p[i - 1] == ' ') &&
            (i + 1 == rest->n || rest->p[i + 1] == ' ')) {
            *out = str_trim(str_sub(*rest, 0, i));
            *rest = str_sub(*rest, i + 1, rest->n);
            return true;
        }
    }
    *out = str_trim(*rest);
    rest->p = NULL;
    return true;
}

/* Cuts "name =" or "name +=" off the front. */
static int heading(struct pattern_context *c, struct str *rest, struct str *name, struct str *second,
                   bool *more)
{
    struct str tok;
    *second = (struct str){0};
    *more = false;
    if (!pattern_token(rest, name))
        return fail(c, TR("a name is missing%.*s"), STR_LIT(""));
    while (pattern_token(rest, &tok)) {
        if (str_is(tok, "=") || str_is(tok, "+=")) {
            *more = tok.n == 2;
            return 0;
        }
        if (second->n)
            break;
        *second = tok;
    }
    return fail(c, TR("'=' is missing behind '%.*s'"), *name);
}

static int open_class(struct pattern_context *c, struct str name, bool more, unsigned *id)
{
    *id = rulefile_class(c->terms, c->lang, name);
    if (*id >= CLASSES_MAX)
        return fail(c, TR("too many word lists at '%.*s': 1024 are allowed in all files together"), name);
    struct class *k = &c->terms->cls.p[*id];
    if (k->is_cve)
        return fail(c, TR("'%.*s' is built in and cannot be changed"), name);
    if (k->defined && k->file == c->file && !more)
        return fail(c, TR("'%.*s' is defined twice in this file: write += to add to it"), name);
    if (k->defined && !more) { /* a later file replaces it */
        k->word = NULL;
        k->phrase = NULL;
        k->words = 0;
        k->phrases = 0;
    }
    k->defined = true;
    k->file = c->file;
    k->line = c->line;
    return 0;
}

static int read_words(struct pattern_context *c, struct str rest)
{
    struct str name, second;
    bool more;
    unsigned id;
    int rc = heading(c, &rest, &name, &second, &more);
    if (rc == 0)
        rc = open_class(c, name, more, &id);
    if (rc < 0)
        return rc;
    if (more && c->terms->cls.p[id].is_phrase)
        return fail(c, TR("'%.*s' is a phrase; words cannot be added to it"), name);
    c->terms->cls.p[id].is_phrase = false;
    return expand_words(c->terms, c->file, c->line, rest, id, c->err);
}

static int read_phrase(struct pattern_context *c, struct str rest)
{
    struct str name, second, one;
    bool more;
    unsigned id, anchors;
    int rc = heading(c, &rest, &name, &second, &more);
    if (rc == 0)
        rc = open_class(c, name, more, &id);
    if (rc < 0)
        return rc;
    if (c->terms->cls.p[id].words)
        return fail(c, TR("'%.*s' is a list of words; a phrase cannot be added to it"), name);
    while (piece(&rest, '/', &one)) {
        struct pattern p;
        if ((rc = pattern_parse(c, one, &p, &anchors)) < 0)
            return rc;
        if (anchors)
            return fail(c, TR("'@' marks the mention in a rule; a phrase has none: '%.*s'"), one);
        struct class *k = &c->terms->cls.p[id];
        struct pattern *list = arena_array(&c->terms->arena, struct pattern, k->phrases + 1);
        if (k->phrases)
            memcpy(list, k->phrase, k->phrases * sizeof(*list));
        list[k->phrases++] = p;
        k->phrase = list;
        k->is_phrase = true;
    }
    return 0;
}

static int read_guard(struct pattern_context *c, struct str text, struct guard *g)
{
    static const struct {
        const char *word;
        uint8_t where;
        bool wanted;
    } kinds[] = {{"unless", GUARD_CLAUSE, false},
                 {"unless-before", GUARD_BEFORE, false},
                 {"unless-after", GUARD_AFTER, false},
                 {"unless-sentence", GUARD_SENTENCE, false},
                 {"unless-earlier", GUARD_SENTENCE_BEFORE, false},
                 {"unless-later", GUARD_SENTENCE_AFTER, false},
                 {"with", GUARD_CLAUSE, true},
                 {"with-before", GUARD_BEFORE, true},
                 {"with-after", GUARD_AFTER, true},
                 {"with-sentence", GUARD_SENTENCE, true},
                 {"with-earlier", GUARD_SENTENCE_BEFORE, true},
                 {"with-later", GUARD_SENTENCE_AFTER, true}};
    struct str kind, what;
    if (!pattern_token(&text, &kind) || !pattern_token(&text, &what) || text.n)
        return fail(c,
                    TR("a guard reads 'unless NAME|NAME…', 'with NAME…', also -before, -after, -sentence, "
                       "-earlier, -later; not '%.*s'"),
                    kind);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_is(kind, kinds[i].word)) {
            g->where = kinds[i].where;
            g->wanted = kinds[i].wanted;
            return pattern_atoms(c, what, &g->atom, &g->atoms);
        }
    }
    return fail(c,
                TR("'%.*s' is not a guard: unless, with, also -before, -after, -sentence, -earlier, -later"),
                kind);
}

#define GUARDS_MAX 8

/* One alternative: a pattern, and its guards behind ';'. */
static int read_alternative(struct pattern_context *c, struct str text, struct rule *r)
{
    struct str body, guard;
    struct guard list[GUARDS_MAX];
    unsigned anchors;
    piece(&text, ';', &body);
    while (piece(&text, ';', &guard)) {
        if (r->guards == GUARDS_MAX)
            return fail(c, TR("more than 8 guards in rule '%.*s'"), r->name);
        memset(&list[r->guards], 0, sizeof(list[0]));
        int rc = read_guard(c, guard, &list[r->guards++]);
        if (rc < 0)
            return rc;
    }
    r->guard = arena_array(&c->terms->arena, struct guard, r->guards + 1);
    if (r->guards)
        memcpy(r->guard, list, r->guards * sizeof(*list));
    int rc = pattern_parse(c, body, &r->pattern, &anchors);
    if (rc < 0)
        return rc;
    if (anchors > 1)
        return fail(c, TR("a rule marks one mention with '@', not several: '%.*s'"), body);
    if (!anchors)
        r->pattern.element[0].anchor = true;
    return 0;
}

static int read_rule(struct pattern_context *c, struct str rest)
{
    struct str name, signal, one;
    bool more;
    int reading, rc = heading(c, &rest, &name, &signal, &more);
    if (rc < 0)
        return rc;
    if (!reading_by_name(signal, &reading))
        return fail(c, TR("'%.*s' is not a signal: see the list in doc/decisions/0004-terms.md"), signal);
    name = arena_str(&c->terms->arena, name);
    while (piece(&rest, '/', &one)) {
        struct rule r = {.name = name,
                         .reading = reading,
                         .script = str_is(c->lang, "ja") ? TEXT_JA : TEXT_EN,
                         .file = c->file,
                         .line = c->line};
        if ((rc = read_alternative(c, one, &r)) < 0)
            return rc;
        if (c->terms->rule.n >= UINT16_MAX)
            return fail(c, TR("too many rules at '%.*s'"), name);
        vec_push(&c->terms->rule, r);
    }
    return 0;
}

static int read_drop(struct pattern_context *c, struct str rest)
{
    struct str name;
    bool found = false;
    if (!pattern_token(&rest, &name) || str_trim(rest).n)
        return fail(c, TR("'drop' takes the name of one rule, not '%.*s'"), rest);
    for (size_t i = 0; i < c->terms->rule.n; i++) {
        if (str_eq(c->terms->rule.p[i].name, name)) {
            c->terms->rule.p[i].dropped = true;
            found = true;
        }
    }
    return found ? 0 : fail(c, TR("there is no rule '%.*s' to drop in this or an earlier file"), name);
}

/* test + NAME "text": NAME is a signal, "urgent" or a rule. "\n" and "\t" stand for a line break and a tab.
 */
static int read_test(struct pattern_context *c, struct str rest)
{
    struct str sign, name;
    if (!pattern_token(&rest, &sign) || !(str_is(sign, "+") || str_is(sign, "-")) ||
        !pattern_token(&rest, &name))
        return fail(c, TR("a test reads: test + NAME \"text\"  or  test - NAME \"text\"; not '%.*s'"), rest);
    rest = str_trim(rest);
    if (rest.n < 2 || rest.p[0] != '"' || rest.p[rest.n - 1] != '"')
        return fail(c, TR("the text of the test '%.*s' must stand in double quotes"), name);
    char *text = arena_alloc(&c->terms->arena, rest.n);
    size_t n = 0;
    for (size_t i = 1; i + 1 < rest.n; i++) {
        if (rest.p[i] == '\\' && i + 2 < rest.n) {
            char ch = rest.p[++i];
            text[n++] = (char)(ch == 'n' ? '\n' : ch == 't' ? '\t' : ch);
        } else {
            text[n++] = rest.p[i];
        }
    }
    vec_push(&c->terms->test, ((struct test){.name = arena_str(&c->terms->arena, name),
                                             .text = str_n(text, n),
                                             .wanted = sign.p[0] == '+',
                                             .file = c->file,
                                             .line = c->line}));
    return 0;
}

static int read_line(struct pattern_context *c, struct str line)
{
    struct str verb;
    if (!pattern_token(&line, &verb))
        return 0;
    if (str_is(verb, "language")) {
        struct str lang = str_trim(line);
        if (!str_is(lang, "ja") && !str_is(lang, "en"))
            return fail(c, TR("the language is 'ja' or 'en', not '%.*s'"), lang);
        c->lang = str_is(lang, "ja") ? STR_LIT("ja") : STR_LIT("en");
        return 0;
    }
    if (!c->lang.n)
        return fail(c, TR("'language ja' or 'language en' must stand before '%.*s'"), verb);
    if (str_is(verb, "words"))
        return read_words(c, line);
    if (str_is(verb, "phrase"))
        return read_phrase(c, line);
    if (str_is(verb, "rule"))
        return read_rule(c, line);
    if (str_is(verb, "drop"))
        return read_drop(c, line);
    if (str_is(verb, "test"))
        return read_test(c, line);
    return fail(c, TR("a line begins with language, words, phrase, rule, drop or test, not with '%.*s'"),
                verb);
}

/* A comment runs from # (at the start, or behind a blank and outside of quotes) to the end of the line. */
static struct str without_comment(struct str line)
{
    bool quoted = false;
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '"' && (i == 0 || line.p[i - 1] != '\\'))
            quoted = !quoted;
        if (line.p[i] == '#' && !quoted && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
            return str_sub(line, 0, i);
    }
    return line;
}

int rulefile_parse(struct terms *t, uint16_t file, struct str bytes, struct err *e)
{
    struct err own = {0};
    struct pattern_context c = {.terms = t, .file = file, .err = e ? e : &own};
    struct buf joined = BUF_INIT(LIMIT_FILE_SMALL);
    struct str rest = bytes, line;
    if (str_starts(rest, "\xEF\xBB\xBF"))
        rest = str_sub(rest, 3, rest.n);
    int rc = 0;
    unsigned long at = 0;
    bool more = true;
    while (more && rc == 0) {
        more = str_line_next(&rest, &line);
        at++;
        bool continues = more && line.n && (line.p[0] == ' ' || line.p[0] == '\t');
        struct str text = more ? without_comment(line) : (struct str){0};
        if (more && !str_is_utf8(line)) {
            c.line = at;
            rc = fail(&c, TR("the line is not UTF-8%.*s"), STR_LIT(""));
            break;
        }
        if (more && !continues && !str_trim(text).n && line.n)
            continue; /* a comment between continued lines changes nothing */
        if (!continues) {
            if (joined.n)
                rc = read_line(&c, buf_str(&joined));
            buf_clear(&joined);
            c.line = at;
        }
        buf_addc(&joined, ' ');
        buf_add_str(&joined, str_trim(text));
    }
    buf_release(&joined);
    return rc;
}
