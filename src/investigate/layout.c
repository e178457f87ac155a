#include "investigate/layout_in.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const layout_exchange_logs[] = {"logging\\httpproxy\\autodiscover",
                                            "logging\\httpproxy\\eas",
                                            "logging\\httpproxy\\ecp",
                                            "logging\\httpproxy\\ews",
                                            "logging\\httpproxy\\mapi",
                                            "logging\\httpproxy\\oab",
                                            "logging\\httpproxy\\owa",
                                            "logging\\httpproxy\\owacalendar",
                                            "logging\\httpproxy\\powershell",
                                            "logging\\httpproxy\\rpchttp",
                                            "logging\\ecp\\server",
                                            "logging\\ecp\\activity",
                                            "logging\\oabgeneratorlog",
                                            "logging\\cmdletinfra"};
const size_t layout_exchange_logs_n = ARRAY_LEN(layout_exchange_logs);

struct layout *layout_new(void)
{
    return mem_zalloc(sizeof(struct layout));
}

void layout_free(struct layout *l)
{
    if (!l)
        return;
    arena_release(&l->arena);
    vec_release(&l->root);
    vec_release(&l->exchange);
    vec_release(&l->vdir);
    vec_release(&l->logs);
    vec_release(&l->note);
    free(l);
}

void layout_note(struct layout *l, const char *text)
{
    if (l->note.n < LIMIT_ERRORS_KEPT)
        vec_push(&l->note, str_of(arena_strdup(&l->arena, text)));
}

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

int layout_add(struct layout *l, struct str path, char drive, struct err *e)
{
    struct layout_place r = {path, drive ? lower(drive) : 0};
    struct stat st;
    while (r.path.n > 1 && r.path.p[r.path.n - 1] == '/')
        r.path.n--;
    r.path = arena_str(&l->arena, r.path);
    if (stat(r.path.p, &st) != 0)
        return err_sys(e, "cannot look into %s", r.path.p);
    if (!S_ISDIR(st.st_mode))
        return err_set(e, ERR_USAGE, "%s is no folder", r.path.p);
    if (str_is(r.path, "/"))
        r.path.n = 0;
    vec_push(&l->root, r);
    return 0;
}

int layout_root(struct layout *l, struct str spec, struct err *e)
{
    struct str path = spec;
    char drive = 0;
    if (spec.n > 3 && spec.p[spec.n - 1] == ':' && spec.p[spec.n - 3] == '=' &&
        is_letter(spec.p[spec.n - 2])) {
        drive = spec.p[spec.n - 2];
        path.n -= 3;
    }
    if (path.n == 0)
        return err_set(e, ERR_USAGE, "\"%.*s\" names no folder; write PATH or PATH=C:", STR_ARG(spec));
    return layout_add(l, path, drive, e);
}

/* ---- names ---- */

static const struct layout_place *root_of(const struct layout *l, struct str posix)
{
    const struct layout_place *best = NULL;
    for (size_t i = 0; i < l->root.n; i++) {
        const struct layout_place *r = &l->root.p[i];
        bool under = posix.n >= r->path.n && memcmp(posix.p, r->path.p ? r->path.p : "", r->path.n) == 0 &&
                     (posix.n == r->path.n || posix.p[r->path.n] == '/');
        if (under && (!best || best->path.n < r->path.n))
            best = r;
    }
    return best;
}

size_t layout_drive_folder(struct str rest, char *drive)
{
    size_t n = str_chr(rest, '/');
    struct str part = str_sub(rest, 0, n);
    if (part.n == 0 || !is_letter(part.p[0]))
        return 0;
    struct str tail = str_sub(part, 1, part.n);
    if (tail.n && !str_is(tail, ":") && !str_is(tail, "$") && !str_is(tail, "_") && !str_is_i(tail, "%3a"))
        return 0;
    *drive = lower(part.p[0]);
    return part.n;
}

static void put(struct buf *out, struct str s)
{
    size_t from = out->n;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i] == '/' ? '\\' : lower(s.p[i]);
        if (c != '\\' || out->n == from || out->p[out->n - 1] != '\\')
            buf_addc(out, c);
    }
    while (out->n > from + 1 && out->p[out->n - 1] == '\\')
        out->p[--out->n] = '\0';
}

