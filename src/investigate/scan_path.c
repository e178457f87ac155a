#include "investigate/packs/pack_path.h"
#include "investigate/scan_in.h"

struct path_ctx {
    struct scan_item *it;
    struct str path; /* normal form */
    const struct trace_record *rec;
    const char *kind;
};

static void candidate(const struct path_ctx *c, uint32_t id)
{
    struct pack_hit h;
    if (!pack_eval_check_path(c->it->w->sh->eval, id, c->path, &h))
        return;
    struct sighting *s = scan_sight(c->it, &h, c->rec, c->kind);
    if (s && h.stock)
        s->note = str_of(tr("this name is a file of the vendor: only its hash can tell"));
    else if (s && c->rec && !s->note.n)
        s->note = str_of(tr("an event names this file; whether it is still there is another question"));
}

static int on_match(void *ctx, const uint32_t *ids, size_t n, uint64_t end)
{
    const struct path_ctx *c = ctx;
    (void)end;
    for (size_t i = 0; i < n; i++)
        candidate(c, ids[i]);
    return 0;
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
    struct scan_shared *sh = c->it->w->sh;
    size_t n;
    const uint32_t *rest = scan_match_rest(sh->path, &n);
    scan_match_scan(sh->path, c->it->w->scratch, c->path, on_match, (void *)c);
    for (size_t i = 0; i < n; i++)
        candidate(c, rest[i]);
}

void scan_path_match(struct scan_item *it)
{
    const struct path_ctx c = {it, it->normal, NULL, NULL};
    it->w->cover[it->asset].marks += is_mark(it->normal);
    match(&c);
}

void scan_path_record(struct scan_item *it, struct str path, const struct trace_record *rec, const char *kind)
{
    struct buf normal = BUF_INIT(64 * KIB);
    pack_path_normal(path, 0, 0, &normal);
    const struct path_ctx c = {it, buf_str(&normal), rec, kind};
    match(&c);
    buf_release(&normal);
}
