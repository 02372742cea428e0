/*
 * Vector kinds on floats: each against arithmetic on single lanes, over corner values. Bits are
 * compared: every NaN that arithmetic makes is the positive canonical one.
 */
#include <float.h>
#include <math.h>

#include "tests/support/simd_trial.h"
#include "tests/support/test.h"

#define NAN_32 0x7FC00000u
#define NAN_64 UINT64_C(0x7FF8000000000000)

static const uint32_t corners_32[] = {
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x3F800000, 0xBF800000, 0x3FC00000, 0xBFC00000,
    0x3F000000, 0xBF000000, 0x40200000, 0xC0200000, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00000,
    0x7F800001, 0xFFA00000, 0x7FC12345, 0x7F7FFFFF, 0xFF7FFFFF, 0x4F000000, 0xCF000000, 0x4EFFFFFF,
    0x4F7FFFFF, 0x4F800000, 0x3F7FFFFF, 0xBF7FFFFF, 0x4B800001, 0x5F000000,
};

static const uint64_t corners_64[] = {
    0x0000000000000000, 0x8000000000000000, 0x0000000000000001, 0x3FF0000000000000,
    0xBFF0000000000000, 0x3FF8000000000000, 0xBFE0000000000000, 0x4004000000000000,
    0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 0xFFF8000000000000,
    0x7FF0000000000001, 0xFFF4000000000000, 0x7FEFFFFFFFFFFFFF, 0x41DFFFFFFFC00000,
    0x41E0000000000000, 0xC1E0000000000000, 0xC1E0000000200000, 0xC1E00000001FFFFF,
    0x41EFFFFFFFE00000, 0x41EFFFFFFFF00000, 0x41F0000000000000, 0xBFEFFFFFFFFFFFFF,
    0x43E0000000000000, 0x36A0000000000000, 0x47EFFFFFF0000000, 0x41DFFFFFFFFFFFFF,
};

union word {
    uint32_t bits;
    float value;
};

union dword {
    uint64_t bits;
    double value;
};

static float as_float(uint32_t bits)
{
    return ((union word){.bits = bits}).value;
}

static double as_double(uint64_t bits)
{
    return ((union dword){.bits = bits}).value;
}

static uint32_t canonical_32(float value)
{
    return isnan(value) ? NAN_32 : ((union word){.value = value}).bits;
}

static uint64_t canonical_64(double value)
{
    return isnan(value) ? NAN_64 : ((union dword){.value = value}).bits;
}

enum { ADD, SUB, MUL, DIV, MIN, MAX, PMIN, PMAX };

/* IEEE arithmetic, then the rules of WebAssembly for zeros and NaNs. */
static uint32_t binary_32(uint32_t kind, uint32_t x, uint32_t y)
{
    volatile float a = as_float(x), b = as_float(y);
    switch (kind) {
    case ADD:
        return canonical_32(a + b);
    case SUB:
        return canonical_32(a - b);
    case MUL:
        return canonical_32(a * b);
    case DIV:
        return canonical_32(a / b);
    case PMIN:
        return b < a ? y : x;
    case PMAX:
        return a < b ? y : x;
    default:
        break;
    }
    bool is_min = kind == MIN;
    if (isnan(a) || isnan(b))
        return NAN_32;
    if (a == b)
        return is_min ? x | y : x & y;
    return (a < b) == is_min ? x : y;
}

static uint64_t binary_64(uint32_t kind, uint64_t x, uint64_t y)
{
    volatile double a = as_double(x), b = as_double(y);
    switch (kind) {
    case ADD:
        return canonical_64(a + b);
    case SUB:
        return canonical_64(a - b);
    case MUL:
        return canonical_64(a * b);
    case DIV:
        return canonical_64(a / b);
    case PMIN:
        return b < a ? y : x;
    case PMAX:
        return a < b ? y : x;
    default:
        break;
    }
    bool is_min = kind == MIN;
    if (isnan(a) || isnan(b))
        return NAN_64;
    if (a == b)
        return is_min ? x | y : x & y;
    return (a < b) == is_min ? x : y;
}

static union vector words(size_t seed, size_t step)
{
    union vector v;
    for (size_t i = 0; i < 4; i++)
        v.words[i] = corners_32[(seed + i * step) % ARRAY_LEN(corners_32)];
    return v;
}

