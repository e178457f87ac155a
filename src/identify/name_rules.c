#include "identify/name_rules.h"

#include <limits.h>

#define BUCKETS 65536u
#define ALIASES_PER_LINE 400

struct name_rules *name_rules_new(void)
{
    return mem_zalloc(sizeof(struct name_rules));
}

void name_rules_free(struct name_rules *r)
{
    if (!r)
        return;
    vec_release(&r->product);
    vec_release(&r->vendor);
    vec_release(&r->update);
    vec_release(&r->release);
    vec_release(&r->test);
    vec_release(&r->key);
    free(r->bucket);
    arena_release(&r->a);
    free(r);
}

/* ---- keys ---- */

static int key_cmp(const void *pa, const void *pb)
{
    const struct name_key *a = pa, *b = pb;
    int c = str_cmp(a->key, b->key);
    if (!c)
        c = (a->kind > b->kind) - (a->kind < b->kind);
    return c ? c : (a->ref > b->ref) - (a->ref < b->ref);
}

static unsigned bucket_of(const char *p, size_t n)
{
    return (unsigned)(unsigned char)p[0] << 8 | (n > 1 ? (unsigned char)p[1] : 0);
}

void name_rules_ready(struct name_rules *r)
{
    if (r->key.n)
        qsort(r->key.p, r->key.n, sizeof(*r->key.p), key_cmp);
    free(r->bucket);
    r->bucket = mem_zalloc((BUCKETS + 1) * sizeof(*r->bucket));
    size_t i = 0;
    for (unsigned b = 0; b <= BUCKETS; b++) {
        while (i < r->key.n && bucket_of(r->key.p[i].key.p, r->key.p[i].key.n) < b)
            i++;
        r->bucket[b] = (uint32_t)i;
    }
}

