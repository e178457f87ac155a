/* Sigma rules, evaluated on one small event. */
#include "investigate/packs/pack.h"
#include "investigate/packs/pack_eval.h"
#include "investigate/traces/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int hit(void *ctx, const struct pack_hit *h)
{
    (void)ctx;
    (void)h;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct pack *p;
    struct pack_options o = {.kind = pack_by_name(STR_LIT("sigma"))};
    if (pack_read(&p, "x.yml", str_n((const char *)data, n), &o, NULL) < 0)
        return 0;
    struct trace_field f[] = {{STR_LIT("EventID"), STR_LIT("1")},
                              {STR_LIT("Channel"), STR_LIT("Microsoft-Windows-Sysmon/Operational")},
                              {STR_LIT("CommandLine"), STR_LIT("cmd.exe /c \"whoami\" -f c:\\x 10.0.0.1")},
                              {STR_LIT("cs-method"), STR_LIT("GET")}};
    struct trace_record t = {.field = f, .field_n = ARRAY_LEN(f)};
    struct arena a = {0};
    struct pack_record r = {.record = &t, .kind = "evtx", .scratch = &a};
    const struct pack *packs[1] = {p};
    struct pack_eval *v = pack_eval_new(packs, 1);
    struct pack_sink sink = {NULL, hit};
    (void)pack_eval_record(v, &r, &sink, NULL);
    pack_eval_free(v);
    arena_release(&a);
    pack_free(p);
    return 0;
}
