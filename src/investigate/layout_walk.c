/* The walk by names that finds what lies anywhere but where it is usually. */
#include "investigate/layout_in.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "investigate/evidence.h"
#include "investigate/scan_walk.h"

struct level {
    const struct level *up;
    dev_t dev;
    ino_t ino;
    unsigned depth;
};
struct search {
    struct layout *l;
    bool (*stop)(void *ctx);
    void *ctx;
    struct buf path;
};

static bool telling(const char *name)
{
    static const char *const names[] = {"httpproxy", "logging", "software", "applicationhost.config"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_is_i(str_of(name), names[i]))
            return true;
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Folders to go into, in order; *own when it is evidence of ours. */
static void read_names(struct search *s, DIR *d, struct arena *a, char ***folder, size_t *n, bool *own)
{
    VEC(char *) name = {0}, seen = {0};
    struct stat st;
    size_t base = s->path.n;
    for (struct dirent *f; !*own && (f = readdir(d));) {
        bool folder_entry = f->d_type == DT_DIR;
        if (strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0)
            continue;
        if (f->d_type == DT_UNKNOWN)
            folder_entry = fstatat(dirfd(d), f->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
        if (folder_entry && name.n < LIMIT_LAYOUT_FOLDERS)
            vec_push(&name, arena_strdup(a, f->d_name));
        if (telling(f->d_name) && seen.n < 8)
            vec_push(&seen, arena_strdup(a, f->d_name));
        if (strcmp(f->d_name, "manifest.jsonl") == 0)
            *own = evidence_is_folder(buf_cstr(&s->path));
    }
    if (name.n)
        qsort(name.p, name.n, sizeof(*name.p), by_name);
    if (seen.n)
        qsort(seen.p, seen.n, sizeof(*seen.p), by_name);
    for (size_t i = 0; i < seen.n && !*own; i++) {
        buf_printf(&s->path, "/%s", seen.p[i]);
        layout_seen(s->l, buf_str(&s->path));
        s->path.p[s->path.n = base] = '\0';
    }
    vec_release(&seen);
    *folder = name.p;
    *n = name.n;
}

static bool inside_itself(const struct level *l)
{
    for (const struct level *u = l->up; u; u = u->up)
        if (u->dev == l->dev && u->ino == l->ino)
            return true;
    return false;
}

/* Takes fd. */
static void search_folder(struct search *s, int fd, const struct level *up)
{
    struct stat st;
    struct level l = {.up = up, .depth = up ? up->depth + 1 : 0};
    struct arena a = {0};
    char **folder = NULL;
    size_t n = 0, base = s->path.n;
    bool own = false;
    DIR *d = NULL;
    if (fstat(fd, &st) == 0) {
        l.dev = st.st_dev;
        l.ino = st.st_ino;
    }
    if (l.depth <= LIMIT_SWEEP_DEPTH && !inside_itself(&l) && !scan_walk_kernel(fd))
        d = fdopendir(fd);
    if (!d) {
        close(fd);
        return;
    }
    read_names(s, d, &a, &folder, &n, &own);
    for (size_t i = 0; i < n && !own && !(s->stop && s->stop(s->ctx)); i++) {
        int sub = openat(dirfd(d), folder[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NOATIME);
        if (sub < 0)
            sub = openat(dirfd(d), folder[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (sub < 0)
            continue; /* the sweep itself says what cannot be read */
        if (buf_printf(&s->path, "/%s", folder[i]))
            search_folder(s, sub, &l);
        else
            close(sub);
        s->path.p[s->path.n = base] = '\0';
    }
    free(folder);
    closedir(d);
    arena_release(&a);
}

void layout_search(struct layout *l, bool (*stop)(void *ctx), void *ctx)
{
    for (size_t i = 0; i < l->root.n; i++) {
        struct search s = {.l = l, .stop = stop, .ctx = ctx, .path = BUF_INIT(64 * KIB)};
        buf_add_str(&s.path, l->root.p[i].path);
        int fd = open(s.path.n ? buf_cstr(&s.path) : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0)
            search_folder(&s, fd, NULL);
        buf_release(&s.path);
    }
}
