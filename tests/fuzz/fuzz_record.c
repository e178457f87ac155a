/* A record of the knowledge file: read or refused; what is read is written and read again the same. */
#include <stdint.h>
#include <stdlib.h>

#include "knowledge/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct err e = {0};
    struct vuln v, w;
    int rc = record_read(str_n((const char *)data, size), &a, &v, &e);
    if (rc == 0) {
        struct buf one = BUF_INIT(64 * MIB), two = BUF_INIT(64 * MIB);
        record_write(&v, &one);
        if (record_read(buf_str(&one), &a, &w, &e) != 0)
            abort();
        record_write(&w, &two);
        if (!str_eq(buf_str(&one), buf_str(&two)))
            abort();
        buf_release(&one);
        buf_release(&two);
    } else if (rc != ERR_INPUT || !e.text[0] || a.used > 2000 * (size + 64)) {
        abort();
    }
    arena_release(&a);
    return 0;
}
