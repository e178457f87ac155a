#include "investigate/traces/trace_text.h"

/* Any other text: a line is a record with the one field "Message". A time at its beginning is read
 * when there is one. */
extern const struct trace_kind trace_plain;

struct plain {
    struct trace_time clock;
    struct trace_text_file *file;
};

static int plain_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    head = trace_text_head(head, copy, sizeof(copy));
    size_t odd = 0;
    for (size_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.p[i];
        odd += c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 27;
    }
    bool named =
        str_ends_i(file_name, ".log") || str_ends_i(file_name, ".txt") || str_ends_i(file_name, ".csv");
    if (named && odd * 2 <= head.n)
        return 5;
    return head.n && odd * 100 <= head.n ? 2 : 0;
}

static void plain_begin(void *state, struct trace_text_file *file, struct str head)
{
    struct plain *x = state;
    (void)head;
    x->file = file;
}

static size_t stamp(struct plain *x, struct str row, when_t *out, enum trace_zone *zone)
{
    bool zoned;
    size_t skip = row.n && (row.p[0] == '[' || row.p[0] == '"') ? 1 : 0;
    size_t n = trace_time_iso(&x->clock, str_sub(row, skip, row.n), x->file->zone_s, out, &zoned);
    *zone = zoned ? TRACE_ZONE_STATED : TRACE_ZONE_ASSUMED;
    return n ? n + skip : 0;
}

static when_t plain_time(void *state, struct str row)
{
    enum trace_zone zone;
    when_t t;
    return stamp(state, row, &t, &zone) ? t : WHEN_NONE;
}

static const char *plain_parse(void *state, struct trace_text_row *r, struct str text)
{
    size_t n = stamp(state, text, &r->rec.time, &r->rec.zone);
    size_t skip = n && (text.p[0] == '[' || text.p[0] == '"') ? 1 : 0;
    r->rec.time_text = str_sub(text, skip, n - skip);
    trace_text_add(r, STR_LIT("Message"), text);
    return NULL;
}

static const struct trace_text_kind text = {.size = sizeof(struct plain),
                                            .sparse = true,
                                            .begin = plain_begin,
                                            .time = plain_time,
                                            .parse = plain_parse};

static int plain_read(const struct trace_input *in, const struct trace_want *want,
                      const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_plain, in, want, sink, coverage, e);
}

const struct trace_kind trace_plain = {
    .name = "plain", .title = TR("text"), .sniff = plain_sniff, .read = plain_read, .text = &text};
