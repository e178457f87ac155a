#include "identify/name_fold.h"

#include "codec/text_fold.h"

#define LONG_VOWEL 0x30FCu
#define MIDDLE_DOT 0x30FBu

static bool is_kana(uint32_t cp)
{
    return (cp >= 0x3041 && cp <= 0x3096) || (cp >= 0x30A1 && cp <= 0x30FA) || cp == LONG_VOWEL;
}

static enum name_class class_of(uint32_t cp)
{
    if (cp >= '0' && cp <= '9')
        return NAME_C_DIGIT;
    if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z'))
        return NAME_C_LETTER;
    if (cp < 0xC0)
        return NAME_C_NONE;
    if (cp >= 0x3041 && cp <= 0x3096)
        return NAME_C_HIRA;
    if ((cp >= 0x30A1 && cp <= 0x30FA) || cp == LONG_VOWEL)
        return NAME_C_KATA;
    if ((cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
        (cp >= 0x20000 && cp <= 0x3FFFF) || (cp >= 0xAC00 && cp <= 0xD7A3) || cp == 0x3005)
        return NAME_C_HAN;
    if (cp == 0xD7 || cp == 0xF7 || (cp >= 0x2000 && cp <= 0x2BFF) || (cp >= 0x3000 && cp <= 0x303F) ||
        cp == MIDDLE_DOT || cp >= 0xE000)
        return NAME_C_NONE;
    return NAME_C_LETTER;
}

static uint32_t decode_at(struct str s, size_t i, size_t *n)
{
    uint32_t cp = 0;
    if (i >= s.n) {
        *n = 0;
        return 0;
    }
    *n = text_fold_decode(str_sub(s, i, s.n), &cp);
    return cp;
}

/* ---- flat ---- */

static bool is_sign(uint32_t cp)
{
    return cp == 0xA9 || cp == 0xAE || cp == 0x2122 || cp == 0x2120;
}

static size_t sign_in_brackets(struct str s)
{
    static const char *const sign[] = {"(R)", "(TM)", "(C)", "（R）", "（TM）"};
    for (size_t i = 0; i < ARRAY_LEN(sign); i++)
        if (str_starts_i(s, sign[i]))
            return strlen(sign[i]);
    return 0;
}

static void flat_put(struct name_fold *f, char *p, const char *bytes, size_t n, size_t from, size_t to)
{
    for (size_t k = 0; k < n; k++) {
        p[f->flat.n] = bytes[k];
        f->from[f->flat.n] = (uint32_t)from;
        f->to[f->flat.n++] = (uint32_t)to;
    }
}

/* A voicing mark joins the kana before it; false when it cannot. */
static bool flat_voice(struct name_fold *f, char *p, uint32_t cp, size_t to)
{
    uint32_t mark = text_fold_mark(cp), last;
    char bytes[4];
    if (!mark || f->flat.n < 3)
        return false;
    (void)text_fold_decode(str_n(p + f->flat.n - 3, 3), &last);
    uint32_t joined = text_fold_voiced(last, mark);
    if (!joined || text_fold_encode(joined, bytes) != 3)
        return false;
    memcpy(p + f->flat.n - 3, bytes, 3);
    for (size_t k = 1; k <= 3; k++)
        f->to[f->flat.n - k] = (uint32_t)to;
    return true;
}

/* Two passes, the first only counts: one character can become many. */
static void flat_make(struct str s, struct arena *a, struct name_fold *f)
{
    size_t need = 1, n;
    char out[TEXT_FOLD_MAX];
    uint32_t cp;
    for (size_t i = 0; i < s.n; i += n) {
        n = text_fold_decode(str_sub(s, i, s.n), &cp);
        need += cp < 0x80 ? 1 : text_fold_char(cp, out) + 1;
    }
    char *p = arena_alloc(a, need);
    f->from = arena_alloc(a, need * sizeof(*f->from));
    f->to = arena_alloc(a, need * sizeof(*f->to));
    for (size_t i = 0; i < s.n; i += n) {
        n = text_fold_decode(str_sub(s, i, s.n), &cp);
        if (cp < 0x80 && cp != '(') {
            char c = (char)(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp);
            flat_put(f, p, &c, 1, i, i + 1);
            continue;
        }
        size_t sign = is_sign(cp) ? n : sign_in_brackets(str_sub(s, i, MIN(s.n - i, (size_t)8)));
        if (sign) {
            n = sign;
            flat_put(f, p, " ", 1, i, i + n);
        } else if (!flat_voice(f, p, cp, i + n)) {
            size_t got = text_fold_char(cp, out);
            flat_put(f, p, out, got, i, i + n);
        }
    }
    p[f->flat.n] = 0;
    f->flat.p = p;
}

/* ---- key ---- */

/* Kana as names are compared: 0 for what is dropped. */
static uint32_t kana_key(uint32_t cp)
{
    static const uint32_t small[] = {0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9,
                                     0x30C3, 0x30E3, 0x30E5, 0x30E7, 0x30EE};
    if (cp >= 0x3041 && cp <= 0x3096)
        cp += 0x60;
    for (size_t i = 0; i < ARRAY_LEN(small); i++)
        if (cp == small[i])
            return cp + 1;
    return cp == LONG_VOWEL ? 0 : cp;
}

static enum name_sep sep_of(uint32_t cp, uint32_t before, uint32_t after)
{
    bool inside = class_of(before) && class_of(after);
    switch (cp) {
    case ' ':
    case '\t':
        return NAME_SEP_SPACE;
    case '-':
    case '_':
    case '\'':
    case MIDDLE_DOT:
    case LONG_VOWEL:
    case 0xFFFD:
        return NAME_SEP_SOFT;
    case '&':
    case '+':
        return NAME_SEP_SPACE;
    case '.':
        return class_of(after) ? NAME_SEP_SOFT : NAME_SEP_HARD;
    case '/':
        return inside ? NAME_SEP_SOFT : NAME_SEP_HARD;
    default:
        return NAME_SEP_HARD;
    }
}

struct key_state {
    uint32_t before;      /* last character of flat, kept or not */
    enum name_class last; /* of the last kept */
    enum name_sep sep;
    unsigned depth;
};

static void key_put(struct name_fold *f, char *p, struct key_state *k, uint32_t cp, enum name_class c,
                    size_t at)
{
    char bytes[4];
    size_t n = text_fold_encode(cp, bytes);
    bool edge = k->sep != NAME_SEP_NONE || c != k->last || c == NAME_C_HAN || c == NAME_C_HIRA;
    for (size_t i = 0; i < n; i++) {
        f->at[f->key.n] = (uint32_t)at;
        f->mark[f->key.n] = (uint8_t)((unsigned)c << NAME_F_CLASS | (k->depth ? NAME_F_PAREN : 0));
        if (i == 0)
            f->mark[f->key.n] |= (uint8_t)(NAME_F_FIRST | (unsigned)k->sep | (edge ? NAME_F_EDGE : 0));
        p[f->key.n++] = bytes[i];
    }
    k->sep = NAME_SEP_NONE;
    k->last = c;
}

/* Punctuation that belongs to a name: "C++", "C#", "4.5". */
static bool part_of_name(uint32_t cp, uint32_t before, uint32_t after, bool plus)
{
    if (cp == '.')
        return (class_of(before) == NAME_C_DIGIT && class_of(after) == NAME_C_DIGIT) ||
               ((before == 0 || before == ' ' || class_of(before) > NAME_C_DIGIT) &&
                class_of(after) == NAME_C_LETTER);
    if (cp == '+')
        return (after == '+' && class_of(before) == NAME_C_LETTER) || (plus && before == '+');
    return cp == '#' && class_of(before) == NAME_C_LETTER && !class_of(after);
}

static bool opens(uint32_t cp)
{
    return cp == '(' || cp == '[' || cp == '{' || cp == 0x3010 || cp == 0x3014 || cp == '<';
}
static bool closes(uint32_t cp)
{
    return cp == ')' || cp == ']' || cp == '}' || cp == 0x3011 || cp == 0x3015 || cp == '>';
}

static void key_make(struct arena *a, struct name_fold *f)
{
    struct key_state k = {0};
    char *p = arena_alloc(a, f->flat.n + 1);
    f->at = arena_alloc(a, (f->flat.n + 1) * sizeof(*f->at));
    f->mark = arena_alloc(a, f->flat.n + 1);
    bool plus = false;
    for (size_t i = 0, n; i < f->flat.n; i += n) {
        size_t m;
        uint32_t cp = decode_at(f->flat, i, &n), after = decode_at(f->flat, i + n, &m);
        enum name_class c = class_of(cp);
        bool keep = part_of_name(cp, k.before, after, plus);
        plus = keep && cp == '+';
        if (keep) {
            key_put(f, p, &k, cp, cp == '.' && class_of(after) == NAME_C_DIGIT ? NAME_C_DIGIT : NAME_C_LETTER,
                    i);
        } else if (c == NAME_C_NONE || (cp == LONG_VOWEL && !is_kana(k.before))) {
            k.depth += opens(cp) ? 1 : 0;
            k.depth -= closes(cp) && k.depth ? 1 : 0;
            k.sep = MAX(k.sep, sep_of(cp, k.before, after));
        } else {
            uint32_t shape = c == NAME_C_KATA || c == NAME_C_HIRA ? kana_key(cp) : cp;
            if (shape)
                key_put(f, p, &k, shape, c, i);
        }
        k.before = cp;
    }
    p[f->key.n] = 0;
    f->key.p = p;
    f->at[f->key.n] = (uint32_t)f->flat.n;
    f->mark[f->key.n] = (uint8_t)(NAME_F_EDGE | NAME_F_FIRST | NAME_SEP_HARD);
}

int name_fold(struct str source, struct arena *a, struct name_fold *out, struct err *e)
{
    memset(out, 0, sizeof(*out));
    if (source.n > LIMIT_NOTICE_TEXT)
        return err_set(e, ERR_LIMIT, "the text is longer than %lu bytes", LIMIT_NOTICE_TEXT);
    flat_make(source, a, out);
    key_make(a, out);
    return 0;
}

struct str name_fold_key(struct str source, struct arena *a)
{
    struct name_fold f;
    if (name_fold(source, a, &f, NULL))
        return (struct str){0};
    return f.key;
}
