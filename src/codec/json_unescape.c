#include "codec/json_reader.h"

int json_hex4(const char *p)
{
    int v = 0;
    for (int i = 0; i < 4; i++) {
        int d = num_hex_digit(p[i]);
        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

static char *utf8_put(char *q, unsigned c)
{
    if (c < 0x80) {
        *q++ = (char)c;
    } else if (c < 0x800) {
        *q++ = (char)(0xC0 | c >> 6);
        *q++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *q++ = (char)(0xE0 | c >> 12);
        *q++ = (char)(0x80 | (c >> 6 & 0x3F));
        *q++ = (char)(0x80 | (c & 0x3F));
    } else {
        *q++ = (char)(0xF0 | c >> 18);
        *q++ = (char)(0x80 | (c >> 12 & 0x3F));
        *q++ = (char)(0x80 | (c >> 6 & 0x3F));
        *q++ = (char)(0x80 | (c & 0x3F));
    }
    return q;
}

/* The \u escape at p, with its second half when it is a surrogate pair (RFC 8259 section 7). */
static const char *unescape_u(const char *p, const char *end, char **q)
{
    unsigned c = (unsigned)json_hex4(p + 2);
    p += 6;
    if (c >= 0xD800 && c < 0xE000) {
        int low = c < 0xDC00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u' ? json_hex4(p + 2) : -1;
        if (low >= 0xDC00 && low < 0xE000) {
            c = 0x10000 + ((c - 0xD800) << 10) + ((unsigned)low - 0xDC00);
            p += 6;
        } else {
            c = 0xFFFD;
        }
    }
    *q = utf8_put(*q, c);
    return p;
}

size_t json_unescape(char *dst, struct str s)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *p = s.p, *end = s.p + s.n;
    char *q = dst; /* never ahead of p: no escape is shorter than its text */
    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        size_t n = (size_t)((slash ? slash : end) - p);
        memmove(q, p, n);
        q += n;
        if (!slash)
            break;
        if (slash[1] == 'u') {
            p = unescape_u(slash, end, &q);
            continue;
        }
        const char *which = strchr(from, slash[1]);
        *q++ = which ? to[which - from] : slash[1];
        p = slash + 2;
    }
    return (size_t)(q - dst);
}
