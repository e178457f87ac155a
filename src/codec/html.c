#include "codec/html.h"

#include "codec/html_entity.h"

/* Where reading is, and what earlier failures taught: a search that ran to the
 * end in vain is never repeated, so that the time stays linear. */
struct reader {
    struct str rest;
    bool no_gt, no_quotes, no_comment_end;
};

struct tag {
    struct str name; /* as written */
    struct str attrs;
    bool close;
    size_t n; /* bytes from '<' through '>' */
};

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Offset of the '>' that ends the tag at s, quotes respected. */
static size_t tag_end(struct reader *r, struct str s)
{
    if (r->no_gt)
        return STR_NONE;
    char quote = 0;
    for (size_t i = 1; i < s.n && !r->no_quotes; i++) {
        char c = s.p[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '>')
            return i;
        else if ((c == '"' || c == '\'') && s.p[i - 1] == '=')
            quote = c;
    }
    r->no_quotes = true;
    size_t at = str_chr(s, '>');
    r->no_gt = at == STR_NONE;
    return at;
}

/* Reads a tag, a comment or a declaration (these two with an empty name) at '<'. */
static bool tag_read(struct reader *r, struct tag *t)
{
    struct str s = r->rest;
    *t = (struct tag){0};
    if (s.n < 2)
        return false;
    if (str_starts(s, "<!--") && !r->no_comment_end) {
        size_t at = str_find(str_sub(s, 4, s.n), STR_LIT("-->"));
        if (at != STR_NONE)
            return t->n = at + 7, true;
        r->no_comment_end = true;
    }
    size_t name = s.p[1] == '/' ? 2 : 1;
    bool odd = s.p[1] == '!' || s.p[1] == '?';
    if (!odd && (s.n <= name || !is_alpha(s.p[name])))
        return false;
    size_t end = tag_end(r, s);
    if (end == STR_NONE)
        return false;
    t->n = end + 1;
    if (odd)
        return true;
    size_t i = name;
    while (i < end && !is_blank(s.p[i]) && s.p[i] != '/')
        i++;
    t->name = str_n(s.p + name, i - name);
    t->attrs = str_n(s.p + i, end - i);
    t->close = name == 2;
    return true;
}

static bool one_of(struct str name, const char *list)
{
    struct str_split it = str_split_init(str_of(list), ' ');
    struct str w;
    while (str_split_next(&it, &w))
        if (str_ieq(name, w))
            return true;
    return false;
}

/* Passes over the content of an element whose content is not text. */
static void skip_raw(struct reader *r, struct str name)
{
    for (;;) {
        size_t at = str_find(r->rest, STR_LIT("</"));
        if (at == STR_NONE) {
            r->rest = str_sub(r->rest, r->rest.n, 0);
            return;
        }
        r->rest = str_sub(r->rest, at, r->rest.n);
        if (str_ieq(str_sub(r->rest, 2, name.n), name))
            return;
        r->rest = str_sub(r->rest, 2, r->rest.n);
    }
}

/* Text with its blanks and newlines held back until something follows them. */
struct writer {
    struct buf *out;
    size_t start;
    unsigned newlines;
    bool blank;
    unsigned pre;
};

static void write_break(struct writer *w, unsigned newlines)
{
    w->newlines = MAX(w->newlines, newlines);
}

static void write_held(struct writer *w)
{
    if (w->out->n > w->start) {
        if (w->newlines)
            buf_add(w->out, "\n\n", w->newlines);
        else if (w->blank)
            buf_addc(w->out, ' ');
    }
    w->newlines = 0;
    w->blank = false;
}

static void write_char(struct writer *w, const char *p, size_t n)
{
    if (n == 1 && is_blank(*p)) {
        if (w->pre && *p == '\n')
            w->newlines = MIN(w->newlines + 1, 2);
        else
            w->blank = true;
        return;
    }
    write_held(w);
    buf_add(w->out, p, n);
}

static void write_code(struct writer *w, uint32_t c)
{
    if (c == 0xA0 || (c < 0x80 && is_blank((char)c))) {
        w->blank = true;
        return;
    }
    write_held(w);
    buf_add_utf8(w->out, c);
}

static void write_tag(struct writer *w, const struct tag *t)
{
    if (str_is_i(t->name, "br"))
        w->newlines = MIN(w->newlines + 1, 2);
    else if (one_of(t->name, "p div li tr ul ol dl dt dd h1 h2 h3 h4 h5 h6 table thead tbody tfoot caption "
                             "section article header footer nav aside main blockquote pre hr form fieldset "
                             "figure figcaption address title head body html option details summary"))
        write_break(w, 1);
    else if (one_of(t->name, "td th"))
        w->blank = true;
    if (str_is_i(t->name, "pre"))
        w->pre = !t->close;
}

