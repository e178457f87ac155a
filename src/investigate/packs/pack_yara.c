#include <errno.h>
#include <unistd.h>

#include <yara.h>

#include "investigate/packs/pack_build.h"

/* The variables LOKI and THOR define; a rule may use them without declaring them. */
static const char *const externals[] = {"filename", "filepath", "extension", "filetype", "owner", "md5"};

/* One compilation. libyara counts yr_initialize and yr_finalize itself. */
struct set {
    YR_RULES *rules;
    const struct pack *pack;
    uint32_t *indicator; /* of each rule, in the arena */
    uint32_t n;
};

static void set_release(void *p)
{
    struct set *s = p;
    if (s->rules)
        yr_rules_destroy(s->rules);
    yr_finalize();
    free(s);
}

struct report {
    struct pack *p;
    struct err *e;
    unsigned long base;
    struct str text;
    int errors;
};

static struct str line_at(struct str text, int number)
{
    struct str line = {"", 0};
    for (int i = 0; i < number && str_line_next(&text, &line); i++)
        ;
    return line;
}

static void report(int level, const char *file, int line, const YR_RULE *rule, const char *message,
                   void *user)
{
    struct report *r = user;
    (void)file;
    unsigned long at = r->base + (unsigned long)(line > 0 ? line : 0);
    if (level == YARA_ERROR_LEVEL_ERROR) {
        if (!r->errors++)
            err_set(r->e, ERR_INPUT, "line %lu: %s", at, message);
        return;
    }
    pack_build_note(r->p, PACK_WARNING, at, rule ? str_of(rule->identifier) : line_at(r->text, line), "%s",
                    message);
}

/* Debian's libyara (4.2.3) divides the smallest 64-bit number by -1 and dies of it. No rule needs such a
 * number. */
static bool deadly(struct str text)
{
    static const char *const words[] = {"9223372036854775807",
                                        "9223372036854775808",
                                        "0x7fffffffffffffff",
                                        "0x8000000000000000",
                                        "<< 63",
                                        "<<63"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_find_i(text, str_of(words[i])) != STR_NONE)
            return true;
    return false;
}

static int compile(struct pack *p, struct str text, unsigned long base, YR_RULES **out, struct err *e)
{
    struct report r = {.p = p, .e = e, .base = base, .text = text};
    YR_COMPILER *c = NULL;
    int rc = 0;
    *out = NULL;
    if (str_chr(text, '\0') != STR_NONE)
        return err_set(e, ERR_INPUT, "there is a NUL byte in the rules");
    if (deadly(text))
        return err_set(e, ERR_INPUT,
                       "a number at the edge of 64 bits is not taken: the YARA library may crash on it");
    if (yr_compiler_create(&c) != ERROR_SUCCESS)
        return err_set(e, ERR_INTERNAL, "the YARA compiler cannot be started");
    yr_compiler_set_callback(c, report, &r);
    yr_compiler_set_include_callback(c, NULL, NULL, NULL); /* a pack never opens other files */
    for (size_t i = 0; i < ARRAY_LEN(externals); i++)
        (void)yr_compiler_define_string_variable(c, externals[i], "");
    char *copy = mem_dup(text.p ? text.p : "", text.n);
    int errors = yr_compiler_add_string(c, copy, NULL);
    free(copy);
    if (errors > 0)
        rc = r.errors ? ERR_INPUT : err_set(e, ERR_INPUT, "the rules cannot be compiled");
    else if (yr_compiler_get_rules(c, out) != ERROR_SUCCESS)
        rc = err_set(e, ERR_INPUT, "the rules cannot be compiled");
    yr_compiler_destroy(c);
    return rc;
}

/* ---- rules as indicators ---- */

