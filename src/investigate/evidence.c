#include "investigate/evidence.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "codec/json.h"
#include "investigate/scan_hash.h"

#define BLOCK (256 * KIB)
#define METHOD "read(2) of the mounted file system"

struct collecting {
    const struct sweep *s;
    const struct evidence_options *o;
    struct evidence_result *out;
    int dir; /* the folder */
    struct evidence_log manifest, custody;
    char *block;
    struct arena a;
};

/* ---- the source, safely again ---- */

/* Below the root and through no link: the tree may have changed since the walk. */
static int open_below(const char *root, struct str file, struct arena *a)
{
    struct str r = str_of(root);
    while (r.n > 1 && r.p[r.n - 1] == '/')
        r.n--;
    if (str_eq(file, r))
        return open(root, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOATIME);
    struct str rel = str_sub(file, r.n, file.n);
    while (rel.n && rel.p[0] == '/')
        rel = str_sub(rel, 1, rel.n);
    int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        return -1;
    const char *path = arena_str(a, rel).p;
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOATIME, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    long fd = syscall(SYS_openat2, at, path, &how, sizeof(how));
    if (fd < 0 && errno == EPERM) {
        how.flags &= ~(uint64_t)O_NOATIME;
        fd = syscall(SYS_openat2, at, path, &how, sizeof(how));
    }
    if (fd < 0 && errno == ENOSYS)
        fd = openat(at, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int error = errno;
    close(at);
    errno = error;
    return (int)fd;
}

/* ---- the copy ---- */

/* files/N/a/b: directories are made, an existing file is never opened. */
static int create_below(int dir, char *path)
{
    for (char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
        *p = 0;
        int rc = mkdirat(dir, path, 0700);
        *p = '/';
        if (rc != 0 && errno != EEXIST)
            return -1;
    }
    return openat(dir, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static char *copy_name(struct collecting *k, uint32_t asset, struct str file)
{
    struct str root = str_of(k->s->options->root[asset].path);
    struct str rel = file.n > root.n && memcmp(file.p, root.p, root.n) == 0 ? str_sub(file, root.n, file.n) : file;
    struct buf b = BUF_INIT(64 * KIB);
    struct str part;
    buf_printf(&b, "files/%u", (unsigned)asset);
    struct str_split it = str_split_init(rel, '/');
    while (str_split_next(&it, &part))
        if (part.n && !str_is(part, ".") && !str_is(part, ".."))
            buf_printf(&b, "/" STR_FMT, STR_ARG(part));
    if (b.n < 10 && str_is(buf_str(&b), arena_printf(&k->a, "files/%u", (unsigned)asset)))
        buf_adds(&b, "/file");
    char *name = arena_dup(&k->a, b.p, b.n);
    buf_release(&b);
    return name;
}

static int write_block(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t w = write(fd, p, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            return -1;
        p += w;
        n -= (size_t)w;
    }
    return 0;
}

/* Reads from to its end; to >= 0: also writes. */
static int digest(struct collecting *k, int from, int to, char hex[SCAN_HASH_HEX], uint64_t *bytes)
{
    struct scan_hash h = {0};
    size_t size;
    int rc = 0;
    *bytes = 0;
    scan_hash_begin(&h, HASH_SHA256);
    for (;;) {
        ssize_t n = pread(from, k->block, BLOCK, (off_t)*bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            rc = (int)n;
            break;
        }
        *bytes += (uint64_t)n;
        scan_hash_add(&h, k->block, (size_t)n);
        if (to >= 0 && write_block(to, k->block, (size_t)n) < 0) {
            rc = -1;
            break;
        }
    }
    scan_hash_end(&h);
    num_tohex(scan_hash_digest(&h, HASH_SHA256, &size), 32, hex);
    scan_hash_release(&h);
    return rc;
}

static void w_stat(struct json_writer *w, const char *key, const struct stat *st)
{
    const struct timespec *t[] = {&st->st_mtim, &st->st_ctim, &st->st_atim};
    static const char *const name[] = {"modified", "changed", "accessed"};
    char iso[CLOCK_ISO_SIZE];
    json_w_key(w, key);
    json_w_object(w);
    json_w_kint(w, "size", st->st_size);
    json_w_kint(w, "mode", st->st_mode & 07777);
    json_w_kint(w, "uid", st->st_uid);
    json_w_kint(w, "gid", st->st_gid);
    json_w_kint(w, "inode", (int64_t)st->st_ino);
    json_w_kint(w, "links", (int64_t)st->st_nlink);
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        clock_iso((when_t)t[i]->tv_sec * WHEN_SEC + t[i]->tv_nsec / 1000, 0, iso);
        json_w_kcstr(w, name[i], iso);
    }
    json_w_object_end(w);
}

/* The members of the object in b, without its braces. */
static struct str members(const struct buf *b)
{
    return str_sub(buf_str(b), 1, b->n - 2);
}

static void w_now(const struct collecting *k, struct json_writer *w)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(k->o->clock(), 0, iso);
    json_w_kcstr(w, "time", iso);
}

static int custody(struct collecting *k, const char *action, const char *detail, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_RECORD);
    struct json_writer w;
    struct utsname u;
    json_writer_init(&w, &b);
    json_w_object(&w);
    w_now(k, &w);
    json_w_kstr(&w, "who", k->o->who);
    json_w_kcstr(&w, "machine", uname(&u) == 0 ? u.nodename : "");
    json_w_kstr(&w, "case", k->o->case_name);
    json_w_kcstr(&w, "action", action);
    json_w_kcstr(&w, "detail", detail);
    json_w_object_end(&w);
    int rc = evidence_log_add(&k->custody, members(&b), e);
    buf_release(&b);
    return rc;
}

