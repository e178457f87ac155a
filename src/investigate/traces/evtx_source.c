#include "investigate/traces/evtx_in.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/stream.h"

struct evtx_source {
    char *name; /* owns */
    int fd;     /* -1: none */
    struct str mem;
    struct stream *stream;
    bool own_fd, own_stream;
    uint64_t size;
    uint8_t *block; /* owns; EVTX_CHUNK bytes; not for memory */
    uint64_t at;    /* stream: file offset of block[0] */
    uint32_t have;  /* stream: bytes in block */
};

struct evtx_source *evtx_source_new(const char *name, int fd, struct str mem, struct stream *in)
{
    struct evtx_source *s = mem_zalloc(sizeof(*s));
    struct stat st;
    s->name = mem_dup(name, strlen(name));
    s->fd = in || mem.p ? -1 : fd;
    s->mem = mem;
    s->stream = in;
    s->size = in ? UINT64_MAX : mem.n;
    if (s->fd >= 0 && fstat(s->fd, &st) == 0 && st.st_size > 0)
        s->size = (uint64_t)st.st_size;
    if (!mem.p)
        s->block = mem_alloc(EVTX_CHUNK);
    return s;
}

void evtx_source_own(struct evtx_source *s, bool fd, bool stream)
{
    s->own_fd = fd;
    s->own_stream = stream;
}

struct evtx_source *evtx_source_again(const struct evtx_source *s)
{
    return s->stream ? NULL : evtx_source_new(s->name, s->fd, s->mem, NULL);
}

void evtx_source_free(struct evtx_source *s)
{
    if (!s)
        return;
    if (s->own_fd)
        close(s->fd);
    if (s->own_stream)
        stream_free(s->stream);
    free(s->block);
    free(s->name);
    free(s);
}

uint64_t evtx_source_size(const struct evtx_source *s)
{
    return s->size;
}

static int file_block(struct evtx_source *s, uint64_t off, uint32_t n, uint32_t *got, struct err *e)
{
    while (*got < n) {
        ssize_t k = pread(s->fd, s->block + *got, n - *got, (off_t)(off + *got));
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return err_sys(e, "cannot read %s", s->name);
        if (k == 0)
            break;
        *got += (uint32_t)k;
    }
    return 0;
}

/* Drops what lies before off, then fills up. */
static int stream_block(struct evtx_source *s, uint64_t off, uint32_t n, uint32_t *got, struct err *e)
{
    size_t k = 1;
    while (k) {
        uint64_t drop = MIN(off - s->at, (uint64_t)s->have);
        if (drop) {
            memmove(s->block, s->block + drop, s->have - (size_t)drop);
            s->have -= (uint32_t)drop;
            s->at += drop;
        }
        if (s->at == off && s->have >= n)
            break;
        int rc = stream_read(s->stream, s->block + s->have, EVTX_CHUNK - s->have, &k, e);
        if (rc < 0)
            return rc;
        s->have += (uint32_t)k;
    }
    *got = s->at == off ? MIN(s->have, n) : 0;
    return 0;
}

int evtx_source_block(struct evtx_source *s, uint64_t off, uint32_t n, const uint8_t **p, uint32_t *got,
                      struct err *e)
{
    *got = 0;
    *p = s->block;
    if (s->stream)
        return stream_block(s, off, n, got, e);
    if (s->fd >= 0)
        return off > INT64_MAX - EVTX_CHUNK ? 0 : file_block(s, off, n, got, e);
    if (off >= s->mem.n)
        return 0;
    *p = (const uint8_t *)s->mem.p + off;
    *got = (uint32_t)MIN((uint64_t)n, s->mem.n - off);
    return 0;
}
