#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_cond.h"

static bool word_char(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

/* ---- "S:KEY=value;S:KEY=value" ---- */

/* Where a value ends: before ";S:NAME=" when the keys have such a prefix, else before a ';' outside of
 * quotes. */
static size_t pair_end(struct str s, struct str key)
{
    size_t colon = str_chr(key, ':');
    char quote = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (colon == STR_NONE) {
            if (quote ? c == quote : c == '\'' || c == '"')
                quote = quote ? 0 : c;
            if (c == ';' && !quote)
                return i;
            continue;
        }
        if (c != ';' || !str_ieq(str_sub(s, i + 1, colon + 1), str_sub(key, 0, colon + 1)))
            continue;
        size_t k = i + 1 + colon + 1;
        while (k < s.n && word_char(s.p[k]))
            k++;
        if (k < s.n && s.p[k] == '=' && k > i + colon + 2)
            return i;
    }
    return s.n;
}

static int pairs(struct str s, struct str key, struct str *out, int n)
{
    for (size_t i = 0; i + key.n < s.n && n < LIMIT_PACK_VALUES; i++) {
        if ((i && s.p[i - 1] != ';' && s.p[i - 1] != ' ') || s.p[i + key.n] != '=' ||
            !str_ieq(str_sub(s, i, key.n), key))
            continue;
        struct str rest = str_sub(s, i + key.n + 1, s.n);
        rest.n = pair_end(rest, key);
        out[n++] = rest;
        i += key.n + rest.n;
    }
    return n;
}

/* ---- parameters of a command ---- */

/* A quote ends a value when what follows cannot be inside of one. */
static struct str quoted(struct str s)
{
    char q = s.p[0];
    size_t open = s.n > 2 && s.p[1] == q && !strchr(". ;,", s.p[2]) ? 2 : 1;
    if (s.n >= 2 && s.p[1] == q && open == 1)
        return (struct str){"", 0};
    for (size_t i = open; i < s.n; i++) {
        if (s.p[i] != q)
            continue;
        size_t run = i;
        while (run < s.n && s.p[run] == q)
            run++;
        if (run == s.n || strchr(". ;,|\t\r\n", s.p[run]))
            return str_sub(s, open, i - open);
        i = run - 1;
    }
    return str_sub(s, open, s.n);
}

static struct str unquoted(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == ';' || c == '|' || (c == ' ' && i + 1 < s.n && s.p[i + 1] == '-'))
            return str_trim(str_sub(s, 0, i));
        if (c == '.') {
            size_t k = i + 1;
            while (k < s.n && word_char(s.p[k]))
                k++;
            if (k > i + 1 && k < s.n && s.p[k] == '=')
                return str_sub(s, 0, i);
        }
    }
    return str_trim(s);
}

static int arguments(struct str s, struct str name, struct str *out, int n)
{
    for (size_t i = 0; name.n && i + name.n < s.n && n < LIMIT_PACK_VALUES; i++) {
        if ((i && word_char(s.p[i - 1])) || word_char(s.p[i + name.n]) ||
            !str_ieq(str_sub(s, i, name.n), name))
            continue;
        size_t k = i + name.n;
        while (k < s.n && (s.p[k] == ' ' || s.p[k] == '=' || s.p[k] == ':'))
            k++;
        if (k == i + name.n || k >= s.n)
            continue;
        struct str rest = str_sub(s, k, s.n);
        out[n++] = rest.p[0] == '\'' || rest.p[0] == '"' ? quoted(rest) : unquoted(rest);
        i = k;
    }
    return n;
}

/* ---- URLs and paths ---- */

static struct str decoded(struct arena *a, struct str s)
{
    if (str_chr(s, '%') == STR_NONE)
        return s;
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int hi = i + 2 < s.n && s.p[i] == '%' ? num_hex_digit(s.p[i + 1]) : -1;
        int lo = hi >= 0 ? num_hex_digit(s.p[i + 2]) : -1;
        if (lo >= 0) {
            p[n++] = (char)(hi * 16 + lo);
            i += 2;
        } else
            p[n++] = s.p[i];
    }
    return str_n(p, n);
}

