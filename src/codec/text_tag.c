#include "codec/text_reader.h"

struct tag_name {
    const char *name;
    enum text_tag kind;
};

static const struct tag_name tag_names[] = {
    {"a", TEXT_TAG_INLINE},        {"abbr", TEXT_TAG_INLINE},     {"acronym", TEXT_TAG_INLINE},
    {"b", TEXT_TAG_INLINE},        {"bdi", TEXT_TAG_INLINE},      {"big", TEXT_TAG_INLINE},
    {"cite", TEXT_TAG_INLINE},     {"code", TEXT_TAG_INLINE},     {"del", TEXT_TAG_INLINE},
    {"em", TEXT_TAG_INLINE},       {"font", TEXT_TAG_INLINE},     {"i", TEXT_TAG_INLINE},
    {"img", TEXT_TAG_INLINE},      {"ins", TEXT_TAG_INLINE},      {"kbd", TEXT_TAG_INLINE},
    {"label", TEXT_TAG_INLINE},    {"mark", TEXT_TAG_INLINE},     {"q", TEXT_TAG_INLINE},
    {"rb", TEXT_TAG_INLINE},       {"rp", TEXT_TAG_INLINE},       {"rt", TEXT_TAG_INLINE},
    {"ruby", TEXT_TAG_INLINE},     {"s", TEXT_TAG_INLINE},        {"samp", TEXT_TAG_INLINE},
    {"small", TEXT_TAG_INLINE},    {"span", TEXT_TAG_INLINE},     {"strong", TEXT_TAG_INLINE},
    {"sub", TEXT_TAG_INLINE},      {"sup", TEXT_TAG_INLINE},      {"time", TEXT_TAG_INLINE},
    {"tt", TEXT_TAG_INLINE},       {"u", TEXT_TAG_INLINE},        {"var", TEXT_TAG_INLINE},
    {"wbr", TEXT_TAG_INLINE},      {"br", TEXT_TAG_BREAK},        {"address", TEXT_TAG_BLOCK},
    {"article", TEXT_TAG_BLOCK},   {"aside", TEXT_TAG_BLOCK},     {"blockquote", TEXT_TAG_BLOCK},
    {"body", TEXT_TAG_BLOCK},      {"caption", TEXT_TAG_BLOCK},   {"center", TEXT_TAG_BLOCK},
    {"dd", TEXT_TAG_BLOCK},        {"details", TEXT_TAG_BLOCK},   {"div", TEXT_TAG_BLOCK},
    {"dl", TEXT_TAG_BLOCK},        {"dt", TEXT_TAG_BLOCK},        {"figcaption", TEXT_TAG_BLOCK},
    {"figure", TEXT_TAG_BLOCK},    {"footer", TEXT_TAG_BLOCK},    {"form", TEXT_TAG_BLOCK},
    {"h1", TEXT_TAG_BLOCK},        {"h2", TEXT_TAG_BLOCK},        {"h3", TEXT_TAG_BLOCK},
    {"h4", TEXT_TAG_BLOCK},        {"h5", TEXT_TAG_BLOCK},        {"h6", TEXT_TAG_BLOCK},
    {"header", TEXT_TAG_BLOCK},    {"hr", TEXT_TAG_BLOCK},        {"html", TEXT_TAG_BLOCK},
    {"li", TEXT_TAG_BLOCK},        {"main", TEXT_TAG_BLOCK},      {"nav", TEXT_TAG_BLOCK},
    {"ol", TEXT_TAG_BLOCK},        {"p", TEXT_TAG_BLOCK},         {"pre", TEXT_TAG_BLOCK},
    {"section", TEXT_TAG_BLOCK},   {"summary", TEXT_TAG_BLOCK},   {"table", TEXT_TAG_ROW},
    {"tbody", TEXT_TAG_ROW},       {"tfoot", TEXT_TAG_ROW},       {"thead", TEXT_TAG_ROW},
    {"title", TEXT_TAG_BLOCK},     {"ul", TEXT_TAG_BLOCK},        {"tr", TEXT_TAG_ROW},
    {"td", TEXT_TAG_CELL},         {"th", TEXT_TAG_CELL},         {"script", TEXT_TAG_HIDDEN},
    {"style", TEXT_TAG_HIDDEN},    {"head", TEXT_TAG_BLOCK},      {"meta", TEXT_TAG_INLINE},
    {"link", TEXT_TAG_INLINE},     {"input", TEXT_TAG_INLINE},    {"button", TEXT_TAG_INLINE},
    {"svg", TEXT_TAG_INLINE},      {"path", TEXT_TAG_INLINE},     {"col", TEXT_TAG_INLINE},
    {"colgroup", TEXT_TAG_INLINE}, {"noscript", TEXT_TAG_INLINE}, {"iframe", TEXT_TAG_INLINE},
    {"picture", TEXT_TAG_INLINE},  {"source", TEXT_TAG_INLINE},   {"video", TEXT_TAG_INLINE},
};

#define TAG_MAX 2048 /* longer is no tag but a stray '<' */

static size_t hidden_end(struct str s, size_t from, struct str name)
{
    for (size_t at = from; at < s.n;) {
        const char *lt = memchr(s.p + at, '<', s.n - at);
        if (!lt)
            return s.n;
        at = (size_t)(lt - s.p) + 1;
        if (s.n - at > name.n && s.p[at] == '/' && str_ieq(str_n(s.p + at + 1, name.n), name)) {
            const char *gt = memchr(s.p + at, '>', s.n - at);
            return gt ? (size_t)(gt - s.p) + 1 : s.n;
        }
    }
    return s.n;
}

size_t text_reader_tag(struct str s, size_t comments_end, enum text_tag *kind, bool *closing)
{
    if (str_starts(s, "<!--")) {
        size_t end = s.n >= comments_end ? str_find(s, STR_LIT("-->")) : STR_NONE;
        *kind = TEXT_TAG_INLINE;
        *closing = false;
        return end == STR_NONE ? 0 : end + 3;
    }
    size_t at = 1;
    *closing = at < s.n && s.p[at] == '/';
    at += *closing;
    size_t from = at;
    while (at < s.n && at - from < 12 &&
           ((s.p[at] >= '0' && s.p[at] <= '9') || ((s.p[at] | 32) >= 'a' && (s.p[at] | 32) <= 'z')))
        at++;
    struct str name = str_n(s.p + from, at - from);
    if (!name.n || at >= s.n || (s.p[at] != '>' && s.p[at] != '/' && (unsigned char)s.p[at] > ' '))
        return 0;
    const struct tag_name *t = NULL;
    for (size_t i = 0; i < ARRAY_LEN(tag_names) && !t; i++)
        if (str_is_i(name, tag_names[i].name))
            t = &tag_names[i];
    const char *gt = memchr(s.p + at, '>', MIN(s.n - at, TAG_MAX));
    if (!t || !gt)
        return 0;
    *kind = t->kind;
    size_t end = (size_t)(gt - s.p) + 1;
    if (t->kind == TEXT_TAG_HIDDEN) {
        *kind = TEXT_TAG_BLOCK;
        return *closing ? end : hidden_end(s, end, name);
    }
    return end;
}
