/*
 * core/wasm/eval_simd_float.h: what the vector operators on floats compute (WASM 3.0 §4.3.4), as
 * pure functions.
 *
 * Every lane that arithmetic makes a NaN is the positive canonical one (semantics.md 4); abs, neg,
 * pmin and pmax keep bits. No contraction (-ffp-contract=off). Relaxed operators do what the
 * deterministic profile says (WASM 3.0 §4.3.5, every parameter R is 0): madd and nmadd round twice
 * ("the unfused behaviour is used"); the others are the operators without "relaxed"
 * (code_ops_simd.h).
 */
#ifndef AETHER_WASM_EVAL_SIMD_FLOAT_H
#define AETHER_WASM_EVAL_SIMD_FLOAT_H

#include "core/wasm/eval_simd.h"

#define EVAL_F32X4_SIGNS ((eval_u32x4){0} + 0x80000000u)
#define EVAL_F64X2_SIGNS ((eval_u64x2){0} + 0x8000000000000000u)
#define EVAL_F32X4_NANS  ((eval_u32x4){0} + 0x7FC00000u)
#define EVAL_F64X2_NANS  ((eval_u64x2){0} + 0x7FF8000000000000u)

/* Lanes that are no NaN. */
#define EVAL_V_NUMBERS(a) ((a) == (a))

/* Lanes of `a` where the compare that made the mask held, else of `b`. */
#define EVAL_V_CHOOSE(mask, a, b)                                                                  \
    eval_bitselect((eval_u64x2)(mask), (eval_u64x2)(a), (eval_u64x2)(b))

