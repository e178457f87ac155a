#include "investigate/scan_layout.h"

#include <stdlib.h>

#include "investigate/layout.h"
#include "investigate/packs/pack_path.h"
#include "investigate/scan_in.h"

#define EVERY UINT32_MAX /* alias of names in records, whatever the asset */

static const char *const default_exchange[] = {"c:/program files/microsoft/exchange server/v15", "c:/program files/microsoft/exchange server/v14"};

struct alias {
    uint32_t asset;
    struct str from, to; /* normal forms, no '/' behind */
};
struct scan_layout {
    struct arena a;
    struct sweep *s;
    struct layout *layout;
    struct str *folder; /* by asset: normal form of the folder that the root stands for; "" the drive itself */
    VEC(struct alias) alias;
    VEC(struct str) exchange; /* as Windows names them */
    bool given;               /* the user named the Exchange folder */
};

static struct str normal_of(struct scan_layout *l, struct str path, size_t root_n, char drive)
{
    struct buf b = BUF_INIT(64 * KIB);
    pack_path_normal(path, root_n, drive, &b);
    struct str out = arena_str(&l->a, buf_str(&b));
    buf_release(&b);
    return out;
}

/* ---- roots ---- */

static struct str place_of_root(struct scan_layout *l, const struct sweep_root *r)
{
    if (!r->folder)
        return (struct str){"", 0};
    if (str_is_i(str_of(r->folder), "%ExchangeInstallPath%")) {
        l->given = true;
        return str_of(default_exchange[0]);
    }
    return normal_of(l, str_of(r->folder), 0, r->drive);
}

void scan_layout_normal(const struct scan_layout *l, uint32_t asset, struct str path, size_t root_n, struct buf *out)
{
    struct str folder = l->folder[asset];
    size_t from = out->n;
    pack_path_normal(path, root_n, l->s->asset[asset].drive, out);
    if (!folder.n)
        return;
    struct buf b = BUF_INIT(64 * KIB);
    struct str rest = str_sub(buf_str(out), from + 2, out->n);
    buf_add_str(&b, folder);
    if (!str_is(rest, "/"))
        buf_add_str(&b, rest);
    out->n = from;
    buf_add_str(out, buf_str(&b));
    buf_release(&b);
}

/* Asset and length of the root that a found path lies below; EVERY when none. */
static uint32_t asset_of(const struct scan_layout *l, struct str posix, size_t *root_n)
{
    const struct sweep_options *o = l->s->options;
    uint32_t best = EVERY;
    *root_n = 0;
    for (size_t i = 0; i < o->root_n; i++) {
        struct str r = str_of(o->root[i].path);
        while (r.n && r.p[r.n - 1] == '/')
            r.n--;
        bool under = posix.n >= r.n && memcmp(posix.p, r.p, r.n) == 0 && (posix.n == r.n || posix.p[r.n] == '/');
        if (under && (best == EVERY || r.n > *root_n)) {
            best = (uint32_t)i;
            *root_n = r.n;
        }
    }
    return best;
}

/* ---- aliases ---- */

static void add_alias(struct scan_layout *l, uint32_t asset, struct str from, struct str to)
{
    while (from.n && from.p[from.n - 1] == '/')
        from.n--;
    if (from.n < 4 || str_eq(from, to) || l->alias.n >= LIMIT_SWEEP_ALIAS)
        return;
    for (size_t i = 0; i < l->alias.n; i++)
        if (l->alias.p[i].asset == asset && str_eq(l->alias.p[i].from, from) && str_eq(l->alias.p[i].to, to))
            return;
    vec_push(&l->alias, ((struct alias){asset, from, to}));
}

/* By where it lies, by its name in roots that the user named, and by its name in records. */
static void alias(struct scan_layout *l, struct str windows, struct str posix, struct str to)
{
    size_t root_n;
    struct str named = normal_of(l, windows, 0, 0);
    uint32_t asset = posix.n ? asset_of(l, posix, &root_n) : EVERY;
    if (asset != EVERY)
        add_alias(l, asset, normal_of(l, posix, root_n, l->s->asset[asset].drive), to);
    for (uint32_t i = 0; i < l->s->asset_n; i++)
        if (l->folder[i].n)
            add_alias(l, i, named, to);
    add_alias(l, EVERY, named, to);
}

