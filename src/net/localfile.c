#include "net/localfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "net/url.h"

/* As a server would write them: validators of the file as it is now. */
static void describe(const struct stat *st, struct http_response *out)
{
    snprintf(out->etag, sizeof(out->etag), "\"%llx-%llx-%llx.%lx\"", (unsigned long long)st->st_ino,
             (unsigned long long)st->st_size, (unsigned long long)st->st_mtim.tv_sec,
             (unsigned long)st->st_mtim.tv_nsec);
    static const char *const day[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const month[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm;
    if (gmtime_r(&st->st_mtim.tv_sec, &tm)) /* not strftime: its names follow the locale */
        snprintf(out->last_modified, sizeof(out->last_modified), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                 day[tm.tm_wday], tm.tm_mday, month[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                 tm.tm_sec);
}

static int copy(int fd, const struct http_request *rq, const char *path, uint64_t whole,
                struct http_response *out, struct err *e)
{
    char *block = mem_alloc(256 * KIB);
    int code = 0;
    uint64_t start = clock_mono_ns();
    for (;;) {
        if (rq->cancel && atomic_load(rq->cancel)) {
            out->cancelled = true;
            code = err_set(e, ERR_IO, "%s: stopped on request", path);
            break;
        }
        ssize_t n = read(fd, block, 256 * KIB);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            code = err_sys(e, "%s: cannot read", path);
        else if (n > 0)
            code = tempfile_add(&out->body, block, (size_t)n, e);
        if (n <= 0 || code < 0)
            break;
        double s = (double)(clock_mono_ns() - start) / 1e9;
        if (rq->progress)
            rq->progress(rq->progress_ctx, out->body.size, whole, s > 0 ? (double)out->body.size / s : 0);
    }
    free(block);
    if (code == ERR_LIMIT)
        err_prefix(e, "%s", path);
    return code;
}

static int get(int fd, const struct http_request *rq, const char *path, struct http_response *out,
               struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return err_sys(e, "%s: cannot read", path);
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_USAGE, "%s: not a regular file; give the address of a file", path);
    describe(&st, out);
    if (rq->etag.n && str_eq(rq->etag, str_of(out->etag))) {
        out->status = 304;
        out->not_modified = true;
        return 0;
    }
    int code = tempfile_open(&out->body, rq->dir, rq->limit ? rq->limit : LIMIT_DOWNLOAD, e);
    if (code == 0)
        code = copy(fd, rq, path, (uint64_t)st.st_size, out, e);
    if (code == 0)
        code = tempfile_seal(&out->body, e);
    if (code == 0)
        out->status = 200;
    return code;
}

int localfile_get(const struct http_request *rq, struct http_response *out, struct err *e)
{
    char shown[URL_SHOWN];
    url_shown(rq->url, shown);
    char *path = url_to_path(rq->url);
    if (!path)
        return err_set(e, ERR_USAGE,
                       "%s: not the address of a file; write file:///path, with %%20 for a blank", shown);
    out->attempts = 1;
    out->url = mem_dup(rq->url.p, rq->url.n);
    /* O_NONBLOCK: opening a named pipe must not wait for its other end. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int code;
    if (fd < 0) {
        code = err_sys(e, "%s: cannot open", path);
        out->status = code == ERR_NOT_FOUND ? 404 : 0;
    } else {
        code = get(fd, rq, path, out, e);
        close(fd);
    }
    free(path);
    return code;
}
