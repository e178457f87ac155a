#include "codec/xml.h"

#include <expat.h>

#include "codec/charset.h"
#include "codec/html_entity.h"

/* Stands between namespace and local name in what expat hands over; no URI has one. */
#define NS_SEP '\n'

struct parse {
    XML_Parser expat;
    struct arena *arena;
    struct err *e;
    int rc;     /* set when we stopped expat */
    bool plain; /* without namespaces: prefixes are cut off unseen */
    struct xml *root, *open;
    unsigned depth;
    struct xml *last[LIMIT_XML_DEPTH + 1]; /* youngest child of the open element at that depth */
    struct buf text[LIMIT_XML_DEPTH + 1];  /* its character data so far */
};

static unsigned long line_of(const struct parse *p)
{
    return (unsigned long)XML_GetCurrentLineNumber(p->expat);
}

static void stop(struct parse *p, int rc)
{
    p->rc = rc;
    XML_StopParser(p->expat, XML_FALSE);
}

static void name_set(struct parse *p, const char *written, struct str *name, struct str *ns)
{
    const char *cut = strrchr(written, p->plain ? ':' : NS_SEP);
    *name = arena_str(p->arena, str_of(cut ? cut + 1 : written));
    *ns = (struct str){0};
    if (!cut || p->plain)
        return;
    /* Siblings mostly share their namespace: keep one copy. */
    struct str uri = str_n(written, (size_t)(cut - written));
    const struct xml *o = p->open;
    *ns = o && str_eq(o->ns, uri) ? o->ns : arena_str(p->arena, uri);
}

static bool is_xmlns(const char *name)
{
    return strcmp(name, "xmlns") == 0 || strncmp(name, "xmlns:", 6) == 0;
}

static void attrs_set(struct parse *p, struct xml *x, const char **atts)
{
    uint32_t n = 0;
    for (const char **a = atts; a[0]; a += 2)
        n += !(p->plain && is_xmlns(a[0]));
    if (n == 0)
        return;
    x->attr = arena_array(p->arena, struct xml_attr, n);
    for (const char **a = atts; a[0]; a += 2) {
        if (p->plain && is_xmlns(a[0]))
            continue;
        struct xml_attr *at = &x->attr[x->attr_n++];
        name_set(p, a[0], &at->name, &at->ns);
        at->value = arena_str(p->arena, str_of(a[1]));
    }
}

static void on_start(void *user, const char *name, const char **atts)
{
    struct parse *p = user;
    if (p->rc)
        return;
    if (p->depth == LIMIT_XML_DEPTH) {
        stop(p, err_set(p->e, ERR_LIMIT, "XML line %lu: elements are nested deeper than %d", line_of(p),
                        LIMIT_XML_DEPTH));
        return;
    }
    struct xml *x = arena_new(p->arena, struct xml);
    name_set(p, name, &x->name, &x->ns);
    x->line = line_of(p);
    x->parent = p->open;
    attrs_set(p, x, atts);
    if (!p->open) {
        p->root = x;
    } else {
        x->at = (uint32_t)p->text[p->depth].n;
        if (p->last[p->depth])
            p->last[p->depth]->next = x;
        else
            p->open->first = x;
        p->last[p->depth] = x;
    }
    p->open = x;
    p->depth++;
    p->last[p->depth] = NULL;
    buf_clear(&p->text[p->depth]);
}

static void on_end(void *user, const char *name)
{
    struct parse *p = user;
    (void)name;
    if (p->rc || !p->open)
        return;
    p->open->text = arena_str(p->arena, buf_str(&p->text[p->depth]));
    p->open = p->open->parent;
    p->depth--;
}

static void on_text(void *user, const char *s, int n)
{
    struct parse *p = user;
    if (p->rc || p->depth == 0)
        return;
    if (!buf_add(&p->text[p->depth], s, (size_t)n))
        stop(p, err_set(p->e, ERR_LIMIT, "XML line %lu: the text of one element is longer than %lu bytes",
                        line_of(p), LIMIT_XML_TEXT));
}

static int feed(struct parse *p, struct str s)
{
    const size_t step = 16 * MIB;
    for (size_t at = 0;; at += step) {
        struct str part = str_sub(s, at, step);
        bool final = at + step >= s.n;
        if (XML_Parse(p->expat, part.p ? part.p : "", (int)part.n, final) != XML_STATUS_OK)
            break;
        if (final)
            return 0;
    }
    if (p->rc)
        return p->rc;
    return err_set(p->e, ERR_INPUT, "XML line %lu, column %lu: %s", line_of(p),
                   (unsigned long)XML_GetCurrentColumnNumber(p->expat) + 1,
                   XML_ErrorString(XML_GetErrorCode(p->expat)));
}

