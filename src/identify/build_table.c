#include "identify/build_table_in.h"

void build_table_free(struct build_table *t)
{
    if (!t)
        return;
    vec_release(&t->row);
    vec_release(&t->line);
    vec_release(&t->update);
    vec_release(&t->same);
    vec_release(&t->bound);
    vec_release(&t->fix);
    arena_release(&t->a);
    free(t);
}

struct str build_table_vendor(const struct build_table *t)
{
    return t->vendor;
}
struct str build_table_product(const struct build_table *t)
{
    return t->product;
}
struct str build_table_family(const struct build_table *t)
{
    return t->family;
}

/* ---- reading numbers ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool build_table_number(struct str s, size_t *at, uint32_t *out)
{
    size_t i = *at;
    uint32_t v = 0;
    unsigned digits = 0;
    if (i >= s.n || !is_digit(s.p[i]))
        return false;
    for (; i < s.n && is_digit(s.p[i]); i++) {
        v = v * 10 + (uint32_t)(s.p[i] - '0');
        if (v > 0 && ++digits > BUILD_DIGITS)
            return false;
    }
    *at = i;
    *out = v;
    return true;
}

bool build_table_four(struct str s, size_t *at, uint32_t n[4])
{
    size_t i = *at;
    for (int k = 0; k < 4; k++) {
        if (k && (i >= s.n || s.p[i++] != '.'))
            return false;
        if (!build_table_number(s, &i, &n[k]))
            return false;
    }
    if (i < s.n && s.p[i] == '.' && i + 1 < s.n && is_digit(s.p[i + 1]))
        return false; /* five numbers are something else */
    *at = i;
    return true;
}

static bool four_whole(struct str s, uint32_t n[4])
{
    size_t at = 0;
    return build_table_four(s, &at, n) && at == s.n;
}

/* ---- parsing ---- */

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

static struct str dash_empty(struct str s)
{
    if (str_is(s, "-"))
        s.n = 0;
    return s;
}

static int line_bound(struct build_table *t, struct str verb, struct str rest, const char *file,
                      unsigned long line, struct err *e)
{
    struct build_bound b = {.contained = str_is(verb, "contained")};
    struct str w;
    if (!t->fix.n)
        return err_at(e, ERR_INPUT, file, line, "\"fixed\" and \"contained\" must follow a \"fix\" line");
    if (!word_next(&rest, &w) || !four_whole(w, b.n))
        return err_at(e, ERR_INPUT, file, line, "expected a build of four numbers, such as 15.1.2176.9");
    if (word_next(&rest, &w)) {
        if (b.contained || !str_is(w, "verify") || !word_next(&rest, &w) || !four_whole(w, b.verify))
            return err_at(e, ERR_INPUT, file, line, "after a fixed build only \"verify BUILD\" may follow");
        b.has_verify = true;
    }
    vec_push(&t->bound, b);
    t->fix.p[t->fix.n - 1].n++;
    return 0;
}

static int line_build(struct build_table *t, struct str rest, const char *file, unsigned long line,
                      struct err *e)
{
    struct build_row r = {0};
    struct str build, key, date;
    if (!word_next(&rest, &build) || !four_whole(build, r.n))
        return err_at(e, ERR_INPUT, file, line, "expected a build of four numbers, such as 15.1.2176.9");
    if (!word_next(&rest, &key) || !word_next(&rest, &r.level) || !word_next(&rest, &r.update) ||
        !word_next(&rest, &date))
        return err_at(e, ERR_INPUT, file, line,
                      "a build line has five words: build, product, level, update, date (\"-\" for none)");
    r.update = dash_empty(r.update);
    r.date = dash_empty(date);
    for (r.product = 0; r.product < t->line.n; r.product++)
        if (str_eq(t->line.p[r.product].key, key))
            break;
    if (r.product == t->line.n)
        return err_at(e, ERR_INPUT, file, line, "no \"product\" line names \"%.*s\"", STR_ARG(key));
    vec_push(&t->row, r);
    return 0;
}

