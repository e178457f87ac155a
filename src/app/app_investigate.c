#include "app/app_investigate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/rules.h"
#include "codec/stream.h"
#include "investigate/report.h"

#define PACKS "packs/"

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* A pack is packs/NAME/NAME.pack, shipped or below the site's rules. */
extern const struct embedded {
    const char *name, *bytes;
    size_t n;
} embedded_rules[];
extern const size_t embedded_rules_n;

static bool pack_name_of(struct str rule, struct str *name)
{
    if (!str_starts(rule, PACKS) || !str_ends(rule, ".pack"))
        return false;
    struct str rest = str_sub(rule, strlen(PACKS), rule.n);
    size_t slash = str_chr(rest, '/');
    *name = str_sub(rest, 0, slash);
    return slash != STR_NONE && str_eq(*name, str_sub(rest, slash + 1, rest.n - slash - 1 - strlen(".pack")));
}

static void add_once(struct str *list, size_t *n, struct str s)
{
    for (size_t i = 0; i < *n; i++)
        if (str_eq(list[i], s))
            return;
    list[(*n)++] = s;
}

int app_packs_names(const struct config *c, struct arena *a, struct str **out, size_t *n, struct err *e)
{
    struct str site = config_str(c, "rules");
    VEC(struct str) all = {0};
    (void)e;
    for (size_t i = 0; i < embedded_rules_n; i++) {
        struct str name;
        if (pack_name_of(str_of(embedded_rules[i].name), &name))
            vec_push(&all, arena_str(a, name));
    }
    DIR *d = site.n ? opendir(arena_printf(a, STR_FMT "/" PACKS, STR_ARG(site))) : NULL;
    for (struct dirent *f; d && (f = readdir(d));)
        if (f->d_name[0] != '.' && access(arena_printf(a, STR_FMT "/" PACKS "%s/%s.pack", STR_ARG(site), f->d_name, f->d_name), R_OK) == 0)
            vec_push(&all, str_of(arena_strdup(a, f->d_name)));
    if (d)
        closedir(d);
    *out = arena_array(a, struct str, all.n + 1);
    *n = 0;
    for (size_t i = 0; i < all.n; i++)
        add_once(*out, n, all.p[i]);
    if (*n)
        qsort(*out, *n, sizeof(**out), by_text);
    vec_release(&all);
    return 0;
}

static int add_file(struct app_packs *out, const char *path, const struct pack_options *opt, struct err *e)
{
    struct pack *p;
    int rc = pack_open(&p, path, opt, e);
    if (rc == 0)
        vec_push(&out->pack, p);
    return rc;
}

