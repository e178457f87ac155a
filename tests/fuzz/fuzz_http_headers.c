/* What a server can put into header fields and addresses, through every reader of net. */
#include <stdlib.h>

#include "net/field.h"
#include "net/http.h"
#include "net/proxy.h"
#include "net/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void urls(struct str s)
{
    struct url base, u, again;
    char shown[URL_SHOWN];
    url_shown(s, shown);
    char *path = url_to_path(s);
    if (path) {
        char *back = url_from_path(path);
        char *same = url_to_path(str_of(back));
        if (strcmp(path, same) != 0)
            abort();
        free(same);
        free(back);
    }
    free(path);
    if (url_parse(&u, s, NULL) == 0) {
        /* What was accepted is read the same way again. */
        if (url_parse(&again, str_of(u.text), NULL) == 0) {
            if (!url_same_origin(&u, &again))
                abort();
            url_release(&again);
        }
        url_release(&u);
    }
    if (url_parse(&base, STR_LIT("https://user:pw@h.example/a/b?q"), NULL) < 0)
        abort();
    if (url_join(&u, &base, s, NULL) == 0) {
        if (!url_same_origin(&u, &base) && u.userinfo)
            abort();
        url_release(&u);
    }
    url_release(&base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = {(const char *)data, size};
    when_t t;
    uint64_t a, b, c;
    char out[64];
    field_date(s, &t);
    if (field_retry_after(s, 784111777 * WHEN_SEC, &a) && a > FIELD_WAIT_MAX_MS)
        abort();
    if (field_content_range(s, &a, &b, &c) && (a > b || b >= c))
        abort();
    field_accepts_bytes(s);
    field_etag_is_strong(s);
    field_modified_is_strong(str_sub(s, 0, size / 2), str_sub(s, size / 2, size));
    field_charset(s);
    field_value_ok(s);
    field_clean(s, out, sizeof(out));
    if (!str_is_utf8(str_of(out)) || !field_value_ok(str_of(out)))
        abort();
    http_looks_like_html(s);
    urls(s);
    char *z = mem_dup(s.p, s.n);
    proxy_exempt(z, "www.example.org");
    free(z);
    return 0;
}
