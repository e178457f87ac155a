/* Any indicator file: the first byte picks the reader. */
#include "investigate/packs/pack.h"
#include "investigate/packs/pack_eval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct pack *p;
    size_t kinds = 0;
    if (n < 1)
        return 0;
    while (pack_kind_at(kinds))
        kinds++;
    struct pack_options o = {.kind = pack_kind_at(data[0] % (kinds + 1))};
    if (o.kind && str_is(str_of(o.kind->name), "yara"))
        return 0; /* the library is not ours to fuzz */
    if (pack_read(&p, "filename-iocs.txt", str_n((const char *)data + 1, n - 1), &o, NULL) == 0) {
        const struct pack *packs[1] = {p};
        struct pack_eval *v = pack_eval_new(packs, 1);
        pack_eval_free(v);
        pack_free(p);
    }
    return 0;
}
