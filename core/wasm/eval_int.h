/*
 * core/wasm/eval_int.h: what the integer operators compute (WASM 3.0 §4.3.2), as pure functions.
 *
 * Operands are checked before (division). Bits above 31 of a 32-bit result are zero.
 */
#ifndef AETHER_WASM_EVAL_INT_H
#define AETHER_WASM_EVAL_INT_H

#include "core/base/compiler.h"

#define EVAL_BINARY(name, type, expression)                                                        \
    ALWAYS_INLINE type eval_##name(type a, type b)                                                 \
    {                                                                                              \
        return (type)(expression);                                                                 \
    }
#define EVAL_UNARY(name, type, result, expression)                                                 \
    ALWAYS_INLINE result eval_##name(type a)                                                       \
    {                                                                                              \
        return (result)(expression);                                                               \
    }
#define EVAL_COMPARE(name, type, operator)                                                         \
    ALWAYS_INLINE bool eval_##name(type a, type b)                                                 \
    {                                                                                              \
        return a operator b;                                                                       \
    }

#define EVAL_INTEGER(bits, type, stype)                                                            \
    EVAL_BINARY(I##bits##_ADD, type, a + b)                                                        \
    EVAL_BINARY(I##bits##_SUB, type, a - b)                                                        \
    EVAL_BINARY(I##bits##_MUL, type, a *b)                                                         \
    EVAL_BINARY(I##bits##_AND, type, a &b)                                                         \
    EVAL_BINARY(I##bits##_OR, type, a | b)                                                         \
    EVAL_BINARY(I##bits##_XOR, type, a ^ b)                                                        \
    EVAL_BINARY(I##bits##_SHL, type, a << (b & (bits - 1)))                                        \
    EVAL_BINARY(I##bits##_SHR_S, type, (stype)a >> (b & (bits - 1)))                               \
    EVAL_BINARY(I##bits##_SHR_U, type, a >> (b & (bits - 1)))                                      \
    EVAL_BINARY(I##bits##_ROTL, type, a << (b & (bits - 1)) | a >> (-b & (bits - 1)))              \
    EVAL_BINARY(I##bits##_ROTR, type, a >> (b & (bits - 1)) | a << (-b & (bits - 1)))              \
    EVAL_BINARY(I##bits##_DIV_S, type, (stype)a / (stype)b)                                        \
    EVAL_BINARY(I##bits##_DIV_U, type, a / b)                                                      \
    EVAL_BINARY(I##bits##_REM_S, type, (stype)b == -1 ? 0 : (stype)a % (stype)b)                   \
    EVAL_BINARY(I##bits##_REM_U, type, a % b)                                                      \
    EVAL_COMPARE(I##bits##_EQ, type, ==)                                                           \
    EVAL_COMPARE(I##bits##_NE, type, !=)                                                           \
    EVAL_COMPARE(I##bits##_LT_S, stype, <)                                                         \
    EVAL_COMPARE(I##bits##_LT_U, type, <)                                                          \
    EVAL_COMPARE(I##bits##_GT_S, stype, >)                                                         \
    EVAL_COMPARE(I##bits##_GT_U, type, >)                                                          \
    EVAL_COMPARE(I##bits##_LE_S, stype, <=)                                                        \
    EVAL_COMPARE(I##bits##_LE_U, type, <=)                                                         \
    EVAL_COMPARE(I##bits##_GE_S, stype, >=)                                                        \
    EVAL_COMPARE(I##bits##_GE_U, type, >=)                                                         \
    EVAL_UNARY(I##bits##_EQZ, type, uint32_t, a == 0)

EVAL_INTEGER(32, uint32_t, int32_t)
EVAL_INTEGER(64, uint64_t, int64_t)

EVAL_UNARY(I32_CLZ, uint32_t, uint32_t, a == 0 ? 32 : __builtin_clz(a))
EVAL_UNARY(I32_CTZ, uint32_t, uint32_t, a == 0 ? 32 : __builtin_ctz(a))
EVAL_UNARY(I32_POPCNT, uint32_t, uint32_t, __builtin_popcount(a))
EVAL_UNARY(I64_CLZ, uint64_t, uint64_t, a == 0 ? 64 : __builtin_clzll(a))
EVAL_UNARY(I64_CTZ, uint64_t, uint64_t, a == 0 ? 64 : __builtin_ctzll(a))
EVAL_UNARY(I64_POPCNT, uint64_t, uint64_t, __builtin_popcountll(a))
EVAL_UNARY(I32_WRAP_I64, uint64_t, uint32_t, a)
EVAL_UNARY(I64_EXTEND_I32_S, uint32_t, uint64_t, (int32_t)a)
EVAL_UNARY(I32_EXTEND8_S, uint32_t, uint32_t, (int8_t)a)
EVAL_UNARY(I32_EXTEND16_S, uint32_t, uint32_t, (int16_t)a)
EVAL_UNARY(I64_EXTEND8_S, uint64_t, uint64_t, (int8_t)a)
EVAL_UNARY(I64_EXTEND16_S, uint64_t, uint64_t, (int16_t)a)
EVAL_UNARY(I64_EXTEND32_S, uint64_t, uint64_t, (int32_t)a)

/* The one quotient that does not fit. */
ALWAYS_INLINE bool eval_overflows_I32_DIV_S(uint32_t a, uint32_t b)
{
    return a == 0x80000000u && b == UINT32_MAX;
}

ALWAYS_INLINE bool eval_overflows_I64_DIV_S(uint64_t a, uint64_t b)
{
    return a == 0x8000000000000000u && b == UINT64_MAX;
}

#define EVAL_NEVER_OVERFLOWS(name, type)                                                           \
    ALWAYS_INLINE bool eval_overflows_##name(type a, type b)                                       \
    {                                                                                              \
        (void)a;                                                                                   \
        (void)b;                                                                                   \
        return false;                                                                              \
    }
EVAL_NEVER_OVERFLOWS(I32_DIV_U, uint32_t)
EVAL_NEVER_OVERFLOWS(I32_REM_S, uint32_t)
EVAL_NEVER_OVERFLOWS(I32_REM_U, uint32_t)
EVAL_NEVER_OVERFLOWS(I64_DIV_U, uint64_t)
EVAL_NEVER_OVERFLOWS(I64_REM_S, uint64_t)
EVAL_NEVER_OVERFLOWS(I64_REM_U, uint64_t)

#endif
