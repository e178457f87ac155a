#include "codec/text_fold.h"

#include <stdlib.h>
#include <utf8proc.h>

size_t text_fold_decode(struct str s, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s.p;
    unsigned char c = p[0];
    *cp = 0xFFFD;
    if (c < 0x80)
        return *cp = c, 1;
    unsigned n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (c < 0xC2 || c > 0xF4 || s.n < n)
        return 1;
    uint32_t v = c & (0xFF >> (n + 1));
    for (unsigned i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 1;
        v = v << 6 | (p[i] & 0x3F);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (v < least[n] || v > 0x10FFFF || (v >= 0xD800 && v <= 0xDFFF))
        return 1;
    *cp = v;
    return n;
}

size_t text_fold_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80)
        return out[0] = (char)cp, 1;
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

uint32_t text_fold_mark(uint32_t cp)
{
    if (cp == 0x3099 || cp == 0xFF9E)
        return 0x3099;
    if (cp == 0x309A || cp == 0xFF9F)
        return 0x309A;
    return 0;
}

uint32_t text_fold_voiced(uint32_t cp, uint32_t mark)
{
    bool katakana = cp >= 0x30A1 && cp <= 0x30F6;
    uint32_t h = katakana ? cp - 0x60 : cp; /* both rows are laid out alike */
    uint32_t v = 0;
    if (h >= 0x306F && h <= 0x307B && (h - 0x306F) % 3 == 0)
        v = h + (mark == 0x3099 ? 1 : 2); /* は ひ ふ へ ほ */
    else if (mark == 0x3099 && h >= 0x304B && h <= 0x3061 && (h - 0x304B) % 2 == 0)
        v = h + 1; /* か … ち */
    else if (mark == 0x3099 && (h == 0x3064 || h == 0x3066 || h == 0x3068))
        v = h + 1; /* つ て と */
    else if (mark == 0x3099 && h == 0x3046)
        v = 0x3094; /* う */
    return v ? (katakana ? v + 0x60 : v) : 0;
}

/* What NFKC leaves alone or turns into something the rules would have to spell twice. */
static const char *typographic(uint32_t cp)
{
    switch (cp) {
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x2032:
    case 0xFF07:
    case 0x02BC:
        return "'";
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x2033:
    case 0x00AB:
    case 0x00BB:
    case 0xFF02:
        return "\"";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2212:
    case 0xFF0D:
    case 0xFE63:
        return "-";
    case 0x2014:
    case 0x2015:
    case 0x2E3A:
    case 0x2500:
        return "\xE2\x80\x94";
    case 0xFF0C:
    case 0xFF64:
        return "\xE3\x80\x81"; /* 、 */
    case 0xFF61:
        return "\xE3\x80\x82"; /* 。 */
    case 0x00AD:
    case 0x200B:
    case 0x200C:
    case 0x200D:
    case 0x200E:
    case 0x200F:
    case 0x2060:
    case 0xFEFF:
        return "";
    case 0x3000:
    case 0x00A0:
    case 0x202F:
    case 0x2009:
    case 0x200A:
    case 0x2028:
    case 0x2029:
    case 0x85:
        return " ";
    default:
        return NULL;
    }
}

size_t text_fold_char(uint32_t cp, char out[TEXT_FOLD_MAX])
{
    if (cp < 0x80) {
        if (cp <= ' ' || cp == 0x7F)
            return out[0] = ' ', 1;
        out[0] = (char)(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp);
        return 1;
    }
    const char *t = typographic(cp);
    if (t) {
        size_t n = 0;
        for (; t[n]; n++)
            out[n] = t[n];
        return n;
    }
    if ((cp >= 0x3001 && cp <= 0x3030) || (cp >= 0x3041 && cp <= 0x3096) || (cp >= 0x30A1 && cp <= 0x30FE) ||
        (cp >= 0x4E00 && cp <= 0x9FFF))
        return text_fold_encode(cp, out);
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        return text_fold_char(cp - 0xFEE0, out);
    if ((cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069))
        return 0;
    utf8proc_int32_t d[TEXT_FOLD_MAX / 4];
    int bound = 0;
    utf8proc_ssize_t n =
        utf8proc_decompose_char((utf8proc_int32_t)cp, d, TEXT_FOLD_MAX / 4,
                                UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_COMPOSE, &bound);
    if (n <= 0 || n > TEXT_FOLD_MAX / 4)
        return text_fold_encode(n < 0 ? 0xFFFD : cp, out);
    n = utf8proc_normalize_utf32(d, n, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    size_t at = 0;
    for (utf8proc_ssize_t i = 0; i < n; i++)
        at += text_fold_encode(d[i] < ' ' ? ' ' : (uint32_t)d[i], out + at);
    return at;
}
