/* Linked with --wrap=write and --wrap=fsync: the disk fills up when a test says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/spool.h"

/* FIPS 180-4 examples: "abc" and the 448-bit message. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define TWO_BLOCKS "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
#define TWO_TEXT "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static int write_errno, fsync_errno;
ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n)
{
    if (!write_errno)
        return __real_write(fd, p, n);
    if (n > 2)
        return __real_write(fd, p, 2); /* a short write first, as a filling disk does */
    errno = write_errno;
    return -1;
}
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    if (!fsync_errno)
        return __real_fsync(fd);
    errno = fsync_errno;
    return -1;
}

static char dir[64], top[64];
static struct spool *s;
static struct err e;

static int setup(void **state)
{
    (void)state;
    snprintf(top, sizeof(top), "/tmp/toban-test-XXXXXX");
    if (!mkdtemp(top))
        return -1;
    snprintf(dir, sizeof(dir), "%.40s/spool", top);
    err_clear(&e);
    return spool_new(&s, dir, &e);
}

static int files_in(const char *sub)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", dir, sub);
    DIR *d = opendir(path);
    int n = 0;
    for (struct dirent *entry; d && (entry = readdir(d));)
        n += entry->d_type == DT_REG;
    if (d)
        closedir(d);
    return n;
}

static int teardown(void **state)
{
    char cmd[128];
    (void)state;
    assert_int_equal(files_in("tmp"), 0);
    spool_free(s);
    snprintf(cmd, sizeof(cmd), "rm -rf '%s'", top);
    return system(cmd); /* NOLINT(cert-env33-c) */
}

static char *put(const char *text)
{
    static struct spool_id id;
    if (spool_put(s, str_of(text), &id, &e) != 0)
        fail_msg("%s", e.text);
    return id.hex;
}

static void read_back(const char *hex, const char *text)
{
    struct stream *in;
    struct buf b = BUF_INIT(1000);
    assert_int_equal(spool_open(s, hex, 1000, &in, &e), 0);
    assert_int_equal(stream_read_all(in, &b, &e), 0);
    assert_string_equal(buf_cstr(&b), text);
    stream_free(in);
    buf_release(&b);
}

static void path_of(const char *hex, char out[256])
{
    snprintf(out, 256, "%s/%.2s/%s", dir, hex, hex + 2);
}

static void stored(void **state)
{
    char path[256];
    struct stat st;
    (void)state;
    assert_string_equal(put("abc"), ABC);
    assert_string_equal(put(TWO_TEXT), TWO_BLOCKS);
    assert_string_equal(put(""), EMPTY);
    path_of(ABC, path);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0400);
    read_back(ABC, "abc");
    read_back(TWO_BLOCKS, TWO_TEXT);
    read_back(EMPTY, "");
    assert_true(spool_has(s, ABC));
    assert_int_equal(spool_verify(s, ABC, &e), 0);
    /* A second process finds them. */
    struct spool *again;
    assert_int_equal(spool_new(&again, dir, &e), 0);
    assert_true(spool_has(again, TWO_BLOCKS));
    spool_free(again);
}

static void missing(void **state)
{
    static const char *const hex[] = {ABC, "", "..", "../../../../etc/passwd", "BA7816", (ABC "0")};
    struct stream *in;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(hex); i++) {
        assert_false(spool_has(s, hex[i]));
        assert_int_equal(spool_open(s, hex[i], 10, &in, &e), ERR_NOT_FOUND);
        assert_null(in);
        assert_int_equal(spool_verify(s, hex[i], &e), ERR_NOT_FOUND);
    }
}

static void once(void **state)
{
    char path[256];
    struct stat before, after;
    const struct timespec old[2] = {{1000, 0}, {1000, 0}};
    (void)state;
    put("abc");
    path_of(ABC, path);
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    assert_int_equal(stat(path, &before), 0);
    put("abc");
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino); /* kept once */
    assert_true(after.st_mtime > 1000);            /* and young again */
}

static void damaged(void **state)
{
    char path[256];
    (void)state;
    put("abc");
    path_of(ABC, path);
    assert_int_equal(chmod(path, 0600), 0);
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_int_equal(__real_write(fd, "abd", 3), 3);
    close(fd);
    assert_int_equal(spool_verify(s, ABC, &e), ERR_INPUT);
    assert_non_null(strstr(e.text, path));
    put("abc"); /* heals */
    assert_int_equal(spool_verify(s, ABC, &e), 0);
    read_back(ABC, "abc");
}

static void taken(void **state)
{
    struct tempfile t;
    struct spool_id id;
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(tempfile_open(&t, spool_tmp(s), 100, &e), 0);
        assert_int_equal(tempfile_add(&t, "ab", 2, &e), 0);
        assert_int_equal(tempfile_add(&t, "c", 1, &e), 0);
        assert_int_equal(tempfile_add(&t, "", 98, &e), ERR_LIMIT);
        assert_int_equal(spool_take(s, &t, &id, &e), ERR_INTERNAL); /* not sealed */
        assert_int_equal(tempfile_seal(&t, &e), 0);
        assert_int_equal(spool_take(s, &t, &id, &e), 0);
        char b[4] = "";
        assert_int_equal(read(t.fd, b, 3), 3); /* still readable */
        assert_string_equal(b, "abc");
        tempfile_release(&t);
        assert_string_equal(id.hex, ABC);
        read_back(ABC, "abc");
    }
}

