#include "net/sha256.h"

#include <openssl/evp.h>
#include <stdlib.h>

void sha256_init(struct sha256 *h)
{
    if (!h->engine)
        h->engine = EVP_MD_CTX_new();
    if (!h->engine || EVP_DigestInit_ex(h->engine, EVP_sha256(), NULL) != 1)
        abort();
}

void sha256_add(struct sha256 *h, const void *p, size_t n)
{
    if (n && EVP_DigestUpdate(h->engine, p, n) != 1)
        abort();
}

void sha256_final(struct sha256 *h, char hex[SHA256_HEX])
{
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (EVP_DigestFinal_ex(h->engine, md, &n) != 1 || n != 32)
        abort();
    num_tohex(md, n, hex);
}

void sha256_release(struct sha256 *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->engine);
    h->engine = NULL;
}

bool sha256_is_hex(const char *text)
{
    return strspn(text, "0123456789abcdef") == SHA256_HEX - 1 && text[SHA256_HEX - 1] == 0;
}