struct copied {
    struct stat before, after;
    char source[SCAN_HASH_HEX], copy[SCAN_HASH_HEX];
    uint64_t bytes;
    const char *error; /* NULL */
};

static void copy_bytes(struct collecting *k, int fd, int to, struct copied *c)
{
    uint64_t again;
    if (fstat(fd, &c->before) != 0 || !S_ISREG(c->before.st_mode))
        c->error = "not a regular file";
    else if (digest(k, fd, to, c->source, &c->bytes) != 0 || fsync(to) != 0 || digest(k, to, -1, c->copy, &again) != 0 || fstat(fd, &c->after) != 0)
        c->error = strerror(errno);
    else if (strcmp(c->source, c->copy) != 0)
        c->error = "the copy differs from what was read";
}

static int manifest_line(struct collecting *k, uint32_t asset, struct str file, const char *name, const struct copied *c, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_RECORD);
    struct json_writer w;
    json_writer_init(&w, &b);
    json_w_object(&w);
    w_now(k, &w);
    json_w_kstr(&w, "asset", k->s->asset[asset].name);
    json_w_kstr(&w, "path", file);
    if (!str_is_utf8(file)) { /* a name that JSON cannot hold is kept in hex, too */
        char *hex = arena_alloc(&k->a, file.n * 2 + 1);
        num_tohex((const unsigned char *)file.p, file.n, hex);
        json_w_kcstr(&w, "path_hex", hex);
    }
    json_w_kcstr(&w, "method", METHOD);
    if (c->error) {
        json_w_kcstr(&w, "error", c->error);
    } else {
        bool changed = c->before.st_size != c->after.st_size || memcmp(&c->before.st_mtim, &c->after.st_mtim, sizeof(c->before.st_mtim)) != 0;
        json_w_kcstr(&w, "copy", name);
        json_w_kint(&w, "size", (int64_t)c->bytes);
        json_w_kcstr(&w, "sha256_source", c->source);
        json_w_kcstr(&w, "sha256_copy", c->copy);
        w_stat(&w, "stat_before", &c->before);
        w_stat(&w, "stat_after", &c->after);
        json_w_kbool(&w, "changed_while_copied", changed);
        k->out->changed += changed;
    }
    json_w_object_end(&w);
    int rc = evidence_log_add(&k->manifest, members(&b), e);
    buf_release(&b);
    return rc;
}

