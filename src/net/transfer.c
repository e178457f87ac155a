#include "net/transfer.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/address.h"
#include "net/field.h"
#include "net/proxy.h"

#define POLL_MS 100               /* how soon cancel and slowness are noticed */
#define ERROR_BODY_MAX (64 * KIB) /* of an answer we do not keep; then the connection is given up */

/* What the callbacks share. */
struct exchange {
    const struct transfer_order *o;
    struct transfer_answer *a;
    CURL *easy;
    struct err *e;
    bool via_proxy;
    bool address_refused;
    char address[ADDRESS_TEXT];
    bool stopped; /* a callback ended the transfer and has set *e */
    bool body_started, body_skipped, slow;
    uint64_t headers_n, skipped_n;
    uint64_t start_ns, window_ns, window_bytes, got;
};

int transfer_init(struct transfer_engine *t, struct err *e)
{
    *t = (struct transfer_engine){0};
    /* Thread-safe since 7.84, and counted. */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(e, ERR_INTERNAL, "libcurl does not start");
    t->multi = curl_multi_init();
    t->easy = curl_easy_init();
    if (!t->multi || !t->easy)
        abort();
    return 0;
}

void transfer_release(struct transfer_engine *t)
{
    if (!t->multi)
        return;
    curl_easy_cleanup(t->easy);
    curl_multi_cleanup(t->multi);
    curl_global_cleanup();
    *t = (struct transfer_engine){0};
}

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct exchange *x = ctx;
    (void)purpose;
    if (!x->via_proxy && !x->o->private_ok && !address_is_public(&a->addr)) {
        x->address_refused = true;
        address_text(&a->addr, x->address);
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    (void)p;
    x->headers_n += size * n;
    if (x->headers_n <= LIMIT_HTTP_HEADERS)
        return size * n;
    x->stopped = true;
    err_set(x->e, ERR_LIMIT, "the header of the answer is longer than %lu bytes", LIMIT_HTTP_HEADERS);
    return 0;
}

static void header(CURL *easy, const char *name, char *out, size_t size)
{
    struct curl_header *h;
    out[0] = 0;
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK && strlen(h->value) < size)
        memcpy(out, h->value, strlen(h->value) + 1);
}

