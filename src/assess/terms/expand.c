/* "悪用(を|が)確認 | 攻撃" as the words it stands for. */
#include "assess/terms/engine.h"

#define WORDS_MAX 4000 /* of one list */
#define WORD_MAX 200   /* bytes */

struct expansion {
    struct terms *terms;
    unsigned class_id;
    uint16_t file;
    unsigned long line;
    struct err *err;
    size_t made;
};

static int fail(const struct expansion *x, const char *fmt, struct str what)
{
    return err_at(x->err, ERR_INPUT, x->terms->file.p[x->file], x->line, fmt, STR_ARG(what));
}

/* Small letters, digits, single blanks, kana and kanji: folding would change nothing. Most words are so, and
 * there are so many that a program's start would show it. */
static bool is_folded(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;
    for (bool blank = true; p < end;) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
        if (letter || (*p == ' ' && !blank)) {
            blank = *p++ == ' ';
            continue;
        }
        if (end - p < 3 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
            return false;
        bool kanji = (*p >= 0xE5 && *p <= 0xE9) || (*p == 0xE4 && p[1] >= 0xB8);
        bool kana = *p == 0xE3 && ((p[1] == 0x81 && p[2] >= 0x81) || (p[1] == 0x82 && p[2] <= 0x96) ||
                                   (p[1] == 0x82 && p[2] >= 0xA1) || (p[1] == 0x83 && p[2] <= 0xBA));
        if (!kanji && !kana)
            return false;
        blank = false;
        p += 3;
    }
    return true;
}

static int word_add(struct expansion *x, struct str raw)
{
    struct class *c = &x->terms->cls.p[x->class_id];
    struct str w = is_folded(raw) ? arena_str(&x->terms->arena, raw) : text_fold_word(raw, &x->terms->arena);
    w = str_trim(w);
    if (!w.n)
        return fail(x, TR("the list holds an empty word near '%.*s': remove the extra '|'"), raw);
    if (++x->made > WORDS_MAX)
        return fail(x, TR("the list stands for too many words near '%.*s': split it"), raw);
    /* the array grows by doubling inside of the arena: capacity is the next power of two */
    if ((c->words & (c->words - 1)) == 0) {
        struct str *p = arena_array(&x->terms->arena, struct str, c->words ? c->words * 2 : 1);
        if (c->words)
            memcpy(p, c->word, c->words * sizeof(*p));
        c->word = p;
    }
    c->word[c->words++] = w;
    return 0;
}

/* End of the group that opens at s.p[at] == '('; STR_NONE when it does not end. */
static size_t group_end(struct str s, size_t at)
{
    int depth = 0;
    for (; at < s.n; at++) {
        if (s.p[at] == '\\')
            at++;
        else if (s.p[at] == '(')
            depth++;
        else if (s.p[at] == ')' && --depth == 0)
            return at;
    }
    return STR_NONE;
}

/* done + rest: takes the next literal byte or each alternative of the next group. */
static int expand(struct expansion *x, char *done, size_t n, struct str rest, int depth)
{
    if (depth > 16)
        return fail(x, TR("the groups in '%.*s' are nested too deep"), rest);
    size_t at = 0;
    while (at < rest.n && rest.p[at] != '(') {
        if (rest.p[at] == ')')
            return fail(x, TR("')' without '(' in '%.*s'"), rest);
        if (rest.p[at] == '\\' && at + 1 < rest.n)
            at++;
        if (n >= WORD_MAX)
            return fail(x, TR("a word is longer than 200 bytes near '%.*s'"), rest);
        done[n++] = rest.p[at++];
    }
    if (at == rest.n)
        return word_add(x, str_n(done, n));
    size_t end = group_end(rest, at);
    if (end == STR_NONE)
        return fail(x, TR("'(' without ')' in '%.*s'"), rest);
    struct str tail = str_sub(rest, end + 1, rest.n);
    size_t from = at + 1;
    int level = 0;
    for (size_t i = at + 1; i <= end; i++) {
        char c = rest.p[i];
        if (c == '\\') {
            i++;
        } else if (c == '(') {
            level++;
        } else if (c == ')' && level > 0) {
            level--;
        } else if (level == 0 && (c == '|' || c == ')')) {
            struct str one = str_n(rest.p + from, i - from);
            char *joined = arena_alloc(&x->terms->arena, one.n + tail.n + 1);
            if (one.n)
                memcpy(joined, one.p, one.n);
            if (tail.n)
                memcpy(joined + one.n, tail.p, tail.n);
            int rc = expand(x, done, n, str_n(joined, one.n + tail.n), depth + 1);
            if (rc < 0)
                return rc;
            from = i + 1;
        }
    }
    return 0;
}

int expand_words(struct terms *t, uint16_t file, unsigned long line, struct str list, unsigned class_id,
                 struct err *e)
{
    struct expansion x = {t, class_id, file, line, e, 0};
    size_t from = 0;
    int level = 0;
    for (size_t i = 0; i <= list.n; i++) {
        char c = i < list.n ? list.p[i] : '|';
        if (c == '\\' && i < list.n) {
            i++;
        } else if (c == '(') {
            level++;
        } else if (c == ')') {
            level--;
        } else if (c == '|' && (level <= 0 || i == list.n)) {
            char done[WORD_MAX + 1];
            int rc = expand(&x, done, 0, str_trim(str_n(list.p + from, i - from)), 0);
            if (rc < 0)
                return rc;
            from = i + 1;
        }
    }
    return 0;
}
