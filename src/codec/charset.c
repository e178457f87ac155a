#include "codec/charset.h"

#include <errno.h>
#include <iconv.h>

static const struct {
    const char *name, *iconv;
} table[] = {
    [CHARSET_UTF8] = {"UTF-8", NULL},
    [CHARSET_UTF8_BOM] = {"UTF-8 (BOM)", NULL},
    [CHARSET_UTF16LE] = {"UTF-16LE", "UTF-16LE"},
    [CHARSET_UTF16BE] = {"UTF-16BE", "UTF-16BE"},
    [CHARSET_CP932] = {"CP932", "CP932"},
    [CHARSET_EUCJP] = {"EUC-JP", "EUC-JP-MS"},
    [CHARSET_ISO2022JP] = {"ISO-2022-JP", NULL},
    [CHARSET_LATIN1] = {"ISO-8859-1", NULL},
};

const char *charset_name(enum charset c)
{
    return (unsigned)c < ARRAY_LEN(table) ? table[c].name : "?";
}

bool charset_by_name(struct str name, enum charset *out)
{
    /* Letters and digits only, so that Shift_JIS, shift-jis and "ShiftJIS" are one. */
    static const struct {
        const char *name;
        enum charset c;
    } known[] = {
        {"utf8", CHARSET_UTF8},           {"usascii", CHARSET_UTF8},
        {"ascii", CHARSET_UTF8},          {"utf8bom", CHARSET_UTF8_BOM},
        {"utf8sig", CHARSET_UTF8_BOM},    {"utf16", CHARSET_UTF16LE},
        {"utf16le", CHARSET_UTF16LE},     {"ucs2", CHARSET_UTF16LE},
        {"unicode", CHARSET_UTF16LE},     {"utf16be", CHARSET_UTF16BE},
        {"shiftjis", CHARSET_CP932},      {"sjis", CHARSET_CP932},
        {"xsjis", CHARSET_CP932},         {"xmscp932", CHARSET_CP932},
        {"mskanji", CHARSET_CP932},       {"csshiftjis", CHARSET_CP932},
        {"windows31j", CHARSET_CP932},    {"cswindows31j", CHARSET_CP932},
        {"cp932", CHARSET_CP932},         {"ms932", CHARSET_CP932},
        {"eucjp", CHARSET_EUCJP},         {"xeucjp", CHARSET_EUCJP},
        {"eucjpms", CHARSET_EUCJP},       {"eucjpwin", CHARSET_EUCJP},
        {"cp51932", CHARSET_EUCJP},       {"cseucpkdfmtjapanese", CHARSET_EUCJP},
        {"iso2022jp", CHARSET_ISO2022JP}, {"csiso2022jp", CHARSET_ISO2022JP},
        {"cp50220", CHARSET_ISO2022JP},   {"cp50221", CHARSET_ISO2022JP},
        {"jis", CHARSET_ISO2022JP},       {"iso88591", CHARSET_LATIN1},
        {"latin1", CHARSET_LATIN1},       {"l1", CHARSET_LATIN1},
        {"windows1252", CHARSET_LATIN1},  {"cp1252", CHARSET_LATIN1},
    };
    char key[32];
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9'))
            continue;
        if (n == sizeof(key))
            return false;
        key[n++] = c;
    }
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_is(str_n(key, n), known[i].name))
            return *out = known[i].c, true;
    return false;
}

/* Length of the well-formed UTF-8 character at p; 0 when malformed, *bad then
 * the bytes to replace by one U+FFFD (Unicode 15, section 3.9: maximal subpart). */
static size_t utf8_char(const unsigned char *p, size_t n, size_t *bad)
{
    unsigned c = p[0], lo = 0x80, hi = 0xBF;
    *bad = 1;
    if (c < 0x80)
        return 1;
    if (c < 0xC2 || c > 0xF4)
        return 0;
    size_t k = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (c == 0xE0)
        lo = 0xA0;
    else if (c == 0xED)
        hi = 0x9F;
    else if (c == 0xF0)
        lo = 0x90;
    else if (c == 0xF4)
        hi = 0x8F;
    for (size_t i = 1; i < k; i++, lo = 0x80, hi = 0xBF) {
        *bad = i;
        if (i >= n || p[i] < lo || p[i] > hi)
            return 0;
    }
    return k;
}

/* Nearly UTF-8: a damaged character or two do not make a text CP932. */
static bool mostly_utf8(struct str s)
{
    size_t good = 0, bad = 0;
    for (size_t i = 0; i < s.n;) {
        size_t cut, k = utf8_char((const unsigned char *)s.p + i, s.n - i, &cut);
        if (k == 0)
            bad++;
        else if (k > 1)
            good++;
        i += k ? k : cut;
    }
    return good > 20 * bad;
}

static bool utf16_without_bom(struct str s, enum charset *c)
{
    if (s.n < 2)
        return false;
    size_t nul[2] = {0, 0}, n = 0;
    for (; n < s.n && n < 64 * KIB; n++)
        nul[n & 1] += s.p[n] == 0;
    size_t most = MAX(nul[0], nul[1]), least = MIN(nul[0], nul[1]);
    if (most < 2 + n / 16 || least * 20 > most)
        return false;
    *c = nul[1] > nul[0] ? CHARSET_UTF16LE : CHARSET_UTF16BE;
    return true;
}