static void read_headers(struct exchange *x)
{
    struct transfer_answer *a = x->a;
    long status = 0;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    a->status = (int)status;
    header(x->easy, "ETag", a->etag, sizeof(a->etag));
    header(x->easy, "Last-Modified", a->last_modified, sizeof(a->last_modified));
    header(x->easy, "Date", a->date, sizeof(a->date));
    header(x->easy, "Content-Type", a->content_type, sizeof(a->content_type));
    header(x->easy, "Retry-After", a->retry_after, sizeof(a->retry_after));
    header(x->easy, "Location", a->location, sizeof(a->location));
    header(x->easy, "Content-Encoding", a->encoding, sizeof(a->encoding));
    char ranges[64];
    header(x->easy, "Accept-Ranges", ranges, sizeof(ranges));
    a->bytes_ok = field_accepts_bytes(str_of(ranges));
    struct curl_header *h;
    if (curl_easy_header(x->easy, "message", 0, CURLH_HEADER, -1, &h) == CURLHE_OK)
        field_clean(str_of(h->value), a->message, sizeof(a->message));
    curl_off_t length = -1;
    curl_easy_getinfo(x->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    a->total = length < 0 ? UINT64_MAX : (uint64_t)length;
}

/* The part we were sent must be the part that is missing, of the same whole. */
static bool range_fits(struct exchange *x)
{
    char text[128];
    uint64_t first, last, total;
    header(x->easy, "Content-Range", text, sizeof(text));
    bool ok = x->o->resume && field_content_range(str_of(text), &first, &last, &total) &&
              first == x->o->resume &&
              (total == UINT64_MAX || x->o->resume_total == UINT64_MAX || total == x->o->resume_total);
    if (ok && total != UINT64_MAX && last != total - 1)
        ok = false;
    if (ok)
        x->a->total = total;
    return ok;
}

static int start_body(struct exchange *x)
{
    x->body_started = true;
    read_headers(x);
    int status = x->a->status;
    if (status == 206 && !range_fits(x))
        return err_set(x->e, ERR_INPUT, "the server sent another part of the document than asked for");
    bool document = status == 200 || status == 203 || status == 206;
    if (document && x->a->total != UINT64_MAX && x->a->total > x->o->body->limit)
        return err_set(x->e, ERR_LIMIT, "%llu bytes announced, more than the %llu taken",
                       (unsigned long long)x->a->total, (unsigned long long)x->o->body->limit);
    if (document && status != 206 && x->o->body->size)
        return tempfile_reset(x->o->body, x->e);
    return 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    n *= size;
    if (!x->body_started && start_body(x) < 0) {
        x->stopped = true;
        return 0;
    }
    int status = x->a->status;
    if (status != 200 && status != 203 && status != 206) {
        x->skipped_n += n;
        x->body_skipped = x->skipped_n > ERROR_BODY_MAX;
        return x->body_skipped ? 0 : n;
    }
    if (tempfile_add(x->o->body, p, n, x->e) < 0) {
        x->stopped = true;
        return 0;
    }
    x->got += n;
    return n;
}

/* Called by libcurl on every turn of the loop. */
static int on_progress(void *ctx, curl_off_t total, curl_off_t got, curl_off_t up_total, curl_off_t up)
{
    struct exchange *x = ctx;
    (void)total, (void)got, (void)up_total, (void)up;
    const struct http_config *c = x->o->config;
    uint64_t now = clock_mono_ns(), slow_ns = (uint64_t)c->slow_ms * 1000000;
    if (now - x->window_ns >= slow_ns) {
        uint64_t bytes = x->got + x->skipped_n - x->window_bytes;
        x->slow = (double)bytes * 1e9 < (double)c->slow_bytes_s * (double)(now - x->window_ns);
        x->window_ns = now;
        x->window_bytes = x->got + x->skipped_n;
        if (x->slow)
            return 1;
    }
    if (x->o->rq->progress && x->body_started) {
        uint64_t whole = x->a->total == UINT64_MAX ? 0 : x->a->total;
        double seconds = (double)(now - x->start_ns) / 1e9;
        x->o->rq->progress(x->o->rq->progress_ctx, x->o->body->size, whole,
                           seconds > 0 ? (double)x->got / seconds : 0);
    }
    return 0;
}

static void append(struct curl_slist **list, const char *name, struct str value)
{
    size_t n = strlen(name) + value.n + 3;
    char *line = mem_alloc(n);
    snprintf(line, n, "%s: " STR_FMT, name, STR_ARG(value));
    struct curl_slist *more = curl_slist_append(*list, line);
    free(line);
    if (!more)
        abort();
    *list = more;
}

static struct curl_slist *headers(const struct transfer_order *o)
{
    struct curl_slist *list = NULL;
    const struct http_request *rq = o->rq;
    append(&list, "Accept", rq->accept.n ? rq->accept : STR_LIT("*/*"));
    /* Set by hand: libcurl then leaves the coding alone. */
    append(&list, "Accept-Encoding", STR_LIT("gzip"));
    if (o->with_key && rq->key && rq->key_header)
        append(&list, rq->key_header, str_of(rq->key));
    if (o->conditional && rq->etag.n)
        append(&list, "If-None-Match", rq->etag);
    if (o->conditional && rq->last_modified.n)
        append(&list, "If-Modified-Since", rq->last_modified);
    if (o->resume) {
        char range[48];
        snprintf(range, sizeof(range), "bytes=%llu-", (unsigned long long)o->resume);
        append(&list, "Range", str_of(range));
        append(&list, "If-Range", str_of(o->if_range));
    }
    return list;
}

static void set_options(struct exchange *x, CURL *c, struct curl_slist *list)
{
    const struct http_config *config = x->o->config;
    const char *proxy = proxy_pick(config->proxy, x->o->url);
    x->via_proxy = *proxy;
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, x->o->url->text);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, x->o->url->https ? "https" : "http");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(c, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* a key is not for the proxy */
    curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, config->user_agent);
    curl_easy_setopt(c, CURLOPT_PROXY, proxy);
    curl_easy_setopt(c, CURLOPT_NOPROXY, ""); /* proxy_pick has decided */
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (config->ca_file)
        curl_easy_setopt(c, CURLOPT_CAINFO, config->ca_file);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)config->connect_ms);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)MAX(x->o->time_ms, (uint64_t)1));
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, x);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, x);
}

/* Sets *result; false when cancelled. */
static bool drive(CURLM *multi, const struct transfer_order *o, CURLcode *result)
{
    int running = 1;
    while (running) {
        if (o->rq->cancel && atomic_load(o->rq->cancel))
            return false;
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            break;
        if (running) /* polling with nothing running would sleep for nothing */
            curl_multi_poll(multi, NULL, 0, POLL_MS, NULL);
    }
    int left;
    CURLMsg *m = curl_multi_info_read(multi, &left);
    *result = m && m->msg == CURLMSG_DONE ? m->data.result : CURLE_FAILED_INIT;
    return true;
}

