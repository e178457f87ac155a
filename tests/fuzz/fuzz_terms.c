/* fuzz_terms.c — judges arbitrary bytes with the shipped rules. */
#include <stdio.h>
#include <stdlib.h>

#include "assess/terms/terms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct terms *shipped(void)
{
    static struct terms *t;
    static const char *const name[] = {"ja.rules", "en.rules"};
    if (t)
        return t;
    const char *source = getenv("TOBAN_SOURCE");
    t = terms_new();
    for (int i = 0; i < 2; i++) {
        char path[4096], *bytes = mem_alloc(1 << 20);
        snprintf(path, sizeof(path), "%s/rules/urgency/%s", source ? source : ".", name[i]);
        FILE *f = fopen(path, "rb");
        size_t n = f ? fread(bytes, 1, 1 << 20, f) : 0;
        if (f)
            fclose(f);
        struct err e;
        if (!n || terms_add_rules(t, name[i], str_n(bytes, n), &e) < 0)
            abort(); /* run from the source folder, or set TOBAN_SOURCE */
        free(bytes);
    }
    if (terms_compile(t, NULL) < 0)
        abort();
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct terms_result r;
    size_t title = size ? data[0] % 32U : 0;
    struct str s = str_n((const char *)data + (size != 0), size - (size != 0));
    title = MIN(title, s.n);
    struct terms_input in = {.title = str_sub(s, 0, title), .text = str_sub(s, title, s.n)};
    if (terms_judge(shipped(), &in, &a, &r, NULL) == 0) {
        for (size_t i = 0; i < r.evidence_n; i++) {
            struct str whole = r.evidence[i].in_title ? in.title : in.text;
            if (r.evidence[i].start > r.evidence[i].end || r.evidence[i].end > whole.n ||
                r.evidence[i].hit_start > r.evidence[i].hit_end || r.evidence[i].hit_end > whole.n)
                abort();
        }
        if (r.exploited && !r.urgent)
            abort();
    }
    arena_release(&a);
    return 0;
}
