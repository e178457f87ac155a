#include "net/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int tempfile_write_error(const char *path, struct err *e)
{
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
        return err_sys(e, "%s: cannot write, there is no room; free space there or keep less, then try again",
                       path);
    return err_sys(e, "%s: cannot write", path);
}

int tempfile_open(struct tempfile *t, const char *dir, uint64_t limit, struct err *e)
{
    *t = (struct tempfile){.limit = limit};
    size_t n = strlen(dir) + sizeof("/" TEMPFILE_PREFIX "XXXXXX");
    t->path = mem_alloc(n);
    snprintf(t->path, n, "%s/" TEMPFILE_PREFIX "XXXXXX", dir);
    t->fd = mkostemp(t->path, O_CLOEXEC);
    if (t->fd < 0) {
        int code = err_sys(e, "%s: cannot make a file in this directory", dir);
        free(t->path);
        *t = (struct tempfile){0};
        return code;
    }
    t->open = true;
    sha256_init(&t->hash);
    return 0;
}

int tempfile_add(struct tempfile *t, const void *p, size_t n, struct err *e)
{
    if (n > t->limit - t->size)
        return err_set(e, ERR_LIMIT, "more than %llu bytes, the largest document taken",
                       (unsigned long long)t->limit);
    const char *from = p;
    for (size_t done = 0; done < n;) {
        ssize_t k = write(t->fd, from + done, n - done);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return tempfile_write_error(t->path, e);
        done += (size_t)k;
    }
    sha256_add(&t->hash, p, n);
    t->size += n;
    return 0;
}

int tempfile_reset(struct tempfile *t, struct err *e)
{
    if (ftruncate(t->fd, 0) < 0 || lseek(t->fd, 0, SEEK_SET) < 0)
        return tempfile_write_error(t->path, e);
    t->size = 0;
    sha256_init(&t->hash);
    return 0;
}

int tempfile_seal(struct tempfile *t, struct err *e)
{
    sha256_final(&t->hash, t->sha256);
    if (lseek(t->fd, 0, SEEK_SET) < 0)
        return err_sys(e, "%s: cannot read", t->path);
    return 0;
}

void tempfile_forget(struct tempfile *t)
{
    free(t->path);
    t->path = NULL;
}

void tempfile_release(struct tempfile *t)
{
    if (!t)
        return;
    if (t->path)
        unlink(t->path);
    if (t->open)
        close(t->fd);
    free(t->path);
    sha256_release(&t->hash);
    *t = (struct tempfile){0};
}
