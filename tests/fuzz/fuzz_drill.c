/* Drill packs, which a site may write itself. */
#include <stdint.h>

#include "loop/drill_pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct err e = {0};
    struct drill_pack p;
    if (drill_pack_parse(&p, str_n((const char *)data, size), "fuzz", &a, &e) == 0) {
        if (p.until < p.from || !p.cve_n || !drill_pack_mark(&p, DRILL_PATCH))
            __builtin_trap();
        for (size_t i = 1; i < p.notice_n; i++)
            if (p.notice[i].when.at < p.notice[i - 1].when.at)
                __builtin_trap();
    } else if (e.text[0] == 0) {
        __builtin_trap();
    }
    arena_release(&a);
    return 0;
}
