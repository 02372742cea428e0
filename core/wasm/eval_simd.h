/*
 * core/wasm/eval_simd.h: what the vector operators on integers compute (WASM 3.0 §4.3.4), as pure
 * functions: eval_NAME of lanes of the type that code_ops_simd.h says, to any type of vector.
 *
 * Lanes lie in memory order, as x86 has them. Arithmetic that wraps is done on unsigned lanes. The
 * builtins are single instructions of x86-64-v2 that the compiler has no vector operator for.
 */
#ifndef AETHER_WASM_EVAL_SIMD_H
#define AETHER_WASM_EVAL_SIMD_H

#include "core/base/compiler.h"

typedef int8_t eval_s8x16 __attribute__((vector_size(16)));
typedef uint8_t eval_u8x16 __attribute__((vector_size(16)));
typedef int16_t eval_s16x8 __attribute__((vector_size(16)));
typedef uint16_t eval_u16x8 __attribute__((vector_size(16)));
typedef int32_t eval_s32x4 __attribute__((vector_size(16)));
typedef uint32_t eval_u32x4 __attribute__((vector_size(16)));
typedef int64_t eval_s64x2 __attribute__((vector_size(16)));
typedef uint64_t eval_u64x2 __attribute__((vector_size(16)));
typedef float eval_f32x4 __attribute__((vector_size(16)));
typedef double eval_f64x2 __attribute__((vector_size(16)));

/* What the builtins want; char has a sign of its own. */
typedef char eval_char16 __attribute__((vector_size(16)));

#define EVAL_V_UNARY(name, type, expression)                                                       \
    ALWAYS_INLINE eval_u64x2 eval_##name(eval_##type a)                                            \
    {                                                                                              \
        return (eval_u64x2)(expression);                                                           \
    }
#define EVAL_V_BINARY(name, type, expression)                                                      \
    ALWAYS_INLINE eval_u64x2 eval_##name(eval_##type a, eval_##type b)                             \
    {                                                                                              \
        return (eval_u64x2)(expression);                                                           \
    }
#define EVAL_V_TERNARY(name, type, expression)                                                     \
    ALWAYS_INLINE eval_u64x2 eval_##name(eval_##type a, eval_##type b, eval_##type c)              \
    {                                                                                              \
        return (eval_u64x2)(expression);                                                           \
    }
#define EVAL_V_SHIFT(name, type, lane_type, expression)                                            \
    ALWAYS_INLINE eval_u64x2 eval_##name(eval_##type a, uint32_t count)                            \
    {                                                                                              \
        lane_type n = (lane_type)(count & (sizeof(lane_type) * 8 - 1));                            \
        return (eval_u64x2)(expression);                                                           \
    }
#define EVAL_V_TEST(name, type, expression)                                                        \
    ALWAYS_INLINE uint32_t eval_##name(eval_##type a)                                              \
    {                                                                                              \
        return (uint32_t)(expression);                                                             \
    }

/* ---- bits ---- */

/* Where bits of the mask are set those of `a`, else those of `b`. */
ALWAYS_INLINE eval_u64x2 eval_bitselect(eval_u64x2 mask, eval_u64x2 a, eval_u64x2 b)
{
    return (a & mask) | (b & ~mask);
}

EVAL_V_UNARY(V128_NOT, u64x2, ~a)
EVAL_V_BINARY(V128_AND, u64x2, a &b)
EVAL_V_BINARY(V128_ANDNOT, u64x2, a & ~b)
EVAL_V_BINARY(V128_OR, u64x2, a | b)
EVAL_V_BINARY(V128_XOR, u64x2, a ^ b)
EVAL_V_TERNARY(V128_BITSELECT, u64x2, eval_bitselect(c, a, b))

/* One bit for each byte: its sign. */
ALWAYS_INLINE uint32_t eval_byte_signs(eval_u8x16 a)
{
    return (uint32_t)__builtin_ia32_pmovmskb128((eval_char16)a);
}

EVAL_V_TEST(V128_ANY_TRUE, u64x2, (a[0] | a[1]) != 0)
EVAL_V_TEST(I8X16_BITMASK, u8x16, eval_byte_signs(a))
EVAL_V_TEST(I16X8_BITMASK, u16x8,
            eval_byte_signs((eval_u8x16)__builtin_ia32_packsswb128((eval_s16x8)a, (eval_s16x8){0})))
