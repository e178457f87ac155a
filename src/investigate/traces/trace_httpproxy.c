#include "investigate/traces/trace_csv.h"
#include "investigate/traces/trace_split.h"

/* The columns of builds 15.1 and 15.2, and those of an early 15.0, for files that lost their header. */
static const char columns_74[] =
    "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,"
    "UrlHost,UrlStem,"
    "ProtocolAction,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,"
    "UserAgent,"
    "ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,ProxyAction,TargetServer,"
    "TargetServerVersion,RoutingType,RoutingHint,BackEndCookie,ServerLocatorHost,ServerLocatorLatency,"
    "RequestBytes,"
    "ResponseBytes,TargetOutstandingRequests,AuthModulePerfContext,HttpPipelineLatency,"
    "CalculateTargetBackEndLatency,"
    "GlsLatencyBreakup,TotalGlsLatency,AccountForestLatencyBreakup,TotalAccountForestLatency,"
    "ResourceForestLatencyBreakup,TotalResourceForestLatency,ADLatency,SharedCacheLatencyBreakup,"
    "TotalSharedCacheLatency,ActivityContextLifeTime,ModuleToHandlerSwitchingLatency,ClientReqStreamLatency,"
    "BackendReqInitLatency,BackendReqStreamLatency,BackendProcessingLatency,BackendRespInitLatency,"
    "BackendRespStreamLatency,ClientRespStreamLatency,KerberosAuthHeaderLatency,HandlerCompletionLatency,"
    "RequestHandlerLatency,HandlerToModuleSwitchingLatency,ProxyTime,CoreLatency,RoutingLatency,"
    "HttpProxyOverhead,"
    "TotalRequestTime,RouteRefresherLatency,UrlQuery,BackEndGenericInfo,GenericInfo,GenericErrors,"
    "EdgeTraceId,"
    "DatabaseGuid,UserADObjectGuid,PartitionEndpointLookupLatency,RoutingStatus";
static const char columns_54[] =
    "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,"
    "UrlStem,"
    "ProtocolAction,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,"
    "UserAgent,"
    "ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,ProxyAction,TargetServer,,"
    "TargetServerVersion,RoutingHint,BackEndCookie,ServerLocatorHost,ServerLocatorLatency,RequestBytes,"
    "ResponseBytes,"
    "TargetOutstandingRequests,AuthModulePerfContext,HttpPipelineLatency,CalculateTargetBackEndLatency,"
    "GlsLatencyBreakup,TotalGlsLatency,AccountForestLatencyBreakup,TotalAccountForestLatency,"
    "ResourceForestLatencyBreakup,TotalResourceForestLatency,ADLatency,ActivityContextLifeTime,"
    "ModuleToHandlerSwitching,FirstResponseByteReceived,ProxyTime,RequestHandlerLatency,"
    "HandlerToModuleSwitching,"
    "HttpProxyOverhead,TotalRequestTime,UrlQuery,GenericInfo,GenericErrors";
#define FIRST "DateTime,"

extern const struct trace_kind trace_httpproxy;

struct httpproxy {
    struct trace_csv csv;
    struct trace_text_file *file;
};

static size_t column_count(struct str row)
{
    struct str col[1];
    bool quotes;
    return trace_split_csv(row, ',', col, 1, &quotes);
}

static int httpproxy_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    bool zoned;
    when_t t;
    struct trace_time clock = {0};
    head = trace_text_head(head, copy, sizeof(copy));
    if (trace_text_find(head, STR_LIT("#Log-type: HttpProxy")) != STR_NONE)
        return 95;
    if (trace_csv_has_header(head, FIRST) && trace_text_find(head, STR_LIT(",AnchorMailbox,")) != STR_NONE)
        return 95;
    struct str row = trace_csv_first_row(head);
    if (!trace_time_iso(&clock, row, 0, &t, &zoned))
        return 0;
    size_t n = column_count(row);
    if (n < 20)
        return 0;
    return str_starts_i(file_name, "HttpProxy_") ? 80 : n == 54 || n == 74 ? 60 : 0;
}

static void httpproxy_begin(void *state, struct trace_text_file *file, struct str head)
{
    struct httpproxy *h = state;
    h->file = file;
    h->csv.time_col = STR_NONE;
    if (trace_csv_has_header(head, FIRST))
        return;
    size_t n = column_count(trace_csv_first_row(head));
    trace_csv_header(&h->csv, n > 60 ? str_of(columns_74) : str_of(columns_54));
    file->note = tr("the file has no header; its columns are taken to be in the usual order");
}

static void httpproxy_end(void *state)
{
    struct httpproxy *h = state;
    trace_csv_release(&h->csv);
}

static enum trace_text_line httpproxy_look(const void *state, struct str line)
{
    (void)state;
    return trace_csv_look(line, FIRST);
}

static void httpproxy_change(void *state, struct str line)
{
    struct httpproxy *h = state;
    trace_csv_header(&h->csv, line);
}

static when_t httpproxy_time(void *state, struct str row)
{
    struct httpproxy *h = state;
    return trace_csv_time(&h->csv, row);
}

static const char *httpproxy_parse(void *state, struct trace_text_row *r, struct str text)
{
    struct httpproxy *h = state;
    return trace_csv_parse(&h->csv, r, text);
}

static const struct trace_text_kind text = {.size = sizeof(struct httpproxy),
                                            .iso_first = true,
                                            .timed = true,
                                            .utf8 = true,
                                            .begin = httpproxy_begin,
                                            .end = httpproxy_end,
                                            .look = httpproxy_look,
                                            .change = httpproxy_change,
                                            .time = httpproxy_time,
                                            .parse = httpproxy_parse};

static int httpproxy_read(const struct trace_input *in, const struct trace_want *want,
                          const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_httpproxy, in, want, sink, coverage, e);
}

const struct trace_kind trace_httpproxy = {.name = "httpproxy",
                                           .title = TR("Exchange HttpProxy log"),
                                           .sniff = httpproxy_sniff,
                                           .read = httpproxy_read,
                                           .text = &text};
