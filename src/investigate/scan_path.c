#include "investigate/scan_in.h"

struct path_ctx {
    struct scan_item *it;
};

static void candidate(struct scan_item *it, uint32_t id)
{
    struct pack_hit h;
    if (!pack_eval_check_path(it->w->sh->eval, id, it->normal, &h))
        return;
    struct sighting *s = scan_sight(it, &h, NULL, NULL);
    if (s && h.stock)
        s->note = str_of(tr("this name is a file of the vendor: only its hash can tell"));
}

static int on_match(void *ctx, const uint32_t *ids, size_t n, uint64_t end)
{
    const struct path_ctx *c = ctx;
    (void)end;
    for (size_t i = 0; i < n; i++)
        candidate(c->it, ids[i]);
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

void scan_path_match(struct scan_item *it)
{
    struct scan_shared *sh = it->w->sh;
    struct path_ctx c = {it};
    size_t n;
    const uint32_t *rest = scan_match_rest(sh->path, &n);
    it->w->cover[it->asset].marks += is_mark(it->normal);
    scan_match_scan(sh->path, it->w->scratch, it->normal, on_match, &c);
    for (size_t i = 0; i < n; i++)
        candidate(it, rest[i]);
}