static int copy_file(struct collecting *k, uint32_t asset, struct str file, struct err *e)
{
    struct copied c = {0};
    char *name = copy_name(k, asset, file);
    int fd = open_below(k->s->options->root[asset].path, file, &k->a);
    int to = -1;
    if (fd < 0)
        c.error = strerror(errno);
    else if ((to = create_below(k->dir, name)) < 0)
        return close(fd), err_sys(e, "cannot write the copy %s", name);
    else
        copy_bytes(k, fd, to, &c);
    if (to >= 0) {
        const struct timespec t[2] = {c.before.st_atim, c.before.st_mtim};
        (void)futimens(to, t);
        (void)fchmod(to, 0400);
        close(to);
    }
    if (to >= 0 && c.error)
        (void)unlinkat(k->dir, name, 0);
    if (fd >= 0)
        close(fd);
    if (c.error)
        k->out->failed++;
    else {
        k->out->files++;
        k->out->bytes += c.bytes;
    }
    return manifest_line(k, asset, file, name, &c, e);
}

/* ---- all of it ---- */

static int copy_all(struct collecting *k, struct err *e)
{
    struct map seen = {0};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < k->s->sighting.n; i++) {
        const struct sighting *x = &k->s->sighting.p[i];
        struct stat st;
        bool made;
        struct buf key = BUF_INIT(64 * KIB);
        buf_printf(&key, "%u " STR_FMT, (unsigned)x->asset, STR_ARG(x->file));
        map_put(&seen, buf_str(&key), &made);
        buf_release(&key);
        /* A directory with a suspicious name has no bytes of its own. */
        if (!made || (stat(arena_str(&k->a, x->file).p, &st) == 0 && S_ISDIR(st.st_mode)))
            continue;
        rc = copy_file(k, x->asset, x->file, e);
    }
    map_release(&seen);
    return rc;
}

static int tools_line(struct collecting *k, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_RECORD);
    struct json_writer w;
    json_writer_init(&w, &b);
    json_w_object(&w);
    json_w_kcstr(&w, "schema", "toban.evidence/1");
    w_now(k, &w);
    json_w_kcstr(&w, "tool", "toban " TOBAN_VERSION);
    json_w_kstr(&w, "case", k->o->case_name);
    json_w_key(&w, "packs");
    json_w_array(&w);
    for (size_t i = 0; i < k->s->options->pack_n; i++) {
        json_w_object(&w);
        json_w_kstr(&w, "name", k->s->options->pack[i]->name);
        json_w_kstr(&w, "version", k->s->options->pack[i]->version);
        json_w_object_end(&w);
    }
    json_w_array_end(&w);
    json_w_object_end(&w);
    int rc = evidence_log_add(&k->manifest, members(&b), e);
    buf_release(&b);
    return rc;
}

