#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/json.h"
#include "investigate/evidence.h"
#include "investigate/scan_hash.h"

static bool write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

int evidence_log_add(struct evidence_log *l, struct str members, struct err *e)
{
    struct buf b = BUF_INIT(LIMIT_RECORD);
    buf_printf(&b, "{\"prev\":\"%s\"," STR_FMT "}", l->prev, STR_ARG(members));
    scan_hash_sha256(buf_str(&b), l->prev);
    buf_addc(&b, '\n');
    int rc = write_all(l->fd, b.p, b.n) ? 0 : err_sys(e, "cannot write the evidence log");
    buf_release(&b);
    return rc;
}

bool evidence_log_check(struct str text, char last[65], size_t *bad_line)
{
    struct str line;
    size_t n = 0;
    struct arena a = {0};
    bool ok = true;
    last[0] = 0;
    *bad_line = 0;
    while (ok && str_line_next(&text, &line)) {
        n++;
        arena_clear(&a);
        const struct json *v = json_parse(&a, line, NULL);
        ok = v && str_is(json_get_str(v, "prev"), last);
        if (!ok)
            *bad_line = n;
        scan_hash_sha256(line, last);
    }
    arena_release(&a);
    return ok && n > 0;
}

bool evidence_is_folder(const char *folder)
{
    char path[4096], last[65];
    struct stat st;
    size_t bad;
    if (snprintf(path, sizeof(path), "%s/manifest.jsonl", folder) >= (int)sizeof(path))
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOATIME);
    if (fd < 0)
        return false;
    bool ours = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && (uint64_t)st.st_size <= LIMIT_FILE_SMALL;
    char *text = ours ? mem_alloc((size_t)st.st_size) : NULL;
    ours = ours && pread(fd, text, (size_t)st.st_size, 0) == st.st_size &&
           str_starts(str_n(text, (size_t)st.st_size), "{\"prev\":\"\",\"schema\":\"toban.evidence/") &&
           evidence_log_check(str_n(text, (size_t)st.st_size), last, &bad);
    close(fd);
    free(text);
    return ours;
}
