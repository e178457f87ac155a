#include "investigate/scan_in.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "codec/stream.h"
#include "investigate/packs/pack_path.h"

bool scan_archive_is(struct str head)
{
    return str_starts(head, "PK\x03\x04") || (head.n > 262 && memcmp(head.p + 257, "ustar", 5) == 0);
}

/* Beside what is examined, never in it; gone when closed. */
static int temporary(void)
{
    const char *dir = getenv("TMPDIR");
    return open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static bool write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t k = write(fd, p, n);
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

static void skip(struct scan_item *it, const char *path, enum scan_skip why)
{
    coverage_skip(&it->w->cover[it->asset], str_of(path), why, 0);
}

int scan_archive_unpack(struct scan_item *it, int fd)
{
    struct stream *s;
    struct err e = {0};
    size_t n;
    int rc, out = temporary();
    if (out < 0 || lseek(fd, 0, SEEK_SET) < 0 || stream_open_fd(&s, it->path, dup(fd), LIMIT_INFLATED, &e) < 0) {
        if (out >= 0)
            close(out);
        skip(it, it->path, SCAN_SKIP_PACKED);
        return -1;
    }
    while ((rc = stream_read(s, it->w->block, SCAN_BLOCK, &n, &e)) == 0 && n && !scan_stopped(it->w->sh))
        if (!write_all(out, it->w->block, n)) {
            rc = ERR_IO;
            break;
        }
    stream_free(s);
    if (rc == 0)
        return out;
    close(out);
    skip(it, it->path, rc == ERR_LIMIT ? SCAN_SKIP_LIMIT : SCAN_SKIP_PACKED);
    return -1;
}

/* Bytes of the member into a temporary file; *left is what the whole archive may still unpack to. */
static int spool(struct scan_item *it, struct archive *a, uint64_t *left, bool *broken)
{
    int fd = temporary();
    if (fd < 0)
        return -1;
    while (!scan_stopped(it->w->sh)) {
        la_ssize_t n = archive_read_data(a, it->w->block, SCAN_BLOCK);
        if (n == 0)
            return fd;
        if (n < 0 || (uint64_t)n > *left || !write_all(fd, it->w->block, (size_t)n)) {
            *broken = true;
            return fd; /* what came out is looked at even so */
        }
        *left -= (uint64_t)n;
    }
    return fd;
}

static void member(struct scan_item *it, struct archive *a, struct archive_entry *en, uint64_t *left)
{
    const char *name = archive_entry_pathname(en);
    if (!name || archive_entry_filetype(en) != AE_IFREG)
        return;
    char *path;
    bool broken = false;
    struct buf normal = BUF_INIT(64 * KIB);
    struct arena mem = {0};
    path = arena_printf(&mem, "%s!%s", it->path, name);
    pack_path_normal(str_of(name), 0, 0, &normal);
    struct scan_item m = {.w = it->w,
                          .asset = it->asset,
                          .path = path,
                          .file = it->file,
                          .normal = buf_str(&normal),
                          .modified = archive_entry_mtime_is_set(en) ? (when_t)archive_entry_mtime(en) * WHEN_SEC : WHEN_NONE,
                          .size = archive_entry_size_is_set(en) ? (uint64_t)archive_entry_size(en) : 0,
                          .nest = it->nest + 1};
    it->w->cover[it->asset].files++;
    scan_item_begin(&m);
    scan_path_match(&m);
    int fd = archive_entry_is_encrypted(en) ? -1 : spool(it, a, left, &broken);
    if (fd < 0 || broken)
        skip(it, path, broken && *left == 0 ? SCAN_SKIP_LIMIT : SCAN_SKIP_PACKED);
    if (fd >= 0) {
        scan_file(&m, fd);
        close(fd);
    }
    scan_item_end(&m);
    buf_release(&normal);
    arena_release(&mem);
}

void scan_archive(struct scan_item *it, int fd)
{
    struct archive_entry *en;
    uint64_t left = LIMIT_INFLATED, n = 0;
    if (it->nest >= LIMIT_SWEEP_NEST) {
        skip(it, it->path, SCAN_SKIP_PACKED);
        return;
    }
    off_t size = lseek(fd, 0, SEEK_END);
    if (size >= 0)
        left = MIN(left, (uint64_t)size * LIMIT_INFLATE_RATIO + MIB);
    struct archive *a = archive_read_new();
    archive_read_support_format_zip(a);
    archive_read_support_format_tar(a);
    archive_read_support_filter_none(a);
    int rc = lseek(fd, 0, SEEK_SET) < 0 ? ARCHIVE_FATAL : archive_read_open_fd(a, fd, 64 * KIB);
    while (rc != ARCHIVE_FATAL && !scan_stopped(it->w->sh)) {
        rc = archive_read_next_header(a, &en);
        if (rc == ARCHIVE_EOF || rc == ARCHIVE_FATAL)
            break;
        if (++n > LIMIT_SWEEP_MEMBERS) {
            skip(it, it->path, SCAN_SKIP_LIMIT);
            break;
        }
        member(it, a, en, &left);
    }
    if (rc == ARCHIVE_FATAL)
        skip(it, it->path, SCAN_SKIP_PACKED);
    archive_read_free(a);
}
