/*
 * Integer operators (WASM 3.0 §4.3.2) through every operand placement; division traps.
 */
#include "tests/support/placement.h"
#include "tests/support/test.h"

#define NONE WASM_TRAP_NONE

TEST(i32_arithmetic_wraps)
{
    operator_gives(0x6A, "ii:i", 0xFFFFFFFF, 2, 1, NONE);
    operator_gives(0x6B, "ii:i", 1, 3, 0xFFFFFFFE, NONE);
    operator_gives(0x6C, "ii:i", 0x10001, 0x10001, 0x20001, NONE);
}

TEST(i32_logic_is_bitwise)
{
    operator_gives(0x71, "ii:i", 0xFF00FF00, 0x0FF00FF0, 0x0F000F00, NONE);
    operator_gives(0x72, "ii:i", 0xFF00FF00, 0x0FF00FF0, 0xFFF0FFF0, NONE);
    operator_gives(0x73, "ii:i", 0xFF00FF00, 0x0FF00FF0, 0xF0F0F0F0, NONE);
}

TEST(i32_shifts_take_their_count_modulo_32)
{
    operator_gives(0x74, "ii:i", 0x80000001, 33, 2, NONE);
    operator_gives(0x75, "ii:i", 0x80000000, 4, 0xF8000000, NONE);
    operator_gives(0x76, "ii:i", 0x80000000, 36, 0x08000000, NONE);
    operator_gives(0x77, "ii:i", 0x80000001, 1, 3, NONE);
    operator_gives(0x77, "ii:i", 0x80000001, 0, 0x80000001, NONE);
    operator_gives(0x78, "ii:i", 0x80000001, 33, 0xC0000000, NONE);
}

TEST(i64_arithmetic_wraps)
{
    operator_gives(0x7C, "II:I", UINT64_MAX, 2, 1, NONE);
    operator_gives(0x7D, "II:I", 1, 3, UINT64_MAX - 1, NONE);
    operator_gives(0x7E, "II:I", 0x100000001, 0x100000001, 0x200000001, NONE);
    operator_gives(0x7C, "II:I", 5, 0x123456789ABCDEF, 0x123456789ABCDF4, NONE);
}

TEST(i64_logic_is_bitwise_and_shifts_wrap_their_count)
{
    operator_gives(0x83, "II:I", 0xFF00FF00FF, 0xFFFFFFFF0F, 0xFF00FF000F, NONE);
    operator_gives(0x84, "II:I", 0xF0, 0x8000000000000000, 0x80000000000000F0, NONE);
    operator_gives(0x85, "II:I", UINT64_MAX, 0xFF, 0xFFFFFFFFFFFFFF00, NONE);
    operator_gives(0x86, "II:I", 1, 127, 0x8000000000000000, NONE);
    operator_gives(0x87, "II:I", 0x8000000000000000, 63, UINT64_MAX, NONE);
    operator_gives(0x88, "II:I", 0x8000000000000000, 63, 1, NONE);
    operator_gives(0x89, "II:I", 0x8000000000000001, 4, 0x18, NONE);
    operator_gives(0x8A, "II:I", 0x18, 4, 0x8000000000000001, NONE);
}

TEST(division_rounds_to_zero)
{
    operator_gives(0x6D, "ii:i", (uint32_t)-7, 2, (uint32_t)-3, NONE);
    operator_gives(0x6E, "ii:i", (uint32_t)-7, 2, 0x7FFFFFFC, NONE);
    operator_gives(0x6F, "ii:i", (uint32_t)-7, 2, UINT32_MAX, NONE);
    operator_gives(0x70, "ii:i", (uint32_t)-7, 4, 1, NONE);
    operator_gives(0x7F, "II:I", (uint64_t)-7, 2, (uint64_t)-3, NONE);
    operator_gives(0x80, "II:I", (uint64_t)-7, 2, 0x7FFFFFFFFFFFFFFC, NONE);
    operator_gives(0x81, "II:I", (uint64_t)-7, 2, UINT64_MAX, NONE);
    operator_gives(0x82, "II:I", (uint64_t)-7, 4, 1, NONE);
}

TEST(division_by_zero_traps)
{
    for (uint8_t opcode = 0x6D; opcode <= 0x70; opcode++)
        operator_gives(opcode, "ii:i", 9, 0, 0, WASM_TRAP_DIVIDE_BY_ZERO);
    for (uint8_t opcode = 0x7F; opcode <= 0x82; opcode++)
        operator_gives(opcode, "II:I", 9, 0, 0, WASM_TRAP_DIVIDE_BY_ZERO);
}