static int open_folder(struct collecting *k, struct err *e)
{
    const char *f = k->o->folder;
    if (mkdir(f, 0700) != 0)
        return errno == EEXIST ? err_set(e, ERR_CONFLICT, "%s is there already; evidence goes into a new folder and is never written over", f)
                               : err_sys(e, "cannot make the folder %s", f);
    k->dir = open(f, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (k->dir < 0)
        return err_sys(e, "cannot open the folder %s", f);
    k->manifest.fd = openat(k->dir, "manifest.jsonl", O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    k->custody.fd = openat(k->dir, "custody.jsonl", O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    return k->manifest.fd < 0 || k->custody.fd < 0 ? err_sys(e, "cannot write in %s", f) : 0;
}

static int report_file(struct collecting *k, char hex[65], struct err *e)
{
    int fd = openat(k->dir, "report.json", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int rc = fd < 0 || write_block(fd, k->o->report.p, k->o->report.n) < 0 ? err_sys(e, "cannot write the report into %s", k->o->folder) : 0;
    if (fd >= 0)
        close(fd);
    scan_hash_sha256(k->o->report, hex);
    return rc;
}

static int tar_entry(struct collecting *k, struct archive *a, int at, const char *name, const char *shown)
{
    struct stat st;
    int fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) != 0)
        return -1;
    struct archive_entry *en = archive_entry_new();
    archive_entry_copy_stat(en, &st);
    archive_entry_set_pathname(en, shown);
    archive_entry_set_uname(en, "");
    archive_entry_set_gname(en, "");
    int rc = archive_write_header(a, en) == ARCHIVE_OK ? 0 : -1;
    uint64_t at_byte = 0;
    while (rc == 0) {
        ssize_t n = pread(fd, k->block, BLOCK, (off_t)at_byte);
        if (n <= 0) {
            rc = (int)n;
            break;
        }
        at_byte += (uint64_t)n;
        if (archive_write_data(a, k->block, (size_t)n) != n)
            rc = -1;
    }
    archive_entry_free(en);
    close(fd);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int tar_dir(struct collecting *k, struct archive *a, int at, const char *prefix)
{
    VEC(char *) name = {0};
    DIR *d = fdopendir(dup(at));
    int rc = d ? 0 : -1;
    for (struct dirent *f; d && (f = readdir(d));)
        if (strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0)
            vec_push(&name, arena_strdup(&k->a, f->d_name));
    if (d)
        closedir(d);
    if (name.n)
        qsort(name.p, name.n, sizeof(*name.p), by_name);
    for (size_t i = 0; rc == 0 && i < name.n; i++) {
        struct stat st;
        const char *shown = *prefix ? arena_printf(&k->a, "%s/%s", prefix, name.p[i]) : name.p[i];
        if (fstatat(at, name.p[i], &st, AT_SYMLINK_NOFOLLOW) != 0) {
            rc = -1;
        } else if (S_ISDIR(st.st_mode)) {
            int sub = openat(at, name.p[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
            rc = sub < 0 ? -1 : tar_dir(k, a, sub, shown);
            if (sub >= 0)
                close(sub);
        } else {
            rc = tar_entry(k, a, at, name.p[i], shown);
        }
    }
    vec_release(&name);
    return rc;
}

static int write_seal(const struct collecting *k, struct err *e)
{
    char path[4200], line[4200];
    const char *slash = strrchr(k->out->archive, '/');
    snprintf(path, sizeof(path), "%s.sha256", k->out->archive);
    int n = snprintf(line, sizeof(line), "%s  %s\n", k->out->seal, slash ? slash + 1 : k->out->archive);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int rc = fd < 0 || write_block(fd, line, (size_t)n) < 0 ? err_sys(e, "cannot write %s", path) : 0;
    if (fd >= 0)
        close(fd);
    return rc;
}

static int seal(struct collecting *k, struct err *e)
{
    struct str f = str_of(k->o->folder);
    uint64_t bytes;
    while (f.n > 1 && f.p[f.n - 1] == '/')
        f.n--;
    if (snprintf(k->out->archive, sizeof(k->out->archive) - 16, STR_FMT ".tar", STR_ARG(f)) >= (int)sizeof(k->out->archive) - 16)
        return err_set(e, ERR_USAGE, "the file name %s is too long", k->o->folder);
    int fd = open(k->out->archive, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_sys(e, "cannot write %s", k->out->archive);
    struct archive *a = archive_write_new();
    archive_write_set_format_pax_restricted(a);
    int rc = archive_write_open_fd(a, fd) == ARCHIVE_OK ? tar_dir(k, a, k->dir, "") : -1;
    if (archive_write_close(a) != ARCHIVE_OK)
        rc = -1;
    archive_write_free(a);
    if (rc == 0)
        rc = fsync(fd) == 0 ? digest(k, fd, -1, k->out->seal, &bytes) : -1;
    close(fd);
    return rc ? err_sys(e, "cannot write %s", k->out->archive) : write_seal(k, e);
}

int evidence_collect(const struct sweep *s, const struct evidence_options *o, struct evidence_result *out, struct err *e)
{
    struct collecting k = {.s = s, .o = o, .out = out, .dir = -1, .manifest.fd = -1, .custody.fd = -1};
    char report[65];
    *out = (struct evidence_result){0};
    int rc = open_folder(&k, e);
    k.block = mem_alloc(BLOCK);
    if (rc == 0)
        rc = custody(&k, "begin", "collection of files that carry findings", e);
    if (rc == 0)
        rc = tools_line(&k, e);
    if (rc == 0)
        rc = copy_all(&k, e);
    if (rc == 0)
        rc = report_file(&k, report, e);
    if (rc == 0)
        rc = custody(&k, "seal", arena_printf(&k.a, "manifest %s report %s files %zu failed %zu", k.manifest.prev, report, out->files, out->failed), e);
    memcpy(out->manifest, k.manifest.prev, sizeof(out->manifest));
    if (rc == 0)
        rc = seal(&k, e);
    if (k.manifest.fd >= 0)
        close(k.manifest.fd);
    if (k.custody.fd >= 0)
        close(k.custody.fd);
    if (k.dir >= 0)
        close(k.dir);
    free(k.block);
    arena_release(&k.a);
    return rc;
}