bool scan_layout_alias(const struct scan_layout *l, uint32_t asset, bool record, size_t *at, struct str normal, struct buf *out)
{
    for (; *at < l->alias.n; ++*at) {
        const struct alias *x = &l->alias.p[*at];
        if (x->asset != (record ? EVERY : asset) || normal.n < x->from.n || memcmp(normal.p, x->from.p, x->from.n) != 0 ||
            (normal.n > x->from.n && normal.p[x->from.n] != '/'))
            continue;
        buf_clear(out);
        buf_add_str(out, x->to);
        buf_add_str(out, str_sub(normal, x->from.n, normal.n));
        ++*at;
        return true;
    }
    return false;
}

int scan_layout_roots(const void *ctx, struct str name, struct str *out, int max)
{
    const struct scan_layout *l = ctx;
    if (!str_is_i(name, "%ExchangeInstallPath%") || l->exchange.n == 0)
        return -1;
    for (size_t i = 0; i < l->exchange.n && (int)i < max; i++)
        out[i] = l->exchange.p[i];
    return (int)MIN(l->exchange.n, (size_t)max);
}

/* ---- what is told ---- */

static bool under(struct str path, struct str folder)
{
    return folder.n && path.n >= folder.n && memcmp(path.p, folder.p, folder.n) == 0 && (path.n == folder.n || path.p[folder.n] == '/');
}

/* True when the user said that one of the roots is this folder, or holds it. */
static bool is_given(struct scan_layout *l, struct str windows)
{
    struct str named = normal_of(l, windows, 0, 0);
    for (size_t i = 0; i < l->s->asset_n; i++)
        if (under(named, l->folder[i]))
            return true;
    return false;
}

/* A place that the machine has and the evidence has not: the asset that names it is not whole without. */
static void gap(struct scan_layout *l, struct str by, const char *needs, const char *text)
{
    size_t root_n;
    uint32_t asset = asset_of(l, by, &root_n);
    if (asset != EVERY)
        coverage_gap(&l->s->asset[asset].coverage, str_of(needs), str_of(text));
}

typedef VEC(struct sweep_place) places;

static void tell(struct scan_layout *l, places *out, const char *kind, struct str name, struct str windows, struct str posix, const char *how)
{
    struct arena *a = &l->s->a;
    if (out->n < 1000)
        vec_push(out, ((struct sweep_place){kind, scan_clean(a, name, 512), scan_clean(a, windows, 4096), scan_clean(a, posix, 4096), how}));
}

static void exchanges(struct scan_layout *l, places *out)
{
    size_t n;
    const struct layout_exchange *x = layout_exchanges(l->layout, &n);
    for (size_t i = 0; i < n && !l->given; i++) {
        bool known = x[i].how == LAYOUT_HIVE || (x[i].windows.n > 1 && x[i].windows.p[1] == ':');
        tell(l, out, "exchange", x[i].build, x[i].windows, x[i].posix, x[i].how == LAYOUT_HIVE ? "registry" : "found");
        alias(l, x[i].windows, x[i].posix, str_of(default_exchange[x[i].major == 14]));
        if (known) /* else its name is that of the place of the evidence */
            vec_push(&l->exchange, arena_str(&l->a, x[i].windows));
        if (!x[i].posix.n && !is_given(l, x[i].windows))
            gap(l, x[i].by, "file-names file-hashes file-contents httpproxy ecp oabgen",
                arena_printf(&l->a, tr("Exchange is installed in %.*s, which is not among the paths given"), STR_ARG(x[i].windows)));
    }
}