static void describe(const YR_RULE *rule, struct pack *p, struct indicator *x)
{
    YR_META *m;
    yr_rule_metas_foreach(rule, m)
    {
        struct str id = str_of(m->identifier);
        if (m->type == META_TYPE_STRING) {
            struct str s = str_of(m->string);
            if (str_is_i(id, "description"))
                x->description = s;
            else if (str_is_i(id, "reference"))
                x->reference = s;
            else if (str_is_i(id, "author") && !x->source.n)
                x->source = s;
            if (!x->vulnerability.n)
                x->vulnerability = pack_build_cve(p, s);
        } else if (m->type == META_TYPE_INTEGER && str_is_i(id, "score") && m->integer >= 0 &&
                   m->integer <= 100)
            x->score = (int)m->integer;
    }
    if (!x->vulnerability.n)
        x->vulnerability = pack_build_cve(p, str_of(rule->identifier));
}

int pack_yara_add(struct pack *p, struct str rules, const struct indicator *base, struct err *e)
{
    YR_RULES *compiled;
    const YR_RULE *rule;
    if (rules.n > LIMIT_FILE_SMALL)
        return err_set(e, ERR_LIMIT, "rules of more than %lu MiB in one file are not read",
                       LIMIT_FILE_SMALL / MIB);
    if (yr_initialize() != ERROR_SUCCESS)
        return err_set(e, ERR_INTERNAL, "the YARA library cannot be started");
    int rc = compile(p, rules, base->line ? base->line - 1 : 0, &compiled, e);
    if (rc < 0) {
        yr_finalize();
        return rc;
    }
    struct set *s = mem_zalloc(sizeof(*s));
    s->rules = compiled;
    s->pack = p;
    s->n = compiled->num_rules;
    s->indicator = arena_array(&p->a, uint32_t, s->n + 1);
    pack_build_own(p, s, set_release);
    uint32_t i = 0;
    yr_rules_foreach(compiled, rule)
    {
        struct indicator x = *base;
        x.kind = INDICATOR_YARA;
        x.value = str_of(rule->identifier);
        x.row = (uint32_t)++p->rows;
        describe(rule, p, &x);
        x.level = pack_value_level(INDICATOR_YARA, x.score);
        if (i < s->n)
            s->indicator[i++] = (uint32_t)p->indicator_n;
        if (RULE_IS_PRIVATE(rule)) {
            x.context = true;
            x.why = str_of(tr("the rule is private: it serves other rules"));
        }
        pack_build_push(p, &x);
        pack_build_vulnerability(p, x.vulnerability);
    }
    return 0;
}

static int yara_read(struct pack *p, struct str text, struct err *e)
{
    struct indicator base = PACK_BUILD_ROW(0);
    base.score = 75;
    base.check = pack_build_check(p, "yara", p->name, LEVEL_SHELL_PRESENT);
    if (str_starts(text, "\xef\xbb\xbf"))
        text = str_sub(text, 3, text.n);
    return pack_yara_add(p, text, &base, e);
}

/* ---- scanning ---- */

bool pack_yara_has(const struct pack *p)
{
    for (const struct pack_part *x = p->parts; x; x = x->next)
        if (x->release == set_release)
            return true;
    return false;
}

struct scan {
    const struct set *set;
    void (*hit)(void *ctx, const struct pack_yara_hit *h);
    void *ctx;
};

static int found(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
    const struct scan *s = user;
    if (message != CALLBACK_MSG_RULE_MATCHING)
        return CALLBACK_CONTINUE;
    const YR_RULE *rule = data;
    size_t i = (size_t)(rule - s->set->rules->rules_table);
    struct pack_yara_hit h = {.offset = STR_NONE, .string = {"", 0}};
    if (i >= s->set->n)
        return CALLBACK_CONTINUE;
    h.indicator = &s->set->pack->indicator[s->set->indicator[i]];
    YR_STRING *string;
    yr_rule_strings_foreach(rule, string)
    {
        const void *first = context->matches[string->idx].head;
        YR_MATCH match; /* libyara's own ones are not aligned */
        if (!first)
            continue;
        memcpy(&match, first, sizeof(match));
        uint64_t at = (uint64_t)(match.base + match.offset);
        if (at < h.offset) {
            h.offset = at;
            h.string = str_of(string->identifier);
        }
    }
    s->hit(s->ctx, &h);
    return CALLBACK_CONTINUE;
}

static char *text_of(struct str s)
{
    return mem_dup(s.p ? s.p : "", s.n);
}

