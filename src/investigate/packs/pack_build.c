#include "investigate/packs/pack_build.h"

#include "investigate/packs/pack_cond.h"
#include "investigate/packs/pack_path.h"

#define EXCERPT 160

struct str pack_build_copy(struct pack *p, struct str s)
{
    return s.n ? arena_str(&p->a, s) : (struct str){"", 0};
}

void pack_build_own(struct pack *p, void *other, void (*release)(void *))
{
    struct pack_part *x = arena_new(&p->a, struct pack_part);
    *x = (struct pack_part){.next = p->parts, .other = other, .release = release};
    p->parts = x;
}

const struct pack_regex *pack_build_regex(struct pack *p, struct str pattern, unsigned flags, struct err *e)
{
    struct pack_regex *r = pack_regex_new(pattern, flags, e);
    if (!r)
        return NULL;
    struct pack_part *x = arena_new(&p->a, struct pack_part);
    *x = (struct pack_part){.next = p->parts, .regex = r};
    p->parts = x;
    return r;
}

void pack_build_note(struct pack *p, enum pack_note_kind kind, unsigned long line, struct str excerpt,
                     const char *fmt, ...)
{
    struct err text;
    va_list ap;
    p->note_count[kind]++;
    if (p->note_n >= LIMIT_PACK_NOTES)
        return;
    va_start(ap, fmt);
    struct buf b = BUF_INIT(sizeof(text.text));
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    if (p->note_n == p->note_cap)
        p->note = vec_grow_(p->note, &p->note_cap, p->note_n + 1, sizeof(*p->note));
    excerpt = str_trim(excerpt);
    excerpt.n = str_utf8_clip(excerpt.p, MIN(excerpt.n, EXCERPT));
    p->note[p->note_n++] =
        (struct pack_note){kind, line, pack_build_copy(p, buf_str(&b)), pack_build_copy(p, excerpt)};
    buf_release(&b);
}

void pack_build_vulnerability(struct pack *p, struct str cve)
{
    for (uint32_t i = 0; i < p->vulnerability_n; i++)
        if (str_ieq(p->vulnerability[i], cve))
            return;
    if (!cve.n || p->vulnerability_n >= 1000)
        return;
    struct str *more = arena_array(&p->a, struct str, p->vulnerability_n + 1);
    if (p->vulnerability_n)
        memcpy(more, p->vulnerability, p->vulnerability_n * sizeof(*more));
    more[p->vulnerability_n++] = pack_build_copy(p, cve);
    p->vulnerability = more;
}

void pack_build_stock(struct pack *p, struct str path)
{
    struct buf b = BUF_INIT(LIMIT_LINE);
    size_t end = path.n && path.p[0] == '%' ? str_chr(str_sub(path, 1, path.n), '%') : STR_NONE;
    pack_path_normal(end == STR_NONE ? path : str_sub(path, end + 2, path.n), 0, 0, &b);
    if ((p->stock_n & (p->stock_n + 1)) == 0) { /* room for twice as many, and one */
        struct str *more = arena_array(&p->a, struct str, 2 * (size_t)p->stock_n + 2);
        if (p->stock_n)
            memcpy(more, p->stock, p->stock_n * sizeof(*more));
        p->stock = more;
    }
    p->stock[p->stock_n++] = pack_build_copy(p, buf_str(&b));
    buf_release(&b);
}

struct str pack_build_cve(struct pack *p, struct str text)
{
    for (size_t i = 0; i + 13 <= text.n; i++) {
        struct str s = str_sub(text, i, text.n);
        if (!str_starts_i(s, "CVE") || !strchr("-_. ", s.p[3]))
            continue;
        size_t n = 4, year = 0, digits = 0;
        while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
            n++, year++;
        if (year != 4 || n >= s.n || !strchr("-_.", s.p[n]))
            continue;
        n++;
        while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
            n++, digits++;
        if (digits >= 4 && digits <= 19)
            return str_of(arena_printf(&p->a, "CVE-%.4s-%.*s", s.p + 4, (int)digits, s.p + 9));
    }
    return (struct str){"", 0};
}

