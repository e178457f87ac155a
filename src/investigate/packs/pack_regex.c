#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "investigate/packs/pack_rare.h"
#include "investigate/packs/pack_regex.h"

#define COLD_MAX 50 /* pack_rare_cost */

struct pack_regex {
    pcre2_code *code;
    pcre2_match_context *limits;
    char *text, *literal;
    size_t text_n, literal_n;
    bool cased;
};

/* ---- the certain literal ---- */

/* Steps over one class "[…]" that begins at i; the index behind it. */
static size_t class_end(struct str p, size_t i)
{
    i++;
    if (i < p.n && p.p[i] == '^')
        i++;
    if (i < p.n && p.p[i] == ']')
        i++;
    for (; i < p.n && p.p[i] != ']'; i++) {
        if (p.p[i] == '\\')
            i++;
        else if (p.p[i] == '[' && i + 1 < p.n && p.p[i + 1] == ':') {
            size_t close = str_find(str_sub(p, i, p.n), STR_LIT(":]"));
            if (close != STR_NONE)
                i += close + 1;
        }
    }
    return i < p.n ? i + 1 : p.n;
}

/* Steps over one group "(…)" that begins at i. */
static size_t group_end(struct str p, size_t i)
{
    size_t depth = 0;
    while (i < p.n) {
        if (p.p[i] == '\\')
            i += 2;
        else if (p.p[i] == '[')
            i = class_end(p, i);
        else {
            depth += p.p[i] == '(';
            depth -= p.p[i] == ')' && depth;
            i++;
            if (!depth)
                break;
        }
    }
    return MIN(i, p.n);
}

/* The plain character at i, or -1; *next is behind it. */
static int plain_at(struct str p, size_t i, size_t *next)
{
    unsigned char c = (unsigned char)p.p[i];
    *next = i + 1;
    if (c == '\\') {
        if (i + 1 >= p.n)
            return -1;
        *next = i + 2;
        unsigned char d = (unsigned char)p.p[i + 1];
        if ((d >= '0' && d <= '9') || ((d | 32) >= 'a' && (d | 32) <= 'z')) {
            if (d == 'Q' || d == 'x' || d == 'o' || d == 'p' || d == 'P' || d == 'c' || d == 'k' ||
                d == 'g' || d == 'N')
                *next = p.n; /* longer escapes: stop looking rather than read them wrongly */
            return -1;
        }
        return d;
    }
    if (c == '[') {
        *next = class_end(p, i);
        return -1;
    }
    if (c == '(') {
        *next = group_end(p, i);
        return -1;
    }
    return strchr(".^$)|*+?{", c) ? -1 : c;
}

struct run {
    struct buf *now;
    struct buf *best;
};

static void run_end(const struct run *r)
{
    unsigned now = pack_rare_cost(buf_str(r->now)), best = pack_rare_cost(buf_str(r->best));
    if (r->now->n && (!r->best->n || now < best || (now == best && r->now->n > r->best->n))) {
        buf_clear(r->best);
        buf_add(r->best, r->now->p, r->now->n);
    }
    buf_clear(r->now);
}

/* True when p has a '|' outside of all brackets, or switches to free-spacing mode. */
static bool alternates(struct str p)
{
    for (size_t i = 0; i < p.n;) {
        if (p.p[i] == '|')
            return true;
        if (p.p[i] == '(' && i + 2 < p.n && p.p[i + 1] == '?') {
            for (size_t k = i + 2; k < p.n && ((p.p[k] | 32) >= 'a' || p.p[k] == '-' || p.p[k] == '^'); k++)
                if (p.p[k] == 'x')
                    return true;
        }
        size_t next;
        plain_at(p, i, &next);
        i = next;
    }
    return false;
}

static void find_literal(struct str p, const struct run *r)
{
    if (alternates(p))
        return;
    for (size_t i = 0; i < p.n;) {
        size_t next;
        int c = plain_at(p, i, &next);
        char q = next < p.n ? p.p[next] : 0;
        if (c >= 0 && q != '?' && q != '*' && q != '{')
            buf_addc(r->now, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
        if (c < 0 || strchr("?*{+", q ? q : 'x'))
            run_end(r);
        i = next;
        if (q == '{' && next < p.n) {
            size_t close = str_chr(str_sub(p, next, p.n), '}');
            i = close == STR_NONE ? p.n : next + close + 1;
        }
    }
    run_end(r);
}

/* ---- making ---- */

struct pack_regex *pack_regex_new(struct str pattern, unsigned flags, struct err *e)
{
    if (pattern.n > LIMIT_PACK_REGEX) {
        err_set(e, ERR_LIMIT, "a regular expression of %zu bytes is too long; the limit is %lu", pattern.n,
                LIMIT_PACK_REGEX);
        return NULL;
    }
    uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C;
    options |= flags & PACK_REGEX_CASED ? 0 : PCRE2_CASELESS;
    options |= flags & PACK_REGEX_MULTILINE ? PCRE2_MULTILINE : 0;
    options |= flags & PACK_REGEX_DOTALL ? PCRE2_DOTALL : 0;
    options |= flags & PACK_REGEX_WHOLE ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0;
    int code;
    PCRE2_SIZE at;
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.n, options, &code, &at, NULL);
    if (!compiled) {
        PCRE2_UCHAR text[160] = "";
        pcre2_get_error_message(code, text, sizeof(text));
        err_set(e, ERR_INPUT, "the regular expression cannot be read at byte %zu: %s", at,
                (const char *)text);
        return NULL;
    }
    struct pack_regex *r = mem_zalloc(sizeof(*r));
    r->code = compiled;
    r->cased = (flags & PACK_REGEX_CASED) != 0;
    r->text = mem_dup(pattern.p ? pattern.p : "", pattern.n);
    r->text_n = pattern.n;
    r->limits = pcre2_match_context_create(NULL);
    if (r->limits) {
        pcre2_set_match_limit(r->limits, LIMIT_PACK_MATCH);
        pcre2_set_depth_limit(r->limits, 10000);
        pcre2_set_heap_limit(r->limits, 8 * 1024);
    }
    struct buf now = BUF_INIT(LIMIT_PACK_REGEX), best = BUF_INIT(LIMIT_PACK_REGEX);
    find_literal(pattern, &(struct run){&now, &best});
    r->literal_n = best.n;
    r->literal = mem_dup(buf_cstr(&best), best.n);
    /* What has nothing seldom in it is tried often all the same. Without JIT, matching is only slower. */
    if (!(flags & PACK_REGEX_COLD) || pack_rare_cost(buf_str(&best)) >= COLD_MAX)
        (void)pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
    buf_release(&now);
    buf_release(&best);
    return r;
}

