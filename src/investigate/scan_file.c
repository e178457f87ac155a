#include "investigate/scan_in.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "codec/stream.h"
#include "investigate/evidence.h"

static struct str last_part(struct str path)
{
    size_t i = path.n;
    while (i && path.p[i - 1] != '/')
        i--;
    return str_sub(path, i, path.n);
}

static struct str extension(struct str name)
{
    for (size_t i = name.n; i; i--)
        if (name.p[i - 1] == '.')
            return str_sub(name, i, name.n);
    return (struct str){"", 0};
}

/* ---- conditions over one file ---- */

struct file_subject {
    const struct scan_item *it;
    char size[24], hex[SCAN_HASH_KINDS][SCAN_HASH_HEX];
};

static int digest_field(const struct file_subject *f, enum hash_kind k, size_t at, struct str *out)
{
    if (!f->hex[at][0])
        return -1;
    (void)k;
    out[0] = str_of(f->hex[at]);
    return 1;
}

static int file_field(const void *ctx, struct str name, struct str *out, int max)
{
    const struct file_subject *f = ctx;
    struct str path = f->it->normal;
    (void)max;
    if (str_is(name, "file.name"))
        out[0] = last_part(path);
    else if (str_is(name, "file.path"))
        out[0] = path;
    else if (str_is(name, "file.directory"))
        out[0] = str_sub(path, 0, path.n - last_part(path).n - (path.n > last_part(path).n));
    else if (str_is(name, "file.extension"))
        out[0] = extension(last_part(path));
    else if (str_is(name, "file.size"))
        out[0] = str_of(f->size);
    else if (str_is(name, "file.md5"))
        return digest_field(f, HASH_MD5, 0, out);
    else if (str_is(name, "file.sha1"))
        return digest_field(f, HASH_SHA1, 1, out);
    else if (str_is(name, "file.sha256"))
        return digest_field(f, HASH_SHA256, 2, out);
    else
        return -1;
    return 1;
}

static int on_hit(void *ctx, const struct pack_hit *h)
{
    scan_sight(ctx, h, NULL, NULL);
    return 0;
}

static void conditions(struct scan_item *it)
{
    static const enum hash_kind kind[] = {HASH_MD5, HASH_SHA1, HASH_SHA256};
    struct file_subject f = {.it = it};
    size_t n, unknown = 0;
    if (!pack_eval_files(it->w->sh->eval))
        return;
    snprintf(f.size, sizeof(f.size), "%llu", (unsigned long long)it->size);
    for (size_t i = 0; it->hashed && i < ARRAY_LEN(kind); i++) {
        const unsigned char *d = scan_hash_digest(&it->w->hash, kind[i], &n);
        if (d)
            num_tohex(d, n, f.hex[i]);
    }
    struct pack_subject s = {.ctx = &f, .field = file_field, .scratch = &it->w->scratch_a};
    pack_eval_file(it->w->sh->eval, &s, &(struct pack_sink){it, on_hit}, &unknown);
}

/* ---- bytes ---- */

struct content {
    struct scan_item *it;
    VEC(uint32_t) id;
};

static int on_content(void *ctx, const uint32_t *ids, size_t n, uint64_t end)
{
    struct content *c = ctx;
    (void)end;
    for (size_t i = 0; i < n; i++)
        vec_push(&c->id, ids[i]);
    return 0;
}

/* A candidate of a literal is the thing itself; of an expression the file's beginning must fit it. */
static void settle(struct scan_item *it, const struct content *c, struct str head)
{
    for (size_t i = 0; i < c->id.n; i++) {
        struct pack_hit h = pack_eval_at(it->w->sh->eval, c->id.p[i]);
        if (h.indicator->form == PATTERN_REGEX && !pack_eval_check_bytes(it->w->sh->eval, c->id.p[i], head, (struct str){"", 0}, &h))
            continue;
        h.found = h.indicator->value;
        scan_sight(it, &h, NULL, NULL);
    }
}

