#include "investigate/hive_log.h"

#include <endian.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASE 4096 /* the base block; what follows are the hive bins */
#define HEAD 512  /* so much of it a log repeats */
#define ENTRY 40  /* of an entry, in front of its references */

static uint32_t le32(const char *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return le32toh(v);
}

static uint64_t le64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return le64toh(v);
}

static void put32(char *p, uint32_t v)
{
    v = htole32(v);
    memcpy(p, &v, 4);
}

/* ---- Marvin32 ---- */

static uint32_t rotate(uint32_t v, int n)
{
    return v << n | v >> (32 - n);
}

static void mix(uint32_t *lo, uint32_t *hi, uint32_t word)
{
    *lo += word;
    *hi ^= *lo;
    *lo = rotate(*lo, 20) + *hi;
    *hi = rotate(*hi, 9) ^ *lo;
    *lo = rotate(*lo, 27) + *hi;
    *hi = rotate(*hi, 19);
}

uint64_t hive_log_marvin(uint64_t seed, struct str s)
{
    uint32_t lo = (uint32_t)seed, hi = (uint32_t)(seed >> 32);
    size_t i = 0;
    for (; i + 4 <= s.n; i += 4)
        mix(&lo, &hi, le32(s.p + i));
    uint32_t last = 0x80;
    for (size_t k = s.n; k > i; k--) /* what is left, the first byte lowest, 0x80 behind it */
        last = last << 8 | (unsigned char)s.p[k - 1];
    mix(&lo, &hi, last);
    mix(&lo, &hi, 0);
    return (uint64_t)hi << 32 | lo;
}

/* ---- base blocks ---- */

static uint32_t checksum(const char head[HEAD])
{
    uint32_t sum = 0;
    for (int i = 0; i < 508; i += 4)
        sum ^= le32(head + i);
    return sum == 0 ? 1 : sum == 0xffffffff ? 0xfffffffe : sum;
}

static bool head_ok(const char head[HEAD])
{
    return memcmp(head, "regf", 4) == 0 && checksum(head) == le32(head + 508);
}

static bool read_at(int fd, void *p, size_t n, off_t at)
{
    return pread(fd, p, n, at) == (ssize_t)n;
}

bool hive_log_head(int fd, bool *dirty)
{
    char head[HEAD];
    struct stat st;
    *dirty = false;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < BASE || st.st_size > (off_t)LIMIT_HIVE ||
        !read_at(fd, head, HEAD, 0) || memcmp(head, "regf", 4) != 0)
        return false;
    *dirty = le32(head + 4) != le32(head + 8) || !head_ok(head);
    return true;
}

/* ---- entries ---- */

struct piece { /* an entry of either format */
    uint32_t sequence, bins;
    const char *p; /* the entry (HvLE) or the log (DIRT) */
    size_t n;
    bool bitmap;
};
struct replay {
    VEC(struct piece) piece;
    int copy;
    struct hive_log_result *out;
    bool failed;
};

static bool bins_ok(uint32_t bins)
{
    return bins && bins % 4096 == 0 && bins <= LIMIT_HIVE - BASE;
}

static bool entry_ok(struct str e)
{
    return hive_log_marvin(HIVE_LOG_SEED, str_sub(e, ENTRY, e.n)) == le64(e.p + 24) &&
           hive_log_marvin(HIVE_LOG_SEED, str_n(e.p, 32)) == le64(e.p + 32);
}

static void add_entries(struct replay *r, struct str log)
{
    uint32_t want = le32(log.p + 4);
    for (size_t at = HEAD; at + ENTRY <= log.n && memcmp(log.p + at, "HvLE", 4) == 0; want++) {
        const char *p = log.p + at;
        uint32_t size = le32(p + 4);
        if (size < HEAD || size % HEAD || size > log.n - at || le32(p + 12) != want || !bins_ok(le32(p + 16)) || !entry_ok(str_n(p, size)))
            return;
        vec_push(&r->piece, ((struct piece){want, le32(p + 16), p, size, false}));
        at += size;
    }
}

static void add_log(struct replay *r, struct str log)
{
    if (log.n < HEAD + 4 || !head_ok(log.p))
        return;
    if (memcmp(log.p + HEAD, "HvLE", 4) == 0)
        add_entries(r, log);
    else if (memcmp(log.p + HEAD, "DIRT", 4) == 0 && le32(log.p + 4) == le32(log.p + 8) && bins_ok(le32(log.p + 40)))
        vec_push(&r->piece, ((struct piece){le32(log.p + 4), le32(log.p + 40), log.p, log.n, true}));
}

