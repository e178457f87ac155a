/* sha256.h — SHA-256 (FIPS 180-4) of bytes that arrive in pieces.
 *
 * init, add, final; final may be called once. release accepts a zeroed struct.
 * An engine that fails is a defect of the installation and aborts, like memory
 * that is out.
 */
#ifndef TOBAN_NET_SHA256_H
#define TOBAN_NET_SHA256_H

#include "base/base.h"

#define SHA256_HEX 65 /* 64 lower-case digits and a NUL */

struct sha256 {
    void *engine; /* owns */
};

void sha256_init(struct sha256 *h); /* also starts a used one again */
void sha256_add(struct sha256 *h, const void *p, size_t n);
void sha256_final(struct sha256 *h, char hex[SHA256_HEX]);
void sha256_release(struct sha256 *h);
/* True when text is 64 lower-case hex digits. */
bool sha256_is_hex(const char *text);

#endif
