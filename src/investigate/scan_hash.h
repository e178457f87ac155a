/* scan_hash.h — several digests of the same bytes in one pass (OpenSSL EVP). One thread at a time. */
#ifndef TOBAN_INVESTIGATE_SCAN_HASH_H
#define TOBAN_INVESTIGATE_SCAN_HASH_H

#include "base/base.h"
#include "model/indicator.h"

#define SCAN_HASH_KINDS 3
#define SCAN_HASH_HEX 65

struct scan_hash {
    void *engine[SCAN_HASH_KINDS]; /* owns */
    unsigned kinds;
    unsigned char digest[SCAN_HASH_KINDS][32];
};
void scan_hash_begin(struct scan_hash *h, unsigned kinds); /* enum hash_kind bits; also starts again */
void scan_hash_add(struct scan_hash *h, const void *p, size_t n);
void scan_hash_end(struct scan_hash *h);
/* After end: the digest and its size, NULL when not computed. */
const unsigned char *scan_hash_digest(const struct scan_hash *h, enum hash_kind k, size_t *n);
void scan_hash_release(struct scan_hash *h);
/* SHA-256 of bytes in hex. */
void scan_hash_sha256(struct str bytes, char hex[SCAN_HASH_HEX]);

#endif
