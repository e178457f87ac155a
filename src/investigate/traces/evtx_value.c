#include "investigate/traces/evtx_in.h"

#include <math.h>
#include <stdio.h>

#include "codec/charset.h"

#define FILETIME_1970 116444736000000000ull /* 100 ns since 1601 */
#define FILETIME_10000 2650467744000000000ull

/* ---- pieces of text ---- */

static char *put_dec(char *q, uint64_t v)
{
    char tmp[20];
    size_t n = 0;
    do
        tmp[n++] = (char)('0' + v % 10);
    while (v /= 10);
    while (n)
        *q++ = tmp[--n];
    return q;
}

static char *put_digits(char *q, uint32_t v, unsigned width)
{
    for (unsigned i = width; i--; v /= 10)
        q[i] = (char)('0' + v % 10);
    return q + width;
}

static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";

static char *put_hex(char *q, uint64_t v, unsigned width, const char *digits)
{
    for (unsigned i = width; i--; v >>= 4)
        q[i] = digits[v & 15];
    return q + width;
}

static struct str number_hex(struct arena *a, uint64_t v)
{
    char tmp[18] = "0x";
    unsigned width = v ? (67 - (unsigned)__builtin_clzll(v)) / 4 : 1;
    char *q = put_hex(tmp + 2, v, width, lower);
    size_t n = (size_t)(q - tmp);
    return str_n(arena_dup(a, tmp, n), n);
}

/* Binary, and whatever has the wrong size for its type. */
static struct str bytes_hex(struct arena *a, const uint8_t *p, uint32_t n)
{
    char *s = arena_alloc(a, 2 * (size_t)n + 1);
    for (uint32_t i = 0; i < n; i++) {
        s[2 * i] = upper[p[i] >> 4];
        s[2 * i + 1] = upper[p[i] & 15];
    }
    s[2 * (size_t)n] = 0;
    return str_n(s, 2 * (size_t)n);
}

/* ---- numbers ---- */

static bool little(const uint8_t *p, uint32_t n, uint64_t *v)
{
    if (n == 8)
        *v = evtx_u64(p);
    else if (n == 4)
        *v = evtx_u32(p);
    else if (n == 2)
        *v = evtx_u16(p);
    else if (n == 1)
        *v = p[0];
    else
        return false;
    return true;
}

bool evtx_value_int(uint8_t type, const uint8_t *p, uint32_t n, int64_t *s, uint64_t *u, bool *is_signed)
{
    if (type < EVTX_T_I8 || type > EVTX_T_U64 || !little(p, n, u))
        return false;
    *is_signed = type == EVTX_T_I8 || type == EVTX_T_I16 || type == EVTX_T_I32 || type == EVTX_T_I64;
    unsigned shift = 64 - 8 * n;
    *s = (int64_t)(*u << shift) >> shift;
    return true;
}

static struct str number(struct arena *a, uint8_t type, const uint8_t *p, uint32_t n)
{
    int64_t s;
    uint64_t u;
    bool is_signed;
    char tmp[24], *q = tmp;
    if (!evtx_value_int(type, p, n, &s, &u, &is_signed))
        return bytes_hex(a, p, n);
    if (is_signed && s < 0) {
        *q++ = '-';
        u = 0 - (uint64_t)s;
    }
    q = put_dec(q, u);
    return str_n(arena_dup(a, tmp, (size_t)(q - tmp)), (size_t)(q - tmp));
}

static struct str real(struct arena *a, const uint8_t *p, uint32_t n)
{
    char tmp[40];
    double v;
    float f;
    if (n == sizeof(f)) {
        memcpy(&f, p, sizeof(f));
        v = f;
    } else if (n == sizeof(v)) {
        memcpy(&v, p, sizeof(v));
    } else {
        return bytes_hex(a, p, n);
    }
    if (!isfinite(v))
        return isnan(v) ? STR_LIT("NaN") : v < 0 ? STR_LIT("-INF") : STR_LIT("INF");
    for (int digits = 6; digits <= 17; digits++) { /* the fewest that give the same number back */
        snprintf(tmp, sizeof(tmp), "%.*g", digits, v);
        double again = strtod(tmp, NULL);
        if (n == sizeof(f) ? (float)again == (float)v : again == v)
            break;
    }
    return arena_str(a, str_of(tmp));
}

static struct str boolean(const uint8_t *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (p[i])
            return STR_LIT("true");
    return STR_LIT("false");
}

/* ---- things ---- */

