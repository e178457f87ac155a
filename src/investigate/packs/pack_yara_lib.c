/* All that calls libyara. It runs in children, which may die of it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <yara.h>

#include "investigate/packs/pack_yara_in.h"

#define CHILD_MEMORY (4UL * GIB)

/* The sanitizers reserve more address space than any limit allows. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

/* The variables LOKI and THOR define; a rule may use them without declaring them. */
static const char *const externals[] = {"filename", "filepath", "extension", "filetype", "owner", "md5"};

void pack_yara_lib_child(unsigned seconds)
{
    static const int mortal[] = {SIGFPE, SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGALRM, SIGTERM, SIGPIPE};
    const struct rlimit none = {0, 0};
    for (size_t i = 0; i < ARRAY_LEN(mortal); i++)
        signal(mortal[i], SIG_DFL);
    signal(SIGINT, SIG_IGN); /* the parent decides when to stop */
    setrlimit(RLIMIT_CORE, &none);
#ifndef SANITIZED
    const struct rlimit memory = {CHILD_MEMORY, CHILD_MEMORY};
    setrlimit(RLIMIT_AS, &memory);
#endif
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < 3 && null >= 0; i++)
        dup2(null, i);
    alarm(seconds);
}

/* ---- compiling ---- */

struct report {
    struct buf *out;
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

static void report(int level, const char *file, int line, const YR_RULE *rule, const char *message, void *user)
{
    struct report *r = user;
    uint32_t at = line > 0 ? (uint32_t)line : 0;
    (void)file;
    if (level == YARA_ERROR_LEVEL_ERROR) {
        if (!r->errors++) {
            pack_yara_put_u32(r->out, PACK_YARA_ERROR);
            pack_yara_put_u32(r->out, at);
            pack_yara_put_str(r->out, str_of(message));
        }
        return;
    }
    pack_yara_put_u32(r->out, PACK_YARA_WARNING);
    pack_yara_put_u32(r->out, at);
    pack_yara_put_str(r->out, rule ? str_of(rule->identifier) : str_sub(line_at(r->text, line), 0, 500));
    pack_yara_put_str(r->out, str_of(message));
}

static size_t to_buf(const void *p, size_t size, size_t count, void *user)
{
    return buf_add(user, p, size * count) ? count : 0;
}

static size_t from_str(void *p, size_t size, size_t count, void *user)
{
    struct str *s = user;
    size_t n = size ? MIN(count, s->n / size) : 0;
    if (n)
        memcpy(p, s->p, n * size);
    *s = str_sub(*s, n * size, s->n);
    return n;
}

static void put_rule(struct buf *out, const YR_RULE *rule)
{
    YR_META *m;
    uint32_t n = 0;
    yr_rule_metas_foreach(rule, m)
    {
        n += m->type == META_TYPE_STRING || m->type == META_TYPE_INTEGER;
    }
    pack_yara_put_u32(out, PACK_YARA_RULE);
    pack_yara_put_u32(out, RULE_IS_PRIVATE(rule) ? 1 : 0);
    pack_yara_put_str(out, str_of(rule->identifier));
    pack_yara_put_u32(out, n);
    yr_rule_metas_foreach(rule, m)
    {
        if (m->type != META_TYPE_STRING && m->type != META_TYPE_INTEGER)
            continue;
        pack_yara_put_u32(out, m->type == META_TYPE_STRING ? PACK_YARA_META_TEXT : PACK_YARA_META_NUMBER);
        pack_yara_put_str(out, str_of(m->identifier));
        if (m->type == META_TYPE_STRING)
            pack_yara_put_str(out, str_of(m->string));
        else
            pack_yara_put_u64(out, (uint64_t)m->integer);
    }
}

static void put_rules(struct buf *out, YR_RULES *rules)
{
    const YR_RULE *rule;
    struct buf bytes = BUF_INIT(LIMIT_YARA_COMPILED);
    YR_STREAM s = {.user_data = &bytes, .write = to_buf};
    yr_rules_foreach(rules, rule)
    {
        put_rule(out, rule);
    }
    if (yr_rules_save_stream(rules, &s) == ERROR_SUCCESS && !buf_full(&bytes)) {
        pack_yara_put_u32(out, PACK_YARA_COMPILED);
        pack_yara_put_str(out, buf_str(&bytes));
        pack_yara_put_u32(out, PACK_YARA_END);
    }
    buf_release(&bytes);
}

void pack_yara_lib_compile(struct str text, struct buf *out)
{
    struct report r = {.out = out, .text = text};
    YR_COMPILER *c = NULL;
    YR_RULES *rules = NULL;
    if (yr_initialize() != ERROR_SUCCESS || yr_compiler_create(&c) != ERROR_SUCCESS)
        return;
    yr_compiler_set_callback(c, report, &r);
    yr_compiler_set_include_callback(c, NULL, NULL, NULL); /* a pack never opens other files */
    for (size_t i = 0; i < ARRAY_LEN(externals); i++)
        (void)yr_compiler_define_string_variable(c, externals[i], "");
    char *copy = mem_dup(text.p ? text.p : "", text.n);
    int errors = yr_compiler_add_string(c, copy, NULL);
    free(copy);
    if (errors == 0 && yr_compiler_get_rules(c, &rules) == ERROR_SUCCESS)
        put_rules(out, rules);
    else
        pack_yara_put_u32(out, PACK_YARA_END);
}

/* ---- scanning ---- */

struct loaded {
    YR_RULES **set;
};
struct server {
    const struct pack *const *pack;
    size_t n;
    int sock;
    struct loaded *rules; /* by pack; each set is loaded when first wanted */
    struct buf bytes;
};
struct scan {
    struct server *s;
    const struct pack_yara_set *set;
    YR_RULES *rules;
};

static int found(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
    const struct scan *s = user;
    if (message != CALLBACK_MSG_RULE_MATCHING)
        return CALLBACK_CONTINUE;
    const YR_RULE *rule = data;
    size_t i = (size_t)(rule - s->rules->rules_table);
    uint64_t offset = UINT64_MAX;
    struct str name = {"", 0};
    if (i >= s->set->n)
        return CALLBACK_CONTINUE;
    YR_STRING *string;
    yr_rule_strings_foreach(rule, string)
    {
        const void *first = context->matches[string->idx].head;
        YR_MATCH match; /* libyara's own ones are not aligned */
        if (!first)
            continue;
        memcpy(&match, first, sizeof(match));
        uint64_t at = (uint64_t)(match.base + match.offset);
        if (at < offset) {
            offset = at;
            name = str_of(string->identifier);
        }
    }
    struct buf b = BUF_INIT(PACK_YARA_MESSAGE);
    pack_yara_put_u32(&b, 1);
    pack_yara_put_u32(&b, s->set->indicator[i]);
    pack_yara_put_u64(&b, offset);
    pack_yara_put_str(&b, str_sub(name, 0, 1000));
    if (!pack_yara_send(s->s->sock, &b, -1))
        _exit(0);
    buf_release(&b);
    return CALLBACK_CONTINUE;
}

static void define(YR_SCANNER *scanner, const struct str value[5])
{
    for (size_t i = 0; i < ARRAY_LEN(externals); i++) {
        char *v = mem_dup(i < 5 && value[i].p ? value[i].p : "", i < 5 ? value[i].n : 0);
        (void)yr_scanner_define_string_variable(scanner, externals[i], v); /* a rule set that does not use it has none */
        free(v);
    }
}

static int scan_set(struct server *s, const struct pack_yara_set *set, YR_RULES **rules, const struct str value[5], int timeout_s)
{
    YR_SCANNER *scanner;
    struct str bytes = str_n(set->compiled, set->compiled_n);
    YR_STREAM in = {.user_data = &bytes, .read = from_str};
    if (!*rules && yr_rules_load_stream(&in, rules) != ERROR_SUCCESS)
        return ERR_INTERNAL;
    struct scan scan = {s, set, *rules};
    if (yr_scanner_create(*rules, &scanner) != ERROR_SUCCESS)
        return ERR_INTERNAL;
    yr_scanner_set_callback(scanner, found, &scan);
    yr_scanner_set_timeout(scanner, timeout_s);
    yr_scanner_set_flags(scanner, SCAN_FLAGS_REPORT_RULES_MATCHING);
    define(scanner, value);
    int rc = yr_scanner_scan_mem(scanner, (const uint8_t *)(s->bytes.p ? s->bytes.p : ""), s->bytes.n);
    yr_scanner_destroy(scanner);
    return rc == ERROR_SUCCESS ? 0 : ERR_LIMIT;
}

static int read_file(struct server *s, int fd, uint64_t max)
{
    s->bytes.max = max + 1;
    buf_clear(&s->bytes);
    for (;;) {
        size_t room = MIN((size_t)(256 * KIB), (size_t)max + 1 - s->bytes.n);
        if (!room || !buf_reserve(&s->bytes, room))
            return ERR_LIMIT;
        ssize_t n = pread(fd, s->bytes.p + s->bytes.n, room, (off_t)s->bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? 0 : ERR_IO;
        s->bytes.n += (size_t)n;
    }
}

static int answer(struct server *s, struct pack_yara_reply *r, int fd)
{
    struct str value[5];
    uint32_t at = pack_yara_get_u32(r), timeout = pack_yara_get_u32(r);
    uint64_t max = pack_yara_get_u64(r);
    for (size_t i = 0; i < ARRAY_LEN(value); i++)
        value[i] = pack_yara_get_str(r);
    if (r->bad || at >= s->n || fd < 0)
        return ERR_INTERNAL;
    alarm(timeout ? timeout + 5 : 0); /* the library's own limit is not looked at everywhere */
    int rc = read_file(s, fd, max);
    const struct pack_yara_set *set;
    for (size_t i = 0; rc == 0 && (set = pack_yara_set_at(s->pack[at], i)) != NULL; i++)
        rc = scan_set(s, set, &s->rules[at].set[i], value, (int)timeout);
    alarm(0);
    return rc;
}

void pack_yara_lib_serve(const struct pack *const *pack, size_t n, int sock)
{
    struct server s = {.pack = pack, .n = n, .sock = sock, .rules = mem_zalloc((n + 1) * sizeof(struct loaded))};
    struct buf b = BUF_INIT(PACK_YARA_MESSAGE);
    int fd;
    if (yr_initialize() != ERROR_SUCCESS)
        return;
    for (size_t i = 0; i < n; i++) {
        size_t sets = 0;
        while (pack_yara_set_at(pack[i], sets))
            sets++;
        s.rules[i].set = mem_zalloc((sets + 1) * sizeof(YR_RULES *));
    }
    while (pack_yara_recv(sock, &b, &fd)) {
        struct pack_yara_reply r = {buf_str(&b), false};
        int rc = answer(&s, &r, fd);
        if (fd >= 0)
            close(fd);
        buf_clear(&b);
        pack_yara_put_u32(&b, 2);
        pack_yara_put_u32(&b, (uint32_t)-rc);
        if (!pack_yara_send(sock, &b, -1))
            return;
    }
}
