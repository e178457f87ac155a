#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "investigate/packs/pack_yara_in.h"

struct pack_yara_pool {
    const struct pack *const *pack;
    size_t n;
    int sock;
    pid_t pid;
};
struct pack_yara_host {
    struct pack_yara_pool *pool;
    bool (*stop)(void *ctx);
    void *ctx;
    int sock; /* -1: no process */
    int pid;
    unsigned deaths; /* in a row */
    struct buf b;
};

/* ---- messages ---- */

bool pack_yara_send(int sock, const struct buf *b, int fd)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec io = {b->p, b->n};
    struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};
    if (fd >= 0) {
        m.msg_control = control.room;
        m.msg_controllen = sizeof(control.room);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &fd, sizeof(int));
    }
    ssize_t n;
    while ((n = sendmsg(sock, &m, MSG_NOSIGNAL)) < 0 && errno == EINTR)
        ;
    return n == (ssize_t)b->n;
}

bool pack_yara_recv(int sock, struct buf *b, int *fd)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    ssize_t n;
    *fd = -1;
    buf_clear(b);
    if (!buf_reserve(b, PACK_YARA_MESSAGE - 1))
        return false;
    struct iovec io = {b->p, PACK_YARA_MESSAGE - 1};
    struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof(control.room)};
    while ((n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
        ;
    if (n <= 0)
        return false;
    b->n = (size_t)n;
    const struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(fd, CMSG_DATA(c), sizeof(int));
    return true;
}

/* ---- the pool ---- */

/* All descriptors but this one, which becomes 3: what toban has open is none of theirs. */
static int alone(int sock)
{
    if (sock != 3)
        dup2(sock, 3);
    (void)close_range(4, ~0U, 0);
    return 3;
}

static void pool_main(const struct pack_yara_pool *p, int sock)
{
    struct buf b = BUF_INIT(PACK_YARA_MESSAGE);
    int fd;
    sock = alone(sock);
    pack_yara_lib_child(0);
    signal(SIGCHLD, SIG_IGN); /* nobody waits for the hosts */
    while (pack_yara_recv(sock, &b, &fd)) {
        if (fd < 0)
            continue;
        if (fork() == 0) {
            signal(SIGCHLD, SIG_DFL);
            fd = alone(fd);
            buf_clear(&b);
            pack_yara_put_u32(&b, 3);
            pack_yara_put_u32(&b, (uint32_t)getpid());
            if (pack_yara_send(fd, &b, -1))
                pack_yara_lib_serve(p->pack, p->n, fd);
            _exit(0);
        }
        close(fd);
    }
    _exit(0);
}

int pack_yara_pool_new(struct pack_yara_pool **out, const struct pack *const *pack, size_t n, struct err *e)
{
    int pair[2];
    *out = NULL;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return err_sys(e, "cannot start the process for YARA rules");
    struct pack_yara_pool *p = mem_zalloc(sizeof(*p));
    *p = (struct pack_yara_pool){pack, n, pair[0], fork()};
    if (p->pid == 0)
        pool_main(p, pair[1]);
    close(pair[1]);
    if (p->pid < 0) {
        int rc = err_sys(e, "cannot start the process for YARA rules");
        close(pair[0]);
        free(p);
        return rc;
    }
    *out = p;
    return 0;
}

void pack_yara_pool_free(struct pack_yara_pool *p)
{
    if (!p)
        return;
    close(p->sock); /* it ends with its parent's end of the socket */
    while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    free(p);
}

/* ---- hosts ---- */

struct pack_yara_host *pack_yara_host_new(struct pack_yara_pool *p, bool (*stop)(void *ctx), void *ctx)
{
    struct pack_yara_host *h = mem_zalloc(sizeof(*h));
    *h = (struct pack_yara_host){.pool = p, .stop = stop, .ctx = ctx, .sock = -1, .b = BUF_INIT(PACK_YARA_MESSAGE)};
    return h;
}

static void end(struct pack_yara_host *h)
{
    if (h->sock >= 0)
        close(h->sock);
    h->sock = -1;
    h->pid = 0;
}

void pack_yara_host_free(struct pack_yara_host *h)
{
    if (!h)
        return;
    end(h);
    buf_release(&h->b);
    free(h);
}

int pack_yara_host_pid(const struct pack_yara_host *h)
{
    return h->pid;
}

static bool start(struct pack_yara_host *h)
{
    int pair[2];
    if (h->sock >= 0)
        return true;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    buf_clear(&h->b);
    pack_yara_put_u32(&h->b, 0);
    bool ok = pack_yara_send(h->pool->sock, &h->b, pair[1]);
    close(pair[1]);
    h->sock = pair[0];
    if (!ok)
        end(h);
    return ok;
}

enum wait { WAIT_READY, WAIT_STOPPED, WAIT_LATE };

static enum wait wait_for(const struct pack_yara_host *h, int timeout_s, uint64_t since)
{
    struct pollfd p = {.fd = h->sock, .events = POLLIN};
    for (;;) {
        int n = poll(&p, 1, 100);
        if (n > 0)
            return WAIT_READY;
        if (h->stop && h->stop(h->ctx))
            return WAIT_STOPPED;
        if (timeout_s && clock_mono_ns() - since > (uint64_t)(timeout_s + 10) * 1000000000U)
            return WAIT_LATE;
    }
}

static int request(struct pack_yara_host *h, size_t i, int fd, size_t max, const struct pack_yara_file *f, int timeout_s)
{
    const struct pack_yara_file none = {0};
    f = f ? f : &none;
    const struct str text[] = {f->name, f->path, f->extension, f->type, f->owner};
    buf_clear(&h->b);
    pack_yara_put_u32(&h->b, (uint32_t)i);
    pack_yara_put_u32(&h->b, timeout_s > 0 ? (uint32_t)timeout_s : 0);
    pack_yara_put_u64(&h->b, max);
    for (size_t k = 0; k < ARRAY_LEN(text); k++)
        pack_yara_put_str(&h->b, str_sub(text[k], 0, 16 * KIB));
    return pack_yara_send(h->sock, &h->b, fd) ? 0 : ERR_INTERNAL;
}

static int died(struct pack_yara_host *h, struct err *e)
{
    h->deaths++;
    end(h);
    return err_set(e, ERR_INTERNAL, "the YARA library broke off on this file");
}

static int done(struct pack_yara_host *h, int rc, int timeout_s, struct err *e)
{
    if (rc == ERR_INTERNAL)
        return died(h, e);
    h->deaths = 0;
    if (rc == 0)
        return 0;
    return rc == ERR_LIMIT ? err_set(e, ERR_LIMIT, "the YARA scan was given up: the file is too long, or %d seconds were not enough", timeout_s)
                           : err_set(e, ERR_IO, "the file could not be read for the YARA scan");
}

int pack_yara_host_scan(struct pack_yara_host *h, size_t i, int fd, size_t max, const struct pack_yara_file *file, int timeout_s,
                        void (*hit)(void *ctx, const struct pack_yara_hit *y), void *ctx, struct err *e)
{
    const struct pack *p = h->pool->pack[i];
    uint64_t since = clock_mono_ns();
    int none;
    if (h->deaths >= PACK_YARA_DEATHS)
        return err_set(e, ERR_INTERNAL, "the YARA library broke off on %d files in a row, so it is not asked any more", PACK_YARA_DEATHS);
    if (!start(h) || request(h, i, fd, max, file, timeout_s) != 0)
        return died(h, e);
    for (;;) {
        enum wait w = wait_for(h, timeout_s, since);
        if (w == WAIT_STOPPED) {
            end(h);
            return err_set(e, ERR_CONFLICT, "the sweep was stopped");
        }
        if (w == WAIT_LATE || !pack_yara_recv(h->sock, &h->b, &none))
            return died(h, e);
        struct pack_yara_reply r = {buf_str(&h->b), false};
        uint32_t kind = pack_yara_get_u32(&r), number = pack_yara_get_u32(&r);
        if (none >= 0)
            close(none);
        if (kind == 3)
            h->pid = (int)number;
        else if (kind == 2)
            return done(h, -(int)number, timeout_s, e);
        else if (kind == 1 && number < p->indicator_n && p->indicator[number].kind == INDICATOR_YARA) {
            struct pack_yara_hit y = {.indicator = &p->indicator[number]};
            y.offset = pack_yara_get_u64(&r);
            y.string = pack_yara_get_str(&r);
            if (!r.bad)
                hit(ctx, &y);
        }
    }
}
