#include "contain/enquiry.h"

const char *enquiry_state_name(enum enquiry_state s)
{
    static const char *const name[] = {"draft", "sent", "answered", "withdrawn"};
    return name[s];
}

struct enquiry_status enquiry_status(const struct enquiry *q, when_t now)
{
    struct enquiry_status s = {.state = ENQUIRY_DRAFT};
    for (size_t i = 0; i < q->event_n; i++) {
        const struct enquiry_event *ev = &q->event[i];
        switch (ev->kind) {
        case ENQUIRY_SENT:
            s.sent = ev;
            s.state = ENQUIRY_WAITING;
            break;
        case ENQUIRY_REMINDED:
            s.reminded = ev;
            s.reminders++;
            break;
        case ENQUIRY_ANSWERED:
            s.answer = ev;
            s.state = ENQUIRY_DONE;
            break;
        case ENQUIRY_WITHDRAWN:
            s.state = ENQUIRY_GONE;
            break;
        }
    }
    s.overdue = s.state < ENQUIRY_DONE && now > q->due;
    s.late = s.overdue ? (now - q->due) / WHEN_DAY : 0;
    return s;
}

struct enquiry_count enquiry_count(const struct enquiry *q, size_t n, int64_t case_id, when_t now)
{
    struct enquiry_count c = {0};
    for (size_t i = 0; i < n; i++) {
        if (case_id && q[i].case_id != case_id)
            continue;
        struct enquiry_status s = enquiry_status(&q[i], now);
        c.open += s.state < ENQUIRY_DONE;
        c.draft += s.state == ENQUIRY_DRAFT;
        c.overdue += s.overdue;
    }
    return c;
}

/* ---- words ---- */

static const struct enquiry_field *field(const struct enquiry_field *f, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(name, f[i].name))
            return &f[i];
    return NULL;
}

/* Two passes over a line: with out NULL it only tells whether the line stands. */
static int render_line(struct str line, const char *file, unsigned long no, const struct enquiry_field *f,
                       size_t n, bool *stands, struct buf *out, struct err *e)
{
    for (size_t i = 0; i < line.n;) {
        struct str rest = str_sub(line, i, line.n);
        size_t open = str_chr(rest, '{'), close = str_chr(rest, '}');
        if (open == STR_NONE || close == STR_NONE || close < open)
            open = rest.n;
        if (out)
            buf_add(out, rest.p, open);
        if (open == rest.n)
            break;
        struct str name = str_sub(rest, open + 1, close - open - 1);
        const struct enquiry_field *x = field(f, n, name);
        if (!x)
            return err_at(e, ERR_INPUT, file, no, "there is no placeholder {%.*s}", STR_ARG(str_sub(name, 0, 60)));
        if (x->value.n == 0)
            *stands = false;
        if (out)
            buf_add_str(out, x->value);
        i += close + 1;
    }
    return 0;
}

int enquiry_render(struct str text, const char *file, const struct enquiry_field *f, size_t n, struct buf *out,
                   struct err *e)
{
    struct str line;
    unsigned long no = 0;
    bool begun = false;
    if (str_starts(text, "\xEF\xBB\xBF"))
        text = str_sub(text, 3, text.n);
    while (str_line_next(&text, &line)) {
        bool stands = true;
        no++;
        begun |= !str_starts(line, "#");
        int rc = begun ? render_line(line, file, no, f, n, &stands, NULL, e) : 0;
        if (rc)
            return rc;
        if (!begun || !stands)
            continue;
        rc = render_line(line, file, no, f, n, &stands, out, e);
        if (rc)
            return rc;
        buf_addc(out, '\n');
    }
    return buf_full(out) ? err_at(e, ERR_LIMIT, file, 0, "the text becomes too long") : 0;
}
