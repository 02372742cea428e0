/*
 * core/wasm/code_ops_simd.h: the vector part of the table of register code: X(FAMILY, NAME, ...).
 *
 * Included by code_ops.h alone. Operands and results are in slots; one handler for each. A code has
 * the name of its operator unless CODE_SIMD_LANES or CODE_SIMD_RELAXED says otherwise; the meanings
 * are in eval_simd.h and eval_simd_float.h.
 */
#ifndef AETHER_WASM_CODE_OPS_SIMD_H
#define AETHER_WASM_CODE_OPS_SIMD_H

/* clang-format off */
/* Whole values; the index of a global is that of its first slot. */
#define CODE_LIST_SIMD_VALUE(X) \
    X(SIMD, V128_MOVE) X(SIMD, V128_SELECT) X(SIMD, V128_GLOBAL_GET) X(SIMD, V128_GLOBAL_SET) \
    X(SIMD_BITS, V128_CONST) X(SIMD_BITS, I8X16_SHUFFLE)

/* Two operands: the type of their lanes. */
#define CODE_LIST_SIMD_BINARY(X) \
    X(SIMD, V128_AND, u64x2) X(SIMD, V128_ANDNOT, u64x2) X(SIMD, V128_OR, u64x2) \
    X(SIMD, V128_XOR, u64x2) X(SIMD, I8X16_ADD, u8x16) X(SIMD, I8X16_SUB, u8x16) \
    X(SIMD, I16X8_ADD, u16x8) X(SIMD, I16X8_SUB, u16x8) X(SIMD, I32X4_ADD, u32x4) \
    X(SIMD, I32X4_SUB, u32x4) X(SIMD, I64X2_ADD, u64x2) X(SIMD, I64X2_SUB, u64x2) \
    X(SIMD, I16X8_MUL, u16x8) X(SIMD, I32X4_MUL, u32x4) X(SIMD, I64X2_MUL, u64x2) \
    X(SIMD, I8X16_ADD_SAT_S, s8x16) X(SIMD, I8X16_ADD_SAT_U, u8x16) \
    X(SIMD, I8X16_SUB_SAT_S, s8x16) X(SIMD, I8X16_SUB_SAT_U, u8x16) \
    X(SIMD, I16X8_ADD_SAT_S, s16x8) X(SIMD, I16X8_ADD_SAT_U, u16x8) \
    X(SIMD, I16X8_SUB_SAT_S, s16x8) X(SIMD, I16X8_SUB_SAT_U, u16x8) X(SIMD, I8X16_MIN_S, s8x16) \
    X(SIMD, I8X16_MIN_U, u8x16) X(SIMD, I8X16_MAX_S, s8x16) X(SIMD, I8X16_MAX_U, u8x16) \
    X(SIMD, I16X8_MIN_S, s16x8) X(SIMD, I16X8_MIN_U, u16x8) X(SIMD, I16X8_MAX_S, s16x8) \
    X(SIMD, I16X8_MAX_U, u16x8) X(SIMD, I32X4_MIN_S, s32x4) X(SIMD, I32X4_MIN_U, u32x4) \
    X(SIMD, I32X4_MAX_S, s32x4) X(SIMD, I32X4_MAX_U, u32x4) X(SIMD, I8X16_AVGR_U, u8x16) \
    X(SIMD, I16X8_AVGR_U, u16x8) X(SIMD, I8X16_SWIZZLE, u8x16) \
    X(SIMD, I8X16_NARROW_I16X8_S, s16x8) X(SIMD, I8X16_NARROW_I16X8_U, s16x8) \
    X(SIMD, I16X8_NARROW_I32X4_S, s32x4) X(SIMD, I16X8_NARROW_I32X4_U, s32x4) \
    X(SIMD, I16X8_Q15MULR_SAT_S, s16x8) X(SIMD, I32X4_DOT_I16X8_S, s16x8) \
    X(SIMD, I16X8_RELAXED_DOT_I8X16_I7X16_S, s16x8) X(SIMD, I16X8_EXTMUL_LOW_I8X16_S, s8x16) \
    X(SIMD, I16X8_EXTMUL_HIGH_I8X16_S, s8x16) X(SIMD, I16X8_EXTMUL_LOW_I8X16_U, u8x16) \
    X(SIMD, I16X8_EXTMUL_HIGH_I8X16_U, u8x16) X(SIMD, I32X4_EXTMUL_LOW_I16X8_S, s16x8) \
    X(SIMD, I32X4_EXTMUL_HIGH_I16X8_S, s16x8) X(SIMD, I32X4_EXTMUL_LOW_I16X8_U, u16x8) \
    X(SIMD, I32X4_EXTMUL_HIGH_I16X8_U, u16x8) X(SIMD, I64X2_EXTMUL_LOW_I32X4_S, s32x4) \
    X(SIMD, I64X2_EXTMUL_HIGH_I32X4_S, s32x4) X(SIMD, I64X2_EXTMUL_LOW_I32X4_U, u32x4) \
    X(SIMD, I64X2_EXTMUL_HIGH_I32X4_U, u32x4)

