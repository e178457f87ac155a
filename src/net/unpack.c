#include "net/unpack.h"

#include <fcntl.h>
#include <stdlib.h>

#include "codec/stream.h"

#define BLOCK (256 * KIB)

static int copy(struct stream *s, struct tempfile *out, struct err *e)
{
    char *block = mem_alloc(BLOCK);
    int code = 0;
    for (size_t got = 1; code == 0 && got;) {
        code = stream_read(s, block, BLOCK, &got, e);
        if (code == 0 && got)
            code = tempfile_add(out, block, got, e);
    }
    free(block);
    return code;
}

int unpack_file(const struct tempfile *wire, const char *name, const char *dir, struct tempfile *out,
                struct err *e)
{
    *out = (struct tempfile){0};
    int fd = fcntl(wire->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return err_sys(e, "%s: cannot read", wire->path);
    struct stream *s;
    int code = stream_open_fd(&s, name, fd, wire->limit, e);
    if (code < 0)
        return code;
    code = tempfile_open(out, dir, wire->limit, e);
    if (code == 0)
        code = copy(s, out, e);
    if (code == 0)
        code = tempfile_seal(out, e);
    if (code < 0)
        tempfile_release(out);
    stream_free(s);
    return code;
}
