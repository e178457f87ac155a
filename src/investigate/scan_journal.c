#include "investigate/scan_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "codec/json.h"
#include "investigate/scan_in.h"

#define SUM 16 /* hex digits */
#define KEY 32
#define SCHEMA "toban.resume/1"

struct scan_journal {
    int fd;
    struct map at; /* key → where its last line begins */
    uint64_t end;
    struct stat st;
    pthread_mutex_t lock;
    struct sweep_options const *o;
    atomic_ullong taken, bytes;
    atomic_bool failed;
};

/* ---- lines ---- */

static void key_of(uint32_t asset, const char *path, char hex[KEY + 1])
{
    char full[SCAN_HASH_HEX];
    struct buf b = BUF_INIT(128 * KIB);
    buf_printf(&b, "%u ", (unsigned)asset);
    buf_adds(&b, path);
    scan_hash_sha256(buf_str(&b), full);
    memcpy(hex, full, KEY);
    hex[KEY] = '\0';
    buf_release(&b);
}

/* "SUM KEY JSON" without its end; what is behind SUM is what is summed. */
static bool line_ok(struct str line, struct str *key, struct str *json)
{
    char full[SCAN_HASH_HEX];
    if (line.n < SUM + 1 + KEY + 1 + 2 || line.p[SUM] != ' ' || line.p[SUM + 1 + KEY] != ' ')
        return false;
    scan_hash_sha256(str_sub(line, SUM + 1, line.n), full);
    *key = str_sub(line, SUM + 1, KEY);
    *json = str_sub(line, SUM + 1 + KEY + 1, line.n);
    return memcmp(full, line.p, SUM) == 0;
}

/* The line that begins at *at; moves behind it. False at the end, and for a last line without an end. */
static bool next_line(int fd, uint64_t *at, struct buf *b)
{
    size_t seen = 0;
    buf_clear(b);
    for (;;) {
        const char *lf = b->n > seen ? memchr(b->p + seen, '\n', b->n - seen) : NULL;
        if (lf) {
            b->n = (size_t)(lf - b->p);
            *at += b->n + 1;
            return true;
        }
        seen = b->n;
        size_t room = MIN((size_t)(seen < 64 * KIB ? 4 * KIB : 256 * KIB), b->max - b->n);
        if (!room || !buf_reserve(b, room))
            return false;
        ssize_t n = pread(fd, b->p + b->n, room, (off_t)(*at + b->n));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        b->n += (size_t)n;
    }
}

static bool append(struct scan_journal *j, const char key[KEY], struct str json)
{
    char full[SCAN_HASH_HEX];
    struct buf b = BUF_INIT(LIMIT_JOURNAL_LINE);
    buf_printf(&b, "%*s %.*s ", SUM, "", KEY, key);
    buf_add_str(&b, json);
    bool ok = !buf_full(&b);
    if (ok) {
        scan_hash_sha256(str_sub(buf_str(&b), SUM + 1, b.n), full);
        memcpy(b.p, full, SUM);
        ok = buf_addc(&b, '\n');
    }
    pthread_mutex_lock(&j->lock);
    for (size_t done = 0; ok && done < b.n;) {
        ssize_t n = pwrite(j->fd, b.p + done, b.n - done, (off_t)(j->end + done));
        if (n < 0 && errno == EINTR)
            continue;
        ok = n > 0;
        done += n > 0 ? (size_t)n : 0;
    }
    if (ok)
        j->end += b.n; /* else the next line is written over the torn one */
    pthread_mutex_unlock(&j->lock);
    buf_release(&b);
    return ok;
}

/* ---- whose journal it is ---- */

static void w_digest(struct json_writer *w, const char *key, struct str text)
{
    char hex[SCAN_HASH_HEX];
    scan_hash_sha256(text, hex);
    json_w_kcstr(w, key, hex);
}

/* Four members, in this order: the message says which differs. */
static const char *const parts[] = {"packs", "roots", "options", "layout"};