#define CODE_LIST_SIMD_COMPARE(X) \
    X(SIMD, I8X16_EQ, u8x16) X(SIMD, I8X16_NE, u8x16) X(SIMD, I8X16_LT_S, s8x16) \
    X(SIMD, I8X16_LT_U, u8x16) X(SIMD, I8X16_GT_S, s8x16) X(SIMD, I8X16_GT_U, u8x16) \
    X(SIMD, I8X16_LE_S, s8x16) X(SIMD, I8X16_LE_U, u8x16) X(SIMD, I8X16_GE_S, s8x16) \
    X(SIMD, I8X16_GE_U, u8x16) X(SIMD, I16X8_EQ, u16x8) X(SIMD, I16X8_NE, u16x8) \
    X(SIMD, I16X8_LT_S, s16x8) X(SIMD, I16X8_LT_U, u16x8) X(SIMD, I16X8_GT_S, s16x8) \
    X(SIMD, I16X8_GT_U, u16x8) X(SIMD, I16X8_LE_S, s16x8) X(SIMD, I16X8_LE_U, u16x8) \
    X(SIMD, I16X8_GE_S, s16x8) X(SIMD, I16X8_GE_U, u16x8) X(SIMD, I32X4_EQ, u32x4) \
    X(SIMD, I32X4_NE, u32x4) X(SIMD, I32X4_LT_S, s32x4) X(SIMD, I32X4_LT_U, u32x4) \
    X(SIMD, I32X4_GT_S, s32x4) X(SIMD, I32X4_GT_U, u32x4) X(SIMD, I32X4_LE_S, s32x4) \
    X(SIMD, I32X4_LE_U, u32x4) X(SIMD, I32X4_GE_S, s32x4) X(SIMD, I32X4_GE_U, u32x4) \
    X(SIMD, I64X2_EQ, u64x2) X(SIMD, I64X2_NE, u64x2) X(SIMD, I64X2_LT_S, s64x2) \
    X(SIMD, I64X2_GT_S, s64x2) X(SIMD, I64X2_LE_S, s64x2) X(SIMD, I64X2_GE_S, s64x2)

