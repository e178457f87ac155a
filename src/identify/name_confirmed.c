#include "identify/name_confirmed.h"

#include "identify/cpe.h"
#include "identify/name_fold.h"

struct name_confirmed {
    struct arena a;
    struct map index;
    VEC(struct name_match) answer;
};

/* A CPE value as a plain word: without the backslashes. */
static struct str plain(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\\' || (i + 1 < s.n && s.p[i + 1] == '\\' && ++i))
            p[n++] = s.p[i];
    return str_n(p, n);
}

static struct str value(struct arena *a, const struct cpe *c, enum cpe_attr x)
{
    return cpe_is_na(c, x) ? STR_LIT("-") : cpe_plain(a, c, x);
}

static bool answer_read(struct arena *a, struct str text, struct name_match *m)
{
    struct str field[4] = {0};
    struct cpe c;
    if (str_starts_i(text, "cpe:")) {
        if (cpe_parse_tolerant(a, text, &c, NULL, NULL))
            return false;
        field[0] = value(a, &c, CPE_VENDOR);
        field[1] = value(a, &c, CPE_PRODUCT);
        field[2] = value(a, &c, CPE_VERSION);
        field[3] = value(a, &c, CPE_UPDATE);
    } else {
        size_t n = 0, from = 0;
        for (size_t i = 0; i <= text.n; i++) {
            bool end = i == text.n || (text.p[i] == ':' && (i == 0 || text.p[i - 1] != '\\'));
            if (!end)
                continue;
            if (n == 4)
                return false;
            field[n++] = plain(a, str_sub(text, from, i - from));
            from = i + 1;
        }
    }
    *m = (struct name_match){.kind = NAME_CONFIRMED,
                             .vendor = field[0],
                             .product = field[1],
                             .version = field[2],
                             .update = field[3]};
    return field[0].n && field[1].n;
}

struct name_confirmed *name_confirmed_new(const struct name_answer *v, size_t n)
{
    struct name_confirmed *c = mem_zalloc(sizeof(*c));
    for (size_t i = 0; i < n; i++) {
        struct name_match m;
        struct str key = name_fold_key(v[i].name, &c->a);
        if (!key.n || !answer_read(&c->a, arena_str(&c->a, v[i].cpe), &m))
            continue;
        *map_put(&c->index, key, NULL) = c->answer.n;
        vec_push(&c->answer, m);
    }
    return c;
}

void name_confirmed_free(struct name_confirmed *c)
{
    if (!c)
        return;
    map_release(&c->index);
    vec_release(&c->answer);
    arena_release(&c->a);
    free(c);
}

bool name_confirmed_get(const struct name_confirmed *c, struct str key, struct name_match *m)
{
    const uint64_t *at = c && key.n ? map_get(&c->index, key) : NULL;
    if (!at)
        return false;
    *m = c->answer.p[*at];
    m->reason = str_of(tr("Confirmed by a person."));
    return true;
}
