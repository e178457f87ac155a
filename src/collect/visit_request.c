#include "collect/visit_request.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void visit_request_release(struct visit_request_queue *q)
{
    vec_release(&q->item);
    vec_release(&q->file);
    map_release(&q->seen);
    arena_release(&q->a);
}

bool visit_request_add(struct visit_request_queue *q, const struct feed_request *r, struct str file)
{
    bool made;
    map_put(&q->seen, r->url, &made);
    if (!made)
        return false;
    struct feed_request copy = {.url = arena_str(&q->a, r->url),
                                .accept = arena_str(&q->a, r->accept),
                                .kind = arena_str(&q->a, r->kind),
                                .context = arena_str(&q->a, r->context),
                                .optional = r->optional,
                                .steers = r->steers};
    vec_push(&q->item, copy);
    vec_push(&q->file, arena_str(&q->a, file));
    return true;
}

/* Entries of one folder, by name. */
static int list_folder(struct arena *a, const char *dir, char ***out, size_t *n, struct err *e)
{
    struct dirent **list = NULL;
    int count = scandir(dir, &list, NULL, alphasort);
    *n = 0;
    if (count < 0)
        return err_sys(e, "cannot read the folder %s", dir);
    *out = arena_array(a, char *, count + 1);
    for (int i = 0; i < count; i++) {
        if (list[i]->d_name[0] != '.')
            (*out)[(*n)++] = arena_printf(a, "%s/%s", dir, list[i]->d_name);
        free(list[i]);
    }
    free(list);
    return 0;
}

static int walk(struct visit_request_queue *q, const char *dir, unsigned depth, struct err *e)
{
    char **name;
    size_t n;
    if (depth > 16)
        return err_set(e, ERR_LIMIT, "%s: the folders of the mirror are nested too deeply", dir);
    int rc = list_folder(&q->a, dir, &name, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct stat st;
        /* A link may stand for a file, but a folder behind one could be this one again. */
        if (lstat(name[i], &st) != 0 ||
            (S_ISLNK(st.st_mode) && (stat(name[i], &st) != 0 || S_ISDIR(st.st_mode))))
            continue;
        if (S_ISDIR(st.st_mode))
            rc = walk(q, name[i], depth + 1, e);
        else if (S_ISREG(st.st_mode) && q->item.n < LIMIT_ZIP_ENTRIES)
            visit_request_add(q,
                              &(struct feed_request){.url = str_of(arena_printf(&q->a, "file://%s", name[i])),
                                                     .kind = STR_LIT("file")},
                              str_of(name[i]));
    }
    return rc;
}

int visit_request_mirror(struct visit_request_queue *q, struct str mirror, struct str source, struct err *e)
{
    char *dir = arena_printf(&q->a, STR_FMT "/" STR_FMT, STR_ARG(mirror), STR_ARG(source));
    struct stat st;
    if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
        return 0; /* a mirror need not have every source */
    return walk(q, dir, 0, e);
}

bool visit_request_mirrored(struct str mirror, struct str url, struct arena *a, struct str *path)
{
    size_t at = str_find(url, STR_LIT("://"));
    if (at == STR_NONE)
        return false;
    struct str rest = str_sub(url, at + 3, url.n);
    if (str_starts(rest, "../") || str_find(rest, STR_LIT("/../")) != STR_NONE || str_ends(rest, "/.."))
        return false;
    char *p = arena_printf(a, STR_FMT "/" STR_FMT "%s", STR_ARG(mirror), STR_ARG(rest),
                           str_ends(rest, "/") ? "index.html" : "");
    struct stat st;
    *path = str_of(p);
    return stat(p, &st) == 0 && S_ISREG(st.st_mode);
}

