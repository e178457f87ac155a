/* fuzz_rules.c — a rule file of arbitrary bytes; when it compiles, its tests and one text are run. */
#include "assess/terms/terms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char text[] =
        "CVE-2021-26855 was exploited in the wild. 本脆弱性を悪用した攻撃を確認しています。";
    struct terms *t = terms_new();
    struct err e;
    struct arena a = {0};
    struct terms_result r;
    if (terms_add_rules(t, "fuzz.rules", str_n((const char *)data, size), &e) == 0 &&
        terms_compile(t, &e) == 0) {
        terms_run_tests(t, NULL, NULL, NULL);
        if (terms_judge(t, &(struct terms_input){.text = str_of(text)}, &a, &r, &e) < 0)
            __builtin_trap();
    }
    arena_release(&a);
    terms_free(t);
    return 0;
}
