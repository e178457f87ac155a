#include "investigate/packs/pack_path.h"
#include "investigate/scan_in.h"

struct path_ctx {
    struct scan_item *it;
    struct str path; /* normal form */
    const struct trace_record *rec;
    const char *kind;
    bool alias; /* path is another name of where it lies */
};

static void candidate(const struct path_ctx *c, uint32_t id)
{
    struct pack_hit h;
    if (!pack_eval_check_path(c->it->w->sh->eval, id, c->path, &h))
        return;
    struct sighting *s = scan_sight(c->it, &h, c->rec, c->kind);
    if (s && h.stock)
        s->note = str_of(tr("this name is a file of the vendor: only its hash can tell"));
    else if (s && c->alias && !s->note.n)
        s->note = str_of(tr("on this machine, that folder has another place or name"));
    else if (s && c->rec && !s->note.n)
        s->note = str_of(tr("an event names this file; whether it is still there is another question"));
}

/* Names that only the disk of a system, or an installed server, has. */
static bool is_mark(struct str normal)
{
    static const char *const marks[] = {"/inetpub", "/windows/system32", "/programdata", "/frontend/httpproxy", "/clientaccess", "/var/lib", "/usr/bin", "/program files"};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (str_ends(normal, marks[i]))
            return true;
    return false;
}

static void match(const struct path_ctx *c)
{
    struct scan_worker *w = c->it->w;
    scan_names_find(w->sh->path, w->scratch, c->path, &w->names);
    for (size_t i = 0; i < w->names.id.n; i++)
        candidate(c, w->names.id.p[i]);
}

/* Under its own name and under those that packs give its place. */
static void match_all(struct path_ctx *c)
{
    struct buf b = BUF_INIT(64 * KIB);
    struct str normal = c->path;
    size_t at = 0;
    match(c);
    c->alias = true;
    while (scan_layout_alias(c->it->w->sh->layout, c->it->asset, c->rec != NULL, &at, normal, &b)) {
        c->path = buf_str(&b);
        match(c);
    }
    buf_release(&b);
}

void scan_path_match(struct scan_item *it)
{
    struct path_ctx c = {it, it->normal, NULL, NULL, false};
    it->w->cover[it->asset].marks += is_mark(it->normal);
    match_all(&c);
}

void scan_path_record(struct scan_item *it, struct str path, const struct trace_record *rec, const char *kind)
{
    struct buf normal = BUF_INIT(64 * KIB);
    pack_path_normal(path, 0, 0, &normal);
    struct path_ctx c = {it, buf_str(&normal), rec, kind, false};
    match_all(&c);
    buf_release(&normal);
}