static int copy_file(struct str path, const struct visit_env *env, struct visit_bytes *out, struct err *e)
{
    char buf[65536];
    struct stat st = {0};
    int fd = open(path.p, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(e, "cannot read %s", path.p);
    int rc = fstat(fd, &st) != 0 ? err_sys(e, "cannot read %s", path.p) : 0;
    if (rc == 0)
        rc = tempfile_open(&out->body, spool_tmp(env->spool), env->limit ? env->limit : LIMIT_DOWNLOAD, e);
    ssize_t n = 0;
    while (rc == 0 && (n = read(fd, buf, sizeof(buf))) > 0)
        rc = tempfile_add(&out->body, buf, (size_t)n, e);
    if (rc == 0 && n < 0)
        rc = err_sys(e, "cannot read %s", path.p);
    close(fd);
    if (rc == 0)
        rc = tempfile_seal(&out->body, e);
    out->fetched = (when_t)st.st_mtime * WHEN_SEC;
    return rc;
}

struct progress_ctx {
    const struct visit_env *env;
    const char *source, *what;
};

static void on_progress(void *ctx, uint64_t got, uint64_t total, double rate)
{
    struct progress_ctx *p = ctx;
    (void)rate;
    if (p->env->progress)
        p->env->progress(p->env->ctx, p->source, p->what, got, total);
}

static int fetch_http(const struct visit_env *env, const struct source *s, const struct visit_setup *setup,
                      const struct feed_request *r, struct str url, struct visit_bytes *out, struct err *e)
{
    struct arena a = {0};
    struct validator v = {0};
    int rc = visit_store_validator(env->db, url, &a, &v, e);
    /* A validator is worth only as much as the bytes it stands for. */
    bool have = !env->again && v.sha256.n && spool_has(env->spool, arena_dup(&a, v.sha256.p, v.sha256.n));
    struct progress_ctx pc = {env, arena_dup(&a, setup->name.p, setup->name.n), arena_dup(&a, url.p, url.n)};
    struct http_request rq = {.url = url,
                              .accept = r->accept,
                              .etag = have ? v.etag : (struct str){0},
                              .last_modified = have ? v.last_modified : (struct str){0},
                              .dir = spool_tmp(env->spool),
                              .key_header = setup->key ? s->key_header : NULL,
                              .key = setup->key,
                              .limit = env->limit,
                              .min_gap_ms = s->min_gap_ms,
                              .allow_file = setup->url.n && str_starts(setup->url, "file://"),
                              .throttles_403 = strcmp(s->name, "nvd") == 0,
                              .progress = on_progress,
                              .progress_ctx = &pc,
                              .cancel = env->cancel};
    if (rc == 0)
        rc = http_get(env->http, &rq, &out->response, e);
    if (rc == 0) {
        out->not_modified = out->response.not_modified;
        out->body = out->response.body;
        out->response.body = (struct tempfile){0};
        out->content_type = str_of(out->response.content_type);
        out->fetched = env->now;
        out->from = url;
        if (out->not_modified)
            memcpy(out->sha256, v.sha256.p, MIN(v.sha256.n, sizeof(out->sha256) - 1));
    }
    arena_release(&a);
    return rc;
}

/* The same document elsewhere, when its own address cannot be had. The first failure is what is told. */
static int fetch_or_fallback(const struct visit_env *env, const struct source *s,
                             const struct visit_setup *setup, const struct feed_request *r,
                             struct visit_bytes *out, struct err *e)
{
    int rc = fetch_http(env, s, setup, r, r->url, out, e);
    bool cancelled = out->response.cancelled || (env->cancel && atomic_load(env->cancel));
    if (rc == 0 || cancelled || !s->fallback_url || setup->url.n || !str_is(r->url, s->default_url))
        return rc;
    struct visit_bytes again = {.fetched = out->fetched};
    if (fetch_http(env, s, setup, r, str_of(s->fallback_url), &again, NULL) != 0) {
        visit_bytes_release(&again);
        return rc;
    }
    err_clear(e);
    visit_bytes_release(out);
    *out = again;
    out->content_type = str_of(out->response.content_type);
    return 0;
}

int visit_request_fetch(const struct visit_env *env, const struct source *s, const struct visit_setup *setup,
                        const struct visit_request_queue *q, size_t i, struct visit_bytes *out, struct err *e)
{
    const struct feed_request *r = &q->item.p[i];
    *out = (struct visit_bytes){.fetched = env->now};
    int rc;
    if (q->file.p[i].n)
        rc = copy_file(q->file.p[i], env, out, e);
    else if (env->http)
        rc = fetch_or_fallback(env, s, setup, r, out, e);
    else
        rc = err_set(e, ERR_IO, "%.*s: not asked for, because toban is offline", STR_ARG(r->url));
    if (rc == 0 && !out->not_modified) {
        memcpy(out->sha256, out->body.sha256, sizeof(out->sha256));
        out->size = out->body.size;
    }
    return rc;
}

void visit_bytes_release(struct visit_bytes *b)
{
    tempfile_release(&b->body);
    http_response_release(&b->response);
}
