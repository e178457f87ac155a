#include "investigate/scan_hash.h"

#include <openssl/evp.h>

static const enum hash_kind kind_at[SCAN_HASH_KINDS] = {HASH_MD5, HASH_SHA1, HASH_SHA256};
static const size_t size_at[SCAN_HASH_KINDS] = {16, 20, 32};

static const EVP_MD *engine_of(enum hash_kind k)
{
    return k == HASH_MD5 ? EVP_md5() : k == HASH_SHA1 ? EVP_sha1() : EVP_sha256();
}

/* An engine that fails is a defect of the installation, like memory that is out. */
static void must(int ok)
{
    if (ok != 1)
        abort();
}

void scan_hash_begin(struct scan_hash *h, unsigned kinds)
{
    h->kinds = kinds;
    for (int i = 0; i < SCAN_HASH_KINDS; i++) {
        if (!(kinds & kind_at[i]))
            continue;
        if (!h->engine[i] && !(h->engine[i] = EVP_MD_CTX_new()))
            abort();
        must(EVP_DigestInit_ex(h->engine[i], engine_of(kind_at[i]), NULL));
    }
}

void scan_hash_add(struct scan_hash *h, const void *p, size_t n)
{
    for (int i = 0; i < SCAN_HASH_KINDS; i++)
        if (h->kinds & kind_at[i])
            must(EVP_DigestUpdate(h->engine[i], p, n));
}

void scan_hash_end(struct scan_hash *h)
{
    for (int i = 0; i < SCAN_HASH_KINDS; i++)
        if (h->kinds & kind_at[i])
            must(EVP_DigestFinal_ex(h->engine[i], h->digest[i], NULL));
}

const unsigned char *scan_hash_digest(const struct scan_hash *h, enum hash_kind k, size_t *n)
{
    for (int i = 0; i < SCAN_HASH_KINDS; i++)
        if (kind_at[i] == k && (h->kinds & k)) {
            *n = size_at[i];
            return h->digest[i];
        }
    return NULL;
}

void scan_hash_release(struct scan_hash *h)
{
    for (int i = 0; i < SCAN_HASH_KINDS; i++) {
        EVP_MD_CTX_free(h->engine[i]);
        h->engine[i] = NULL;
    }
}

void scan_hash_sha256(struct str bytes, char hex[SCAN_HASH_HEX])
{
    unsigned char d[32];
    must(EVP_Digest(bytes.n ? bytes.p : "", bytes.n, d, NULL, EVP_sha256(), NULL));
    num_tohex(d, sizeof(d), hex);
}
