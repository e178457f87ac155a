#include "collect/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK (256 * KIB)

struct spool {
    char *dir, *tmp; /* own */
};

static char *joined(const char *a, const char *b)
{
    size_t n = strlen(a) + strlen(b) + 2;
    char *p = mem_alloc(n);
    snprintf(p, n, "%s/%s", a, b);
    return p;
}

/* ".../ab/cdef…"; NULL when hex is no hash, so that no other file can be named. */
static char *path_of(const struct spool *s, const char *hex)
{
    if (!sha256_is_hex(hex))
        return NULL;
    size_t n = strlen(s->dir) + SHA256_HEX + 3;
    char *p = mem_alloc(n);
    snprintf(p, n, "%s/%.2s/%s", s->dir, hex, hex + 2);
    return p;
}

static int make_dir(const char *path, struct err *e)
{
    struct stat st;
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return errno == ENOSPC || errno == EDQUOT ? tempfile_write_error(path, e)
                                                  : err_sys(e, "%s: cannot make this directory", path);
    if (stat(path, &st) < 0)
        return err_sys(e, "%s: cannot make this directory", path);
    if (!S_ISDIR(st.st_mode))
        return err_set(e, ERR_CONFLICT, "%s: is not a directory; move it away", path);
    return 0;
}

int spool_new(struct spool **out, const char *dir, struct err *e)
{
    *out = NULL;
    struct spool *s = mem_zalloc(sizeof(*s));
    s->dir = mem_dup(dir, strlen(dir));
    s->tmp = joined(dir, "tmp");
    int code = make_dir(s->dir, e);
    if (code == 0)
        code = make_dir(s->tmp, e);
    if (code == 0)
        *out = s;
    else
        spool_free(s);
    return code;
}

void spool_free(struct spool *s)
{
    if (!s)
        return;
    free(s->dir);
    free(s->tmp);
    free(s);
}

const char *spool_tmp(const struct spool *s)
{
    return s->tmp;
}

static int sync_dir(const char *path, struct err *e)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(e, "%s: cannot open", path);
    int code = fsync(fd) < 0 ? tempfile_write_error(path, e) : 0;
    close(fd);
    return code;
}

static int no_such(const char *hex, struct err *e)
{
    char shown[SHA256_HEX];
    snprintf(shown, sizeof(shown), "%s", hex);
    return err_set(e, ERR_NOT_FOUND, "the spool does not hold %s; it was never stored or its time is over",
                   shown);
}

static int hash_file(const char *path, const char *hex, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? no_such(hex, e) : err_sys(e, "%s: cannot read", path);
    struct sha256 h = {0};
    sha256_init(&h);
    char *block = mem_alloc(BLOCK), found[SHA256_HEX];
    ssize_t n;
    while ((n = read(fd, block, BLOCK)) != 0) {
        if (n < 0 && errno != EINTR)
            break;
        sha256_add(&h, block, n > 0 ? (size_t)n : 0);
    }
    int code = n < 0 ? err_sys(e, "%s: cannot read", path) : 0;
    sha256_final(&h, found);
    if (code == 0 && strcmp(found, hex) != 0)
        code = err_set(e, ERR_INPUT,
                       "%s: damaged, the bytes are not those stored; remove it and collect again", path);
    sha256_release(&h);
    free(block);
    close(fd);
    return code;
}

/* Puts t in place under path, whose directory exists. */
static int settle(struct tempfile *t, const char *path, const char *dir, struct err *e)
{
    if (fchmod(t->fd, 0400) < 0 || fsync(t->fd) < 0)
        return tempfile_write_error(t->path, e);
    if (rename(t->path, path) < 0)
        return tempfile_write_error(path, e);
    tempfile_forget(t);
    return sync_dir(dir, e);
}

int spool_take(struct spool *s, struct tempfile *t, struct spool_id *id, struct err *e)
{
    char *path = path_of(s, t->sha256);
    if (!path || !t->path) {
        free(path);
        return err_set(e, ERR_INTERNAL, "a file for the spool was not finished");
    }
    memcpy(id->hex, t->sha256, sizeof(id->hex));
    int code = 0;
    /* Whole there already: only its age changes. Checked, so that a damaged copy heals. */
    if (hash_file(path, t->sha256, NULL) == 0 && utimensat(AT_FDCWD, path, NULL, 0) == 0) {
        unlink(t->path);
        tempfile_forget(t);
    } else {
        char *dir = mem_dup(path, strlen(path) - (SHA256_HEX - 1 - 2) - 1);
        struct stat st;
        bool fresh = stat(dir, &st) < 0;
        code = make_dir(dir, e);
        if (code == 0 && fresh)
            code = sync_dir(s->dir, e);
        if (code == 0)
            code = settle(t, path, dir, e);
        free(dir);
    }
    free(path);
    return code;
}

int spool_put(struct spool *s, struct str bytes, struct spool_id *id, struct err *e)
{
    struct tempfile t;
    int code = tempfile_open(&t, s->tmp, bytes.n, e);
    if (code == 0)
        code = tempfile_add(&t, bytes.p, bytes.n, e);
    if (code == 0)
        code = tempfile_seal(&t, e);
    if (code == 0)
        code = spool_take(s, &t, id, e);
    tempfile_release(&t);
    return code;
}

bool spool_has(const struct spool *s, const char *hex)
{
    char *path = path_of(s, hex);
    struct stat st;
    bool has = path && lstat(path, &st) == 0 && S_ISREG(st.st_mode);
    free(path);
    return has;
}

int spool_open(const struct spool *s, const char *hex, uint64_t limit, struct stream **out, struct err *e)
{
    *out = NULL;
    char *path = path_of(s, hex);
    if (!path)
        return no_such(hex, e);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int code;
    if (fd < 0)
        code = errno == ENOENT ? no_such(hex, e) : err_sys(e, "%s: cannot read", path);
    else
        code = stream_open_fd(out, path, fd, limit, e);
    free(path);
    return code;
}

int spool_verify(const struct spool *s, const char *hex, struct err *e)
{
    char *path = path_of(s, hex);
    int code = path ? hash_file(path, hex, e) : no_such(hex, e);
    free(path);
    return code;
}