static void identity(const struct sweep *s, struct buf *out)
{
    const struct sweep_options *o = s->options;
    struct buf part[4];
    struct json_writer w;
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        part[i] = BUF_INIT(16 * MIB);
    for (size_t i = 0; i < o->pack_n; i++)
        buf_printf(&part[0], STR_FMT " %zu expired\n", STR_ARG(o->pack[i]->digest), o->pack[i]->note_count[PACK_EXPIRED]);
    for (size_t i = 0; i < o->root_n; i++)
        buf_printf(&part[1], "%s\n%c\n%s\n", o->root[i].path, o->root[i].drive ? o->root[i].drive : '-', o->root[i].folder ? o->root[i].folder : "");
    buf_printf(&part[2], "zone %d yara %d baseline %s tool %s", o->zone_s, o->yara_s, o->baseline ? baseline_digest(o->baseline) : "", TOBAN_VERSION);
    for (size_t i = 0; i < s->place_n; i++)
        buf_printf(&part[3], "%s\n" STR_FMT "\n" STR_FMT "\n", s->place[i].kind, STR_ARG(s->place[i].windows), STR_ARG(s->place[i].path));
    json_writer_init(&w, out);
    json_w_object(&w);
    json_w_kcstr(&w, "schema", SCHEMA);
    for (size_t i = 0; i < ARRAY_LEN(part); i++) {
        w_digest(&w, parts[i], buf_str(&part[i]));
        buf_release(&part[i]);
    }
    json_w_object_end(&w);
}

static int differs(const char *path, const char *part, struct err *e)
{
    if (strcmp(part, "packs") == 0)
        return err_set(e, ERR_CONFLICT, "%s was begun with other packs, or they have changed: give the same packs, or another file to --resume", path);
    if (strcmp(part, "roots") == 0)
        return err_set(e, ERR_CONFLICT, "%s was begun for other paths: give the same paths, or another file to --resume", path);
    if (strcmp(part, "layout") == 0)
        return err_set(e, ERR_CONFLICT, "%s was begun when Exchange or IIS were found in other places: give another file to --resume", path);
    return err_set(e, ERR_CONFLICT, "%s was begun with other options, another baseline or another version: give the same, or another file to --resume", path);
}

static int check_head(const char *path, struct str have, struct str want, struct err *e)
{
    struct arena a = {0};
    struct str key, json;
    const struct json *h = NULL, *w = json_parse(&a, want, NULL);
    int rc = 0;
    if (line_ok(have, &key, &json))
        h = json_parse(&a, json, NULL);
    if (!h || !str_is(json_get_str(h, "schema"), SCHEMA))
        rc = err_set(e, ERR_CONFLICT, "%s is there already and is no journal of a sweep; give another file to --resume", path);
    for (size_t i = 0; rc == 0 && i < ARRAY_LEN(parts); i++)
        if (!str_eq(json_get_str(h, parts[i]), json_get_str(w, parts[i])))
            rc = differs(path, parts[i], e);
    arena_release(&a);
    return rc;
}

/* ---- opening ---- */

static void load(struct scan_journal *j, uint64_t at)
{
    struct buf b = BUF_INIT(LIMIT_JOURNAL_LINE);
    struct str key, json;
    uint64_t begin = at;
    while (next_line(j->fd, &at, &b)) {
        if (line_ok(buf_str(&b), &key, &json))
            *map_put(&j->at, key, NULL) = begin;
        begin = at;
    }
    j->end = begin; /* what is behind is torn */
    buf_release(&b);
}

static int begin_or_go_on(struct scan_journal *j, const char *path, const struct sweep *s, struct err *e)
{
    static const char zero[KEY + 1] = "00000000000000000000000000000000";
    struct buf want = BUF_INIT(64 * KIB), have = BUF_INIT(LIMIT_JOURNAL_LINE);
    uint64_t at = 0;
    int rc = 0;
    identity(s, &want);
    if (next_line(j->fd, &at, &have)) {
        rc = check_head(path, buf_str(&have), buf_str(&want), e);
        if (rc == 0)
            load(j, at);
        if (rc == 0 && ftruncate(j->fd, (off_t)j->end) != 0)
            rc = err_sys(e, "cannot write %s", path);
    } else if (have.n && (have.n < SUM || have.n > 64 * KIB)) /* not even a torn first line of ours */
        rc = err_set(e, ERR_CONFLICT, "%s is there already and is no journal of a sweep; give another file to --resume", path);
    else if (ftruncate(j->fd, 0) != 0 || !append(j, zero, buf_str(&want)))
        rc = err_sys(e, "cannot write %s", path);
    buf_release(&want);
    buf_release(&have);
    return rc;
}

int scan_journal_open(struct scan_journal **out, const char *path, const struct sweep *s, struct err *e)
{
    int rc = 0;
    *out = NULL;
    struct scan_journal *j = mem_zalloc(sizeof(*j));
    j->o = s->options;
    pthread_mutex_init(&j->lock, NULL);
    j->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (j->fd < 0 || fstat(j->fd, &j->st) != 0)
        rc = err_sys(e, "cannot open %s", path);
    else if (!S_ISREG(j->st.st_mode))
        rc = err_set(e, ERR_USAGE, "%s is no file", path);
    else if (flock(j->fd, LOCK_EX | LOCK_NB) != 0)
        rc = err_set(e, ERR_CONFLICT, "another sweep is writing %s", path);
    if (rc == 0)
        rc = begin_or_go_on(j, path, s, e);
    if (rc)
        scan_journal_free(j);
    else
        *out = j;
    return rc;
}

