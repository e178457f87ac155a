/* STIX patterns, both ways to read backslashes, and what becomes of them. */
#include "investigate/packs/pack.h"
#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_stix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct stix_obs *o;
    struct pack *p = mem_zalloc(sizeof(*p));
    const struct indicator x = PACK_BUILD_ROW(1);
    pack_build_check(p, "x", STR_LIT("x"), LEVEL_HINT);
    if (n > 0 && pack_stix_parse(&p->a, str_n((const char *)data + 1, n - 1), data[0] & 1, &o, NULL) == 0)
        pack_stix_emit(p, o, &x);
    pack_free(p);
    return 0;
}