/* ---- applying ---- */

static void page(struct replay *r, uint64_t offset, const char *p, size_t n)
{
    if (pwrite(r->copy, p, n, (off_t)(BASE + offset)) != (ssize_t)n)
        r->failed = true;
    r->out->pages++;
}

/* True when all pages lie in the entry and in the hive; with write they are written. */
static bool pages(struct replay *r, const struct piece *k, bool write)
{
    uint32_t count = le32(k->p + 20);
    if (count > (k->n - ENTRY) / 8)
        return false;
    size_t at = ENTRY + 8 * (size_t)count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t offset = le32(k->p + ENTRY + 8 * (size_t)i), n = le32(k->p + ENTRY + 8 * (size_t)i + 4);
        if (n > k->n - at || offset > k->bins || n > k->bins - offset)
            return false;
        if (write)
            page(r, offset, k->p + at, n);
        at += n;
    }
    return true;
}

static bool bitmap(struct replay *r, const struct piece *k, bool write)
{
    size_t bytes = k->bins / 4096, at = HEAD + 4 + bytes;
    if (at > k->n)
        return false;
    at = (at + HEAD - 1) / HEAD * HEAD;
    for (size_t i = 0; i < bytes * 8; i++) {
        if (!((unsigned char)k->p[HEAD + 4 + i / 8] >> (i % 8) & 1))
            continue;
        if (at > k->n || k->n - at < 512)
            return false;
        if (write)
            page(r, i * 512, k->p + at, 512);
        at += 512;
    }
    return true;
}

static bool apply(struct replay *r, const struct piece *k)
{
    bool (*const how)(struct replay *, const struct piece *, bool) = k->bitmap ? bitmap : pages;
    if (!how(r, k, false))
        return false;
    if (ftruncate(r->copy, (off_t)BASE + k->bins) != 0)
        r->failed = true;
    how(r, k, true);
    r->out->entries++;
    return true;
}

/* Sequence numbers go round. */
static bool before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static const struct piece *next_piece(const struct replay *r, uint32_t from, bool exactly)
{
    const struct piece *best = NULL;
    for (size_t i = 0; i < r->piece.n; i++) {
        const struct piece *k = &r->piece.p[i];
        if (exactly ? k->sequence == from : !before(k->sequence, from) && (!best || before(k->sequence, best->sequence)))
            best = k;
    }
    return best;
}

/* The base block when the hive's own one is broken: that of the log that begins first. */
static bool borrow_head(const struct str *log, size_t n, char head[HEAD])
{
    const char *best = NULL;
    for (size_t i = 0; i < n; i++)
        if (log[i].n >= HEAD && head_ok(log[i].p) && (!best || before(le32(log[i].p + 4), le32(best + 4))))
            best = log[i].p;
    if (!best)
        return false;
    memcpy(head, best, HEAD);
    put32(head + 8, le32(head + 4));
    put32(head + 28, 0);
    return true;
}

int hive_log_replay(int copy, const struct str *log, size_t n, struct hive_log_result *out, struct err *e)
{
    struct replay r = {.copy = copy, .out = out};
    char head[HEAD];
    *out = (struct hive_log_result){0};
    if (!read_at(copy, head, HEAD, 0))
        return err_sys(e, "reading the copy of the hive");
    for (size_t i = 0; i < n; i++)
        add_log(&r, log[i]);
    const struct piece *k = NULL;
    if (r.piece.n && (head_ok(head) || borrow_head(log, n, head)))
        k = next_piece(&r, le32(head + 8), false);
    while (k && !r.failed && apply(&r, k)) {
        out->sequence = k->bitmap ? k->sequence : k->sequence + 1;
        put32(head + 4, out->sequence);
        put32(head + 8, out->sequence);
        put32(head + 40, k->bins);
        k = k->bitmap ? NULL : next_piece(&r, k->sequence + 1, true);
    }
    vec_release(&r.piece);
    if (!out->entries)
        return err_set(e, ERR_NOT_FOUND, "the transaction logs hold nothing that the hive lacks");
    put32(head + 508, checksum(head));
    if (r.failed || pwrite(copy, head, HEAD, 0) != HEAD)
        return err_sys(e, "cannot write the copy of the hive");
    return 0;
}
