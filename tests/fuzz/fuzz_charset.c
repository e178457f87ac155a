/* Detection and conversion: whatever the bytes, the result is UTF-8. */
#include "codec/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = str_n((const char *)data, size);
    for (unsigned c = 0; c <= CHARSET_LATIN1 + 1; c++) {
        struct buf b = BUF_INIT(4 * MIB);
        struct err e = {0};
        size_t bad = 0;
        enum charset found;
        int rc = c > CHARSET_LATIN1 ? charset_any_to_utf8(s, &b, &found, &bad, &e)
                                    : charset_to_utf8((enum charset)c, s, &b, &bad, &e);
        if (rc == 0 && !str_is_utf8(buf_str(&b)))
            __builtin_trap();
        if (c == CHARSET_UTF8 && rc == 0 && (bad == 0) != str_is_utf8(s))
            __builtin_trap();
        buf_release(&b);
    }
    enum charset named;
    charset_by_name(s, &named);
    return 0;
}