static union vector dwords(size_t seed, size_t step)
{
    union vector v;
    for (size_t i = 0; i < 2; i++)
        v.slots[i] = corners_64[(seed + i * step) % ARRAY_LEN(corners_64)];
    return v;
}

static void check_binary_32(uint32_t number, uint32_t kind)
{
    struct simd_trial trial;
    simd_begin(&trial, number, "VV:V", (struct bytes){0});
    for (size_t i = 0; i < ARRAY_LEN(corners_32); i++) {
        for (size_t j = 0; j < ARRAY_LEN(corners_32); j++) {
            union vector operands[2] = {words(i, 1), words(j, 7)}, expected;
            for (size_t k = 0; k < 4; k++)
                expected.words[k] = binary_32(kind, operands[0].words[k], operands[1].words[k]);
            simd_equal(&trial, simd_call(&trial, operands, 2), expected);
        }
    }
    simd_end(&trial);
}

static void check_binary_64(uint32_t number, uint32_t kind)
{
    struct simd_trial trial;
    simd_begin(&trial, number, "VV:V", (struct bytes){0});
    for (size_t i = 0; i < ARRAY_LEN(corners_64); i++) {
        for (size_t j = 0; j < ARRAY_LEN(corners_64); j++) {
            union vector operands[2] = {dwords(i, 1), dwords(j, 5)}, expected;
            for (size_t k = 0; k < 2; k++)
                expected.slots[k] = binary_64(kind, operands[0].slots[k], operands[1].slots[k]);
            simd_equal(&trial, simd_call(&trial, operands, 2), expected);
        }
    }
    simd_end(&trial);
}

TEST(arithmetic_makes_the_canonical_nan_and_pmin_keeps_bits)
{
    (void)state;
    for (uint32_t i = ADD; i <= PMAX; i++) {
        check_binary_32(0xE4 + i, i);
        check_binary_64(0xF0 + i, i);
    }
}

TEST(relaxed_min_and_max_are_min_and_max)
{
    (void)state;
    check_binary_32(0x10D, MIN);
    check_binary_32(0x10E, MAX);
    check_binary_64(0x10F, MIN);
    check_binary_64(0x110, MAX);
}

enum { ABS, NEG, SQRT, CEIL, FLOOR, TRUNC, NEAREST };

static uint32_t unary_32(uint32_t kind, uint32_t x)
{
    float a = as_float(x);
    switch (kind) {
    case ABS:
        return x & 0x7FFFFFFF;
    case NEG:
        return x ^ 0x80000000;
    case SQRT:
        return canonical_32(sqrtf(a));
    case CEIL:
        return canonical_32(ceilf(a));
    case FLOOR:
        return canonical_32(floorf(a));
    case TRUNC:
        return canonical_32(truncf(a));
    default:
        return canonical_32(nearbyintf(a));
    }
}

static uint64_t unary_64(uint32_t kind, uint64_t x)
{
    double a = as_double(x);
    switch (kind) {
    case ABS:
        return x & INT64_MAX;
    case NEG:
        return x ^ (uint64_t)INT64_MIN;
    case SQRT:
        return canonical_64(sqrt(a));
    case CEIL:
        return canonical_64(ceil(a));
    case FLOOR:
        return canonical_64(floor(a));
    case TRUNC:
        return canonical_64(trunc(a));
    default:
        return canonical_64(nearbyint(a));
    }
}

TEST(roundings_and_roots_are_canonical_and_signs_keep_bits)
{
    (void)state;
    static const uint16_t numbers_32[] = {0xE0, 0xE1, 0xE3, 0x67, 0x68, 0x69, 0x6A};
    static const uint16_t numbers_64[] = {0xEC, 0xED, 0xEF, 0x74, 0x75, 0x7A, 0x94};
    for (uint32_t i = ABS; i <= NEAREST; i++) {
        struct simd_trial trial;
        simd_begin(&trial, numbers_32[i], "V:V", (struct bytes){0});
        for (size_t j = 0; j < ARRAY_LEN(corners_32); j++) {
            union vector v = words(j, 1), expected;
            for (size_t k = 0; k < 4; k++)
                expected.words[k] = unary_32(i, v.words[k]);
            simd_equal(&trial, simd_call(&trial, &v, 1), expected);
        }
        simd_end(&trial);
        simd_begin(&trial, numbers_64[i], "V:V", (struct bytes){0});
        for (size_t j = 0; j < ARRAY_LEN(corners_64); j++) {
            union vector v = dwords(j, 1), expected;
            for (size_t k = 0; k < 2; k++)
                expected.slots[k] = unary_64(i, v.slots[k]);
            simd_equal(&trial, simd_call(&trial, &v, 1), expected);
        }
        simd_end(&trial);
    }
}