static bool in_exchange(const struct scan_layout *l, struct str windows)
{
    size_t n;
    const struct layout_exchange *x = layout_exchanges(l->layout, &n);
    for (size_t i = 0; i < n; i++)
        if (windows.n >= x[i].windows.n && memcmp(windows.p, x[i].windows.p, x[i].windows.n) == 0)
            return true;
    return str_find(windows, STR_LIT("\\exchange server\\v1")) != STR_NONE;
}

static void sites(struct scan_layout *l, places *out)
{
    size_t n;
    const struct layout_vdir *v = layout_vdirs(l->layout, &n);
    for (size_t i = 0; i < n; i++) {
        tell(l, out, "iis-folder", str_of(arena_printf(&l->a, STR_FMT " " STR_FMT, STR_ARG(v[i].site), STR_ARG(v[i].path))), v[i].windows, v[i].posix, "config");
        if (!v[i].posix.n && !is_given(l, v[i].windows) && v[i].windows.n > 1 && v[i].windows.p[1] == ':')
            gap(l, v[i].by, "file-names file-hashes file-contents",
                arena_printf(&l->a, tr("IIS serves files from %.*s, which is not among the paths given"), STR_ARG(v[i].windows)));
        if (in_exchange(l, v[i].windows))
            continue;
        struct str path = str_is(v[i].path, "/") ? (struct str){"", 0} : v[i].path;
        alias(l, v[i].windows, v[i].posix, normal_of(l, str_of(arena_printf(&l->a, "/inetpub/wwwroot" STR_FMT, STR_ARG(path))), 0, 0));
    }
    const struct layout_logs *g = layout_iis_logs(l->layout, &n);
    for (size_t i = 0; i < n; i++) {
        tell(l, out, "iis-logs", g[i].site, g[i].windows, g[i].posix, "config");
        if (!g[i].posix.n && !is_given(l, g[i].windows))
            gap(l, g[i].by, "iis web", arena_printf(&l->a, tr("IIS logs to %.*s, which is not among the paths given"), STR_ARG(g[i].windows)));
    }
}

static void take_over(struct scan_layout *l)
{
    struct sweep *s = l->s;
    places out = {0};
    size_t n;
    for (size_t i = 0; i < s->asset_n; i++)
        if (l->folder[i].n)
            tell(l, &out, l->given && str_is(l->folder[i], default_exchange[0]) ? "exchange" : "folder", (struct str){"", 0}, str_of(s->options->root[i].folder),
                 str_of(s->options->root[i].path), "given");
    exchanges(l, &out);
    sites(l, &out);
    s->place = arena_array(&s->a, struct sweep_place, out.n + 1);
    if (out.n)
        memcpy(s->place, out.p, out.n * sizeof(*out.p));
    s->place_n = out.n;
    vec_release(&out);
    const struct str *note = layout_notes(l->layout, &n);
    s->layout_note = arena_array(&s->a, struct str, n + 1);
    for (size_t i = 0; i < n; i++)
        s->layout_note[i] = scan_clean(&s->a, note[i], 4096);
    s->layout_note_n = n;
}

struct scan_layout *scan_layout_new(struct sweep *s, bool (*stop)(void *ctx), void *ctx)
{
    const struct sweep_options *o = s->options;
    struct scan_layout *l = mem_zalloc(sizeof(*l));
    l->s = s;
    l->layout = layout_new();
    l->folder = arena_array(&l->a, struct str, o->root_n + 1);
    for (size_t i = 0; i < o->root_n; i++) {
        struct err e = {0};
        l->folder[i] = place_of_root(l, &o->root[i]);
        if (!o->root[i].folder) /* one that is no folder has nothing to be found; the walk says what cannot be opened */
            (void)!layout_add(l->layout, str_of(o->root[i].path), o->root[i].drive, &e);
    }
    layout_search(l->layout, stop, ctx);
    take_over(l);
    return l;
}

void scan_layout_free(struct scan_layout *l)
{
    if (!l)
        return;
    layout_free(l->layout);
    vec_release(&l->alias);
    vec_release(&l->exchange);
    arena_release(&l->a);
    free(l);
}
