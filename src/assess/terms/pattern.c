#include "assess/terms/pattern.h"

#include <stdio.h>

#define ATOMS_MAX 32

static int fail(const struct pattern_context *c, const char *fmt, struct str what)
{
    return err_at(c->err, ERR_INPUT, c->terms->file.p[c->file], c->line, fmt, STR_ARG(what));
}

bool pattern_token(struct str *rest, struct str *token)
{
    *rest = str_trim(*rest);
    if (!rest->n)
        return false;
    size_t at = 0;
    bool quoted = false;
    for (; at < rest->n; at++) {
        char ch = rest->p[at];
        if (ch == '"')
            quoted = !quoted;
        else if (!quoted && (ch == ' ' || ch == '\t'))
            break;
    }
    *token = str_n(rest->p, at);
    *rest = str_sub(*rest, at, rest->n);
    return true;
}

static bool name_char(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '.' ||
           ch == '_' || ch == '-';
}

static bool name_valid(struct str s)
{
    if (!s.n)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!name_char(s.p[i]))
            return false;
    return s.p[0] != '.' && s.p[0] != '-';
}

static int class_named(struct pattern_context *c, struct str name, uint16_t *id)
{
    if (!name_valid(name))
        return fail(c,
                    TR("'%.*s' is not the name of a word list: use letters, digits, '.', '_', or put words "
                       "in \"quotes\""),
                    name);
    unsigned k = rulefile_class(c->terms, c->lang, name);
    if (k >= CLASSES_MAX)
        return fail(c, TR("too many word lists at '%.*s': 1024 are allowed in all files together"), name);
    struct class *x = &c->terms->cls.p[k];
    if (!x->defined && !x->line) { /* where it was first spoken of, for the message when it never appears */
        x->file = c->file;
        x->line = c->line;
    }
    *id = (uint16_t)k;
    return 0;
}

/* All literals of one element make one nameless list; equal ones are shared. */
static int literals(struct pattern_context *c, struct str joined, uint16_t *id)
{
    char *name = arena_printf(&c->terms->arena, "\"%.*s\"", STR_ARG(joined));
    unsigned k = rulefile_class(c->terms, c->lang, str_of(name));
    if (k >= CLASSES_MAX)
        return fail(c, TR("too many word lists at '%.*s': 1024 are allowed in all files together"), joined);
    *id = (uint16_t)k;
    if (c->terms->cls.p[k].defined)
        return 0;
    c->terms->cls.p[k].defined = true;
    c->terms->cls.p[k].file = c->file;
    c->terms->cls.p[k].line = c->line;
    return expand_words(c->terms, c->file, c->line, joined, k, c->err);
}

int pattern_atoms(struct pattern_context *c, struct str text, struct atom **atom, uint16_t *n)
{
    struct atom list[ATOMS_MAX];
    uint16_t count = 0;
    char lit[2048];
    size_t lit_n = 0;
    while (text.n) {
        struct str one;
        if (text.p[0] == '"') {
            size_t end = str_chr(str_sub(text, 1, text.n), '"');
            if (end == STR_NONE)
                return fail(c, TR("the quote does not end: %.*s"), text);
            one = str_sub(text, 1, end);
            text = str_sub(text, end + 2, text.n);
            if (!one.n || lit_n + one.n + 2 > sizeof(lit))
                return fail(c, TR("the quoted word is empty or too long: \"%.*s\""), one);
            if (lit_n)
                lit[lit_n++] = '|';
            memcpy(lit + lit_n, one.p, one.n);
            lit_n += one.n;
        } else {
            size_t end = str_chr(text, '|');
            one = end == STR_NONE ? text : str_sub(text, 0, end);
            text = str_sub(text, one.n, text.n);
            struct atom a = {.kind = ATOM_CLASS};
            if (str_is(one, "^"))
                a.kind = ATOM_START;
            else if (str_is(one, "$"))
                a.kind = ATOM_END;
            else if (str_is(one, "%"))
                a.kind = ATOM_PAUSE;
            else if (class_named(c, one, &a.class_id) < 0)
                return c->err ? c->err->code : ERR_INPUT;
            if (count == ATOMS_MAX)
                return fail(c, TR("more than 32 alternatives at '%.*s': make a phrase of them"), one);
            list[count++] = a;
        }
        if (text.n && text.p[0] != '|')
            return fail(c, TR("a blank or '|' is missing before '%.*s'"), text);
        text = str_sub(text, 1, text.n);
    }
    if (lit_n) {
        struct atom a = {.kind = ATOM_CLASS};
        int rc = literals(c, str_n(lit, lit_n), &a.class_id);
        if (rc < 0)
            return rc;
        if (count == ATOMS_MAX)
            return fail(c, TR("more than 32 alternatives at '%.*s': make a phrase of them"),
                        str_n(lit, lit_n));
        list[count++] = a;
    }
    *atom = arena_array(&c->terms->arena, struct atom, count);
    if (count)
        memcpy(*atom, list, count * sizeof(*list));
    *n = count;
    return 0;
}

