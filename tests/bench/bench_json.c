/* bench_json.c — MB/s of the JSON reader over one file, packed or not.
 *
 * bench_json FILE [ROUNDS [ROW]]: rows are taken in turn, the best and the median of
 * the rounds are printed. All rows but the first two work on the unpacked bytes
 * in memory; the copy of these bytes is the raw limit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "codec/json.h"
#include "codec/stream.h"

#define ROUNDS_MAX 99

static struct str text;
static const char *path;
static char *copy_to;

static double seconds(void) /* of CPU time: neighbours on the machine count less */
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t unpack_only(void)
{
    static char block[256 * KIB];
    struct stream *s;
    struct err e;
    size_t got, n = 0;
    if (stream_open(&s, path, UINT64_MAX, &e) < 0)
        return 0;
    do {
        if (stream_read(s, block, sizeof(block), &got, &e) < 0)
            break;
        n += got;
    } while (got);
    stream_free(s);
    return n;
}

static size_t copy(void)
{
    memcpy(copy_to, text.p, text.n);
    return (size_t)copy_to[text.n / 2];
}

static size_t all_events(struct json_reader *r)
{
    size_t n = 0;
    while (json_next(r) > JSON_END)
        n++;
    json_reader_free(r);
    return n;
}

static size_t pull_memory(void)
{
    return all_events(json_reader_new_mem(text));
}

static size_t pull_stream(void)
{
    struct stream *s;
    struct err e;
    if (stream_open(&s, path, UINT64_MAX, &e) < 0)
        return 0;
    size_t n = all_events(json_reader_new(s));
    stream_free(s);
    return n;
}

static size_t whole_tree(void)
{
    struct arena a = {0};
    struct err e;
    size_t n = json_parse(&a, text, &e) != NULL;
    arena_release(&a);
    return n;
}

/* Calls each for the elements of the first array that is a member of the top object. */
static size_t elements(bool parse)
{
    struct json_reader *r = json_reader_new_mem(text);
    struct arena a = {0};
    struct err e;
    struct str raw;
    size_t n = 0;
    enum json_event ev;
    do
        ev = json_next(r);
    while (ev > JSON_END && ev != JSON_ARRAY);
    while (ev == JSON_ARRAY && json_element(r, LIMIT_RECORD, &raw, &e) > 0) {
        n++;
        if (!parse)
            continue;
        arena_clear(&a);
        if (!json_parse(&a, raw, &e))
            fprintf(stderr, "%s\n", e.text);
    }
    arena_release(&a);
    json_reader_free(r);
    return n;
}

static size_t element_only(void)
{
    return elements(false);
}

static size_t element_and_tree(void)
{
    return elements(true);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static const struct row {
        const char *name;
        size_t (*run)(void);
    } rows[] = {{"unpack only", unpack_only},
                {"unpack + pull reader", pull_stream},
                {"memcpy", copy},
                {"pull reader", pull_memory},
                {"element only", element_only},
                {"element + tree", element_and_tree},
                {"tree of the whole", whole_tree}};
    static double took[ARRAY_LEN(rows)][ROUNDS_MAX];
    size_t count[ARRAY_LEN(rows)] = {0};
    const char *only = argc > 3 ? argv[3] : NULL;
    if (argc < 2) {
        fprintf(stderr, "usage: bench_json FILE [ROUNDS [ROW]]\n");
        return 2;
    }
    int rounds = argc > 2 ? atoi(argv[2]) : 5;
    rounds = MAX(1, MIN(rounds, ROUNDS_MAX));
    struct buf b = BUF_INIT(LIMIT_FILE_WHOLE);
    struct err e;
    path = argv[1];
    if (stream_slurp(path, &b, &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    text = buf_str(&b);
    copy_to = mem_zalloc(text.n);
    for (int i = 0; i < rounds; i++)
        for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
            if (only && strcmp(only, rows[k].name) != 0)
                continue;
            double t = seconds();
            count[k] = rows[k].run();
            took[k][i] = seconds() - t;
        }
    printf("%s: %zu bytes unpacked, %d rounds\n", path, text.n, rounds);
    for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
        if (only && strcmp(only, rows[k].name) != 0)
            continue;
        qsort(took[k], (size_t)rounds, sizeof(double), by_size);
        printf("%-22s best %7.0f MB/s  median %7.0f MB/s  (%zu)\n", rows[k].name,
               (double)text.n / 1e6 / took[k][0], (double)text.n / 1e6 / took[k][rounds / 2], count[k]);
    }
    free(copy_to);
    buf_release(&b);
    return 0;
}