void layout_windows_path(const struct layout *l, struct str posix, struct buf *out)
{
    const struct layout_place *r = root_of(l, posix);
    struct str rest = r ? str_sub(posix, r->path.n, posix.n) : posix;
    char drive = r ? r->drive : 0;
    if (r && !drive) {
        struct str inside = rest.n && rest.p[0] == '/' ? str_sub(rest, 1, rest.n) : rest;
        size_t n = layout_drive_folder(inside, &drive);
        if (n)
            rest = str_sub(inside, n, inside.n);
    }
    if (drive)
        buf_printf(out, "%c:", drive);
    if (rest.n == 0 || rest.p[0] != '/')
        buf_addc(out, '\\');
    put(out, rest);
}

struct str layout_canonical(struct layout *l, struct str s, char drive)
{
    static const struct {
        const char *name, *value;
    } known[] = {{"%windir%", "c:\\windows"},
                 {"%systemroot%", "c:\\windows"},
                 {"%programfiles%", "c:\\program files"},
                 {"%programdata%", "c:\\programdata"},
                 {"%systemdrive%", "c:"}};
    struct buf b = BUF_INIT(64 * KIB);
    s = str_trim(s);
    if (str_starts(s, "\\\\?\\"))
        s = str_sub(s, 4, s.n);
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (!str_starts_i(s, known[i].name))
            continue;
        buf_addc(&b, drive ? drive : 'c');
        buf_adds(&b, known[i].value + 1);
        s = str_sub(s, strlen(known[i].name), s.n);
        break;
    }
    put(&b, s);
    struct str out = arena_str(&l->arena, buf_str(&b));
    buf_release(&b);
    return out;
}

/* ---- files ---- */

/* The entry of a folder under that name, exactly or else case-blind. */
static bool entry(int dir, struct str part, char name[256])
{
    struct stat st;
    if (part.n == 0 || part.n > 255)
        return false;
    memcpy(name, part.p, part.n);
    name[part.n] = '\0';
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = copy < 0 ? NULL : fdopendir(copy);
    bool found = false;
    if (!d && copy >= 0)
        close(copy);
    for (struct dirent *x; d && !found && (x = readdir(d)) != NULL;) {
        found = str_ieq(str_of(x->d_name), part);
        if (found)
            memcpy(name, x->d_name, strlen(x->d_name) + 1);
    }
    if (d)
        closedir(d);
    return found;
}

int layout_open(struct str root, struct str rel, bool folder, struct buf *posix)
{
    char name[256];
    struct str part;
    char *path = mem_dup(root.n ? root.p : "/", root.n ? root.n : 1);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(path);
    buf_add_str(posix, root);
    struct str_split it = str_split_init(rel, '/');
    while (fd >= 0 && str_split_next(&it, &part)) {
        if (part.n == 0 || str_is(part, "."))
            continue;
        bool last = it.done || str_trim(it.rest).n == 0;
        int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (last && !folder ? 0 : O_DIRECTORY);
        int next = !str_is(part, "..") && entry(fd, part, name) ? openat(fd, name, flags) : -1;
        close(fd);
        fd = next;
        buf_addc(posix, '/');
        buf_adds(posix, name);
    }
    return fd;
}

bool layout_posix_path(const struct layout *l, struct str windows, struct buf *out)
{
    struct layout scratch = {0};
    struct str w = layout_canonical(&scratch, windows, 0);
    char drive = w.n > 1 && w.p[1] == ':' ? w.p[0] : 0;
    size_t from = out->n;
    bool found = false;
    char *rel = mem_dup(w.p, w.n);
    for (size_t i = 0; i < w.n; i++)
        rel[i] = rel[i] == '\\' ? '/' : rel[i];
    for (size_t i = 0; i < l->root.n && !found; i++) {
        const struct layout_place *r = &l->root.p[i];
        if (drive && r->drive && r->drive != drive)
            continue;
        const char *const forms[] = {"", "%c/", "%c:/", "%c%%3A/", "%c$/"};
        for (size_t k = 0; k < ARRAY_LEN(forms) && !found; k++) {
            char head[16] = "";
            if (k && (r->drive || !drive))
                break;
            if (k)
                snprintf(head, sizeof(head), forms[k], drive);
            char *full = arena_printf(&scratch.arena, "%s%s", head, rel + (drive ? 2 : 0));
            struct buf path = BUF_INIT(64 * KIB);
            int fd = layout_open(r->path, str_of(full), false, &path);
            found = fd >= 0;
            if (found) {
                close(fd);
                buf_add_str(out, buf_str(&path));
            }
            buf_release(&path);
        }
    }
    free(rel);
    arena_release(&scratch.arena);
    if (!found && out->p)
        out->p[out->n = from] = '\0';
    return found;
}

