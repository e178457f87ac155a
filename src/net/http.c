#include "net/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "net/field.h"
#include "net/localfile.h"
#include "net/retry.h"
#include "net/transfer.h"
#include "net/unpack.h"

#define HOSTS_KEPT 4096 /* of which we know when they were last asked */
#define SLEEP_SLICE_MS 100

struct http_client {
    struct http_config config; /* strings owned */
    char **private_hosts;      /* owns */
    struct transfer_engine engine;
    struct map asked; /* host → mono_ms of the last request */
};

static char *copied(const char *s)
{
    return s ? mem_dup(s, strlen(s)) : NULL;
}

int http_new(struct http_client **out, const struct http_config *config, struct err *e)
{
    *out = NULL;
    struct http_client *c = mem_zalloc(sizeof(*c));
    int code = transfer_init(&c->engine, e);
    if (code < 0) {
        free(c);
        return code;
    }
    struct http_config *f = &c->config;
    *f = *config;
    f->proxy = copied(config->proxy);
    f->ca_file = copied(config->ca_file);
    f->user_agent =
        copied(config->user_agent ? config->user_agent
                                  : "toban/" TOBAN_VERSION " (collector of vulnerability notices)");
    size_t n = 0;
    while (config->private_hosts && config->private_hosts[n])
        n++;
    c->private_hosts = mem_zalloc((n + 1) * sizeof(char *));
    for (size_t i = 0; i < n; i++)
        c->private_hosts[i] = copied(config->private_hosts[i]);
    f->connect_ms = f->connect_ms ? f->connect_ms : 15000;
    f->total_ms = f->total_ms ? f->total_ms : 1800000;
    f->slow_ms = f->slow_ms ? f->slow_ms : 60000;
    f->slow_bytes_s = f->slow_bytes_s ? f->slow_bytes_s : 64;
    f->attempts = f->attempts ? f->attempts : 5;
    *out = c;
    return 0;
}

void http_free(struct http_client *c)
{
    if (!c)
        return;
    transfer_release(&c->engine);
    free((char *)c->config.proxy);
    free((char *)c->config.ca_file);
    free((char *)c->config.user_agent);
    for (size_t i = 0; c->private_hosts[i]; i++)
        free(c->private_hosts[i]);
    free(c->private_hosts);
    map_release(&c->asked);
    free(c);
}

void http_response_release(struct http_response *r)
{
    if (!r)
        return;
    tempfile_release(&r->body);
    free(r->url);
    *r = (struct http_response){0};
}

static uint64_t mono_ms(const struct http_client *c)
{
    const struct http_hooks *h = &c->config.hooks;
    return h->mono_ms ? h->mono_ms(h->ctx) : clock_mono_ns() / 1000000;
}

static uint32_t chance(const struct http_client *c)
{
    const struct http_hooks *h = &c->config.hooks;
    uint32_t v = 0;
    if (h->random)
        return h->random(h->ctx);
    if (getrandom(&v, sizeof(v), 0) != (ssize_t)sizeof(v))
        v = (uint32_t)clock_mono_ns();
    return v;
}

/* What one http_get carries from attempt to attempt. */
struct call {
    struct http_client *c;
    const struct http_request *rq;
    struct http_response *out;
    struct err *e;
    struct url first;     /* the address asked for */
    struct tempfile wire; /* bytes as sent */
    uint64_t deadline_ms;
    struct transfer_answer a;    /* the last answer */
    struct transfer_answer kept; /* the one wire began with */
    char if_range[HTTP_TEXT];    /* "" = wire cannot be gone on with */
};

enum step { STEP_DONE, STEP_AGAIN, STEP_FAIL };

static bool cancelled(const struct call *k)
{
    return k->rq->cancel && atomic_load(k->rq->cancel);
}

/* False when cancelled. */
static bool wait_ms(struct call *k, uint64_t ms)
{
    const struct http_hooks *h = &k->c->config.hooks;
    if (h->sleep_ms) {
        h->sleep_ms(h->ctx, ms);
        return !cancelled(k);
    }
    while (ms && !cancelled(k)) {
        uint64_t slice = MIN(ms, (uint64_t)SLEEP_SLICE_MS);
        struct timespec ts = {(time_t)(slice / 1000), (long)(slice % 1000) * 1000000};
        nanosleep(&ts, NULL);
        ms -= slice;
    }
    return !cancelled(k);
}