uint32_t pack_build_check(struct pack *p, const char *id, struct str title, enum indicator_level level)
{
    if (p->check_n == p->check_cap)
        p->check = vec_grow_(p->check, &p->check_cap, p->check_n + 1, sizeof(*p->check));
    p->check[p->check_n] = (struct check){.id = pack_build_copy(p, str_of(id)),
                                          .title = pack_build_copy(p, title),
                                          .level = level,
                                          .score = 50};
    return (uint32_t)p->check_n++;
}

struct indicator *pack_build_push(struct pack *p, const struct indicator *i)
{
    if (p->indicator_n == p->indicator_cap)
        p->indicator = vec_grow_(p->indicator, &p->indicator_cap, p->indicator_n + 1, sizeof(*p->indicator));
    struct indicator *x = &p->indicator[p->indicator_n++];
    *x = *i;
    x->value = pack_build_copy(p, i->value);
    x->log = pack_build_copy(p, i->log);
    x->why = pack_build_copy(p, i->why);
    x->source = pack_build_copy(p, i->source);
    x->source_id = pack_build_copy(p, i->source_id);
    x->description = pack_build_copy(p, i->description);
    x->reference = pack_build_copy(p, i->reference);
    x->vulnerability = pack_build_copy(p, i->vulnerability);
    x->except_text = pack_build_copy(p, i->except_text);
    return x;
}

/* ---- preparing a value ---- */

static struct str lowered(struct pack *p, struct str s)
{
    struct str out = arena_str(&p->a, s);
    char *c = (char *)out.p;
    for (size_t i = 0; i < out.n; i++)
        if (c[i] >= 'A' && c[i] <= 'Z')
            c[i] = (char)(c[i] + 32);
    return out;
}

/* Host names: lower case, without port, path or trailing dot. */
static struct str host_only(struct str s)
{
    size_t colon = str_chr(s, ':'), slash = str_chr(s, '/');
    s.n = MIN(s.n, MIN(colon, slash));
    if (s.n && s.p[s.n - 1] == '.')
        s.n--;
    return s;
}

static const struct pack_regex *compile_path(struct pack *p, struct indicator *x, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_PACK_REGEX);
    const struct pack_regex *r = NULL;
    bool ok = true;
    if (x->form == PATTERN_REGEX)
        pack_path_rewrite(x->value, &b);
    else
        ok = pack_path_regex(x->value, &b);
    if (!ok)
        err_set(e, ERR_INPUT, "the path names nothing");
    else if (buf_full(&b))
        err_set(e, ERR_LIMIT, "the path is too long");
    else
        r = pack_build_regex(p, buf_str(&b), PACK_REGEX_COLD, e);
    buf_release(&b);
    return r;
}

static bool prepare(struct pack *p, struct indicator *x, struct err *e)
{
    if (x->kind == INDICATOR_HASH || x->kind == INDICATOR_IP || x->kind == INDICATOR_DOMAIN ||
        x->kind == INDICATOR_URL)
        x->value = pack_value_refang(&p->a, x->value);
    switch (x->kind) {
    case INDICATOR_HASH:
        x->value = lowered(p, x->value);
        if (!x->hash)
            x->hash = pack_value_hash(x->value);
        break;
    case INDICATOR_IP: {
        unsigned char addr[16];
        unsigned bits;
        struct str host = host_only(x->value);
        if (!pack_value_ip(x->value, addr, &bits) && pack_value_ip(host, addr, &bits))
            x->value = host;
        break;
    }
    case INDICATOR_DOMAIN:
        x->value = lowered(p, host_only(x->value));
        break;
    case INDICATOR_PATH:
        if (x->form == PATTERN_LITERAL && pack_path_is_glob(x->value))
            x->form = PATTERN_GLOB;
        x->rx = compile_path(p, x, e);
        return x->rx != NULL;
    default:
        break;
    }
    if (x->form == PATTERN_REGEX) {
        x->rx = pack_build_regex(p, x->value, x->cased ? PACK_REGEX_CASED : 0, e);
        return x->rx != NULL;
    }
    return true;
}

