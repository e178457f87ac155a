#include "investigate/traces/trace_text.h"

/* Access logs of Apache and nginx: common and combined format, also with a virtual host in front and
 * with more columns behind. Fields have the names of the W3C format, so that one rule serves all. */
extern const struct trace_kind trace_access;

struct access {
    struct trace_time clock;
    char last[20]; /* "10/Oct/2000:13:55:36", and what it is */
    when_t last_time;
};

/* "10/Oct/2000:13:55:36 -0700]": bytes used with the bracket, or 0. */
static size_t stamp(struct access *x, struct str s, when_t *out)
{
    int zone_s = 0;
    when_t tod, day;
    if (s.n < 27 || s.p[2] != '/' || s.p[6] != '/' || s.p[11] != ':' || s.p[20] != ' ')
        return 0;
    if (memcmp(s.p, x->last, sizeof(x->last)) != 0) {
        if (!trace_time_civil(trace_time_4(s.p + 7), trace_time_month(str_sub(s, 3, 3)), trace_time_2(s.p), 0,
                              0, 0, 0, &day) ||
            trace_time_clock(str_sub(s, 12, 8), &tod) == 0)
            return 0;
        memcpy(x->last, s.p, sizeof(x->last));
        x->last_time = day + tod;
    }
    size_t n = trace_time_offset(str_sub(s, 21, s.n), &zone_s);
    if (n == 0 || 21 + n >= s.n || s.p[21 + n] != ']')
        return 0;
    *out = x->last_time - zone_s * WHEN_SEC;
    return 21 + n + 1;
}

/* The bracket that begins the time; user names may hold brackets. */
static size_t find_stamp(struct access *x, struct str line, when_t *out, size_t *used)
{
    for (size_t at = 0; at < MIN(line.n, 2048); at++) {
        size_t k = str_chr(str_sub(line, at, 2048), '[');
        if (k == STR_NONE)
            return STR_NONE;
        at += k;
        *used = stamp(x, str_sub(line, at + 1, line.n), out);
        if (*used)
            return at;
    }
    return STR_NONE;
}

static int access_sniff(struct str head, struct str file_name)
{
    char copy[TRACE_TEXT_HEAD];
    struct access x = {0};
    struct str line;
    when_t t;
    size_t used;
    (void)file_name;
    head = trace_text_head(head, copy, sizeof(copy));
    for (int i = 0; i < 5 && str_line_next(&head, &line); i++) {
        size_t at = find_stamp(&x, line, &t, &used);
        if (at != STR_NONE && at > 4 && str_starts(str_sub(line, at + 1 + used, line.n), " \""))
            return 80;
    }
    return 0;
}

static when_t access_time(void *state, struct str row)
{
    size_t used;
    when_t t;
    return find_stamp(state, row, &t, &used) == STR_NONE ? WHEN_NONE : t;
}

/* The next column: "quoted with \" inside", or up to a blank. */
static bool column(struct str *rest, struct str *out)
{
    *rest = str_trim(*rest);
    if (rest->n == 0)
        return false;
    size_t n = 0;
    if (rest->p[0] != '"') {
        size_t k = str_chr(*rest, ' ');
        n = k == STR_NONE ? rest->n : k;
        *out = str_sub(*rest, 0, n);
    } else {
        for (n = 1; n < rest->n && rest->p[n] != '"'; n++)
            if (rest->p[n] == '\\')
                n++;
        n = MIN(n, rest->n);
        *out = str_sub(*rest, 1, n - 1);
        n = MIN(n + 1, rest->n);
    }
    *rest = str_sub(*rest, n, rest->n);
    return true;
}

static void request(struct trace_text_row *r, struct str s)
{
    struct str version = {0};
    size_t k = str_chr(s, ' ');
    if (k == STR_NONE || s.n == 0) { /* not HTTP: a probe of another protocol */
        trace_text_add(r, STR_LIT("c-uri"), s);
        trace_text_add(r, STR_LIT("cs-uri-stem"), s);
        return;
    }
    struct str method = str_sub(s, 0, k), target = str_sub(s, k + 1, s.n);
    const char *last = memrchr(target.p, ' ', target.n);
    if (last && str_starts(str_sub(target, (size_t)(last - target.p) + 1, 8), "HTTP/")) {
        version = str_sub(target, (size_t)(last - target.p) + 1, target.n);
        target.n = (size_t)(last - target.p);
    }
    size_t q = str_chr(target, '?');
    trace_text_add(r, STR_LIT("cs-method"), method);
    trace_text_add(r, STR_LIT("c-uri"), target);
    trace_text_add(r, STR_LIT("cs-uri-stem"), str_sub(target, 0, q));
    trace_text_add(r, STR_LIT("cs-uri-query"),
                   q == STR_NONE ? STR_LIT("-") : str_sub(target, q + 1, target.n));
    trace_text_add(r, STR_LIT("cs-version"), version);
}

static void client(struct trace_text_row *r, struct str before)
{
    struct str col[4], rest = before;
    size_t n = 0;
    while (n < ARRAY_LEN(col) && column(&rest, &col[n]))
        n++;
    size_t first = n == 4 ? 1 : 0; /* a virtual host in front */
    if (first)
        trace_text_add(r, STR_LIT("cs-host"), col[0]);
    if (n > first)
        trace_text_add(r, STR_LIT("c-ip"), col[first]);
    if (n > first + 2)
        trace_text_add(r, STR_LIT("cs-username"),
                       str_trim(str_n(col[first + 2].p, (size_t)(before.p + before.n - col[first + 2].p))));
}

static const char *access_parse(void *state, struct trace_text_row *r, struct str text)
{
    static const char *const names[] = {"sc-status", "sc-bytes", "cs(Referer)", "cs(User-Agent)"};
    struct access *x = state;
    size_t used, at = find_stamp(x, text, &r->rec.time, &used);
    if (at == STR_NONE)
        return tr("no time in brackets, as every row of an access log has it");
    r->rec.time_text = str_sub(text, at + 1, used - 1);
    r->rec.zone = TRACE_ZONE_STATED;
    client(r, str_trim(str_sub(text, 0, at)));
    struct str rest = str_sub(text, at + 1 + used, text.n), col;
    if (!column(&rest, &col)) {
        r->rec.damage = tr("the row breaks off");
        return NULL;
    }
    request(r, col);
    size_t n = 0;
    while (n < ARRAY_LEN(names) && column(&rest, &col))
        trace_text_add(r, str_of(names[n++]), col);
    if (n < 2)
        r->rec.damage = tr("the row breaks off");
    if (str_trim(rest).n)
        trace_text_add(r, STR_LIT("more"), str_trim(rest));
    return NULL;
}

static const struct trace_text_kind text = {
    .size = sizeof(struct access), .timed = true, .utf8 = true, .time = access_time, .parse = access_parse};

static int access_read(const struct trace_input *in, const struct trace_want *want,
                       const struct trace_sink *sink, struct trace_coverage *coverage, struct err *e)
{
    return trace_text_read(&trace_access, in, want, sink, coverage, e);
}

const struct trace_kind trace_access = {.name = "access",
                                        .title = TR("web server access log (Apache, nginx)"),
                                        .sniff = access_sniff,
                                        .read = access_read,
                                        .text = &text};
