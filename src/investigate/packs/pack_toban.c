#include "investigate/packs/pack_toban.h"

#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_path.h"

#define EXPANDED 4096 /* paths one line may stand for */

typedef VEC(struct str) words;

struct test_line {
    struct str text;
    unsigned long line;
    uint32_t check;
    bool hit;
};

struct reader {
    struct toban_pack t;
    struct pack *p;
    struct str rest;           /* of the file */
    unsigned long line, at;    /* last physical line read, first line of the statement at hand */
    struct buf text;           /* the statement */
    bool in_check, indicators; /* a check is open, and has indicators */
    uint32_t check;
    struct indicator base; /* level, score, stage of what follows */
    size_t first;          /* indicators of the statement before */
    VEC(struct test_line) test;
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
    static const char *const heads[] = {"and", "or"}, *const tails[] = {" and",     " or", " not", " =",
                                                                        " matches", "(",   ","};
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
    bool logic = begins(line, "record") || begins(line, "file") || begins(line, "value") ||
                 begins(line, "condition") || begins(line, "hit record") || begins(line, "miss record");
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

static void expand(struct reader *r, struct str s, words *out)
{
    size_t open = str_chr(s, '{');
    size_t close = open == STR_NONE ? STR_NONE : str_chr(str_sub(s, open, s.n), '}');
    if (close == STR_NONE) {
        if (out->n < EXPANDED)
            vec_push(out, pack_build_copy(r->p, s));
        return;
    }
    struct str_split it = str_split_init(str_sub(s, open + 1, close - 1), ',');
    struct str one;
    while (out->n < EXPANDED && str_split_next(&it, &one))
        expand(r,
               str_of(arena_printf(&r->p->a, STR_FMT STR_FMT STR_FMT, STR_ARG(str_sub(s, 0, open)),
                                   STR_ARG(str_trim(one)), STR_ARG(str_sub(s, open + close + 1, s.n)))),
               out);
}

/* ---- words of a statement ---- */

static struct str first_word(struct str *s)
{
    size_t i = 0;
    *s = str_trim(*s);
    while (i < s->n && !strchr(" \t", s->p[i]))
        i++;
    struct str w = str_sub(*s, 0, i);
    *s = str_trim(str_sub(*s, i, s->n));
    return w;
}

/* "TEXT" or /REGEX/ or a word to the end of the statement. */
static int pattern(struct reader *r, struct str *s, struct indicator *x)
{
    struct buf b = BUF_INIT(LIMIT_LINE);
    char q = s->n ? s->p[0] : 0;
    size_t i = 1;
    if (q != '"' && q != '/') {
        x->value = *s;
        *s = (struct str){"", 0};
        return 0;
    }
    for (; i < s->n; i++) {
        char c = s->p[i], d = i + 1 < s->n ? s->p[i + 1] : 0;
        if (c == q && !(q == '"' && d == '"'))
            break;
        if (q == '/' && c == '\\' && d) {
            if (d != '/')
                buf_addc(&b, c);
            c = d;
            i++;
        } else if (c == q)
            i++;
        buf_addc(&b, c);
    }
    x->form = q == '/' ? PATTERN_REGEX : PATTERN_LITERAL;
    x->value = pack_build_copy(r->p, buf_str(&b));
    buf_release(&b);
    bool closed = i < s->n;
    *s = str_trim(str_sub(*s, i + 1, s->n));
    return closed ? 0 : fail(r, tr("a quote or a regular expression is never closed"));
}

/* Adds it; what lint refuses is an error here: our packs are right or not at all. */
static int add(struct reader *r, struct indicator *x)
{
    size_t notes = r->p->note_count[PACK_REJECTED] + r->p->note_count[PACK_DUPLICATE];
    x->line = r->at;
    x->row = (uint32_t)++r->p->rows;
    r->indicators = true;
    if (pack_build_add(r->p, x) ||
        notes == r->p->note_count[PACK_REJECTED] + r->p->note_count[PACK_DUPLICATE])
        return 0;
    return fail(r, r->p->note_n ? r->p->note[r->p->note_n - 1].text.p : "");
}

static int add_path(struct reader *r, struct str s)
{
    struct indicator x = r->base;
    words w = {0};
    int rc = 0;
    x.kind = INDICATOR_PATH;
    r->first = r->p->indicator_n;
    if (s.n && s.p[0] == '/' && s.p[s.n - 1] == '/' && s.n > 2) {
        rc = pattern(r, &s, &x);
        return rc < 0 ? rc : add(r, &x);
    }
    expand(r, s, &w);
    if (w.n == EXPANDED)
        rc = fail(r, tr("the braces stand for too many paths"));
    for (size_t i = 0; rc == 0 && i < w.n; i++) {
        x.value = w.p[i];
        x.form = PATTERN_LITERAL;
        rc = add(r, &x);
    }
    vec_release(&w);
    return rc;
}

/* What is no hit of the path statement above: one expression of alternatives. */
static int except(struct reader *r, struct str s)
{
    struct buf b = BUF_INIT(LIMIT_PACK_REGEX);
    words w = {0};
    struct err e = {0};
    const struct toban_list *l =
        begins(s, "list") ? pack_toban_list(&r->t, str_trim(str_sub(s, 4, s.n))) : NULL;
    bool stock = str_is(s, "stock"), ok = true;
    if (begins(s, "list") && !l)
        return fail(r, tr("there is no list of that name above"));
    for (size_t i = 0; stock && i < r->p->stock_n; i++)
        vec_push(&w,
                 str_sub(r->p->stock[i], 3, r->p->stock[i].n)); /* "c:/httpproxy/…" at the end of any path */
    for (size_t i = 0; l && i < l->word.n; i++)
        vec_push(&w, l->word.p[i]);
    if (!stock && !l)
        expand(r, s, &w);
    for (size_t i = r->first; i < r->p->indicator_n; i++)
        if (r->p->indicator[i].except_text.n && !b.n)
            buf_add_str(&b, r->p->indicator[i].except_text);
    for (size_t i = 0; ok && i < w.n; i++) {
        if (b.n)
            buf_addc(&b, '|');
        ok = pack_path_regex(w.p[i], &b);
    }
    vec_release(&w);
    struct str text = pack_build_copy(r->p, buf_str(&b));
    const struct pack_regex *rx =
        ok && !buf_full(&b) ? pack_build_regex(r->p, text, PACK_REGEX_COLD, &e) : NULL;
    buf_release(&b);
    if (!rx || r->first >= r->p->indicator_n)
        return fail(r, rx ? tr("\"except\" stands below a path") : tr("the exception cannot be read"));
    for (size_t i = r->first; i < r->p->indicator_n; i++) {
        r->p->indicator[i].except = rx;
        r->p->indicator[i].except_text = text;
    }
    return 0;
}

static int add_logic(struct reader *r, enum indicator_kind kind, struct str s)
{
    struct indicator x = r->base;
    struct err e = {0};
    x.cond = pack_toban_condition(&r->t, s, &e);
    if (!x.cond)
        return inner(r, &e);
    x.kind = kind;
    x.line = r->at;
    x.row = (uint32_t)++r->p->rows;
    x.value = s;
    r->indicators = true;
    pack_build_push(r->p, &x);
    return 0;
}

static int add_plain(struct reader *r, struct str word, struct str s)
{
    static const struct {
        const char *word;
        enum indicator_kind kind;
        enum hash_kind hash;
    } kinds[] = {{"md5", INDICATOR_HASH, HASH_MD5},
                 {"sha1", INDICATOR_HASH, HASH_SHA1},
                 {"sha256", INDICATOR_HASH, HASH_SHA256},
                 {"ip", INDICATOR_IP, 0},
                 {"domain", INDICATOR_DOMAIN, 0},
                 {"url", INDICATOR_URL, 0},
                 {"line", INDICATOR_LINE, 0},
                 {"content", INDICATOR_CONTENT, 0},
                 {"command", INDICATOR_COMMAND, 0},
                 {"process", INDICATOR_PROCESS, 0},
                 {"detection", INDICATOR_DETECTION, 0},
                 {"user-agent", INDICATOR_USER_AGENT, 0},
                 {"registry", INDICATOR_REGISTRY, 0}};
    struct indicator x = r->base;
    size_t k = 0;
    while (k < ARRAY_LEN(kinds) && !str_is(word, kinds[k].word))
        k++;
    if (k == ARRAY_LEN(kinds))
        return fail(r, tr("the line begins with no word of the format"));
    x.kind = kinds[k].kind;
    x.hash = kinds[k].hash;
    if (x.kind == INDICATOR_LINE) {
        x.log = first_word(&s);
        if (str_is(x.log, "*"))
            x.log = (struct str){"", 0};
    }
    if (x.kind == INDICATOR_CONTENT && begins(s, "wide")) {
        x.wide = true;
        s = str_trim(str_sub(s, 4, s.n));
    }
    if (k < 6)
        x.value = first_word(&s);
    else if (pattern(r, &s, &x) < 0)
        return r->e ? r->e->code : ERR_INPUT;
    x.description = s;
    if (x.form == PATTERN_LITERAL && (x.kind == INDICATOR_DETECTION || x.kind == INDICATOR_PROCESS) &&
        pack_path_is_glob(x.value))
        x.form = PATTERN_GLOB;
    return add(r, &x);
}

static void yara_line(struct reader *r, void *ctx, struct str line)
{
    (void)r;
    buf_add_str(ctx, line);
    buf_addc(ctx, '\n');
}

/* Up to a line "end" of its own; taken as it stands, as rules may hold '#'. */
static int add_yara(struct reader *r)
{
    struct buf b = BUF_INIT(LIMIT_FILE_SMALL);
    struct str line;
    struct err e = {0};
    struct indicator x = r->base;
    bool end = false;
    int rc = 0;
    x.line = r->line + 1;
    while (!end && str_line_next(&r->rest, &line)) {
        r->line++;
        end = str_is(str_trim(line), "end");
        if (!end)
            yara_line(r, &b, line);
    }
    if (!end)
        rc = fail(r, tr("\"end\" is missing"));
    else if (pack_yara_add(r->p, buf_str(&b), &x, &e) < 0)
        rc = inner(r, &e);
    for (size_t i = 0; rc == 0 && i < r->p->indicator_n; i++)
        if (r->p->indicator[i].kind == INDICATOR_YARA && r->p->indicator[i].check == r->check)
            r->p->indicator[i].level = r->base.level;
    r->indicators = true;
    buf_release(&b);
    return rc;
}

/* ---- statements of a check ---- */

static int needs(struct reader *r, struct check *k, struct str s)
{
    struct str_split it = str_split_init(s, ',');
    struct str one;
    k->needs = arena_array(&r->p->a, struct str, 32);
    while (k->needs_n < 32 && str_split_next(&it, &one))
        if (str_trim(one).n)
            k->needs[k->needs_n++] = pack_build_copy(r->p, str_trim(one));
    return k->needs_n ? 0 : fail(r, tr("an input is expected"));
}

/* sequence by FIELD within SECONDS at least N */
static int sequence(struct reader *r, struct check *k, struct str s)
{
    uint64_t seconds = 0, n = 0;
    bool ok = str_is(first_word(&s), "by");
    k->group_by = pack_build_copy(r->p, first_word(&s));
    ok = ok && str_is(first_word(&s), "within") && num_u64(first_word(&s), &seconds) &&
         str_is(first_word(&s), "at") && str_is(first_word(&s), "least") && num_u64(s, &n) && n && n < 100 &&
         seconds && seconds <= 365 * 86400;
    k->within_s = (uint32_t)seconds;
    k->at_least = (uint32_t)n;
    return ok ? 0 : fail(r, tr("\"sequence by FIELD within SECONDS at least N\" is expected"));
}

static int number(struct reader *r, struct str s, uint64_t max, uint64_t *out)
{
    return num_u64(s, out) && *out <= max ? 0 : fail(r, tr("a number in range is expected"));
}

static int check_word(struct reader *r, struct str w, struct str s, bool *done)
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
        rc = k->vulnerability.n ? 0 : fail(r, tr("a CVE identifier is expected"));
    } else if (str_is(w, "level")) {
        rc = indicator_level_by_name(s, &r->base.level)
                 ? 0
                 : fail(r, tr("the level is one of hint, scan, probe, exploited, write-attempted, written, "
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

static int in_check(struct reader *r, struct str w, struct str s)
{
    bool done;
    int rc = check_word(r, w, s, &done);
    if (done)
        return rc;
    if (str_is(w, "record"))
        return add_logic(r, INDICATOR_RECORD, s);
    if (str_is(w, "file"))
        return add_logic(r, INDICATOR_FILE, s);
    if (str_is(w, "path"))
        return add_path(r, s);
    if (str_is(w, "except"))
        return except(r, s);
    if (str_is(w, "yara"))
        return add_yara(r);
    if (str_is(w, "hit") || str_is(w, "miss")) {
        vec_push(&r->test, ((struct test_line){pack_build_copy(r->p, s), r->at, r->check, str_is(w, "hit")}));
        return 0;
    }
    return add_plain(r, w, s);
}

/* ---- statements of the pack ---- */

static void list_word(struct reader *r, void *ctx, struct str word)
{
    struct toban_list *l = ctx;
    if (l)
        vec_push(&l->word, pack_build_copy(r->p, word));
    else
        pack_build_stock(r->p, word);
}

static int add_name(struct reader *r, bool is_value, struct str s)
{
    struct err e = {0};
    struct toban_name n = {.name = pack_build_copy(r->p, first_word(&s))};
    if (!n.name.n || !s.n || s.p[0] != '=')
        return fail(r, tr("NAME = … is expected"));
    s = str_trim(str_sub(s, 1, s.n));
    if (is_value)
        n.value = pack_toban_value(&r->t, s, &e);
    else
        n.cond = pack_toban_condition(&r->t, s, &e);
    if (!n.value && !n.cond)
        return inner(r, &e);
    vec_push(&r->t.name, n);
    return 0;
}

static int begin_check(struct reader *r, struct str id)
{
    for (size_t i = 0; i < r->p->check_n; i++)
        if (str_eq(r->p->check[i].id, id))
            return fail(r, tr("there is a check of that name already"));
    if (!id.n)
        return fail(r, tr("a name is expected"));
    r->check = pack_build_check(r->p, arena_dup(&r->p->a, id.p, id.n), (struct str){"", 0}, LEVEL_HINT);
    r->base = PACK_BUILD_ROW(0);
    r->base.check = r->check;
    r->base.source = r->p->name;
    r->in_check = true;
    r->indicators = false;
    r->first = SIZE_MAX;
    return 0;
}

static int top(struct reader *r, struct str w, struct str s)
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
            pack_build_vulnerability(p, pack_build_cve(p, first_word(&s)));
    } else
        return fail(r, tr("the line begins with no word of the format"));
    return 0;
}

static int one(struct reader *r)
{
    struct str s = buf_str(&r->text), w = first_word(&s);
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

static int run_tests(struct reader *r)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->test.n; i++) {
        const struct test_line *t = &r->test.p[i];
        struct err e = {0};
        r->at = t->line;
        int one_rc = pack_toban_test(r->p, t->check, t->hit, t->text, &e);
        if (one_rc < 0)
            rc = inner(r, &e);
        else if (one_rc == 0)
            rc = fail(r, t->hit ? tr("the test of the pack fails: there is no hit")
                                : tr("the test of the pack fails: there is a hit"));
    }
    return rc;
}

static int toban_read(struct pack *p, struct str text, struct err *e)
{
    struct reader r = {
        .t = {.p = p}, .p = p, .rest = text, .text = BUF_INIT(LIMIT_LINE), .e = e, .first = SIZE_MAX};
    int rc = str_chr(text, '\0') == STR_NONE ? 0 : err_set(e, ERR_INPUT, "there is a NUL byte in the file");
    while (rc == 0 && statement(&r))
        rc = buf_full(&r.text) ? fail(&r, tr("the statement is too long")) : one(&r);
    if (rc == 0 && !p->check_n)
        rc = fail(&r, tr("there is no check in it"));
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
            return begins(line, "pack") ? 85 : str_ends(file_name, ".pack") ? 40 : 0;
    }
    return 0;
}

extern const struct pack_kind pack_toban;
const struct pack_kind pack_toban = {
    .name = "toban", .title = TR("a pack in toban's own format"), .sniff = toban_sniff, .read = toban_read};