static bool seen_before(struct pack *p, const struct indicator *x)
{
    struct buf key = BUF_INIT(LIMIT_PACK_FILE);
    bool made;
    if (!p->seen)
        p->seen = mem_zalloc(sizeof(struct map));
    buf_printf(&key, "%d %d %d %u %u %u ", x->kind, x->form, x->cased, x->check, x->stage, x->group);
    buf_add_str(&key, x->log);
    buf_addc(&key, ' ');
    buf_add_str(&key, x->value);
    if (x->kind == INDICATOR_PATH && x->form != PATTERN_REGEX)
        for (size_t i = 0; i < key.n; i++)
            key.p[i] = (char)(key.p[i] == '\\'                     ? '/'
                              : key.p[i] >= 'A' && key.p[i] <= 'Z' ? key.p[i] + 32
                                                                   : key.p[i]);
    map_put(p->seen, buf_str(&key), &made);
    buf_release(&key);
    return !made;
}

bool pack_build_add(struct pack *p, const struct indicator *i)
{
    struct indicator x = *i;
    struct err e = {0};
    enum pack_note_kind kind = PACK_REJECTED;
    x.value = str_trim(x.value);
    if (p->indicator_n >= LIMIT_PACK_INDICATORS) {
        pack_build_note(p, PACK_REJECTED, x.line, x.value, tr("a pack holds at most %d indicators"),
                        LIMIT_PACK_INDICATORS);
        return false;
    }
    if (!x.value.n) {
        pack_build_note(p, PACK_REJECTED, x.line, x.value, tr("the value is empty"));
        return false;
    }
    if (!prepare(p, &x, &e)) {
        pack_build_note(p, PACK_REJECTED, x.line, x.value, "%s", e.text);
        return false;
    }
    const char *why = pack_lint(p, &x, &kind);
    if (why) {
        pack_build_note(p, kind, x.line, i->value, "%s", why);
        if (kind != PACK_WARNING)
            return false;
    }
    if (seen_before(p, &x)) {
        pack_build_note(p, PACK_DUPLICATE, x.line, i->value, tr("the same indicator comes twice"));
        return false;
    }
    struct indicator *added = pack_build_push(p, &x);
    if (added->context)
        pack_build_note(p, PACK_NOT_EVALUABLE, x.line, i->value, "%s", added->why.n ? added->why.p : "");
    pack_build_vulnerability(p, x.vulnerability);
    return true;
}

unsigned long pack_build_line(struct pack_lines *l, struct str view)
{
    if (!view.p || view.p < l->text.p || view.p > l->text.p + l->text.n)
        return 0;
    size_t to = (size_t)(view.p - l->text.p);
    if (to < l->at || !l->line) {
        l->at = 0;
        l->line = 1;
    }
    for (; l->at < to; l->at++)
        l->line += l->text.p[l->at] == '\n';
    return l->line;
}

/* ---- tests ---- */

struct cond *pack_build_test(struct pack *p, enum cond_op op, bool cased, struct str field, struct str *value,
                             size_t n, struct err *e)
{
    struct cond *c = pack_cond_field(&p->a, op, field, value, n);
    c->test->cased = cased;
    for (size_t i = 0; i < n && (op == COND_MATCHES || op == COND_UNDER); i++) {
        struct buf b = BUF_INIT(LIMIT_PACK_REGEX);
        if (op == COND_UNDER) {
            buf_add_str(&b, value[i]);
            buf_addc(&b, '/');
            struct buf dir = BUF_INIT(LIMIT_PACK_REGEX);
            (void)pack_path_regex(buf_str(&b), &dir);
            c->test->rx[i] = pack_build_regex(p, buf_str(&dir), 0, e);
            buf_release(&dir);
        } else
            c->test->rx[i] = pack_build_regex(p, value[i], cased ? PACK_REGEX_CASED : 0, e);
        buf_release(&b);
        if (!c->test->rx[i])
            return NULL;
    }
    return c;
}

struct cond *pack_build_path_test(struct pack *p, enum cond_op op, const char *field, struct str value,
                                  struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_PACK_REGEX);
    struct cond *c;
    bool name = strcmp(field, "file.name") == 0;
    if (op == COND_IS && !name) {
        (void)pack_path_regex(value, &b);
        op = COND_MATCHES;
    } else if (op == COND_MATCHES && !name)
        pack_path_rewrite(value, &b);
    else
        for (size_t i = 0; i < value.n; i++)
            buf_addc(&b, (char)(value.p[i] == '\\' && !name ? '/' : value.p[i]));
    struct str v = buf_str(&b);
    c = pack_build_test(p, op, false, str_of(field), &v, 1, e);
    buf_release(&b);
    return c;
}
