#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

struct block4 {
    unsigned char net[4];
    unsigned bits;
};

/* IANA IPv4 special-purpose registry, the rows that are not globally reachable,
 * and multicast (224/4); 240/4 holds the limited broadcast. */
static const struct block4 closed4[] = {
    {{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10}, {{127, 0, 0, 0}, 8},
    {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12},  {{192, 0, 0, 0}, 24},  {{192, 0, 2, 0}, 24},
    {{192, 88, 99, 0}, 24}, {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15}, {{198, 51, 100, 0}, 24},
    {{203, 0, 113, 0}, 24}, {{224, 0, 0, 0}, 4},    {{240, 0, 0, 0}, 4},
};

struct block6 {
    unsigned char net[16];
    unsigned bits;
};

/* Inside 2000::/3, the only unicast space given out, what is not globally reachable. */
static const struct block6 closed6[] = {
    {{0x20, 0x01}, 23},             /* 2001::/23 protocol assignments, with Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff}, 20},             /* documentation, RFC 9637 */
};

static bool inside(const unsigned char *a, const unsigned char *net, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a, net, whole) != 0)
        return false;
    if (!rest)
        return true;
    unsigned char mask = (unsigned char)(0xff << (8 - rest));
    return (a[whole] & mask) == (net[whole] & mask);
}

static bool public4(const unsigned char a[4])
{
    for (size_t i = 0; i < ARRAY_LEN(closed4); i++)
        if (inside(a, closed4[i].net, closed4[i].bits))
            return false;
    return true;
}

static bool public6(const unsigned char a[16])
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    static const unsigned char unicast[16] = {0x20};
    static const unsigned char sixtofour[2] = {0x20, 0x02};
    if (inside(a, mapped, 96) || inside(a, nat64, 96))
        return public4(a + 12);
    if (inside(a, sixtofour, 16))
        return public4(a + 2);
    if (!inside(a, unicast, 3))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(closed6); i++)
        if (inside(a, closed6[i].net, closed6[i].bits))
            return false;
    return true;
}

bool address_is_public(const struct sockaddr *a)
{
    /* Copied: the callers' storage need not be aligned for the wider type. */
    if (a->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, a, sizeof(in));
        unsigned char b[4];
        memcpy(b, &in.sin_addr, 4);
        return public4(b);
    }
    if (a->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, a, sizeof(in));
        return public6(in.sin6_addr.s6_addr);
    }
    return false;
}

void address_text(const struct sockaddr *a, char out[ADDRESS_TEXT])
{
    const char *ok = NULL;
    if (a->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, a, sizeof(in));
        ok = inet_ntop(AF_INET, &in.sin_addr, out, ADDRESS_TEXT);
    } else if (a->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, a, sizeof(in));
        ok = inet_ntop(AF_INET6, &in.sin6_addr, out, ADDRESS_TEXT);
    }
    if (!ok)
        snprintf(out, ADDRESS_TEXT, "?");
}

bool address_host_is_public(const char *host)
{
    unsigned char b[16];
    char bare[ADDRESS_TEXT];
    size_t n = strcspn(host, "%"); /* a zone id: fe80::1%eth0 */
    if (n < sizeof(bare)) {
        memcpy(bare, host, n);
        bare[n] = 0;
        if (inet_pton(AF_INET, bare, b) == 1)
            return public4(b);
        if (inet_pton(AF_INET6, bare, b) == 1)
            return public6(b);
    }
    struct str h = str_of(host);
    if (str_ends(h, "."))
        h.n--;
    return !str_is_i(h, "localhost") && !str_ends_i(h, ".localhost");
}
