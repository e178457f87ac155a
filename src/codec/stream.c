#include "codec/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/stream_unpack.h"

#define RAW_SIZE (128 * KIB)
#define LINE_STEP (64 * KIB)
#define READ_STEP (256 * KIB)
#define DIRECT_MIN (16 * KIB) /* a plain read this long goes past our buffer */

struct stream {
    char *name; /* owns */
    int fd;     /* owns; -1: memory */
    bool close_fd;
    bool raw_end;       /* nothing more behind raw */
    struct str raw;     /* packed or plain bytes at hand: in own, or the caller's memory */
    unsigned char *own; /* owns; RAW_SIZE bytes, only with fd */
    uint64_t raw_total; /* bytes that have been in raw, or went past it */
    uint64_t out;       /* unpacked bytes made */
    uint64_t limit, size;
    struct stream_unpack *unpack; /* owns; NULL: plain */
    struct err err;               /* the first failure; kept, the stream stays failed */
    char *line;                   /* owns; bytes made but not yet given: line[at .. n) */
    size_t line_at, line_n, line_cap;
    bool line_skip; /* the rest of a line that was cut is still to be passed over */
};

static int fail(struct stream *s, struct err *e)
{
    if (e)
        *e = s->err;
    return s->err.code;
}

/* ---- raw bytes ---- */

static int fd_read(struct stream *s, void *p, size_t n, size_t *got)
{
    ssize_t k;
    do
        k = read(s->fd, p, n);
    while (k < 0 && errno == EINTR);
    if (k < 0)
        return err_sys(&s->err, "cannot read %s", s->name);
    *got = (size_t)k;
    s->raw_total += (uint64_t)k;
    if (k == 0)
        s->raw_end = true;
    return 0;
}

/* Adds to raw once, keeping what is there. */
static int raw_more(struct stream *s)
{
    size_t got = 0;
    if (s->raw_end)
        return 0;
    if (s->raw.n && (const unsigned char *)s->raw.p != s->own)
        memmove(s->own, s->raw.p, s->raw.n);
    int rc = fd_read(s, s->own + s->raw.n, RAW_SIZE - s->raw.n, &got);
    s->raw = str_n((const char *)s->own, s->raw.n + got);
    return rc;
}

/* ---- opening ---- */

static struct stream *stream_new(const char *name, int fd, uint64_t limit)
{
    struct stream *s = mem_zalloc(sizeof(*s));
    s->name = mem_dup(name, strlen(name));
    s->fd = fd;
    s->limit = limit;
    return s;
}

/* Enough of the beginning to recognise the packing. */
static int stream_begin(struct stream **out, struct stream *s, struct err *e)
{
    while (s->raw.n < 4 && !s->raw_end) {
        if (raw_more(s) < 0) {
            int code = fail(s, e);
            stream_free(s);
            return code;
        }
    }
    enum stream_packing kind = stream_unpack_detect((const unsigned char *)s->raw.p, s->raw.n);
    if (kind != STREAM_PLAIN)
        s->unpack = stream_unpack_new(kind);
    *out = s;
    return 0;
}

