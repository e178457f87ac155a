#include "identify/cpe_uri.h"

#include "identify/cpe_value.h"

#define URI_FIELDS 7

/* One character of a URI component: a plain one, or %xx. Returns the bytes used, 0 when wrong. */
static size_t read_char(struct str s, size_t i, unsigned char *c, bool *encoded)
{
    *c = (unsigned char)s.p[i];
    *encoded = false;
    if (*c != '%')
        return 1;
    uint64_t v;
    if (i + 2 >= s.n || !num_hex(str_sub(s, i + 1, 2), &v))
        return 0;
    *c = (unsigned char)v;
    *encoded = true;
    return 3;
}

/* Decodes one component to canonical spelling (6.1.3.2 decode). */
static int read_component(struct arena *a, struct str s, struct cpe *out, enum cpe_attr x, bool strict,
                          unsigned *repairs)
{
    if (s.n == 0 || (s.n == 1 && s.p[0] == '-')) {
        cpe_value_store(out, x, s.n ? s : STR_LIT("*"), false);
        return 0;
    }
    char *p = arena_alloc(a, 2 * s.n + 1);
    size_t n = 0, core = 0;
    bool wild = false, tail = false;
    unsigned fix = 0;
    for (size_t i = 0, used; i < s.n; i += used) {
        unsigned char c;
        bool encoded;
        used = read_char(s, i, &c, &encoded);
        if (!used) {
            if (strict)
                return ERR_INPUT;
            used = 1;
            fix |= CPE_REPAIR_PERCENT;
        }
        if (encoded && (c == 1 || c == 2)) {
            /* %01 is '?', %02 is '*': runs at the ends only */
            char w = c == 1 ? '?' : '*';
            bool first = core > 0 ? !tail : n == 0;
            if (!first && (w == '*' || p[n - 1] != '?'))
                return ERR_INPUT; /* one '*' or a run of '?' */
            tail = tail || core > 0;
            wild = true;
            p[n++] = w;
            continue;
        }
        if (tail)
            return ERR_INPUT; /* a wildcard in the middle: no reading of it would be safe */
        core++;
        if (c == ' ') {
            c = '_';
            fix |= CPE_REPAIR_SPACE;
        }
        if (!cpe_value_print(c))
            return ERR_INPUT;
        if (c >= 'A' && c <= 'Z')
            c = (unsigned char)(c + 32);
        if (!cpe_value_bare(c)) {
            p[n++] = '\\';
            if (!encoded && c != '~')
                fix |= CPE_REPAIR_ESCAPE;
        }
        p[n++] = (char)c;
    }
    if (strict && (fix || core == 0))
        return ERR_INPUT;
    if (n == 1 && p[0] == '-') {
        p[0] = '\\';
        p[1] = '-';
        n = 2;
    }
    cpe_value_store(out, x, str_n(p, n), wild);
    if (x == CPE_LANGUAGE && cpe_has(out, x) && !cpe_value_is_language(out->attr[x]))
        fix |= CPE_REPAIR_LANGUAGE;
    *repairs |= fix;
    return strict && fix ? ERR_INPUT : 0;
}

/* "~edition~sw_edition~target_sw~target_hw~other" (6.1.2.1.3) */
static int read_packed(struct arena *a, struct str s, struct cpe *out, bool strict, unsigned *repairs)
{
    static const enum cpe_attr order[] = {CPE_EDITION, CPE_SW_EDITION, CPE_TARGET_SW, CPE_TARGET_HW,
                                          CPE_OTHER};
    struct str_split it = str_split_init(str_sub(s, 1, s.n), '~');
    struct str piece;
    size_t n = 0;
    while (str_split_next(&it, &piece)) {
        if (n == ARRAY_LEN(order))
            return ERR_INPUT;
        int rc = read_component(a, piece, out, order[n++], strict, repairs);
        if (rc)
            return rc;
    }
    if (n == ARRAY_LEN(order))
        return 0;
    *repairs |= CPE_REPAIR_FIELDS;
    return strict ? ERR_INPUT : 0;
}

int cpe_uri_read(struct arena *a, struct str whole, struct str body, struct cpe *out, bool strict,
                 unsigned *repairs, struct err *e)
{
    cpe_init(out);
    struct str_split it = str_split_init(body, ':');
    struct str piece;
    size_t n = 0;
    while (str_split_next(&it, &piece)) {
        if (n >= URI_FIELDS) {
            if (strict || !(str_empty(piece) || str_is(piece, "*")))
                return err_set(e, ERR_INPUT, "CPE name \"%.*s\": a 2.2 name has at most 7 parts behind cpe:/",
                               STR_ARG(whole));
            *repairs |= CPE_REPAIR_FIELDS;
            continue;
        }
        enum cpe_attr x = (enum cpe_attr)n++;
        int rc;
        if (x == CPE_EDITION && piece.n && piece.p[0] == '~')
            rc = read_packed(a, piece, out, strict, repairs);
        else if (str_is(piece, "*") && !strict) {
            cpe_value_store(out, x, STR_LIT("*"), false);
            *repairs |= CPE_REPAIR_ESCAPE;
            rc = 0;
        } else
            rc = read_component(a, piece, out, x, strict, repairs);
        if (rc)
            return err_set(e, ERR_INPUT,
                           "CPE name \"%.*s\": the attribute %s cannot be read as a part of a 2.2 name "
                           "(percent-encoding, wildcards %%01 and %%02 only at the ends)",
                           STR_ARG(whole), cpe_attr_name(x));
    }
    if (!strict && n < 3)
        return err_set(e, ERR_INPUT, "CPE name \"%.*s\": vendor and product are missing", STR_ARG(whole));
    return 0;
}

static void write_component(struct str v, struct buf *out)
{
    if (v.n == 1 && (v.p[0] == '*' || v.p[0] == '-')) {
        if (v.p[0] == '-')
            buf_addc(out, '-');
        return;
    }
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        if (c == '*' || c == '?') {
            buf_adds(out, c == '?' ? "%01" : "%02");
        } else if (c == '\\' && i + 1 < v.n) {
            c = (unsigned char)v.p[++i];
            buf_printf(out, "%%%02x", c);
        } else {
            buf_addc(out, (char)c);
        }
    }
}

void cpe_format_uri(const struct cpe *c, struct buf *out)
{
    static const enum cpe_attr ext[] = {CPE_SW_EDITION, CPE_TARGET_SW, CPE_TARGET_HW, CPE_OTHER};
    bool packed = false;
    for (size_t i = 0; i < ARRAY_LEN(ext); i++)
        packed = packed || !cpe_is_any(c, ext[i]);
    int last = CPE_LANGUAGE;
    while (last > CPE_PART && cpe_is_any(c, (enum cpe_attr)last) && !(last == CPE_EDITION && packed))
        last--;
    buf_adds(out, "cpe:/");
    for (int i = 0; i <= last; i++) {
        if (i)
            buf_addc(out, ':');
        if (i == CPE_EDITION && packed)
            buf_addc(out, '~');
        write_component(c->attr[i], out);
        for (size_t k = 0; i == CPE_EDITION && packed && k < ARRAY_LEN(ext); k++) {
            buf_addc(out, '~');
            write_component(c->attr[ext[k]], out);
        }
    }
}