static struct str guid(struct arena *a, const uint8_t *p, uint32_t n)
{
    if (n != 16)
        return bytes_hex(a, p, n);
    char tmp[38], *q = tmp;
    *q++ = '{';
    q = put_hex(q, evtx_u32(p), 8, upper);
    *q++ = '-';
    q = put_hex(q, evtx_u16(p + 4), 4, upper);
    *q++ = '-';
    q = put_hex(q, evtx_u16(p + 6), 4, upper);
    for (unsigned i = 8; i < 16; i++) {
        if (i == 8 || i == 10)
            *q++ = '-';
        q = put_hex(q, p[i], 2, upper);
    }
    *q = '}';
    return str_n(arena_dup(a, tmp, sizeof(tmp)), sizeof(tmp));
}

/* MS-DTYP 2.4.2: revision, count, 48-bit big-endian authority, then 32-bit parts. */
static struct str sid(struct arena *a, const uint8_t *p, uint32_t n)
{
    if (n < 8 || p[1] > 15 || n != 8 + 4u * p[1])
        return bytes_hex(a, p, n);
    char tmp[8 + 20 + 15 * 11], *q = tmp;
    uint64_t authority = 0;
    for (int i = 2; i < 8; i++)
        authority = authority << 8 | p[i];
    *q++ = 'S';
    *q++ = '-';
    q = put_dec(q, p[0]);
    *q++ = '-';
    q = put_dec(q, authority);
    for (unsigned i = 0; i < p[1]; i++) {
        *q++ = '-';
        q = put_dec(q, evtx_u32(p + 8 + (size_t)4 * i));
    }
    return str_n(arena_dup(a, tmp, (size_t)(q - tmp)), (size_t)(q - tmp));
}

when_t evtx_value_filetime(uint64_t t)
{
    if (t == 0 || t >= FILETIME_10000)
        return WHEN_NONE;
    return (when_t)(t / 10) - (when_t)(FILETIME_1970 / 10);
}

static char *put_date(char *q, int y, int m, int d, uint32_t second)
{
    q = put_digits(q, (uint32_t)y, 4);
    *q++ = '-';
    q = put_digits(q, (uint32_t)m, 2);
    *q++ = '-';
    q = put_digits(q, (uint32_t)d, 2);
    *q++ = 'T';
    q = put_digits(q, second / 3600, 2);
    *q++ = ':';
    q = put_digits(q, second / 60 % 60, 2);
    *q++ = ':';
    return put_digits(q, second % 60, 2);
}

static struct str filetime(struct arena *a, const uint8_t *p, uint32_t n)
{
    if (n != 8)
        return bytes_hex(a, p, n);
    uint64_t t = evtx_u64(p), seconds = t / 10000000;
    if (t >= FILETIME_10000)
        return number_hex(a, t);
    int y, m, d;
    char tmp[40];
    clock_civil((int64_t)(seconds / 86400) - (int64_t)(FILETIME_1970 / 10000000 / 86400), &y, &m, &d);
    char *q = put_date(tmp, y, m, d, (uint32_t)(seconds % 86400));
    *q++ = '.';
    q = put_digits(q, (uint32_t)(t % 10000000), 7);
    *q++ = 'Z';
    return str_n(arena_dup(a, tmp, (size_t)(q - tmp)), (size_t)(q - tmp));
}

static struct str systemtime(struct arena *a, const uint8_t *p, uint32_t n)
{
    uint16_t v[8];
    if (n != 16)
        return bytes_hex(a, p, n);
    for (unsigned i = 0; i < 8; i++)
        v[i] = evtx_u16(p + (size_t)2 * i);
    if (v[0] > 9999 || v[1] > 12 || v[3] > 31 || v[4] > 23 || v[5] > 59 || v[6] > 59 || v[7] > 999)
        return bytes_hex(a, p, n);
    char tmp[40];
    char *q = put_date(tmp, v[0], v[1], v[3], v[4] * 3600u + v[5] * 60u + v[6]);
    *q++ = '.';
    q = put_digits(q, v[7], 3);
    *q++ = 'Z';
    return str_n(arena_dup(a, tmp, (size_t)(q - tmp)), (size_t)(q - tmp));
}

/* Of an unknown code page: UTF-8, else guessed. */
static struct str ansi(struct arena *a, const uint8_t *p, uint32_t n)
{
    while (n && p[n - 1] == 0)
        n--;
    struct buf b = BUF_INIT(4 * (size_t)n + 16);
    struct str s = str_n((const char *)p, n);
    if (!str_is_utf8(s) && charset_any_to_utf8(s, &b, NULL, NULL, NULL) == 0)
        s = buf_str(&b);
    else if (!str_is_utf8(s))
        s = bytes_hex(a, p, n);
    s = arena_str(a, s);
    buf_release(&b);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == 0)
            ((char *)s.p)[i] = ' ';
    return s;
}

