#include "investigate/layout_in.h"

#include <endian.h>
#include <hivex.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The node below a path of names; 0 when there is none. hivex compares names case-blind. */
static hive_node_h node_at(hive_h *h, const char *const *names)
{
    hive_node_h at = hivex_root(h);
    for (; at && *names; names++)
        at = hivex_node_get_child(h, at, *names);
    return at;
}

static char *text_value(hive_h *h, hive_node_h node, const char *name)
{
    hive_value_h v = hivex_node_get_value(h, node, name);
    return v ? hivex_value_string(h, v) : NULL;
}

static bool number_value(hive_h *h, hive_node_h node, const char *name, unsigned *out)
{
    hive_type type;
    size_t n;
    hive_value_h v = hivex_node_get_value(h, node, name);
    if (!v || hivex_value_type(h, v, &type, &n) != 0 || type != hive_t_REG_DWORD || n != 4)
        return false;
    *out = (unsigned)hivex_value_dword(h, v);
    return true;
}

static void installation(struct layout *l, hive_h *h, const char *version, unsigned major, char drive)
{
    const char *const names[] = {"Microsoft", "ExchangeServer", version, "Setup", NULL};
    unsigned b[4];
    hive_node_h setup = node_at(h, names);
    char *path = setup ? text_value(h, setup, "MsiInstallPath") : NULL;
    if (!path)
        return;
    struct layout_exchange x = {.major = major, .how = LAYOUT_HIVE};
    x.windows = layout_canonical(l, str_of(path), drive);
    free(path);
    if (number_value(h, setup, "MsiProductMajor", &b[0]) &&
        number_value(h, setup, "MsiProductMinor", &b[1]) && number_value(h, setup, "MsiBuildMajor", &b[2]) &&
        number_value(h, setup, "MsiBuildMinor", &b[3]))
        x.build = str_of(arena_printf(&l->arena, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]));
    struct buf posix = BUF_INIT(64 * KIB);
    if (layout_posix_path(l, x.windows, &posix))
        x.posix = arena_str(&l->arena, buf_str(&posix));
    buf_release(&posix);
    layout_add_exchange(l, &x);
}

/* The head of a hive: magic, and two sequence numbers that agree when it was closed properly. */
static bool head_ok(int fd, bool *dirty)
{
    uint32_t head[3];
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > (off_t)LIMIT_FILE_WHOLE)
        return false;
    if (pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head) || memcmp(head, "regf", 4) != 0)
        return false;
    *dirty = head[1] != head[2];
    return true;
}

void layout_hive(struct layout *l, int fd, struct str posix, char drive)
{
    char link[32];
    bool dirty = false;
    struct arena a = {0};
    const char *name = arena_dup(&a, posix.p, posix.n);
    if (!head_ok(fd, &dirty)) {
        close(fd);
        arena_release(&a);
        return;
    }
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    hive_h *h = hivex_open(link, 0);
    if (!h)
        h = hivex_open(link, HIVEX_OPEN_UNSAFE); /* goes on behind damaged parts */
    close(fd);
    if (h) {
        installation(l, h, "v15", 15, drive);
        installation(l, h, "v14", 14, drive);
        hivex_close(h);
    } else {
        layout_note(
            l, arena_printf(&a,
                            tr("%s cannot be read as a registry hive; Exchange is looked for by its folders"),
                            name));
    }
    if (dirty)
        layout_note(
            l, arena_printf(
                   &a, tr("%s was not closed properly; what is only in its transaction logs was not read"),
                   name));
    arena_release(&a);
}
