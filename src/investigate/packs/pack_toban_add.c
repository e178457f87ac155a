#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_path.h"
#include "investigate/packs/pack_toban.h"

#define EXPANDED 4096 /* paths one line may stand for */
#define BRACES 8      /* in one line */

typedef VEC(struct str) words;

int pack_toban_fail(const struct toban_reader *r, const char *why)
{
    return err_at(r->e, ERR_INPUT, r->p->file.p, r->at, "%s", why);
}

int pack_toban_inner(const struct toban_reader *r, const struct err *why)
{
    return err_at(r->e, why->code ? why->code : ERR_INPUT, r->p->file.p, r->at, "%s", why->text);
}

bool pack_toban_begins(struct str s, const char *w)
{
    size_t n = strlen(w);
    return str_starts(s, w) && (s.n == n || strchr(" \t(\"", s.p[n]));
}

struct str pack_toban_word(struct str *s)
{
    size_t i = 0;
    *s = str_trim(*s);
    while (i < s->n && !strchr(" \t", s->p[i]))
        i++;
    struct str w = str_sub(*s, 0, i);
    *s = str_trim(str_sub(*s, i, s->n));
    return w;
}

/* ---- {a,b} ---- */

static void expand(struct toban_reader *r, struct str s, words *out)
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

static bool too_many_braces(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '{';
    return n > BRACES;
}

/* "TEXT" or /REGEX/ or a word to the end of the statement. */
static int pattern(struct toban_reader *r, struct str *s, struct indicator *x)
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
    return closed ? 0 : pack_toban_fail(r, tr("a quote or a regular expression is never closed"));
}

/* Adds it; what lint refuses is an error here: our packs are right or not at all. */
static int add(struct toban_reader *r, struct indicator *x)
{
    size_t notes = r->p->note_count[PACK_REJECTED] + r->p->note_count[PACK_DUPLICATE];
    x->line = r->at;
    x->row = (uint32_t)++r->p->rows;
    r->indicators = true;
    if (pack_build_add(r->p, x) ||
        notes == r->p->note_count[PACK_REJECTED] + r->p->note_count[PACK_DUPLICATE])
        return 0;
    return pack_toban_fail(r, r->p->note_n ? r->p->note[r->p->note_n - 1].text.p : "");
}

static int add_path(struct toban_reader *r, struct str s)
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
    if (!too_many_braces(s))
        expand(r, s, &w);
    if (w.n == EXPANDED || w.n == 0)
        rc = pack_toban_fail(r, tr("the braces stand for too many paths"));
    for (size_t i = 0; rc == 0 && i < w.n; i++) {
        x.value = w.p[i];
        x.form = PATTERN_LITERAL;
        rc = add(r, &x);
    }
    vec_release(&w);
    return rc;
}

/* What is no hit of the path statement above: one expression of alternatives. */
static int except(struct toban_reader *r, struct str s)
{
    struct buf b = BUF_INIT(LIMIT_PACK_REGEX);
    words w = {0};
    struct err e = {0};
    const struct toban_list *l =
        pack_toban_begins(s, "list") ? pack_toban_list(&r->t, str_trim(str_sub(s, 4, s.n))) : NULL;
    bool stock = str_is(s, "stock"), ok = true;
    if (pack_toban_begins(s, "list") && !l)
        return pack_toban_fail(r, tr("there is no list of that name above"));
    for (size_t i = 0; stock && i < r->p->stock_n; i++)
        vec_push(&w,
                 str_sub(r->p->stock[i], 3, r->p->stock[i].n)); /* "c:/httpproxy/…" at the end of any path */
    for (size_t i = 0; l && i < l->word.n; i++)
        vec_push(&w, l->word.p[i]);
    if (!stock && !l && !too_many_braces(s))
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
        return pack_toban_fail(r, rx ? tr("\"except\" stands below a path")
                                     : tr("the exception cannot be read"));
    for (size_t i = r->first; i < r->p->indicator_n; i++) {
        r->p->indicator[i].except = rx;
        r->p->indicator[i].except_text = text;
    }
    return 0;
}

static int add_logic(struct toban_reader *r, enum indicator_kind kind, struct str s)
{
    struct indicator x = r->base;
    struct err e = {0};
    x.cond = pack_toban_condition(&r->t, s, &e);
    if (!x.cond)
        return pack_toban_inner(r, &e);
    x.kind = kind;
    x.line = r->at;
    x.row = (uint32_t)++r->p->rows;
    x.value = s;
    r->indicators = true;
    pack_build_push(r->p, &x);
    return 0;
}

static int add_plain(struct toban_reader *r, struct str word, struct str s)
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
        return pack_toban_fail(r, tr("the line begins with no word of the format"));
    x.kind = kinds[k].kind;
    x.hash = kinds[k].hash;
    if (x.kind == INDICATOR_LINE) {
        x.log = pack_toban_word(&s);
        if (str_is(x.log, "*"))
            x.log = (struct str){"", 0};
    }
    if (x.kind == INDICATOR_CONTENT && pack_toban_begins(s, "wide")) {
        x.wide = true;
        s = str_trim(str_sub(s, 4, s.n));
    }
    if (k < 6)
        x.value = pack_toban_word(&s);
    else if (pattern(r, &s, &x) < 0)
        return r->e ? r->e->code : ERR_INPUT;
    x.description = s;
    if (x.form == PATTERN_LITERAL && (x.kind == INDICATOR_DETECTION || x.kind == INDICATOR_PROCESS) &&
        pack_path_is_glob(x.value))
        x.form = PATTERN_GLOB;
    return add(r, &x);
}

static void yara_line(struct toban_reader *r, void *ctx, struct str line)
{
    (void)r;
    buf_add_str(ctx, line);
    buf_addc(ctx, '\n');
}

/* Up to a line "end" of its own; taken as it stands, as rules may hold '#'. */
static int add_yara(struct toban_reader *r)
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
        rc = pack_toban_fail(r, tr("\"end\" is missing"));
    else if (pack_yara_add(r->p, buf_str(&b), &x, &e) < 0)
        rc = pack_toban_inner(r, &e);
    for (size_t i = 0; rc == 0 && i < r->p->indicator_n; i++)
        if (r->p->indicator[i].kind == INDICATOR_YARA && r->p->indicator[i].check == r->check)
            r->p->indicator[i].level = r->base.level;
    r->indicators = true;
    buf_release(&b);
    return rc;
}

int pack_toban_add(struct toban_reader *r, struct str w, struct str s)
{
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
    return add_plain(r, w, s);
}
