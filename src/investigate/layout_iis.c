#include "investigate/layout_in.h"

#include <unistd.h>

#include "codec/stream.h"
#include "codec/xml.h"

static struct str place(struct layout *l, const struct layout_disk *d, struct str windows)
{
    struct buf b = BUF_INIT(64 * KIB);
    struct str out = layout_near(l, d, windows, &b) ? arena_str(&l->arena, buf_str(&b)) : (struct str){"", 0};
    buf_release(&b);
    return out;
}

static void vdirs(struct layout *l, const struct xml *site, const struct layout_disk *d)
{
    struct str name = arena_str(&l->arena, xml_attr(site, "name"));
    for (const struct xml *app = xml_child(site, "application"); app; app = xml_next(app, "application"))
        for (const struct xml *v = xml_child(app, "virtualDirectory"); v;
             v = xml_next(v, "virtualDirectory")) {
            struct str folder = xml_attr(v, "physicalPath"), at = xml_attr(app, "path"),
                       below = xml_attr(v, "path");
            if (folder.n == 0 || l->vdir.n >= 10000)
                continue;
            bool top = str_is(below, "/") || below.n == 0;
            char *path = arena_printf(&l->arena, STR_FMT STR_FMT, STR_ARG(at), top ? 0 : (int)below.n,
                                      below.p ? below.p : "");
            if (!top && str_is(at, "/"))
                path++;
            struct str windows = layout_canonical(l, folder, d->drive);
            vec_push(&l->vdir, ((struct layout_vdir){name, str_of(path), windows, place(l, d, windows), l->by}));
        }
}

static void sites(struct layout *l, const struct xml *root, const struct layout_disk *d)
{
    const struct xml *list = xml_child(xml_child(root, "system.applicationHost"), "sites");
    struct str usual = xml_attr(xml_child(xml_child(list, "siteDefaults"), "logFile"), "directory");
    for (const struct xml *site = xml_child(list, "site"); site; site = xml_next(site, "site")) {
        struct str logs = xml_attr(xml_child(site, "logFile"), "directory"), id = xml_attr(site, "id");
        vdirs(l, site, d);
        if (logs.n == 0)
            logs = usual.n ? usual : STR_LIT("%SystemDrive%\\inetpub\\logs\\LogFiles");
        struct str folder = layout_canonical(l, logs, d->drive);
        char *full = arena_printf(&l->arena, STR_FMT "\\w3svc" STR_FMT, STR_ARG(folder), STR_ARG(id));
        if (l->logs.n < 10000)
            vec_push(&l->logs,
                     ((struct layout_logs){arena_str(&l->arena, xml_attr(site, "name")), str_of(full), place(l, d, str_of(full)), l->by}));
    }
}

void layout_iis(struct layout *l, int fd, struct str posix, const struct layout_disk *d)
{
    struct arena a = {0};
    struct buf b = BUF_INIT(LIMIT_FILE_SMALL);
    struct stream *in = NULL;
    struct err e = {0};
    char *name = arena_str(&a, posix).p ? arena_dup(&a, posix.p, posix.n) : arena_strdup(&a, "");
    const struct xml *root = NULL;
    if (stream_open_fd(&in, name, fd, LIMIT_FILE_SMALL, &e) == 0 && stream_read_all(in, &b, &e) == 0)
        root = xml_parse(&a, buf_str(&b), NULL, 0, &e);
    if (root)
        sites(l, root, d);
    else
        layout_note(
            l,
            arena_printf(
                &a, tr("%s could not be read, so the folders that IIS serves and logs to are not known: %s"),
                name, e.text));
    stream_free(in);
    buf_release(&b);
    arena_release(&a);
}
