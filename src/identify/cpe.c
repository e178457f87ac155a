#include "identify/cpe.h"

#include "identify/cpe_uri.h"
#include "identify/cpe_value.h"

void cpe_init(struct cpe *c)
{
    for (int i = 0; i < CPE_ATTRS; i++)
        c->attr[i] = STR_LIT("*");
    c->any = (1U << CPE_ATTRS) - 1;
    c->na = c->wild = 0;
}

const char *cpe_attr_name(enum cpe_attr x)
{
    static const char *const name[CPE_ATTRS] = {"part",      "vendor",    "product",  "version",
                                                "update",    "edition",   "language", "sw_edition",
                                                "target_sw", "target_hw", "other"};
    return name[x];
}

static int bad_part(struct str s, struct err *e)
{
    return err_set(
        e, ERR_INPUT,
        "CPE name \"%.*s\": the part must be a (application), o (operating system), h (hardware), * or -",
        STR_ARG(s));
}

static bool part_ok(const struct cpe *c)
{
    struct str p = c->attr[CPE_PART];
    return p.n == 1 && str_chr(STR_LIT("aoh*-"), p.p[0]) != STR_NONE;
}

/* Cuts at unescaped colons. Returns how many fields there are, storing at most max. */
static size_t split_fields(struct str s, struct str *field, size_t max)
{
    size_t n = 0, start = 0;
    for (size_t i = 0; i <= s.n; i++) {
        if (i < s.n && s.p[i] == '\\' && i + 1 < s.n) {
            i++;
            continue;
        }
        if (i < s.n && s.p[i] != ':')
            continue;
        if (n < max)
            field[n] = str_sub(s, start, i - start);
        n++;
        start = i + 1;
    }
    return n;
}

/* More fields than there are attributes: nothing is lost when the surplus says nothing. */
static bool surplus_is_void(const struct str *field, size_t n)
{
    for (size_t i = CPE_ATTRS; i < n; i++)
        if (!str_empty(field[i]) && !str_is(field[i], "*") && !str_is(field[i], "-"))
            return false;
    return true;
}

static int parse_fs(struct arena *a, struct str whole, struct str body, struct cpe *out, bool strict,
                    unsigned *repairs, struct err *e)
{
    struct str field[CPE_ATTRS + 8];
    size_t n = split_fields(body, field, ARRAY_LEN(field));
    if (n != CPE_ATTRS) {
        if (strict || n < 3 || n > ARRAY_LEN(field) || !surplus_is_void(field, n))
            return err_set(
                e, ERR_INPUT,
                "CPE name \"%.*s\": a 2.3 name has 11 attributes behind cpe:2.3:, this one has %zu; "
                "a colon inside an attribute is written \\:",
                STR_ARG(whole), n);
        *repairs |= CPE_REPAIR_FIELDS;
    }
    cpe_init(out);
    for (size_t i = 0; i < MIN(n, (size_t)CPE_ATTRS); i++) {
        int rc = cpe_value_read(a, field[i], out, (enum cpe_attr)i, strict, repairs);
        if (rc)
            return err_set(e, ERR_INPUT,
                           "CPE name \"%.*s\": the attribute %s is not written as NISTIR 7695 asks "
                           "(printable ASCII, a backslash before punctuation, wildcards only at the ends)",
                           STR_ARG(whole), cpe_attr_name((enum cpe_attr)i));
    }
    return part_ok(out) ? 0 : bad_part(whole, e);
}