/* ---- any ---- */

static struct str array(struct arena *a, uint8_t type, const uint8_t *p, uint32_t n)
{
    struct buf b = BUF_INIT(LIMIT_RECORD);
    const uint8_t *item;
    uint32_t item_n;
    struct arena one = {0};
    for (bool first = true; evtx_value_item(type, &p, &n, &item, &item_n); first = false) {
        arena_clear(&one);
        buf_adds(&b, first ? "" : ", ");
        buf_add_str(&b, evtx_value_text(&one, type & (uint8_t)~EVTX_T_ARRAY, item, item_n));
    }
    arena_release(&one);
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

struct str evtx_value_text(struct arena *a, uint8_t type, const uint8_t *p, uint32_t n)
{
    uint64_t v;
    if (type & EVTX_T_ARRAY)
        return array(a, type, p, n);
    if (type == EVTX_T_UTF8)
        return str_n((const char *)p, n);
    if (type == EVTX_T_STRING)
        return evtx_utf16(a, p, n);
    if (type >= EVTX_T_I8 && type <= EVTX_T_U64)
        return number(a, type, p, n);
    switch (type) {
    case EVTX_T_NULL:
        return STR_LIT("");
    case EVTX_T_ANSI:
        return ansi(a, p, n);
    case EVTX_T_FLOAT:
    case EVTX_T_DOUBLE:
        return real(a, p, n);
    case EVTX_T_BOOL:
        return boolean(p, n);
    case EVTX_T_GUID:
        return guid(a, p, n);
    case EVTX_T_SIZE:
    case EVTX_T_HEX32:
    case EVTX_T_HEX64:
        return little(p, n, &v) ? number_hex(a, v) : bytes_hex(a, p, n);
    case EVTX_T_FILETIME:
        return filetime(a, p, n);
    case EVTX_T_SYSTEMTIME:
        return systemtime(a, p, n);
    case EVTX_T_SID:
        return sid(a, p, n);
    case EVTX_T_XML:
        return evtx_utf16(a, p, n);
    default:
        return bytes_hex(a, p, n);
    }
}

bool evtx_value_blank(uint8_t type, const uint8_t *p, uint32_t n)
{
    if (type != EVTX_T_UTF8)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r' && p[i] != '\n')
            return false;
    return true;
}

static uint32_t item_width(uint8_t type, const uint8_t *p, uint32_t n)
{
    static const uint8_t width[] = {
        [EVTX_T_I8] = 1,       [EVTX_T_U8] = 1,          [EVTX_T_I16] = 2,   [EVTX_T_U16] = 2,
        [EVTX_T_I32] = 4,      [EVTX_T_U32] = 4,         [EVTX_T_I64] = 8,   [EVTX_T_U64] = 8,
        [EVTX_T_FLOAT] = 4,    [EVTX_T_DOUBLE] = 8,      [EVTX_T_BOOL] = 4,  [EVTX_T_GUID] = 16,
        [EVTX_T_FILETIME] = 8, [EVTX_T_SYSTEMTIME] = 16, [EVTX_T_HEX32] = 4, [EVTX_T_HEX64] = 8};
    if (type == EVTX_T_SID)
        return n >= 8 ? MIN(n, 8 + 4u * p[1]) : n;
    if (type >= ARRAY_LEN(width) || width[type] == 0)
        return n;
    return MIN(n, width[type]);
}

static uint32_t string_end(uint8_t type, const uint8_t *p, uint32_t n)
{
    uint32_t i = 0, step = type == EVTX_T_ANSI ? 1 : 2;
    while (i + step <= n && (p[i] || (step == 2 && p[i + 1])))
        i += step;
    return i + step <= n ? i : n;
}

bool evtx_value_item(uint8_t type, const uint8_t **p, uint32_t *n, const uint8_t **item, uint32_t *item_n)
{
    type &= (uint8_t)~EVTX_T_ARRAY;
    if (*n == 0)
        return false;
    *item = *p;
    uint32_t used;
    if (type == EVTX_T_STRING || type == EVTX_T_ANSI) {
        *item_n = string_end(type, *p, *n);
        used = MIN(*item_n + (type == EVTX_T_ANSI ? 1 : 2), *n);
    } else {
        used = *item_n = item_width(type, *p, *n);
    }
    *p += used;
    *n -= used;
    return true;
}
