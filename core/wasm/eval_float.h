/*
 * core/wasm/eval_float.h: what the float operators compute (WASM 3.0 §4.3.3), as pure functions.
 *
 * Every NaN that arithmetic makes is the positive canonical one (semantics.md 4); abs, neg and
 * copysign are bit operations. Rounding is to nearest; no contraction (-ffp-contract=off), no libm:
 * roundings and square roots are single instructions of x86-64-v2 (SSE4.1).
 */
#ifndef AETHER_WASM_EVAL_FLOAT_H
#define AETHER_WASM_EVAL_FLOAT_H

#include "core/base/compiler.h"

union eval_float {
    float value;
    uint32_t bits;
};

union eval_double {
    double value;
    uint64_t bits;
};

#define EVAL_FLOAT_NAN  (((union eval_float){.bits = 0x7FC00000u}).value)
#define EVAL_DOUBLE_NAN (((union eval_double){.bits = 0x7FF8000000000000u}).value)

/* The empty statement keeps this a branch, never taken, instead of a blend in the result's path. */
#define EVAL_CANONICAL(result, nan)                                                                \
    do {                                                                                           \
        if (UNLIKELY(result != result)) {                                                          \
            __asm__ volatile("");                                                                  \
            result = nan;                                                                          \
        }                                                                                          \
    } while (0)

#define EVAL_FLOAT_BINARY(name, type, nan, expression)                                             \
    ALWAYS_INLINE type eval_##name(type a, type b)                                                 \
    {                                                                                              \
        type result = (expression);                                                                \
        EVAL_CANONICAL(result, nan);                                                               \
        return result;                                                                             \
    }
#define EVAL_FLOAT_UNARY(name, type, result_type, nan, expression)                                 \
    ALWAYS_INLINE result_type eval_##name(type a)                                                  \
    {                                                                                              \
        result_type result = (expression);                                                         \
        EVAL_CANONICAL(result, nan);                                                               \
        return result;                                                                             \
    }
#define EVAL_FLOAT_COMPARE(name, type, operator)                                                   \
    ALWAYS_INLINE bool eval_##name(type a, type b)                                                 \
    {                                                                                              \
        return a operator b;                                                                       \
    }

/* min(-0, 0) is -0 and max(-0, 0) is 0: equal operands meet in their bits. */
#define EVAL_MIN_MAX(width, type, union_name, nan)                                                 \
    ALWAYS_INLINE type eval_##width##_MIN(type a, type b)                                          \
    {                                                                                              \
        union union_name x = {.value = a}, y = {.value = b};                                       \
        if (UNLIKELY(!(a < b || a > b))) {                                                         \
            if (a != b)                                                                            \
                return nan;                                                                        \
            x.bits |= y.bits;                                                                      \
            return x.value;                                                                        \
        }                                                                                          \
        return a < b ? a : b;                                                                      \
    }                                                                                              \
    ALWAYS_INLINE type eval_##width##_MAX(type a, type b)                                          \
    {                                                                                              \
        union union_name x = {.value = a}, y = {.value = b};                                       \
        if (UNLIKELY(!(a < b || a > b))) {                                                         \
            if (a != b)                                                                            \
                return nan;                                                                        \
            x.bits &= y.bits;                                                                      \
            return x.value;                                                                        \
        }                                                                                          \
        return a > b ? a : b;                                                                      \
    }

#define EVAL_SIGNS(width, type, union_name, uint_type, sign)                                       \
    ALWAYS_INLINE type eval_##width##_ABS(type a)                                                  \
    {                                                                                              \
        union union_name x = {.value = a};                                                         \
        x.bits &= ~(uint_type)(sign);                                                              \
        return x.value;                                                                            \
    }                                                                                              \
    ALWAYS_INLINE type eval_##width##_NEG(type a)                                                  \
    {                                                                                              \
        union union_name x = {.value = a};                                                         \
        x.bits ^= (sign);                                                                          \
        return x.value;                                                                            \
    }                                                                                              \
    ALWAYS_INLINE type eval_##width##_COPYSIGN(type a, type b)                                     \
    {                                                                                              \
        union union_name x = {.value = a}, y = {.value = b};                                       \
        x.bits = (x.bits & ~(uint_type)(sign)) | (y.bits & (sign));                                \
        return x.value;                                                                            \
    }

