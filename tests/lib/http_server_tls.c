#include "http_server_tls.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

static void add(X509 *cert, int nid, const char *value)
{
    X509_EXTENSION *x = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    if (!x || !X509_add_ext(cert, x, -1))
        abort();
    X509_EXTENSION_free(x);
}

SSL_CTX *http_server_tls_new(const char *ca_path, bool name_ok)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    if (!key || !cert || !ctx)
        abort();
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, key);
    X509_NAME *name = X509_get_subject_name(cert);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test server", -1, -1, 0);
    X509_set_issuer_name(cert, name);
    add(cert, NID_basic_constraints, "critical,CA:TRUE");
    add(cert, NID_subject_alt_name, name_ok ? "IP:127.0.0.1" : "DNS:elsewhere.example");
    if (!X509_sign(cert, key, EVP_sha256()) || SSL_CTX_use_certificate(ctx, cert) != 1 ||
        SSL_CTX_use_PrivateKey(ctx, key) != 1)
        abort();
    FILE *f = fopen(ca_path, "w");
    if (!f || !PEM_write_X509(f, cert))
        abort();
    fclose(f);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ctx;
}
