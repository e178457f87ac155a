#include "investigate/hive.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "investigate/hive_log.h"

const char *const hive_log_names[HIVE_LOGS] = {".LOG1", ".LOG2", ".LOG"};

/* ---- the copy ---- */

static int temporary(void)
{
    const char *dir = getenv("TMPDIR");
    return open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static bool slurp(int fd, struct buf *b)
{
    for (;;) {
        if (!buf_reserve(b, MIN((size_t)(256 * KIB), b->max - b->n)))
            return false;
        ssize_t n = pread(fd, b->p + b->n, MIN((size_t)(256 * KIB), b->max - b->n), (off_t)b->n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        b->n += (size_t)n;
        if (b->n == b->max)
            return true;
    }
}

/* A copy of the file; -1 when it cannot be made. */
static int copied(int fd)
{
    int out = temporary();
    char *block = mem_alloc(256 * KIB);
    uint64_t at = 0;
    ssize_t n = -1;
    while (out >= 0 && at < LIMIT_HIVE && (n = pread(fd, block, 256 * KIB, (off_t)at)) > 0) {
        if (pwrite(out, block, (size_t)n, (off_t)at) != n) {
            n = -1;
            break;
        }
        at += (uint64_t)n;
    }
    free(block);
    if (out >= 0 && n < 0) {
        close(out);
        out = -1;
    }
    return out;
}

/* A copy with the logs in it, or -1. */
static int replayed(int fd, const int log[HIVE_LOGS])
{
    struct buf b[HIVE_LOGS];
    struct str text[HIVE_LOGS];
    struct hive_log_result r;
    size_t n = 0;
    for (size_t i = 0; i < HIVE_LOGS; i++) {
        b[i] = BUF_INIT(LIMIT_HIVE_LOG);
        if (log[i] >= 0 && slurp(log[i], &b[i]) && b[i].n)
            text[n++] = buf_str(&b[i]);
    }
    int copy = n ? copied(fd) : -1;
    if (copy >= 0 && hive_log_replay(copy, text, n, &r, NULL) != 0) {
        close(copy);
        copy = -1;
    }
    for (size_t i = 0; i < HIVE_LOGS; i++)
        buf_release(&b[i]);
    return copy;
}

/* ---- opening ---- */

int hive_open(struct hive *out, int fd, const int log[HIVE_LOGS], struct err *e)
{
    char link[32];
    bool dirty;
    *out = (struct hive){0};
    if (!hive_log_head(fd, &dirty))
        return err_set(e, ERR_INPUT, "this is no registry hive");
    int copy = dirty ? replayed(fd, log) : -1;
    out->state = !dirty ? HIVE_WHOLE : copy >= 0 ? HIVE_REPLAYED : HIVE_DIRTY;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", copy >= 0 ? copy : fd);
    out->h = hivex_open(link, 0);
    if (!out->h) {
        out->h = hivex_open(link, HIVEX_OPEN_UNSAFE); /* goes on behind damaged parts */
        out->damaged = true;
    }
    if (copy >= 0)
        close(copy);
    return out->h ? 0 : err_set(e, ERR_INPUT, "the registry hive cannot be read");
}

void hive_close(struct hive *h)
{
    if (h->h)
        hivex_close(h->h);
    h->h = NULL;
}

/* ---- walking ---- */

struct walking {
    const struct hive *hive;
    const struct hive_sink *sink;
    uint64_t keys, left;
    struct buf path;
    bool stop;
};

static when_t written_at(hive_h *h, hive_node_h node)
{
    int64_t t = hivex_node_timestamp(h, node); /* 100 ns since 1601 */
    return t > 116444736000000000 ? (t - 116444736000000000) / 10 : WHEN_NONE;
}

static void add_wide(struct buf *b, const char *p, size_t n)
{
    for (size_t i = 0; i + 1 < n && b->n < LIMIT_SWEEP_EXCERPT; i += 2) {
        uint32_t c = (unsigned char)p[i] | (uint32_t)(unsigned char)p[i + 1] << 8;
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < n) {
            uint32_t low = (unsigned char)p[i + 2] | (uint32_t)(unsigned char)p[i + 3] << 8;
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        if (c == 0 && i + 2 >= n)
            break;
        buf_add_utf8(b, c == 0 ? ' ' : c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
    }
}

static void value_text(hive_h *h, hive_value_h v, struct buf *b)
{
    hive_type type;
    size_t n;
    buf_clear(b);
    char *p = hivex_value_value(h, v, &type, &n);
    if (!p)
        return;
    if (type == hive_t_REG_SZ || type == hive_t_REG_EXPAND_SZ || type == hive_t_REG_MULTI_SZ || type == hive_t_REG_LINK)
        add_wide(b, p, n);
    else if (type == hive_t_REG_DWORD && n == 4)
        buf_printf(b, "0x%08x", (unsigned)le32toh(*(uint32_t *)(void *)p));
    else
        for (size_t i = 0; i < n && i < 64; i++)
            buf_printf(b, "%02x", (unsigned char)p[i]);
    free(p);
}

static void walk_values(struct walking *w, hive_node_h node, when_t t)
{
    struct buf data = BUF_INIT(LIMIT_SWEEP_EXCERPT + 8);
    hive_value_h *v = hivex_node_values(w->hive->h, node);
    if (!v)
        w->left++;
    for (size_t i = 0; v && v[i] && !w->stop; i++) {
        if (i >= LIMIT_HIVE_VALUES) {
            w->left++;
            break;
        }
        char *name = hivex_value_key(w->hive->h, v[i]);
        if (!name)
            continue;
        value_text(w->hive->h, v[i], &data);
        w->stop = !w->sink->item(w->sink->ctx, buf_str(&w->path), name, buf_str(&data), t, node);
        free(name);
    }
    free(v);
    buf_release(&data);
}

/* A damaged hive may hold a key in itself: depth and number end it. */
static void walk_key(struct walking *w, hive_node_h node, unsigned depth)
{
    hive_h *h = w->hive->h;
    size_t base = w->path.n;
    when_t t = written_at(h, node);
    w->keys++;
    w->stop = !w->sink->item(w->sink->ctx, buf_str(&w->path), NULL, (struct str){"", 0}, t, node);
    if (!w->stop)
        walk_values(w, node, t);
    hive_node_h *child = w->stop ? NULL : hivex_node_children(h, node);
    if (!child && !w->stop)
        w->left++;
    for (size_t i = 0; child && child[i] && !w->stop; i++) {
        if (depth >= LIMIT_HIVE_DEPTH || w->keys >= LIMIT_HIVE_KEYS) {
            w->left++;
            break;
        }
        char *name = hivex_node_name(h, child[i]);
        if (name && (!base || buf_addc(&w->path, '\\')) && buf_adds(&w->path, name))
            walk_key(w, child[i], depth + 1);
        else
            w->left++;
        free(name);
        w->path.n = base;
        w->path.full = false;
    }
    free(child);
}

void hive_walk(const struct hive *h, const struct hive_sink *sink, uint64_t *keys, uint64_t *left)
{
    struct walking w = {.hive = h, .sink = sink, .path = BUF_INIT(64 * KIB)};
    hive_node_h root = hivex_root(h->h);
    if (root)
        walk_key(&w, root, 0);
    else
        w.left++;
    *keys = w.keys;
    *left = w.left;
    buf_release(&w.path);
}
