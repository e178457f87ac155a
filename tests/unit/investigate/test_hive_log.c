/* Transaction logs of registry hives, made by hand from the published format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "hive_made.h"
#include "investigate/hive.h"
#include "investigate/hive_log.h"

static int holding(const void *p, size_t n)
{
    int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, p, n, 0), n);
    return fd;
}

/* The vectors of .NET's own tests of Marvin32. */
static void test_marvin(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed;
        const char *bytes;
        size_t n;
        uint64_t want;
    } v[] = {{0x004fb61a001bdbcc, "", 0, 0x30ed35c100cd3c7d},
             {0x004fb61a001bdbcc, "\xaf", 1, 0x48e73fc77d75ddc1},
             {0x004fb61a001bdbcc, "\xe7\x0f", 2, 0xb5f6e1fc485dbff8},
             {0x004fb61a001bdbcc, "\x37\xf4\x95", 3, 0xf0b07c789b8cf7e8},
             {0x004fb61a001bdbcc, "\x86\x42\xdc\x59", 4, 0x7008f2e87e9cf556},
             {0x004fb61a001bdbcc, "\x15\x3f\xb7\x98\x26", 5, 0xe6c08c6da2afa997},
             {0x004fb61a001bdbcc, "\x09\x32\xe6\x24\x6c\x47", 6, 0x6f04bf1a5ea24060},
             {0x004fb61a001bdbcc, "\xab\x42\x7e\xa8\xd1\x0f\xc7", 7, 0xe11847e4f0678c41},
             {0x804fb61a001bdbcc, "", 0, 0x10a9d5d3996fd65d},
             {0x804fb61a001bdbcc, "\xaf", 1, 0x68201f91960ebf91}};
    for (size_t i = 0; i < ARRAY_LEN(v); i++)
        assert_true(hive_log_marvin(v[i].seed, str_n(v[i].bytes, v[i].n)) == v[i].want);
}

/* ---- two states of one hive: the older is the hive, what differs is the log ---- */

struct made {
    unsigned char *old, *new;
    size_t old_n, new_n;
};

static unsigned char *file_of(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    unsigned char *p = malloc(1 << 20);
    assert_non_null(f);
    *n = fread(p, 1, 1 << 20, f);
    fclose(f);
    return p;
}

static void make(struct made *m)
{
    static const char *const first[] = {"Microsoft", NULL}, *const second[] = {"Microsoft", "Windows", "CurrentVersion", "Run", NULL};
    char path[] = "/tmp/toban-hive-XXXXXX";
    close(mkstemp(path));
    assert_int_equal(hive_made(path, false, first, "a", "old"), 0);
    m->old = file_of(path, &m->old_n);
    assert_int_equal(hive_made(path, true, second, "evil", "C:\\temp\\x.exe"), 0);
    m->new = file_of(path, &m->new_n);
    unlink(path);
    /* As if the machine had stopped while the second state was written: 7 announced, 6 done. */
    put32(m->old + 4, 7);
    put32(m->old + 8, 6);
    hive_sum(m->old);
}

static void drop(struct made *m)
{
    free(m->old);
    free(m->new);
}

static uint32_t bins(const struct made *m)
{
    return (uint32_t)(m->new_n - 4096);
}

static void log_head(unsigned char *log, const struct made *m, uint32_t sequence, uint32_t type)
{
    memcpy(log, m->new, 512);
    put32(log + 4, sequence);
    put32(log + 8, sequence);
    put32(log + 28, type);
    put32(log + 40, bins(m));
    hive_sum(log);
}

static void hive_sign(unsigned char *p, size_t size)
{
    uint64_t h = hive_log_marvin(HIVE_LOG_SEED, str_n((const char *)p + 40, size - 40));
    memcpy(p + 24, &h, 8);
    h = hive_log_marvin(HIVE_LOG_SEED, str_n((const char *)p, 32));
    memcpy(p + 32, &h, 8);
}

/* One HvLE entry with the pages from `from` to `to` (of 4 KiB); returns its size. */
static size_t entry(unsigned char *p, const struct made *m, uint32_t sequence, uint32_t from, uint32_t to)
{
    uint32_t count = to - from;
    size_t at = 40 + 8 * (size_t)count, size = (at + 4096 * (size_t)count + 511) / 512 * 512;
    memset(p, 0, size);
    memcpy(p, "HvLE", 4);
    put32(p + 4, (uint32_t)size);
    put32(p + 12, sequence);
    put32(p + 16, bins(m));
    put32(p + 20, count);
    for (uint32_t i = 0; i < count; i++) {
        put32(p + 40 + 8 * i, (from + i) * 4096);
        put32(p + 44 + 8 * i, 4096);
        memcpy(p + at + 4096 * (size_t)i, m->new + 4096 + 4096 * (size_t)(from + i), 4096);
    }
    hive_sign(p, size);
    return size;
}

