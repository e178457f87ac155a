/* The dictionary of product names: built once, beside the store. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "identify/name_dictionary.h"

static int write_all(int fd, struct str s)
{
    while (s.n) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        s = str_sub(s, (size_t)n, s.n);
    }
    return 0;
}

/* Whole or not at all. */
static int write_file(const char *path, struct str s, struct arena *a, struct err *e)
{
    char *part = arena_printf(a, "%s.part", path);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_sys(e, "cannot write %s", part);
    bool ok = write_all(fd, s) == 0 && fsync(fd) == 0;
    ok &= close(fd) == 0;
    if (ok && rename(part, path) == 0)
        return 0;
    int rc = err_sys(e, "cannot write %s", path);
    unlink(part);
    return rc;
}

/* A line of the list that name_dictionary_build reads. */
static int add_product(void *ctx, struct str key)
{
    struct buf *b = ctx;
    size_t colon = str_chr(key, ':');
    if (colon == STR_NONE || colon == 0)
        return 0;
    for (size_t i = 0; i < key.n; i++)
        if ((unsigned char)key.p[i] <= ' ' || (unsigned char)key.p[i] >= 127 || key.p[i] == '*')
            return 0;
    buf_adds(b, "cpe:2.3:a");
    for (size_t i = 0; i <= key.n; i++) {
        char c = i < key.n ? key.p[i] : 0;
        bool plain = c == '.' || c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                     c == ':' || c == 0;
        if (i == 0)
            buf_addc(b, ':');
        if (!plain)
            buf_addc(b, '\\');
        if (c)
            buf_addc(b, c);
    }
    buf_adds(b, ":*:*:*:*:*:*:*:*\n");
    return 0;
}

static int list_knowledge(struct app *app, const char *path, struct arena *a, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_FILE_WHOLE);
    struct knowledge *k = app_world(app)->knowledge;
    int rc = knowledge_read_begin(k, e);
    if (rc == 0)
        rc = knowledge_each_product(k, add_product, &b, e);
    knowledge_read_end(k);
    if (rc == 0 && b.n == 0)
        rc = err_set(e, ERR_STALE,
                     "the knowledge is empty; toban collect nvd fills it, or name lists of products");
    if (rc == 0)
        rc = write_file(path, buf_str(&b), a, e);
    buf_release(&b);
    return rc;
}

int app_names_build(struct app *app, const char *const *path, size_t n, size_t *entries, size_t *bad,
                    struct err *e)
{
    struct arena a = {0};
    struct buf index = BUF_INIT(2 * GIB);
    struct name_dictionary *d = NULL;
    char *list = arena_printf(&a, "%s/names.list", app_data_dir(app));
    const char *const one[] = {list};
    *entries = *bad = 0;
    int rc = n ? 0 : list_knowledge(app, list, &a, e);
    if (rc == 0)
        rc = name_dictionary_build(n ? path : one, n ? n : 1, &index, bad, e);
    if (rc == 0)
        rc = name_dictionary_open_mem(&d, "names.index", buf_str(&index), e);
    if (rc == 0) {
        *entries = name_dictionary_size(d);
        rc = write_file(arena_printf(&a, "%s/names.index", app_data_dir(app)), buf_str(&index), &a, e);
    }
    name_dictionary_free(d);
    if (n == 0)
        unlink(list);
    buf_release(&index);
    arena_release(&a);
    return rc;
}
