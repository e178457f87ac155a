/* Version ranges: canonical text read twice is the same; "TYPE <TAB> RANGE <TAB> VERSION" natively. */
#include <stdint.h>
#include <stdlib.h>

#include "identify/versions/vers.h"
#include "identify/versions/vers_native.h"
#include "identify/versions/versions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(struct arena *a, const struct vers *v)
{
    struct buf b = BUF_INIT(4 * LIMIT_VERS), c = BUF_INIT(4 * LIMIT_VERS);
    struct vers w;
    vers_format(v, &b);
    /* some ecosystems order in circles (Maven, Conan): sorting twice need not agree there */
    bool total = v->scheme == &scheme_generic || v->scheme == &scheme_dpkg || v->scheme == &scheme_semver ||
                 v->scheme == &scheme_pep440;
    if (total && b.n <= LIMIT_VERS && vers_parse(a, buf_str(&b), &w, NULL) == 0) {
        vers_format(&w, &c);
        if (!str_eq(buf_str(&b), buf_str(&c)))
            abort();
    }
    buf_release(&b);
    buf_release(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct str s = str_n((const char *)data, size), f[3] = {{0}};
    struct str_split it = str_split_init(s, '\t');
    struct vers v;
    for (int i = 0; i < 3 && str_split_next(&it, &f[i]); i++)
        ;
    if (vers_parse(&a, f[0], &v, NULL) == 0) {
        again(&a, &v);
        (void)!vers_contains(&v, f[1], NULL);
    }
    if (vers_native_parse(&a, f[0], f[1], &v, NULL) == 0) {
        again(&a, &v);
        (void)!vers_contains(&v, f[2], NULL);
    }
    struct buf out = BUF_INIT(1 * MIB);
    versions_within_line(s, &out);
    buf_release(&out);
    arena_release(&a);
    return 0;
}