static void define(YR_SCANNER *scanner, const struct pack_yara_file *f)
{
    struct str value[] = {f->name, f->path, f->extension, f->type, f->owner, {"", 0}};
    for (size_t i = 0; i < ARRAY_LEN(externals); i++) {
        char *v = text_of(value[i]);
        (void)yr_scanner_define_string_variable(scanner, externals[i],
                                                v); /* a rule set that does not use it has none */
        free(v);
    }
}

static int scan_set(const struct set *set, struct str bytes, const struct pack_yara_file *file, int timeout_s,
                    struct scan *s, struct err *e)
{
    YR_SCANNER *scanner;
    if (yr_scanner_create(set->rules, &scanner) != ERROR_SUCCESS)
        return err_set(e, ERR_INTERNAL, "the YARA scanner cannot be started");
    s->set = set;
    yr_scanner_set_callback(scanner, found, s);
    yr_scanner_set_timeout(scanner, timeout_s);
    yr_scanner_set_flags(scanner, SCAN_FLAGS_REPORT_RULES_MATCHING);
    if (file)
        define(scanner, file);
    int rc = yr_scanner_scan_mem(scanner, (const uint8_t *)(bytes.p ? bytes.p : ""), bytes.n);
    yr_scanner_destroy(scanner);
    if (rc == ERROR_SUCCESS)
        return 0;
    if (rc == ERROR_SCAN_TIMEOUT)
        return err_set(e, ERR_LIMIT, "the YARA scan was given up after %d seconds", timeout_s);
    return err_set(e, ERR_LIMIT, "the YARA scan was given up (error %d)", rc);
}

int pack_yara_scan(const struct pack *p, struct str bytes, const struct pack_yara_file *file, int timeout_s,
                   void (*hit)(void *ctx, const struct pack_yara_hit *h), void *ctx, struct err *e)
{
    struct scan s = {.hit = hit, .ctx = ctx};
    int rc = 0;
    for (const struct pack_part *x = p->parts; x; x = x->next)
        if (x->release == set_release) {
            int one = scan_set(x->other, bytes, file, timeout_s, &s, e);
            rc = one < 0 ? one : rc;
        }
    return rc;
}

int pack_yara_scan_fd(const struct pack *p, int fd, size_t max, const struct pack_yara_file *file,
                      int timeout_s, void (*hit)(void *ctx, const struct pack_yara_hit *h), void *ctx,
                      struct err *e)
{
    struct buf b = BUF_INIT(max + 1);
    int rc = 0;
    for (;;) {
        size_t room = MIN((size_t)(256 * KIB), max + 1 - b.n);
        if (!room || !buf_reserve(&b, room)) {
            rc = err_set(e, ERR_LIMIT, "the file is larger than %zu bytes", max);
            break;
        }
        ssize_t n = read(fd, b.p + b.n, room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = err_sys(e, "reading the file");
        if (n <= 0)
            break;
        b.n += (size_t)n;
    }
    if (rc == 0)
        rc = pack_yara_scan(p, buf_str(&b), file, timeout_s, hit, ctx, e);
    buf_release(&b);
    return rc;
}

static int yara_sniff(struct str head, struct str file_name)
{
    bool rule = false;
    struct str line, rest = head;
    while (!rule && str_line_next(&rest, &line)) {
        line = str_trim(line);
        while (str_starts(line, "private ") || str_starts(line, "global "))
            line = str_trim(str_sub(line, str_chr(line, ' '), line.n));
        rule =
            str_starts(line, "rule ") && (str_chr(line, '{') != STR_NONE || str_starts(str_trim(rest), "{") ||
                                          str_chr(line, ':') != STR_NONE);
    }
    if (!rule)
        return 0;
    return str_ends_i(file_name, ".yar") || str_ends_i(file_name, ".yara") ? 88
           : str_find(head, STR_LIT("condition:")) != STR_NONE             ? 70
                                                                           : 0;
}

extern const struct pack_kind pack_yara;
const struct pack_kind pack_yara = {
    .name = "yara", .title = TR("YARA rules"), .bytes = true, .sniff = yara_sniff, .read = yara_read};
