#include <errno.h>
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