void scan_journal_free(struct scan_journal *j)
{
    if (!j)
        return;
    if (j->fd >= 0) {
        (void)fdatasync(j->fd);
        close(j->fd);
    }
    map_release(&j->at);
    pthread_mutex_destroy(&j->lock);
    free(j);
}

bool scan_journal_is(const struct scan_journal *j, const struct stat *st)
{
    return j && st->st_dev == j->st.st_dev && st->st_ino == j->st.st_ino;
}

uint64_t scan_journal_taken(const struct scan_journal *j)
{
    return j ? atomic_load(&j->taken) : 0;
}

bool scan_journal_failed(const struct scan_journal *j)
{
    return j && atomic_load(&j->failed);
}

/* ---- a file ---- */

bool scan_journal_take(struct scan_journal *j, struct scan_worker *w, const struct scan_job *job)
{
    char key[KEY + 1];
    struct str k, json;
    uint64_t charged = 0;
    key_of(job->asset, job->path, key);
    const uint64_t *found = map_get(&j->at, str_of(key));
    if (!found)
        return false;
    struct buf b = BUF_INIT(LIMIT_JOURNAL_LINE);
    uint64_t at = *found;
    bool ok = next_line(j->fd, &at, &b) && line_ok(buf_str(&b), &k, &json) && scan_journal_read(json, job, w, &charged);
    buf_release(&b);
    if (ok) {
        atomic_fetch_add(&j->taken, 1);
        w->taken_bytes += charged;
    }
    return ok;
}

void scan_journal_begin(struct scan_journal *j, struct scan_worker *w, uint32_t asset)
{
    (void)j;
    w->kept = (struct scan_learnt){w->cover, w->hosts, w->clocks, w->newest};
    w->kept_stock = w->stock;
    w->kept_beyond = w->beyond;
    w->kept_first = w->sighting.n;
    w->kept_charged = scan_charged();
    if (!w->fresh.cover) {
        size_t n = w->sh->sweep->asset_n;
        w->fresh = (struct scan_learnt){mem_zalloc(n * sizeof(struct coverage)), mem_zalloc(n * sizeof(struct map)), mem_zalloc(n * sizeof(struct map)),
                                        mem_zalloc(n * sizeof(when_t))};
    }
    w->fresh.newest[asset] = 0;
    w->cover = w->fresh.cover;
    w->hosts = w->fresh.hosts;
    w->clocks = w->fresh.clocks;
    w->newest = w->fresh.newest;
}

static void release(struct scan_learnt *f, uint32_t asset)
{
    coverage_release(&f->cover[asset]);
    map_release(&f->hosts[asset]);
    map_release(&f->clocks[asset]);
    f->cover[asset] = (struct coverage){0};
    f->hosts[asset] = f->clocks[asset] = (struct map){0};
}

void scan_journal_end(struct scan_journal *j, struct scan_worker *w, const struct scan_job *job)
{
    uint32_t a = job->asset;
    const struct scan_journal_file f = {.path = job->path,
                                        .st = &job->st,
                                        .asset = a,
                                        .sighting = w->sighting.p + w->kept_first,
                                        .sighting_n = w->sighting.n - w->kept_first,
                                        .cover = &w->cover[a],
                                        .hosts = &w->hosts[a],
                                        .clocks = &w->clocks[a],
                                        .newest = w->newest[a],
                                        .charged = scan_charged() - w->kept_charged,
                                        .stock = w->stock - w->kept_stock,
                                        .beyond = w->beyond - w->kept_beyond};
    if (!scan_stopped(w->sh)) {
        char key[KEY + 1];
        struct buf b = BUF_INIT(LIMIT_JOURNAL_LINE);
        key_of(a, job->path, key);
        scan_journal_write(&f, j->o, &b);
        if (!buf_full(&b) && !append(j, key, buf_str(&b)))
            atomic_store(&j->failed, true);
        buf_release(&b);
    }
    coverage_add(&w->kept.cover[a], &w->cover[a]);
    scan_merge_map(&w->kept.hosts[a], &w->hosts[a]);
    scan_merge_map(&w->kept.clocks[a], &w->clocks[a]);
    w->kept.newest[a] = MAX(w->kept.newest[a], w->newest[a]);
    release(&w->fresh, a);
    w->cover = w->kept.cover;
    w->hosts = w->kept.hosts;
    w->clocks = w->kept.clocks;
    w->newest = w->kept.newest;
}
