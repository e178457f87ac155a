#include "http_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *const fixture_private[] = {"127.0.0.1", NULL};

static void sleep_hook(void *ctx, uint64_t ms)
{
    struct fixture *f = ctx;
    f->mono += ms;
    if (f->slept_n < 64)
        f->slept[f->slept_n++] = ms;
    if (f->cancel_in_sleep)
        atomic_store(&f->cancel, true);
}

static uint64_t mono_hook(void *ctx)
{
    return ((struct fixture *)ctx)->mono;
}

static when_t now_hook(void *ctx)
{
    return ((struct fixture *)ctx)->now;
}

static uint32_t random_hook(void *ctx)
{
    return ((struct fixture *)ctx)->random;
}

struct http_config fixture_config(struct fixture *f)
{
    return (struct http_config){.proxy = "",
                                .private_hosts = fixture_private,
                                .allow_http = true,
                                .connect_ms = 20000,
                                .slow_ms = 20000,
                                .attempts = 3,
                                .hooks = {f, sleep_hook, mono_hook, now_hook, random_hook}};
}

void fixture_open(struct fixture *f, const struct route *routes, const struct http_config *config)
{
    struct err e = {0};
    snprintf(f->dir, sizeof(f->dir), "/tmp/toban-test-XXXXXX");
    if (!mkdtemp(f->dir))
        abort();
    f->mono = 1000000;
    f->now = 784111777 * WHEN_SEC; /* 1994-11-06T08:49:37Z */
    f->server = routes ? http_server_start(routes) : NULL;
    if (http_new(&f->client, config, &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        abort();
    }
}

void fixture_close(struct fixture *f)
{
    http_free(f->client);
    http_server_stop(f->server);
    DIR *d = opendir(f->dir);
    char path[512];
    for (struct dirent *entry; d && (entry = readdir(d));) {
        snprintf(path, sizeof(path), "%s/%s", f->dir, entry->d_name);
        if (entry->d_type == DT_REG)
            unlink(path);
    }
    if (d)
        closedir(d);
    rmdir(f->dir);
}

int fixture_get(struct fixture *f, const char *path, struct http_request rq, struct http_response *out,
                struct err *e)
{
    rq.url = str_of(path[0] == '/' ? http_server_url(f->server, path) : path);
    rq.dir = f->dir;
    rq.cancel = &f->cancel;
    return http_get(f->client, &rq, out, e);
}

char *fixture_body(const struct http_response *r)
{
    char *p = mem_zalloc(r->body.size + 1);
    if (r->body.size && pread(r->body.fd, p, r->body.size, 0) != (ssize_t)r->body.size)
        abort();
    return p;
}

int fixture_files(const struct fixture *f)
{
    DIR *d = opendir(f->dir);
    int n = 0;
    for (struct dirent *entry; d && (entry = readdir(d));)
        n += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    if (d)
        closedir(d);
    return n;
}