static bool iso2022jp_escape(struct str s)
{
    for (size_t at = 0, k; (k = str_chr(str_sub(s, at, s.n), 27)) != STR_NONE; at += k + 1) {
        struct str e = str_sub(s, at + k + 1, 3);
        if (str_starts(e, "$@") || str_starts(e, "$B") || str_starts(e, "$(D") || str_starts(e, "(I"))
            return true;
    }
    return false;
}

static bool between(unsigned v, unsigned lo, unsigned hi)
{
    return v >= lo && v <= hi;
}

/* Points for what Japanese text is made of; what cannot be costs dearly. */
static long score_cp932(const unsigned char *p, size_t n)
{
    long score = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned a = p[i];
        if (a < 0x80)
            continue;
        if (between(a, 0xA1, 0xDF)) { /* half-width kana */
            score += 1;
            continue;
        }
        if (i + 1 == n)
            break;
        unsigned b = p[i + 1], v = a << 8 | b;
        if (a == 0x80 || a == 0xA0 || a > 0xFC || b < 0x40 || b == 0x7F || b > 0xFC) {
            score -= 20;
            continue;
        }
        i++;
        if (between(v, 0x829F, 0x82F1) || between(v, 0x8340, 0x8396))
            score += 3;
        else if (between(v, 0x889F, 0x9872))
            score += 2;
        else if (between(a, 0x98, 0xEA) || between(a, 0x81, 0x84) || a == 0x87 || a >= 0xED)
            score += 1;
        else
            score -= 5;
    }
    return score;
}

static long score_eucjp(const unsigned char *p, size_t n)
{
    long score = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned a = p[i];
        if (a < 0x80)
            continue;
        if (i + 1 == n)
            break;
        unsigned b = p[i + 1];
        if (a == 0x8F && i + 2 < n && between(b, 0xA1, 0xFE) && between(p[i + 2], 0xA1, 0xFE)) {
            i += 2;
            continue;
        }
        if (a == 0x8E && between(b, 0xA1, 0xDF)) {
            score += 1;
            i++;
            continue;
        }
        if (!between(a, 0xA1, 0xFE) || !between(b, 0xA1, 0xFE)) {
            score -= 20;
            continue;
        }
        i++;
        if (between(a, 0xA4, 0xA5))
            score += 3;
        else if (between(a, 0xB0, 0xCF))
            score += 2;
        else if (between(a, 0xA1, 0xA8) || a == 0xAD || between(a, 0xD0, 0xFC))
            score += 1;
        else
            score -= 5;
    }
    return score;
}

enum charset charset_detect(struct str bytes, size_t *bom_n)
{
    enum charset c;
    size_t none;
    if (!bom_n)
        bom_n = &none;
    *bom_n = 2;
    if (str_starts(bytes, "\xFF\xFE"))
        return CHARSET_UTF16LE;
    if (str_starts(bytes, "\xFE\xFF"))
        return CHARSET_UTF16BE;
    *bom_n = 3;
    if (str_starts(bytes, "\xEF\xBB\xBF"))
        return CHARSET_UTF8_BOM;
    *bom_n = 0;
    if (utf16_without_bom(bytes, &c))
        return c;
    /* The first bytes of a longer text may end within a character. */
    bool utf8 = str_is_utf8(str_n(bytes.p, bytes.n ? str_utf8_clip(bytes.p, bytes.n) : 0));
    if (utf8 && iso2022jp_escape(bytes))
        return CHARSET_ISO2022JP;
    if (utf8 || mostly_utf8(bytes))
        return CHARSET_UTF8;
    size_t n = MIN(bytes.n, 1 * MIB);
    const unsigned char *p = (const unsigned char *)bytes.p;
    return score_eucjp(p, n) > score_cp932(p, n) ? CHARSET_EUCJP : CHARSET_CP932;
}

static void utf8_copy(struct str s, struct buf *out, size_t *bad)
{
    if (str_is_utf8(s)) {
        buf_add_str(out, s);
        return;
    }
    size_t from = 0, i = 0;
    while (i < s.n && !buf_full(out)) {
        size_t cut, k = utf8_char((const unsigned char *)s.p + i, s.n - i, &cut);
        if (k) {
            i += k;
            continue;
        }
        buf_add(out, s.p + from, i - from);
        buf_add_utf8(out, 0xFFFD);
        ++*bad;
        i += cut;
        from = i;
    }
    buf_add(out, s.p + from, s.n - from);
}

uint32_t charset_cp1252(unsigned char c)
{
    static const uint16_t high[32] = {0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021,
                                      0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,   0x17D,  0x8F,
                                      0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                      0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};
    return c >= 0x80 && c < 0xA0 ? high[c - 0x80] : c;
}