/* ---- what is found ---- */

void layout_add_exchange(struct layout *l, const struct layout_exchange *x)
{
    for (size_t i = 0; i < l->exchange.n; i++) {
        struct layout_exchange *have = &l->exchange.p[i];
        if (!str_eq(have->windows, x->windows))
            continue;
        have->how = MIN(have->how, x->how);
        have->major = have->major ? have->major : x->major;
        have->build = have->build.n ? have->build : x->build;
        have->posix = have->posix.n ? have->posix : x->posix;
        return;
    }
    if (l->exchange.n < 1000)
        vec_push(&l->exchange, *x);
}

static unsigned major_of(struct str windows)
{
    return str_ends(windows, "\\v15") ? 15 : str_ends(windows, "\\v14") ? 14 : 0;
}

static void found_exchange(struct layout *l, struct str posix)
{
    struct buf b = BUF_INIT(64 * KIB);
    layout_windows_path(l, posix, &b);
    struct layout_exchange x = {.windows = arena_str(&l->arena, buf_str(&b)),
                                .posix = arena_str(&l->arena, posix),
                                .how = LAYOUT_FOUND};
    x.major = major_of(x.windows);
    buf_release(&b);
    layout_add_exchange(l, &x);
}

void layout_seen(struct layout *l, struct str posix)
{
    static const char *const marks[] = {"/logging/httpproxy", "/frontend/httpproxy", "/exchange server/v14/logging"};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (str_ends_i(posix, marks[i]))
            found_exchange(l, str_sub(posix, 0, posix.n - strlen(i == 2 ? "/logging" : marks[i])));
    bool hive = str_ends_i(posix, "/system32/config/software") || str_ends_i(posix, "/config/software");
    bool iis = str_ends_i(posix, "/applicationhost.config");
    /* IIS keeps earlier states of its file: they say what was, not what is. */
    bool earlier = iis && str_find_i(posix, STR_LIT("/history/")) != STR_NONE;
    if ((!hive && !iis) || earlier)
        return;
    char *path = mem_dup(posix.p, posix.n);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    free(path);
    l->by = arena_str(&l->arena, posix);
    struct layout_disk d = layout_disk_of(l, posix, hive ? "/windows/system32/config/software" : "/windows/system32/inetsrv/config/applicationhost.config");
    if (fd >= 0 && hive)
        layout_hive(l, fd, posix, &d);
    else if (fd >= 0)
        layout_iis(l, fd, posix, &d);
}

void layout_look(struct layout *l)
{
    static const char *const drives[] = {"", "C/", "C:/", "C%3A/", "C$/"};
    static const char *const places[] = {"Windows/System32/config/SOFTWARE",
                                         "Windows/System32/inetsrv/config/applicationHost.config",
                                         "Program Files/Microsoft/Exchange Server/V15/Logging/HttpProxy",
                                         "Program Files/Microsoft/Exchange Server/V15/FrontEnd/HttpProxy",
                                         "Program Files/Microsoft/Exchange Server/V14/Logging"};
    for (size_t i = 0; i < l->root.n; i++)
        for (size_t d = 0; d < ARRAY_LEN(drives); d++)
            for (size_t k = 0; k < ARRAY_LEN(places); k++) {
                char rel[128];
                struct buf path = BUF_INIT(64 * KIB);
                snprintf(rel, sizeof(rel), "%s%s", drives[d], places[k]);
                int fd = layout_open(l->root.p[i].path, str_of(rel), false, &path);
                if (fd >= 0) {
                    close(fd);
                    if (str_ends(str_of(rel), "/Logging"))
                        found_exchange(l, str_sub(buf_str(&path), 0, path.n - strlen("/Logging")));
                    else
                        layout_seen(l, buf_str(&path));
                }
                buf_release(&path);
            }
}

const struct layout_exchange *layout_exchanges(const struct layout *l, size_t *n)
{
    *n = l->exchange.n;
    return l->exchange.p;
}

const struct layout_vdir *layout_vdirs(const struct layout *l, size_t *n)
{
    *n = l->vdir.n;
    return l->vdir.p;
}

const struct layout_logs *layout_iis_logs(const struct layout *l, size_t *n)
{
    *n = l->logs.n;
    return l->logs.p;
}

const struct str *layout_notes(const struct layout *l, size_t *n)
{
    *n = l->note.n;
    return l->note.p;
}
