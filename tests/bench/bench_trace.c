/* Text traces: MB/s of handing out blocks of lines, and of parsing every row.
 *
 *   bench_trace [MIB] [ROUNDS]      (100, 5)
 *
 * Logs are made in memory: HttpProxy rows of about 1 KB with 74 columns, IIS rows of about 235
 * bytes. Beside each other: counting line feeds with memchr, the blocks, and a full parse. */
#include <stdio.h>

#include "codec/stream.h"
#include "investigate/traces/trace_text.h"

static const char httpproxy_head[] =
    "\xEF\xBB\xBF#Software: Microsoft Exchange Server\r\n#Version: 15.01.2375.007\r\n#Log-type: HttpProxy "
    "Logs\r\n"
    "#Date: 2021-03-03T00:00:00.000Z\r\n#Fields: DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,"
    "RevisionVersion,ClientRequestId,Protocol,UrlHost,UrlStem,ProtocolAction,AuthenticationType,"
    "IsAuthenticated,"
    "AuthenticatedUser,Organization,AnchorMailbox,UserAgent,ClientIpAddress,ServerHostName,HttpStatus";

static void httpproxy_log(struct buf *b, size_t size)
{
    buf_adds(b, httpproxy_head);
    for (int i = 21; i <= 74; i++)
        buf_printf(b, ",Column%d", i);
    buf_adds(b, "\r\n");
    for (uint64_t i = 0; b->n < size; i++) {
        buf_printf(
            b,
            "2021-03-%02uT%02u:%02u:%02u.%03uZ,5e58f5e5-1ddc-48d3-82c6-%012llx,15,1,2375,7,,Ews,mail.contoso."
            "com,"
            "/ews/"
            "exchange.asmx,,Negotiate,true,CONTOSO\\user%llu,,Sid~S-1-5-21-123456789-987654321-1234-%llu,"
            "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.13628; "
            "Pro),10.0.%llu.%llu,EXCH01,200",
            (unsigned)(1 + i / 86400 % 28), (unsigned)(i / 3600 % 24), (unsigned)(i / 60 % 60),
            (unsigned)(i % 60), (unsigned)(i % 1000), (unsigned long long)i, (unsigned long long)(i % 900),
            (unsigned long long)(i % 900), (unsigned long long)(i % 200), (unsigned long long)(i % 250));
        for (int k = 21; k <= 72; k++)
            buf_printf(b, ",%llu", (unsigned long long)((i * 31 + (unsigned)k) % 10000));
        buf_adds(b, ",BeginRequest=2021-03-03T00:00:00.116Z;CorrelationID=<empty>;ProxyState-Run=None;"
                    "ProxyToDownLevel=False;"
                    "RoutingEntry=DatabaseGuid:fb7adba2-51f4-47e3-b170-fd39f85aaf35%40contoso.com%40contoso."
                    "com Server:EXCH01"
                    ".contoso.com+1942063431@0;BeginGetResponse=2021-03-03T00:00:00.120Z;OnResponseReady="
                    "2021-03-03T00:00:00.128Z;"
                    "EndGetResponse=2021-03-03T00:00:00.128Z;EndRequest=2021-03-03T00:00:00.130Z;I32:ADS.C["
                    "DC01]=1;F:ADS.AL[DC01]="
                    "1.2;,CafeV1\r\n");
    }
}

static void iis_log(struct buf *b, size_t size)
{
    buf_adds(
        b,
        "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2021-03-03 "
        "00:00:00\r\n"
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) "
        "cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r\n");
    for (uint64_t i = 0; b->n < size; i++)
        buf_printf(
            b,
            "2021-03-%02u %02u:%02u:%02u 10.0.0.5 POST /ews/exchange.asmx &CorrelationID=<empty>;&cafeReqId="
            "5e58f5e5-1ddc-48d3-82c6-%012llx; 443 CONTOSO\\user%llu 10.0.%llu.%llu "
            "Microsoft+Office/16.0+(Windows+NT+10.0;+Microsoft+Outlook+16.0) - 200 0 0 %llu\r\n",
            (unsigned)(1 + i / 86400 % 28), (unsigned)(i / 3600 % 24), (unsigned)(i / 60 % 60),
            (unsigned)(i % 60), (unsigned long long)i, (unsigned long long)(i % 900),
            (unsigned long long)(i % 200), (unsigned long long)(i % 250), (unsigned long long)(i % 500));
}

static uint64_t seen;
static int count_record(void *ctx, const struct trace_record *r, size_t n)
{
    (void)ctx;
    seen += n + r->field_n;
    return 0;
}

enum way { LINE_FEEDS, BLOCKS, PARSE };

static uint64_t run(const char *kind, struct str log, enum way way)
{
    struct trace_input in = {.name = "log", .bytes = log};
    struct trace_text_block b;
    struct trace_text *t;
    struct trace_coverage c = {0};
    struct err e;
    uint64_t from = clock_mono_ns();
    if (way == LINE_FEEDS) {
        for (const char *p = log.p, *end = log.p + log.n; (p = memchr(p, '\n', (size_t)(end - p))) != NULL;
             p++)
            seen++;
    } else if (way == PARSE) {
        struct trace_sink sink = {.record = count_record};
        struct trace_want want = {0};
        if (trace_by_name(str_of(kind))->read(&in, &want, &sink, &c, &e) < 0)
            exit(1);
    } else {
        if (trace_text_open(&t, trace_by_name(str_of(kind)), &in, NULL, &e) < 0)
            exit(1);
        while (trace_text_block(t, &b, &e) > 0)
            seen += b.rows;
        trace_text_free(t);
    }
    return clock_mono_ns() - from;
}

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void bench(const char *kind, struct str log, unsigned rounds)
{
    static const char *const names[] = {"line feeds (memchr)", "blocks of lines", "every row parsed"};
    uint64_t took[3][64];
    for (unsigned i = 0; i < rounds; i++)
        for (int way = 0; way < 3; way++)
            took[way][i] = run(kind, log, (enum way)way);
    for (int way = 0; way < 3; way++) {
        qsort(took[way], rounds, sizeof(took[way][0]), compare);
        printf("%-10s %-20s %8.0f MB/s\n", kind, names[way],
               (double)log.n * 1e3 / (double)took[way][rounds / 2]);
    }
}

int main(int argc, char **argv)
{
    size_t mib = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;
    unsigned rounds = argc > 2 ? (unsigned)MIN(strtoul(argv[2], NULL, 10), 64) : 5;
    struct buf b = BUF_INIT((mib + 1) * MIB);
    httpproxy_log(&b, mib * MIB);
    bench("httpproxy", buf_str(&b), MAX(rounds, 1U));
    buf_clear(&b);
    iis_log(&b, mib * MIB);
    bench("iis", buf_str(&b), MAX(rounds, 1U));
    buf_release(&b);
    return seen == 0;
}