/* First key in [lo,hi) whose byte at `depth` is >= c; a key that ends there sorts first. */
static size_t narrow(const struct name_rules *r, size_t lo, size_t hi, size_t depth, int c)
{
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        struct str k = r->key.p[mid].key;
        if ((k.n > depth ? (int)(unsigned char)k.p[depth] : -1) < c)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Takes the keys at lo that are exactly `len` bytes long when one is of the kinds. */
static bool exact_at(const struct name_rules *r, size_t lo, size_t hi, size_t len, unsigned kinds, size_t *n)
{
    bool wanted = false;
    size_t i = lo;
    for (; i < hi && r->key.p[i].key.n == len; i++)
        wanted |= (r->key.p[i].kind & kinds) != 0;
    *n = i - lo;
    return wanted;
}

/* One-byte keys share the bucket of their byte and NUL. */
size_t name_rules_longest(const struct name_rules *r, const struct name_fold *f, size_t at, unsigned kinds,
                          size_t *first, size_t *n)
{
    struct str s = str_sub(f->key, at, f->key.n);
    size_t best = 0, count;
    if (!s.n || !r->bucket)
        return 0;
    unsigned one = bucket_of(s.p, 1), b = bucket_of(s.p, s.n);
    if (name_edge(f, at + 1) && exact_at(r, r->bucket[one], r->bucket[one + 1], 1, kinds, &count)) {
        best = 1;
        *first = r->bucket[one];
        *n = count;
    }
    size_t lo = r->bucket[b], hi = r->bucket[b + 1];
    for (size_t len = 2; lo < hi && len <= s.n; len++) {
        int c = (unsigned char)s.p[len - 1];
        lo = narrow(r, lo, hi, len - 1, c);
        hi = narrow(r, lo, hi, len - 1, c + 1);
        if (lo < hi && name_edge(f, at + len) && exact_at(r, lo, hi, len, kinds, &count)) {
            best = len;
            *first = lo;
            *n = count;
        }
    }
    return best;
}

size_t name_rules_alias(const struct name_rules *r, const struct name_fold *f, size_t at, unsigned kinds,
                        size_t *first, size_t *n)
{
    size_t first2, n2, len = name_rules_longest(r, f, at, kinds, first, n);
    size_t vendor = len ? name_rules_longest(r, f, at, NAME_KEY_VENDOR, &first2, &n2) : 0;
    size_t f3, n3;
    if (vendor && vendor < len && at + vendor < f->key.n &&
        vendor + name_rules_longest(r, f, at + vendor, NAME_KEY_PRODUCT, &f3, &n3) > len) {
        *first = first2;
        *n = n2;
        return vendor;
    }
    return len;
}

size_t name_rules_vendor(const struct name_rules *r, struct str name)
{
    for (size_t i = 0; i < r->vendor.n; i++)
        if (str_eq(r->vendor.p[i].name, name))
            return i;
    return SIZE_MAX;
}

static bool listed(struct str list, struct str what)
{
    struct str_split it = str_split_init(list, ',');
    struct str w;
    while (list.n && str_split_next(&it, &w))
        if (str_eq(w, what))
            return true;
    return false;
}

bool name_rules_kin(const struct name_rules *r, struct str stated, struct str vendor)
{
    if (str_eq(stated, vendor))
        return true;
    size_t i = name_rules_vendor(r, stated);
    return i != SIZE_MAX && listed(r->vendor.p[i].also, vendor);
}

/* ---- reading ---- */

struct reader {
    struct name_rules *r;
    const char *file;
    unsigned long line;
    struct err *e;
    struct str section; /* vendor of the products that follow */
    struct arena *scratch;
};

static int fail_alias(const struct reader *rd, struct str alias)
{
    return err_at(rd->e, ERR_INPUT, rd->file, rd->line,
                  "\"%.*s\" cannot be an alias: it needs a letter or digit and at most %d bytes",
                  STR_ARG(alias), NAME_KEY_MAX);
}

static int alias_add(struct reader *rd, struct str alias, enum name_key_kind kind, uint32_t ref)
{
    struct name_key k = {.kind = (uint8_t)kind, .ref = ref};
    struct name_fold f;
    arena_clear(rd->scratch);
    alias = str_trim(alias);
    for (; alias.n && (alias.p[0] == '?' || alias.p[0] == '!'); alias = str_sub(alias, 1, alias.n))
        k.flags |= alias.p[0] == '?' ? NAME_KEY_WEAK : NAME_KEY_WEAK | NAME_KEY_NEEDS;
    int rc = name_fold(alias, rd->scratch, &f, rd->e);
    if (!rc && (!f.key.n || f.key.n > NAME_KEY_MAX))
        rc = fail_alias(rd, alias);
    if (!rc) {
        k.key = arena_str(&rd->r->a, f.key);
        for (size_t i = 1; i < f.key.n && i < 64; i++)
            if (name_sep(&f, i) != NAME_SEP_NONE)
                k.gaps |= 1ULL << i;
        vec_push(&rd->r->key, k);
    }
    return rc;
}

static int aliases_add(struct reader *rd, struct str list, enum name_key_kind kind, uint32_t ref)
{
    struct str_split it = str_split_init(list, '|');
    struct str alias;
    int rc = 0;
    for (unsigned n = 0; !rc && str_split_next(&it, &alias); n++) {
        if (n == ALIASES_PER_LINE)
            return err_at(rd->e, ERR_LIMIT, rd->file, rd->line, "more than %d aliases on one line",
                          ALIASES_PER_LINE);
        rc = alias_add(rd, alias, kind, ref);
    }
    return rc;
}

static bool word_next(struct str *rest, struct str *word)
{
    *rest = str_trim(*rest);
    size_t i = 0;
    while (i < rest->n && rest->p[i] != ' ' && rest->p[i] != '\t')
        i++;
    *word = str_n(rest->p, i);
    *rest = str_sub(*rest, i, rest->n);
    return i > 0;
}

/* Splits at the first " = ": left side words, right side aliases. */
static bool sides(struct str line, struct str *left, struct str *right)
{
    size_t at = str_find(line, STR_LIT(" = "));
    if (at == STR_NONE)
        return false;
    *left = str_trim(str_sub(line, 0, at));
    *right = str_trim(str_sub(line, at + 3, line.n));
    return left->n && right->n;
}

static struct str comment_cut(struct str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
            return str_trim(str_sub(line, 0, i));
    return str_trim(line);
}

static bool flag_value(struct str word, const char *name, struct str *value)
{
    size_t n = strlen(name);
    if (!str_starts(word, name) || word.n <= n)
        return false;
    *value = str_sub(word, n, word.n);
    return true;
}

static bool form_by_name(struct str name, enum name_form *out)
{
    static const char *const names[] = {"plain", "dotted",  "year", "exchange", "windows", "server",
                                        "java",  "java_se", "r",    "r_first",  "asa",     "none"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_is(name, names[i])) {
            *out = (enum name_form)i;
            return true;
        }
    return false;
}

static int vendor_line(struct reader *rd, struct str line)
{
    struct str left, right, name, word;
    if (!sides(line, &left, &right) || !word_next(&left, &name))
        return err_at(rd->e, ERR_INPUT, rd->file, rd->line,
                      "expected VENDOR [also=VENDOR,...] = ALIAS | ALIAS ...");
    struct name_vendor v = {.name = name};
    while (word_next(&left, &word))
        if (!flag_value(word, "also=", &v.also))
            return err_at(rd->e, ERR_INPUT, rd->file, rd->line, "\"%.*s\" is not known here; only also= is",
                          STR_ARG(word));
    vec_push(&rd->r->vendor, v);
    return aliases_add(rd, right, NAME_KEY_VENDOR, (uint32_t)(rd->r->vendor.n - 1));
}

static int product_line(struct reader *rd, struct str left, struct str right)
{
    struct name_product p = {.vendor = rd->section, .u = STR_LIT("update#"), .line = (uint32_t)rd->line};
    struct str word, value;
    (void)word_next(&left, &p.product);
    if (!rd->section.n)
        return err_at(rd->e, ERR_INPUT, rd->file, rd->line, "a product must follow its [vendor]");
    while (word_next(&left, &word)) {
        if (flag_value(word, "version=", &p.version) || flag_value(word, "update=", &p.update) ||
            flag_value(word, "also=", &p.also) || flag_value(word, "u=", &p.u))
            continue;
        if (!flag_value(word, "form=", &value) || !form_by_name(value, &p.form))
            return err_at(rd->e, ERR_INPUT, rd->file, rd->line,
                          "\"%.*s\" is not known; use form=, version=, update=, u= or also=", STR_ARG(word));
    }
    vec_push(&rd->r->product, p);
    return aliases_add(rd, right, NAME_KEY_PRODUCT, (uint32_t)(rd->r->product.n - 1));
}

/* "NAME" -> EXPECTATION */
static int test_line(struct reader *rd, struct str line)
{
    size_t arrow = str_find(line, STR_LIT("\" -> "));
    if (arrow == STR_NONE)
        return err_at(rd->e, ERR_INPUT, rd->file, rd->line,
                      "expected \"NAME\" -> VENDOR:PRODUCT[:VERSION[:UPDATE]]");
    vec_push(&rd->r->test,
             ((struct name_test){str_sub(line, 1, arrow - 1), str_trim(str_sub(line, arrow + 5, line.n)),
                                 (uint32_t)rd->line}));
    return 0;
}

static int directive(struct reader *rd, struct str left, struct str right, bool *taken)
{
    struct str word, rest = left;
    *taken = true;
    (void)word_next(&rest, &word);
    if (str_is(word, "noise"))
        return aliases_add(rd, right, NAME_KEY_NOISE, 0);
    if (str_is(word, "word") && word_next(&rest, &word)) {
        if (str_is(word, "build"))
            return aliases_add(rd, right, NAME_KEY_BUILD, 0);
        if (str_is(word, "version"))
            return aliases_add(rd, right, NAME_KEY_VERSION, 0);
    } else if (str_is(word, "update") && word_next(&rest, &word)) {
        vec_push(&rd->r->update, word);
        return aliases_add(rd, right, NAME_KEY_UPDATE, (uint32_t)(rd->r->update.n - 1));
    } else if (str_is(word, "release")) {
        struct name_release x = {.release = right};
        if (word_next(&rest, &x.family) && word_next(&rest, &x.build)) {
            vec_push(&rd->r->release, x);
            return 0;
        }
    }
    *taken = false;
    return 0;
}

static int names_line(struct reader *rd, struct str line)
{
    struct str left, right;
    bool taken;
    if (line.p[0] == '"')
        return test_line(rd, line);
    if (line.p[0] == '[' && line.p[line.n - 1] == ']') {
        rd->section = str_sub(line, 1, line.n - 2);
        if (name_rules_vendor(rd->r, rd->section) == SIZE_MAX)
            return err_at(rd->e, ERR_INPUT, rd->file, rd->line, "no line of vendors.txt begins with \"%.*s\"",
                          STR_ARG(rd->section));
        return 0;
    }
    if (!sides(line, &left, &right))
        return err_at(rd->e, ERR_INPUT, rd->file, rd->line,
                      "expected PRODUCT = ALIAS | ALIAS ..., [vendor], a directive or a test");
    int rc = directive(rd, left, right, &taken);
    return rc || taken ? rc : product_line(rd, left, right);
}

static int file_read(struct name_rules *r, const char *file, struct str text, bool vendors, struct err *e)
{
    struct arena scratch = {0};
    struct reader rd = {.r = r, .file = file, .e = e, .scratch = &scratch};
    struct str rest, line;
    int rc = 0;
    if (text.n > LIMIT_FILE_SMALL)
        return err_at(e, ERR_LIMIT, file, 0, "the file is larger than %lu bytes", LIMIT_FILE_SMALL);
    rest = arena_str(&r->a, text);
    while (!rc && str_line_next(&rest, &line)) {
        rd.line++;
        line = comment_cut(line);
        if (line.n)
            rc = vendors ? vendor_line(&rd, line) : names_line(&rd, line);
    }
    arena_release(&scratch);
    return rc;
}

int name_rules_vendors(struct name_rules *r, const char *file, struct str text, struct err *e)
{
    return file_read(r, file, text, true, e);
}

int name_rules_products(struct name_rules *r, const char *file, struct str text, struct err *e)
{
    return file_read(r, file, text, false, e);
}
