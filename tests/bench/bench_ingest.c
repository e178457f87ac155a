/* bench_ingest.c — NVD feed files into a new knowledge, against unpacking and parsing the same bytes.
 *
 * bench_ingest DIR FILE…   DIR is made and must be empty. Wall and CPU seconds, peak memory.
 * The raw limit reads each record as a JSON tree and throws it away.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "codec/json.h"
#include "codec/stream.h"
#include "collect/source.h"
#include "knowledge/knowledge.h"

extern const struct source source_nvd;

static double seconds(clockid_t c)
{
    struct timespec t;
    clock_gettime(c, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct count {
    struct knowledge *k;
    unsigned long long records, bytes, bad;
};

static int on_vuln(void *ctx, const struct vuln *v, struct err *e)
{
    struct count *c = ctx;
    c->records++;
    return knowledge_put_vuln(c->k, v, NULL, 0, NULL, e);
}

static int on_kev(void *ctx, const struct kev *k, struct err *e)
{
    struct count *c = ctx;
    return knowledge_put_kev(c->k, k, 0, e);
}

static int on_list(void *ctx, struct err *e)
{
    (void)ctx;
    (void)e;
    return 0;
}

static void on_bad(void *ctx, struct str bytes, const char *reason)
{
    struct count *c = ctx;
    (void)bytes;
    (void)reason;
    c->bad++;
}

static void on_number(void *ctx, uint64_t n)
{
    (void)ctx;
    (void)n;
}

static int on_request(void *ctx, const struct feed_request *r)
{
    (void)ctx;
    (void)r;
    return 0;
}

static void on_cursor(void *ctx, struct str s)
{
    (void)ctx;
    (void)s;
}

static void on_time(void *ctx, when_t t)
{
    (void)ctx;
    (void)t;
}

static int ingest(struct count *c, const char *path, struct err *e)
{
    struct feed_sink sink = {.ctx = c,
                             .vuln = on_vuln,
                             .kev = on_kev,
                             .full_list = on_list,
                             .bad = on_bad,
                             .stated_count = on_number,
                             .request = on_request,
                             .cursor = on_cursor,
                             .document_time = on_time};
    struct feed_input in = {.url = str_of(path), .kind = STR_LIT("file"), .fetched = 0};
    struct arena a = {0};
    int rc = stream_open(&in.stream, path, UINT64_MAX, e);
    if (rc == 0)
        rc = knowledge_begin(c->k, e);
    if (rc == 0)
        rc = source_nvd.parse(&in, &a, &sink, e);
    if (rc == 0)
        rc = knowledge_commit(c->k, e);
    c->bytes += in.stream ? stream_out(in.stream) : 0;
    stream_free(in.stream);
    arena_release(&a);
    return rc;
}

static int raw(const char *path, unsigned long long *records, struct err *e)
{
    struct stream *s;
    struct arena a = {0};
    if (stream_open(&s, path, UINT64_MAX, e))
        return e->code;
    struct json_reader *r = json_reader_new(s);
    enum json_event ev;
    struct str one;
    while ((ev = json_next(r)) > JSON_END)
        if (ev == JSON_KEY && str_is(json_text(r), "vulnerabilities") && json_next(r) == JSON_ARRAY)
            while (json_element(r, LIMIT_RECORD, &one, e) == 1) {
                arena_clear(&a);
                *records += json_parse(&a, one, e) != NULL;
            }
    json_reader_free(r);
    stream_free(s);
    arena_release(&a);
    return 0;
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct count c = {0};
    struct rusage ru;
    unsigned long long n = 0;
    if (argc < 3 || knowledge_open(&c.k, argv[1], &e)) {
        fprintf(stderr, "usage: bench_ingest DIR FILE…  %s\n", e.text);
        return 2;
    }
    double w = seconds(CLOCK_MONOTONIC), p = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 2; i < argc; i++)
        if (ingest(&c, argv[i], &e)) {
            fprintf(stderr, "%s: %s\n", argv[i], e.text);
            return 1;
        }
    w = seconds(CLOCK_MONOTONIC) - w;
    p = seconds(CLOCK_PROCESS_CPUTIME_ID) - p;
    getrusage(RUSAGE_SELF, &ru);
    long rss = ru.ru_maxrss;
    double rw = seconds(CLOCK_MONOTONIC), rp = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 2; i < argc; i++)
        if (raw(argv[i], &n, &e))
            return 1;
    rw = seconds(CLOCK_MONOTONIC) - rw;
    rp = seconds(CLOCK_PROCESS_CPUTIME_ID) - rp;
    printf("ingest        %llu records, %llu bad, %.0f MB: %.2f s wall, %.2f s cpu, %.0f MB/s, peak %.0f MB "
           "(with the file's mapped pages)\n",
           c.records, c.bad, (double)c.bytes / 1e6, w, p, (double)c.bytes / 1e6 / w, (double)rss / 1024);
    printf("unpack+parse  %llu records: %.2f s wall, %.2f s cpu\n", n, rw, rp);
    printf("ratio         %.2f wall, %.2f cpu\n", w / rw, p / rp);
    knowledge_close(c.k);
    return 0;
}