/* One operand. */
#define CODE_LIST_SIMD_UNARY(X) \
    X(SIMD, V128_NOT, u64x2) X(SIMD, I8X16_POPCNT, u8x16) X(SIMD, I8X16_ABS, s8x16) \
    X(SIMD, I8X16_NEG, u8x16) X(SIMD, I16X8_ABS, s16x8) X(SIMD, I16X8_NEG, u16x8) \
    X(SIMD, I32X4_ABS, s32x4) X(SIMD, I32X4_NEG, u32x4) X(SIMD, I64X2_ABS, s64x2) \
    X(SIMD, I64X2_NEG, u64x2) X(SIMD, I16X8_EXTADD_PAIRWISE_I8X16_S, s16x8) \
    X(SIMD, I16X8_EXTEND_LOW_I8X16_S, s8x16) X(SIMD, I16X8_EXTEND_HIGH_I8X16_S, s8x16) \
    X(SIMD, I16X8_EXTADD_PAIRWISE_I8X16_U, u16x8) X(SIMD, I16X8_EXTEND_LOW_I8X16_U, u8x16) \
    X(SIMD, I16X8_EXTEND_HIGH_I8X16_U, u8x16) X(SIMD, I32X4_EXTADD_PAIRWISE_I16X8_S, s32x4) \
    X(SIMD, I32X4_EXTEND_LOW_I16X8_S, s16x8) X(SIMD, I32X4_EXTEND_HIGH_I16X8_S, s16x8) \
    X(SIMD, I32X4_EXTADD_PAIRWISE_I16X8_U, u32x4) X(SIMD, I32X4_EXTEND_LOW_I16X8_U, u16x8) \
    X(SIMD, I32X4_EXTEND_HIGH_I16X8_U, u16x8) X(SIMD, I64X2_EXTEND_LOW_I32X4_S, s32x4) \
    X(SIMD, I64X2_EXTEND_HIGH_I32X4_S, s32x4) X(SIMD, I64X2_EXTEND_LOW_I32X4_U, u32x4) \
    X(SIMD, I64X2_EXTEND_HIGH_I32X4_U, u32x4)

/* Three operands. */
#define CODE_LIST_SIMD_TERNARY(X) \
    X(SIMD, V128_BITSELECT, u64x2) X(SIMD, I32X4_RELAXED_DOT_I8X16_I7X16_ADD_S, s16x8)

/* A vector and the count, an i32. */
#define CODE_LIST_SIMD_SHIFT(X) \
    X(SIMD, I8X16_SHL, u8x16) X(SIMD, I8X16_SHR_S, s8x16) X(SIMD, I8X16_SHR_U, u8x16) \
    X(SIMD, I16X8_SHL, u16x8) X(SIMD, I16X8_SHR_S, s16x8) X(SIMD, I16X8_SHR_U, u16x8) \
    X(SIMD, I32X4_SHL, u32x4) X(SIMD, I32X4_SHR_S, s32x4) X(SIMD, I32X4_SHR_U, u32x4) \
    X(SIMD, I64X2_SHL, u64x2) X(SIMD, I64X2_SHR_S, s64x2) X(SIMD, I64X2_SHR_U, u64x2)

/* To an i32. */
#define CODE_LIST_SIMD_TEST(X) \
    X(SIMD, V128_ANY_TRUE, u64x2) X(SIMD, I8X16_ALL_TRUE, u8x16) X(SIMD, I8X16_BITMASK, u8x16) \
    X(SIMD, I16X8_ALL_TRUE, u16x8) X(SIMD, I16X8_BITMASK, u16x8) X(SIMD, I32X4_ALL_TRUE, u32x4) \
    X(SIMD, I32X4_BITMASK, u32x4) X(SIMD, I64X2_ALL_TRUE, u64x2) X(SIMD, I64X2_BITMASK, u64x2)

/* A scalar to all lanes: vector type, type of a lane. Bits only: floats share them. */
#define CODE_LIST_SIMD_SPLAT(X) \
    X(SIMD, SPLAT_8, u8x16, uint8_t) X(SIMD, SPLAT_16, u16x8, uint16_t) \
    X(SIMD, SPLAT_32, u32x4, uint32_t) X(SIMD, SPLAT_64, u64x2, uint64_t)

