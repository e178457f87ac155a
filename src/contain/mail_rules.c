#include "contain/mail_rules.h"

struct reading {
    VEC(struct str) product, word, client;
};

static int read_line(struct reading *r, struct str line, const char *file, unsigned long no, struct arena *a,
                     struct err *e)
{
    size_t eq = str_chr(line, '=');
    struct str left = str_trim(str_sub(line, 0, eq)), item;
    if (eq == STR_NONE || (!str_is(left, "product") && !str_is(left, "word") && !str_is(left, "client")))
        return err_at(e, ERR_INPUT, file, no, "write product = …, word = … or client = …");
    struct str_split it = str_split_init(str_sub(line, eq + 1, line.n), ',');
    while (str_split_next(&it, &item)) {
        item = str_trim(item);
        if (item.n == 0)
            return err_at(e, ERR_INPUT, file, no, "a word is missing between two commas");
        if (str_is(left, "product") && str_chr(item, ':') == STR_NONE)
            return err_at(e, ERR_INPUT, file, no, "\"%.*s\" is not vendor:product", STR_ARG(item));
        item = arena_str(a, item);
        if (str_is(left, "product"))
            vec_push(&r->product, item);
        else if (str_is(left, "word"))
            vec_push(&r->word, item);
        else
            vec_push(&r->client, item);
    }
    return 0;
}

static struct str *hand_over(struct arena *a, const struct str *p, size_t n)
{
    struct str *v = arena_array(a, struct str, n + 1);
    if (n)
        memcpy(v, p, n * sizeof(*p));
    return v;
}

int mail_rules_parse(struct mail_rules *out, struct str bytes, const char *file, struct arena *a,
                     struct err *e)
{
    struct reading r = {0};
    struct str rest = bytes, line;
    unsigned long no = 0;
    int rc = 0;
    if (bytes.n > LIMIT_FILE_SMALL || !str_is_utf8(bytes))
        return err_at(e, ERR_INPUT, file, 0, "the rules are too large, or not UTF-8");
    while (rc == 0 && str_line_next(&rest, &line)) {
        no++;
        line = str_trim(line);
        if (line.n && line.p[0] != '#')
            rc = read_line(&r, line, file, no, a, e);
    }
    *out = (struct mail_rules){hand_over(a, r.product.p, r.product.n), hand_over(a, r.word.p, r.word.n),
                               hand_over(a, r.client.p, r.client.n),   r.product.n,
                               r.word.n,                               r.client.n};
    vec_release(&r.product);
    vec_release(&r.word);
    vec_release(&r.client);
    return rc;
}

bool mail_rules_product(const struct mail_rules *r, struct str key)
{
    for (size_t i = 0; i < r->product_n; i++)
        if (str_eq(r->product[i], key))
            return true;
    return false;
}

static bool has_word(const struct str *word, size_t n, struct str text)
{
    for (size_t i = 0; i < n; i++)
        if (str_find_i(text, word[i]) != STR_NONE)
            return true;
    return false;
}

bool mail_rules_words(const struct mail_rules *r, struct str kind, struct str purpose)
{
    if (has_word(r->client, r->client_n, kind))
        return false;
    return has_word(r->word, r->word_n, kind) || has_word(r->word, r->word_n, purpose);
}
