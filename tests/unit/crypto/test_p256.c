/*
 * tests/unit/crypto/test_p256.c: RFC 6979 A.2.5 signatures are good, everything near them is not.
 */
#include "core/crypto/p256.h"

#include "core/crypto/sha256.h"
#include "tests/support/signer.h"
#include "tests/support/test.h"

#define HEX32(a, b, c, d)                                                                          \
    (a) >> 56 & 255, (a) >> 48 & 255, (a) >> 40 & 255, (a) >> 32 & 255, (a) >> 24 & 255,           \
        (a) >> 16 & 255, (a) >> 8 & 255, (a) & 255, (b) >> 56 & 255, (b) >> 48 & 255,              \
        (b) >> 40 & 255, (b) >> 32 & 255, (b) >> 24 & 255, (b) >> 16 & 255, (b) >> 8 & 255,        \
        (b) & 255, (c) >> 56 & 255, (c) >> 48 & 255, (c) >> 40 & 255, (c) >> 32 & 255,             \
        (c) >> 24 & 255, (c) >> 16 & 255, (c) >> 8 & 255, (c) & 255, (d) >> 56 & 255,              \
        (d) >> 48 & 255, (d) >> 40 & 255, (d) >> 32 & 255, (d) >> 24 & 255, (d) >> 16 & 255,       \
        (d) >> 8 & 255, (d) & 255

static const uint8_t point[64] = {
    HEX32(0x60FED4BA255A9D31u, 0xC961EB74C6356D68u, 0xC049B8923B61FA6Cu, 0xE669622E60F29FB6u),
    HEX32(0x7903FE1008B8BC99u, 0xA41AE9E95628BC64u, 0xF2F1B20C2D7E9F51u, 0x77A3C294D4462299u)};
static const uint8_t sample[64] = {
    HEX32(0xEFD48B2AACB6A8FDu, 0x1140DD9CD45E81D6u, 0x9D2C877B56AAF991u, 0xC34D0EA84EAF3716u),
    HEX32(0xF7CB1C942D657C41u, 0xD436C7A1B6E29F65u, 0xF3E900DBB9AFF406u, 0x4DC4AB2F843ACDA8u)};
static const uint8_t test[64] = {
    HEX32(0xF1ABB023518351CDu, 0x71D881567B1EA663u, 0xED3EFCF6C5132B35u, 0x4F28D3B0B7D38367u),
    HEX32(0x019F4113742A2B14u, 0xBD25926B49C64915u, 0x5F267E60D3814B4Cu, 0x0CC84250E46F0083u)};
/* The order of the group. */
static const uint8_t order[32] = {
    HEX32(0xFFFFFFFF00000000u, 0xFFFFFFFFFFFFFFFFu, 0xBCE6FAADA7179E84u, 0xF3B9CAC2FC632551u)};

static bool verify(const uint8_t *key, const char *message, const uint8_t *signature)
{
    uint8_t digest[32];
    sha256_digest(bytes_of(message, strlen(message)), digest);
    return p256_verify(key, digest, signature);
}

TEST(the_published_signatures_are_good)
{
    assert_true(verify(point, "sample", sample));
    assert_true(verify(point, "test", test));
}

TEST(a_signature_of_another_message_is_wrong)
{
    assert_false(verify(point, "test", sample));
    assert_false(verify(point, "sample", test));
}

TEST(any_bit_of_the_signature_matters)
{
    for (size_t bit = 0; bit < 512; bit += 13) {
        uint8_t signature[64];
        memcpy(signature, sample, 64);
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);

        assert_false(verify(point, "sample", signature));
    }
}

TEST(any_bit_of_the_key_matters)
{
    for (size_t bit = 0; bit < 512; bit += 17) {
        uint8_t key[64];
        memcpy(key, point, 64);
        key[bit / 8] ^= (uint8_t)(1u << bit % 8);

        assert_false(verify(key, "sample", sample));
    }
}

TEST(zero_and_the_order_are_no_numbers_of_a_signature)
{
    static const size_t halves[] = {0, 32};
    for (size_t i = 0; i < 2; i++) {
        uint8_t signature[64];
        memcpy(signature, sample, 64);
        memset(signature + halves[i], 0, 32);
        assert_false(verify(point, "sample", signature));
        memcpy(signature + halves[i], order, 32);
        assert_false(verify(point, "sample", signature));
        memset(signature + halves[i], 0xFF, 32);
        assert_false(verify(point, "sample", signature));
    }
}

TEST(a_zero_digest_with_a_zero_signature_is_wrong)
{
    static const uint8_t zero[64];

    assert_false(p256_verify(point, zero, zero));
}

TEST(points_that_are_not_on_the_curve_are_no_keys)
{
    uint8_t key[64] = {0};
    assert_false(verify(key, "sample", sample));

    memset(key, 0xFF, sizeof key);
    assert_false(verify(key, "sample", sample));
}

/* order - s, big-endian */
static void mirror(uint8_t s[static 32])
{
    unsigned borrow = 0;
    for (size_t i = 32; i-- != 0;) {
        unsigned value = 256u + order[i] - s[i] - borrow;
        s[i] = (uint8_t)value;
        borrow = value < 256;
    }
}

TEST(high_and_low_s_are_both_good)
{
    uint8_t signature[64];
    memcpy(signature, sample, 64);

    mirror(signature + 32);

    assert_memory_not_equal(signature, sample, 64);
    assert_true(verify(point, "sample", signature));
}

TEST(what_the_test_signer_signs_is_good)
{
    struct signer signer;
    uint8_t digest[32], signature[64];
    sha256_digest(BYTES_LITERAL("message"), digest);

    for (uint8_t number = 1; number < 5; number++) {
        signer_init(&signer, number);
        signer_sign(&signer, digest, signature);

        assert_true(p256_verify(signer.key.point, digest, signature));
        assert_false(p256_verify(point, digest, signature));
    }
}

TEST_MAIN(T(the_published_signatures_are_good), T(a_signature_of_another_message_is_wrong),
          T(any_bit_of_the_signature_matters), T(any_bit_of_the_key_matters),
          T(zero_and_the_order_are_no_numbers_of_a_signature),
          T(a_zero_digest_with_a_zero_signature_is_wrong),
          T(points_that_are_not_on_the_curve_are_no_keys), T(high_and_low_s_are_both_good),
          T(what_the_test_signer_signs_is_good))