/* One lane: its type, type of the result. The lane is `c`. */
#define CODE_LIST_SIMD_EXTRACT(X) \
    X(SIMD, EXTRACT_8_S, int8_t, uint32_t) X(SIMD, EXTRACT_8_U, uint8_t, uint32_t) \
    X(SIMD, EXTRACT_16_S, int16_t, uint32_t) X(SIMD, EXTRACT_16_U, uint16_t, uint32_t) \
    X(SIMD, EXTRACT_32, uint32_t, uint32_t) X(SIMD, EXTRACT_64, uint64_t, uint64_t)

/* The lane `c` of `a` is `b`. */
#define CODE_LIST_SIMD_REPLACE(X) \
    X(SIMD, REPLACE_8, uint8_t) X(SIMD, REPLACE_16, uint16_t) X(SIMD, REPLACE_32, uint32_t) \
    X(SIMD, REPLACE_64, uint64_t)

/* Floats. */
#define CODE_LIST_SIMD_FLOAT_BINARY(X) \
    X(SIMD, F32X4_ADD, f32x4) X(SIMD, F32X4_SUB, f32x4) X(SIMD, F32X4_MUL, f32x4) \
    X(SIMD, F32X4_DIV, f32x4) X(SIMD, F32X4_MIN, f32x4) X(SIMD, F32X4_MAX, f32x4) \
    X(SIMD, F32X4_PMIN, f32x4) X(SIMD, F32X4_PMAX, f32x4) X(SIMD, F32X4_EQ, f32x4) \
    X(SIMD, F32X4_NE, f32x4) X(SIMD, F32X4_LT, f32x4) X(SIMD, F32X4_GT, f32x4) \
    X(SIMD, F32X4_LE, f32x4) X(SIMD, F32X4_GE, f32x4) X(SIMD, F64X2_ADD, f64x2) \
    X(SIMD, F64X2_SUB, f64x2) X(SIMD, F64X2_MUL, f64x2) X(SIMD, F64X2_DIV, f64x2) \
    X(SIMD, F64X2_MIN, f64x2) X(SIMD, F64X2_MAX, f64x2) X(SIMD, F64X2_PMIN, f64x2) \
    X(SIMD, F64X2_PMAX, f64x2) X(SIMD, F64X2_EQ, f64x2) X(SIMD, F64X2_NE, f64x2) \
    X(SIMD, F64X2_LT, f64x2) X(SIMD, F64X2_GT, f64x2) X(SIMD, F64X2_LE, f64x2) \
    X(SIMD, F64X2_GE, f64x2)

#define CODE_LIST_SIMD_FLOAT_UNARY(X) \
    X(SIMD, F32X4_ABS, f32x4) X(SIMD, F32X4_NEG, f32x4) X(SIMD, F32X4_SQRT, f32x4) \
    X(SIMD, F32X4_CEIL, f32x4) X(SIMD, F32X4_FLOOR, f32x4) X(SIMD, F32X4_TRUNC, f32x4) \
    X(SIMD, F32X4_NEAREST, f32x4) X(SIMD, F64X2_ABS, f64x2) X(SIMD, F64X2_NEG, f64x2) \
    X(SIMD, F64X2_SQRT, f64x2) X(SIMD, F64X2_CEIL, f64x2) X(SIMD, F64X2_FLOOR, f64x2) \
    X(SIMD, F64X2_TRUNC, f64x2) X(SIMD, F64X2_NEAREST, f64x2) \
    X(SIMD, F32X4_DEMOTE_F64X2_ZERO, f64x2) X(SIMD, F64X2_PROMOTE_LOW_F32X4, f32x4) \
    X(SIMD, F32X4_CONVERT_I32X4_S, s32x4) X(SIMD, F32X4_CONVERT_I32X4_U, u32x4) \
    X(SIMD, F64X2_CONVERT_LOW_I32X4_S, s32x4) X(SIMD, F64X2_CONVERT_LOW_I32X4_U, u32x4) \
    X(SIMD, I32X4_TRUNC_SAT_F32X4_S, f32x4) X(SIMD, I32X4_TRUNC_SAT_F32X4_U, f32x4) \
    X(SIMD, I32X4_TRUNC_SAT_F64X2_S_ZERO, f64x2) X(SIMD, I32X4_TRUNC_SAT_F64X2_U_ZERO, f64x2)