static enum step stop_cancelled(struct call *k, const struct url *u)
{
    char shown[URL_SHOWN];
    url_shown(str_of(u->text), shown);
    k->out->cancelled = true;
    err_set(k->e, ERR_IO, "%s: stopped on request", shown);
    return STEP_FAIL;
}

/* Waits until the host may be asked again, and notes that it is asked now. */
static bool keep_gap(struct call *k, const char *host)
{
    struct map *m = &k->c->asked;
    uint64_t now = mono_ms(k->c);
    uint64_t *last = map_get(m, str_of(host));
    if (last && now - *last < k->rq->min_gap_ms && !wait_ms(k, k->rq->min_gap_ms - (now - *last)))
        return false;
    if (m->n >= HOSTS_KEPT)
        map_release(m);
    *map_put(m, str_of(host), NULL) = mono_ms(k->c);
    return true;
}

static bool private_ok(const struct http_client *c, const char *host)
{
    for (char **h = c->private_hosts; *h; h++)
        if (strcmp(*h, "*") == 0 || strcmp(*h, host) == 0)
            return true;
    return false;
}

/* An interrupted body is kept only if the server can prove, when we come back,
 * that the rest belongs to the same document (RFC 9110 section 13.1.5). */
static int keep_partial(struct call *k)
{
    const struct transfer_answer *a = &k->a;
    if (a->status == 206 || k->wire.size == 0)
        return 0; /* still the document of k->kept */
    if (a->status == 200 || a->status == 203) {
        k->kept = *a;
        k->if_range[0] = 0;
        if (a->bytes_ok && field_etag_is_strong(str_of(a->etag)))
            memcpy(k->if_range, a->etag, sizeof(k->if_range));
        else if (a->bytes_ok && !a->etag[0] &&
                 field_modified_is_strong(str_of(a->last_modified), str_of(a->date)))
            memcpy(k->if_range, a->last_modified, sizeof(k->if_range));
    }
    return k->if_range[0] ? 0 : tempfile_reset(&k->wire, k->e);
}

static enum step fail_status(struct call *k, const struct url *u)
{
    const struct transfer_answer *a = &k->a;
    char shown[URL_SHOWN];
    url_shown(str_of(u->text), shown);
    const char *said = a->message[0] ? a->message : "";
    const char *colon = said[0] ? ": " : "";
    if (a->status == 404 || a->status == 410)
        err_set(k->e, ERR_NOT_FOUND,
                "%s: the server has no such document (%d)%s%s; check the address and the key", shown,
                a->status, colon, said);
    else if (a->status == 401 || (a->status == 403 && !k->rq->throttles_403))
        err_set(k->e, ERR_PERM, "%s: the server refuses access (%d)%s%s; check the key in the configuration",
                shown, a->status, colon, said);
    else if (a->status == 429 || a->status == 403)
        err_set(k->e, ERR_IO, "%s: the server is asked too often (%d)%s%s; wait and try again, less often",
                shown, a->status, colon, said);
    else
        err_set(k->e, ERR_IO, "%s: the server answered with status %d%s%s; try again later", shown, a->status,
                colon, said);
    if (!field_retry_after(str_of(a->retry_after),
                           k->c->config.hooks.now ? k->c->config.hooks.now(k->c->config.hooks.ctx)
                                                  : clock_now(),
                           &k->out->wait_ms))
        k->out->wait_ms = 0;
    return retry_status(a->status, k->rq->throttles_403) ? STEP_AGAIN : STEP_FAIL;
}