static int line_read(struct build_table *t, struct str verb, struct str rest, const char *file,
                     unsigned long line, struct err *e)
{
    struct str w, v;
    if (str_is(verb, "build"))
        return line_build(t, rest, file, line, e);
    if (str_is(verb, "fixed") || str_is(verb, "contained"))
        return line_bound(t, verb, rest, file, line, e);
    if (str_is(verb, "family") && word_next(&rest, &t->family) && word_next(&rest, &w)) {
        size_t colon = str_chr(w, ':');
        if (colon == STR_NONE)
            return err_at(e, ERR_INPUT, file, line,
                          "expected VENDOR:PRODUCT, such as microsoft:exchange_server");
        t->vendor = str_sub(w, 0, colon);
        t->product = str_sub(w, colon + 1, w.n);
        return 0;
    }
    if (str_is(verb, "product") && word_next(&rest, &w) && word_next(&rest, &v)) {
        vec_push(&t->line, ((struct build_product){w, v, str_trim(rest)}));
        return 0;
    }
    if (str_is(verb, "update") && word_next(&rest, &w) && word_next(&rest, &v) && str_is(v, "=") &&
        word_next(&rest, &v)) {
        vec_push(&t->update, ((struct build_update){w, dash_empty(v)}));
        return 0;
    }
    if (str_is(verb, "same") && word_next(&rest, &w) && word_next(&rest, &v)) {
        struct str b;
        if (word_next(&rest, &b)) {
            vec_push(&t->same, ((struct build_same){w, v, b}));
            return 0;
        }
    }
    if (str_is(verb, "read")) {
        t->read = str_trim(rest);
        return 0;
    }
    if (str_is(verb, "fix") && word_next(&rest, &w)) {
        vec_push(&t->fix, ((struct build_entry){w, str_trim(rest), t->bound.n, 0}));
        return 0;
    }
    return err_at(e, ERR_INPUT, file, line,
                  "\"%.*s\" is not a complete line of a build table; its format is described at the head of "
                  "rules/products/exchange_builds.txt",
                  STR_ARG(verb));
}

static int row_cmp(const void *pa, const void *pb)
{
    const struct build_row *a = pa, *b = pb;
    for (int k = 0; k < 4; k++)
        if (a->n[k] != b->n[k])
            return a->n[k] < b->n[k] ? -1 : 1;
    /* Of two names of one build, the level without an update comes first. */
    return (a->update.n > 0) - (b->update.n > 0);
}

struct str build_table_same(const struct build_table *t, struct str product, struct str level)
{
    for (size_t i = 0; i < t->same.n; i++)
        if (str_eq(t->same.p[i].product, product) && str_eq(t->same.p[i].a, level))
            level = t->same.p[i].b;
    return level;
}

/* "CU19" by the "update" lines: "cumulative_update_19". */
static struct str cpe_spell(struct build_table *t, struct str level)
{
    for (size_t i = 0; i < t->update.n; i++) {
        struct str shape = t->update.p[i].level, cpe = t->update.p[i].cpe;
        if (str_eq(shape, level))
            return cpe;
        if (!shape.n || shape.p[shape.n - 1] != '#' || level.n < shape.n ||
            memcmp(level.p, shape.p, shape.n - 1) != 0 || !is_digit(level.p[shape.n - 1]))
            continue;
        size_t mark = str_chr(cpe, '#');
        if (mark == STR_NONE)
            return cpe;
        struct str number = str_sub(level, shape.n - 1, level.n);
        return str_of(arena_printf(&t->a, "%.*s%.*s", (int)mark, cpe.p, STR_ARG(number)));
    }
    return (struct str){0};
}

static void rows_finish(struct build_table *t)
{
    if (!t->row.p)
        return;
    qsort(t->row.p, t->row.n, sizeof(*t->row.p), row_cmp);
    for (size_t i = 0; i < t->row.n; i++) {
        struct build_row *r = &t->row.p[i];
        if (i && r[-1].product == r->product && str_eq(r[-1].level, r->level))
            r->cpe = r[-1].cpe;
        else
            r->cpe = cpe_spell(t, build_table_same(t, t->line.p[r->product].key, r->level));
    }
}

int build_table_parse(struct build_table **out, const char *file, struct str text, struct err *e)
{
    *out = NULL;
    if (text.n > LIMIT_FILE_SMALL)
        return err_at(e, ERR_LIMIT, file, 0, "the file is larger than %lu bytes", LIMIT_FILE_SMALL);
    struct build_table *t = mem_zalloc(sizeof(*t));
    struct str rest = arena_str(&t->a, text), line;
    int rc = 0;
    for (unsigned long no = 1; !rc && str_line_next(&rest, &line); no++) {
        size_t hash = 0;
        struct str verb;
        /* "#" inside a word is a placeholder, not a comment. */
        while (hash < line.n &&
               (line.p[hash] != '#' || (hash && line.p[hash - 1] != ' ' && line.p[hash - 1] != '\t')))
            hash++;
        struct str body = str_sub(line, 0, hash);
        if (word_next(&body, &verb))
            rc = line_read(t, verb, body, file, no, e);
    }
    if (!rc && (!t->family.n || !t->row.n))
        rc = err_at(e, ERR_INPUT, file, 0,
                    "a build table needs a \"family\" line and at least one \"build\" line");
    if (rc) {
        build_table_free(t);
        return rc;
    }
    rows_finish(t);
    *out = t;
    return 0;
}