static void full_disk(void **state)
{
    struct spool_id id;
    (void)state;
    static const int what[] = {ENOSPC, EDQUOT, EIO};
    for (size_t i = 0; i < ARRAY_LEN(what); i++) {
        write_errno = what[i];
        assert_int_equal(spool_put(s, STR_LIT("abc"), &id, &e), ERR_IO);
        write_errno = 0;
        assert_non_null(strstr(e.text, dir));
        assert_int_equal(strstr(e.text, "no room") != NULL, what[i] != EIO);
        fsync_errno = what[i];
        assert_int_equal(spool_put(s, STR_LIT("abc"), &id, &e), ERR_IO);
        fsync_errno = 0;
        assert_false(spool_has(s, ABC)); /* never half a file */
        assert_int_equal(files_in("tmp"), 0);
    }
    put("abc");
    read_back(ABC, "abc");
}

/* Documents of 1000 bytes put on day i. */
static void fill(int n, struct spool_id *ids)
{
    char text[1001], path[256];
    for (int i = 0; i < n; i++) {
        memset(text, 'a' + i, 1000);
        text[1000] = 0;
        memcpy(ids[i].hex, put(text), SHA256_HEX);
        path_of(ids[i].hex, path);
        const struct timespec day[2] = {{i * 86400, 0}, {i * 86400, 0}};
        assert_int_equal(utimensat(AT_FDCWD, path, day, 0), 0);
    }
}

static void prune(void **state)
{
    struct spool_id ids[10];
    struct spool_pruned out;
    char path[256];
    (void)state;
    fill(10, ids);
    struct spool_policy none = {.now = 9 * WHEN_DAY};
    assert_int_equal(spool_prune(s, &none, &out, &e), 0);
    assert_int_equal(out.files, 10);
    assert_int_equal(out.bytes, 10000);
    assert_int_equal(out.gone_files, 0);
    /* Foreign files stay. */
    snprintf(path, sizeof(path), "%s/%.2s/README", dir, ids[0].hex);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    close(fd);
    /* Older than six days: 0, 1, 2; the second is wanted. */
    struct spool_policy age = {.now = 9 * WHEN_DAY, .max_age = 6 * WHEN_DAY, .keep = &ids[1], .keep_n = 1};
    assert_int_equal(spool_prune(s, &age, &out, &e), 0);
    assert_int_equal(out.gone_files, 2);
    assert_int_equal(out.gone_bytes, 2000);
    assert_int_equal(out.files, 8);
    assert_false(spool_has(s, ids[0].hex));
    assert_true(spool_has(s, ids[1].hex));
    assert_false(spool_has(s, ids[2].hex));
    assert_true(spool_has(s, ids[3].hex));
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
    /* 8 files of 1000: the oldest two but the wanted go. */
    struct spool_policy size = {.now = 9 * WHEN_DAY, .max_bytes = 6500, .keep = &ids[1], .keep_n = 1};
    assert_int_equal(spool_prune(s, &size, &out, &e), 0);
    assert_int_equal(out.gone_files, 2);
    assert_false(out.over);
    assert_true(spool_has(s, ids[1].hex));
    assert_false(spool_has(s, ids[3].hex));
    assert_false(spool_has(s, ids[4].hex));
    assert_true(spool_has(s, ids[5].hex));
    /* What is wanted may be more than the room. */
    qsort(ids, 10, sizeof(ids[0]), spool_id_cmp);
    struct spool_policy all = {.now = 9 * WHEN_DAY, .max_bytes = 1000, .keep = ids, .keep_n = 10};
    assert_int_equal(spool_prune(s, &all, &out, &e), 0);
    assert_int_equal(out.gone_files, 0);
    assert_true(out.over);
}

static void leftovers(void **state)
{
    struct tempfile t;
    struct spool_pruned out;
    char path[256];
    (void)state;
    assert_int_equal(tempfile_open(&t, spool_tmp(s), 100, &e), 0);
    snprintf(path, sizeof(path), "%s", t.path);
    tempfile_forget(&t); /* as after a crash */
    tempfile_release(&t);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    struct spool_policy p = {.now = (when_t)st.st_mtime * WHEN_SEC + WHEN_DAY / 2};
    assert_int_equal(spool_prune(s, &p, &out, &e), 0);
    assert_int_equal(out.leftovers, 0); /* someone may be writing it */
    p.now += WHEN_DAY;
    assert_int_equal(spool_prune(s, &p, &out, &e), 0);
    assert_int_equal(out.leftovers, 1);
}

static void unusable(void **state)
{
    struct spool *bad;
    char path[128];
    (void)state;
    assert_true(spool_new(&bad, "/nonexistent/a/b", &e) < 0);
    assert_null(bad);
    snprintf(path, sizeof(path), "%s/file", dir);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(spool_new(&bad, path, &e), ERR_CONFLICT);
    unlink(path);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {T(stored),    T(missing), T(once),      T(damaged), T(taken),
                                       T(full_disk), T(prune),   T(leftovers), T(unusable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