#define EVAL_FLOAT(width, type, union_name, uint_type, sign, nan, suffix)                          \
    EVAL_FLOAT_BINARY(width##_ADD, type, nan, a + b)                                               \
    EVAL_FLOAT_BINARY(width##_SUB, type, nan, a - b)                                               \
    EVAL_FLOAT_BINARY(width##_MUL, type, nan, a *b)                                                \
    EVAL_FLOAT_BINARY(width##_DIV, type, nan, a / b)                                               \
    EVAL_MIN_MAX(width, type, union_name, nan)                                                     \
    EVAL_SIGNS(width, type, union_name, uint_type, sign)                                           \
    EVAL_FLOAT_UNARY(width##_CEIL, type, type, nan, __builtin_ceil##suffix(a))                     \
    EVAL_FLOAT_UNARY(width##_FLOOR, type, type, nan, __builtin_floor##suffix(a))                   \
    EVAL_FLOAT_UNARY(width##_TRUNC, type, type, nan, __builtin_trunc##suffix(a))                   \
    EVAL_FLOAT_UNARY(width##_NEAREST, type, type, nan, __builtin_rint##suffix(a))                  \
    EVAL_FLOAT_UNARY(width##_SQRT, type, type, nan, __builtin_sqrt##suffix(a))                     \
    EVAL_FLOAT_COMPARE(width##_EQ, type, ==)                                                       \
    EVAL_FLOAT_COMPARE(width##_NE, type, !=)                                                       \
    EVAL_FLOAT_COMPARE(width##_LT, type, <)                                                        \
    EVAL_FLOAT_COMPARE(width##_GT, type, >)                                                        \
    EVAL_FLOAT_COMPARE(width##_LE, type, <=)                                                       \
    EVAL_FLOAT_COMPARE(width##_GE, type, >=)

EVAL_FLOAT(F32, float, eval_float, uint32_t, 0x80000000u, EVAL_FLOAT_NAN, f)
EVAL_FLOAT(F64, double, eval_double, uint64_t, 0x8000000000000000u, EVAL_DOUBLE_NAN, )

EVAL_FLOAT_UNARY(F32_DEMOTE_F64, double, float, EVAL_FLOAT_NAN, (float)a)
EVAL_FLOAT_UNARY(F64_PROMOTE_F32, float, double, EVAL_DOUBLE_NAN, (double)a)

#define EVAL_CONVERT(name, type, result)                                                           \
    ALWAYS_INLINE result eval_##name(type a)                                                       \
    {                                                                                              \
        return (result)a;                                                                          \
    }
EVAL_CONVERT(F32_CONVERT_I32_S, int32_t, float)
EVAL_CONVERT(F32_CONVERT_I32_U, uint32_t, float)
EVAL_CONVERT(F32_CONVERT_I64_S, int64_t, float)
EVAL_CONVERT(F32_CONVERT_I64_U, uint64_t, float)
EVAL_CONVERT(F64_CONVERT_I32_S, int32_t, double)
EVAL_CONVERT(F64_CONVERT_I32_U, uint32_t, double)
EVAL_CONVERT(F64_CONVERT_I64_S, int64_t, double)
EVAL_CONVERT(F64_CONVERT_I64_U, uint64_t, double)

/*
 * Truncations. `fits` is exact: below and above are the nearest values of the type that do not fit
 * when a bound is written with < and >, or the last that do when with <= (the type can not name
 * what lies one below -2^31 or -2^63).
 */
#define EVAL_TRUNCATION(infix, type, int_type, result, low, high, min, max)                        \
    ALWAYS_INLINE bool eval_fits_##infix(type a)                                                   \
    {                                                                                              \
        return a low && a < high;                                                                  \
    }                                                                                              \
    ALWAYS_INLINE result eval_cast_##infix(type a)                                                 \
    {                                                                                              \
        return (result)(int_type)a;                                                                \
    }                                                                                              \
    ALWAYS_INLINE result eval_saturate_##infix(type a)                                             \
    {                                                                                              \
        if (LIKELY(eval_fits_##infix(a)))                                                          \
            return eval_cast_##infix(a);                                                           \
        if (a != a)                                                                                \
            return 0;                                                                              \
        return a < 0 ? (result)(min) : (result)(max);                                              \
    }
EVAL_TRUNCATION(I32_F32_S, float, int32_t, uint32_t, >= -2147483648.0f, 2147483648.0f, INT32_MIN,
                INT32_MAX)
EVAL_TRUNCATION(I32_F32_U, float, uint32_t, uint32_t, > -1.0f, 4294967296.0f, 0, UINT32_MAX)
EVAL_TRUNCATION(I32_F64_S, double, int32_t, uint32_t, > -2147483649.0, 2147483648.0, INT32_MIN,
                INT32_MAX)
EVAL_TRUNCATION(I32_F64_U, double, uint32_t, uint32_t, > -1.0, 4294967296.0, 0, UINT32_MAX)
EVAL_TRUNCATION(I64_F32_S, float, int64_t, uint64_t, >= -9223372036854775808.0f,
                9223372036854775808.0f, INT64_MIN, INT64_MAX)
EVAL_TRUNCATION(I64_F32_U, float, uint64_t, uint64_t, > -1.0f, 18446744073709551616.0f, 0,
                UINT64_MAX)
EVAL_TRUNCATION(I64_F64_S, double, int64_t, uint64_t, >= -9223372036854775808.0,
                9223372036854775808.0, INT64_MIN, INT64_MAX)
EVAL_TRUNCATION(I64_F64_U, double, uint64_t, uint64_t, > -1.0, 18446744073709551616.0, 0,
                UINT64_MAX)

#endif
