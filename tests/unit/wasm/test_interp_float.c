/*
 * Float operators (WASM 3.0 §4.3.3, semantics.md 4) through every operand placement.
 */
#include "tests/support/placement.h"
#include "tests/support/test.h"

#define NONE  WASM_TRAP_NONE
#define NAN32 0x7FC00000u
#define NAN64 0x7FF8000000000000u

static uint64_t f(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t d(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

TEST(f32_arithmetic_rounds_to_the_nearest)
{
    operator_gives(0x92, "ff:f", f(1.5f), f(2.25f), f(3.75f), NONE);
    operator_gives(0x93, "ff:f", f(1.5f), f(2.25f), f(-0.75f), NONE);
    operator_gives(0x94, "ff:f", f(1.5f), f(-2), f(-3), NONE);
    operator_gives(0x95, "ff:f", f(1), f(3), 0x3EAAAAAB, NONE);
    operator_gives(0x95, "ff:f", f(1), f(0), 0x7F800000, NONE);
}

TEST(f64_arithmetic_rounds_to_the_nearest)
{
    operator_gives(0xA0, "FF:F", d(1.5), d(2.25), d(3.75), NONE);
    operator_gives(0xA1, "FF:F", d(1.5), d(2.25), d(-0.75), NONE);
    operator_gives(0xA2, "FF:F", d(1.5), d(-2), d(-3), NONE);
    operator_gives(0xA3, "FF:F", d(1), d(3), 0x3FD5555555555555, NONE);
}

TEST(subnormal_numbers_are_not_flushed)
{
    operator_gives(0x92, "ff:f", 1, 1, 2, NONE);
    operator_gives(0xA0, "FF:F", 1, 1, 2, NONE);
}

TEST(every_nan_of_arithmetic_is_the_positive_canonical_one)
{
    operator_gives(0x92, "ff:f", 0xFF812345, f(1), NAN32, NONE);
    operator_gives(0x93, "ff:f", 0x7F800000, 0x7F800000, NAN32, NONE);
    operator_gives(0x94, "ff:f", f(1), 0xFFC00001, NAN32, NONE);
    operator_gives(0x95, "ff:f", f(0), f(0), NAN32, NONE);
    operator_gives(0x96, "ff:f", f(0), 0xFFC00001, NAN32, NONE);
    operator_gives(0x97, "ff:f", 0x7F800001, f(0), NAN32, NONE);
    operator_gives(0xA0, "FF:F", 0xFFF0000000000123, d(1), NAN64, NONE);
    operator_gives(0xA1, "FF:F", 0x7FF0000000000000, 0x7FF0000000000000, NAN64, NONE);
    operator_gives(0xA3, "FF:F", d(0), d(0), NAN64, NONE);
    operator_gives(0xA4, "FF:F", d(0), 0xFFF8000000000001, NAN64, NONE);
    operator_gives(0xA5, "FF:F", 0x7FF0000000000001, d(0), NAN64, NONE);
}

TEST(min_and_max_tell_the_zeros_apart)
{
    operator_gives(0x96, "ff:f", f(0), f(-0.0f), f(-0.0f), NONE);
    operator_gives(0x96, "ff:f", f(-0.0f), f(0), f(-0.0f), NONE);
    operator_gives(0x97, "ff:f", f(-0.0f), f(0), f(0), NONE);
    operator_gives(0x97, "ff:f", f(-1), f(2), f(2), NONE);
    operator_gives(0xA4, "FF:F", d(0), d(-0.0), d(-0.0), NONE);
    operator_gives(0xA5, "FF:F", d(0), d(-0.0), d(0), NONE);
    operator_gives(0xA4, "FF:F", d(-1), d(2), d(-1), NONE);
}

TEST(sign_operators_keep_the_bits_of_a_nan)
{
    unary_gives(0, 0x8B, "f:f", 0xFF812345, 0x7F812345, NONE);
    unary_gives(0, 0x8C, "f:f", 0x7F812345, 0xFF812345, NONE);
    operator_gives(0x98, "ff:f", 0x7F812345, f(-1), 0xFF812345, NONE);
    unary_gives(0, 0x99, "F:F", 0xFFF0000000000123, 0x7FF0000000000123, NONE);
    unary_gives(0, 0x9A, "F:F", 0xFFF0000000000123, 0x7FF0000000000123, NONE);
    operator_gives(0xA6, "FF:F", 0x7FF0000000000123, d(-1), 0xFFF0000000000123, NONE);
}

TEST(roundings_keep_the_sign_of_zero)
{
    unary_gives(0, 0x8D, "f:f", f(-0.5f), f(-0.0f), NONE);
    unary_gives(0, 0x8E, "f:f", f(-0.5f), f(-1), NONE);
    unary_gives(0, 0x8F, "f:f", f(-1.75f), f(-1), NONE);
    unary_gives(0, 0x90, "f:f", f(2.5f), f(2), NONE);
    unary_gives(0, 0x90, "f:f", f(-0.5f), f(-0.0f), NONE);
    unary_gives(0, 0x9B, "F:F", d(1.25), d(2), NONE);
    unary_gives(0, 0x9C, "F:F", d(1.75), d(1), NONE);
    unary_gives(0, 0x9D, "F:F", d(-0.75), d(-0.0), NONE);
    unary_gives(0, 0x9E, "F:F", d(3.5), d(4), NONE);
    unary_gives(0, 0x9E, "F:F", 0xFFF0000000000001, NAN64, NONE);
}

TEST(square_roots_round_and_are_nan_below_zero)
{
    unary_gives(0, 0x91, "f:f", f(2), 0x3FB504F3, NONE);
    unary_gives(0, 0x91, "f:f", f(-1), NAN32, NONE);
    unary_gives(0, 0x9F, "F:F", d(2), 0x3FF6A09E667F3BCD, NONE);
    unary_gives(0, 0x9F, "F:F", d(-0.0), d(-0.0), NONE);
}

TEST(compares_with_a_nan_do_not_hold_but_for_ne)
{
    static const bool less[6] = {false, true, true, false, true, false};
    static const bool equal[6] = {true, false, false, false, true, true};
    static const bool with_nan[6] = {false, true, false, false, false, false};
    for (uint8_t i = 0; i < 6; i++) {
        compare_decides((uint8_t)(0x5B + i), "ff:i", f(-2), f(1), less[i]);
        compare_decides((uint8_t)(0x5B + i), "ff:i", f(0), f(-0.0f), equal[i]);
        compare_decides((uint8_t)(0x5B + i), "ff:i", NAN32, f(1), with_nan[i]);
        compare_decides((uint8_t)(0x61 + i), "FF:i", d(-2), d(1), less[i]);
        compare_decides((uint8_t)(0x61 + i), "FF:i", d(0), d(-0.0), equal[i]);
        compare_decides((uint8_t)(0x61 + i), "FF:i", d(1), NAN64, with_nan[i]);
        operator_gives((uint8_t)(0x5B + i), "ff:i", f(-2), f(1), less[i], NONE);
        operator_gives((uint8_t)(0x61 + i), "FF:i", d(1), d(1), equal[i], NONE);
    }
}

TEST(truncations_take_the_last_number_that_fits)
{
    unary_gives(0, 0xA8, "f:i", f(-2147483648.0f), 0x80000000, NONE);
    unary_gives(0, 0xA9, "f:i", f(-0.99f), 0, NONE);
    unary_gives(0, 0xAA, "F:i", d(-2147483648.9), 0x80000000, NONE);
    unary_gives(0, 0xAB, "F:i", d(4294967295.9), 0xFFFFFFFF, NONE);
    unary_gives(0, 0xAE, "f:I", f(-9223372036854775808.0f), 0x8000000000000000, NONE);
    unary_gives(0, 0xAF, "f:I", f(1.5e19f), 0xD02AB50000000000, NONE);
    unary_gives(0, 0xB0, "F:I", d(-1.5), UINT64_MAX, NONE);
    unary_gives(0, 0xB1, "F:I", d(18446744073709549568.0), 0xFFFFFFFFFFFFF800, NONE);
}

TEST(truncations_trap_beyond_that)
{
    unary_gives(0, 0xA8, "f:i", f(2147483648.0f), 0, WASM_TRAP_INTEGER_OVERFLOW);
    unary_gives(0, 0xA9, "f:i", f(-1), 0, WASM_TRAP_INTEGER_OVERFLOW);
    unary_gives(0, 0xAA, "F:i", d(-2147483649.0), 0, WASM_TRAP_INTEGER_OVERFLOW);
    unary_gives(0, 0xAB, "F:i", d(4294967296.0), 0, WASM_TRAP_INTEGER_OVERFLOW);
    unary_gives(0, 0xAE, "f:I", f(9223372036854775808.0f), 0, WASM_TRAP_INTEGER_OVERFLOW);
    unary_gives(0, 0xB1, "F:I", d(18446744073709551616.0), 0, WASM_TRAP_INTEGER_OVERFLOW);
    unary_gives(0, 0xA8, "f:i", NAN32, 0, WASM_TRAP_INVALID_CONVERSION);
    unary_gives(0, 0xB0, "F:I", NAN64, 0, WASM_TRAP_INVALID_CONVERSION);
}

TEST(saturating_truncations_stop_at_the_ends)
{
    unary_gives(0xFC, 0, "f:i", f(1e20f), 0x7FFFFFFF, NONE);
    unary_gives(0xFC, 0, "f:i", f(-1e20f), 0x80000000, NONE);
    unary_gives(0xFC, 1, "f:i", f(-5), 0, NONE);
    unary_gives(0xFC, 2, "F:i", NAN64, 0, NONE);
    unary_gives(0xFC, 3, "F:i", d(1e20), 0xFFFFFFFF, NONE);
    unary_gives(0xFC, 4, "f:I", f(-1e30f), 0x8000000000000000, NONE);
    unary_gives(0xFC, 5, "f:I", f(1e30f), UINT64_MAX, NONE);
    unary_gives(0xFC, 6, "F:I", d(1e30), 0x7FFFFFFFFFFFFFFF, NONE);
    unary_gives(0xFC, 7, "F:I", d(-3), 0, NONE);
    unary_gives(0xFC, 7, "F:I", d(3.99), 3, NONE);
}

TEST(integers_convert_to_the_nearest_float)
{
    unary_gives(0, 0xB2, "i:f", 0xFFFFFFFF, f(-1), NONE);
    unary_gives(0, 0xB3, "i:f", 0xFFFFFFFF, f(4294967296.0f), NONE);
    unary_gives(0, 0xB4, "I:f", (uint64_t)-3, f(-3), NONE);
    unary_gives(0, 0xB5, "I:f", 0xFFFFFFFFFFFFFFFF, f(18446744073709551616.0f), NONE);
    unary_gives(0, 0xB5, "I:f", 0x8000008000000001, 0x5F000001, NONE);
    unary_gives(0, 0xB7, "i:F", 0x80000000, d(-2147483648.0), NONE);
    unary_gives(0, 0xB8, "i:F", 0x80000000, d(2147483648.0), NONE);
    unary_gives(0, 0xB9, "I:F", (uint64_t)-3, d(-3), NONE);
    unary_gives(0, 0xBA, "I:F", UINT64_MAX, d(18446744073709551616.0), NONE);
}

TEST(floats_change_width)
{
    unary_gives(0, 0xB6, "F:f", d(0.1), 0x3DCCCCCD, NONE);
    unary_gives(0, 0xB6, "F:f", 0xFFF0000000000001, NAN32, NONE);
    unary_gives(0, 0xBB, "f:F", f(0.5f), d(0.5), NONE);
    unary_gives(0, 0xBB, "f:F", 0xFF800001, NAN64, NONE);
}

TEST(reinterpretation_keeps_every_bit)
{
    unary_gives(0, 0xBC, "f:i", 0xFF812345, 0xFF812345, NONE);
    unary_gives(0, 0xBD, "F:I", 0xFFF0000000000123, 0xFFF0000000000123, NONE);
    unary_gives(0, 0xBE, "i:f", 0xFF812345, 0xFF812345, NONE);
    unary_gives(0, 0xBF, "I:F", 0xFFF0000000000123, 0xFFF0000000000123, NONE);
}

TEST_MAIN(T(f32_arithmetic_rounds_to_the_nearest), T(f64_arithmetic_rounds_to_the_nearest),
          T(subnormal_numbers_are_not_flushed),
          T(every_nan_of_arithmetic_is_the_positive_canonical_one),
          T(min_and_max_tell_the_zeros_apart), T(sign_operators_keep_the_bits_of_a_nan),
          T(roundings_keep_the_sign_of_zero), T(square_roots_round_and_are_nan_below_zero),
          T(compares_with_a_nan_do_not_hold_but_for_ne),
          T(truncations_take_the_last_number_that_fits), T(truncations_trap_beyond_that),
          T(saturating_truncations_stop_at_the_ends), T(integers_convert_to_the_nearest_float),
          T(floats_change_width), T(reinterpretation_keeps_every_bit))
