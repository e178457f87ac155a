/* Text traces: the first byte chooses the kind, the second how it is read. Blocks must cover every byte in
 * order, rows must lie in their blocks, and reading must tell the same rows as the blocks. */
#include <stdlib.h>

#include "investigate/traces/trace_text.h"

static const char *const names[] = {"httpproxy", "ecp",      "oabgen", "exchange", "iis",      "json",
                                    "xml",       "defender", "syslog", "access",   "weberror", "plain"};

static int on_record(void *ctx, const struct trace_record *r, size_t n)
{
    if (!str_is_utf8(r->text) || r->offset + r->bytes > *(const uint64_t *)ctx)
        abort();
    for (size_t i = 0; i < r->field_n; i++)
        if (!str_is_utf8(r->field[i].name) || !str_is_utf8(r->field[i].value))
            abort();
    return n == 1 ? 0 : -1;
}

static uint64_t blocks(const struct trace_kind *k, const struct trace_input *in)
{
    struct trace_text *t;
    struct trace_text_block b;
    struct trace_coverage c = {0};
    struct err e;
    uint64_t at = 0;
    if (trace_text_open(&t, k, in, NULL, &e) < 0)
        return 0;
    while (trace_text_block(t, &b, &e) > 0) {
        struct trace_record r;
        size_t end;
        if (!b.part && b.offset < at)
            abort();
        at = b.offset;
        for (size_t p = 0; p < b.bytes.n; p = end) {
            if (trace_text_row(t, p, &r, &end))
                on_record(&(uint64_t){in->bytes.n}, &r, 1);
            if (end <= p)
                abort();
        }
    }
    trace_text_cover(t, &c);
    if (c.bytes > in->bytes.n)
        abort();
    trace_text_free(t);
    return c.rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const struct trace_kind *k = trace_by_name(str_of(names[data[0] % ARRAY_LEN(names)]));
    char *copy = malloc(size - 1);
    memcpy(copy, data + 2, size - 2);
    struct trace_input in = {.name = data[1] & 1 ? "u_ex210303.log" : "x",
                             .bytes = {copy, size - 2},
                             .modified = data[1] & 2 ? 1615000000 * WHEN_SEC : 0};
    uint64_t n = in.bytes.n;
    struct trace_want want = {0};
    struct trace_sink sink = {.ctx = &n, .record = on_record};
    struct trace_coverage c = {0};
    struct err e;
    (void)trace_sniff(in.bytes, str_of(in.name));
    if (k->read(&in, &want, &sink, &c, &e) == 0 && c.rows != blocks(k, &in))
        abort();
    free(copy);
    return 0;
}