EVAL_V_TEST(I32X4_BITMASK, u32x4, __builtin_ia32_movmskps((eval_f32x4)a))
EVAL_V_TEST(I64X2_BITMASK, u64x2, __builtin_ia32_movmskpd((eval_f64x2)a))

/* ---- what is the same for lanes of all widths ---- */

#define EVAL_V_COMPARE(name, type, operator) EVAL_V_BINARY(name, type, a operator b)
#define EVAL_V_COMPARES_SIGNED(shape, signed_type, unsigned_type)                                  \
    EVAL_V_COMPARE(shape##_EQ, unsigned_type, ==)                                                  \
    EVAL_V_COMPARE(shape##_NE, unsigned_type, !=)                                                  \
    EVAL_V_COMPARE(shape##_LT_S, signed_type, <)                                                   \
    EVAL_V_COMPARE(shape##_GT_S, signed_type, >)                                                   \
    EVAL_V_COMPARE(shape##_LE_S, signed_type, <=)                                                  \
    EVAL_V_COMPARE(shape##_GE_S, signed_type, >=)
#define EVAL_V_COMPARES_UNSIGNED(shape, type)                                                      \
    EVAL_V_COMPARE(shape##_LT_U, type, <)                                                          \
    EVAL_V_COMPARE(shape##_GT_U, type, >)                                                          \
    EVAL_V_COMPARE(shape##_LE_U, type, <=)                                                         \
    EVAL_V_COMPARE(shape##_GE_U, type, >=)

#define EVAL_V_COMMON(shape, bits, lanes)                                                          \
    EVAL_V_COMPARES_SIGNED(shape, s##bits##x##lanes, u##bits##x##lanes)                            \
    EVAL_V_BINARY(shape##_ADD, u##bits##x##lanes, a + b)                                           \
    EVAL_V_BINARY(shape##_SUB, u##bits##x##lanes, a - b)                                           \
    EVAL_V_UNARY(shape##_NEG, u##bits##x##lanes, -a)                                               \
    EVAL_V_UNARY(shape##_ABS, s##bits##x##lanes, __builtin_elementwise_abs(a))                     \
    EVAL_V_SHIFT(shape##_SHL, u##bits##x##lanes, uint##bits##_t, a << n)                           \
    EVAL_V_SHIFT(shape##_SHR_S, s##bits##x##lanes, int##bits##_t, a >> n)                          \
    EVAL_V_SHIFT(shape##_SHR_U, u##bits##x##lanes, uint##bits##_t, a >> n)                         \
    EVAL_V_TEST(shape##_ALL_TRUE, u##bits##x##lanes, eval_byte_signs((eval_u8x16)(a == 0)) == 0)
EVAL_V_COMMON(I8X16, 8, 16)
EVAL_V_COMMON(I16X8, 16, 8)
EVAL_V_COMMON(I32X4, 32, 4)
EVAL_V_COMMON(I64X2, 64, 2)

#define EVAL_V_MIN_MAX(shape, bits, lanes)                                                         \
    EVAL_V_COMPARES_UNSIGNED(shape, u##bits##x##lanes)                                             \
    EVAL_V_BINARY(shape##_MIN_S, s##bits##x##lanes, __builtin_elementwise_min(a, b))               \
    EVAL_V_BINARY(shape##_MIN_U, u##bits##x##lanes, __builtin_elementwise_min(a, b))               \
    EVAL_V_BINARY(shape##_MAX_S, s##bits##x##lanes, __builtin_elementwise_max(a, b))               \
    EVAL_V_BINARY(shape##_MAX_U, u##bits##x##lanes, __builtin_elementwise_max(a, b))
EVAL_V_MIN_MAX(I8X16, 8, 16)
EVAL_V_MIN_MAX(I16X8, 16, 8)
EVAL_V_MIN_MAX(I32X4, 32, 4)

#define EVAL_V_SATURATING(shape, bits, lanes)                                                      \
    EVAL_V_BINARY(shape##_ADD_SAT_S, s##bits##x##lanes, __builtin_elementwise_add_sat(a, b))       \
    EVAL_V_BINARY(shape##_ADD_SAT_U, u##bits##x##lanes, __builtin_elementwise_add_sat(a, b))       \
    EVAL_V_BINARY(shape##_SUB_SAT_S, s##bits##x##lanes, __builtin_elementwise_sub_sat(a, b))       \
    EVAL_V_BINARY(shape##_SUB_SAT_U, u##bits##x##lanes, __builtin_elementwise_sub_sat(a, b))
EVAL_V_SATURATING(I8X16, 8, 16)
EVAL_V_SATURATING(I16X8, 16, 8)

EVAL_V_BINARY(I16X8_MUL, u16x8, a *b)
EVAL_V_BINARY(I32X4_MUL, u32x4, a *b)
EVAL_V_BINARY(I64X2_MUL, u64x2, a *b)

/* ---- bytes ---- */

/* Sums of bits in pairs, then nibbles, then bytes. */
ALWAYS_INLINE eval_u8x16 eval_popcount(eval_u8x16 a)
{
    a -= (a >> 1) & 0x55;
    a = (a & 0x33) + ((a >> 2) & 0x33);
    return (a + (a >> 4)) & 0x0F;
}

/* PSHUFB makes a lane 0 whose index has bit 7; so have all from 16 on after the addition. */
ALWAYS_INLINE eval_u8x16 eval_pick(eval_u8x16 lanes, eval_u8x16 indices)
{
    indices = __builtin_elementwise_add_sat(indices, (eval_u8x16){0} + 0x70);
    return (eval_u8x16)__builtin_ia32_pshufb128((eval_char16)lanes, (eval_char16)indices);
}

EVAL_V_UNARY(I8X16_POPCNT, u8x16, eval_popcount(a))
EVAL_V_BINARY(I8X16_SWIZZLE, u8x16, eval_pick(a, b))
EVAL_V_BINARY(I8X16_AVGR_U, u8x16, __builtin_ia32_pavgb128((eval_char16)a, (eval_char16)b))
EVAL_V_BINARY(I16X8_AVGR_U, u16x8, __builtin_ia32_pavgw128((eval_s16x8)a, (eval_s16x8)b))

ALWAYS_INLINE eval_u64x2 eval_I8X16_SHUFFLE(eval_u8x16 a, eval_u8x16 b, eval_u8x16 lanes)
{
    return (eval_u64x2)(eval_pick(a, lanes) | eval_pick(b, lanes - 16));
}

/* ---- narrower and wider ---- */

EVAL_V_BINARY(I8X16_NARROW_I16X8_S, s16x8, __builtin_ia32_packsswb128(a, b))
EVAL_V_BINARY(I8X16_NARROW_I16X8_U, s16x8, __builtin_ia32_packuswb128(a, b))
EVAL_V_BINARY(I16X8_NARROW_I32X4_S, s32x4, __builtin_ia32_packssdw128(a, b))
EVAL_V_BINARY(I16X8_NARROW_I32X4_U, s32x4, __builtin_ia32_packusdw128(a, b))

#define EVAL_LOW_OF_16(a)  __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7)
#define EVAL_HIGH_OF_16(a) __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15)
#define EVAL_LOW_OF_8(a)   __builtin_shufflevector(a, a, 0, 1, 2, 3)
#define EVAL_HIGH_OF_8(a)  __builtin_shufflevector(a, a, 4, 5, 6, 7)
#define EVAL_LOW_OF_4(a)   __builtin_shufflevector(a, a, 0, 1)
#define EVAL_HIGH_OF_4(a)  __builtin_shufflevector(a, a, 2, 3)

/* Signed lanes whose product wraps (32 by 32 bits does not) are multiplied without their sign. */
#define EVAL_V_EXTEND(suffix, half, type, unsigned_wide, wide)                                     \
    EVAL_V_UNARY(suffix, type, __builtin_convertvector(half(a), eval_##wide))
#define EVAL_V_EXTMUL(suffix, half, type, unsigned_wide, wide)                                     \
    EVAL_V_BINARY(suffix, type,                                                                    \
                  (eval_##unsigned_wide) __builtin_convertvector(half(a), eval_##wide) *           \
                      (eval_##unsigned_wide) __builtin_convertvector(half(b), eval_##wide))
#define EVAL_V_WIDER(to, from, count, s, u, s_wide, u_wide)                                        \
    EVAL_V_EXTEND(to##_EXTEND_LOW_##from##_S, EVAL_LOW_OF_##count, s, u_wide, s_wide)              \
    EVAL_V_EXTEND(to##_EXTEND_HIGH_##from##_S, EVAL_HIGH_OF_##count, s, u_wide, s_wide)            \
    EVAL_V_EXTEND(to##_EXTEND_LOW_##from##_U, EVAL_LOW_OF_##count, u, u_wide, u_wide)              \
    EVAL_V_EXTEND(to##_EXTEND_HIGH_##from##_U, EVAL_HIGH_OF_##count, u, u_wide, u_wide)            \
    EVAL_V_EXTMUL(to##_EXTMUL_LOW_##from##_S, EVAL_LOW_OF_##count, s, u_wide, s_wide)              \
    EVAL_V_EXTMUL(to##_EXTMUL_HIGH_##from##_S, EVAL_HIGH_OF_##count, s, u_wide, s_wide)            \
    EVAL_V_EXTMUL(to##_EXTMUL_LOW_##from##_U, EVAL_LOW_OF_##count, u, u_wide, u_wide)              \
    EVAL_V_EXTMUL(to##_EXTMUL_HIGH_##from##_U, EVAL_HIGH_OF_##count, u, u_wide, u_wide)
EVAL_V_WIDER(I16X8, I8X16, 16, s8x16, u8x16, s16x8, u16x8)
EVAL_V_WIDER(I32X4, I16X8, 8, s16x8, u16x8, s32x4, u32x4)
EVAL_V_WIDER(I64X2, I32X4, 4, s32x4, u32x4, s64x2, u64x2)

/* Lanes that lie in pairs in wider ones: the lower and the upper of each, extended. */
ALWAYS_INLINE eval_s16x8 eval_lower_s16(eval_s16x8 a)
{
    return (eval_s16x8)((eval_u16x8)a << 8) >> 8;
}

ALWAYS_INLINE eval_s32x4 eval_lower_s32(eval_s32x4 a)
{
    return (eval_s32x4)((eval_u32x4)a << 16) >> 16;
}

EVAL_V_UNARY(I16X8_EXTADD_PAIRWISE_I8X16_S, s16x8, eval_lower_s16(a) + (a >> 8))
EVAL_V_UNARY(I16X8_EXTADD_PAIRWISE_I8X16_U, u16x8, (a & 0xFF) + (a >> 8))
EVAL_V_UNARY(I32X4_EXTADD_PAIRWISE_I16X8_S, s32x4, eval_lower_s32(a) + (a >> 16))
EVAL_V_UNARY(I32X4_EXTADD_PAIRWISE_I16X8_U, u32x4, (a & 0xFFFF) + (a >> 16))

/* ---- products ---- */

/* PMULHRSW wraps for the one product that saturates, -32768 by itself: all of its bits turn. */
ALWAYS_INLINE eval_s16x8 eval_q15_product(eval_s16x8 a, eval_s16x8 b)
{
    eval_s16x8 product = __builtin_ia32_pmulhrsw128(a, b);
    return product ^ (product == INT16_MIN);
}

/*
 * The relaxed dot product of the deterministic profile: both operands signed, the sum of two
 * products saturates (WASM 3.0 §4.3.4 vrelaxeddot with R_idot = 0).
 */
ALWAYS_INLINE eval_s16x8 eval_relaxed_dot(eval_s16x8 a, eval_s16x8 b)
{
    return __builtin_elementwise_add_sat(eval_lower_s16(a) * eval_lower_s16(b),
                                         (a >> 8) * (b >> 8));
}

/* Neighbours of the dot product are added once more, then to `c`; that wraps. */
ALWAYS_INLINE eval_u32x4 eval_relaxed_dot_add(eval_s16x8 a, eval_s16x8 b, eval_s16x8 c)
{
    eval_s32x4 dot = (eval_s32x4)eval_relaxed_dot(a, b);
    return (eval_u32x4)(eval_lower_s32(dot) + (dot >> 16)) + (eval_u32x4)c;
}

EVAL_V_BINARY(I16X8_Q15MULR_SAT_S, s16x8, eval_q15_product(a, b))
EVAL_V_BINARY(I32X4_DOT_I16X8_S, s16x8, __builtin_ia32_pmaddwd128(a, b))
EVAL_V_BINARY(I16X8_RELAXED_DOT_I8X16_I7X16_S, s16x8, eval_relaxed_dot(a, b))
EVAL_V_TERNARY(I32X4_RELAXED_DOT_I8X16_I7X16_ADD_S, s16x8, eval_relaxed_dot_add(a, b, c))

#endif