void html_text(struct str html, struct buf *out)
{
    struct reader r = {.rest = html};
    struct writer w = {.out = out, .start = out->n};
    while (r.rest.n && !buf_full(out)) {
        const char *p = r.rest.p;
        uint32_t code;
        size_t n = 1;
        struct tag t;
        if (*p == '<' && tag_read(&r, &t)) {
            n = t.n;
            r.rest = str_sub(r.rest, n, r.rest.n);
            if (!t.close && one_of(t.name, "script style template"))
                skip_raw(&r, t.name);
            else if (t.name.n)
                write_tag(&w, &t);
            continue;
        }
        if (*p == '&' && (n = html_entity_read(r.rest, &code)) != 0) {
            write_code(&w, code);
        } else {
            n = 1;
            if (r.rest.n >= 2 && p[0] == '\xC2' && p[1] == '\xA0') {
                w.blank = true;
                n = 2;
            } else {
                write_char(&w, p, 1);
            }
        }
        r.rest = str_sub(r.rest, n, r.rest.n);
    }
}

/* True when attrs has class="… cls …". */
static bool has_class(struct str attrs, struct str cls)
{
    for (;;) {
        size_t at = str_find_i(attrs, STR_LIT("class"));
        if (at == STR_NONE)
            return false;
        bool begins = at > 0 && (is_blank(attrs.p[at - 1]) || attrs.p[at - 1] == '"');
        attrs = str_sub(attrs, at + 5, attrs.n);
        struct str v = str_trim(attrs);
        if (!begins || !str_starts(v, "="))
            continue;
        v = str_trim(str_sub(v, 1, v.n));
        if (v.n == 0)
            return false;
        size_t end;
        if (v.p[0] == '"' || v.p[0] == '\'') {
            end = str_chr(str_sub(v, 1, v.n), v.p[0]);
            v = str_sub(v, 1, end == STR_NONE ? v.n : end);
        } else {
            for (end = 0; end < v.n && !is_blank(v.p[end]); end++)
                ;
            v = str_sub(v, 0, end);
        }
        for (size_t i = 0; i < v.n;) {
            size_t from = i;
            while (i < v.n && !is_blank(v.p[i]))
                i++;
            if (str_eq(str_n(v.p + from, i - from), cls))
                return true;
            i++;
        }
        return false;
    }
}

/* Moves to just behind the next tag; false at the end. */
static bool next_tag(struct reader *r, struct tag *t, const char **at)
{
    for (;;) {
        size_t k = str_chr(r->rest, '<');
        if (k == STR_NONE)
            return false;
        r->rest = str_sub(r->rest, k, r->rest.n);
        *at = r->rest.p;
        if (!tag_read(r, t)) {
            r->rest = str_sub(r->rest, 1, r->rest.n);
            continue;
        }
        r->rest = str_sub(r->rest, t->n, r->rest.n);
        if (!t->close && one_of(t->name, "script style"))
            skip_raw(r, t->name);
        if (t->name.n)
            return true;
    }
}

struct str html_find(struct str html, const char *tag, const char *cls)
{
    struct reader r = {.rest = html};
    struct tag t;
    const char *at;
    while (next_tag(&r, &t, &at)) {
        if (t.close || !str_is_i(t.name, tag) || (cls && !has_class(t.attrs, str_of(cls))))
            continue;
        const char *from = at + t.n;
        unsigned long depth = 1;
        while (depth && next_tag(&r, &t, &at))
            if (str_is_i(t.name, tag))
                depth += t.close ? -1UL : 1UL;
        const char *end = depth ? html.p + html.n : at;
        return str_n(from, (size_t)(end - from));
    }
    return (struct str){0};
}

void html_unescape(struct str s, struct buf *out)
{
    while (s.n && !buf_full(out)) {
        uint32_t code;
        size_t k = str_chr(s, '&');
        if (k == STR_NONE)
            k = s.n;
        buf_add(out, s.p, k);
        s = str_sub(s, k, s.n);
        if (s.n == 0)
            break;
        k = html_entity_read(s, &code);
        if (k)
            buf_add_utf8(out, code);
        else
            buf_addc(out, '&');
        s = str_sub(s, k ? k : 1, s.n);
    }
}

void html_escape(struct str s, struct buf *out)
{
    for (size_t i = 0; i < s.n && !buf_full(out); i++) {
        switch (s.p[i]) {
        case '&':
            buf_adds(out, "&amp;");
            break;
        case '<':
            buf_adds(out, "&lt;");
            break;
        case '>':
            buf_adds(out, "&gt;");
            break;
        case '"':
            buf_adds(out, "&quot;");
            break;
        case '\'':
            buf_adds(out, "&#39;");
            break;
        default:
            buf_addc(out, s.p[i]);
        }
    }
}