static int fd_begin(struct stream **out, struct stream *s, struct err *e)
{
    struct stat st;
    if (fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        s->size = (uint64_t)st.st_size;
    s->own = mem_alloc(RAW_SIZE);
    return stream_begin(out, s, e);
}

int stream_open(struct stream **out, const char *path, uint64_t limit, struct err *e)
{
    *out = NULL;
    if (strcmp(path, "-") == 0)
        return fd_begin(out, stream_new(tr("standard input"), STDIN_FILENO, limit), e);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_sys(e, "cannot open %s", path);
    return stream_open_fd(out, path, fd, limit, e);
}

int stream_open_fd(struct stream **out, const char *name, int fd, uint64_t limit, struct err *e)
{
    *out = NULL;
    struct stream *s = stream_new(name, fd, limit);
    s->close_fd = true;
    return fd_begin(out, s, e);
}

int stream_open_mem(struct stream **out, const char *name, struct str bytes, uint64_t limit, struct err *e)
{
    *out = NULL;
    struct stream *s = stream_new(name, -1, limit);
    s->raw = bytes;
    s->raw_end = true;
    s->raw_total = s->size = bytes.n;
    return stream_begin(out, s, e);
}

void stream_free(struct stream *s)
{
    if (!s)
        return;
    if (s->close_fd)
        close(s->fd);
    stream_unpack_free(s->unpack);
    free(s->own);
    free(s->line);
    free(s->name);
    free(s);
}

/* ---- unpacked bytes ---- */

static int plain_pull(struct stream *s, void *p, size_t n, size_t *got)
{
    if (s->raw.n == 0 && !s->raw_end) {
        if (n >= DIRECT_MIN)
            return fd_read(s, p, n, got);
        if (raw_more(s) < 0)
            return s->err.code;
    }
    *got = MIN(n, s->raw.n);
    if (*got)
        memcpy(p, s->raw.p, *got);
    s->raw = str_sub(s->raw, *got, s->raw.n);
    return 0;
}

static int packed_pull(struct stream *s, void *p, size_t n, size_t *got)
{
    for (;;) {
        size_t before = s->raw.n;
        int64_t k = stream_unpack_run(s->unpack, &s->raw, s->raw_end, p, n, &s->err);
        if (k < 0)
            return err_prefix(&s->err, "%s", s->name);
        *got = (size_t)k;
        if (k > 0 || (s->raw_end && s->raw.n == 0))
            return 0;
        if (s->raw_end && s->raw.n == before)
            return err_set(&s->err, ERR_INTERNAL, "%s: unpacking does not go on", s->name);
        if (!s->raw_end && raw_more(s) < 0)
            return s->err.code;
    }
}

static int pull_some(struct stream *s, void *p, size_t n, size_t *got)
{
    int rc = s->unpack ? packed_pull(s, p, n, got) : plain_pull(s, p, n, got);
    if (rc < 0)
        return rc;
    uint64_t out = s->out + *got;
    if (s->unpack && out > MIB && out / LIMIT_INFLATE_RATIO >= stream_in(s))
        return err_set(
            &s->err, ERR_LIMIT,
            "%s: grows more than %d times when it is unpacked; this looks like a bomb and is not read",
            s->name, LIMIT_INFLATE_RATIO);
    return 0;
}

/* Makes up to n (> 0) more bytes; *got 0 at the end. */
static int pull(struct stream *s, void *p, size_t n, size_t *got, struct err *e)
{
    *got = 0;
    if (s->err.code)
        return fail(s, e);
    char beyond;
    bool at_limit = s->out == s->limit;
    int rc = at_limit ? pull_some(s, &beyond, 1, got) : pull_some(s, p, MIN(n, s->limit - s->out), got);
    if (rc == 0 && at_limit && *got)
        rc = err_set(&s->err, ERR_LIMIT, "%s: is longer than the %llu bytes allowed here", s->name,
                     (unsigned long long)s->limit);
    if (rc < 0) {
        *got = 0;
        return fail(s, e);
    }
    s->out += *got;
    return 0;
}

int stream_read(struct stream *s, void *p, size_t n, size_t *got, struct err *e)
{
    *got = 0;
    if (n == 0)
        return 0;
    if (s->line_at == s->line_n)
        return pull(s, p, n, got, e);
    *got = MIN(n, s->line_n - s->line_at);
    memcpy(p, s->line + s->line_at, *got);
    s->line_at += *got;
    return 0;
}

int stream_read_all(struct stream *s, struct buf *b, struct err *e)
{
    size_t got;
    if (!s->unpack && s->size < b->max - b->n)
        buf_reserve(b, (size_t)s->size + 1); /* one more, to meet the end without growing */
    do {
        char one;
        size_t spare = b->cap > b->n + 1 ? b->cap - b->n - 1 : READ_STEP;
        size_t room = MIN(spare, b->max - b->n);
        if (room == 0) {
            int rc = stream_read(s, &one, 1, &got, e);
            if (rc < 0 || got == 0)
                return rc;
            b->full = true;
            return err_set(e, ERR_LIMIT, "%s: is longer than the %llu bytes allowed here", s->name,
                           (unsigned long long)b->max);
        }
        if (!buf_reserve(b, room))
            return err_set(e, ERR_LIMIT, "%s: is longer than the %llu bytes allowed here", s->name,
                           (unsigned long long)b->max);
        int rc = stream_read(s, b->p + b->n, room, &got, e);
        b->n += got;
        b->p[b->n] = 0;
        if (rc < 0)
            return rc;
    } while (got);
    return 0;
}

/* ---- lines ---- */

/* Adds to the line window; *got 0 at the end. */
static int line_more(struct stream *s, size_t *got, struct err *e)
{
    if (s->line_at) {
        s->line_n -= s->line_at;
        memmove(s->line, s->line + s->line_at, s->line_n);
        s->line_at = 0;
    }
    if (s->line_cap - s->line_n < LINE_STEP / 2) {
        s->line_cap *= 2;
        s->line = mem_realloc(s->line, s->line_cap);
    }
    int rc = pull(s, s->line + s->line_n, s->line_cap - s->line_n, got, e);
    s->line_n += *got;
    return rc;
}

/* Passes over the rest of a line that was cut. */
static int line_skip_rest(struct stream *s, struct err *e)
{
    size_t got;
    while (s->line_skip) {
        const char *p = s->line + s->line_at;
        const char *lf = memchr(p, '\n', s->line_n - s->line_at);
        s->line_at = lf ? (size_t)(lf + 1 - s->line) : s->line_n;
        if (lf) {
            s->line_skip = false;
            break;
        }
        int rc = line_more(s, &got, e);
        if (rc < 0)
            return rc;
        if (got == 0)
            s->line_skip = false;
    }
    return 0;
}

/* Gives n bytes of the window as a line, without CR, and passes over `over` bytes. */
static int line_give(struct stream *s, size_t n, size_t over, size_t max, struct str *line, bool *cut)
{
    const char *p = s->line + s->line_at;
    if (n && p[n - 1] == '\r')
        n--;
    *cut = n > max;
    *line = str_n(p, MIN(n, max));
    s->line_at += over;
    return 1;
}

int stream_line(struct stream *s, size_t max, struct str *line, bool *cut, struct err *e)
{
    size_t seen = 0, got;
    *line = str_n(NULL, 0);
    *cut = false;
    if (!s->line) {
        s->line_cap = LINE_STEP;
        s->line = mem_alloc(s->line_cap);
    }
    int rc = line_skip_rest(s, e);
    if (rc < 0)
        return rc;
    for (;;) {
        size_t n = s->line_n - s->line_at;
        const char *p = s->line + s->line_at;
        const char *lf = n > seen ? memchr(p + seen, '\n', n - seen) : NULL;
        if (lf)
            return line_give(s, (size_t)(lf - p), (size_t)(lf - p) + 1, max, line, cut);
        if (n > max && n - max >= 2) { /* max bytes and CR LF would still be whole */
            *cut = s->line_skip = true;
            *line = str_n(p, max);
            s->line_at += max;
            return 1;
        }
        seen = n;
        rc = line_more(s, &got, e);
        if (rc < 0)
            return rc;
        if (got == 0)
            return s->line_n == s->line_at
                       ? 0
                       : line_give(s, s->line_n - s->line_at, s->line_n - s->line_at, max, line, cut);
    }
}

/* ---- the rest ---- */

const char *stream_name(const struct stream *s)
{
    return s->name;
}

uint64_t stream_in(const struct stream *s)
{
    return s->raw_total - s->raw.n;
}

uint64_t stream_out(const struct stream *s)
{
    return s->out - (s->line_n - s->line_at);
}

uint64_t stream_size(const struct stream *s)
{
    return s->size;
}

int stream_slurp(const char *path, struct buf *b, struct err *e)
{
    struct stream *s;
    int rc = stream_open(&s, path, UINT64_MAX, e);
    if (rc < 0)
        return rc;
    rc = stream_read_all(s, b, e);
    stream_free(s);
    return rc;
}
