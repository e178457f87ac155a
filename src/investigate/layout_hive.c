#include "investigate/layout_in.h"

#include <unistd.h>

#include "investigate/hive.h"
#include "investigate/hive_log.h"

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

static void installation(struct layout *l, hive_h *h, const char *version, unsigned major, const struct layout_disk *d)
{
    const char *const names[] = {"Microsoft", "ExchangeServer", version, "Setup", NULL};
    unsigned b[4];
    hive_node_h setup = node_at(h, names);
    char *path = setup ? text_value(h, setup, "MsiInstallPath") : NULL;
    if (!path)
        return;
    struct layout_exchange x = {.major = major, .how = LAYOUT_HIVE, .by = l->by};
    x.windows = layout_canonical(l, str_of(path), d->drive);
    free(path);
    if (number_value(h, setup, "MsiProductMajor", &b[0]) &&
        number_value(h, setup, "MsiProductMinor", &b[1]) && number_value(h, setup, "MsiBuildMajor", &b[2]) &&
        number_value(h, setup, "MsiBuildMinor", &b[3]))
        x.build = str_of(arena_printf(&l->arena, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]));
    struct buf posix = BUF_INIT(64 * KIB);
    if (layout_near(l, d, x.windows, &posix))
        x.posix = arena_str(&l->arena, buf_str(&posix));
    buf_release(&posix);
    layout_add_exchange(l, &x);
}

/* The hive's logs, opened beside it; the caller closes them. */
static void open_logs(struct str posix, int log[HIVE_LOGS])
{
    size_t dir = posix.n;
    struct arena a = {0};
    while (dir && posix.p[dir - 1] != '/')
        dir--;
    for (size_t i = 0; i < HIVE_LOGS; i++) {
        struct buf b = BUF_INIT(64 * KIB);
        char *name = arena_printf(&a, STR_FMT "%s", STR_ARG(str_sub(posix, dir, posix.n)), hive_log_names[i]);
        log[i] = layout_open(str_sub(posix, 0, dir ? dir - 1 : 0), str_of(name), false, &b);
        buf_release(&b);
    }
    arena_release(&a);
}

void layout_hive(struct layout *l, int fd, struct str posix, const struct layout_disk *d)
{
    int log[HIVE_LOGS];
    bool dirty;
    struct hive h;
    struct err e = {0};
    struct arena a = {0};
    const char *name = arena_dup(&a, posix.p, posix.n);
    if (!hive_log_head(fd, &dirty)) {
        close(fd);
        arena_release(&a);
        return;
    }
    open_logs(posix, log);
    if (hive_open(&h, fd, log, &e) == 0) {
        installation(l, h.h, "v15", 15, d);
        installation(l, h.h, "v14", 14, d);
        if (h.state == HIVE_REPLAYED)
            layout_note(l, arena_printf(&a, tr("%s was not closed properly; its transaction logs were replayed into a copy"), name));
    } else {
        layout_note(
            l, arena_printf(&a,
                            tr("%s cannot be read as a registry hive; Exchange is looked for by its folders"),
                            name));
    }
    if (h.state == HIVE_DIRTY)
        layout_note(
            l, arena_printf(
                   &a, tr("%s was not closed properly, and its transaction log was not replayed: what is only there was not read"),
                   name));
    hive_close(&h);
    close(fd);
    for (size_t i = 0; i < HIVE_LOGS; i++)
        if (log[i] >= 0)
            close(log[i]);
    arena_release(&a);
}
