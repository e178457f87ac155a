/* bench_evtx.c — MB/s of the event log reader, in memory, one core.
 *
 * bench_evtx ROUNDS FILE...: every row reads all files once a round; best and median
 * of CPU time. Bytes count are those of the files, but without chunks never used.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "codec/stream.h"
#include "investigate/traces/evtx.h"
#include "investigate/traces/trace.h"

#define ROUNDS_MAX 99
#define FILES_MAX 1024

static struct buf file[FILES_MAX];
static size_t file_n;
static uint64_t bytes, sum; /* sum keeps the work from being left out */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(unsigned flags, const uint32_t *only, size_t only_n, void (*each)(const struct evtx_record *))
{
    struct err e;
    for (size_t i = 0; i < file_n; i++) {
        struct evtx *r;
        struct evtx_record rec;
        int rc;
        if (evtx_open_mem(&r, "bench", buf_str(&file[i]), &e) < 0)
            exit(1);
        evtx_set(r, flags);
        evtx_only(r, only, only_n);
        while ((rc = evtx_next(r, &rec, &e)) > 0)
            if (rc == EVTX_RECORD)
                each(&rec);
        evtx_free(r);
    }
}

static void nothing(const struct evtx_record *rec)
{
    sum += rec->id;
}

static void three(const struct evtx_record *rec)
{
    struct str v = {0};
    evtx_field(rec, "Provider", &v);
    sum += v.n;
    evtx_field(rec, "CommandLine", &v);
    sum += v.n;
    evtx_field(rec, "TargetUserName", &v);
    sum += v.n;
}

static void all(const struct evtx_record *rec)
{
    for (size_t i = 0, n = evtx_field_count(rec); i < n; i++)
        sum += evtx_field_value(rec, i).n;
}

static struct buf json = {.max = LIMIT_RECORD};

static void as_json(const struct evtx_record *rec)
{
    struct err e;
    buf_clear(&json);
    if (evtx_json(rec, &json, &e) == 0)
        sum += json.n;
}

static void row_next(void)
{
    run(EVTX_NO_CRC, NULL, 0, nothing);
}
static void row_next_crc(void)
{
    run(0, NULL, 0, nothing);
}
static void row_three(void)
{
    run(0, NULL, 0, three);
}
static void row_only(void)
{
    static const uint32_t ids[] = {4624, 4688, 1};
    run(0, ids, ARRAY_LEN(ids), all);
}
static void row_all(void)
{
    run(0, NULL, 0, all);
}
static void row_json(void)
{
    run(0, NULL, 0, as_json);
}

static int count(void *ctx, const struct trace_record *r, size_t n)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++)
        sum += r[i].field_n;
    return 0;
}
static void row_trace(void)
{
    const struct trace_kind *k = trace_by_name(STR_LIT("evtx"));
    struct trace_coverage c = {0};
    struct err e;
    for (size_t i = 0; i < file_n; i++) {
        struct trace_input in = {.name = "bench", .fd = -1, .bytes = buf_str(&file[i])};
        if (k->read(&in, &(struct trace_want){0}, &(struct trace_sink){.record = count}, &c, &e) < 0)
            exit(1);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void load(const char *path)
{
    struct err e;
    struct evtx *r;
    struct evtx_record rec;
    struct evtx_stats s;
    buf_init(&file[file_n], LIMIT_FILE_WHOLE);
    if (stream_slurp(path, &file[file_n], &e) < 0 ||
        evtx_open_mem(&r, path, buf_str(&file[file_n]), &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        exit(1);
    }
    while (evtx_next(r, &rec, &e) > 0)
        ;
    evtx_stats(r, &s);
    bytes += s.bytes - s.chunks_empty * 64 * KIB;
    evtx_free(r);
    file_n++;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } rows[] = {{"unfold, no checksum", row_next},
                {"unfold", row_next_crc},
                {"three fields", row_three},
                {"only 3 event ids", row_only},
                {"all fields", row_all},
                {"trace, all fields", row_trace},
                {"JSON", row_json}};
    static double took[ARRAY_LEN(rows)][ROUNDS_MAX];
    if (argc < 3) {
        fprintf(stderr, "usage: bench_evtx ROUNDS FILE...\n");
        return 2;
    }
    int rounds = MAX(1, MIN(atoi(argv[1]), ROUNDS_MAX));
    for (int i = 2; i < argc && file_n < FILES_MAX; i++)
        load(argv[i]);
    for (int i = 0; i < rounds; i++)
        for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
            double t = seconds();
            rows[k].run();
            took[k][i] = seconds() - t;
        }
    printf("%zu files, %.1f MB in use, %d rounds (%llu)\n", file_n, (double)bytes / 1e6, rounds,
           (unsigned long long)sum);
    for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
        qsort(took[k], (size_t)rounds, sizeof(double), by_size);
        printf("%-22s best %7.0f MB/s  median %7.0f MB/s\n", rows[k].name, (double)bytes / 1e6 / took[k][0],
               (double)bytes / 1e6 / took[k][rounds / 2]);
    }
    for (size_t i = 0; i < file_n; i++)
        buf_release(&file[i]);
    buf_release(&json);
    return 0;
}
