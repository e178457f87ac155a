#include "codec/stream_unpack.h"

#include <stdlib.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>

#define PIECE_MAX (256 * MIB) /* isa-l counts in 32 bits */

struct stream_unpack {
    enum stream_packing kind;
    bool between;             /* no member is open: nothing read yet, or the last one is complete */
    bool padding;             /* only zero bytes may follow */
    struct inflate_state *gz; /* owns */
    ZSTD_DStream *zs;         /* owns */
};

enum stream_packing stream_unpack_detect(const unsigned char *p, size_t n)
{
    if (n >= 2 && p[0] == 0x1F && p[1] == 0x8B)
        return STREAM_GZIP;
    if (n >= 4 && p[0] == 0x28 && p[1] == 0xB5 && p[2] == 0x2F && p[3] == 0xFD)
        return STREAM_ZSTD;
    if (n >= 4 && (p[0] & 0xF0) == 0x50 && p[1] == 0x2A && p[2] == 0x4D && p[3] == 0x18)
        return STREAM_ZSTD; /* a skippable frame, as parallel packers put in front */
    return STREAM_PLAIN;
}

struct stream_unpack *stream_unpack_new(enum stream_packing kind)
{
    struct stream_unpack *u = mem_zalloc(sizeof(*u));
    u->kind = kind;
    u->between = true;
    if (kind == STREAM_GZIP) {
        u->gz = mem_alloc(sizeof(*u->gz));
        isal_inflate_init(u->gz);
        u->gz->crc_flag = ISAL_GZIP;
    } else {
        u->zs = ZSTD_createDStream(); /* windows above 128 MiB are refused by its default */
        if (!u->zs)
            abort();
    }
    return u;
}

void stream_unpack_free(struct stream_unpack *u)
{
    if (!u)
        return;
    free(u->gz);
    ZSTD_freeDStream(u->zs);
    free(u);
}

static int truncated(struct err *e)
{
    return err_set(e, ERR_INPUT, "the packed data end too early; fetch the file again");
}

static int damaged(struct err *e, const char *why)
{
    return err_set(e, ERR_INPUT, "the packed data are damaged (%s); fetch the file again", why);
}

/* Steps from a complete gzip member to the next, or over zero padding.
 * Returns 1 when a member begins at *in, 0 when more bytes are needed or all is done. */
static int gzip_between(struct stream_unpack *u, struct str *in, bool last, struct err *e)
{
    if (in->n && !u->padding && in->p[0] == 0x1F) {
        if (in->n < 4)
            return last ? truncated(e) : 0;
        if ((unsigned char)in->p[1] == 0x8B) {
            /* RFC 1952 section 2.3.1.2 wants reserved flags refused; the library lets them pass. */
            if (in->p[3] & 0xE0)
                return damaged(e, tr("the header is not valid"));
            isal_inflate_reset(u->gz);
            u->gz->crc_flag = ISAL_GZIP;
            u->between = false;
            return 1;
        }
    }
    for (; in->n; in->p++, in->n--) {
        if (in->p[0] != 0)
            return damaged(e, tr("something that is not gzip follows"));
        u->padding = true;
    }
    return 0;
}

static const char *gzip_reason(int code)
{
    switch (code) {
    case ISAL_INCORRECT_CHECKSUM:
        return tr("the checksum differs");
    case ISAL_INVALID_WRAPPER:
    case ISAL_UNSUPPORTED_METHOD:
        return tr("the header is not valid");
    default:
        return tr("the compressed data are not valid");
    }
}

static int64_t gzip_run(struct stream_unpack *u, struct str *in, bool last, void *out, size_t n,
                        struct err *e)
{
    struct inflate_state *z = u->gz;
    for (;;) {
        if (u->between) {
            int rc = gzip_between(u, in, last, e);
            if (rc <= 0)
                return rc;
        }
        size_t give = MIN(in->n, PIECE_MAX), room = MIN(n, PIECE_MAX);
        z->next_in = (uint8_t *)in->p; /* the library only reads there */
        z->avail_in = (uint32_t)give;
        z->next_out = out;
        z->avail_out = (uint32_t)room;
        int rc = isal_inflate(z);
        size_t used = give - z->avail_in, wrote = room - z->avail_out;
        in->p += used;
        in->n -= used;
        if (rc < 0 || rc == ISAL_NEED_DICT)
            return damaged(e, gzip_reason(rc));
        if (z->block_state == ISAL_BLOCK_FINISH)
            u->between = true;
        if (wrote)
            return (int64_t)wrote;
        if (u->between || used)
            continue;
        if (in->n)
            return damaged(e, gzip_reason(ISAL_INVALID_BLOCK));
        return last ? truncated(e) : 0;
    }
}

static int64_t zstd_run(struct stream_unpack *u, struct str *in, bool last, void *out, size_t n,
                        struct err *e)
{
    for (;;) {
        if (in->n == 0 && u->between)
            return 0;
        ZSTD_inBuffer src = {in->p, in->n, 0};
        ZSTD_outBuffer dst = {out, n, 0};
        size_t rc = ZSTD_decompressStream(u->zs, &dst, &src);
        in->p += src.pos;
        in->n -= src.pos;
        if (ZSTD_isError(rc))
            return damaged(e, ZSTD_getErrorName(rc));
        u->between = rc == 0;
        if (dst.pos)
            return (int64_t)dst.pos;
        if (u->between || src.pos)
            continue;
        if (in->n)
            return damaged(e, tr("the compressed data are not valid"));
        return last ? truncated(e) : 0;
    }
}

int64_t stream_unpack_run(struct stream_unpack *u, struct str *in, bool last, void *out, size_t n,
                          struct err *e)
{
    if (n == 0)
        return 0;
    return u->kind == STREAM_GZIP ? gzip_run(u, in, last, out, n, e) : zstd_run(u, in, last, out, n, e);
}
