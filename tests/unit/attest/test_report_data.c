/*
 * tests/unit/attest/test_report_data.c: report data and object identifiers, by the vectors that
 * clients of the compatible service have.
 */
#include "node/attest/oid.h"
#include "node/attest/report_data.h"
#include "tests/support/test.h"

static uint8_t nibble(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void assert_hex(const uint8_t *bytes, size_t len, const char *hex)
{
    assert_int_equal(strlen(hex), 2 * len);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(bytes[i], nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
}

/* The point 04 | 00 01 .. 3f in a P-256 SubjectPublicKeyInfo. */
static struct bytes vector_key(uint8_t spki[static 91])
{
    static const uint8_t prefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                     0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                     0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
    memcpy(spki, prefix, sizeof prefix);
    for (uint8_t i = 0; i < 64; i++)
        spki[sizeof prefix + i] = i;
    return bytes_of(spki, 91);
}

TEST(deterministic_report_data_is_over_key_and_minute)
{
    uint8_t spki[91], minute[ATTEST_MINUTE_LEN], data[64];
    assert_int_equal(attest_minute(UINT64_C(1700000000), minute), STATUS_OK);
    assert_memory_equal(minute, "2023-11-14T22:13Z", sizeof minute);

    attest_report_data(vector_key(spki), bytes_of(minute, sizeof minute), data);

    assert_hex(data, sizeof data,
               "d5d67411872827b1d2a100e38d6077c220d349f022a8f537880437eebd85c32b"
               "bdceae8a5bdd799afdd3c258fe18aaf9046253fe9f02490bd02c94933c3fc235");
}

TEST(challenge_report_data_is_over_key_and_nonce)
{
    uint8_t spki[91], nonce[64], data[64];
    memset(nonce, 0xaa, 32);
    memset(nonce + 32, 0xbb, 32);

    attest_report_data(vector_key(spki), bytes_of(nonce, 32), data);
    assert_hex(data, sizeof data,
               "e53bb177205ec7f2ad62dd81b618addc3ce7b06cd8c68cf790079025cf4430c0"
               "b9b3e42d31bc9066fb86cb9511cb601cfe49537c0ad79cb04729cb3917150c91");

    attest_report_data(vector_key(spki), bytes_of(nonce, 64), data);
    assert_hex(data, sizeof data,
               "5d3c3464c2ed906dc8a8fa442a5158c618dcf2ea6fca55508d5d2b8d80796050"
               "f64fcebf613b2f0644b07e49247a432d9034c0f9046d959aa66da908ea049ead");

    attest_report_data(bytes_of(vector_key(spki).data + 26, 65), bytes_of(nonce, 32), data);
    assert_hex(data, sizeof data,
               "4658d30281ad4045ddba5d18294a3a7b10c60689aab324092c3816a384e6f028"
               "b7e054f4dca9f58031f4e2c008e13a7c1a8ba018a75f98d8a2b5702fcef990b2");
}

TEST(report_data_of_a_session_is_that_of_its_parts_joined)
{
    uint8_t spki[91], joined[64 + ATTEST_MINUTE_LEN], data[64], same[64];
    memset(joined, 0x11, 32);
    memset(joined + 32, 0x22, 32);
    memcpy(joined + 64, "2026-01-02T03:04Z", ATTEST_MINUTE_LEN);

    attest_report_data_session(vector_key(spki), joined, joined + 32,
                               bytes_of(joined + 64, ATTEST_MINUTE_LEN), data);
    attest_report_data(vector_key(spki), bytes_of(joined, sizeof joined), same);
    assert_memory_equal(data, same, 64);

    attest_report_data_session(vector_key(spki), joined, joined + 32, bytes_of("", 0), data);
    attest_report_data(vector_key(spki), bytes_of(joined, 64), same);
    assert_memory_equal(data, same, 64);
}

TEST(minutes_after_the_year_9999_are_refused)
{
    uint8_t minute[ATTEST_MINUTE_LEN];
    assert_int_equal(attest_minute(UINT64_C(253402300799), minute), STATUS_OK);
    assert_memory_equal(minute, "9999-12-31T23:59Z", sizeof minute);
    assert_int_equal(attest_minute(UINT64_C(253402300800), minute), STATUS_LIMIT);
}

static enum status encode(const char *dotted, struct buffer *out)
{
    out->len = 0;
    return attest_oid_encode(bytes_of(dotted, strlen(dotted)), out);
}

TEST(object_identifiers_become_der)
{
    uint8_t der[ATTEST_OID_DER_MAX];
    struct buffer out = {der, 0, sizeof der};

    assert_int_equal(encode(ATTEST_OID_CONFIG_ROOT, &out), STATUS_OK);
    assert_hex(der, out.len, "2b0601040183fd4e0101");
    assert_int_equal(encode(ATTEST_OID_SGX, &out), STATUS_OK);
    assert_hex(der, out.len, "2a864886f84d010d0100");
    assert_int_equal(encode(ATTEST_OID_EVIDENCE_KIND, &out), STATUS_OK);
    assert_hex(der, out.len, "2b0601040183fd4e83d46001");
    assert_int_equal(encode("2.25.294923646334218523059453788494552874594.1", &out), STATUS_OK);
    assert_hex(der, out.len, "6983bbe09d9abcc8bafde5a1a599a7df9f9efc6201");
    assert_int_equal(encode("2.0", &out), STATUS_OK);
    assert_hex(der, out.len, "50");
    assert_int_equal(encode("0.0", &out), STATUS_OK);
    assert_hex(der, out.len, "00");
}

TEST(what_is_no_object_identifier_is_refused)
{
    static const char *const bad[] = {"",     "1",    "1.",     "1..2", ".1",   "3.1",  "1.40",
                                      "0.40", "01.2", "1.2.03", "1.2.", "1.2x", "1.-2", "1.2.3 "};
    uint8_t der[ATTEST_OID_DER_MAX];
    struct buffer out = {der, 0, sizeof der};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(encode(bad[i], &out), STATUS_INVALID);

    assert_int_equal(encode("2.25.99999999999999999999999999999999999999999999999999999999", &out),
                     STATUS_LIMIT);
    out.cap = 4;
    assert_int_equal(encode(ATTEST_OID_CONFIG_ROOT, &out), STATUS_LIMIT);
}

TEST_MAIN(T(deterministic_report_data_is_over_key_and_minute),
          T(challenge_report_data_is_over_key_and_nonce),
          T(report_data_of_a_session_is_that_of_its_parts_joined),
          T(minutes_after_the_year_9999_are_refused), T(object_identifiers_become_der),
          T(what_is_no_object_identifier_is_refused))
