/* Python: PEP 440, with its normalisation. A text outside PEP 440 sorts before
 * every version; two of those are not ordered. */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

#define LOWEST (-1)
#define HIGHEST 9

struct pep {
    struct str epoch, release, pre_n, post_n, dev_n, local;
    int pre; /* 0 a, 1 b, 2 rc; LOWEST: before all; HIGHEST: none */
    bool post, dev;
};

static size_t skip_sep(struct str s, size_t i)
{
    return i < s.n && (s.p[i] == '.' || s.p[i] == '-' || s.p[i] == '_') ? i + 1 : i;
}

/* [sep] word [sep] [digits]; moves *i behind it when it is there. */
static bool read_tag(struct str s, size_t *i, const char *word, struct str *number)
{
    size_t k = skip_sep(s, *i);
    if (!str_starts_i(str_sub(s, k, s.n), word))
        return false;
    k += strlen(word);
    if (k < s.n && token_is_alpha(s.p[k]))
        return false;
    size_t d = skip_sep(s, k), n = token_digits(s, d);
    *number = str_sub(s, d, n);
    *i = n ? d + n : k;
    return true;
}

static void read_pre(struct str v, size_t *i, struct pep *out)
{
    static const struct {
        const char *word;
        int rank;
    } tag[] = {{"alpha", 0},   {"a", 0},   {"beta", 1}, {"b", 1},
               {"preview", 2}, {"pre", 2}, {"rc", 2},   {"c", 2}};
    for (size_t k = 0; k < ARRAY_LEN(tag); k++)
        if (read_tag(v, i, tag[k].word, &out->pre_n)) {
            out->pre = tag[k].rank;
            return;
        }
}

static void read_post(struct str v, size_t *i, struct pep *out)
{
    static const char *const tag[] = {"post", "rev", "r"};
    for (size_t k = 0; k < ARRAY_LEN(tag) && !out->post; k++)
        out->post = read_tag(v, i, tag[k], &out->post_n);
    size_t n;
    if (!out->post && *i < v.n && v.p[*i] == '-' && (n = token_digits(v, *i + 1)) > 0) {
        out->post = true;
        out->post_n = str_sub(v, *i + 1, n);
        *i += n + 1;
    }
}

static bool local_ok(struct str s)
{
    bool sep = true;
    for (size_t i = 0; i < s.n; i++) {
        bool is_sep = s.p[i] == '.' || s.p[i] == '-' || s.p[i] == '_';
        if (is_sep ? sep : !token_is_alnum(s.p[i]))
            return false;
        sep = is_sep;
    }
    return !sep;
}

static bool read_pep(struct str v, struct pep *out)
{
    *out = (struct pep){.pre = HIGHEST};
    v = str_trim(v);
    if (!v.n || v.n > LIMIT_VERSION)
        return false;
    if (v.p[0] == 'v' || v.p[0] == 'V')
        v = str_sub(v, 1, v.n);
    size_t i = token_digits(v, 0);
    if (i && i < v.n && v.p[i] == '!') {
        out->epoch = str_sub(v, 0, i);
        v = str_sub(v, i + 1, v.n);
        i = token_digits(v, 0);
    }
    if (!i)
        return false;
    while (i + 1 < v.n && v.p[i] == '.' && token_is_digit(v.p[i + 1]))
        i += 1 + token_digits(v, i + 1);
    out->release = str_sub(v, 0, i);
    read_pre(v, &i, out);
    read_post(v, &i, out);
    out->dev = read_tag(v, &i, "dev", &out->dev_n);
    if (i < v.n && v.p[i] == '+') {
        out->local = str_sub(v, i + 1, v.n);
        if (!local_ok(out->local))
            return false;
        i = v.n;
    }
    if (out->pre == HIGHEST && !out->post && out->dev)
        out->pre = LOWEST;
    return i == v.n;
}

static int cmp_release(struct str a, struct str b)
{
    struct str_split x = str_split_init(a, '.'), y = str_split_init(b, '.');
    for (;;) {
        struct str p = {0}, q = {0};
        bool more_x = str_split_next(&x, &p), more_y = str_split_next(&y, &q);
        if (!more_x && !more_y)
            return 0;
        int c = token_cmp_num(more_x ? p : (struct str){0}, more_y ? q : (struct str){0});
        if (c)
            return c;
    }
}

static struct str next_local(struct str *s)
{
    size_t n = 0;
    while (n < s->n && token_is_alnum(s->p[n]))
        n++;
    struct str piece = str_sub(*s, 0, n);
    *s = str_sub(*s, n + 1, s->n);
    return piece;
}

/* None before any; numbers above words; more pieces above fewer. */
static int cmp_local(struct str a, struct str b)
{
    while (a.n && b.n) {
        struct str p = next_local(&a), q = next_local(&b);
        bool np = token_all_digits(p), nq = token_all_digits(q);
        int c = np != nq ? (np ? 1 : -1) : np ? token_cmp_num(p, q) : token_icmp(p, q);
        if (c)
            return c;
    }
    return (a.n > 0) - (b.n > 0);
}

static int pep440_compare(struct str a, struct str b)
{
    struct pep x, y;
    if (!str_trim(a).n || !str_trim(b).n || a.n > LIMIT_VERSION || b.n > LIMIT_VERSION)
        return VERSION_INVALID;
    bool ok_x = read_pep(a, &x), ok_y = read_pep(b, &y);
    if (!ok_x || !ok_y) {
        if (ok_x != ok_y)
            return ok_x ? 1 : -1;
        return str_ieq(a, b) ? VERSION_EQUAL : VERSION_INCOMPARABLE;
    }
    int c = token_cmp_num(x.epoch, y.epoch);
    if (!c)
        c = cmp_release(x.release, y.release);
    if (!c)
        c = token_sign(x.pre - y.pre);
    if (!c)
        c = token_cmp_num(x.pre_n, y.pre_n);
    if (!c)
        c = (int)x.post - (int)y.post;
    if (!c)
        c = token_cmp_num(x.post_n, y.post_n);
    if (!c)
        c = (int)y.dev - (int)x.dev;
    if (!c)
        c = token_cmp_num(x.dev_n, y.dev_n);
    return c ? c : cmp_local(x.local, y.local);
}

static bool pep440_valid(struct str v)
{
    struct pep p;
    return read_pep(v, &p);
}

const struct scheme scheme_pep440 = {
    .name = "pep440",
    .aliases = "pypi python pip",
    .compare = pep440_compare,
    .valid = pep440_valid,
};
