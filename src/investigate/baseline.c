#include "investigate/baseline.h"

#include <endian.h>
#include <stdlib.h>

#include "codec/table.h"
#include "investigate/packs/pack_path.h"
#include "investigate/scan_hash.h"

#define BUILDS 16
#define ENTRY 18
#define ENTRIES_MAX 4000000U

struct entry {
    uint64_t path, digest;
    uint16_t builds;
};
struct baseline {
    struct arena a;
    struct str build[BUILDS];
    size_t build_n;
    struct entry *entry; /* owns; sorted by path, then digest */
    size_t n;
    char digest[SCAN_HASH_HEX];
};
struct baseline_build {
    struct baseline b;
    VEC(struct entry) all;
};

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->path != y->path)
        return x->path < y->path ? -1 : 1;
    return x->digest < y->digest ? -1 : x->digest > y->digest;
}

static uint64_t digest_key(const unsigned char *d)
{
    uint64_t v;
    memcpy(&v, d, sizeof(v));
    return le64toh(v);
}

struct baseline_build *baseline_build_new(void)
{
    return mem_zalloc(sizeof(struct baseline_build));
}

static int build_index(struct baseline *b, struct str name, struct err *e)
{
    for (size_t i = 0; i < b->build_n; i++)
        if (str_eq(b->build[i], name))
            return (int)i;
    if (b->build_n == BUILDS)
        return err_set(e, ERR_LIMIT, "a baseline holds at most %d builds", BUILDS);
    b->build[b->build_n] = arena_str(&b->a, name);
    return (int)b->build_n++;
}

/* Normal form without the drive: what stands in front of a relative path is not known. */
static uint64_t path_key(struct str path, struct buf *scratch)
{
    buf_clear(scratch);
    pack_path_normal(path, 0, 0, scratch);
    struct str s = buf_str(scratch);
    size_t colon = s.n > 2 && s.p[1] == ':' ? 3 : 0;
    return str_hash(str_sub(s, colon, s.n));
}

int baseline_build_csv(struct baseline_build *b, const char *name, struct str bytes, size_t *rows, size_t *bad, struct err *e)
{
    struct table *t;
    struct table_row row;
    struct buf path = BUF_INIT(64 * KIB);
    int rc = table_open(&t, name, bytes, &(struct table_options){.delimiter = ','}, e);
    if (rc < 0)
        return rc;
    while ((rc = table_next(t, &row, e)) > 0) {
        unsigned char digest[32];
        size_t n;
        if (row.problem.n || row.cell_n < 3 || !num_unhex(row.cell[0], digest, sizeof(digest), &n) || n != 32 ||
            !row.cell[1].n || !row.cell[2].n) {
            ++*bad;
            continue;
        }
        int build = build_index(&b->b, row.cell[1], e);
        if (build < 0) {
            rc = build;
            break;
        }
        if (b->all.n >= ENTRIES_MAX) {
            rc = err_set(e, ERR_LIMIT, "%s: a baseline holds at most %u entries", name, ENTRIES_MAX);
            break;
        }
        ++*rows;
        vec_push(&b->all, ((struct entry){path_key(row.cell[2], &path), digest_key(digest), (uint16_t)(1U << build)}));
    }
    buf_release(&path);
    table_free(t);
    return rc < 0 ? rc : 0;
}

int baseline_build_write(struct baseline_build *b, struct buf *out, struct err *e)
{
    size_t n = 0;
    if (b->all.n)
        qsort(b->all.p, b->all.n, sizeof(*b->all.p), by_key);
    for (size_t i = 0; i < b->all.n; i++) {
        if (n && by_key(&b->all.p[n - 1], &b->all.p[i]) == 0)
            b->all.p[n - 1].builds |= b->all.p[i].builds;
        else
            b->all.p[n++] = b->all.p[i];
    }
    b->all.n = n;
    buf_printf(out, "toban-baseline 1 %zu %zu\n", b->b.build_n, n);
    for (size_t i = 0; i < b->b.build_n; i++)
        buf_printf(out, STR_FMT "\n", STR_ARG(b->b.build[i]));
    for (size_t i = 0; i < n; i++) {
        uint64_t path = htole64(b->all.p[i].path), digest = htole64(b->all.p[i].digest);
        uint16_t builds = htole16(b->all.p[i].builds);
        buf_add(out, &path, 8);
        buf_add(out, &digest, 8);
        buf_add(out, &builds, 2);
    }
    return buf_full(out) ? err_set(e, ERR_LIMIT, "the baseline is too large") : 0;
}

