/* The order used where no ecosystem is known: CPE ranges of NVD, "custom" ranges
 * of CVE records, versions typed by people.
 *
 * A version is a list of numbers and words; every other character only separates,
 * and so does the change from digits to letters. Lists are compared item by item:
 *     pre-release word < end of the list < any other word < number
 * Zeros before a word or before the end are passed over, so 1.0 = 1.0.0 and
 * 24.09 = 24.09.00.0. Numbers compare by value, pre-release words by rank, other
 * words as text without case. Both rules together make a total preorder.
 *
 * Not compared: a year or date against a small number ("2002" and "16.81"), and
 * a version that begins with a word against one that begins with a number, commit hashes.
 */
#include "identify/versions/scheme.h"
#include "identify/versions/token.h"

enum kind { KIND_END, KIND_WORD, KIND_NUMBER };

struct item {
    enum kind kind;
    int rank; /* of a pre-release word, 0 for others */
    struct str text;
};

static bool is_letter(char c)
{
    return token_is_alpha(c) || (unsigned char)c >= 0x80;
}

static size_t letters(struct str s, size_t i)
{
    size_t n = 0;
    while (i + n < s.n && is_letter(s.p[i + n]))
        n++;
    return n;
}

static int pre_rank(struct str word, bool separated, bool digit_follows)
{
    static const struct {
        const char *word;
        int rank;
    } pre[] = {{"dev", 1}, {"nightly", 1}, {"snapshot", 2},   {"alpha", 3}, {"beta", 4}, {"milestone", 5},
               {"pre", 6}, {"preview", 6}, {"prerelease", 6}, {"rc", 7},    {"cr", 7}};
    for (size_t i = 0; i < ARRAY_LEN(pre); i++)
        if (str_is_i(word, pre[i].word))
            return pre[i].rank;
    /* Python's 3.13.0a1 and 0.5.0b3; but "-b1" is a build of Java */
    if (digit_follows && str_is_i(word, "a"))
        return 3;
    if (digit_follows && !separated && str_is_i(word, "b"))
        return 4;
    /* "-M1" is a milestone, the m of OpenSSL 1.0.1m is not */
    if (separated && digit_follows && str_is_i(word, "m"))
        return 5;
    return 0;
}

/* The next item at *i, zeros not yet passed over. */
static struct item raw_next(struct str s, size_t *i)
{
    size_t start = *i;
    while (*i < s.n && !token_is_digit(s.p[*i]) && !is_letter(s.p[*i]))
        ++*i;
    struct item it = {.kind = KIND_END};
    if (*i >= s.n)
        return it;
    bool separated = *i > start || *i == 0;
    size_t n = token_digits(s, *i);
    it.kind = n ? KIND_NUMBER : KIND_WORD;
    if (!n)
        n = letters(s, *i);
    it.text = str_sub(s, *i, n);
    *i += n;
    if (it.kind == KIND_WORD)
        it.rank = pre_rank(it.text, separated, *i < s.n && token_is_digit(s.p[*i]));
    return it;
}

/* zeros_kept: how many zeros at *i are known to stand before another number. */
static struct item next(struct str s, size_t *i, size_t *zeros_kept)
{
    struct item it = raw_next(s, i);
    if (it.kind != KIND_NUMBER || !token_is_zero(it.text))
        return it;
    if (*zeros_kept) {
        --*zeros_kept;
        return it;
    }
    size_t ahead = *i, zeros = 0;
    struct item after;
    while ((after = raw_next(s, &ahead)).kind == KIND_NUMBER && token_is_zero(after.text))
        zeros++;
    if (after.kind == KIND_NUMBER) {
        *zeros_kept = zeros;
        return it;
    }
    *i = ahead;
    return after;
}

static int weight(const struct item *it)
{
    if (it->kind == KIND_WORD)
        return it->rank ? it->rank : 20;
    return it->kind == KIND_NUMBER ? 30 : 10;
}

