/* bench_sweep — the sweep against its raw limits and against others, in one run, alternating, medians of five.
 *
 *   bench_sweep text PACK… -- FILE…      log scan: raw pattern engine over read() bytes against the sweep, one thread and two
 *   bench_sweep paths PACK…              path patterns: names per second, with and without their normal form
 *   bench_sweep hash -- FILE…            SHA-256 of one block of 1 MiB over and over (as `openssl speed`) against a sweep that hashes
 *   bench_sweep race MB COMMAND…         shell commands in turn; the first is what the others are held against
 *
 * Ratios are of processor time where one thread is measured, of wall time where two are.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "investigate/packs/pack_eval.h"
#include "investigate/packs/pack_path.h"
#include "investigate/scan_hash.h"
#include "investigate/scan_match.h"
#include "investigate/scan_names.h"
#include "investigate/sweep.h"

#define RUNS 5
#define ROOTS 1024

static struct pack *packs[32];
static size_t pack_n;

static void die(const struct err *e)
{
    fprintf(stderr, "%s\n", e->text);
    exit(1);
}

static int args(int argc, char **argv, int at)
{
    struct err e = {0};
    for (; at < argc && strcmp(argv[at], "--") != 0 && pack_n < ARRAY_LEN(packs); at++)
        if (pack_open(&packs[pack_n++], argv[at], NULL, &e) != 0)
            die(&e);
    return at + 1;
}

/* ---- measuring ---- */

struct took {
    double wall[RUNS], cpu[RUNS];
};