static int by_cstr(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_folder(struct app_packs *out, const char *path, const struct pack_options *opt, struct err *e)
{
    VEC(char *) name = {0};
    DIR *d = opendir(path);
    if (!d)
        return err_sys(e, "cannot read the folder %s", path);
    for (struct dirent *f; (f = readdir(d));)
        if (f->d_name[0] != '.')
            vec_push(&name, arena_printf(&out->a, "%s/%s", path, f->d_name));
    closedir(d);
    if (name.n)
        qsort(name.p, name.n, sizeof(*name.p), by_cstr);
    int rc = name.n ? 0 : err_set(e, ERR_NOT_FOUND, "the folder %s holds no packs", path);
    for (size_t i = 0; rc == 0 && i < name.n; i++) {
        struct stat st;
        if (stat(name.p[i], &st) == 0 && S_ISREG(st.st_mode))
            rc = add_file(out, name.p[i], opt, e);
    }
    vec_release(&name);
    return rc;
}

int app_packs_add(const struct config *c, struct app_packs *out, const char *name, const struct pack_options *opt, struct err *e)
{
    struct stat st;
    struct rule_file file;
    struct pack *p;
    if (strchr(name, '/') || (stat(name, &st) == 0 && !strchr(name, '/') && strchr(name, '.'))) {
        if (stat(name, &st) != 0)
            return err_sys(e, "cannot open the pack %s", name);
        return S_ISDIR(st.st_mode) ? add_folder(out, name, opt, e) : add_file(out, name, opt, e);
    }
    int rc = rules_get(config_str(c, "rules"), arena_printf(&out->a, PACKS "%s/%s.pack", name, name), &out->a, &file, e);
    if (rc == ERR_NOT_FOUND && stat(name, &st) == 0)
        return S_ISDIR(st.st_mode) ? add_folder(out, name, opt, e) : add_file(out, name, opt, e);
    if (rc == ERR_NOT_FOUND)
        return err_set(e, ERR_NOT_FOUND, "there is no pack \"%s\"; toban packs list shows those there are, or give a file", name);
    if (rc == 0)
        rc = pack_read(&p, file.path.p, file.bytes, opt, e);
    if (rc == 0)
        vec_push(&out->pack, p);
    return rc;
}

void app_packs_free(struct app_packs *p)
{
    for (size_t i = 0; i < p->pack.n; i++)
        pack_free(p->pack.p[i]);
    vec_release(&p->pack);
    arena_release(&p->a);
}

int app_first_exploited(const struct config *c, struct arena *a, struct sweep_first **out, size_t *n, struct err *e)
{
    struct rule_file file;
    VEC(struct sweep_first) v = {0};
    unsigned long number = 0;
    struct str line;
    int rc = rules_get(config_str(c, "rules"), PACKS "first_exploited.txt", a, &file, e);
    struct str rest = rc ? (struct str){"", 0} : file.bytes;
    while (rc == 0 && str_line_next(&rest, &line)) {
        number++;
        line = str_trim(line);
        if (!line.n || line.p[0] == '#')
            continue;
        size_t gap = MIN(str_chr(line, ' '), line.n);
        struct str date = str_trim(str_sub(line, gap, line.n));
        when_t from = 0;
        date.n = MIN(str_chr(date, ' '), date.n);
        if (!clock_parse_iso(date, ZONE_UTC, &from))
            rc = err_at(e, ERR_INPUT, file.path.p, number, "\"%.*s\" is not a date; write CVE-2021-26855 2021-01-03", STR_ARG(date));
        vec_push(&v, ((struct sweep_first){arena_str(a, str_sub(line, 0, gap)), from}));
    }
    *out = arena_array(a, struct sweep_first, v.n + 1);
    if (v.n)
        memcpy(*out, v.p, v.n * sizeof(*v.p));
    *n = v.n;
    vec_release(&v);
    return rc;
}

int app_baseline_open(const char *path, struct baseline **out, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_PACK_FILE * 2);
    int rc = stream_slurp(path, &b, e);
    *out = NULL;
    if (rc == 0)
        rc = baseline_read(out, path, buf_str(&b), e);
    buf_release(&b);
    return rc;
}

int app_write_file(const char *path, struct str bytes, bool replace, struct err *e)
{
    char tmp[4096];
    if (snprintf(tmp, sizeof(tmp), "%s.part", path) >= (int)sizeof(tmp))
        return err_set(e, ERR_USAGE, "the file name %s is too long", path);
    if (!replace && access(path, F_OK) == 0)
        return err_set(e, ERR_CONFLICT, "%s is there already; give another name", path);
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_sys(e, "cannot write %s", tmp);
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        bytes = str_sub(bytes, (size_t)n, bytes.n);
    }
    bool ok = bytes.n == 0 && fsync(fd) == 0;
    ok = close(fd) == 0 && ok && rename(tmp, path) == 0;
    if (!ok) {
        int rc = err_sys(e, "cannot write %s", path);
        unlink(tmp);
        return rc;
    }
    return 0;
}

int app_collect(const struct sweep *s, const char *folder, const char *case_name, struct evidence_result *out, struct err *e)
{
    struct buf report = BUF_INIT(REPORT_MAX);
    const char *who = getenv("USER");
    report_json(s, NULL, true, &report);
    struct evidence_options o = {.folder = folder, .case_name = str_of(case_name), .who = str_of(who), .report = buf_str(&report), .clock = clock_now};
    int rc = evidence_collect(s, &o, out, e);
    buf_release(&report);
    return rc;
}
