#include "investigate/traces/trace_text_frame.h"

static bool tag_end(char c)
{
    return c == ' ' || c == '>' || c == '\t' || c == '\r' || c == '\n' || c == '/';
}

/* "<Event " and its like, at or behind from; s.n when there is none. */
static size_t event_tag(struct str s, size_t from)
{
    while (from < s.n) {
        size_t k = str_find(str_sub(s, from, s.n), STR_LIT("<Event"));
        if (k == STR_NONE)
            return s.n;
        from += k;
        if (from + 6 == s.n || tag_end(s.p[from + 6]))
            return from;
        from += 6;
    }
    return s.n;
}

size_t trace_text_frame_start(enum trace_text_frame f, struct str s, bool *junk)
{
    *junk = false;
    if (f == TRACE_TEXT_XML)
        return event_tag(s, 0);
    size_t i = 0;
    for (; i < s.n && s.p[i] != '{'; i++) {
        char c = s.p[i];
        *junk |= c != ',' && c != '[' && c != ']' && c != ' ' && c != '\t' && c != '\r' && c != '\n';
    }
    return i;
}

/* Two lines of an object tell how it is laid out, and so whether "{" at a line's beginning starts another. */
static void layout(struct trace_text_scan *c, struct str s)
{
    size_t i = 1;
    while (i < s.n && s.p[i] == '\r')
        i++;
    if (i >= s.n)
        return;
    c->begun = true;
    if (s.p[i] != '\n')
        c->resync = true;
    else
        c->resync = i + 1 < s.n && (s.p[i + 1] == ' ' || s.p[i + 1] == '\t');
}

static size_t json_end(struct trace_text_scan *c, struct str s)
{
    if (!c->begun)
        layout(c, s);
    for (size_t i = 0; i < s.n; i++) {
        char b = s.p[i], before = c->before;
        c->before = b;
        if (b == '\n') { /* no string goes over a line's end */
            c->in_string = c->escaped = false;
        } else if (c->in_string) {
            if (c->escaped)
                c->escaped = false;
            else if (b == '\\')
                c->escaped = true;
            else if (b == '"')
                c->in_string = false;
        } else if (b == '"') {
            c->in_string = true;
        } else if (b == '{') {
            if (c->depth && before == '\n' && c->resync)
                return i;
            c->depth++;
        } else if (b == '}' && (c->depth == 0 || --c->depth == 0)) {
            return i + 1;
        }
    }
    return 0;
}

size_t trace_text_frame_end(enum trace_text_frame f, struct trace_text_scan *c, struct str s)
{
    if (f == TRACE_TEXT_JSON)
        return json_end(c, s);
    size_t close = str_find(s, STR_LIT("</Event>"));
    size_t end = close == STR_NONE ? s.n : close + 8;
    size_t next = event_tag(str_sub(s, 0, end), 1);
    if (next < end && next + 6 < s.n)
        return next;
    return close == STR_NONE ? 0 : end;
}
