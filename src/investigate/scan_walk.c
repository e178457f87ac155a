#include "investigate/scan_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

#define BATCH 4096 /* names sorted at a time: a directory of millions must not fill the memory */

static const char *const skip_names[SCAN_SKIPS] = {"unreadable", "link", "special", "kernel", "deep", "loop", "own-output", "packed", "limit", "timeout", "yara-broke-off"};
static const char *const skip_titles[SCAN_SKIPS] = {
    TR("cannot be read"),           TR("links, not followed"),           TR("devices, pipes and sockets"), TR("file systems of the kernel"),
    TR("directories nested too deep"), TR("directories inside themselves"), TR("toban's own output"),         TR("packed files that cannot be unpacked"),
    TR("larger than a limit"),      TR("given up by the rules' time limit"), TR("YARA: broke off on this file")};

const char *scan_skip_name(enum scan_skip s)
{
    return skip_names[s];
}

const char *scan_skip_title(enum scan_skip s)
{
    return tr(skip_titles[s]);
}

struct level {
    const struct level *up;
    dev_t dev;
    ino_t ino;
    unsigned depth;
};
struct walk {
    const struct scan_walk *w;
    struct buf path;
    size_t root_n;
};

static bool stopped(const struct walk *k)
{
    return k->w->stop && k->w->stop(k->w->ctx);
}

bool scan_walk_kernel(int fd)
{
    struct statfs fs;
    if (fstatfs(fd, &fs) != 0)
        return false;
    switch ((unsigned long)fs.f_type) {
    case 0x9fa0UL:     /* proc */
    case 0x62656572UL: /* sysfs */
    case 0x64626720UL: /* debugfs */
    case 0x74726163UL: /* tracefs */
    case 0x27e0ebUL:   /* cgroup */
    case 0x63677270UL: /* cgroup2 */
    case 0x73636673UL: /* securityfs */
        return true;
    default:
        return false;
    }
}

/* Only the owner may ask for O_NOATIME: others read, and it is said. */
static int open_quiet(int at, const char *name, int flags, bool *atime)
{
    int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOATIME | flags);
    *atime = false;
    if (fd < 0 && errno == EPERM) {
        fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
        *atime = fd >= 0;
    }
    return fd;
}

static void skip(const struct walk *k, enum scan_skip why, int error)
{
    k->w->skip(k->w->ctx, buf_cstr(&k->path), why, error);
}

static void walk_dir(struct walk *k, int fd, const struct level *up);

static void walk_entry(struct walk *k, int at, const char *name, const struct level *up)
{
    struct stat st;
    bool atime;
    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        skip(k, SCAN_SKIP_UNREADABLE, errno);
        return;
    }
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
        skip(k, S_ISLNK(st.st_mode) ? SCAN_SKIP_LINK : SCAN_SKIP_SPECIAL, 0);
        return;
    }
    int fd = open_quiet(at, name, S_ISDIR(st.st_mode) ? O_DIRECTORY : 0, &atime);
    struct stat now;
    if (fd < 0 || fstat(fd, &now) != 0) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        skip(k, SCAN_SKIP_UNREADABLE, error);
        /* The name is known even so. */
        k->w->entry(k->w->ctx, &(struct scan_entry){buf_cstr(&k->path), k->root_n, &st, -1, S_ISDIR(st.st_mode), false});
        return;
    }
    struct scan_entry e = {buf_cstr(&k->path), k->root_n, &now, fd, false, atime};
    if (S_ISREG(now.st_mode)) {
        k->w->entry(k->w->ctx, &e);
        return;
    }
    if (!S_ISDIR(now.st_mode)) { /* it was swapped under us */
        close(fd);
        skip(k, SCAN_SKIP_SPECIAL, 0);
        return;
    }
    e.fd = -1;
    e.directory = true;
    if (scan_walk_kernel(fd)) {
        close(fd);
        skip(k, SCAN_SKIP_KERNEL, 0);
    } else if (k->w->entry(k->w->ctx, &e)) {
        walk_dir(k, fd, up);
    } else
        close(fd);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool inside_itself(const struct level *l)
{
    for (const struct level *u = l->up; u; u = u->up)
        if (u->dev == l->dev && u->ino == l->ino)
            return true;
    return false;
}

static void walk_names(struct walk *k, DIR *d, const struct level *l)
{
    struct arena a = {0};
    VEC(char *) name = {0};
    size_t base = k->path.n;
    bool more = true;
    while (more && !stopped(k)) {
        vec_clear(&name);
        arena_clear(&a);
        while (name.n < BATCH) {
            errno = 0;
            struct dirent *f = readdir(d);
            if (!f) {
                if (errno)
                    skip(k, SCAN_SKIP_UNREADABLE, errno);
                more = false;
                break;
            }
            if (strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0)
                vec_push(&name, arena_strdup(&a, f->d_name));
        }
        if (name.n)
            qsort(name.p, name.n, sizeof(*name.p), by_name);
        for (size_t i = 0; i < name.n && !stopped(k); i++) {
            if (base && k->path.p[base - 1] != '/')
                buf_addc(&k->path, '/');
            buf_adds(&k->path, name.p[i]);
            walk_entry(k, dirfd(d), name.p[i], l);
            k->path.n = base;
            k->path.p[base] = 0;
        }
    }
    vec_release(&name);
    arena_release(&a);
}

/* Takes fd. */
static void walk_dir(struct walk *k, int fd, const struct level *up)
{
    struct stat st;
    struct level l = {.up = up, .depth = up ? up->depth + 1 : 0};
    if (fstat(fd, &st) == 0) {
        l.dev = st.st_dev;
        l.ino = st.st_ino;
    }
    if (l.depth > LIMIT_SWEEP_DEPTH || inside_itself(&l)) {
        skip(k, l.depth > LIMIT_SWEEP_DEPTH ? SCAN_SKIP_DEEP : SCAN_SKIP_LOOP, 0);
        close(fd);
        return;
    }
    DIR *d = fdopendir(fd);
    if (!d) {
        skip(k, SCAN_SKIP_UNREADABLE, errno);
        close(fd);
        return;
    }
    walk_names(k, d, &l);
    closedir(d);
}

/* The root is what the user named: if it is a link, that link is meant. */
int scan_walk_run(const struct scan_walk *w, const char *root, struct err *e)
{
    struct walk k = {.w = w, .path = BUF_INIT(64 * KIB)};
    struct stat st;
    bool atime = false;
    int fd = open(root, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOATIME);
    if (fd < 0 && errno == EPERM) {
        fd = open(root, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        atime = true;
    }
    if (fd < 0 || fstat(fd, &st) != 0) {
        int rc = err_sys(e, "cannot open %s", root);
        if (fd >= 0)
            close(fd);
        return rc;
    }
    buf_adds(&k.path, root);
    while (k.path.n > 1 && k.path.p[k.path.n - 1] == '/')
        k.path.p[--k.path.n] = 0;
    k.root_n = k.path.n;
    if (S_ISDIR(st.st_mode)) {
        walk_dir(&k, fd, NULL);
    } else if (S_ISREG(st.st_mode)) {
        const char *slash = strrchr(k.path.p, '/');
        k.root_n = slash ? (size_t)(slash - k.path.p) : 0;
        w->entry(w->ctx, &(struct scan_entry){k.path.p, k.root_n, &st, fd, false, atime});
    } else {
        close(fd);
        buf_release(&k.path);
        return err_set(e, ERR_USAGE, "%s is neither a file nor a directory", root);
    }
    buf_release(&k.path);
    return 0;
}
