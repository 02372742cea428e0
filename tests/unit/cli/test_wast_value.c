/*
 * tests/unit/cli/test_wast_value.c: literals and values of the suite's JSON, as bits.
 */
#include "cli/wast.h"

#include "tests/support/test.h"

static ALIGNED(16) uint8_t room[1 << 16];

static bool pack(const char *text, struct suite_value *out_values, uint32_t count)
{
    struct arena arena;
    const struct json *value;
    uint8_t packed[256];
    struct buffer buffer = {.data = packed, .cap = sizeof packed};
    memset(room, 0, sizeof room);
    arena_init(&arena, room, sizeof room);
    assert_int_equal(json_read(bytes_of(text, strlen(text)), &arena, &value, NULL), STATUS_OK);
    if (!wast_value_pack(value, &buffer))
        return false;
    struct bytes rest = buffer_bytes(&buffer);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(suite_value_read(&rest, &out_values[i]), STATUS_OK);
    assert_int_equal(rest.len, 0);
    return true;
}

static uint64_t integer(const char *text, unsigned width)
{
    uint64_t bits = 0;
    assert_true(wast_integer_read(bytes_of(text, strlen(text)), width, &bits));
    return bits;
}

static uint64_t number(const char *text, unsigned width)
{
    uint64_t bits = 0;
    enum suite_nan nan = SUITE_NAN_CANONICAL;
    assert_true(wast_float_read(bytes_of(text, strlen(text)), width, &bits, &nan));
    assert_int_equal(nan, SUITE_NAN_NONE);
    return bits;
}

TEST(integers_are_read_in_both_signs_and_bases)
{
    assert_int_equal(integer("0", 32), 0);
    assert_int_equal(integer("-1", 32), 0xFFFFFFFF);
    assert_int_equal(integer("4_294_967_295", 32), 0xFFFFFFFF);
    assert_int_equal(integer("-0x8000_0000", 32), 0x80000000);
    assert_int_equal(integer("+0xFf", 8), 0xFF);
    assert_int_equal(integer("-128", 8), 0x80);
    assert_true(integer("-0x8000000000000000", 64) == 0x8000000000000000);
    assert_true(integer("18446744073709551615", 64) == UINT64_MAX);
}

TEST(integers_out_of_range_are_refused)
{
    static const char *const broken[] = {"",    "-", "0x",  "256", "-129",
                                         "1.0", "a", "0xg", "1 ",  " 1"};
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        uint64_t bits;
        assert_false(wast_integer_read(bytes_of(broken[i], strlen(broken[i])), 8, &bits));
    }
}

TEST(floats_are_rounded_to_nearest_even)
{
    assert_int_equal(number("0", 32), 0);
    assert_int_equal(number("-0.0", 32), 0x80000000);
    assert_int_equal(number("16777217", 32), 0x4B800000);
    assert_int_equal(number("0x1.000001p0", 32), 0x3F800000);
    assert_int_equal(number("0x1.000003p0", 32), 0x3F800002);
    assert_int_equal(number("1e-45", 32), 1);
    assert_int_equal(number("0x1p-149", 32), 1);
    assert_int_equal(number("inf", 32), 0x7F800000);
    assert_true(number("-inf", 64) == 0xFFF0000000000000);
    assert_true(number("666.6", 64) == 0x4084D4CCCCCCCCCD);
    assert_true(number("0x0.0000000000001p-1022", 64) == 1);
    assert_true(number("1_0.2_5", 64) == 0x4024800000000000);
}

TEST(nans_keep_sign_and_payload)
{
    uint64_t bits = 0;
    enum suite_nan nan;

    assert_int_equal(number("nan", 32), 0x7FC00000);
    assert_int_equal(number("-nan:0x1", 32), 0xFF800001);
    assert_true(number("nan:0x8000000000000", 64) == 0x7FF8000000000000);
    assert_true(wast_float_read(BYTES_LITERAL("nan:canonical"), 32, &bits, &nan));
    assert_int_equal(nan, SUITE_NAN_CANONICAL);
    assert_true(wast_float_read(BYTES_LITERAL("nan:arithmetic"), 64, &bits, &nan));
    assert_int_equal(nan, SUITE_NAN_ARITHMETIC);
    assert_false(wast_float_read(BYTES_LITERAL("nan:0x0"), 32, &bits, &nan));
    assert_false(wast_float_read(BYTES_LITERAL("nan:0x800000"), 32, &bits, &nan));
    assert_false(wast_float_read(BYTES_LITERAL("nan:other"), 32, &bits, &nan));
    assert_false(wast_float_read(BYTES_LITERAL("infinity"), 32, &bits, &nan));
    assert_false(wast_float_read(BYTES_LITERAL("1x"), 32, &bits, &nan));
    assert_false(wast_float_read(BYTES_LITERAL(""), 32, &bits, &nan));
}