static char *value_of(const struct hive *h)
{
    static const char *const keys[] = {"Microsoft", "Windows", "CurrentVersion", "Run"};
    hive_node_h at = hivex_root(h->h);
    for (size_t i = 0; i < ARRAY_LEN(keys) && at; i++)
        at = hivex_node_get_child(h->h, at, keys[i]);
    hive_value_h v = at ? hivex_node_get_value(h->h, at, "evil") : 0;
    return v ? hivex_value_string(h->h, v) : NULL;
}

/* Opens the old state with these logs: its state, and whether the value of the new state is there. */
static enum hive_state opened(const struct made *m, const unsigned char *l1, size_t n1, const unsigned char *l2, size_t n2, bool *there)
{
    struct hive h;
    struct err e = {0};
    int fd = holding(m->old, m->old_n), log[HIVE_LOGS] = {l1 ? holding(l1, n1) : -1, l2 ? holding(l2, n2) : -1, -1};
    if (hive_open(&h, fd, log, &e) != 0)
        fail_msg("%s", e.text);
    char *v = value_of(&h);
    *there = v && strcmp(v, "C:\\temp\\x.exe") == 0;
    free(v);
    enum hive_state s = h.state;
    hive_close(&h);
    unsigned char *now = malloc(m->old_n);
    assert_int_equal(pread(fd, now, m->old_n, 0), m->old_n);
    assert_memory_equal(now, m->old, m->old_n); /* what is examined is never written */
    free(now);
    close(fd);
    for (size_t i = 0; i < HIVE_LOGS; i++)
        if (log[i] >= 0)
            close(log[i]);
    return s;
}

static void test_new_format(void **state)
{
    (void)state;
    struct made m;
    unsigned char *a = calloc(1, 1 << 20), *b = calloc(1, 1 << 20);
    bool there;
    make(&m);
    uint32_t n = bins(&m) / 4096, half = n / 2;
    assert_true(n >= 2);
    /* no log: dirty, and said */
    assert_int_equal(opened(&m, NULL, 0, NULL, 0, &there), HIVE_DIRTY);
    assert_false(there);
    /* all in one log */
    log_head(a, &m, 6, 6);
    size_t an = 512 + entry(a + 512, &m, 6, 0, n);
    assert_int_equal(opened(&m, a, an, NULL, 0, &there), HIVE_REPLAYED);
    assert_true(there);
    /* spread over both, the second part in the first file */
    log_head(a, &m, 7, 6);
    an = 512 + entry(a + 512, &m, 7, half, n);
    log_head(b, &m, 6, 6);
    size_t bn = 512 + entry(b + 512, &m, 6, 0, half);
    assert_int_equal(opened(&m, a, an, b, bn, &there), HIVE_REPLAYED);
    assert_true(there);
    /* a log that is older than the hive holds nothing for it */
    log_head(a, &m, 4, 6);
    an = 512 + entry(a + 512, &m, 4, 0, n);
    assert_int_equal(opened(&m, a, an, NULL, 0, &there), HIVE_DIRTY);
    assert_false(there);
    /* one changed byte anywhere in an entry ends the log */
    log_head(a, &m, 6, 6);
    an = 512 + entry(a + 512, &m, 6, 0, n);
    a[an - 5000] ^= 1;
    assert_int_equal(opened(&m, a, an, NULL, 0, &there), HIVE_DIRTY);
    /* pages beyond the hive, with right hashes */
    log_head(a, &m, 6, 6);
    an = 512 + entry(a + 512, &m, 6, 0, n);
    put32(a + 512 + 40, 0x7ffff000);
    hive_sign(a + 512, an - 512);
    assert_int_equal(opened(&m, a, an, NULL, 0, &there), HIVE_DIRTY);
    /* a hive whose base block was torn, too */
    log_head(a, &m, 6, 6);
    an = 512 + entry(a + 512, &m, 6, 0, n);
    m.old[100] ^= 1;
    assert_int_equal(opened(&m, a, an, NULL, 0, &there), HIVE_REPLAYED);
    assert_true(there);
    free(a);
    free(b);
    drop(&m);
}

static void test_old_format(void **state)
{
    (void)state;
    struct made m;
    unsigned char *a = calloc(1, 1 << 20);
    bool there;
    make(&m);
    size_t bytes = bins(&m) / 4096, at = (512 + 4 + bytes + 511) / 512 * 512;
    log_head(a, &m, 7, 1);
    memcpy(a + 512, "DIRT", 4);
    for (size_t i = 0; i < bytes * 8; i++) {
        a[516 + i / 8] |= (unsigned char)(1 << (i % 8));
        memcpy(a + at, m.new + 4096 + 512 * i, 512);
        at += 512;
    }
    assert_int_equal(opened(&m, a, at, NULL, 0, &there), HIVE_REPLAYED);
    assert_true(there);
    assert_int_equal(opened(&m, a, at - 1, NULL, 0, &there), HIVE_DIRTY); /* the last page is cut */
    put32(a + 8, 5);
    hive_sum(a);
    assert_int_equal(opened(&m, a, at, NULL, 0, &there), HIVE_DIRTY); /* the log itself was not finished */
    free(a);
    drop(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_marvin), cmocka_unit_test(test_new_format), cmocka_unit_test(test_old_format)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
