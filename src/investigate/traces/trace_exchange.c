#include "investigate/traces/trace_csv.h"

/* Every other log that Exchange writes in its CSV form (CmdletInfra, MessageTracking, …), and the
 * log of the offline address book generator, whose message about a download that could not
 * be finished names the file it had written: the field "TemporaryFile". */
extern const struct trace_kind trace_oabgen;
extern const struct trace_kind trace_exchange;
#define FIRST "DateTime,"

struct exchange {
    struct trace_csv csv;
    bool table; /* there is a header */
    struct trace_time clock;
};

static bool exchange_head(struct str head)
{
    return trace_text_find(head, STR_LIT("#Software: Microsoft Exchange")) != STR_NONE &&
           trace_text_find(head, STR_LIT("#Fields:")) != STR_NONE;
}

static int exchange_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    (void)file_name;
    return exchange_head(trace_text_head(head, copy, sizeof(copy))) ? 70 : 0;
}

static int oabgen_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    head = trace_text_head(head, copy, sizeof(copy));
    if (trace_text_find(head, STR_LIT("#Log-type: OABGenerator")) != STR_NONE)
        return 95;
    if (trace_text_find(head, STR_LIT("Download failed and temporary file '")) != STR_NONE)
        return 85;
    return str_starts_i(file_name, "OABGen") && str_chr(head, '\0') == STR_NONE ? 80 : 0;
}

static void exchange_begin(void *state, struct trace_text_file *file, struct str head)
{
    struct exchange *x = state;
    (void)file;
    x->csv.time_col = STR_NONE;
    x->csv.rest = true;
    x->table = trace_csv_has_header(head, FIRST);
}

static void exchange_end(void *state)
{
    struct exchange *x = state;
    trace_csv_release(&x->csv);
}

static enum trace_text_line exchange_look(const void *state, struct str line)
{
    (void)state;
    return trace_csv_look(line, FIRST);
}

static void exchange_change(void *state, struct str line)
{
    struct exchange *x = state;
    trace_csv_header(&x->csv, line);
    x->table = true;
}

static when_t exchange_time(void *state, struct str row)
{
    struct exchange *x = state;
    return trace_csv_time(&x->csv, row);
}

static const char *exchange_parse(void *state, struct trace_text_row *r, struct str text)
{
    struct exchange *x = state;
    return trace_csv_parse(&x->csv, r, text);
}

static void temporary_file(struct trace_text_row *r, struct str text)
{
    static const char before[] = "temporary file '";
    size_t at = str_find_i(text, str_of(before));
    if (at == STR_NONE)
        return;
    struct str path = str_sub(text, at + sizeof(before) - 1, text.n);
    size_t end = str_find_i(path, STR_LIT("' needs to be removed"));
    if (end == STR_NONE)
        end = str_chr(path, '\'');
    trace_text_add(r, STR_LIT("TemporaryFile"), str_sub(path, 0, end));
}

static const char *oabgen_parse(void *state, struct trace_text_row *r, struct str text)
{
    struct exchange *x = state;
    bool zoned;
    const char *why = x->table ? trace_csv_parse(&x->csv, r, text) : "";
    if (why) { /* free text, perhaps with a time in front */
        size_t n = trace_time_iso(&x->clock, text, 0, &r->rec.time, &zoned);
        r->rec.field = NULL;
        r->rec.time_text = str_sub(text, 0, n);
        r->rec.zone = zoned ? TRACE_ZONE_STATED : TRACE_ZONE_FORMAT;
        trace_text_add(r, STR_LIT("Message"), str_trim(str_sub(text, n, text.n)));
    } else {
        for (size_t i = 0; i < r->rec.field_n; i++)
            trace_text_add(r, x->csv.field.p[i].name, x->csv.field.p[i].value);
        r->rec.field = NULL;
    }
    temporary_file(r, text);
    return NULL;
}

static const struct trace_text_kind table_text = {.size = sizeof(struct exchange),
                                                  .iso_first = true,
                                                  .timed = true,
                                                  .utf8 = true,
                                                  .begin = exchange_begin,
                                                  .end = exchange_end,
                                                  .look = exchange_look,
                                                  .change = exchange_change,
                                                  .time = exchange_time,
                                                  .parse = exchange_parse};
static const struct trace_text_kind oabgen_text = {.size = sizeof(struct exchange),
                                                   .iso_first = true,
                                                   .begin = exchange_begin,
                                                   .end = exchange_end,
                                                   .look = exchange_look,
                                                   .change = exchange_change,
                                                   .time = exchange_time,
                                                   .parse = oabgen_parse};

static int exchange_read(const struct trace_input *in, const struct trace_want *want,
                         const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_exchange, in, want, sink, coverage, e);
}

static int oabgen_read(const struct trace_input *in, const struct trace_want *want,
                       const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_oabgen, in, want, sink, coverage, e);
}

const struct trace_kind trace_exchange = {.name = "exchange",
                                          .title = TR("Exchange log"),
                                          .sniff = exchange_sniff,
                                          .read = exchange_read,
                                          .text = &table_text};
const struct trace_kind trace_oabgen = {.name = "oabgen",
                                        .title = TR("Exchange offline address book generator log"),
                                        .sniff = oabgen_sniff,
                                        .read = oabgen_read,
                                        .text = &oabgen_text};
