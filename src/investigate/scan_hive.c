/* Registry hives: the keys and values that packs look for. */
#include <fcntl.h>
#include <unistd.h>

#include "investigate/hive.h"
#include "investigate/layout_in.h"
#include "investigate/scan_in.h"

struct reading {
    struct scan_item *it;
    struct pack_record rec;
    const char *prefix; /* what the hive's root is called */
    struct trace_coverage seen;
    struct buf text, path;
};

bool scan_hive_is(struct str head)
{
    /* Its transaction logs begin alike, but with another type. */
    return head.n > 32 && str_starts(head, "regf") && memcmp(head.p + 28, "\0\0\0", 4) == 0;
}

/* What a machine calls the root of a hive, by the file's name. */
static const char *prefix_of(struct str normal)
{
    static const struct {
        const char *name, *prefix;
    } known[] = {{"/software", "HKLM\\SOFTWARE"},
                 {"/system", "HKLM\\SYSTEM"},
                 {"/sam", "HKLM\\SAM"},
                 {"/security", "HKLM\\SECURITY"},
                 {"/default", "HKU\\.DEFAULT"},
                 {"/ntuser.dat", "HKCU"},
                 {"/usrclass.dat", "HKCU\\Software\\Classes"}};
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_ends(normal, known[i].name))
            return known[i].prefix;
    return "";
}

static int on_hit(void *ctx, const struct pack_hit *h)
{
    struct reading *r = ctx;
    scan_sight(r->it, h, r->rec.record, "registry");
    return 0;
}

/* All ways to write the name of a key: HKLM or in full, a numbered control set or the current one. */
static size_t names(struct reading *r, struct str path, struct trace_field out[4])
{
    static const struct {
        const char *brief, *full;
    } root[] = {{"HKLM\\", "HKEY_LOCAL_MACHINE\\"}, {"HKCU\\", "HKEY_CURRENT_USER\\"}, {"HKU\\", "HKEY_USERS\\"}};
    size_t n = 1, from, set = strlen("HKLM\\SYSTEM\\ControlSet001");
    out[0] = (struct trace_field){STR_LIT("TargetObject"), path};
    buf_clear(&r->path);
    buf_reserve(&r->path, 4 * path.n + 256); /* the views below must stay */
    if (str_starts_i(path, "HKLM\\SYSTEM\\ControlSet") && path.n >= set) {
        buf_adds(&r->path, "HKLM\\SYSTEM\\CurrentControlSet");
        buf_add_str(&r->path, str_sub(path, set, path.n));
        out[n++] = (struct trace_field){STR_LIT("TargetObject"), buf_str(&r->path)};
    }
    for (size_t i = 0, have = n; i < have; i++)
        for (size_t k = 0; k < ARRAY_LEN(root); k++)
            if (str_starts(out[i].value, root[k].brief)) {
                from = r->path.n;
                buf_adds(&r->path, root[k].full);
                buf_add_str(&r->path, str_sub(out[i].value, strlen(root[k].brief), out[i].value.n));
                out[n++] = (struct trace_field){STR_LIT("TargetObject"), str_sub(buf_str(&r->path), from, r->path.n - from)};
            }
    return n;
}

static bool on_item(void *ctx, struct str path, const char *name, struct str data, when_t written, uint64_t id)
{
    struct reading *r = ctx;
    buf_clear(&r->text);
    buf_adds(&r->text, r->prefix);
    if (path.n)
        buf_printf(&r->text, "%s" STR_FMT, r->text.n ? "\\" : "", STR_ARG(path));
    if (name)
        buf_printf(&r->text, "\\%s", name);
    size_t n = r->text.n;
    if (name)
        buf_printf(&r->text, " = " STR_FMT, STR_ARG(data));
    struct str object = str_n(r->text.p ? r->text.p : "", n);
    /* The names that Sysmon gives them: what holds for its events holds for the hive. */
    struct trace_field field[5];
    size_t field_n = names(r, object, field);
    if (name)
        field[field_n++] = (struct trace_field){STR_LIT("Details"), data};
    struct trace_record t = {.number = id,
                             .time = written,
                             .zone = written == WHEN_NONE ? TRACE_ZONE_NONE : TRACE_ZONE_FORMAT,
                             .field = field,
                             .field_n = field_n,
                             .text = buf_str(&r->text)};
    r->rec.record = &t;
    r->seen.rows++;
    trace_coverage_time(&r->seen, written);
    pack_eval_registry(r->it->w->sh->eval, &r->rec, &(struct pack_sink){r, on_hit});
    if (r->it->w->scratch_a.used > MIB)
        arena_clear(&r->it->w->scratch_a);
    return !scan_stopped(r->it->w->sh);
}

/* Beside the hive, without following a link; a hive inside an archive has nothing beside it. */
static void open_logs(const struct scan_item *it, int log[HIVE_LOGS])
{
    struct str path = str_of(it->path);
    size_t dir = path.n;
    while (dir && path.p[dir - 1] != '/')
        dir--;
    for (size_t i = 0; i < HIVE_LOGS; i++) {
        struct buf b = BUF_INIT(64 * KIB);
        log[i] = -1;
        if (it->nest == 0 && dir) {
            char *name = arena_printf(&it->w->scratch_a, STR_FMT "%s", STR_ARG(str_sub(path, dir, path.n)), hive_log_names[i]);
            log[i] = layout_open(str_sub(path, 0, dir - 1), str_of(name), false, &b);
        }
        buf_release(&b);
    }
}

static void note(struct reading *r, const char *text)
{
    struct coverage *c = &r->it->w->cover[r->it->asset];
    char *line = arena_printf(&r->it->w->scratch_a, "%s: %s", r->it->path, text);
    coverage_gap(c, STR_LIT("registry"), scan_clean(&r->it->w->scratch_a, str_of(line), 4096));
}

void scan_hive(struct scan_item *it, int fd)
{
    struct reading r = {.it = it, .prefix = prefix_of(it->normal), .text = BUF_INIT(LIMIT_LINE), .path = BUF_INIT(4 * LIMIT_LINE + 4096)};
    struct coverage *c = &it->w->cover[it->asset];
    int log[HIVE_LOGS];
    struct hive h;
    uint64_t keys = 0, left = 0;
    r.rec = (struct pack_record){.kind = "registry", .path = it->normal, .roots = scan_layout_roots, .roots_ctx = it->w->sh->layout, .scratch = &it->w->scratch_a};
    open_logs(it, log);
    int rc = hive_open(&h, fd, log, NULL);
    if (rc == 0)
        hive_walk(&h, &(struct hive_sink){&r, on_item}, &keys, &left);
    r.seen.bytes = it->size;
    coverage_file(c, STR_LIT("registry"), &r.seen);
    if (rc < 0)
        coverage_input(c, STR_LIT("registry"))->skipped++;
    else if (h.state == HIVE_DIRTY)
        note(&r, tr("dirty, its transaction log was not replayed: what is only there was not read"));
    if (rc == 0 && (h.damaged || left))
        note(&r, tr("damaged: parts of the hive could not be read"));
    hive_close(&h);
    for (size_t i = 0; i < HIVE_LOGS; i++)
        if (log[i] >= 0)
            close(log[i]);
    buf_release(&r.text);
    buf_release(&r.path);
}
