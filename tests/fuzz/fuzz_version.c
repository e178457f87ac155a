/* Version schemes: the first byte chooses one; order is the same from both sides. */
#include <stdint.h>
#include <stdlib.h>

#include "identify/versions/scheme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct scheme *s = size ? scheme_at(data[0] % 32) : NULL;
    if (!s)
        return 0;
    struct str all = str_n((const char *)data + 1, size - 1);
    size_t tab = str_chr(all, '\t');
    struct str a = tab == STR_NONE ? all : str_sub(all, 0, tab);
    struct str b = tab == STR_NONE ? STR_LIT("1.0") : str_sub(all, tab + 1, all.n);
    int ab = s->compare(a, b), ba = s->compare(b, a), aa = s->compare(a, a);
    if ((ab <= 1 ? -ab : ab) != ba || ab < -1 || ab > 3)
        abort();
    if (aa != VERSION_EQUAL && aa != VERSION_INVALID && aa != VERSION_INCOMPARABLE)
        abort();
    if (s->valid(a) && aa == VERSION_INVALID)
        abort();
    return 0;
}
