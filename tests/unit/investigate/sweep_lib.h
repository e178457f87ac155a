/* sweep_lib.h — a small tree of evidence in a temporary directory, and a sweep over it. */
#ifndef TOBAN_TEST_SWEEP_LIB_H
#define TOBAN_TEST_SWEEP_LIB_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "investigate/report.h"
#include "investigate/sweep.h"

struct tree {
    char root[64];
};

static inline void tree_make(struct tree *t)
{
    strcpy(t->root, "/tmp/toban-sweep-XXXXXX");
    assert_non_null(mkdtemp(t->root));
}

static inline void tree_remove(struct tree *t)
{
    char cmd[128];
    snprintf(cmd, sizeof(cmd), "chmod -R u+w %s; rm -rf %s %s-*", t->root, t->root, t->root);
    assert_int_equal(system(cmd), 0);
}

static inline const char *tree_path(const struct tree *t, const char *name)
{
    static char path[4][1024];
    static int at;
    at = (at + 1) % 4;
    snprintf(path[at], sizeof(path[at]), "%s/%s", t->root, name);
    return path[at];
}

static inline void tree_put_bytes(const struct tree *t, const char *name, const void *p, size_t n)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", t->root, name);
    for (char *s = strchr(path + strlen(t->root) + 1, '/'); s; s = strchr(s + 1, '/')) {
        *s = 0;
        mkdir(path, 0755);
        *s = '/';
    }
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    fclose(f);
}

static inline void tree_put(const struct tree *t, const char *name, const char *text)
{
    tree_put_bytes(t, name, text, strlen(text));
}

static inline struct pack *shipped_pack(const char *name)
{
    char path[1024];
    struct pack *p;
    struct err e = {0};
    const char *source = getenv("TOBAN_SOURCE");
    snprintf(path, sizeof(path), "%s/rules/packs/%s/%s.pack", source ? source : ".", name, name);
    if (pack_open(&p, path, NULL, &e) != 0)
        fail_msg("%s", e.text);
    return p;
}

static inline struct pack *text_pack(const char *text)
{
    struct pack *p;
    struct err e = {0};
    if (pack_read(&p, "test.pack", str_of(text), &(struct pack_options){.kind = pack_by_name(STR_LIT("toban"))}, &e) != 0)
        fail_msg("%s", e.text);
    return p;
}

#define SWEEP_NOW (1616000000 * WHEN_SEC) /* 2021-03-17T16:53:20Z */

struct swept {
    struct sweep s;
    struct sweep_options o;
    struct sweep_root root;
    const struct pack *pack;
};
static inline void sweep_tree(struct swept *w, const char *path, char drive, const struct pack *p)
{
    struct err e = {0};
    w->root = (struct sweep_root){path, drive};
    w->pack = p;
    w->o.root = &w->root;
    w->o.root_n = 1;
    w->o.pack = &w->pack;
    w->o.pack_n = 1;
    if (w->o.since == 0)
        w->o.since = WHEN_NONE;
    if (sweep_run(&w->s, &w->o, SWEEP_NOW, &e) != 0)
        fail_msg("%s", e.text);
}

/* Sightings (no hints) of a check, or of all when check is NULL. */
static inline size_t found(const struct swept *w, const char *check)
{
    size_t n = 0;
    for (size_t i = 0; i < w->s.sighting.n; i++)
        n += !w->s.sighting.p[i].hint && (!check || str_is(w->s.sighting.p[i].check->id, check));
    return n;
}

static inline bool found_at(const struct swept *w, const char *check, const char *ending)
{
    for (size_t i = 0; i < w->s.sighting.n; i++)
        if (str_is(w->s.sighting.p[i].check->id, check) && str_ends(w->s.sighting.p[i].path, ending))
            return true;
    return false;
}

static inline const struct verdict_result *verdict_on(const struct swept *w, const char *cve)
{
    for (size_t i = 0; i < w->s.verdict_n; i++)
        if (str_is(w->s.verdict[i].cve, cve))
            return &w->s.verdict[i];
    fail_msg("no verdict on %s", cve);
    return NULL;
}

static inline const struct coverage_check *coverage_on(const struct swept *w, const char *check)
{
    for (size_t i = 0; i < w->s.check_n; i++)
        if (str_is(w->s.check[i].check->id, check))
            return &w->s.check[i];
    fail_msg("no check %s", check);
    return NULL;
}

/* ---- logs ---- */

#define HTTPPROXY_FIELDS                                                                                                          \
    "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,UrlHost,UrlStem,ProtocolAction," \
    "AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,ClientIpAddress,ServerHostName,HttpStatus," \
    "BackEndStatus,ErrorCode,Method,ProxyAction,TargetServer,TargetServerVersion,RoutingType,RoutingHint,BackEndCookie"
#define HTTPPROXY_HEAD                                                                                          \
    "#Software: Microsoft Exchange Server\r\n#Version: 15.01.2106.002\r\n#Log-type: HttpProxy Logs\r\n"         \
    "#Date: 2021-03-03T04:00:00.000Z\r\n#Fields: " HTTPPROXY_FIELDS "\r\n"
#define HTTPPROXY_ROW(time, anchor, status)                                                                    \
    time ",5e58f5e5-1ddc-48d3-82c6-0199bc121640,15,1,2106,2,,Ecp,mail.contoso.com,/ecp/y.js,,FBA,False,,," anchor \
         ",python-requests/2.25.1,203.0.113.7,EXCH01," status ",200,,POST,Proxy,exch01.contoso.com,15.1,,X-BEResource-Cookie,\r\n"

#endif