#define CODE_LIST_SIMD_FLOAT_TERNARY(X) \
    X(SIMD, F32X4_RELAXED_MADD, f32x4) X(SIMD, F32X4_RELAXED_NMADD, f32x4) \
    X(SIMD, F64X2_RELAXED_MADD, f64x2) X(SIMD, F64X2_RELAXED_NMADD, f64x2)

/* Eight bytes: type of their lanes, and which operator makes them wider. */
#define CODE_LIST_SIMD_LOAD_EXTEND(X) \
    X(SIMD_MEMORY, V128_LOAD8X8_S, s8x16, I16X8_EXTEND_LOW_I8X16_S) \
    X(SIMD_MEMORY, V128_LOAD8X8_U, u8x16, I16X8_EXTEND_LOW_I8X16_U) \
    X(SIMD_MEMORY, V128_LOAD16X4_S, s16x8, I32X4_EXTEND_LOW_I16X8_S) \
    X(SIMD_MEMORY, V128_LOAD16X4_U, u16x8, I32X4_EXTEND_LOW_I16X8_U) \
    X(SIMD_MEMORY, V128_LOAD32X2_S, s32x4, I64X2_EXTEND_LOW_I32X4_S) \
    X(SIMD_MEMORY, V128_LOAD32X2_U, u32x4, I64X2_EXTEND_LOW_I32X4_U)

/* One lane to all. */
#define CODE_LIST_SIMD_LOAD_SPLAT(X) \
    X(SIMD_MEMORY, V128_LOAD8_SPLAT, u8x16, uint8_t) \
    X(SIMD_MEMORY, V128_LOAD16_SPLAT, u16x8, uint16_t) \
    X(SIMD_MEMORY, V128_LOAD32_SPLAT, u32x4, uint32_t) \
    X(SIMD_MEMORY, V128_LOAD64_SPLAT, u64x2, uint64_t)

/* One lane, the rest zero. */
#define CODE_LIST_SIMD_LOAD_ZERO(X) \
    X(SIMD_MEMORY, V128_LOAD32_ZERO, uint32_t) X(SIMD_MEMORY, V128_LOAD64_ZERO, uint64_t)

/* To and from one lane. */
#define CODE_LIST_SIMD_LOAD_LANE(X) \
    X(SIMD_MEMORY, V128_LOAD8_LANE, uint8_t) X(SIMD_MEMORY, V128_LOAD16_LANE, uint16_t) \
    X(SIMD_MEMORY, V128_LOAD32_LANE, uint32_t) X(SIMD_MEMORY, V128_LOAD64_LANE, uint64_t)

#define CODE_LIST_SIMD_STORE_LANE(X) \
    X(SIMD_MEMORY, V128_STORE8_LANE, uint8_t) X(SIMD_MEMORY, V128_STORE16_LANE, uint16_t) \
    X(SIMD_MEMORY, V128_STORE32_LANE, uint32_t) X(SIMD_MEMORY, V128_STORE64_LANE, uint64_t)

#define CODE_LIST_SIMD_ACCESS(X) \
    X(SIMD_MEMORY, V128_LOAD) X(SIMD_MEMORY, V128_STORE)