TEST(vectors_are_put_together_lane_by_lane)
{
    struct suite_value value = {0};

    assert_true(pack("{\"op\":\"v128.const\",\"args\":[\"i16x8\",\"1\",\"2\",\"3\",\"4\",\"5\","
                     "\"6\",\"7\",\"-1\"]}",
                     &value, 1));
    assert_int_equal(value.kind, SUITE_VALUE_V128);
    assert_true(value.bits[0] == 0x0004000300020001);
    assert_true(value.bits[1] == 0xFFFF000700060005);

    assert_true(pack("{\"op\":\"v128.const\",\"args\":[\"f32x4\",\"1\",\"nan:canonical\",\"0\","
                     "\"nan:arithmetic\"]}",
                     &value, 1));
    assert_int_equal(value.kind, SUITE_VALUE_V128_F32);
    assert_int_equal(value.bits[0] & 0xFFFFFFFF, 0x3F800000);
    assert_int_equal(value.nan[1], SUITE_NAN_CANONICAL);
    assert_int_equal(value.nan[3], SUITE_NAN_ARITHMETIC);
    assert_int_equal(value.nan[0], SUITE_NAN_NONE);

    assert_false(pack("{\"op\":\"v128.const\",\"args\":[\"i64x2\",\"1\"]}", &value, 1));
    assert_false(pack("{\"op\":\"v128.const\",\"args\":[\"i64x2\",\"1\",\"2\",\"3\"]}", &value, 1));
    assert_false(pack("{\"op\":\"v128.const\",\"args\":[\"i4x2\",\"1\",\"2\"]}", &value, 1));
    assert_false(pack("{\"op\":\"v128.const\",\"args\":[]}", &value, 1));
}

TEST(wabts_form_has_the_bits_of_floats)
{
    struct suite_value value = {0};

    assert_true(pack("{\"type\":\"f32\",\"value\":\"1065353216\"}", &value, 1));
    assert_int_equal(value.kind, SUITE_VALUE_F32);
    assert_int_equal(value.bits[0], 0x3F800000);
    assert_true(pack("{\"type\":\"f64\",\"value\":\"nan:canonical\"}", &value, 1));
    assert_int_equal(value.kind, SUITE_VALUE_F64_NAN);
    assert_true(pack("{\"type\":\"i32\",\"value\":\"4294967295\"}", &value, 1));
    assert_int_equal(value.bits[0], 0xFFFFFFFF);
    assert_true(
        pack("{\"type\":\"v128\",\"lane_type\":\"i64\",\"value\":[\"1\",\"2\"]}", &value, 1));
    assert_int_equal(value.bits[1], 2);
    assert_true(pack("{\"type\":\"externref\",\"value\":\"null\"}", &value, 1));
    assert_int_equal(value.kind, SUITE_VALUE_REF_NULL);
    assert_true(pack("{\"type\":\"externref\",\"value\":\"3\"}", &value, 1));
    assert_int_equal(value.bits[0], 3);
    assert_false(pack("{\"type\":\"funcref\",\"value\":\"3\"}", &value, 1));
    assert_false(pack("{\"type\":\"i32\"}", &value, 1));
}

TEST(references_are_nulls_numbers_or_kinds)
{
    struct suite_value value = {0};

    assert_true(pack("{\"op\":\"ref.null\",\"args\":[\"func\"]}", &value, 1));
    assert_int_equal(value.kind, SUITE_VALUE_REF_NULL);
    assert_true(pack("{\"op\":\"ref.extern\",\"args\":[\"5\"]}", &value, 1));
    assert_int_equal(value.kind, SUITE_VALUE_REF_EXTERN);
    assert_int_equal(value.bits[0], 5);
    assert_true(pack("{\"op\":\"ref.host\",\"args\":[\"6\"]}", &value, 1));
    assert_int_equal(value.kind, SUITE_VALUE_REF_HOST);
    assert_true(pack("{\"op\":\"ref.struct\",\"args\":[]}", &value, 1));
    assert_int_equal(value.some, SUITE_SOME_STRUCT);
    assert_false(pack("{\"op\":\"ref.struct\",\"args\":[\"1\"]}", &value, 1));
    assert_false(pack("{\"op\":\"ref.who\",\"args\":[]}", &value, 1));
    assert_false(pack("{\"op\":\"i32.const\",\"args\":[]}", &value, 1));
    assert_false(pack("{\"op\":\"i32.const\"}", &value, 1));
    assert_false(pack("{}", &value, 1));
    assert_false(pack("[]", &value, 1));
}

TEST(either_has_its_alternatives_behind_it)
{
    struct suite_value values[3] = {0};

    assert_true(pack("{\"op\":\"either\",\"args\":[{\"op\":\"i32.const\",\"args\":[\"1\"]},"
                     "{\"op\":\"i32.const\",\"args\":[\"2\"]}]}",
                     values, 3));

    assert_int_equal(values[0].kind, SUITE_VALUE_EITHER);
    assert_int_equal(values[0].alternatives, 2);
    assert_int_equal(values[2].bits[0], 2);
    assert_false(pack("{\"op\":\"either\",\"args\":[]}", values, 1));
    assert_false(pack("{\"op\":\"either\",\"args\":[{\"op\":\"either\",\"args\":[]}]}", values, 1));
}

TEST_MAIN(T(integers_are_read_in_both_signs_and_bases), T(integers_out_of_range_are_refused),
          T(floats_are_rounded_to_nearest_even), T(nans_keep_sign_and_payload),
          T(vectors_are_put_together_lane_by_lane), T(wabts_form_has_the_bits_of_floats),
          T(references_are_nulls_numbers_or_kinds), T(either_has_its_alternatives_behind_it))
