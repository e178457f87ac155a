#include "investigate/packs/pack_toban.h"

#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_path.h"

#define EXPANDED 4096 /* paths one line may stand for */

struct reader {
    struct toban_pack t;
    struct pack *p;
    struct str rest;       /* of the file */
    unsigned long line, at; /* last physical line read, first line of the statement at hand */
    struct buf text;       /* the statement */
    bool in_check, indicators; /* a check is open, and has indicators */
    uint32_t check;
    struct indicator base; /* level, score, stage of what follows */
    size_t first;          /* indicators of the statement before */
    VEC(struct toban_test_line {
        struct str text;
        unsigned long line;
        uint32_t check;
        bool hit;
    }) test;
    struct err *e;
};

static int fail(const struct reader *r, const char *why)
{
    return err_at(r->e, ERR_INPUT, r->p->file.p, r->at, "%s", why);
}

static int inner(const struct reader *r, const struct err *why)
{
    return err_at(r->e, why->code ? why->code : ERR_INPUT, r->p->file.p, r->at, "%s", why->text);
}

/* ---- lines and statements ---- */

/* Cuts a comment: '#' at the beginning, or behind two blanks. */
static struct str uncommented(struct str s)
{
    if (str_trim(s).n && str_trim(s).p[0] == '#')
        return (struct str){"", 0};
    for (size_t i = 2; i < s.n; i++)
        if (s.p[i] == '#' && s.p[i - 1] == ' ' && s.p[i - 2] == ' ')
            return str_trim(str_sub(s, 0, i));
    return str_trim(s);
}

static bool begins(struct str s, const char *w)
{
    size_t n = strlen(w);
    return str_starts(s, w) && (s.n == n || strchr(" \t(\"", s.p[n]));
}

static bool goes_on(struct str so_far, struct str next)
{
    static const char *const heads[] = {"and", "or"}, *const tails[] = {" and", " or", " not", " =", "(", ","};
    if (next.n && (next.p[0] == ')' || next.p[0] == ','))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(heads); i++)
        if (begins(next, heads[i]))
            return true;
    for (size_t i = 0; i < ARRAY_LEN(tails); i++)
        if (str_ends(so_far, tails[i]))
            return true;
    return false;
}

static bool one_line(struct reader *r, struct str *line)
{
    while (str_line_next(&r->rest, line)) {
        r->line++;
        *line = uncommented(*line);
        if (line->n)
            return true;
    }
    return false;
}

/* The next statement into r->text; only conditions go on over lines. */
static bool statement(struct reader *r)
{
    struct str line, peek;
    buf_clear(&r->text);
    if (!one_line(r, &line))
        return false;
    r->at = r->line;
    buf_add_str(&r->text, line);
    bool logic = begins(line, "record") || begins(line, "file") || begins(line, "value") || begins(line, "condition") || begins(line, "hit record") ||
                 begins(line, "miss record");
    while (logic) {
        struct str saved = r->rest;
        unsigned long saved_line = r->line;
        if (!one_line(r, &peek) || !goes_on(buf_str(&r->text), peek)) {
            r->rest = saved;
            r->line = saved_line;
            break;
        }
        buf_addc(&r->text, ' ');
        buf_add_str(&r->text, peek);
    }
    return true;
}

static int block(struct reader *r, void (*add)(struct reader *r, void *ctx, struct str word), void *ctx)
{
    struct str line;
    while (one_line(r, &line)) {
        if (str_is(line, "end"))
            return 0;
        add(r, ctx, line);
    }
    return fail(r, tr("\"end\" is missing"));
}

/* ---- {a,b} ---- */

static void expand(struct reader *r, struct str s, VEC(struct str) * out_)
{
    typedef VEC(struct str) list;
    list *out = (list *)out_;
    size_t open = str_chr(s, '{');
    size_t close = open == STR_NONE ? STR_NONE : str_chr(str_sub(s, open, s.n), '}');
    if (close == STR_NONE) {
        if (out->n < EXPANDED)
            vec_push(out, pack_build_copy(r->p, s));
        return;
    }
    struct str_split it = str_split_init(str_sub(s, open + 1, close - 1), ',');
    struct str one;
    while (str_split_next(&it, &one) && out->n < EXPANDED) {
        char *joined = arena_printf(&r->p->a, STR_FMT STR_FMT STR_FMT, STR_ARG(str_sub(s, 0, open)), STR_ARG(str_trim(one)), STR_ARG(str_sub(s, open + close + 1, s.n)));
        expand(r, str_of(joined), out_);
    }
}
