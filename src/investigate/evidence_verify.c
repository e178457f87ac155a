#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/json.h"
#include "codec/stream.h"
#include "investigate/evidence.h"
#include "investigate/scan_hash.h"

struct verifying {
    struct map file; /* name in the archive → index in hex */
    VEC(char *) hex;
    struct buf manifest, custody;
    char report[65];
    bool have_report;
    struct arena a;
    void (*say)(void *ctx, const char *text);
    void *ctx;
    size_t bad, files;
};

static void wrong(struct verifying *v, const char *text)
{
    v->bad++;
    v->say(v->ctx, text);
}

static int read_member(struct verifying *v, struct archive *a, const char *name, struct err *e)
{
    char block[16 * 1024];
    struct scan_hash h = {0};
    struct buf *keep = strcmp(name, "manifest.jsonl") == 0 ? &v->manifest : strcmp(name, "custody.jsonl") == 0 ? &v->custody : NULL;
    la_ssize_t n;
    size_t size;
    scan_hash_begin(&h, HASH_SHA256);
    while ((n = archive_read_data(a, block, sizeof(block))) > 0) {
        scan_hash_add(&h, block, (size_t)n);
        if (keep)
            buf_add(keep, block, (size_t)n);
    }
    scan_hash_end(&h);
    char *hex = arena_alloc(&v->a, SCAN_HASH_HEX);
    num_tohex(scan_hash_digest(&h, HASH_SHA256, &size), 32, hex);
    scan_hash_release(&h);
    if (n < 0)
        return err_set(e, ERR_INPUT, "the archive breaks off or is damaged at %s", name);
    if (strcmp(name, "report.json") == 0) {
        memcpy(v->report, hex, SCAN_HASH_HEX);
        v->have_report = true;
    }
    if (strncmp(name, "files/", 6) == 0) {
        *map_put(&v->file, str_of(name), NULL) = v->hex.n;
        vec_push(&v->hex, hex);
        v->files++;
    } else if (!keep && strcmp(name, "report.json") != 0)
        wrong(v, arena_printf(&v->a, tr("%s does not belong to the evidence"), name));
    return 0;
}

static int read_archive(struct verifying *v, const char *path, struct err *e)
{
    struct archive *a = archive_read_new();
    struct archive_entry *en;
    int rc = 0, r = ARCHIVE_OK;
    archive_read_support_format_tar(a);
    archive_read_support_filter_none(a);
    if (archive_read_open_filename(a, path, 64 * KIB) != ARCHIVE_OK)
        rc = err_set(e, ERR_INPUT, "%s cannot be read as a sealed archive: %s", path, archive_error_string(a));
    while (rc == 0 && (r = archive_read_next_header(a, &en)) == ARCHIVE_OK)
        if (archive_entry_filetype(en) == AE_IFREG)
            rc = read_member(v, a, archive_entry_pathname(en) ? archive_entry_pathname(en) : "", e);
    if (rc == 0 && r != ARCHIVE_EOF)
        rc = err_set(e, ERR_INPUT, "%s cannot be read as a sealed archive: %s", path, archive_error_string(a));
    archive_read_free(a);
    return rc;
}

static void check_copies(struct verifying *v)
{
    struct str rest = buf_str(&v->manifest), line;
    struct arena a = {0};
    size_t listed = 0;
    while (str_line_next(&rest, &line)) {
        arena_clear(&a);
        const struct json *m = json_parse(&a, line, NULL);
        struct str copy = json_get_str(m, "copy");
        if (!copy.n)
            continue;
        listed++;
        const uint64_t *at = map_get(&v->file, copy);
        if (!at)
            wrong(v, arena_printf(&v->a, tr("%.*s is in the manifest and not in the archive"), STR_ARG(copy)));
        else if (!str_is(json_get_str(m, "sha256_copy"), v->hex.p[*at]))
            wrong(v, arena_printf(&v->a, tr("%.*s is not what was collected: its SHA-256 is %s"), STR_ARG(copy), v->hex.p[*at]));
    }
    if (listed < v->files)
        wrong(v, arena_printf(&v->a, tr("%zu files are in the archive and not in the manifest"), v->files - listed));
    arena_release(&a);
}