#define EVAL_V_CANONICAL(shape, type)                                                              \
    ALWAYS_INLINE eval_u64x2 eval_canonical_##type(eval_##type a)                                  \
    {                                                                                              \
        return EVAL_V_CHOOSE(a == a, a, EVAL_##shape##_NANS);                                      \
    }
EVAL_V_CANONICAL(F32X4, f32x4)
EVAL_V_CANONICAL(F64X2, f64x2)

/* Equal operands meet in their bits: min(-0, 0) is -0, max(-0, 0) is 0. */
#define EVAL_V_FLOAT_MIN_MAX(shape, type)                                                          \
    ALWAYS_INLINE eval_u64x2 eval_##shape##_MIN(eval_##type a, eval_##type b)                      \
    {                                                                                              \
        eval_u64x2 bits = (eval_u64x2)a | (eval_u64x2)b;                                           \
        bits = EVAL_V_CHOOSE(a < b, a, EVAL_V_CHOOSE(a == b, bits, b));                            \
        return EVAL_V_CHOOSE((a == a) & (b == b), bits, EVAL_##shape##_NANS);                      \
    }                                                                                              \
    ALWAYS_INLINE eval_u64x2 eval_##shape##_MAX(eval_##type a, eval_##type b)                      \
    {                                                                                              \
        eval_u64x2 bits = (eval_u64x2)a & (eval_u64x2)b;                                           \
        bits = EVAL_V_CHOOSE(a > b, a, EVAL_V_CHOOSE(a == b, bits, b));                            \
        return EVAL_V_CHOOSE((a == a) & (b == b), bits, EVAL_##shape##_NANS);                      \
    }

/* `bits` is the unsigned type of the same lanes. */
#define EVAL_V_FLOAT(shape, type, bits)                                                            \
    EVAL_V_BINARY(shape##_ADD, type, eval_canonical_##type(a + b))                                 \
    EVAL_V_BINARY(shape##_SUB, type, eval_canonical_##type(a - b))                                 \
    EVAL_V_BINARY(shape##_MUL, type, eval_canonical_##type(a *b))                                  \
    EVAL_V_BINARY(shape##_DIV, type, eval_canonical_##type(a / b))                                 \
    EVAL_V_FLOAT_MIN_MAX(shape, type)                                                              \
    EVAL_V_BINARY(shape##_PMIN, type, EVAL_V_CHOOSE(b < a, b, a))                                  \
    EVAL_V_BINARY(shape##_PMAX, type, EVAL_V_CHOOSE(a < b, b, a))                                  \
    EVAL_V_COMPARE(shape##_EQ, type, ==)                                                           \
    EVAL_V_COMPARE(shape##_NE, type, !=)                                                           \
    EVAL_V_COMPARE(shape##_LT, type, <)                                                            \
    EVAL_V_COMPARE(shape##_GT, type, >)                                                            \
    EVAL_V_COMPARE(shape##_LE, type, <=)                                                           \
    EVAL_V_COMPARE(shape##_GE, type, >=)                                                           \
    EVAL_V_UNARY(shape##_ABS, type, (eval_##bits)a & ~EVAL_##shape##_SIGNS)                        \
    EVAL_V_UNARY(shape##_NEG, type, (eval_##bits)a ^ EVAL_##shape##_SIGNS)                         \
    EVAL_V_UNARY(shape##_SQRT, type, eval_canonical_##type(__builtin_elementwise_sqrt(a)))         \
    EVAL_V_UNARY(shape##_CEIL, type, eval_canonical_##type(__builtin_elementwise_ceil(a)))         \
    EVAL_V_UNARY(shape##_FLOOR, type, eval_canonical_##type(__builtin_elementwise_floor(a)))       \
    EVAL_V_UNARY(shape##_TRUNC, type, eval_canonical_##type(__builtin_elementwise_trunc(a)))       \
    EVAL_V_UNARY(shape##_NEAREST, type, eval_canonical_##type(__builtin_elementwise_rint(a)))      \
    EVAL_V_TERNARY(shape##_RELAXED_MADD, type, eval_canonical_##type(a *b + c))                    \
    EVAL_V_TERNARY(shape##_RELAXED_NMADD, type, eval_canonical_##type(c - a * b))
EVAL_V_FLOAT(F32X4, f32x4, u32x4)
EVAL_V_FLOAT(F64X2, f64x2, u64x2)

/* ---- conversions ---- */

#define EVAL_LOW_DOUBLES(a) __builtin_convertvector(EVAL_LOW_OF_4(a), eval_f64x2)

EVAL_V_UNARY(F32X4_DEMOTE_F64X2_ZERO, f64x2, eval_canonical_f32x4(__builtin_ia32_cvtpd2ps(a)))
EVAL_V_UNARY(F64X2_PROMOTE_LOW_F32X4, f32x4, eval_canonical_f64x2(EVAL_LOW_DOUBLES(a)))
EVAL_V_UNARY(F32X4_CONVERT_I32X4_S, s32x4, __builtin_convertvector(a, eval_f32x4))
EVAL_V_UNARY(F32X4_CONVERT_I32X4_U, u32x4, __builtin_convertvector(a, eval_f32x4))
EVAL_V_UNARY(F64X2_CONVERT_LOW_I32X4_S, s32x4, EVAL_LOW_DOUBLES(a))
EVAL_V_UNARY(F64X2_CONVERT_LOW_I32X4_U, u32x4, EVAL_LOW_DOUBLES(a))

/* CVTTPS2DQ makes -2^31 of whatever does not fit: right for what is too small; the bits turn for
 * what is too great. A NaN becomes 0. */
ALWAYS_INLINE eval_s32x4 eval_truncate_f32x4_s(eval_f32x4 a)
{
    eval_s32x4 result = __builtin_ia32_cvttps2dq(a) ^ (a >= 0x1p31f);
    return result & EVAL_V_NUMBERS(a);
}

/* From 2^31 on, 2^31 less is converted and the bit added; from 2^32 on all bits are set. What is
 * negative or a NaN becomes 0 first. */
ALWAYS_INLINE eval_s32x4 eval_truncate_f32x4_u(eval_f32x4 a)
{
    a = (eval_f32x4)EVAL_V_CHOOSE(a > 0, a, (eval_f32x4){0});
    eval_s32x4 is_big = a >= 0x1p31f;
    eval_f32x4 rest = a - (eval_f32x4)(is_big & (eval_s32x4)((eval_f32x4){0} + 0x1p31f));
    eval_s32x4 result = __builtin_ia32_cvttps2dq(rest) ^ (is_big & INT32_MIN);
    return result | (a >= 0x1p32f);
}

/* CVTTPD2DQ makes -2^31 of what is too small; the rest is brought into range before. */
ALWAYS_INLINE eval_s32x4 eval_truncate_f64x2_s(eval_f64x2 a)
{
    a = (eval_f64x2)EVAL_V_CHOOSE(
        a < 2147483647.0, a,
        (eval_f64x2)((eval_s64x2)((eval_f64x2){0} + 2147483647.0) & EVAL_V_NUMBERS(a)));
    return __builtin_ia32_cvttpd2dq(a);
}

/* Added to 2^52 an integer lies in the low bits of the double. */
ALWAYS_INLINE eval_s32x4 eval_truncate_f64x2_u(eval_f64x2 a)
{
    a = (eval_f64x2)EVAL_V_CHOOSE(a > 0, a, (eval_f64x2){0});
    a = (eval_f64x2)EVAL_V_CHOOSE(a < 4294967295.0, a, (eval_f64x2){0} + 4294967295.0);
    eval_s32x4 halves = (eval_s32x4)(__builtin_elementwise_trunc(a) + 0x1p52);
    return __builtin_shufflevector(halves, (eval_s32x4){0}, 0, 2, 4, 5);
}

EVAL_V_UNARY(I32X4_TRUNC_SAT_F32X4_S, f32x4, eval_truncate_f32x4_s(a))
EVAL_V_UNARY(I32X4_TRUNC_SAT_F32X4_U, f32x4, eval_truncate_f32x4_u(a))
EVAL_V_UNARY(I32X4_TRUNC_SAT_F64X2_S_ZERO, f64x2, eval_truncate_f64x2_s(a))
EVAL_V_UNARY(I32X4_TRUNC_SAT_F64X2_U_ZERO, f64x2, eval_truncate_f64x2_u(a))

#endif
