#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "investigate/packs/pack_yara_in.h"

#define COMPILE_S 120

static void set_release(void *p)
{
    struct pack_yara_set *s = p;
    free(s->compiled);
    free(s);
}

const struct pack_yara_set *pack_yara_set_at(const struct pack *p, size_t i)
{
    for (const struct pack_part *x = p->parts; x; x = x->next)
        if (x->release == set_release && i-- == 0)
            return x->other;
    return NULL;
}

bool pack_yara_has(const struct pack *p)
{
    return pack_yara_set_at(p, 0) != NULL;
}

/* ---- messages ---- */

void pack_yara_put_u32(struct buf *b, uint32_t v)
{
    buf_add(b, &v, sizeof(v));
}

void pack_yara_put_u64(struct buf *b, uint64_t v)
{
    buf_add(b, &v, sizeof(v));
}

void pack_yara_put_str(struct buf *b, struct str s)
{
    pack_yara_put_u32(b, (uint32_t)s.n);
    buf_add(b, s.p ? s.p : "", s.n);
}

static const char *take(struct pack_yara_reply *r, size_t n)
{
    static const char none[8] = {0};
    if (r->bad || r->rest.n < n) {
        r->bad = true;
        return none;
    }
    const char *p = r->rest.p;
    r->rest = str_sub(r->rest, n, r->rest.n);
    return p;
}

uint32_t pack_yara_get_u32(struct pack_yara_reply *r)
{
    uint32_t v;
    memcpy(&v, take(r, sizeof(v)), sizeof(v));
    return v;
}

uint64_t pack_yara_get_u64(struct pack_yara_reply *r)
{
    uint64_t v;
    memcpy(&v, take(r, sizeof(v)), sizeof(v));
    return v;
}

struct str pack_yara_get_str(struct pack_yara_reply *r)
{
    size_t n = pack_yara_get_u32(r);
    const char *p = take(r, n);
    return r->bad ? (struct str){"", 0} : str_n(p, n);
}

/* ---- compiling, in a child ---- */

static bool write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

static bool read_all(int fd, struct buf *b)
{
    for (;;) {
        if (!buf_reserve(b, MIN((size_t)(256 * KIB), b->max - b->n)) || b->n == b->max)
            return false;
        ssize_t n = read(fd, b->p + b->n, MIN((size_t)(256 * KIB), b->max - b->n));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        b->n += (size_t)n;
    }
}

