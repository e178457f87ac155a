#include "investigate/packs/pack_toban.h"

#include "investigate/packs/pack_build.h"

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

static bool goes_on(struct str so_far, struct str next)
{
    static const char *const heads[] = {"and", "or"}, *const tails[] = {" and",     " or", " not", " =",
                                                                        " matches", "(",   ","};
    if (next.n && (next.p[0] == ')' || next.p[0] == ','))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(heads); i++)
        if (pack_toban_begins(next, heads[i]))
            return true;
    for (size_t i = 0; i < ARRAY_LEN(tails); i++)
        if (str_ends(so_far, tails[i]))
            return true;
    return false;
}

static bool one_line(struct toban_reader *r, struct str *line)
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
static bool statement(struct toban_reader *r)
{
    struct str line, peek;
    buf_clear(&r->text);
    if (!one_line(r, &line))
        return false;
    r->at = r->line;
    buf_add_str(&r->text, line);
    bool logic = pack_toban_begins(line, "record") || pack_toban_begins(line, "file") ||
                 pack_toban_begins(line, "value") || pack_toban_begins(line, "condition") ||
                 pack_toban_begins(line, "hit record") || pack_toban_begins(line, "miss record");
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

static int block(struct toban_reader *r, void (*add)(struct toban_reader *r, void *ctx, struct str word),
                 void *ctx)
{
    struct str line;
    while (one_line(r, &line)) {
        if (str_is(line, "end"))
            return 0;
        add(r, ctx, line);
    }
    return pack_toban_fail(r, tr("\"end\" is missing"));
}

/* ---- statements of a check ---- */

static int needs(struct toban_reader *r, struct check *k, struct str s)
{
    struct str_split it = str_split_init(s, ',');
    struct str one;
    k->needs = arena_array(&r->p->a, struct str, 32);
    while (k->needs_n < 32 && str_split_next(&it, &one))
        if (str_trim(one).n)
            k->needs[k->needs_n++] = pack_build_copy(r->p, str_trim(one));
    return k->needs_n ? 0 : pack_toban_fail(r, tr("an input is expected"));
}

/* sequence by FIELD within SECONDS at least N */
static int sequence(struct toban_reader *r, struct check *k, struct str s)
{
    uint64_t seconds = 0, n = 0;
    bool ok = str_is(pack_toban_word(&s), "by");
    k->group_by = pack_build_copy(r->p, pack_toban_word(&s));
    ok = ok && str_is(pack_toban_word(&s), "within") && num_u64(pack_toban_word(&s), &seconds) &&
         str_is(pack_toban_word(&s), "at") && str_is(pack_toban_word(&s), "least") && num_u64(s, &n) && n &&
         n < 100 && seconds && seconds <= 365 * 86400;
    k->within_s = (uint32_t)seconds;
    k->at_least = (uint32_t)n;
    return ok ? 0 : pack_toban_fail(r, tr("\"sequence by FIELD within SECONDS at least N\" is expected"));
}

static int number(struct toban_reader *r, struct str s, uint64_t max, uint64_t *out)
{
    return num_u64(s, out) && *out <= max ? 0 : pack_toban_fail(r, tr("a number in range is expected"));
}

static int check_word(struct toban_reader *r, struct str w, struct str s, bool *done)
{
    struct check *k = &r->p->check[r->check];
    uint64_t v = 0;
    int rc = 0;
    *done = true;
    if (str_is(w, "title"))
        k->title = pack_build_copy(r->p, s);
    else if (str_is(w, "title.ja"))
        k->title_ja = pack_build_copy(r->p, s);
    else if (str_is(w, "next"))
        k->next = pack_build_copy(r->p, s);
    else if (str_is(w, "next.ja"))
        k->next_ja = pack_build_copy(r->p, s);
    else if (str_is(w, "vulnerability")) {
        k->vulnerability = pack_build_cve(r->p, s);
        r->base.vulnerability = k->vulnerability;
        pack_build_vulnerability(r->p, k->vulnerability);
        rc = k->vulnerability.n ? 0 : pack_toban_fail(r, tr("a CVE identifier is expected"));
    } else if (str_is(w, "level")) {
        rc = indicator_level_by_name(s, &r->base.level)
                 ? 0
                 : pack_toban_fail(
                       r, tr("the level is one of hint, scan, probe, exploited, write-attempted, written, "
                             "shell-present, post-exploitation"));
        if (!r->indicators)
            k->level = r->base.level;
    } else if (str_is(w, "score")) {
        rc = number(r, s, 100, &v);
        r->base.score = (int)v;
        if (!r->indicators)
            k->score = (int)v;
    } else if (str_is(w, "stage")) {
        rc = number(r, s, 100, &v);
        r->base.stage = (uint32_t)v;
    } else if (str_is(w, "needs"))
        rc = needs(r, k, s);
    else if (str_is(w, "sequence"))
        rc = sequence(r, k, s);
    else
        *done = false;
    return rc;
}

static int in_check(struct toban_reader *r, struct str w, struct str s)
{
    bool done;
    int rc = check_word(r, w, s, &done);
    if (done)
        return rc;
    if (str_is(w, "hit") || str_is(w, "miss")) {
        vec_push(&r->test,
                 ((struct toban_test_line){pack_build_copy(r->p, s), r->at, r->check, str_is(w, "hit")}));
        return 0;
    }
    return pack_toban_add(r, w, s);
}

/* ---- statements of the pack ---- */

static void list_word(struct toban_reader *r, void *ctx, struct str word)
{
    struct toban_list *l = ctx;
    if (l)
        vec_push(&l->word, pack_build_copy(r->p, word));
    else
        pack_build_stock(r->p, word);
}

static int add_name(struct toban_reader *r, bool is_value, struct str s)
{
    struct err e = {0};
    struct toban_name n = {.name = pack_build_copy(r->p, pack_toban_word(&s))};
    if (!n.name.n || !s.n || s.p[0] != '=')
        return pack_toban_fail(r, tr("NAME = … is expected"));
    s = str_trim(str_sub(s, 1, s.n));
    if (is_value)
        n.value = pack_toban_value(&r->t, s, &e);
    else
        n.cond = pack_toban_condition(&r->t, s, &e);
    if (!n.value && !n.cond)
        return pack_toban_inner(r, &e);
    vec_push(&r->t.name, n);
    return 0;
}

static int begin_check(struct toban_reader *r, struct str id)
{
    for (size_t i = 0; i < r->p->check_n; i++)
        if (str_eq(r->p->check[i].id, id))
            return pack_toban_fail(r, tr("there is a check of that name already"));
    if (!id.n)
        return pack_toban_fail(r, tr("a name is expected"));
    r->check = pack_build_check(r->p, arena_dup(&r->p->a, id.p, id.n), (struct str){"", 0}, LEVEL_HINT);
    r->base = PACK_BUILD_ROW(0);
    r->base.check = r->check;
    r->base.source = r->p->name;
    r->in_check = true;
    r->indicators = false;
    r->first = SIZE_MAX;
    return 0;
}

static int top(struct toban_reader *r, struct str w, struct str s)
{
    struct pack *p = r->p;
    if (str_is(w, "pack"))
        p->name = pack_build_copy(p, s);
    else if (str_is(w, "version"))
        p->version = pack_build_copy(p, s);
    else if (str_is(w, "title"))
        p->title = pack_build_copy(p, s);
    else if (str_is(w, "title.ja"))
        p->title_ja = pack_build_copy(p, s);
    else if (str_is(w, "vulnerability")) {
        while (s.n)
            pack_build_vulnerability(p, pack_build_cve(p, pack_toban_word(&s)));
    } else
        return pack_toban_fail(r, tr("the line begins with no word of the format"));
    return 0;
}

static int one(struct toban_reader *r)
{
    struct str s = buf_str(&r->text), w = pack_toban_word(&s);
    if (str_is(w, "check"))
        return begin_check(r, s);
    if (str_is(w, "list")) {
        struct toban_list l = {.name = pack_build_copy(r->p, s)};
        int rc = block(r, list_word, &l);
        vec_push(&r->t.list, l);
        return rc;
    }
    if (str_is(w, "stock"))
        return block(r, list_word, NULL);
    if (str_is(w, "value") || str_is(w, "condition"))
        return add_name(r, str_is(w, "value"), s);
    return r->in_check ? in_check(r, w, s) : top(r, w, s);
}

static int run_tests(struct toban_reader *r)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->test.n; i++) {
        const struct toban_test_line *t = &r->test.p[i];
        struct err e = {0};
        r->at = t->line;
        int one_rc = pack_toban_test(r->p, t->check, t->hit, t->text, &e);
        if (one_rc < 0)
            rc = pack_toban_inner(r, &e);
        else if (one_rc == 0)
            rc = pack_toban_fail(r, t->hit ? tr("the test of the pack fails: there is no hit")
                                           : tr("the test of the pack fails: there is a hit"));
    }
    return rc;
}