static bool holds(uint32_t compare, double a, double b)
{
    switch (compare) {
    case 0:
        return a == b;
    case 1:
        return a != b;
    case 2:
        return a < b;
    case 3:
        return a > b;
    case 4:
        return a <= b;
    default:
        return a >= b;
    }
}

TEST(compares_are_those_of_ieee)
{
    (void)state;
    for (uint32_t compare = 0; compare < 6; compare++) {
        struct simd_trial trial;
        simd_begin(&trial, 0x41 + compare, "VV:V", (struct bytes){0});
        for (size_t i = 0; i < ARRAY_LEN(corners_32); i++) {
            union vector operands[2] = {words(i, 1), words(i, 9)}, expected;
            for (size_t k = 0; k < 4; k++)
                expected.words[k] =
                    holds(compare, (double)operands[0].floats[k], (double)operands[1].floats[k])
                        ? UINT32_MAX
                        : 0;
            simd_equal(&trial, simd_call(&trial, operands, 2), expected);
        }
        simd_end(&trial);
        simd_begin(&trial, 0x47 + compare, "VV:V", (struct bytes){0});
        for (size_t i = 0; i < ARRAY_LEN(corners_64); i++) {
            for (size_t step = 0; step < 3; step++) {
                union vector operands[2] = {dwords(i, 1), dwords(i, step)}, expected;
                for (size_t k = 0; k < 2; k++)
                    expected.slots[k] =
                        holds(compare, operands[0].doubles[k], operands[1].doubles[k]) ? UINT64_MAX
                                                                                       : 0;
                simd_equal(&trial, simd_call(&trial, operands, 2), expected);
            }
        }
        simd_end(&trial);
    }
}

static uint32_t saturated(double value, bool is_signed)
{
    if (isnan(value))
        return 0;
    double whole = trunc(value);
    if (is_signed)
        return whole < INT32_MIN   ? (uint32_t)INT32_MIN
               : whole > INT32_MAX ? INT32_MAX
                                   : (uint32_t)(int32_t)whole;
    return whole <= 0 ? 0 : whole > UINT32_MAX ? UINT32_MAX : (uint32_t)whole;
}

TEST(truncations_saturate_the_relaxed_ones_too)
{
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        bool is_signed = i % 2 == 0;
        struct simd_trial trial;
        simd_begin(&trial, i < 2 ? 0xF8 + i : 0x101 + i - 2, "V:V", (struct bytes){0});
        for (size_t j = 0; j < ARRAY_LEN(corners_32); j++) {
            union vector v = words(j, 1), expected;
            for (size_t k = 0; k < 4; k++)
                expected.words[k] = saturated((double)v.floats[k], is_signed);
            simd_equal(&trial, simd_call(&trial, &v, 1), expected);
        }
        simd_end(&trial);
        simd_begin(&trial, i < 2 ? 0xFC + i : 0x103 + i - 2, "V:V", (struct bytes){0});
        for (size_t j = 0; j < ARRAY_LEN(corners_64); j++) {
            union vector v = dwords(j, 1), expected = {.slots = {0}};
            for (size_t k = 0; k < 2; k++)
                expected.words[k] = saturated(v.doubles[k], is_signed);
            simd_equal(&trial, simd_call(&trial, &v, 1), expected);
        }
        simd_end(&trial);
    }
}