/* *u becomes where the answer points to, if policy allows to go there. */
static enum step redirect(struct call *k, struct url *u, unsigned hop)
{
    char shown[URL_SHOWN], there[URL_SHOWN];
    url_shown(str_of(u->text), shown);
    if (hop >= LIMIT_REDIRECTS) {
        err_set(k->e, ERR_LIMIT, "%s: more than %d redirects; the address may have moved or needs a login",
                shown, LIMIT_REDIRECTS);
        return STEP_FAIL;
    }
    url_shown(str_of(k->a.location), there);
    struct url next;
    if (url_join(&next, u, str_of(k->a.location), k->e) < 0)
        return STEP_FAIL;
    if (!next.https && (u->https || !k->c->config.allow_http)) {
        url_release(&next);
        err_set(k->e, ERR_PERM, "%s: refused a redirect to %s, which is not encrypted", shown, there);
        return STEP_FAIL;
    }
    url_release(u);
    *u = next;
    k->out->redirects++;
    return STEP_DONE;
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Takes the bytes as sent for the document, or unpacks them. */
static enum step take_body(struct call *k, const struct url *u)
{
    struct http_response *out = k->out;
    out->wire_size = k->wire.size;
    if (tempfile_seal(&k->wire, k->e) < 0)
        return STEP_FAIL;
    if (!k->kept.gzip || k->wire.size == 0) {
        out->body = k->wire;
        k->wire = (struct tempfile){0};
        return STEP_DONE;
    }
    char shown[URL_SHOWN];
    url_shown(str_of(u->text), shown);
    int code = unpack_file(&k->wire, shown, k->rq->dir, &out->body, k->e);
    if (code == 0)
        return STEP_DONE;
    /* A packed body without a stated length can only be seen to end early here. */
    k->if_range[0] = 0;
    if (code == ERR_INPUT && tempfile_reset(&k->wire, k->e) == 0)
        return STEP_AGAIN;
    return STEP_FAIL;
}

static enum step judge(struct call *k, const struct url *u, bool conditional)
{
    int status = k->a.status;
    if (status == 304 && conditional) {
        k->out->not_modified = true;
        k->kept = k->a;
        return STEP_DONE;
    }
    if (status == 416 && k->wire.size) { /* our part is not a part of what is there now */
        k->if_range[0] = 0;
        char shown[URL_SHOWN];
        url_shown(str_of(u->text), shown);
        err_set(k->e, ERR_IO, "%s: the document changed while it was fetched; try again later", shown);
        struct err ignored;
        return tempfile_reset(&k->wire, &ignored) < 0 ? STEP_FAIL : STEP_AGAIN;
    }
    if (status != 200 && status != 203 && status != 206)
        return fail_status(k, u);
    if (status == 206)
        k->out->resumed = true;
    else
        k->kept = k->a;
    return take_body(k, u);
}

/* One attempt: from the address asked for through its redirects to an answer. */
static enum step attempt(struct call *k)
{
    struct url u;
    if (url_parse(&u, str_of(k->first.text), k->e) < 0)
        return STEP_FAIL;
    bool with_key = true;
    enum step step = STEP_FAIL;
    for (unsigned hop = 0;; hop++) {
        if (!keep_gap(k, u.host)) {
            step = stop_cancelled(k, &u);
            break;
        }
        with_key = with_key && url_same_origin(&u, &k->first); /* once lost it does not come back */
        uint64_t now = mono_ms(k->c), resume = k->wire.size;
        struct transfer_order o = {.config = &k->c->config,
                                   .rq = k->rq,
                                   .url = &u,
                                   .private_ok = private_ok(k->c, u.host),
                                   .with_key = with_key,
                                   .conditional = resume == 0,
                                   .resume = resume,
                                   .if_range = k->if_range,
                                   .resume_total = resume ? k->kept.total : UINT64_MAX,
                                   .time_ms = k->deadline_ms > now ? k->deadline_ms - now : 1,
                                   .body = &k->wire};
        enum transfer_end end = transfer_run(&k->c->engine, &o, &k->a, k->e);
        if (k->a.status)
            k->out->status = k->a.status;
        memcpy(k->out->message, k->a.message, sizeof(k->out->message));
        k->out->wait_ms = 0;
        if (end == TRANSFER_CANCELLED)
            k->out->cancelled = true;
        if (end == TRANSFER_REFUSED && k->a.status == 206 && k->e->code == ERR_INPUT) {
            /* The server does not keep its promise about ranges: from the start, then. */
            struct err ignored;
            k->if_range[0] = 0;
            step = tempfile_reset(&k->wire, &ignored) == 0 ? STEP_AGAIN : STEP_FAIL;
            break;
        }
        if (end != TRANSFER_DONE) {
            step = end == TRANSFER_BROKEN && keep_partial(k) == 0 ? STEP_AGAIN : STEP_FAIL;
            break;
        }
        if (is_redirect(k->a.status) && k->a.location[0]) {
            if (redirect(k, &u, hop) == STEP_DONE)
                continue;
            break;
        }
        step = judge(k, &u, o.conditional && (k->rq->etag.n || k->rq->last_modified.n));
        break;
    }
    free(k->out->url);
    k->out->url = u.text;
    u.text = NULL;
    url_release(&u);
    return step;
}

/* Waits for the next attempt; false when there will be none (k->e says why the last failed). */
static bool wait_for_next(struct call *k, unsigned n)
{
    if (n + 1 >= k->c->config.attempts)
        return false;
    uint64_t wait = retry_wait_ms(n, k->a.status, k->out->wait_ms, chance(k->c)), now = mono_ms(k->c);
    if (now >= k->deadline_ms || wait >= k->deadline_ms - now)
        return false;
    if (wait_ms(k, wait))
        return true;
    stop_cancelled(k, &k->first);
    return false;
}

static int check(const struct http_client *c, const struct http_request *rq, const struct url *u,
                 struct err *e)
{
    bool key_ok = !rq->key || !rq->key_header ||
                  (rq->key_header[0] && field_value_ok(str_of(rq->key)) &&
                   !rq->key_header[strcspn(rq->key_header, " \t\r\n:")]);
    if (!key_ok || !field_value_ok(rq->accept))
        return err_set(e, ERR_USAGE,
                       "the key or its header holds a line break or a control character; check the "
                       "configuration");
    if (!u->https && !c->config.allow_http) {
        char shown[URL_SHOWN];
        url_shown(rq->url, shown);
        return err_set(e, ERR_USAGE, "%s: not encrypted; use https://, or allow http in the configuration",
                       shown);
    }
    return 0;
}

static int get(struct call *k)
{
    int code = url_parse(&k->first, k->rq->url, k->e);
    if (code == 0)
        code = check(k->c, k->rq, &k->first, k->e);
    if (code == 0)
        code = tempfile_open(&k->wire, k->rq->dir, k->rq->limit ? k->rq->limit : LIMIT_DOWNLOAD, k->e);
    if (code < 0)
        return code;
    enum step step = STEP_AGAIN;
    for (unsigned n = 0; step == STEP_AGAIN; n++) {
        k->out->attempts = n + 1;
        step = attempt(k);
        if (step == STEP_AGAIN && !wait_for_next(k, n))
            step = STEP_FAIL;
    }
    if (step == STEP_FAIL)
        return k->e->code < 0 ? k->e->code : ERR_INTERNAL;
    memcpy(k->out->etag, k->kept.etag, sizeof(k->out->etag));
    memcpy(k->out->last_modified, k->kept.last_modified, sizeof(k->out->last_modified));
    memcpy(k->out->content_type, k->kept.content_type, sizeof(k->out->content_type));
    err_clear(k->e); /* of attempts that did not count */
    return 0;
}

int http_get(struct http_client *c, const struct http_request *rq, struct http_response *out, struct err *e)
{
    *out = (struct http_response){0};
    struct err own = {0};
    err_clear(e);
    if (!url_is_file(rq->url)) {
        struct http_request safe = *rq;
        if (!field_value_ok(safe.etag)) /* what a server wrote; without it the whole document comes */
            safe.etag = (struct str){0};
        if (!field_value_ok(safe.last_modified))
            safe.last_modified = (struct str){0};
        struct call *k = mem_zalloc(sizeof(*k)); /* too large for the stack of a thread */
        *k = (struct call){.c = c, .rq = &safe, .out = out, .e = e ? e : &own};
        k->deadline_ms = mono_ms(c) + c->config.total_ms;
        int code = get(k);
        tempfile_release(&k->wire);
        url_release(&k->first);
        free(k);
        return code;
    }
    if (rq->allow_file)
        return localfile_get(rq, out, e);
    char shown[URL_SHOWN];
    url_shown(rq->url, shown);
    return err_set(e, ERR_USAGE, "%s: a local file may be named by the configuration only", shown);
}

bool http_looks_like_html(struct str head)
{
    static const char *const tag[] = {"<!doctype html", "<html", "<head",  "<body",
                                      "<script",        "<meta", "<title>"};
    if (str_starts(head, "\xEF\xBB\xBF"))
        head = str_sub(head, 3, head.n);
    for (;;) {
        head = str_trim(head);
        bool prolog = str_starts(head, "<?xml");
        if (!prolog && !str_starts(head, "<!--"))
            break;
        size_t end = str_find(head, prolog ? STR_LIT("?>") : STR_LIT("-->"));
        if (end == STR_NONE)
            return false;
        head = str_sub(head, end + (prolog ? 2 : 3), head.n);
    }
    for (size_t i = 0; i < ARRAY_LEN(tag); i++)
        if (str_starts_i(head, tag[i]))
            return true;
    return false;
}