/* "..", "...", "..30", "..30!name!name" */
static int gap_parse(struct pattern_context *c, struct str tok, struct element *el)
{
    bool ja = str_is(c->lang, "ja");
    struct str whole = tok;
    bool wide = str_starts(tok, "...");
    el->gap = wide ? GAP_SENTENCE : GAP_CLAUSE;
    tok = str_sub(tok, wide ? 3 : 2, tok.n);
    size_t digits = 0;
    while (digits < tok.n && tok.p[digits] >= '0' && tok.p[digits] <= '9')
        digits++;
    uint64_t n = wide ? (ja ? 120 : 240) : (ja ? 40 : 100);
    if (digits && (!num_u64(str_sub(tok, 0, digits), &n) || n > 1000))
        return fail(c, TR("the gap '%.*s' is too wide: at most 1000 characters"), whole);
    el->gap_max = (uint16_t)(n * (ja ? 3 : 1));
    tok = str_sub(tok, digits, tok.n);
    while (tok.n) {
        if (tok.p[0] != '!')
            return fail(c,
                        TR("'%.*s' is not a gap: write .. or ... , a number, and !name for what must not "
                           "stand in it"),
                        whole);
        size_t end = str_chr(str_sub(tok, 1, tok.n), '!');
        struct str name = end == STR_NONE ? str_sub(tok, 1, tok.n) : str_sub(tok, 1, end);
        if (el->bans == BANS_MAX)
            return fail(c, TR("more than 4 '!' in the gap '%.*s': make a phrase of them"), whole);
        int rc = class_named(c, name, &el->ban[el->bans]);
        if (rc < 0)
            return rc;
        el->bans++;
        tok = str_sub(tok, name.n + 1, tok.n);
    }
    return 0;
}

int pattern_parse(struct pattern_context *c, struct str text, struct pattern *out, unsigned *anchors)
{
    struct element list[ELEMENTS_MAX];
    memset(list, 0, sizeof(list));
    unsigned n = 0;
    struct element gap = {0};
    bool after_gap = false;
    struct str tok, rest = text;
    *anchors = 0;
    while (pattern_token(&rest, &tok)) {
        int rc;
        if (str_starts(tok, "..")) {
            if (after_gap || n == 0)
                return fail(c, TR("a gap must stand between two elements: '%.*s'"), text);
            if ((rc = gap_parse(c, tok, &gap)) < 0)
                return rc;
            after_gap = true;
            continue;
        }
        if (n == ELEMENTS_MAX)
            return fail(c, TR("more than 16 elements in '%.*s': make a phrase of some"), text);
        struct element *el = &list[n++];
        *el = gap;
        gap = (struct element){0};
        after_gap = false;
        if (tok.p[0] == '@') {
            el->anchor = true;
            ++*anchors;
            tok = str_sub(tok, 1, tok.n);
        }
        if (tok.n > 1 && tok.p[tok.n - 1] == '?') {
            el->optional = true;
            tok = str_sub(tok, 0, tok.n - 1);
        }
        if ((rc = pattern_atoms(c, tok, &el->atom, &el->atoms)) < 0)
            return rc;
        if (!el->atoms || (el->anchor && el->optional))
            return fail(c, TR("an element is empty, or '@' stands on an optional one: '%.*s'"), text);
    }
    if (!n || after_gap)
        return fail(c, TR("the pattern is empty or ends in a gap: '%.*s'"), text);
    out->elements = (uint16_t)n;
    out->element = arena_array(&c->terms->arena, struct element, n);
    memcpy(out->element, list, n * sizeof(*list));
    return 0;
}