static struct str last_line(struct str text)
{
    struct str line, last = {"", 0};
    while (str_line_next(&text, &line))
        if (line.n)
            last = line;
    return last;
}

static void check_logs(struct verifying *v)
{
    char manifest[65], custody[65];
    size_t bad;
    if (!evidence_log_check(buf_str(&v->manifest), manifest, &bad))
        wrong(v, arena_printf(&v->a, tr("the manifest's chain of hashes is broken at line %zu"), bad));
    if (!evidence_log_check(buf_str(&v->custody), custody, &bad))
        wrong(v, arena_printf(&v->a, tr("the custody log's chain of hashes is broken at line %zu"), bad));
    const struct json *sealed = json_parse(&v->a, last_line(buf_str(&v->custody)), NULL);
    struct str detail = json_get_str(sealed, "detail");
    if (!str_is(json_get_str(sealed, "action"), "seal")) {
        wrong(v, tr("the custody log does not end with the seal"));
        return;
    }
    if (str_find(detail, str_of(manifest)) == STR_NONE)
        wrong(v, tr("the seal is of another manifest"));
    if (!v->have_report || str_find(detail, str_of(v->report)) == STR_NONE)
        wrong(v, tr("the report is missing or is not the one that was sealed"));
}

static void check_seal(struct verifying *v, const char *archive)
{
    struct scan_hash h = {0};
    char block[16 * 1024];
    char hex[SCAN_HASH_HEX];
    struct buf b = BUF_INIT(64 * KIB);
    size_t n, size;
    char *seal = arena_printf(&v->a, "%s.sha256", archive);
    if (stream_slurp(seal, &b, NULL) < 0) {
        v->say(v->ctx, tr("there is no .sha256 file beside the archive: compare its hash with your record"));
        buf_release(&b);
        return;
    }
    FILE *f = fopen(archive, "rbe");
    scan_hash_begin(&h, HASH_SHA256);
    while (f && (n = fread(block, 1, sizeof(block), f)) > 0)
        scan_hash_add(&h, block, n);
    if (f)
        fclose(f);
    scan_hash_end(&h);
    num_tohex(scan_hash_digest(&h, HASH_SHA256, &size), 32, hex);
    scan_hash_release(&h);
    if (!str_starts(buf_str(&b), hex))
        wrong(v, arena_printf(&v->a, tr("the archive's SHA-256 is %s, not the one in %s"), hex, seal));
    buf_release(&b);
}

static int verify(const char *archive, size_t max, void (*say)(void *ctx, const char *text), void *ctx, size_t *files, struct err *e)
{
    struct verifying v = {.say = say, .ctx = ctx, .manifest = BUF_INIT(max), .custody = BUF_INIT(max)};
    int rc = read_archive(&v, archive, e);
    if (rc == 0) {
        check_seal(&v, archive);
        check_logs(&v);
        check_copies(&v);
        if (v.bad)
            rc = err_set(e, ERR_INPUT, "%s is not whole: %zu faults", archive, v.bad);
    }
    *files = v.files;
    map_release(&v.file);
    vec_release(&v.hex);
    buf_release(&v.manifest);
    buf_release(&v.custody);
    arena_release(&v.a);
    return rc;
}

int evidence_verify(const char *archive, void (*say)(void *ctx, const char *text), void *ctx, size_t *files, struct err *e)
{
    return verify(archive, LIMIT_FILE_WHOLE, say, ctx, files, e);
}

/* ---- our own among what is examined ---- */

static void unsaid(void *ctx, const char *text)
{
    (void)ctx;
    (void)text;
}

bool evidence_is_archive(int fd, struct str head)
{
    char link[32];
    size_t files;
    /* The custody log comes first in what we seal. */
    if (head.n < 512 || !str_starts(head, "custody.jsonl") || head.p[strlen("custody.jsonl")] != '\0')
        return false;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    return verify(link, 32 * MIB, unsaid, NULL, &files, NULL) == 0;
}
