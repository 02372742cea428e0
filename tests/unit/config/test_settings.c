/*
 * tests/unit/config/test_settings.c: settings as CBOR, and what is refused.
 */
#include "node/config/settings.h"

#include <stdio.h>

#include "tests/support/test.h"

#define ROOM (1u << 20)

static struct settings settings, back;
static uint8_t memory[ROOM];

static struct bytes encode(void)
{
    struct buffer out = {memory, 0, sizeof memory};
    assert_int_equal(settings_encode(&settings, &out), STATUS_OK);
    return buffer_bytes(&out);
}

TEST(the_defaults_are_those_of_the_header)
{
    settings_defaults(&settings);

    assert_string_equal(settings.listen_address, "127.0.0.1");
    assert_int_equal(settings.listen_port, 8443);
    assert_int_equal(settings.frame_max, 16u << 20);
    assert_int_equal(settings.fuel, 10000000);
    assert_int_equal(settings.handshake_ms, 10000);
    assert_int_equal(settings.store_bytes, 64u << 20);
    assert_false(settings.is_dev);
    assert_int_equal(settings.operator_count + settings.grant_count, 0);
}

TEST(what_is_encoded_comes_back)
{
    settings_defaults(&settings);
    settings.is_dev = true;
    settings.isolation_lacks = 5;
    settings.operator_count = SETTINGS_OPERATORS_MAX;
    memset(settings.operators, 7, sizeof settings.operators);
    settings.grant_count = SETTINGS_GRANTS_MAX;
    for (size_t i = 0; i < SETTINGS_GRANTS_MAX; i++) {
        strcpy(settings.grants[i].app, "app");
        memset(settings.grants[i].host, 'h', SETTINGS_HOST_MAX);
        settings.grants[i].port = (uint16_t)(i + 1);
    }
    settings.grants[0] = (struct settings_grant){"app", "*.example.org", 1, true};
    settings.resolve_count = 1;
    settings.resolves[0] = (struct settings_resolve){"example.org", 443, "::1", 4443};

    assert_int_equal(settings_decode(encode(), &back, NULL), STATUS_OK);

    /* Not byte by byte: there is padding between members. */
    static uint8_t first[1u << 20];
    struct bytes encoded = encode();
    assert_true(encoded.len <= sizeof first);
    memcpy(first, encoded.data, encoded.len);
    size_t len = encoded.len;
    settings = back;
    assert_true(bytes_equal(encode(), bytes_of(first, len)));
    assert_int_equal(back.grants[1].port, 2);
    assert_string_equal(back.grants[0].host, "*.example.org");
    assert_string_equal(back.resolves[0].address, "::1");
    assert_int_equal(back.isolation_lacks, 5);
}

TEST(every_cut_is_refused_and_changes_nothing)
{
    settings_defaults(&settings);
    settings.grant_count = 1;
    settings.grants[0] = (struct settings_grant){"a", "b", 1, true};
    struct bytes whole = encode();
    memset(&back, 0x55, sizeof back);

    for (size_t len = 0; len < whole.len; len++)
        assert_int_not_equal(settings_decode(bytes_of(whole.data, len), &back, NULL), STATUS_OK);

    for (size_t i = 0; i < sizeof back; i++)
        assert_int_equal(((uint8_t *)&back)[i], 0x55);
}

static void refuse(void)
{
    struct report report;
    report_init(&report);
    assert_int_equal(settings_decode(encode(), &back, &report), STATUS_INVALID);
    assert_true(report.is_set);
}

TEST(a_limit_out_of_its_range_is_refused)
{
    settings_defaults(&settings);
    settings.frame_max = (16u << 20) + 1;
    refuse();
    settings_defaults(&settings);
    settings.connections_max = 0;
    refuse();
}

TEST(a_host_that_is_none_is_refused)
{
    static const char *const hosts[] = {"",     "a b", "A",     "a\r\nb", "a/b",     "..",
                                        "a..b", "*",   "a.*.b", "*.",     "\xC3\xA4"};
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        settings_defaults(&settings);
        settings.grant_count = 1;
        (void)snprintf(settings.grants[0].host, sizeof settings.grants[0].host, "%s", hosts[i]);
        settings.grants[0].port = 443;
        refuse();
    }
}

TEST(a_grant_to_port_0_is_refused)
{
    settings_defaults(&settings);
    settings.grant_count = 1;
    strcpy(settings.grants[0].host, "a");
    refuse();
}

TEST_MAIN(T(the_defaults_are_those_of_the_header), T(what_is_encoded_comes_back),
          T(every_cut_is_refused_and_changes_nothing), T(a_limit_out_of_its_range_is_refused),
          T(a_host_that_is_none_is_refused), T(a_grant_to_port_0_is_refused))
