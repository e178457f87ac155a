/* The part of feed.h about the page behind a title. */
#include "collect/feed.h"

#include <inttypes.h>

#include "codec/html.h"

/* ---- context: fields joined by the unit separator, which no feed's text needs ---- */

#define FIELD_SEP '\x1f'

static struct str clean(struct arena *a, struct str s)
{
    if (!s.n || !memchr(s.p, FIELD_SEP, s.n))
        return s;
    char *p = arena_dup(a, s.p, s.n);
    for (size_t i = 0; i < s.n; i++)
        if (p[i] == FIELD_SEP)
            p[i] = ' ';
    return str_n(p, s.n);
}

struct str feed_page_context(struct arena *a, const struct notice *n)
{
    struct str id = clean(a, n->id), title = clean(a, n->title), text = clean(a, n->text),
               url = clean(a, n->url);
    return feed_printf(a, "%.*s\x1f%" PRId64 "\x1f%" PRId64 "\x1f%.*s\x1f%.*s\x1f%.*s", STR_ARG(id),
                       n->published, n->updated, STR_ARG(url), STR_ARG(title), STR_ARG(text));
}

void feed_page_recall(struct arena *a, struct str context, struct notice *n)
{
    struct str_split it = str_split_init(context, FIELD_SEP);
    struct str f[6] = {0};
    for (size_t i = 0; i < ARRAY_LEN(f) && str_split_next(&it, &f[i]); i++)
        ;
    n->id = arena_str(a, f[0]);
    n->published = feed_since_read(f[1]);
    n->updated = feed_since_read(f[2]);
    n->url = arena_str(a, f[3]);
    n->title = arena_str(a, f[4]);
    n->text = arena_str(a, f[5]);
}

int feed_page_ask(const struct feed_input *in, struct arena *a, struct feed_sink *sink,
                  const struct notice *n, struct err *e)
{
    if (feed_is_file(in) || !feed_url_is_web(n->url))
        return 0;
    when_t since = feed_since_read(in->context), last = MAX(n->published, n->updated);
    if (since != WHEN_NONE && last != WHEN_NONE && last < since)
        return 0;
    return feed_ask(sink, "page", n->url, "text/html", feed_page_context(a, n), true, e);
}

/* ---- pages ---- */

struct str feed_page_text(struct arena *a, struct str html)
{
    static const char *const tags[] = {"article", "main", "body"};
    for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
        struct str part = html_find(html, tags[i], NULL);
        if (!part.n)
            continue;
        struct str text = feed_html_text(a, part);
        if (text.n)
            return text;
    }
    return feed_html_text(a, html);
}

struct str feed_page_title(struct arena *a, struct str html)
{
    /* og:title is the title without the name of the site */
    size_t at = str_find_i(html, STR_LIT("property=\"og:title\""));
    if (at != STR_NONE) {
        size_t from = at, to = at;
        while (from > 0 && html.p[from] != '<')
            from--;
        while (to < html.n && html.p[to] != '>')
            to++;
        struct str tag = str_sub(html, from, to - from);
        size_t c = str_find_i(tag, STR_LIT("content=\""));
        if (c != STR_NONE) {
            struct str v = str_sub(tag, c + 9, tag.n);
            size_t q = str_chr(v, '"');
            if (q != STR_NONE && q > 0)
                return feed_one_line(a, feed_html_text(a, str_sub(v, 0, q)));
        }
    }
    return feed_one_line(a, feed_html_text(a, html_find(html, "title", NULL)));
}
