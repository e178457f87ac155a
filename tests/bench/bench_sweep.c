/* bench_sweep — the sweep against its raw limits, in one run, alternating, medians of five.
 *
 *   bench_sweep text PACK…  -- FILE…     log scan: raw pattern engine (1 MiB reads) against the sweep, one and all cores
 *   bench_sweep paths PACK…              path patterns: names per second
 *   bench_sweep hash -- FILE…            raw SHA-256 of read() bytes against a sweep that hashes
 *   bench_sweep make-logs FOLDER MB      writes generated HttpProxy-like and IIS-like logs (70 : 30)
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "investigate/packs/pack_eval.h"
#include "investigate/packs/pack_path.h"
#include "investigate/scan_hash.h"
#include "investigate/scan_match.h"
#include "investigate/sweep.h"

#define RUNS 5

static void die(const struct err *e)
{
    fprintf(stderr, "%s\n", e->text);
    exit(1);
}

static struct pack *packs[32];
static size_t pack_n;

static int args(int argc, char **argv, int at)
{
    struct err e = {0};
    for (; at < argc && strcmp(argv[at], "--") != 0; at++)
        if (pack_open(&packs[pack_n++], argv[at], NULL, &e) != 0)
            die(&e);
    return at + 1;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *v)
{
    qsort(v, RUNS, sizeof(*v), by_value);
    return v[RUNS / 2];
}

static int count_hit(void *ctx, const uint32_t *ids, size_t n, uint64_t end)
{
    (void)ids;
    (void)n;
    (void)end;
    ++*(uint64_t *)ctx;
    return 0;
}

static double seconds_since(uint64_t t)
{
    return (double)(clock_mono_ns() - t) / 1e9;
}

static double raw_scan(const struct scan_match *m, struct scan_scratch *s, char **file, int n, uint64_t *bytes, uint64_t *hits)
{
    static char block[1024 * 1024];
    uint64_t t = clock_mono_ns();
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
    return seconds_since(t);
}

static double run_sweep(char **file, int n, unsigned threads, const struct sweep_options *like, uint64_t *found)
{
    struct err e = {0};
    struct sweep s;
    struct sweep_root root[256];
    struct sweep_options o = like ? *like : (struct sweep_options){0};
    for (int i = 0; i < n && i < 256; i++)
        root[i] = (struct sweep_root){file[i], 0};
    o.root = root;
    o.root_n = (size_t)n;
    o.pack = (const struct pack *const *)packs;
    o.pack_n = pack_n;
    o.since = WHEN_NONE;
    o.threads = threads;
    uint64_t t = clock_mono_ns();
    if (sweep_run(&s, &o, 0, &e) != 0)
        die(&e);
    double took = seconds_since(t);
    *found = s.sighting.n + s.beyond;
    sweep_free(&s);
    return took;
}

static void bench_text(char **file, int n)
{
    struct pack_eval *v = pack_eval_new((const struct pack *const *)packs, pack_n);
    const struct pack_pattern *p;
    struct scan_match *m;
    struct scan_scratch *s;
    struct err e = {0};
    size_t patterns = pack_eval_patterns(v, PACK_PLACE_TEXT, &p);
    double raw[RUNS], one[RUNS], all[RUNS];
    uint64_t bytes = 0, hits = 0, found = 0;
    const struct scan_match *db;
    if (scan_match_new(&m, p, patterns, 0, &e) != 0)
        die(&e);
    db = m;
    if (scan_scratch_new(&s, &db, 1, &e) != 0)
        die(&e);
    for (int r = 0; r < RUNS; r++) {
        raw[r] = raw_scan(m, s, file, n, &bytes, &hits);
        one[r] = run_sweep(file, n, 1, NULL, &found);
        all[r] = run_sweep(file, n, 0, NULL, &found);
    }
    double mb = (double)bytes / 1e6, a = median(raw), b = median(one), c = median(all);
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("text: %zu patterns, %.0f MB, %llu candidates, %llu sightings\n", patterns, mb, (unsigned long long)hits, (unsigned long long)found);
    printf("raw engine, one core   %7.0f MB/s\n", mb / a);
    printf("sweep, one thread      %7.0f MB/s  (%.0f%% of raw)\n", mb / b, 100 * a / b);
    printf("sweep, all cores       %7.0f MB/s  (%.2f times one thread)\n", mb / c, b / c);
    printf("peak RSS               %7.1f MB\n", (double)u.ru_maxrss / 1024);
}

static void bench_paths(void)
{
    enum { N = 1000000 };
    static const char *const dir[] = {"c:/windows/system32/", "c:/inetpub/wwwroot/aspnet_client/", "c:/program files/microsoft/exchange server/v15/frontend/httpproxy/owa/auth/",
                                      "c:/users/admin/appdata/local/temp/", "c:/programdata/vendor/product/logs/"};
    struct pack_eval *v = pack_eval_new((const struct pack *const *)packs, pack_n);
    const struct pack_pattern *p;
    struct scan_match *m;
    struct scan_scratch *s;
    struct err e = {0};
    size_t patterns = pack_eval_patterns(v, PACK_PLACE_PATH, &p);
    uint64_t hits = 0;
    double took[RUNS];
    char path[256];
    if (scan_match_new(&m, p, patterns, SCAN_MATCH_ONCE, &e) != 0)
        die(&e);
    const struct scan_match *db = m;
    if (scan_scratch_new(&s, &db, 1, &e) != 0)
        die(&e);
    for (int r = 0; r < RUNS; r++) {
        uint64_t t = clock_mono_ns();
        for (int i = 0; i < N; i++) {
            int k = snprintf(path, sizeof(path), "%sfile%07d.%s", dir[i % 5], i, i % 3 ? "dll" : "txt");
            scan_match_scan(m, s, str_n(path, (size_t)k), count_hit, &hits);
        }
        took[r] = seconds_since(t);
    }
    size_t rest;
    scan_match_rest(m, &rest);
    printf("paths: %zu patterns (%zu distinct, %zu outside the engine), %.2f M/s\n", patterns, scan_match_count(m), rest, N / median(took) / 1e6);
}

static void bench_hash(char **file, int n)
{
    static char block[256 * 1024];
    static const char text[] = "pack t\ntitle T\nversion 1\nvulnerability CVE-2021-26855\ncheck a\n    title A\n    vulnerability CVE-2021-26855\n    level hint\n"
                               "    score 1\n    needs file-hashes\n    sha256 b75f163ca9b9240bf4b37ad92bc7556b40a17e27c2b8ed5c8991385fe07d17d0\n";
    struct err e = {0};
    double raw[RUNS], one[RUNS];
    uint64_t bytes = 0, found;
    if (pack_read(&packs[pack_n++], "t.pack", str_of(text), &(struct pack_options){.kind = pack_by_name(STR_LIT("toban"))}, &e) != 0)
        die(&e);
    for (int r = 0; r < RUNS; r++) {
        struct scan_hash h = {0};
        uint64_t t = clock_mono_ns();
        bytes = 0;
        for (int i = 0; i < n; i++) {
            ssize_t k;
            int fd = open(file[i], O_RDONLY | O_CLOEXEC);
            scan_hash_begin(&h, HASH_SHA256);
            while (fd >= 0 && (k = read(fd, block, sizeof(block))) > 0) {
                bytes += (uint64_t)k;
                scan_hash_add(&h, block, (size_t)k);
            }
            scan_hash_end(&h);
            close(fd);
        }
        raw[r] = seconds_since(t);
        scan_hash_release(&h);
        one[r] = run_sweep(file, n, 1, NULL, &found);
    }
    double mb = (double)bytes / 1e6, a = median(raw), b = median(one);
    printf("hash: %.0f MB, raw SHA-256 with read() %.0f MB/s, sweep %.0f MB/s (%.0f%%)\n", mb, mb / a, mb / b, 100 * a / b);
}

static void make_logs(const char *folder, long mb)
{
    char path[1024];
    unsigned seed = 1;
    mkdir(folder, 0755);
    for (long k = 0; k < mb / 10; k++) {
        bool iis = k % 10 >= 7;
        snprintf(path, sizeof(path), "%s/%s%04ld.log", folder, iis ? "u_ex2103" : "HttpProxy_2021", k);
        FILE *f = fopen(path, "we");
        if (!f)
            exit(1);
        fputs(iis ? "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username "
                    "c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n"
                  : "#Software: Microsoft Exchange Server\r\n#Version: 15.01.2375.007\r\n#Log-type: HttpProxy Logs\r\n#Date: 2021-03-03T00:00:00.000Z\r\n#Fields: "
                    "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,UrlHost,UrlStem,ProtocolAction,AuthenticationType,"
                    "IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,ProxyAction,"
                    "TargetServer,TargetServerVersion,RoutingType,RoutingHint,BackEndCookie,GenericInfo\r\n", f);
        while (ftell(f) < 10000000) {
            unsigned r = (unsigned)rand_r(&seed);
            if (iis)
                fprintf(f, "2021-03-03 0%u:%02u:%02u 10.0.0.%u GET /owa/%08x/prem/15.1.2375.7/scripts/boot.worldwide.mouse.js &CorrelationID=<empty>;&cafeReqId=%08x-1ddc-48d3-82c6-0199bc121640; 443 "
                           "CONTOSO\\user%u 192.168.%u.%u Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64) - 200 0 0 %u\n",
                        r % 10, r / 10 % 60, r / 600 % 60, r % 250, r, r * 7, r % 5000, r % 250, r / 250 % 250, r % 900);
            else
                fprintf(f, "2021-03-03T0%u:%02u:%02u.130Z,%08x-1ddc-48d3-82c6-0199bc121640,15,1,2375,7,{%08X-0000-0000-0000-000000000000},Mapi,mail.contoso.com,/mapi/emsmdb/,,Negotiate,True,"
                           "CONTOSO\\user%u,,Sid~S-1-5-21-594047938-393122191-2580508586-%u,Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.13628; Pro),192.168.%u.%u,EXCH01,200,200,,POST,"
                           "Proxy,exch01.contoso.com,15.01.2375.000,IntraForest,WindowsIdentity,Database~%08x-4f5e-4b2a-9c1d-0123456789ab~~2021-03-10T00:00:00,"
                           "BeginRequest=2021-03-03T00:00:00.100Z;CorrelationID=<empty>;ProxyState-Run=None;DownLevelTargetHash=0/0/0;ClientAccessServer=EXCH01.contoso.com;ResolveCasLatency=0;"
                           "FEAuth=BEVersion-1942062522;ProxyToDownLevel=False;BeginGetResponse=2021-03-03T00:00:00.110Z;OnResponseReady=2021-03-03T00:00:00.120Z;EndGetResponse=2021-03-03T00:00:00.125Z;"
                           "ProxyState-Complete=ProxyResponseData;EndRequest=2021-03-03T00:00:00.130Z;S:ServiceCommonMetadata.HttpMethod=POST;I32:ADS.C[DC01]=%u;F:ADS.AL[DC01]=1.%u\r\n",
                        r % 10, r / 10 % 60, r / 600 % 60, r, r * 3, r % 5000, r % 5000, r % 250, r / 250 % 250, r * 5, r % 9, r % 9000);
        }
        fclose(f);
    }
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "make-logs") == 0 && argc == 4) {
        make_logs(argv[2], atol(argv[3]));
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