void baseline_build_free(struct baseline_build *b)
{
    if (!b)
        return;
    vec_release(&b->all);
    arena_release(&b->b.a);
    free(b);
}

static bool head_of(struct str line, uint64_t *builds, uint64_t *entries)
{
    struct str_split it = str_split_init(line, ' ');
    struct str w[4];
    for (size_t i = 0; i < ARRAY_LEN(w); i++)
        if (!str_split_next(&it, &w[i]))
            return false;
    return str_is(w[0], "toban-baseline") && str_is(w[1], "1") && num_u64(w[2], builds) && num_u64(w[3], entries) && *builds <= BUILDS &&
           *entries <= ENTRIES_MAX;
}

int baseline_read(struct baseline **out, const char *name, struct str bytes, struct err *e)
{
    struct str line, rest = bytes;
    uint64_t builds, entries;
    *out = NULL;
    if (!str_line_next(&rest, &line) || !head_of(line, &builds, &entries))
        return err_set(e, ERR_INPUT, "%s is no baseline; make one with: toban packs baseline", name);
    struct baseline *b = mem_zalloc(sizeof(*b));
    for (uint64_t i = 0; i < builds && str_line_next(&rest, &line); i++)
        b->build[b->build_n++] = arena_str(&b->a, line);
    if (b->build_n != builds || rest.n != entries * ENTRY) {
        baseline_free(b);
        return err_set(e, ERR_INPUT, "%s is cut off or damaged; make it again with: toban packs baseline", name);
    }
    b->n = (size_t)entries;
    b->entry = mem_alloc((b->n + 1) * sizeof(*b->entry));
    for (size_t i = 0; i < b->n; i++) {
        const char *p = rest.p + i * ENTRY;
        uint64_t v[2];
        uint16_t bits;
        memcpy(v, p, 16);
        memcpy(&bits, p + 16, 2);
        b->entry[i] = (struct entry){le64toh(v[0]), le64toh(v[1]), le16toh(bits)};
        if (i && by_key(&b->entry[i - 1], &b->entry[i]) > 0) {
            baseline_free(b);
            return err_set(e, ERR_INPUT, "%s is cut off or damaged; make it again with: toban packs baseline", name);
        }
    }
    scan_hash_sha256(bytes, b->digest);
    *out = b;
    return 0;
}

const char *baseline_digest(const struct baseline *b)
{
    return b->digest;
}

void baseline_free(struct baseline *b)
{
    if (!b)
        return;
    free(b->entry);
    arena_release(&b->a);
    free(b);
}

size_t baseline_entries(const struct baseline *b)
{
    return b ? b->n : 0;
}

size_t baseline_builds(const struct baseline *b)
{
    return b ? b->build_n : 0;
}

struct str baseline_build_name(const struct baseline *b, size_t i)
{
    return b->build[i];
}

static size_t lower(const struct baseline *b, uint64_t path)
{
    size_t lo = 0, hi = b->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (b->entry[mid].path < path)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* The table's paths are relative: each tail of the path is tried, the longest first. */
enum baseline_answer baseline_ask(const struct baseline *b, struct str path, const unsigned char sha256[32])
{
    enum baseline_answer r = BASELINE_UNKNOWN;
    uint64_t digest = digest_key(sha256);
    if (!b)
        return r;
    for (size_t i = 0; i < path.n; i++) {
        if (i && path.p[i - 1] != '/')
            continue;
        uint64_t key = str_hash(str_sub(path, i, path.n));
        for (size_t k = lower(b, key); k < b->n && b->entry[k].path == key; k++) {
            if (b->entry[k].digest == digest)
                return BASELINE_STOCK;
            r = BASELINE_CHANGED;
        }
    }
    return r;
}
