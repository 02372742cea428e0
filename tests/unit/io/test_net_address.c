/*
 * tests/unit/io/test_net_address.c: which addresses are public, and how one is written.
 */
#include <stdio.h>

#include "node/io/net_address.h"
#include "tests/support/test.h"

static enum net_address_kind kind_of(const char *text)
{
    struct net_address address;
    if (!net_address_read(text, 443, &address))
        fail_msg("%s is no address", text);
    return net_address_kind(&address);
}

static void assert_kinds(const char *const *texts, size_t count, enum net_address_kind kind)
{
    for (size_t i = 0; i < count; i++)
        if (kind_of(texts[i]) != kind)
            fail_msg("%s is of kind %u", texts[i], kind_of(texts[i]));
}

TEST(addresses_that_everybody_reaches_are_public)
{
    static const char *const texts[] = {
        "1.1.1.1",          "8.8.8.8",         "9.255.255.255", "11.0.0.0",
        "93.184.216.34",    "100.63.255.255",  "100.128.0.0",   "126.255.255.255",
        "128.0.0.0",        "169.253.255.255", "169.255.0.0",   "172.15.255.255",
        "172.32.0.0",       "192.0.1.0",       "192.0.3.0",     "192.167.255.255",
        "192.169.0.0",      "198.17.255.255",  "198.20.0.0",    "223.255.255.255",
        "2606:4700::1111",  "2a00:1450::1",    "2400::",        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1", "2002:101:101::",  "2001:200::1",   "3fff:1000::1",
    };
    assert_kinds(texts, ARRAY_LEN(texts), NET_ADDRESS_PUBLIC);
}

TEST(addresses_of_ones_own_are_private)
{
    static const char *const texts[] = {
        "0.0.0.1",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.9",
        "203.0.113.9",
        "240.0.0.1",
        "255.255.255.254",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1.1.1.1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001::1",
        "2001:db8::1",
        "2001:10::1",
        "3fff::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "100::1",
        "5f00::1",
        "4000::1",
        "2606:4700::5efe:7f00:1",
    };
    assert_kinds(texts, ARRAY_LEN(texts), NET_ADDRESS_PRIVATE);
}

TEST(nobody_connects_to_everybody_or_to_nowhere)
{
    static const char *const texts[] = {
        "0.0.0.0",
        "224.0.0.1",
        "239.255.255.255",
        "255.255.255.255",
        "::",
        "ff02::1",
        "::ffff:0.0.0.0",
        "::ffff:224.0.0.1",
        "64:ff9b::0.0.0.0",
        "::ffff:255.255.255.255",
        "2002:e000:1::",
    };
    assert_kinds(texts, ARRAY_LEN(texts), NET_ADDRESS_NEVER);
}

TEST(every_block_has_its_first_and_last_address_and_no_more)
{
    /* Around each private block of IPv4 the neighbours are what the tests above say; here its two
     * ends are of one kind. */
    static const char *const ends[][2] = {
        {"10.0.0.0", "10.255.255.255"},     {"100.64.0.0", "100.127.255.255"},
        {"127.0.0.0", "127.255.255.255"},   {"172.16.0.0", "172.31.255.255"},
        {"192.168.0.0", "192.168.255.255"}, {"198.18.0.0", "198.19.255.255"},
        {"fc00::", "fdff:ffff::"},          {"fe80::", "febf:ffff::"},
    };
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        assert_int_equal(kind_of(ends[i][0]), NET_ADDRESS_PRIVATE);
        assert_int_equal(kind_of(ends[i][1]), NET_ADDRESS_PRIVATE);
    }
}

TEST(what_is_no_ip_address_is_never_connected_to)
{
    struct net_address address = {.socket = {.ss_family = AF_UNIX}, .len = 2};
    assert_int_equal(net_address_kind(&address), NET_ADDRESS_NEVER);
}

TEST(an_address_is_read_strictly_and_written_with_its_port)
{
    static const char *const bad[] = {"",         "127.1",     "0x7f.1",    "2130706433",
                                      "1.2.3.4 ", "::g",       "1.2.3.4:5", "[::1]",
                                      "::1%lo",   "localhost", "01.2.3.4"};
    struct net_address address;
    char text[NET_ADDRESS_TEXT_MAX];
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (net_address_read(bad[i], 1, &address))
            fail_msg("%s", bad[i]);

    assert_true(net_address_read("93.184.216.34", 443, &address));
    net_address_text(&address, text);
    assert_string_equal(text, "93.184.216.34:443");
    assert_true(net_address_read("2001:DB8::7", 8443, &address));
    net_address_text(&address, text);
    assert_string_equal(text, "[2001:db8::7]:8443");
}

TEST_MAIN(T(addresses_that_everybody_reaches_are_public), T(addresses_of_ones_own_are_private),
          T(nobody_connects_to_everybody_or_to_nowhere),
          T(every_block_has_its_first_and_last_address_and_no_more),
          T(what_is_no_ip_address_is_never_connected_to),
          T(an_address_is_read_strictly_and_written_with_its_port))