/* One pass of expat over UTF-8. *prefix is set when the only trouble was a prefix nobody declared. */
static struct xml *tree(struct arena *a, struct str utf8, bool plain, bool *prefix, struct err *e)
{
    struct parse *p = mem_zalloc(sizeof(*p));
    p->arena = a;
    p->e = e;
    p->plain = plain;
    p->expat = plain ? XML_ParserCreate("UTF-8") : XML_ParserCreateNS("UTF-8", NS_SEP);
    if (!p->expat)
        abort(); /* memory */
    for (size_t i = 0; i < ARRAY_LEN(p->text); i++)
        buf_init(&p->text[i], LIMIT_XML_TEXT);
    XML_SetUserData(p->expat, p);
    XML_SetElementHandler(p->expat, on_start, on_end);
    XML_SetCharacterDataHandler(p->expat, on_text);
    XML_SetParamEntityParsing(p->expat, XML_PARAM_ENTITY_PARSING_NEVER);
    int rc = feed(p, utf8);
    *prefix = rc && XML_GetErrorCode(p->expat) == XML_ERROR_UNBOUND_PREFIX;
    struct xml *root = rc == 0 ? p->root : NULL;
    for (size_t i = 0; i < ARRAY_LEN(p->text); i++)
        buf_release(&p->text[i]);
    XML_ParserFree(p->expat);
    free(p);
    return root;
}

/* The encoding that the XML declaration at the beginning names; "" when none. */
static struct str declared(struct str s)
{
    if (!str_starts(s, "<?xml"))
        return (struct str){0};
    s = str_sub(s, 0, 512);
    size_t end = str_find(s, STR_LIT("?>"));
    s = str_sub(s, 0, end == STR_NONE ? 0 : end);
    size_t at = str_find(s, STR_LIT("encoding"));
    if (at == STR_NONE)
        return (struct str){0};
    s = str_trim(str_sub(s, at + 8, s.n));
    if (!str_starts(s, "="))
        return (struct str){0};
    s = str_trim(str_sub(s, 1, s.n));
    if (s.n < 2 || (s.p[0] != '"' && s.p[0] != '\''))
        return (struct str){0};
    end = str_chr(str_sub(s, 1, s.n), s.p[0]);
    return str_sub(s, 1, end == STR_NONE ? 0 : end);
}

static int charset_choose(struct str bytes, const char *header, bool lenient, enum charset *c, size_t *bom,
                          struct err *e)
{
    *c = charset_detect(str_sub(bytes, 0, 64 * KIB), bom);
    if (*bom || *c == CHARSET_UTF16LE || *c == CHARSET_UTF16BE)
        return 0;
    enum charset by_header;
    if (header && charset_by_name(str_of(header), &by_header) && by_header != CHARSET_UTF16LE &&
        by_header != CHARSET_UTF16BE) {
        *c = by_header;
        return 0;
    }
    struct str name = declared(bytes);
    enum charset guess = *c;
    if (name.n == 0)
        *c = CHARSET_UTF8;
    else if (!charset_by_name(name, c))
        return lenient ? 0
                       : err_set(e, ERR_INPUT, "XML line 1: encoding “%.*s” is not known; convert to UTF-8",
                                 STR_ARG(str_sub(name, 0, 40)));
    /* A declaration that could be read as ASCII does not stand in UTF-16. */
    if (*c == CHARSET_UTF16LE || *c == CHARSET_UTF16BE)
        *c = CHARSET_UTF8;
    if (lenient && *c == CHARSET_UTF8 && name.n == 0)
        *c = guess;
    return 0;
}

static bool xml_char(uint32_t c)
{
    return c >= 0x20 ? c != 0xFFFE && c != 0xFFFF : c == '\t' || c == '\n' || c == '\r';
}

/* Bytes of a section at s that is copied as it stands: CDATA, comment, instruction. */
static size_t verbatim(struct str s, bool *no_end)
{
    static const char *const pair[][2] = {{"<![CDATA[", "]]>"}, {"<!--", "-->"}, {"<?", "?>"}};
    for (size_t i = 0; i < ARRAY_LEN(pair) && !*no_end; i++) {
        if (!str_starts(s, pair[i][0]))
            continue;
        size_t at = str_find(s, str_of(pair[i][1]));
        *no_end = at == STR_NONE;
        return *no_end ? 0 : at + strlen(pair[i][1]);
    }
    return 0;
}

/* Copies UTF-8, with U+FFFD for the characters that XML 1.0 section 2.2 forbids. */
static void copy_chars(struct str s, struct buf *out)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool last_two = c == 0xEF && i + 2 < s.n && s.p[i + 1] == '\xBF' && (unsigned char)s.p[i + 2] >= 0xBE;
        if (xml_char(c) && !last_two)
            continue;
        buf_add(out, s.p + from, i - from);
        buf_add_utf8(out, 0xFFFD);
        i += last_two ? 2 : 0;
        from = i + 1;
    }
    buf_add(out, s.p + from, s.n - from);
}