void pack_regex_free(struct pack_regex *r)
{
    if (!r)
        return;
    pcre2_code_free(r->code);
    pcre2_match_context_free(r->limits);
    free(r->text);
    free(r->literal);
    free(r);
}

struct str pack_regex_text(const struct pack_regex *r)
{
    return str_n(r->text, r->text_n);
}

struct str pack_regex_literal(const struct pack_regex *r)
{
    return str_n(r->literal, r->literal_n);
}

bool pack_regex_cased(const struct pack_regex *r)
{
    return r->cased;
}

/* ---- matching ---- */

enum tri pack_regex_capture(const struct pack_regex *r, struct str subject, struct str *out)
{
    pcre2_match_data *m = pcre2_match_data_create(2, NULL);
    if (!m)
        return TRI_UNKNOWN;
    int rc = pcre2_match(r->code, (PCRE2_SPTR)(subject.p ? subject.p : ""), subject.n, 0, 0, m, r->limits);
    enum tri t = rc >= 0 ? TRI_YES : rc == PCRE2_ERROR_NOMATCH ? TRI_NO : TRI_UNKNOWN;
    if (t == TRI_YES && out) {
        const PCRE2_SIZE *o = pcre2_get_ovector_pointer(m);
        bool group = (rc == 0 || rc > 1) && o[2] != PCRE2_UNSET;
        PCRE2_SIZE from = o[group ? 2 : 0], to = o[group ? 3 : 1];
        *out = from <= to ? str_n((subject.p ? subject.p : "") + from, to - from) : (struct str){"", 0};
    }
    pcre2_match_data_free(m);
    return t;
}

enum tri pack_regex_match(const struct pack_regex *r, struct str subject)
{
    return pack_regex_capture(r, subject, NULL);
}

/* ---- judging ---- */

/* A '$' that something must follow, outside of groups and without a multi-line switch. */
static bool dead_dollar(struct str p)
{
    for (size_t i = 0; i < p.n;) {
        size_t next;
        int c = plain_at(p, i, &next);
        if (c < 0 && p.p[i] == '$' && next < p.n) {
            size_t after;
            char q = 0;
            if (plain_at(p, next, &after) >= 0)
                q = after < p.n ? p.p[after] : 'x';
            if (q && q != '?' && q != '*' && q != '{')
                return true;
        }
        i = next;
    }
    return false;
}

enum pack_regex_sense pack_regex_judge(const struct pack_regex *r)
{
    static const char *const unlike[] = {"7", "c:/windows/system32/kernel32.dll", "zz zz", "\xc3\xa9"};
    struct str p = pack_regex_text(r);
    if (pack_regex_match(r, STR_LIT("")) == TRI_YES)
        return p.n == 2 && memcmp(p.p, "^$", 2) == 0 ? PACK_REGEX_SOUND : PACK_REGEX_ALWAYS;
    bool always = true;
    for (size_t i = 0; i < ARRAY_LEN(unlike) && always; i++)
        always = pack_regex_match(r, str_of(unlike[i])) == TRI_YES;
    if (always)
        return PACK_REGEX_ALWAYS;
    bool lines = str_find(p, STR_LIT("(?")) != STR_NONE && str_chr(p, 'm') != STR_NONE;
    return !lines && !alternates(p) && dead_dollar(p) ? PACK_REGEX_NEVER : PACK_REGEX_SOUND;
}

/* ---- globs ---- */

static int fold(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

bool pack_regex_glob(struct str g, struct str s, bool cased)
{
    size_t i = 0, k = 0, star = STR_NONE, mark = 0;
    while (k < s.n) {
        size_t width = 1;
        bool one = false, plain = false;
        if (i < g.n) {
            char c = g.p[i];
            if (c == '\\' && i + 1 < g.n && strchr("*?\\", g.p[i + 1])) {
                c = g.p[i + 1];
                width = 2;
                plain = true;
            }
            if (c == '*' && !plain) {
                star = i++;
                mark = k;
                continue;
            }
            one = (c == '?' && !plain) || c == s.p[k] ||
                  (!cased && fold((unsigned char)c) == fold((unsigned char)s.p[k]));
        }
        if (one) {
            i += width;
            k++;
        } else if (star != STR_NONE) {
            i = star + 1;
            k = ++mark;
        } else
            return false;
    }
    while (i < g.n && g.p[i] == '*')
        i++;
    return i == g.n;
}