TEST(integers_become_the_nearest_floats)
{
    (void)state;
    static const uint32_t integers[] = {0,          1,          0xFFFFFFFF, 0x7FFFFFFF, 0x80000000,
                                        0x80000001, 16777217,   16777219,   0xFFFFFF7F, 0xFFFFFF80,
                                        0xFFFFFF81, 0x80000080, 0x80000180, 0x7FFFFFBF, 0x7FFFFFC0};
    struct simd_trial trial;
    for (uint32_t i = 0; i < 4; i++) {
        bool is_signed = i % 2 == 0;
        simd_begin(&trial, i < 2 ? 0xFA + i : 0xFE + i - 2, "V:V", (struct bytes){0});
        for (size_t j = 0; j < ARRAY_LEN(integers); j++) {
            union vector v, expected;
            for (size_t k = 0; k < 4; k++)
                v.words[k] = integers[(j + k) % ARRAY_LEN(integers)];
            for (size_t k = 0; k < (i < 2 ? 4u : 2u); k++) {
                if (i >= 2)
                    expected.doubles[k] = is_signed ? (int32_t)v.words[k] : (double)v.words[k];
                else
                    expected.floats[k] = is_signed ? (float)(int32_t)v.words[k] : (float)v.words[k];
            }
            simd_equal(&trial, simd_call(&trial, &v, 1), expected);
        }
        simd_end(&trial);
    }
}

TEST(floats_change_their_width)
{
    (void)state;
    struct simd_trial trial;
    simd_begin(&trial, 0x5E, "V:V", (struct bytes){0});
    for (size_t j = 0; j < ARRAY_LEN(corners_64); j++) {
        union vector v = dwords(j, 1), expected = {.slots = {0}};
        for (size_t k = 0; k < 2; k++)
            expected.words[k] = canonical_32((float)v.doubles[k]);
        simd_equal(&trial, simd_call(&trial, &v, 1), expected);
    }
    simd_end(&trial);
    simd_begin(&trial, 0x5F, "V:V", (struct bytes){0});
    for (size_t j = 0; j < ARRAY_LEN(corners_32); j++) {
        union vector v = words(j, 1), expected;
        for (size_t k = 0; k < 2; k++)
            expected.slots[k] = canonical_64((double)v.floats[k]);
        simd_equal(&trial, simd_call(&trial, &v, 1), expected);
    }
    simd_end(&trial);
}

/* Where one rounding and two differ it is two. */
TEST(relaxed_multiply_add_rounds_twice)
{
    (void)state;
    struct simd_trial trial;
    for (uint32_t negated = 0; negated < 2; negated++) {
        simd_begin(&trial, 0x105 + negated, "VVV:V", (struct bytes){0});
        for (size_t i = 0; i < ARRAY_LEN(corners_32); i++) {
            union vector operands[3] = {words(i, 1), words(i, 11), words(i, 17)}, expected;
            operands[0].floats[0] = negated ? -0x1.000004p+0f : 0x1.000004p+0f;
            operands[1].floats[0] = 0x1.0002p+0f;
            operands[2].floats[0] = -0x1.000204p+0f;
            for (size_t k = 0; k < 4; k++) {
                volatile float product = operands[0].floats[k] * operands[1].floats[k];
                float sum = operands[2].floats[k] + (negated ? -product : product);
                expected.words[k] = canonical_32(sum);
            }
            assert_int_equal(expected.words[0], 0);
            simd_equal(&trial, simd_call(&trial, operands, 3), expected);
        }
        simd_end(&trial);
        simd_begin(&trial, 0x107 + negated, "VVV:V", (struct bytes){0});
        for (size_t i = 0; i < ARRAY_LEN(corners_64); i++) {
            union vector operands[3] = {dwords(i, 1), dwords(i, 11), dwords(i, 17)}, expected;
            operands[0].doubles[0] = negated ? -0x1.00000004p+0 : 0x1.00000004p+0;
            operands[1].doubles[0] = 0x1.000000004p+0;
            operands[2].doubles[0] = -(0x1.00000004p+0 * 0x1.000000004p+0);
            for (size_t k = 0; k < 2; k++) {
                volatile double product = operands[0].doubles[k] * operands[1].doubles[k];
                double sum = operands[2].doubles[k] + (negated ? -product : product);
                expected.slots[k] = canonical_64(sum);
            }
            assert_int_equal(expected.slots[0], 0);
            simd_equal(&trial, simd_call(&trial, operands, 3), expected);
        }
        simd_end(&trial);
    }
}

TEST_MAIN(T(arithmetic_makes_the_canonical_nan_and_pmin_keeps_bits),
          T(relaxed_min_and_max_are_min_and_max),
          T(roundings_and_roots_are_canonical_and_signs_keep_bits), T(compares_are_those_of_ieee),
          T(truncations_saturate_the_relaxed_ones_too), T(integers_become_the_nearest_floats),
          T(floats_change_their_width), T(relaxed_multiply_add_rounds_twice))