/* Operators on one lane, and the code that they share: it only moves bits. */
#define CODE_SIMD_LANES(X) \
    X(I8X16_SPLAT, SPLAT_8) X(I8X16_REPLACE_LANE, REPLACE_8) \
    X(I8X16_EXTRACT_LANE_S, EXTRACT_8_S) X(I8X16_EXTRACT_LANE_U, EXTRACT_8_U) \
    X(I16X8_SPLAT, SPLAT_16) X(I16X8_REPLACE_LANE, REPLACE_16) \
    X(I16X8_EXTRACT_LANE_S, EXTRACT_16_S) X(I16X8_EXTRACT_LANE_U, EXTRACT_16_U) \
    X(I32X4_SPLAT, SPLAT_32) X(I32X4_REPLACE_LANE, REPLACE_32) X(I32X4_EXTRACT_LANE, EXTRACT_32) \
    X(I64X2_SPLAT, SPLAT_64) X(I64X2_REPLACE_LANE, REPLACE_64) X(I64X2_EXTRACT_LANE, EXTRACT_64) \
    X(F32X4_SPLAT, SPLAT_32) X(F32X4_REPLACE_LANE, REPLACE_32) X(F32X4_EXTRACT_LANE, EXTRACT_32) \
    X(F64X2_SPLAT, SPLAT_64) X(F64X2_REPLACE_LANE, REPLACE_64) X(F64X2_EXTRACT_LANE, EXTRACT_64)

/* Relaxed operators, and the code of the operator that the deterministic profile makes of them
 * (WASM 3.0 §4.3.5, every parameter R is 0). */
#define CODE_SIMD_RELAXED(X) \
    X(I8X16_RELAXED_SWIZZLE, I8X16_SWIZZLE) X(I16X8_RELAXED_Q15MULR_S, I16X8_Q15MULR_SAT_S) \
    X(I32X4_RELAXED_TRUNC_F32X4_S, I32X4_TRUNC_SAT_F32X4_S) \
    X(I32X4_RELAXED_TRUNC_F32X4_U, I32X4_TRUNC_SAT_F32X4_U) \
    X(I32X4_RELAXED_TRUNC_F64X2_S_ZERO, I32X4_TRUNC_SAT_F64X2_S_ZERO) \
    X(I32X4_RELAXED_TRUNC_F64X2_U_ZERO, I32X4_TRUNC_SAT_F64X2_U_ZERO) \
    X(I8X16_RELAXED_LANESELECT, V128_BITSELECT) X(I16X8_RELAXED_LANESELECT, V128_BITSELECT) \
    X(I32X4_RELAXED_LANESELECT, V128_BITSELECT) X(I64X2_RELAXED_LANESELECT, V128_BITSELECT) \
    X(F32X4_RELAXED_MIN, F32X4_MIN) X(F32X4_RELAXED_MAX, F32X4_MAX) \
    X(F64X2_RELAXED_MIN, F64X2_MIN) X(F64X2_RELAXED_MAX, F64X2_MAX)
/* clang-format on */

#define CODE_LIST_SIMD(X)                                                                          \
    CODE_LIST_SIMD_VALUE(X)                                                                        \
    CODE_LIST_SIMD_BINARY(X)                                                                       \
    CODE_LIST_SIMD_COMPARE(X)                                                                      \
    CODE_LIST_SIMD_UNARY(X)                                                                        \
    CODE_LIST_SIMD_TERNARY(X)                                                                      \
    CODE_LIST_SIMD_SHIFT(X)                                                                        \
    CODE_LIST_SIMD_TEST(X)                                                                         \
    CODE_LIST_SIMD_SPLAT(X)                                                                        \
    CODE_LIST_SIMD_EXTRACT(X)                                                                      \
    CODE_LIST_SIMD_REPLACE(X)                                                                      \
    CODE_LIST_SIMD_FLOAT_BINARY(X)                                                                 \
    CODE_LIST_SIMD_FLOAT_UNARY(X)                                                                  \
    CODE_LIST_SIMD_FLOAT_TERNARY(X)                                                                \
    CODE_LIST_SIMD_ACCESS(X)                                                                       \
    CODE_LIST_SIMD_LOAD_EXTEND(X)                                                                  \
    CODE_LIST_SIMD_LOAD_SPLAT(X)                                                                   \
    CODE_LIST_SIMD_LOAD_ZERO(X)                                                                    \
    CODE_LIST_SIMD_LOAD_LANE(X)                                                                    \
    CODE_LIST_SIMD_STORE_LANE(X)

#endif