static int parse(struct arena *a, struct str s, struct cpe *out, bool strict, unsigned *repairs,
                 struct err *e)
{
    struct str t = str_trim(s);
    if (t.n != s.n) {
        if (strict)
            return err_set(e, ERR_INPUT, "CPE name \"%.*s\": white space around it", STR_ARG(s));
        *repairs |= CPE_REPAIR_SPACE;
    }
    if (t.n > LIMIT_CPE)
        return err_set(e, ERR_LIMIT, "CPE name of %zu bytes: at most %lu are read", t.n, LIMIT_CPE);
    bool fs = str_starts_i(t, "cpe:2.3:");
    if (!fs && !str_starts_i(t, "cpe:/"))
        return err_set(e, ERR_INPUT, "\"%.*s\" is not a CPE name: it should begin with cpe:2.3: or cpe:/",
                       STR_ARG(t));
    if (t.p[0] != 'c' || t.p[1] != 'p' || t.p[2] != 'e') {
        if (strict)
            return err_set(e, ERR_INPUT, "CPE name \"%.*s\": the prefix is written in small letters",
                           STR_ARG(t));
        *repairs |= CPE_REPAIR_PREFIX;
    }
    if (fs)
        return parse_fs(a, t, str_sub(t, 8, t.n), out, strict, repairs, e);
    int rc = cpe_uri_read(a, t, str_sub(t, 5, t.n), out, strict, repairs, e);
    if (rc)
        return rc;
    return part_ok(out) ? 0 : bad_part(t, e);
}

int cpe_parse(struct arena *a, struct str s, struct cpe *out, struct err *e)
{
    unsigned ignored = 0;
    return parse(a, s, out, true, &ignored, e);
}

int cpe_parse_tolerant(struct arena *a, struct str s, struct cpe *out, unsigned *repairs, struct err *e)
{
    unsigned r = 0;
    int rc = parse(a, s, out, false, &r, e);
    if (repairs)
        *repairs = r;
    return rc;
}

void cpe_format(const struct cpe *c, struct buf *out)
{
    buf_adds(out, "cpe:2.3");
    for (int i = 0; i < CPE_ATTRS; i++) {
        buf_addc(out, ':');
        buf_add_str(out, c->attr[i]);
    }
}

void cpe_format_wfn(const struct cpe *c, struct buf *out)
{
    buf_adds(out, "wfn:[");
    bool first = true;
    for (int i = 0; i < CPE_ATTRS; i++) {
        if (cpe_is_any(c, (enum cpe_attr)i))
            continue;
        buf_printf(out, "%s%s=", first ? "" : ",", cpe_attr_name((enum cpe_attr)i));
        first = false;
        if (cpe_is_na(c, (enum cpe_attr)i)) {
            buf_adds(out, "NA");
            continue;
        }
        buf_addc(out, '"');
        struct str v = c->attr[i];
        for (size_t k = 0; k < v.n; k++) {
            /* a WFN quotes '.' and '-' as well (5.3.2) */
            if (v.p[k] == '\\' && k + 1 < v.n)
                buf_addc(out, v.p[k++]);
            else if (v.p[k] == '.' || v.p[k] == '-')
                buf_addc(out, '\\');
            buf_addc(out, v.p[k]);
        }
        buf_addc(out, '"');
    }
    buf_addc(out, ']');
}

void cpe_repairs_text(unsigned repairs, struct buf *out)
{
    static const struct {
        unsigned bit;
        const char *text;
    } word[] = {
        {CPE_REPAIR_SPACE, TR("white space removed")},
        {CPE_REPAIR_ESCAPE, TR("quoting of punctuation put right")},
        {CPE_REPAIR_PERCENT, TR("percent-encoding undone")},
        {CPE_REPAIR_EMPTY, TR("empty attribute read as any")},
        {CPE_REPAIR_FIELDS, TR("number of attributes put right")},
        {CPE_REPAIR_WILDCARD, TR("wildcard inside a value read as the character")},
        {CPE_REPAIR_LANGUAGE, TR("language is not a language tag")},
        {CPE_REPAIR_PREFIX, TR("prefix in capitals")},
    };
    bool first = true;
    for (size_t i = 0; i < ARRAY_LEN(word); i++) {
        if (!(repairs & word[i].bit))
            continue;
        buf_printf(out, "%s%s", first ? "" : ", ", tr(word[i].text));
        first = false;
    }
}
