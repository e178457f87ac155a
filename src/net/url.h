/* url.h — an http:// or https:// address taken apart (libcurl's parser, so that
 * what is checked is what is asked), file:// addresses, and how to show one.
 */
#ifndef TOBAN_NET_URL_H
#define TOBAN_NET_URL_H

#include "base/base.h"

struct url {
    char *text;    /* owns; normalised, without fragment, with user info if there was any */
    char *host;    /* owns; lower case, IPv6 without brackets, numbers normalised to a.b.c.d */
    unsigned port; /* the scheme's when none is written */
    bool https;    /* else http */
    bool userinfo; /* a user name or password is written in it */
};

/* ERR_USAGE for anything that is not a whole http(s) address of at most LIMIT_URL bytes. */
int url_parse(struct url *out, struct str text, struct err *e) MUST_CHECK;
/* What a Location header means, seen from base (RFC 3986 section 5). User info
 * is kept only when the target is base's origin. ERR_INPUT when it cannot be read. */
int url_join(struct url *out, const struct url *base, struct str location, struct err *e) MUST_CHECK;
void url_release(struct url *u); /* accepts a zeroed struct */
/* Same scheme, host and port. */
bool url_same_origin(const struct url *a, const struct url *b);

#define URL_SHOWN 512
/* For people and logs: no user info, no values of query parameters that look like
 * secrets, no control characters, cut to URL_SHOWN. */
void url_shown(struct str text, char out[URL_SHOWN]);

bool url_is_file(struct str text); /* file:, any case */
/* The path of a file:// address: empty host or localhost, percent-decoded, no NUL.
 * Caller frees. NULL when it is not one. */
char *url_to_path(struct str text);
/* "file://" and the absolute path, percent-encoded. Caller frees. NULL when it is not absolute. */
char *url_from_path(const char *path);

#endif
