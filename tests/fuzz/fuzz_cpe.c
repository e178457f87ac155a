/* CPE names: what is read is written back as itself, in every form; matching never ends badly. */
#include <stdint.h>
#include <stdlib.h>

#include "identify/cpe.h"
#include "identify/cpe_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(struct arena *a, const struct cpe *c)
{
    struct buf b = BUF_INIT(64 * KIB);
    struct cpe again;
    unsigned repairs = 0;
    cpe_format(c, &b);
    if (b.n <= LIMIT_CPE && (cpe_parse_tolerant(a, buf_str(&b), &again, &repairs, NULL) ||
                             (repairs & ~(unsigned)(CPE_REPAIR_LANGUAGE | CPE_REPAIR_WILDCARD))))
        abort();
    for (int i = 0; b.n <= LIMIT_CPE && i < CPE_ATTRS; i++)
        if (!str_eq(c->attr[i], again.attr[i]))
            abort();
    buf_clear(&b);
    cpe_format_uri(c, &b);
    cpe_format_wfn(c, &b);
    buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct cpe c, d;
    struct buf out = BUF_INIT(64 * KIB);
    struct str s = str_n((const char *)data, size);
    size_t tab = str_chr(s, '\t');
    cpe_match_line(s, &out);
    buf_release(&out);
    struct str first = tab == STR_NONE ? s : str_sub(s, 0, tab);
    if (cpe_parse(&a, first, &c, NULL) == 0)
        check_again(&a, &c);
    if (cpe_parse_tolerant(&a, first, &c, NULL, NULL) == 0) {
        check_again(&a, &c);
        if (tab != STR_NONE && cpe_parse_tolerant(&a, str_sub(s, tab + 1, s.n), &d, NULL, NULL) == 0) {
            struct cpe_bounds b = {.end_excl = d.attr[CPE_VERSION]};
            cpe_match_applies(&c, &b, &d);
        }
    }
    cpe_init(&c);
    cpe_set(&a, &c, CPE_PRODUCT, str_sub(s, 0, LIMIT_CPE / 4));
    check_again(&a, &c);
    arena_release(&a);
    return 0;
}