static enum transfer_end judge_tls(CURLcode r, const char *shown, const char *detail, struct err *e)
{
    if (r == CURLE_SSL_CACERT_BADFILE) {
        err_set(e, ERR_IO,
                "%s: the file of certificate authorities cannot be read; check its path in the configuration",
                shown);
        return TRANSFER_REFUSED;
    }
    err_set(
        e, ERR_IO,
        "%s: the server's certificate cannot be trusted (%s); check the clock, the proxy and the certificate "
        "authorities",
        shown, detail);
    return TRANSFER_REFUSED;
}

/* What libcurl's code means for the caller. */
static enum transfer_end judge(struct exchange *x, CURLcode r, const char *detail)
{
    struct err *e = x->e;
    char shown[URL_SHOWN];
    url_shown(str_of(x->o->url->text), shown);
    if (x->stopped) {
        err_prefix(e, "%s", shown);
        return TRANSFER_REFUSED;
    }
    if (r == CURLE_OK || x->body_skipped) {
        if (!x->body_started) {
            int code = start_body(x);
            if (code < 0) {
                err_prefix(e, "%s", shown);
                return TRANSFER_REFUSED;
            }
        }
        return TRANSFER_DONE;
    }
    if (x->address_refused) {
        err_set(
            e, ERR_PERM,
            "%s: refused to connect to %s, which is not an address of the public Internet; if this server is "
            "yours, add it to the hosts that may be private",
            shown, x->address);
        return TRANSFER_REFUSED;
    }
    if (r == CURLE_PEER_FAILED_VERIFICATION || r == CURLE_SSL_CACERT_BADFILE)
        return judge_tls(r, shown, detail, e);
    if (x->slow)
        err_set(e, ERR_IO, "%s: too slow, fewer than %u bytes a second; try again later", shown,
                x->o->config->slow_bytes_s);
    else if (r == CURLE_PARTIAL_FILE)
        err_set(e, ERR_IO, "%s: the answer broke off after %llu bytes; try again later", shown,
                (unsigned long long)x->o->body->size);
    else
        err_set(e, ERR_IO, "%s: no complete answer (%s); check the network and the proxy, or try again later",
                shown, detail);
    return TRANSFER_BROKEN;
}

enum transfer_end transfer_run(struct transfer_engine *t, const struct transfer_order *o,
                               struct transfer_answer *a, struct err *e)
{
    *a = (struct transfer_answer){.total = UINT64_MAX};
    char detail[CURL_ERROR_SIZE] = "";
    struct exchange x = {.o = o, .a = a, .easy = t->easy, .e = e, .start_ns = clock_mono_ns()};
    x.window_ns = x.start_ns;
    struct curl_slist *list = headers(o);
    set_options(&x, t->easy, list);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, detail);
    enum transfer_end end = TRANSFER_REFUSED;
    char shown[URL_SHOWN];
    url_shown(str_of(o->url->text), shown);
    if (x.via_proxy && !o->private_ok && !address_host_is_public(o->url->host)) {
        err_set(e, ERR_PERM, "%s: refused to ask the proxy for an address that is not public", shown);
    } else if (curl_multi_add_handle(t->multi, t->easy) != CURLM_OK) {
        err_set(e, ERR_INTERNAL, "libcurl does not start");
    } else {
        CURLcode r = CURLE_OK;
        if (drive(t->multi, o, &r)) {
            char clean[CURL_ERROR_SIZE];
            field_clean(str_of(detail[0] ? detail : curl_easy_strerror(r)), clean, sizeof(clean));
            end = judge(&x, r, clean);
        } else {
            err_set(e, ERR_IO, "%s: stopped on request", shown);
            end = TRANSFER_CANCELLED;
        }
        /* Headers of a broken answer decide whether it can be resumed; they were read with its first byte. */
        curl_multi_remove_handle(t->multi, t->easy);
    }
    /* The handle keeps pointers into this frame otherwise. */
    curl_easy_reset(t->easy);
    curl_slist_free_all(list);
    a->gzip =
        str_is_i(str_trim(str_of(a->encoding)), "gzip") || str_is_i(str_trim(str_of(a->encoding)), "x-gzip");
    return end;
}