static double cpu_of(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void start(struct took *t, int r)
{
    t->wall[r] = (double)clock_mono_ns() / 1e9;
    t->cpu[r] = cpu_of(RUSAGE_SELF);
}

static void stop(struct took *t, int r)
{
    t->wall[r] = (double)clock_mono_ns() / 1e9 - t->wall[r];
    t->cpu[r] = cpu_of(RUSAGE_SELF) - t->cpu[r];
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(const double *v)
{
    double s[RUNS];
    memcpy(s, v, sizeof(s));
    qsort(s, RUNS, sizeof(*s), by_value);
    return s[RUNS / 2];
}

static double peak_mb(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (double)u.ru_maxrss / 1024;
}

/* ---- logs ---- */

static int count_hit(void *ctx, const uint32_t *ids, size_t n, uint64_t end)
{
    (void)ids;
    (void)n;
    (void)end;
    ++*(uint64_t *)ctx;
    return 0;
}

static void raw_scan(const struct scan_match *m, struct scan_scratch *s, char **file, int n, uint64_t *bytes, uint64_t *hits)
{
    static char block[256 * 1024];
    *bytes = *hits = 0;
    for (int i = 0; i < n; i++) {
        int fd = open(file[i], O_RDONLY | O_CLOEXEC);
        ssize_t k;
        while (fd >= 0 && (k = read(fd, block, sizeof(block))) > 0) {
            *bytes += (uint64_t)k;
            scan_match_scan(m, s, str_n(block, (size_t)k), count_hit, hits);
        }
        close(fd);
    }
}

static void run_sweep(char **file, int n, unsigned threads, uint64_t *found)
{
    struct err e = {0};
    struct sweep s;
    static struct sweep_root root[ROOTS];
    struct sweep_options o = {0};
    for (int i = 0; i < n && i < ROOTS; i++)
        root[i] = (struct sweep_root){file[i], 0};
    o.root = root;
    o.root_n = (size_t)MIN(n, ROOTS);
    o.pack = (const struct pack *const *)packs;
    o.pack_n = pack_n;
    o.since = WHEN_NONE;
    o.threads = threads;
    if (sweep_run(&s, &o, 0, &e) != 0)
        die(&e);
    *found = s.sighting.n + s.beyond;
    sweep_free(&s);
}

static void bench_text(char **file, int n)
{
    struct pack_eval *v = pack_eval_new((const struct pack *const *)packs, pack_n);
    const struct pack_pattern *p;
    struct scan_match *m;
    struct scan_scratch *s;
    struct err e = {0};
    size_t patterns = pack_eval_patterns(v, PACK_PLACE_TEXT, &p);
    struct took raw, one, two;
    uint64_t bytes = 0, hits = 0, found = 0;
    if (scan_match_new(&m, p, patterns, 0, &e) != 0)
        die(&e);
    const struct scan_match *db = m;
    if (scan_scratch_new(&s, &db, 1, &e) != 0)
        die(&e);
    for (int r = 0; r < RUNS; r++) {
        start(&raw, r);
        raw_scan(m, s, file, n, &bytes, &hits);
        stop(&raw, r);
        start(&one, r);
        run_sweep(file, n, 1, &found);
        stop(&one, r);
        start(&two, r);
        run_sweep(file, n, 2, &found);
        stop(&two, r);
    }
    double mb = (double)bytes / 1e6;
    printf("text: %zu patterns, %.0f MB, %llu candidates, %llu sightings\n", patterns, mb, (unsigned long long)hits, (unsigned long long)found);
    printf("raw engine, one core   %7.0f MB/s\n", mb / median(raw.cpu));
    printf("sweep, one thread      %7.0f MB/s  (%.0f%% of raw; target 70)\n", mb / median(one.cpu), 100 * median(raw.cpu) / median(one.cpu));
    printf("sweep, two threads     %7.0f MB/s  (%.2f times one thread by wall time; target 1.8)\n", mb / median(two.wall), median(one.wall) / median(two.wall));
    printf("                                    (%.2f times its processor time: 1 when nothing waits or is done twice)\n", median(two.cpu) / median(one.cpu));
    printf("peak RSS               %7.1f MB    (target 64)\n", peak_mb(RUSAGE_SELF));
    scan_scratch_free(s);
    scan_match_free(m);
    pack_eval_free(v);
}

/* ---- paths ---- */

static const char *const dir[] = {"C:\\Windows\\System32\\", "C:\\inetpub\\wwwroot\\aspnet_client\\",
                                  "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\FrontEnd\\HttpProxy\\owa\\auth\\", "C:\\Users\\Admin\\AppData\\Local\\Temp\\",
                                  "C:\\ProgramData\\Vendor\\Product\\Logs\\"};

static void bench_paths(void)
{
    enum { N = 1000000, KEPT = 10000, WIDTH = 128 };
    static char path[KEPT][WIDTH], normal[KEPT][WIDTH];
    struct pack_eval *v = pack_eval_new((const struct pack *const *)packs, pack_n);
    const struct pack_pattern *p;
    struct scan_names *m;
    struct scan_scratch *s;
    struct err e = {0};
    struct buf b = BUF_INIT(64 * KIB);
    struct scan_names_found found = {0};
    struct pack_hit h;
    size_t patterns = pack_eval_patterns(v, PACK_PLACE_PATH, &p), rest;
    uint64_t hits = 0;
    struct took find, both;
    if (scan_names_new(&m, v, 0, &e) != 0)
        die(&e);
    const struct scan_match *db = scan_names_match(m);
    if (scan_scratch_new(&s, &db, 1, &e) != 0)
        die(&e);
    for (int i = 0; i < KEPT; i++) {
        snprintf(path[i], WIDTH, "%sfile%07d.%s", dir[i % 5], i * 37, i % 3 ? "dll" : "txt");
        buf_clear(&b);
        pack_path_normal(str_of(path[i]), 0, 0, &b);
        memcpy(normal[i], buf_cstr(&b), b.n + 1);
    }
    for (int r = 0; r < RUNS; r++) {
        start(&find, r);
        for (int i = 0; i < N; i++) {
            scan_names_find(m, s, str_of(normal[i % KEPT]), &found);
            for (size_t k = 0; k < found.id.n; k++)
                hits += pack_eval_check_path(v, found.id.p[k], str_of(normal[i % KEPT]), &h);
        }
        stop(&find, r);
        start(&both, r);
        for (int i = 0; i < N; i++) {
            buf_clear(&b);
            pack_path_normal(str_of(path[i % KEPT]), 0, 0, &b);
            scan_names_find(m, s, buf_str(&b), &found);
            for (size_t k = 0; k < found.id.n; k++)
                hits += pack_eval_check_path(v, found.id.p[k], buf_str(&b), &h);
        }
        stop(&both, r);
    }
    scan_match_rest(db, &rest);
    printf("paths: %zu patterns (%zu left to the engine), %llu hits\n", patterns, scan_match_count(db) + rest, (unsigned long long)hits);
    printf("names in normal form   %7.2f M/s  (target 3)\n", N / median(find.cpu) / 1e6);
    printf("names as they come     %7.2f M/s\n", N / median(both.cpu) / 1e6);
    scan_names_found_release(&found);
    buf_release(&b);
    scan_scratch_free(s);
    scan_names_free(m);
    pack_eval_free(v);
}

/* ---- hashes ---- */

static uint64_t total(char **file, int n)
{
    uint64_t bytes = 0;
    for (int i = 0; i < n; i++) {
        int fd = open(file[i], O_RDONLY | O_CLOEXEC);
        off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
        bytes += size > 0 ? (uint64_t)size : 0;
        close(fd);
    }
    return bytes;
}

static void bench_hash(char **file, int n)
{
    static char block[1024 * 1024];
    static const char text[] = "pack t\ntitle T\nversion 1\nvulnerability CVE-2021-26855\ncheck a\n    title A\n    vulnerability CVE-2021-26855\n    level hint\n"
                               "    score 1\n    needs file-hashes\n    sha256 b75f163ca9b9240bf4b37ad92bc7556b40a17e27c2b8ed5c8991385fe07d17d0\n";
    struct err e = {0};
    struct took raw, one;
    struct scan_hash h = {0};
    uint64_t bytes = total(file, n), found;
    if (pack_read(&packs[pack_n++], "t.pack", str_of(text), &(struct pack_options){.kind = pack_by_name(STR_LIT("toban"))}, &e) != 0)
        die(&e);
    for (int r = 0; r < RUNS; r++) {
        start(&raw, r);
        scan_hash_begin(&h, HASH_SHA256);
        for (uint64_t at = 0; at < bytes; at += sizeof(block))
            scan_hash_add(&h, block, sizeof(block));
        scan_hash_end(&h);
        stop(&raw, r);
        start(&one, r);
        run_sweep(file, n, 1, &found);
        stop(&one, r);
    }
    scan_hash_release(&h);
    double mb = (double)bytes / 1e6, a = median(raw.cpu), b = median(one.cpu);
    printf("hash: %.0f MB in %d files, SHA-256 of memory %.0f MB/s, sweep %.0f MB/s (%.0f%%; target 90)\n", mb, n, mb / a, mb / b, 100 * a / b);
}

/* ---- others ---- */

static void run_command(const char *command, struct took *t, int r, double *rss)
{
    struct rusage u;
    int status;
    uint64_t from = clock_mono_ns();
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(null, 1);
        dup2(null, 2);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &u) != pid || !WIFEXITED(status) || WEXITSTATUS(status) > 125) {
        fprintf(stderr, "cannot run: %s\n", command);
        exit(1);
    }
    t->wall[r] = (double)(clock_mono_ns() - from) / 1e9;
    t->cpu[r] = (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
    *rss = (double)u.ru_maxrss / 1024;
}

static void bench_race(double mb, char **command, int n)
{
    struct took *t = mem_zalloc((size_t)n * sizeof(*t));
    double *rss = mem_zalloc((size_t)n * sizeof(*rss));
    for (int r = 0; r < RUNS; r++)
        for (int i = 0; i < n; i++)
            run_command(command[i], &t[i], r, &rss[i]);
    for (int i = 0; i < n; i++) {
        double wall = median(t[i].wall), cpu = median(t[i].cpu);
        printf("%8.0f MB/s %8.3f s wall %8.3f s cpu %6.1f MB RSS  cpu x%.2f wall x%.2f  %s\n", mb / wall, wall, cpu, rss[i],
               cpu / median(t[0].cpu), wall / median(t[0].wall), command[i]);
    }
    free(t);
    free(rss);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "race") == 0 && argc > 3) {
        bench_race(atof(argv[2]), argv + 3, argc - 3);
        return 0;
    }
    int at = args(argc, argv, 2);
    if (strcmp(what, "text") == 0 && at < argc)
        bench_text(argv + at, argc - at);
    else if (strcmp(what, "paths") == 0)
        bench_paths();
    else if (strcmp(what, "hash") == 0 && at < argc)
        bench_hash(argv + at, argc - at);
    else {
        fprintf(stderr, "usage: see the head of bench_sweep.c\n");
        return 2;
    }
    return 0;
}
