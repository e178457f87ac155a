#include "identify/build_table_in.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void row_fill(const struct build_table *t, const struct build_row *r, struct build_info *b)
{
    const struct build_product *p = &t->line.p[r->product];
    b->product = p->key;
    b->title = p->title;
    b->cpe_version = p->version;
    b->level = r->level;
    b->cpe_update = r->cpe;
}

/* The last row not above n in the first `parts` numbers; NULL when there is none. */
static const struct build_row *row_below(const struct build_table *t, const uint32_t n[4], int parts)
{
    const struct build_row *found = NULL;
    for (size_t i = 0; i < t->row.n; i++) {
        int c = 0;
        for (int k = 0; k < parts && !c; k++)
            c = (t->row.p[i].n[k] > n[k]) - (t->row.p[i].n[k] < n[k]);
        if (c > 0)
            break;
        if (t->row.p[i].n[0] == n[0] && t->row.p[i].n[1] == n[1])
            found = &t->row.p[i];
    }
    return found;
}

bool build_table_resolve(const struct build_table *t, const uint32_t n[4], struct build_info *b)
{
    const struct build_row *r = row_below(t, n, 4);
    if (!r) {
        /* Older than the oldest of its generation, or another generation altogether. */
        for (size_t i = 0; i < t->row.n && !r; i++)
            if (t->row.p[i].n[0] == n[0] && t->row.p[i].n[1] == n[1])
                r = &t->row.p[i];
        if (!r)
            return false;
    }
    /* The level of the third number, whatever its fourth. */
    const struct build_row *same = NULL;
    for (size_t i = 0; i < t->row.n && !same; i++)
        if (!memcmp(t->row.p[i].n, n, 3 * sizeof(*n)) && (t->row.p[i].n[3] >= n[3] || &t->row.p[i] == r))
            same = &t->row.p[i];
    if (!memcmp(r->n, n, 3 * sizeof(*n)))
        same = r;
    row_fill(t, same ? same : r, b);
    memcpy(b->build, n, sizeof(b->build));
    b->listed = same && same->n[3] == n[3];
    if (!same) {
        b->level = (struct str){0};
        b->cpe_update = (struct str){0};
    } else if (b->listed) {
        b->update = same->update;
        b->date = same->date;
    }
    return true;
}

/* "Version 15.1 (Build 2176.2)": what Get-ExchangeServer shows. */
static bool display_read(struct str s, size_t at, uint32_t n[4])
{
    if (!build_table_number(s, &at, &n[0]) || at >= s.n || s.p[at++] != '.' ||
        !build_table_number(s, &at, &n[1]))
        return false;
    while (at < s.n && (s.p[at] == ' ' || s.p[at] == '('))
        at++;
    if (!str_starts_i(str_sub(s, at, s.n), "build"))
        return false;
    for (at += 5; at < s.n && (s.p[at] == ' ' || s.p[at] == ':');)
        at++;
    return build_table_number(s, &at, &n[2]) && at < s.n && s.p[at++] == '.' &&
           build_table_number(s, &at, &n[3]);
}

bool build_table_find(const struct build_table *t, struct str written, struct build_info *out)
{
    for (size_t i = 0; i < written.n && i < LIMIT_LEDGER_CELL; i++) {
        uint32_t n[4] = {0};
        size_t at = i;
        if (!is_digit(written.p[i]) || (i && (is_digit(written.p[i - 1]) || written.p[i - 1] == '.')))
            continue;
        memset(out, 0, sizeof(*out));
        if (build_table_four(written, &at, n) && build_table_resolve(t, n, out))
            return true;
        if (display_read(written, i, n) && build_table_resolve(t, n, out)) {
            out->level_only = true;
            out->update = out->date = (struct str){0};
            return true;
        }
    }
    return false;
}

/* Letters and number of "CU19", "Cumulative Update 19", "累積更新プログラム 19". */
static bool level_parse(struct str s, const char **kind, uint32_t *number)
{
    static const struct {
        const char *words, *kind;
    } word[] = {{"cu", "CU"},
                {"cumulative", "CU"},
                {"累積", "CU"},
                {"sp", "SP"},
                {"service", "SP"},
                {"サービス", "SP"},
                {"ru", "RU"},
                {"update rollup", "RU"},
                {"rollup", "RU"},
                {"ロールアップ", "RU"},
                {"更新プログラム ロールアップ", "RU"}};
    size_t i = 0;
    s = str_trim(s);
    for (i = 0; i < ARRAY_LEN(word); i++)
        if (str_starts_i(s, word[i].words))
            break;
    if (i == ARRAY_LEN(word))
        return false;
    *kind = word[i].kind;
    for (i = 0; i < s.n && !is_digit(s.p[i]);)
        i++;
    return build_table_number(s, &i, number) && i == s.n;
}

static bool level_eq(struct str listed, struct str asked)
{
    const char *ka, *kb;
    uint32_t na, nb;
    if (str_ieq(listed, asked))
        return true;
    return level_parse(listed, &ka, &na) && level_parse(asked, &kb, &nb) && !strcmp(ka, kb) && na == nb;
}

bool build_table_level(const struct build_table *t, struct str product, struct str level, struct str update,
                       struct build_info *out)
{
    struct str wanted = level.n ? level : STR_LIT("RTM");
    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < t->row.n; i++) {
        const struct build_row *r = &t->row.p[i];
        struct str key = t->line.p[r->product].key;
        if (!str_ieq(key, product))
            continue;
        if (!level_eq(r->level, wanted) && !level_eq(build_table_same(t, key, r->level), wanted))
            continue;
        if (update.n && !level_eq(r->update, update))
            continue;
        row_fill(t, r, out);
        if (update.n) {
            out->update = r->update;
            out->date = r->date;
            memcpy(out->build, r->n, sizeof(out->build));
            out->listed = true;
        } else {
            memcpy(out->build, r->n, sizeof(out->build));
            out->level_only = true;
        }
        return true;
    }
    return false;
}
