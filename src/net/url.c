#include "net/url.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#define PARSE_FLAGS CURLU_URLENCODE /* feeds do write blanks and kanji into links */

static char *part(CURLU *u, CURLUPart what, unsigned flags)
{
    char *v = NULL;
    if (curl_url_get(u, what, &v, flags) != CURLUE_OK)
        return NULL;
    char *copy = mem_dup(v, strlen(v));
    curl_free(v);
    return copy;
}

/* Fills *out from u; false when u is no http(s) address. */
static bool take_apart(struct url *out, CURLU *u)
{
    *out = (struct url){0};
    curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
    char *scheme = part(u, CURLUPART_SCHEME, 0), *port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    char *user = part(u, CURLUPART_USER, 0), *password = part(u, CURLUPART_PASSWORD, 0);
    out->text = part(u, CURLUPART_URL, 0);
    out->host = part(u, CURLUPART_HOST, 0);
    out->userinfo = user || password;
    bool ok = scheme && port && out->text && out->host && out->host[0];
    if (ok) {
        out->https = strcmp(scheme, "https") == 0;
        ok = out->https || strcmp(scheme, "http") == 0;
        out->port = (unsigned)strtoul(port, NULL, 10);
        for (char *c = out->host; *c; c++)
            if (*c >= 'A' && *c <= 'Z')
                *c = (char)(*c | 32);
        size_t n = strlen(out->host);
        if (n > 2 && out->host[0] == '[') {
            memmove(out->host, out->host + 1, n - 2);
            out->host[n - 2] = 0;
        }
    }
    free(scheme);
    free(port);
    free(user);
    free(password);
    if (!ok)
        url_release(out);
    return ok;
}

static bool text_ok(struct str text)
{
    return text.n > 0 && text.n <= LIMIT_URL && !memchr(text.p, 0, text.n);
}

int url_parse(struct url *out, struct str text, struct err *e)
{
    *out = (struct url){0};
    text = str_trim(text);
    bool ok = false;
    if (text_ok(text)) {
        char *z = mem_dup(text.p, text.n);
        CURLU *u = curl_url();
        if (!u)
            abort();
        ok = curl_url_set(u, CURLUPART_URL, z, PARSE_FLAGS) == CURLUE_OK && take_apart(out, u);
        curl_url_cleanup(u);
        free(z);
    }
    if (ok)
        return 0;
    char shown[URL_SHOWN];
    url_shown(text, shown);
    return err_set(e, ERR_USAGE, "%s: not a web address; it must begin with https:// and name a host", shown);
}

int url_join(struct url *out, const struct url *base, struct str location, struct err *e)
{
    *out = (struct url){0};
    location = str_trim(location);
    bool ok = false;
    if (text_ok(location)) {
        char *z = mem_dup(location.p, location.n);
        CURLU *u = curl_url();
        if (!u)
            abort();
        ok = curl_url_set(u, CURLUPART_URL, base->text, PARSE_FLAGS) == CURLUE_OK &&
             curl_url_set(u, CURLUPART_URL, z, PARSE_FLAGS) == CURLUE_OK && take_apart(out, u);
        if (ok && out->userinfo && !url_same_origin(out, base)) {
            url_release(out);
            curl_url_set(u, CURLUPART_USER, NULL, 0);
            curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
            ok = take_apart(out, u);
        }
        curl_url_cleanup(u);
        free(z);
    }
    if (ok)
        return 0;
    char from[URL_SHOWN], to[URL_SHOWN];
    url_shown(str_of(base->text), from);
    url_shown(location, to);
    return err_set(e, ERR_INPUT, "%s: the server points to \"%s\", which is not a web address", from, to);
}

void url_release(struct url *u)
{
    free(u->text);
    free(u->host);
    *u = (struct url){0};
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->https == b->https && a->port == b->port && strcmp(a->host, b->host) == 0;
}

static bool looks_secret(struct str name)
{
    static const char *const word[] = {"key",  "token", "secret", "pass",   "pwd",
                                       "auth", "sig",   "code",   "session"};
    for (size_t i = 0; i < ARRAY_LEN(word); i++)
        if (str_find_i(name, str_of(word[i])) != STR_NONE)
            return true;
    return false;
}

static void shown_query(struct buf *b, struct str query)
{
    struct str_split it = str_split_init(query, '&');
    char sep = '?';
    for (struct str piece; str_split_next(&it, &piece); sep = '&') {
        size_t eq = str_chr(piece, '=');
        buf_addc(b, sep);
        if (eq != STR_NONE && looks_secret(str_sub(piece, 0, eq))) {
            buf_add_str(b, str_sub(piece, 0, eq + 1));
            buf_adds(b, "***");
        } else {
            buf_add_str(b, piece);
        }
    }
}

void url_shown(struct str text, char out[URL_SHOWN])
{
    struct buf b = BUF_INIT(2 * LIMIT_URL); /* masks may be longer than what they hide */
    struct str s = str_sub(text, 0, LIMIT_URL);
    s = str_sub(s, 0, MIN(str_chr(s, '#'), s.n));
    size_t authority = str_find(s, STR_LIT("://"));
    if (authority != STR_NONE) {
        authority += 3;
        buf_add_str(&b, str_sub(s, 0, authority));
        s = str_sub(s, authority, s.n);
        size_t end = 0;
        while (end < s.n && s.p[end] != '/' && s.p[end] != '?')
            end++;
        for (size_t i = end; i > 0; i--) {
            if (s.p[i - 1] == '@') { /* the last one ends the user info */
                s = str_sub(s, i, s.n);
                break;
            }
        }
    }
    size_t query = str_chr(s, '?');
    buf_add_str(&b, str_sub(s, 0, MIN(query, s.n)));
    if (query != STR_NONE)
        shown_query(&b, str_sub(s, query + 1, s.n));
    size_t n = b.p ? MIN(b.n, (size_t)URL_SHOWN - 1) : 0;
    if (b.p && str_is_utf8(buf_str(&b)))
        n = str_utf8_clip(b.p, n);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)b.p[i];
        out[i] = c < 0x20 || c == 0x7f ? '?' : (char)c;
    }
    out[n] = 0;
    buf_release(&b);
}

bool url_is_file(struct str text)
{
    return str_starts_i(str_trim(text), "file:");
}

char *url_to_path(struct str text)
{
    text = str_trim(text);
    if (str_starts_i(text, "file://localhost/"))
        text = str_sub(text, 16, text.n);
    else if (str_starts_i(text, "file:///"))
        text = str_sub(text, 7, text.n);
    else
        return NULL;
    char *path = mem_alloc(text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '%') {
            int hi = i + 3 <= text.n ? num_hex_digit(text.p[i + 1]) : -1;
            int lo = i + 3 <= text.n ? num_hex_digit(text.p[i + 2]) : -1;
            if (hi < 0 || lo < 0)
                c = 0; /* refused below */
            else
                c = (char)(hi * 16 + lo);
            i += 2;
        }
        if (c == 0) {
            free(path);
            return NULL;
        }
        path[n++] = c;
    }
    path[n] = 0;
    return path;
}

char *url_from_path(const char *path)
{
    static const char hex[] = "0123456789ABCDEF";
    if (path[0] != '/')
        return NULL;
    size_t n = strlen(path);
    char *out = mem_alloc(7 + 3 * n + 1), *o = out;
    memcpy(o, "file://", 7);
    o += 7;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)path[i];
        bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("/-._~", c);
        if (plain) {
            *o++ = (char)c;
        } else {
            *o++ = '%';
            *o++ = hex[c >> 4];
            *o++ = hex[c & 15];
        }
    }
    *o = 0;
    return out;
}