static int compile(struct str text, struct buf *out, struct err *e)
{
    int pipes[2], status = 0;
    if (str_chr(text, '\0') != STR_NONE)
        return err_set(e, ERR_INPUT, "there is a NUL byte in the rules");
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return err_sys(e, "cannot start the process for YARA rules");
    pid_t child = fork();
    if (child == 0) {
        struct buf b = BUF_INIT(LIMIT_YARA_COMPILED + LIMIT_FILE_SMALL);
        pack_yara_lib_child(COMPILE_S);
        pack_yara_lib_compile(text, &b);
        _exit(write_all(pipes[1], b.p ? b.p : "", b.n) ? 0 : 1);
    }
    close(pipes[1]);
    bool read = child > 0 && read_all(pipes[0], out);
    close(pipes[0]);
    if (child < 0)
        return err_sys(e, "cannot start the process for YARA rules");
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (read && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    return err_set(e, ERR_INPUT, "the rules cannot be used: the YARA library broke off while it compiled them");
}

/* ---- rules as indicators ---- */

static void describe(struct pack_yara_reply *r, struct pack *p, struct indicator *x)
{
    uint32_t n = pack_yara_get_u32(r);
    for (uint32_t i = 0; i < n && !r->bad; i++) {
        bool text = pack_yara_get_u32(r) == PACK_YARA_META_TEXT;
        struct str id = pack_yara_get_str(r), s = text ? pack_yara_get_str(r) : (struct str){"", 0};
        int64_t number = text ? -1 : (int64_t)pack_yara_get_u64(r);
        if (!text) {
            if (str_is_i(id, "score") && number >= 0 && number <= 100)
                x->score = (int)number;
            continue;
        }
        if (str_is_i(id, "description"))
            x->description = s;
        else if (str_is_i(id, "reference"))
            x->reference = s;
        else if (str_is_i(id, "author") && !x->source.n)
            x->source = s;
        if (!x->vulnerability.n)
            x->vulnerability = pack_build_cve(p, s);
    }
    if (!x->vulnerability.n)
        x->vulnerability = pack_build_cve(p, x->value);
}

struct adding {
    struct pack *p;
    const struct indicator *base;
    unsigned long line; /* in front of the rules */
    struct pack_yara_set *set;
    VEC(uint32_t) id;
};

static void add_rule(struct adding *a, struct pack_yara_reply *r)
{
    struct indicator x = *a->base;
    bool private = pack_yara_get_u32(r) != 0;
    x.kind = INDICATOR_YARA;
    x.value = pack_yara_get_str(r);
    x.row = (uint32_t)++a->p->rows;
    describe(r, a->p, &x);
    x.level = pack_value_level(INDICATOR_YARA, x.score);
    if (r->bad)
        return;
    if (private) {
        x.context = true;
        x.why = str_of(tr("the rule is private: it serves other rules"));
    }
    vec_push(&a->id, (uint32_t)a->p->indicator_n);
    pack_build_push(a->p, &x);
    pack_build_vulnerability(a->p, x.vulnerability);
}

static int take_over(struct adding *a, struct pack_yara_reply *r, struct err *e)
{
    for (;;) {
        uint32_t tag = pack_yara_get_u32(r);
        if (tag == PACK_YARA_ERROR) {
            unsigned long at = a->line + pack_yara_get_u32(r);
            struct str text = pack_yara_get_str(r);
            return err_set(e, ERR_INPUT, "line %lu: %.*s", at, STR_ARG(text));
        }
        if (tag == PACK_YARA_WARNING) {
            unsigned long at = a->line + pack_yara_get_u32(r);
            struct str excerpt = pack_yara_get_str(r), text = pack_yara_get_str(r);
            pack_build_note(a->p, PACK_WARNING, at, excerpt, STR_FMT, STR_ARG(text));
        } else if (tag == PACK_YARA_RULE)
            add_rule(a, r);
        else if (tag == PACK_YARA_COMPILED) {
            struct str bytes = pack_yara_get_str(r);
            a->set->compiled = mem_dup(bytes.p, bytes.n);
            a->set->compiled_n = bytes.n;
        } else
            return !r->bad && tag == PACK_YARA_END && a->set->compiled ? 0 : err_set(e, ERR_INPUT, "the rules cannot be compiled");
    }
}

int pack_yara_add(struct pack *p, struct str rules, const struct indicator *base, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_YARA_COMPILED + LIMIT_FILE_SMALL);
    struct adding a = {.p = p, .base = base, .line = base->line ? base->line - 1 : 0};
    if (rules.n > LIMIT_FILE_SMALL)
        return err_set(e, ERR_LIMIT, "rules of more than %lu MiB in one file are not read",
                       LIMIT_FILE_SMALL / MIB);
    int rc = compile(rules, &b, e);
    a.set = mem_zalloc(sizeof(*a.set));
    if (rc == 0)
        rc = take_over(&a, &(struct pack_yara_reply){buf_str(&b), false}, e);
    if (rc == 0) {
        a.set->n = (uint32_t)a.id.n;
        a.set->indicator = arena_array(&p->a, uint32_t, a.id.n + 1);
        if (a.id.n)
            memcpy(a.set->indicator, a.id.p, a.id.n * sizeof(uint32_t));
        pack_build_own(p, a.set, set_release);
    } else
        set_release(a.set);
    vec_release(&a.id);
    buf_release(&b);
    return rc;
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

/* ---- scanning once, with a process for it ---- */

int pack_yara_scan_fd(const struct pack *p, int fd, size_t max, const struct pack_yara_file *file, int timeout_s,
                      void (*hit)(void *ctx, const struct pack_yara_hit *h), void *ctx, struct err *e)
{
    struct pack_yara_pool *pool;
    int rc = pack_yara_pool_new(&pool, &p, 1, e);
    if (rc)
        return rc;
    struct pack_yara_host *host = pack_yara_host_new(pool, NULL, NULL);
    rc = pack_yara_host_scan(host, 0, fd, max, file, timeout_s, hit, ctx, e);
    pack_yara_host_free(host);
    pack_yara_pool_free(pool);
    return rc;
}

int pack_yara_scan(const struct pack *p, struct str bytes, const struct pack_yara_file *file, int timeout_s,
                   void (*hit)(void *ctx, const struct pack_yara_hit *h), void *ctx, struct err *e)
{
    int fd = memfd_create("toban", MFD_CLOEXEC);
    if (fd < 0)
        return err_sys(e, "cannot hold the bytes for the YARA scan");
    int rc = write_all(fd, bytes.p ? bytes.p : "", bytes.n) ? pack_yara_scan_fd(p, fd, bytes.n, file, timeout_s, hit, ctx, e)
                                                            : err_sys(e, "cannot hold the bytes for the YARA scan");
    close(fd);
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
