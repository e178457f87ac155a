/* http_server_tls.h — the certificate of http_server: new for every start. */
#ifndef TOBAN_TESTS_HTTP_SERVER_TLS_H
#define TOBAN_TESTS_HTTP_SERVER_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>

/* A context with a fresh self-signed certificate, which is also written to ca_path. */
SSL_CTX *http_server_tls_new(const char *ca_path, bool name_ok);

#endif