/* Hashes and contents in one read. False when reading failed. */
static bool pass(struct scan_item *it, int fd, unsigned kinds, bool contents)
{
    struct scan_worker *w = it->w;
    struct scan_shared *sh = w->sh;
    struct content c = {.it = it};
    struct scan_stream t = {0};
    struct buf head = BUF_INIT(4 * MIB); /* what an expression is held against */
    bool ok = true, rest = false;
    size_t rest_n;
    uint64_t at = 0;
    scan_match_rest(sh->file, &rest_n);
    rest = contents && rest_n > 0;
    scan_hash_begin(&w->hash, kinds);
    if (contents)
        scan_stream_begin(&t, sh->file, w->scratch, on_content, &c);
    while (!scan_stopped(sh)) {
        ssize_t n = pread(fd, w->block, SCAN_BLOCK, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            ok = n == 0;
            break;
        }
        at += (uint64_t)n;
        scan_charge(sh, (uint64_t)n);
        w->cover[it->asset].bytes += (uint64_t)n;
        scan_hash_add(&w->hash, w->block, (size_t)n);
        if (contents) {
            scan_stream_add(&t, str_n(w->block, (size_t)n));
            buf_add(&head, w->block, MIN((size_t)n, head.max - head.n));
        }
    }
    scan_hash_end(&w->hash);
    if (contents) {
        scan_stream_end(&t);
        const uint32_t *ids = scan_match_rest(sh->file, &rest_n);
        for (size_t i = 0; rest && i < rest_n; i++)
            vec_push(&c.id, ids[i]);
        settle(it, &c, buf_str(&head));
    }
    if (!ok)
        coverage_skip(&w->cover[it->asset], str_of(it->path), SCAN_SKIP_UNREADABLE, errno);
    it->hashed = ok && !scan_stopped(sh) && kinds;
    it->size = MAX(it->size, at);
    vec_release(&c.id);
    buf_release(&head);
    return ok;
}

/* The unpacked bytes of a gzip or zstd file, for contents alone. */
static void pass_packed(struct scan_item *it, int fd)
{
    struct scan_worker *w = it->w;
    struct content c = {.it = it};
    struct scan_stream t;
    struct stream *s;
    struct err e = {0};
    struct buf head = BUF_INIT(4 * MIB);
    size_t n = 0;
    if (lseek(fd, 0, SEEK_SET) < 0 || stream_open_fd(&s, it->path, dup(fd), LIMIT_INFLATED, &e) < 0)
        return;
    scan_stream_begin(&t, w->sh->file, w->scratch, on_content, &c);
    int rc = 0;
    while (!scan_stopped(w->sh) && (rc = stream_read(s, w->block, SCAN_BLOCK, &n, &e)) == 0 && n) {
        scan_stream_add(&t, str_n(w->block, n));
        buf_add(&head, w->block, MIN(n, head.max - head.n));
    }
    scan_stream_end(&t);
    settle(it, &c, buf_str(&head));
    if (rc < 0)
        coverage_skip(&w->cover[it->asset], str_of(it->path), SCAN_SKIP_PACKED, 0);
    stream_free(s);
    vec_release(&c.id);
    buf_release(&head);
}

static void hashes(struct scan_item *it)
{
    static const enum hash_kind kind[] = {HASH_MD5, HASH_SHA1, HASH_SHA256};
    size_t n;
    for (size_t i = 0; it->hashed && i < ARRAY_LEN(kind); i++) {
        const unsigned char *d = scan_hash_digest(&it->w->hash, kind[i], &n);
        if (d)
            pack_eval_hash(it->w->sh->eval, kind[i], d, &(struct pack_sink){it, on_hit});
    }
}

/* ---- the vendor's own files ---- */

static bool by_name(const struct sighting *s)
{
    return !s->kind && (s->indicator->kind == INDICATOR_PATH || s->indicator->kind == INDICATOR_FILE || s->indicator->kind == INDICATOR_CONTENT);
}

static void stock(struct scan_item *it)
{
    struct scan_worker *w = it->w;
    size_t n, to = it->first;
    const unsigned char *d = it->hashed ? scan_hash_digest(&w->hash, HASH_SHA256, &n) : NULL;
    if (!w->sh->o->baseline || !d || w->sighting.n == it->first)
        return;
    enum baseline_answer a = baseline_ask(w->sh->o->baseline, it->normal, d);
    for (size_t i = it->first; i < w->sighting.n; i++) {
        struct sighting *s = &w->sighting.p[i];
        if (a == BASELINE_STOCK && by_name(s)) {
            w->stock++;
            continue;
        }
        if (a == BASELINE_CHANGED && by_name(s))
            s->note = str_of(tr("the vendor installs a file here, but with other contents in every known build"));
        w->sighting.p[to++] = *s;
    }
    w->sighting.n = to;
}

/* ---- YARA ---- */

struct yara_ctx {
    struct scan_item *it;
    const struct pack *pack;
};

static void on_yara(void *ctx, const struct pack_yara_hit *y)
{
    const struct yara_ctx *c = ctx;
    struct pack_hit h = {.pack = c->pack, .indicator = y->indicator, .check = &c->pack->check[y->indicator->check], .found = y->indicator->value};
    scan_sight(c->it, &h, NULL, NULL);
}