/* The web reads ISO-8859-1 as Windows-1252 (WHATWG Encoding, section 4.2). */
static void latin1_copy(struct str s, struct buf *out)
{
    for (size_t i = 0; i < s.n && !buf_full(out); i++)
        buf_add_utf8(out, charset_cp1252((unsigned char)s.p[i]));
}

/* ISO-2022-JP as EUC-JP, whose decoder knows Microsoft's additions; iconv's own
 * ISO-2022-JP refuses them, and half-width kana too. */
static void iso2022jp_to_euc(struct str s, struct buf *euc)
{
    enum { ASCII, KANA, KANJI, EXTRA } mode = ASCII;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        struct str rest = str_sub(s, i + 1, 3);
        if (c == 27 && (str_starts(rest, "(B") || str_starts(rest, "(J"))) {
            mode = ASCII;
            i += 2;
        } else if (c == 27 && str_starts(rest, "(I")) {
            mode = KANA;
            i += 2;
        } else if (c == 27 && (str_starts(rest, "$B") || str_starts(rest, "$@"))) {
            mode = KANJI;
            i += 2;
        } else if (c == 27 && str_starts(rest, "$(D")) {
            mode = EXTRA;
            i += 3;
        } else if (c == '\n' || c == '\r') { /* a line begins in ASCII (RFC 1468) */
            mode = ASCII;
            buf_addc(euc, (char)c);
        } else if (mode == ASCII || c <= ' ' || c >= 0x7F) {
            buf_addc(euc, (char)c);
        } else if (mode == KANA) {
            buf_add(euc, (char[]){(char)0x8E, (char)(c | 0x80)}, 2);
        } else {
            if (mode == EXTRA)
                buf_addc(euc, (char)0x8F);
            buf_addc(euc, (char)(c | 0x80));
            if (i + 1 < s.n && (unsigned char)s.p[i + 1] > ' ')
                buf_addc(euc, (char)(s.p[++i] | (char)0x80));
        }
    }
}

/* Bytes to pass over where iconv found no character. */
static size_t unreadable(enum charset c, const char *p, size_t n)
{
    if (c == CHARSET_UTF16LE || c == CHARSET_UTF16BE)
        return MIN(n, 2);
    /* A trail byte that is ASCII is kept: it may be the delimiter. */
    return n > 1 && (unsigned char)p[0] >= 0x80 && (unsigned char)p[1] >= 0x80 ? 2 : 1;
}

static int iconv_copy(enum charset c, struct str s, struct buf *out, size_t *bad, struct err *e)
{
    iconv_t cd = iconv_open("UTF-8", table[c].iconv);
    if (cd == (iconv_t)-1) /* NOLINT(performance-no-int-to-ptr) */
        return err_sys(e, "iconv does not know %s; install the C library's gconv modules", table[c].iconv);
    char block[16384];
    char *in = (char *)s.p; /* iconv's prototype; it does not write */
    size_t left = s.n;
    while (left && !buf_full(out)) {
        char *to = block;
        size_t room = sizeof(block);
        size_t r = iconv(cd, &in, &left, &to, &room);
        int why = r == (size_t)-1 ? errno : 0;
        buf_add(out, block, sizeof(block) - room);
        if (why == EILSEQ || why == EINVAL) {
            size_t skip = why == EINVAL ? left : unreadable(c, in, left);
            buf_add_utf8(out, 0xFFFD);
            ++*bad;
            in += skip;
            left -= skip;
        }
    }
    iconv_close(cd);
    return 0;
}

int charset_to_utf8(enum charset c, struct str bytes, struct buf *out, size_t *bad, struct err *e)
{
    size_t wrong = 0;
    int rc = 0;
    const char *bom = c == CHARSET_UTF16LE ? "\xFF\xFE" : c == CHARSET_UTF16BE ? "\xFE\xFF" : "\xEF\xBB\xBF";
    if ((c <= CHARSET_UTF16BE) && str_starts(bytes, bom))
        bytes = str_sub(bytes, strlen(bom), bytes.n);
    if (c == CHARSET_UTF8 || c == CHARSET_UTF8_BOM) {
        utf8_copy(bytes, out, &wrong);
    } else if (c == CHARSET_LATIN1) {
        latin1_copy(bytes, out);
    } else if (c == CHARSET_ISO2022JP) {
        struct buf euc = BUF_INIT(bytes.n * 3 + 16);
        iso2022jp_to_euc(bytes, &euc);
        rc = iconv_copy(CHARSET_EUCJP, buf_str(&euc), out, &wrong, e);
        buf_release(&euc);
    } else {
        rc = iconv_copy(c, bytes, out, &wrong, e);
    }
    if (bad)
        *bad = wrong;
    if (rc == 0 && buf_full(out))
        return err_set(e, ERR_LIMIT, "text in %s is longer than %zu bytes as UTF-8", charset_name(c),
                       out->max);
    return rc;
}

int charset_any_to_utf8(struct str bytes, struct buf *out, enum charset *found, size_t *bad, struct err *e)
{
    size_t bom;
    enum charset c = charset_detect(bytes, &bom);
    if (found)
        *found = c;
    return charset_to_utf8(c, str_sub(bytes, bom, bytes.n), out, bad, e);
}
