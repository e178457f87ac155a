#include "collect/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct kept_file {
    struct spool_id id;
    when_t put;
    uint64_t size;
    bool gone;
};

struct sweep {
    int root; /* the spool's directory */
    const struct spool_policy *p;
    VEC(struct kept_file) file;
    struct spool_pruned *out;
};

int spool_id_cmp(const void *a, const void *b)
{
    return strcmp(((const struct spool_id *)a)->hex, ((const struct spool_id *)b)->hex);
}

static int older_first(const void *a, const void *b)
{
    const struct kept_file *x = a, *y = b;
    return x->put != y->put ? (x->put < y->put ? -1 : 1) : strcmp(x->id.hex, y->id.hex);
}

static when_t put_time(const struct stat *st)
{
    return (when_t)st->st_mtim.tv_sec * WHEN_SEC + st->st_mtim.tv_nsec / 1000;
}

/* Opens a directory below root; NULL when it is none. */
static DIR *open_below(int root, const char *name)
{
    int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (!d && fd >= 0)
        close(fd);
    return d;
}

static void list_fan(struct sweep *w, const char *fan)
{
    DIR *d = open_below(w->root, fan);
    if (!d)
        return;
    for (struct dirent *entry; (entry = readdir(d));) {
        struct kept_file f = {0};
        struct stat st;
        if (strlen(entry->d_name) != SHA256_HEX - 3)
            continue;
        snprintf(f.id.hex, sizeof(f.id.hex), "%.2s%.62s", fan, entry->d_name);
        if (!sha256_is_hex(f.id.hex) || fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG(st.st_mode))
            continue;
        f.put = put_time(&st);
        f.size = (uint64_t)st.st_size;
        w->out->files++;
        w->out->bytes += f.size;
        vec_push(&w->file, f);
    }
    closedir(d);
}

static void clear_leftovers(struct sweep *w)
{
    DIR *d = open_below(w->root, "tmp");
    if (!d)
        return;
    for (struct dirent *entry; (entry = readdir(d));) {
        struct stat st;
        if (str_starts(str_of(entry->d_name), TEMPFILE_PREFIX) &&
            fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
            w->p->now - put_time(&st) > WHEN_DAY && unlinkat(dirfd(d), entry->d_name, 0) == 0)
            w->out->leftovers++;
    }
    closedir(d);
}

static int drop(struct sweep *w, struct kept_file *f, struct err *e)
{
    char name[SHA256_HEX + 1];
    snprintf(name, sizeof(name), "%.2s/%s", f->id.hex, f->id.hex + 2);
    if (unlinkat(w->root, name, 0) < 0 && errno != ENOENT)
        return err_sys(e, "%s: cannot remove from the spool", name);
    f->gone = true;
    w->out->files--;
    w->out->bytes -= f->size;
    w->out->gone_files++;
    w->out->gone_bytes += f->size;
    return 0;
}

static bool is_kept(const struct sweep *w, const struct kept_file *f)
{
    return w->p->keep_n &&
           bsearch(&f->id, w->p->keep, w->p->keep_n, sizeof(struct spool_id), spool_id_cmp) != NULL;
}

/* Oldest first, so both rules end at the first file that passes both. */
static int apply(struct sweep *w, struct err *e)
{
    const struct spool_policy *p = w->p;
    for (size_t i = 0; i < w->file.n; i++) {
        struct kept_file *f = &w->file.p[i];
        bool old = p->max_age && p->now - f->put > p->max_age;
        bool much = p->max_bytes && w->out->bytes > p->max_bytes;
        if (!old && !much)
            break;
        if (is_kept(w, f))
            continue;
        int code = drop(w, f, e);
        if (code < 0)
            return code;
    }
    w->out->over = p->max_bytes && w->out->bytes > p->max_bytes;
    return 0;
}

int spool_prune(struct spool *s, const struct spool_policy *p, struct spool_pruned *out, struct err *e)
{
    *out = (struct spool_pruned){0};
    /* tmp is directly below the spool's directory. */
    const char *tmp = spool_tmp(s);
    char *dir = mem_dup(tmp, strlen(tmp) - 4);
    struct sweep w = {.p = p, .out = out};
    w.root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int code = w.root < 0 ? err_sys(e, "%s: cannot open", dir) : 0;
    free(dir);
    if (code < 0)
        return code;
    for (unsigned i = 0; i < 256; i++) {
        char fan[3];
        snprintf(fan, sizeof(fan), "%02x", i);
        list_fan(&w, fan);
    }
    clear_leftovers(&w);
    if (w.file.n)
        qsort(w.file.p, w.file.n, sizeof(*w.file.p), older_first);
    code = apply(&w, e);
    vec_release(&w.file);
    close(w.root);
    return code;
}
