#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "net/address.h"

static bool is_public(const char *text)
{
    struct sockaddr_storage ss = {0};
    struct sockaddr_in *in4 = (struct sockaddr_in *)&ss;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;
    char back[ADDRESS_TEXT];
    if (inet_pton(AF_INET, text, &in4->sin_addr) == 1)
        ss.ss_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
        ss.ss_family = AF_INET6;
    else
        fail_msg("%s", text);
    address_text((struct sockaddr *)&ss, back);
    bool ok = address_is_public((struct sockaddr *)&ss);
    assert_int_equal(address_host_is_public(text), ok);
    return ok;
}

/* Blocks and their edges: IANA IPv4 and IPv6 special-purpose address registries. */
static void registry(void **state)
{
    static const char *const closed[] = {"0.0.0.0",
                                         "0.255.255.255",
                                         "10.0.0.0",
                                         "10.255.255.255",
                                         "100.64.0.0",
                                         "100.127.255.255",
                                         "127.0.0.1",
                                         "127.255.255.254",
                                         "169.254.169.254",
                                         "172.16.0.0",
                                         "172.31.255.255",
                                         "192.0.0.8",
                                         "192.0.2.1",
                                         "192.168.0.1",
                                         "198.18.0.1",
                                         "198.19.255.255",
                                         "198.51.100.7",
                                         "203.0.113.9",
                                         "224.0.0.1",
                                         "239.255.255.255",
                                         "240.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:10.1.2.3",
                                         "::ffff:169.254.169.254",
                                         "::127.0.0.1",
                                         "64:ff9b::10.0.0.1",
                                         "64:ff9b:1::1",
                                         "100::1",
                                         "2001::1",
                                         "2001:db8::1",
                                         "2002:7f00:1::",
                                         "2002:c0a8:101::1",
                                         "3fff::1",
                                         "5f00::1",
                                         "fc00::1",
                                         "fdff::1",
                                         "fe80::1",
                                         "febf::1",
                                         "fec0::1",
                                         "ff02::1"};
    static const char *const open[] = {
        "1.1.1.1",        "9.255.255.255", "11.0.0.0",    "100.63.255.255", "100.128.0.0",
        "126.0.0.1",      "128.0.0.1",     "169.253.0.1", "172.15.255.255", "172.32.0.0",
        "192.167.0.1",    "192.169.0.1",   "198.17.0.1",  "198.20.0.0",     "223.255.255.254",
        "2001:200::1",    "2606:4700::1",  "2a00::1",     "::ffff:1.1.1.1", "64:ff9b::8.8.8.8",
        "2002:101:101::1"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(closed); i++)
        if (is_public(closed[i]))
            fail_msg("%s is not public", closed[i]);
    for (size_t i = 0; i < ARRAY_LEN(open); i++)
        if (!is_public(open[i]))
            fail_msg("%s is public", open[i]);
}

static void names(void **state)
{
    (void)state;
    assert_false(address_host_is_public("localhost"));
    assert_false(address_host_is_public("LocalHost."));
    assert_false(address_host_is_public("a.localhost"));
    assert_false(address_host_is_public("fe80::1%eth0"));
    assert_true(address_host_is_public("www.jpcert.or.jp"));
    assert_true(address_host_is_public("notlocalhost"));
    struct sockaddr other = {.sa_family = AF_UNIX};
    assert_false(address_is_public(&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(registry), cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
