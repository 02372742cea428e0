/*
 * tests/unit/base/test_float_text.c: decimal text of floats, against the C library's.
 */
#include "core/base/float_text.h"

#include <math.h>
#include <stdio.h>

#include "tests/support/test.h"

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static uint32_t bits_of_f32(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static void prints(double number, const char *expected)
{
    char text[FLOAT_TEXT_MAX];
    size_t len = float_text_print(bits_of(number), FLOAT_F64, text);
    assert_int_equal(len, strlen(expected));
    assert_memory_equal(text, expected, len);
}

/* As the C library reads it, in both widths. */
static void reads(const char *text)
{
    uint64_t bits;
    struct bytes bytes = bytes_of(text, strlen(text));
    assert_true(float_text_parse(bytes, FLOAT_F64, &bits));
    assert_int_equal(bits, bits_of(strtod(text, NULL)));
    assert_true(float_text_parse(bytes, FLOAT_F32, &bits));
    assert_int_equal(bits, bits_of_f32(strtof(text, NULL)));
}

TEST(the_shortest_text_has_an_exponent_only_where_zeros_are_many)
{
    prints(0, "0");
    prints(-0.0, "-0");
    prints(1, "1");
    prints(-0.1, "-0.1");
    prints(1234.5, "1234.5");
    prints(1e20, "100000000000000000000");
    prints(1e21, "1e+21");
    prints(1e-6, "0.000001");
    prints(1.5e-7, "1.5e-7");
    prints(5e-324, "5e-324");
    prints(1.7976931348623157e308, "1.7976931348623157e+308");
    prints(9007199254740993.0, "9007199254740992");
    prints((double)INFINITY, "inf");
    prints((double)-INFINITY, "-inf");
    prints((double)-NAN, "nan");
}

TEST(texts_at_the_edges_are_read_as_the_c_library_does)
{
    reads("0");
    reads("000.000e99999999999999999999");
    reads("4.9406564584124654e-324");
    reads("2.4703282292062327e-324");
    reads("2.4703282292062328e-324");
    reads("2.2250738585072011e-308");
    reads("1.7976931348623158e308");
    reads("1.7976931348623159e308");
    reads("3.4028235677973366e38");
    reads("3.4028235677973365e38");
    reads("9007199254740993");
    reads("9007199254740992.99999999999999999999999999999999999999");
    reads("16777217");
    reads("1e-99999999999999");
    reads("1e+99999999999999");
    reads("0.0000000000000000000000000000000000000000000001e46");
}

TEST(what_is_no_decimal_is_refused)
{
    const char *texts[] = {"", ".", "1.", ".5", "+1", "-1", "1e", "1e+", "0x1", "inf", "1 ", "1_0"};
    uint64_t bits = 7;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_false(float_text_parse(bytes_of(texts[i], strlen(texts[i])), FLOAT_F64, &bits));
    assert_int_equal(bits, 7);
}

TEST(random_bits_come_back_and_no_shorter_text_would_do)
{
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 3000; i++) {
        uint64_t bits = next_random(&seed) & INT64_MAX, back;
        char text[FLOAT_TEXT_MAX + 1], shorter[64];
        double number;
        if (i % 5 == 0)
            bits &= 0xFFFFFFFFFFFFFu; /* subnormal */
        memcpy(&number, &bits, sizeof number);
        if (!float_is_finite(bits, FLOAT_F64))
            continue;
        size_t len = float_text_print(bits, FLOAT_F64, text), digits = 0;
        text[len] = '\0';
        assert_true(float_text_parse(bytes_of(text, len), FLOAT_F64, &back));
        assert_int_equal(back, bits);
        assert_int_equal(bits_of(strtod(text, NULL)), bits);
        for (size_t k = 0; k < len && text[k] != 'e'; k++)
            digits += text[k] >= '0' && text[k] <= '9';
        if (digits > 1 && strchr(text, 'e') != NULL) {
            (void)snprintf(shorter, sizeof shorter, "%.*e", (int)digits - 2, number);
            assert_true(bits_of(strtod(shorter, NULL)) != bits);
        }
    }
}

TEST(points_half_way_between_floats_round_to_even)
{
    uint64_t seed = 2463534242u;
    for (int i = 0; i < 300; i++) {
        uint64_t bits = (next_random(&seed) & INT64_MAX) % 0x7FE0000000000000u;
        double low, high;
        char text[1200];
        memcpy(&low, &bits, sizeof low);
        high = nextafter(low, (double)INFINITY);
        (void)snprintf(text, sizeof text, "%.900Le", ((long double)low + (long double)high) / 2);
        reads(text);
    }
}

TEST_MAIN(T(the_shortest_text_has_an_exponent_only_where_zeros_are_many),
          T(texts_at_the_edges_are_read_as_the_c_library_does), T(what_is_no_decimal_is_refused),
          T(random_bits_come_back_and_no_shorter_text_would_do),
          T(points_half_way_between_floats_round_to_even))
