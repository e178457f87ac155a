#include "investigate/layout_in.h"

#include <stdio.h>
#include <unistd.h>

static struct str last_part(struct str path)
{
    size_t i = path.n;
    while (i && path.p[i - 1] != '/')
        i--;
    return str_sub(path, i, path.n);
}

static bool is_root(const struct layout *l, struct str path)
{
    for (size_t i = 0; i < l->root.n; i++)
        if (str_eq(l->root.p[i].path, path))
            return true;
    return false;
}

struct layout_disk layout_disk_of(const struct layout *l, struct str posix, const char *tail)
{
    struct layout_disk d = {0};
    struct buf b = BUF_INIT(64 * KIB);
    if (str_ends_i(posix, tail)) {
        d.path = str_sub(posix, 0, posix.n - strlen(tail));
        d.named = !is_root(l, d.path) && layout_drive_folder(last_part(d.path), &d.drive) > 0;
    }
    layout_windows_path(l, posix, &b);
    if (!d.drive && b.n > 1 && b.p[1] == ':')
        d.drive = b.p[0];
    buf_release(&b);
    return d;
}

/* rel with '\' below a folder, case-blind. */
static bool below(struct str folder, struct str rel, struct buf *out)
{
    struct buf b = BUF_INIT(64 * KIB);
    struct arena a = {0};
    char *slashed = arena_dup(&a, rel.p, rel.n);
    for (size_t i = 0; i < rel.n; i++)
        slashed[i] = rel.p[i] == '\\' ? '/' : rel.p[i];
    int fd = layout_open(folder, str_n(slashed, rel.n), false, &b);
    if (fd >= 0) {
        close(fd);
        buf_add_str(out, buf_str(&b));
    }
    buf_release(&b);
    arena_release(&a);
    return fd >= 0;
}

static bool beside(const struct layout_disk *d, char drive, struct str rel, struct buf *out)
{
    static const char *const names[] = {"%c", "%c:", "%c%%3A", "%c$", "%c_"};
    struct str up = str_sub(d->path, 0, d->path.n - last_part(d->path).n);
    struct buf folder = BUF_INIT(64 * KIB);
    bool found = false;
    if (up.n > 1)
        up.n--;
    for (size_t i = 0; i < ARRAY_LEN(names) && !found; i++) {
        char name[16];
        snprintf(name, sizeof(name), names[i], drive);
        buf_clear(&folder);
        int fd = layout_open(up, str_of(name), true, &folder);
        if (fd >= 0) {
            close(fd);
            found = below(buf_str(&folder), rel, out);
        }
    }
    buf_release(&folder);
    return found;
}

bool layout_near(const struct layout *l, const struct layout_disk *d, struct str windows, struct buf *out)
{
    char drive = windows.n > 1 && windows.p[1] == ':' ? windows.p[0] : 0;
    struct str rel = str_sub(windows, drive ? 2 : 0, windows.n);
    char own = d->drive ? d->drive : 'c';
    if (d->path.n && (!drive || drive == own) && below(d->path, rel, out))
        return true;
    if (d->path.n && d->named && drive && drive != own && beside(d, drive, rel, out))
        return true;
    /* Of a machine whose drives lie beside each other, nothing is taken from another machine. */
    return !d->named && layout_posix_path(l, windows, out);
}