static int item_cmp(const struct item *a, const struct item *b)
{
    int wa = weight(a), wb = weight(b);
    if (wa != wb)
        return wa < wb ? -1 : 1;
    if (a->kind == KIND_NUMBER)
        return token_cmp_num(a->text, b->text);
    if (a->kind == KIND_WORD && !a->rank)
        return token_icmp(a->text, b->text);
    return 0;
}

/* "v1.2", "V 1.2", "ver. 1.2", "version 1.2" */
static struct str drop_prefix(struct str s)
{
    static const char *const word[] = {"version", "ver", "v"};
    s = str_trim(s);
    for (size_t k = 0; k < ARRAY_LEN(word); k++) {
        if (!str_starts_i(s, word[k]))
            continue;
        size_t i = strlen(word[k]);
        while (i < s.n && (s.p[i] == ' ' || s.p[i] == '.' || s.p[i] == '_' || s.p[i] == '-'))
            i++;
        if (i < s.n && token_is_digit(s.p[i]))
            return str_sub(s, i, s.n);
    }
    return s;
}

static bool generic_valid(struct str v)
{
    v = str_trim(v);
    if (v.n > LIMIT_VERSION)
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (token_is_digit(v.p[i]) || is_letter(v.p[i]))
            return true;
    return false;
}

enum family { FAMILY_WORD, FAMILY_ZERO, FAMILY_SMALL, FAMILY_LARGE, FAMILY_YEAR, FAMILY_DATE, FAMILY_HASH };

/* A commit: its order is known to the repository alone. */
static bool is_hash(struct str s)
{
    size_t letter = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (num_hex_digit(s.p[i]) < 0)
            return false;
        letter += token_is_alpha(s.p[i]);
    }
    return s.n >= 12 && letter > 0;
}

static enum family family_of(struct str s)
{
    if (is_hash(s))
        return FAMILY_HASH;
    size_t i = 0;
    struct item first = raw_next(s, &i);
    if (first.kind != KIND_NUMBER)
        return FAMILY_WORD;
    if (token_is_zero(first.text))
        return FAMILY_ZERO;
    uint64_t n;
    if (!num_u64(first.text, &n))
        return FAMILY_LARGE;
    if (first.text.n == 4 && n >= 1980 && n <= 2099)
        return FAMILY_YEAR;
    if (first.text.n == 8 && n / 10000 >= 1980 && n / 10000 <= 2099 && n / 100 % 100 >= 1 &&
        n / 100 % 100 <= 12)
        return FAMILY_DATE;
    return n < 1000 ? FAMILY_SMALL : FAMILY_LARGE;
}

static bool families_meet(enum family a, enum family b)
{
    if (a == FAMILY_HASH || b == FAMILY_HASH)
        return false;
    if (a == b || (a == FAMILY_ZERO && b != FAMILY_WORD) || (b == FAMILY_ZERO && a != FAMILY_WORD))
        return true;
    if (a == FAMILY_WORD || b == FAMILY_WORD)
        return false;
    bool dated_a = a >= FAMILY_YEAR, dated_b = b >= FAMILY_YEAR;
    if (dated_a && dated_b)
        return false; /* 2021.3 and 20210303 */
    return !(dated_a && b == FAMILY_SMALL) && !(dated_b && a == FAMILY_SMALL);
}

static int generic_compare(struct str a, struct str b)
{
    if (!generic_valid(a) || !generic_valid(b))
        return VERSION_INVALID;
    a = drop_prefix(a);
    b = drop_prefix(b);
    if (str_ieq(a, b))
        return VERSION_EQUAL;
    if (!families_meet(family_of(a), family_of(b)))
        return VERSION_INCOMPARABLE;
    size_t i = 0, k = 0, zi = 0, zk = 0;
    for (;;) {
        struct item x = next(a, &i, &zi), y = next(b, &k, &zk);
        int c = item_cmp(&x, &y);
        if (c || x.kind == KIND_END || y.kind == KIND_END)
            return c;
    }
}

const struct scheme scheme_generic = {
    .name = "generic",
    .aliases = "nvd cpe custom other bitnami",
    .compare = generic_compare,
    .valid = generic_valid,
};