/* What expat would stop at and a browser would not. */
static void repair(struct str s, struct buf *out)
{
    bool no_end = false;
    size_t blank = 0;
    while (blank < s.n && (unsigned char)s.p[blank] <= ' ')
        blank++;
    s = str_sub(s, blank, s.n); /* nothing may stand before the declaration */
    while (s.n) {
        size_t k = 0;
        while (k < s.n && s.p[k] != '<' && s.p[k] != '&')
            k++;
        copy_chars(str_sub(s, 0, k), out);
        s = str_sub(s, k, s.n);
        if (s.n == 0)
            break;
        if (s.p[0] == '<') {
            k = verbatim(s, &no_end);
            k = k ? k : 1;
            copy_chars(str_sub(s, 0, k), out);
            s = str_sub(s, k, s.n);
            continue;
        }
        uint32_t c = 0;
        k = html_entity_read(s, &c);
        if (k == 0)
            buf_adds(out, "&amp;");
        else if (c == '<' || c == '&' || c == '>' || c == '"' || c == '\'')
            buf_printf(out, "&#%u;", (unsigned)c);
        else
            buf_add_utf8(out, xml_char(c) ? c : 0xFFFD);
        s = str_sub(s, k ? k : 1, s.n);
    }
}

struct xml *xml_parse(struct arena *a, struct str bytes, const char *charset, unsigned flags, struct err *e)
{
    bool lenient = flags & XML_LENIENT, prefix = false;
    enum charset c;
    size_t bom, bad = 0;
    struct xml *root = NULL;
    struct err mine = {0};
    if (!e)
        e = &mine;
    if (bytes.n > LIMIT_FILE_WHOLE) {
        err_set(e, ERR_LIMIT, "the XML document is larger than %lu bytes", LIMIT_FILE_WHOLE);
        return NULL;
    }
    if (charset_choose(bytes, charset, lenient, &c, &bom, e))
        return NULL;
    struct str text = str_sub(bytes, bom, bytes.n);
    struct buf utf8 = BUF_INIT(bytes.n * 3 + 16), fixed = BUF_INIT(bytes.n * 18 + 16);
    if ((c != CHARSET_UTF8 && c != CHARSET_UTF8_BOM) || lenient) {
        if (charset_to_utf8(c, text, &utf8, &bad, e))
            goto out;
        text = buf_str(&utf8);
        if (bad && !lenient) {
            err_set(e, ERR_INPUT, "%zu characters of the XML document cannot be read as %s", bad,
                    charset_name(c));
            goto out;
        }
    }
    if (lenient) {
        repair(text, &fixed);
        text = buf_str(&fixed);
    }
    root = tree(a, text, false, &prefix, e);
    if (!root && lenient && prefix) {
        err_clear(e);
        root = tree(a, text, true, &prefix, e);
    }
out:
    buf_release(&utf8);
    buf_release(&fixed);
    return root;
}

struct xml *xml_child(const struct xml *x, const char *name)
{
    for (struct xml *c = x ? x->first : NULL; c; c = c->next)
        if (str_is(c->name, name))
            return c;
    return NULL;
}

struct xml *xml_next(const struct xml *x, const char *name)
{
    for (struct xml *c = x ? x->next : NULL; c; c = c->next)
        if (str_is(c->name, name))
            return c;
    return NULL;
}

struct str xml_text(const struct xml *x, const char *child)
{
    const struct xml *c = xml_child(x, child);
    return c ? str_trim(c->text) : STR_LIT("");
}

struct str xml_attr(const struct xml *x, const char *name)
{
    for (uint32_t i = 0; x && i < x->attr_n; i++)
        if (str_is(x->attr[i].name, name))
            return x->attr[i].value;
    return STR_LIT("");
}

static void deep_add(const struct xml *x, struct buf *b)
{
    size_t done = 0;
    for (const struct xml *c = x->first; c; c = c->next) {
        buf_add(b, x->text.p + done, c->at - done);
        done = c->at;
        deep_add(c, b); /* no deeper than LIMIT_XML_DEPTH */
    }
    buf_add(b, x->text.p + done, x->text.n - done);
}

struct str xml_deep_text(struct arena *a, const struct xml *x)
{
    if (!x)
        return STR_LIT("");
    struct buf b = BUF_INIT(LIMIT_FILE_WHOLE);
    deep_add(x, &b);
    struct str s = arena_str(a, str_trim(buf_str(&b)));
    buf_release(&b);
    return s;
}