static int toban_read(struct pack *p, struct str text, struct err *e)
{
    struct toban_reader r = {
        .t = {.p = p}, .p = p, .rest = text, .text = BUF_INIT(LIMIT_LINE), .e = e, .first = SIZE_MAX};
    int rc = str_chr(text, '\0') == STR_NONE ? 0 : err_set(e, ERR_INPUT, "there is a NUL byte in the file");
    while (rc == 0 && statement(&r))
        rc = buf_full(&r.text) ? pack_toban_fail(&r, tr("the statement is too long")) : one(&r);
    if (rc == 0 && !p->check_n)
        rc = pack_toban_fail(&r, tr("there is no check in it"));
    for (size_t i = 0; rc == 0 && i < p->check_n; i++)
        if (!p->check[i].title.n)
            p->check[i].title = p->check[i].id;
    if (rc == 0)
        rc = run_tests(&r);
    for (size_t i = 0; i < r.t.list.n; i++)
        vec_release(&r.t.list.p[i].word);
    vec_release(&r.t.list);
    vec_release(&r.t.name);
    vec_release(&r.test);
    buf_release(&r.text);
    return rc;
}

static int toban_sniff(struct str head, struct str file_name)
{
    struct str line;
    while (str_line_next(&head, &line)) {
        line = uncommented(line);
        if (line.n)
            return pack_toban_begins(line, "pack") ? 85 : str_ends(file_name, ".pack") ? 40 : 0;
    }
    return 0;
}

extern const struct pack_kind pack_toban;
const struct pack_kind pack_toban = {
    .name = "toban", .title = TR("a pack in toban's own format"), .sniff = toban_sniff, .read = toban_read};