/* The rules of our own packs are about files; of a log they would judge what it quotes. Other rules may be about logs. */
static void yara(struct scan_item *it, int fd, bool log)
{
    const struct sweep_options *o = it->w->sh->o;
    struct str name = last_part(it->normal);
    struct pack_yara_file f = {.path = str_of(it->path), .name = name, .extension = extension(name)};
    for (size_t i = 0; i < o->pack_n; i++) {
        struct err e = {0};
        struct yara_ctx c = {it, o->pack[i]};
        if (!pack_yara_has(o->pack[i]) || (log && strcmp(o->pack[i]->format, "toban") == 0))
            continue;
        int rc = pack_yara_host_scan(it->w->yara, i, fd, LIMIT_SWEEP_YARA, &f, o->yara_s ? o->yara_s : 60, on_yara, &c, &e);
        if (rc < 0 && rc != ERR_CONFLICT)
            coverage_skip(&it->w->cover[it->asset], str_of(it->path),
                          rc == ERR_INTERNAL                ? SCAN_SKIP_YARA
                          : rc != ERR_LIMIT                 ? SCAN_SKIP_UNREADABLE
                          : it->size > LIMIT_SWEEP_YARA ? SCAN_SKIP_LIMIT
                                                            : SCAN_SKIP_TIMEOUT,
                          0);
    }
}

/* ---- all of it ---- */

static bool is_packed(struct str head)
{
    return str_starts(head, "\x1f\x8b") || str_starts(head, "\x28\xb5\x2f\xfd");
}

/* A log quotes what the attacker sent: its bytes are no web shell. Its lines are judged as lines. */
static bool is_log(const struct trace_kind *k)
{
    return k && strcmp(k->name, "text") != 0 && strcmp(k->name, "plain") != 0;
}

/* A report of ours quotes what was found: its lines are no new traces. */
static bool is_report(struct str head)
{
    return str_find(str_sub(head, 0, 120), STR_LIT("\"toban.resume/")) != STR_NONE || str_starts(head, "{\"schema\":\"toban.investigate/") || str_starts(head, "{\n  \"schema\": \"toban.investigate/");
}

static struct str packed_head(struct scan_item *it, int fd, char *out)
{
    struct stream *s;
    struct err e = {0};
    size_t got = 0, n = 0;
    if (lseek(fd, 0, SEEK_SET) < 0 || stream_open_fd(&s, it->path, dup(fd), LIMIT_INFLATED, &e) < 0)
        return (struct str){"", 0};
    while (got < TRACE_HEAD && stream_read(s, out + got, TRACE_HEAD - got, &n, &e) == 0 && n)
        got += n;
    stream_free(s);
    return str_n(out, got);
}

static void unpack_archive(struct scan_item *it, int fd)
{
    int inner = scan_archive_unpack(it, fd);
    if (inner < 0)
        return;
    it->nest++;
    scan_archive(it, inner);
    it->nest--;
    close(inner);
}

void scan_file(struct scan_item *it, int fd)
{
    struct scan_worker *w = it->w;
    struct scan_shared *sh = w->sh;
    char *head_p = mem_alloc(TRACE_HEAD);
    ssize_t n = pread(fd, head_p, TRACE_HEAD, 0);
    if (n < 0) {
        coverage_skip(&w->cover[it->asset], str_of(it->path), SCAN_SKIP_UNREADABLE, errno);
        free(head_p);
        return;
    }
    struct str head = str_n(head_p, (size_t)n);
    bool packed = is_packed(head);
    if (packed)
        head = packed_head(it, fd, head_p);
    if (!packed && evidence_is_archive(fd, head)) {
        coverage_skip(&w->cover[it->asset], str_of(it->path), SCAN_SKIP_OWN, 0);
        free(head_p);
        return;
    }
    const struct trace_kind *k = trace_sniff(head, last_part(it->normal));
    bool archive = scan_archive_is(head), log = is_log(k);
    bool contents = scan_match_count(sh->file) > 0;
    unsigned kinds = sh->hash_kinds;
    if (sh->o->baseline && w->sighting.n > it->first)
        kinds |= HASH_SHA256; /* its name is suspicious: is it the vendor's? */
    if (kinds || (contents && !log && !packed))
        pass(it, fd, kinds, contents && !log && !packed);
    if (packed && contents && !log)
        pass_packed(it, fd);
    hashes(it);
    conditions(it);
    stock(it);
    if (sh->yara)
        yara(it, fd, log);
    if (archive && packed)
        unpack_archive(it, fd);
    else if (archive)
        scan_archive(it, fd);
    else if (is_report(head))
        coverage_skip(&w->cover[it->asset], str_of(it->path), SCAN_SKIP_OWN, 0);
    else if (scan_hive_is(head) && !packed && pack_eval_registries(sh->eval))
        scan_hive(it, fd);
    else if (k)
        scan_trace(it, k, fd, packed);
    free(head_p);
}
