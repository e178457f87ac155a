/* A decision table of a stranger: refused with a reason, or complete and usable. */
#include <stdint.h>
#include <stdlib.h>

#include "assess/scores/ssvc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct err e = {0};
    const struct ssvc_table *t = ssvc_load(&a, "fuzz.csv", str_n((const char *)data, size), &e);
    if (!t) {
        if (e.code == 0 || !str_is_utf8(str_of(e.text)))
            abort();
        arena_release(&a);
        return 0;
    }
    struct ssvc_answer answer;
    if (ssvc_decide(t, NULL, 0, &answer, &e) < 0 || answer.rows != t->row_n)
        abort();
    for (size_t c = 0; c + 1 < t->column_n; c++) {
        struct ssvc_given g = {t->column[c].name, t->column[c].value[t->column[c].value_n - 1].text};
        if (ssvc_decide(t, &g, 1, &answer, &e) < 0 || answer.rows * t->column[c].value_n != t->row_n)
            abort();
    }
    arena_release(&a);
    return 0;
}