TEST(the_quotient_that_does_not_fit_traps_and_its_remainder_is_0)
{
    operator_gives(0x6D, "ii:i", 0x80000000, UINT32_MAX, 0, WASM_TRAP_INTEGER_OVERFLOW);
    operator_gives(0x6F, "ii:i", 0x80000000, UINT32_MAX, 0, NONE);
    operator_gives(0x7F, "II:I", 0x8000000000000000, UINT64_MAX, 0, WASM_TRAP_INTEGER_OVERFLOW);
    operator_gives(0x81, "II:I", 0x8000000000000000, UINT64_MAX, 0, NONE);
}

/* Each pair once with a < b, a == b, a > b, signed and unsigned apart. */
static void compares(uint8_t first, const char *signature, uint64_t small, uint64_t large)
{
    /* As signed numbers small < large; as unsigned ones the other way round. */
    static const bool less[10] = {false, true, true, false, false, true, true, false, false, true};
    static const bool equal[10] = {true, false, false, false, false, false, true, true, true, true};
    static const bool more[10] = {false, true, false, true, true, false, false, true, true, false};
    for (uint8_t i = 0; i < 10; i++) {
        operator_gives((uint8_t)(first + i), signature, small, large, less[i], NONE);
        compare_decides((uint8_t)(first + i), signature, small, large, less[i]);
        compare_decides((uint8_t)(first + i), signature, large, large, equal[i]);
        compare_decides((uint8_t)(first + i), signature, large, small, more[i]);
    }
}

TEST(i32_compares_hold_when_they_should)
{
    compares(0x46, "ii:i", 0xFFFFFFF0, 3);
    compares(0x46, "ii:i", 0x80000000, 0x12345678);
}

TEST(i64_compares_hold_when_they_should)
{
    compares(0x51, "II:i", 0x8000000000000000, 0x123456789AB);
}

TEST(bits_are_counted_and_compared_with_zero)
{
    unary_gives(0, 0x45, "i:i", 0, 1, NONE);
    unary_gives(0, 0x45, "i:i", 5, 0, NONE);
    unary_gives(0, 0x50, "I:i", 0, 1, NONE);
    unary_gives(0, 0x50, "I:i", 0x100000000, 0, NONE);
    unary_gives(0, 0x67, "i:i", 0, 32, NONE);
    unary_gives(0, 0x67, "i:i", 0x00010000, 15, NONE);
    unary_gives(0, 0x68, "i:i", 0, 32, NONE);
    unary_gives(0, 0x68, "i:i", 0x00010000, 16, NONE);
    unary_gives(0, 0x69, "i:i", 0xF0F0, 8, NONE);
    unary_gives(0, 0x79, "I:I", 0, 64, NONE);
    unary_gives(0, 0x79, "I:I", 1, 63, NONE);
    unary_gives(0, 0x7A, "I:I", 0, 64, NONE);
    unary_gives(0, 0x7A, "I:I", 0x8000000000000000, 63, NONE);
    unary_gives(0, 0x7B, "I:I", UINT64_MAX, 64, NONE);
}

TEST(widths_are_changed)
{
    unary_gives(0, 0xA7, "I:i", 0x1234567890, 0x34567890, NONE);
    unary_gives(0, 0xAC, "i:I", 0x80000000, 0xFFFFFFFF80000000, NONE);
    unary_gives(0, 0xAD, "i:I", 0x80000000, 0x80000000, NONE);
    unary_gives(0, 0xC0, "i:i", 0x180, 0xFFFFFF80, NONE);
    unary_gives(0, 0xC1, "i:i", 0x18000, 0xFFFF8000, NONE);
    unary_gives(0, 0xC2, "I:I", 0x180, 0xFFFFFFFFFFFFFF80, NONE);
    unary_gives(0, 0xC3, "I:I", 0x17FFF, 0x7FFF, NONE);
    unary_gives(0, 0xC4, "I:I", 0x180000000, 0xFFFFFFFF80000000, NONE);
}

TEST_MAIN(T(i32_arithmetic_wraps), T(i32_logic_is_bitwise),
          T(i32_shifts_take_their_count_modulo_32), T(i64_arithmetic_wraps),
          T(i64_logic_is_bitwise_and_shifts_wrap_their_count), T(division_rounds_to_zero),
          T(division_by_zero_traps), T(the_quotient_that_does_not_fit_traps_and_its_remainder_is_0),
          T(i32_compares_hold_when_they_should), T(i64_compares_hold_when_they_should),
          T(bits_are_counted_and_compared_with_zero), T(widths_are_changed))