static struct str url_part(struct arena *a, enum cond_source part, struct str url)
{
    size_t scheme = str_find(url, STR_LIT("://"));
    size_t question = str_chr(url, '?'), hash = str_chr(url, '#');
    size_t stop = MIN(question, hash);
    if (part == COND_QUERY)
        return question == STR_NONE
                   ? (struct str){"", 0}
                   : decoded(a, str_sub(url, question + 1,
                                        hash == STR_NONE || hash < question ? url.n : hash - question - 1));
    struct str front = str_sub(url, 0, stop);
    bool absolute = scheme != STR_NONE && scheme < front.n;
    struct str rest = absolute ? str_sub(front, scheme + 3, front.n) : front;
    size_t slash = str_chr(rest, '/');
    if (part == COND_URL_PATH)
        return absolute && slash == STR_NONE ? (struct str){"/", 1}
                                             : decoded(a, absolute ? str_sub(rest, slash, rest.n) : rest);
    struct str host = absolute ? str_sub(rest, 0, slash) : (struct str){"", 0};
    size_t at = str_chr(host, '@');
    host = at == STR_NONE ? host : str_sub(host, at + 1, host.n);
    size_t colon = host.n && host.p[0] != '[' ? str_chr(host, ':') : STR_NONE;
    return str_sub(host, 0, colon);
}

static struct str path_part(enum cond_source part, struct str s)
{
    size_t i = s.n;
    while (i && s.p[i - 1] != '/' && s.p[i - 1] != '\\')
        i--;
    struct str name = str_sub(s, i, s.n);
    if (part == COND_NAME)
        return name;
    for (i = name.n; i; i--)
        if (name.p[i - 1] == '.')
            return str_sub(name, i, name.n);
    return (struct str){"", 0};
}

/* ---- */

/* Key and parameter names may be several: "ExternalUrl|InternalUrl". */
static int named(enum cond_source source, struct str names, struct str s, struct str *out, int n)
{
    struct str_split it = str_split_init(names, '|');
    struct str one;
    while (str_split_next(&it, &one))
        n = source == COND_PAIR ? pairs(s, one, out, n) : arguments(s, one, out, n);
    return n;
}

static int derive(const struct cond_value *v, const struct pack_subject *s, struct str one, struct str *out,
                  int n)
{
    if (n >= LIMIT_PACK_VALUES)
        return n;
    switch (v->source) {
    case COND_PAIR:
    case COND_ARGUMENT:
        return named(v->source, v->name, one, out, n);
    case COND_CAPTURE:
        return pack_regex_capture(v->rx, one, &out[n]) == TRI_YES ? n + 1 : n;
    case COND_HOST:
    case COND_URL_PATH:
    case COND_QUERY:
        out[n] = url_part(s->scratch, v->source, one);
        return n + 1;
    case COND_DECODED:
        out[n] = decoded(s->scratch, one);
        return n + 1;
    default:
        out[n] = path_part(v->source, one);
        return n + 1;
    }
}

static int joined(const struct cond_value *v, const struct pack_subject *s, struct str *out)
{
    struct str tail[LIMIT_PACK_VALUES];
    int n = pack_cond_values(v->of, s, out), m = pack_cond_values(v->of2, s, tail);
    if (n <= 0)
        return n;
    if (m > 0 && tail[0].n && !str_is(tail[0], "-"))
        out[0] = str_of(arena_printf(s->scratch, STR_FMT STR_FMT STR_FMT, STR_ARG(out[0]), STR_ARG(v->name),
                                     STR_ARG(tail[0])));
    return n;
}

int pack_cond_values(const struct cond_value *v, const struct pack_subject *s, struct str *out)
{
    int n;
    switch (v->source) {
    case COND_FIELD:
        n = s->field(s->ctx, v->name, out, LIMIT_PACK_VALUES);
        return MIN(n, LIMIT_PACK_VALUES);
    case COND_TEXT:
        out[0] = s->text;
        return s->text.p ? 1 : -1;
    case COND_ANY:
        n = s->any ? s->any(s->ctx, out, LIMIT_PACK_VALUES) : -1;
        return MIN(n, LIMIT_PACK_VALUES);
    case COND_JOINED:
        return joined(v, s, out);
    default:
        break;
    }
    struct str in[LIMIT_PACK_VALUES];
    int m = pack_cond_values(v->of, s, in);
    if (m < 0)
        return -1;
    n = 0;
    for (int i = 0; i < m; i++)
        n = derive(v, s, in[i], out, n);
    return n;
}
