/*
 * core/wasm/code_ops.h: the one table of register code: X(FAMILY, NAME, type...).
 *
 * The family says how the handler looks and which operand classes multiply it (code.h); the name
 * of a numeric operator is optable.h's, and eval_*.h has its meaning. The handlers, the
 * translator's choices and the disassembler are all made from this list.
 */
#ifndef AETHER_WASM_CODE_OPS_H
#define AETHER_WASM_CODE_OPS_H

#include "core/wasm/code_ops_simd.h"

/* clang-format off */
#define CODE_LIST_CONTROL(X) \
    X(PLAIN, CHARGE) \
    X(PLAIN, RESUME) \
    X(PLAIN, ENTER) \
    X(PLAIN, HALT) \
    X(COLD, LEAVE) \
    X(COLD, HOST) \
    X(COLD, CROSS) \
    X(PLAIN, UNREACHABLE) \
    X(PLAIN, JUMP) \
    X(PLAIN, BR_TABLE_S) \
    X(PLAIN, BR_TABLE_A) \
    X(COLD, BR_TABLE_MOVE) \
    X(PLAIN, CALL) \
    X(PLAIN, CALL_INDIRECT_S) \
    X(PLAIN, CALL_INDIRECT_A) \
    X(PLAIN, CALL_REF_S) \
    X(PLAIN, CALL_REF_A) \
    X(COLD, RETURN_CALL) \
    X(COLD, RETURN_CALL_INDIRECT) \
    X(COLD, RETURN_CALL_REF) \
    X(COLD, TRY) \
    X(COLD, THROW) \
    X(COLD, THROW_REF) \
    X(PLAIN, RETURN_0) \
    X(PLAIN, RETURN_S) \
    X(PLAIN, RETURN_A) \
    X(PLAIN, RETURN_F) \
    X(COLD, RETURN_N) \
    X(COLD, MOVE_RANGE) \
    X(PLAIN, WIDE_GET) \
    X(PLAIN, WIDE_SET) \
    X(PLAIN, WIDE_SET_A) \
    X(PLAIN, WIDE_SET_F) \
    X(COLD, GLOBAL_GET_FAR) \
    X(COLD, GLOBAL_SET_FAR)

#define CODE_LIST_BULK(X) \
    X(COLD, MEMORY_SIZE) \
    X(COLD, MEMORY_GROW) \
    X(COLD, MEMORY_INIT) \
    X(COLD, DATA_DROP) \
    X(COLD, MEMORY_COPY) \
    X(COLD, MEMORY_FILL) \
    X(COLD, TABLE_GET) \
    X(COLD, TABLE_SET) \
    X(COLD, TABLE_INIT) \
    X(COLD, ELEM_DROP) \
    X(COLD, TABLE_COPY) \
    X(COLD, TABLE_GROW) \
    X(COLD, TABLE_SIZE) \
    X(COLD, TABLE_FILL)

/* Loads and stores of any memory at any address (struct code_far): type in memory, of the result. */
#define CODE_LIST_FAR_LOAD(X) \
    X(COLD, FAR_LOAD_8_U, uint8_t, uint32_t) X(COLD, FAR_LOAD_16_U, uint16_t, uint32_t) \
    X(COLD, FAR_LOAD_32_U, uint32_t, uint32_t) X(COLD, FAR_LOAD_64, uint64_t, uint64_t) \
    X(COLD, FAR_I32_LOAD_8_S, int8_t, uint32_t) X(COLD, FAR_I32_LOAD_16_S, int16_t, uint32_t) \
    X(COLD, FAR_I64_LOAD_8_S, int8_t, uint64_t) X(COLD, FAR_I64_LOAD_16_S, int16_t, uint64_t) \
    X(COLD, FAR_I64_LOAD_32_S, int32_t, uint64_t)
#define CODE_LIST_FAR_STORE(X) \
    X(COLD, FAR_STORE_8, uint8_t) X(COLD, FAR_STORE_16, uint16_t) \
    X(COLD, FAR_STORE_32, uint32_t) X(COLD, FAR_STORE_64, uint64_t)

/* One handler each for all widths. */
#define CODE_LIST_ATOMIC(X) \
    X(COLD, ATOMIC_LOAD) X(COLD, ATOMIC_STORE) X(COLD, ATOMIC_RMW) \
    X(COLD, ATOMIC_NOTIFY) X(COLD, ATOMIC_WAIT)

/* Objects; what touches one field or element has a handler for each width. */
#define CODE_LIST_GC(X) \
    X(COLD, STRUCT_NEW) X(COLD, STRUCT_NEW_DEFAULT) \
    X(COLD, ARRAY_NEW) X(COLD, ARRAY_NEW_DEFAULT) X(COLD, ARRAY_NEW_FIXED) \
    X(COLD, ARRAY_NEW_DATA) X(COLD, ARRAY_NEW_ELEM) \
    X(COLD, ARRAY_FILL) X(COLD, ARRAY_COPY) X(COLD, ARRAY_INIT_DATA) X(COLD, ARRAY_INIT_ELEM) \
    X(PLAIN, STRUCT_GET_8_S) X(PLAIN, STRUCT_GET_8_U) X(PLAIN, STRUCT_GET_16_S) X(PLAIN, STRUCT_GET_16_U) \
    X(PLAIN, STRUCT_GET_32) X(PLAIN, STRUCT_GET_64) X(PLAIN, STRUCT_GET_128) \
    X(PLAIN, ARRAY_GET_8_S) X(PLAIN, ARRAY_GET_8_U) X(PLAIN, ARRAY_GET_16_S) X(PLAIN, ARRAY_GET_16_U) \
    X(PLAIN, ARRAY_GET_32) X(PLAIN, ARRAY_GET_64) X(PLAIN, ARRAY_GET_128) \
    X(PLAIN, STRUCT_SET_8) X(PLAIN, STRUCT_SET_16) X(PLAIN, STRUCT_SET_32) X(PLAIN, STRUCT_SET_64) \
    X(PLAIN, STRUCT_SET_128) \
    X(PLAIN, ARRAY_SET_8) X(PLAIN, ARRAY_SET_16) X(PLAIN, ARRAY_SET_32) X(PLAIN, ARRAY_SET_64) \
    X(PLAIN, ARRAY_SET_128) \
    X(PLAIN, ARRAY_LEN) X(PLAIN, REF_AS_NON_NULL) X(PLAIN, REF_I31) X(PLAIN, I31_GET_S) X(PLAIN, I31_GET_U) \
    X(COLD, REF_TEST) X(COLD, REF_TEST_A) X(COLD, REF_CAST)

#define CODE_LIST_BINARY_32(X) \
    X(BINARY, I32_ADD, uint32_t) X(BINARY, I32_SUB, uint32_t) X(BINARY, I32_MUL, uint32_t) \
    X(BINARY, I32_AND, uint32_t) X(BINARY, I32_OR, uint32_t) X(BINARY, I32_XOR, uint32_t) \
    X(BINARY, I32_SHL, uint32_t) X(BINARY, I32_SHR_S, uint32_t) X(BINARY, I32_SHR_U, uint32_t) \
    X(BINARY, I32_ROTL, uint32_t) X(BINARY, I32_ROTR, uint32_t)

#define CODE_LIST_BINARY_64(X) \
    X(BINARY, I64_ADD, uint64_t) X(BINARY, I64_SUB, uint64_t) X(BINARY, I64_MUL, uint64_t) \
    X(BINARY, I64_AND, uint64_t) X(BINARY, I64_OR, uint64_t) X(BINARY, I64_XOR, uint64_t) \
    X(BINARY, I64_SHL, uint64_t) X(BINARY, I64_SHR_S, uint64_t) X(BINARY, I64_SHR_U, uint64_t) \
    X(BINARY, I64_ROTL, uint64_t) X(BINARY, I64_ROTR, uint64_t)

#define CODE_LIST_DIVIDE(X) \
    X(DIVIDE, I32_DIV_S, uint32_t) X(DIVIDE, I32_DIV_U, uint32_t) \
    X(DIVIDE, I32_REM_S, uint32_t) X(DIVIDE, I32_REM_U, uint32_t) \
    X(DIVIDE, I64_DIV_S, uint64_t) X(DIVIDE, I64_DIV_U, uint64_t) \
    X(DIVIDE, I64_REM_S, uint64_t) X(DIVIDE, I64_REM_U, uint64_t)

/* Compares and the branches that they fuse into: the same names, the branches with BR_ in front. */
#define CODE_COMPARES_32(X, family, prefix) \
    X(family, prefix##I32_EQ, uint32_t) X(family, prefix##I32_NE, uint32_t) \
    X(family, prefix##I32_LT_S, int32_t) X(family, prefix##I32_LT_U, uint32_t) \
    X(family, prefix##I32_GT_S, int32_t) X(family, prefix##I32_GT_U, uint32_t) \
    X(family, prefix##I32_LE_S, int32_t) X(family, prefix##I32_LE_U, uint32_t) \
    X(family, prefix##I32_GE_S, int32_t) X(family, prefix##I32_GE_U, uint32_t)
#define CODE_COMPARES_64(X, family, prefix) \
    X(family, prefix##I64_EQ, uint64_t) X(family, prefix##I64_NE, uint64_t) \
    X(family, prefix##I64_LT_S, int64_t) X(family, prefix##I64_LT_U, uint64_t) \
    X(family, prefix##I64_GT_S, int64_t) X(family, prefix##I64_GT_U, uint64_t) \
    X(family, prefix##I64_LE_S, int64_t) X(family, prefix##I64_LE_U, uint64_t) \
    X(family, prefix##I64_GE_S, int64_t) X(family, prefix##I64_GE_U, uint64_t)
#define CODE_FLOAT_COMPARES(X, family, prefix) \
    X(family, prefix##F32_EQ, float) X(family, prefix##F32_NE, float) X(family, prefix##F32_LT, float) \
    X(family, prefix##F32_GT, float) X(family, prefix##F32_LE, float) X(family, prefix##F32_GE, float) \
    X(family, prefix##F64_EQ, double) X(family, prefix##F64_NE, double) X(family, prefix##F64_LT, double) \
    X(family, prefix##F64_GT, double) X(family, prefix##F64_LE, double) X(family, prefix##F64_GE, double)
#define CODE_LIST_COMPARE_32(X) CODE_COMPARES_32(X, COMPARE, )
#define CODE_LIST_COMPARE_64(X) CODE_COMPARES_64(X, COMPARE, )
#define CODE_LIST_BRANCH_32(X) CODE_COMPARES_32(X, BRANCH, BR_)
#define CODE_LIST_BRANCH_64(X) CODE_COMPARES_64(X, BRANCH, BR_)
#define CODE_LIST_FLOAT_COMPARE(X) CODE_FLOAT_COMPARES(X, FLOAT_COMPARE, )
#define CODE_LIST_FLOAT_BRANCH(X) CODE_FLOAT_COMPARES(X, FLOAT_BRANCH, BR_)

/* Branch if an i32 is zero, is not. */
#define CODE_LIST_TEST(X) X(TEST, BR_ZERO, uint32_t) X(TEST, BR_NONZERO, uint32_t)

#define CODE_LIST_UNARY(X) \
    X(UNARY, I32_CLZ, uint32_t) X(UNARY, I32_CTZ, uint32_t) X(UNARY, I32_POPCNT, uint32_t) \
    X(UNARY, I64_CLZ, uint64_t) X(UNARY, I64_CTZ, uint64_t) X(UNARY, I64_POPCNT, uint64_t) \
    X(UNARY, I32_WRAP_I64, uint64_t) X(UNARY, I64_EXTEND_I32_S, uint32_t) \
    X(UNARY, I32_EXTEND8_S, uint32_t) X(UNARY, I32_EXTEND16_S, uint32_t) \
    X(UNARY, I64_EXTEND8_S, uint64_t) X(UNARY, I64_EXTEND16_S, uint64_t) X(UNARY, I64_EXTEND32_S, uint64_t)

/* Type in memory, type of the result: loads that read the same bits share a handler. */
#define CODE_LIST_LOAD(X) \
    X(LOAD, LOAD_32, uint32_t, uint32_t) X(LOAD, LOAD_64, uint64_t, uint64_t) \
    X(LOAD, LOAD_8_U, uint8_t, uint32_t) X(LOAD, LOAD_16_U, uint16_t, uint32_t) \
    X(LOAD, I32_LOAD_8_S, int8_t, uint32_t) X(LOAD, I32_LOAD_16_S, int16_t, uint32_t) \
    X(LOAD, I64_LOAD_8_S, int8_t, uint64_t) X(LOAD, I64_LOAD_16_S, int16_t, uint64_t) \
    X(LOAD, I64_LOAD_32_S, int32_t, uint64_t)

#define CODE_LIST_STORE(X) \
    X(STORE, STORE_8, uint8_t) X(STORE, STORE_16, uint16_t) \
    X(STORE, STORE_32, uint32_t) X(STORE, STORE_64, uint64_t)

#define CODE_LIST_FLOAT_MEMORY(X) \
    X(FLOAT_LOAD, LOAD_F32, float) X(FLOAT_LOAD, LOAD_F64, double) \
    X(FLOAT_STORE, STORE_F32, float) X(FLOAT_STORE, STORE_F64, double)

#define CODE_LIST_FLOAT_BINARY(X) \
    X(FLOAT_BINARY, F32_ADD, float) X(FLOAT_BINARY, F32_SUB, float) X(FLOAT_BINARY, F32_MUL, float) \
    X(FLOAT_BINARY, F32_DIV, float) X(FLOAT_BINARY, F32_MIN, float) X(FLOAT_BINARY, F32_MAX, float) \
    X(FLOAT_BINARY, F32_COPYSIGN, float) \
    X(FLOAT_BINARY, F64_ADD, double) X(FLOAT_BINARY, F64_SUB, double) X(FLOAT_BINARY, F64_MUL, double) \
    X(FLOAT_BINARY, F64_DIV, double) X(FLOAT_BINARY, F64_MIN, double) X(FLOAT_BINARY, F64_MAX, double) \
    X(FLOAT_BINARY, F64_COPYSIGN, double)

#define CODE_LIST_FLOAT_UNARY(X) \
    X(FLOAT_UNARY, F32_ABS, float, float) X(FLOAT_UNARY, F32_NEG, float, float) \
    X(FLOAT_UNARY, F32_CEIL, float, float) X(FLOAT_UNARY, F32_FLOOR, float, float) \
    X(FLOAT_UNARY, F32_TRUNC, float, float) X(FLOAT_UNARY, F32_NEAREST, float, float) \
    X(FLOAT_UNARY, F32_SQRT, float, float) \
    X(FLOAT_UNARY, F64_ABS, double, double) X(FLOAT_UNARY, F64_NEG, double, double) \
    X(FLOAT_UNARY, F64_CEIL, double, double) X(FLOAT_UNARY, F64_FLOOR, double, double) \
    X(FLOAT_UNARY, F64_TRUNC, double, double) X(FLOAT_UNARY, F64_NEAREST, double, double) \
    X(FLOAT_UNARY, F64_SQRT, double, double) \
    X(FLOAT_UNARY, F32_DEMOTE_F64, double, float) X(FLOAT_UNARY, F64_PROMOTE_F32, float, double)

/* Operand type, name of the meaning in eval_float.h. */
#define CODE_TRUNCATIONS(X, infix) \
    X(FLOAT_TO_INT, I32_##infix##_F32_S, float, I32_F32_S) X(FLOAT_TO_INT, I32_##infix##_F32_U, float, I32_F32_U) \
    X(FLOAT_TO_INT, I32_##infix##_F64_S, double, I32_F64_S) X(FLOAT_TO_INT, I32_##infix##_F64_U, double, I32_F64_U) \
    X(FLOAT_TO_INT, I64_##infix##_F32_S, float, I64_F32_S) X(FLOAT_TO_INT, I64_##infix##_F32_U, float, I64_F32_U) \
    X(FLOAT_TO_INT, I64_##infix##_F64_S, double, I64_F64_S) X(FLOAT_TO_INT, I64_##infix##_F64_U, double, I64_F64_U)
#define CODE_LIST_TRUNC(X) CODE_TRUNCATIONS(X, TRUNC)
#define CODE_LIST_TRUNC_SAT(X) CODE_TRUNCATIONS(X, TRUNC_SAT)

#define CODE_LIST_INT_TO_FLOAT(X) \
    X(INT_TO_FLOAT, F32_CONVERT_I32_S, int32_t, float) X(INT_TO_FLOAT, F32_CONVERT_I32_U, uint32_t, float) \
    X(INT_TO_FLOAT, F32_CONVERT_I64_S, int64_t, float) X(INT_TO_FLOAT, F32_CONVERT_I64_U, uint64_t, float) \
    X(INT_TO_FLOAT, F64_CONVERT_I32_S, int32_t, double) X(INT_TO_FLOAT, F64_CONVERT_I32_U, uint32_t, double) \
    X(INT_TO_FLOAT, F64_CONVERT_I64_S, int64_t, double) X(INT_TO_FLOAT, F64_CONVERT_I64_U, uint64_t, double)

#define CODE_LIST_VARIABLE(X) \
    X(SELECT, SELECT) \
    X(GET, GLOBAL_GET) \
    X(SET, GLOBAL_SET)
/* clang-format on */

#define CODE_LIST(X)                                                                               \
    CODE_LIST_CONTROL(X)                                                                           \
    CODE_LIST_BULK(X)                                                                              \
    CODE_LIST_FAR_LOAD(X)                                                                          \
    CODE_LIST_FAR_STORE(X)                                                                         \
    CODE_LIST_ATOMIC(X)                                                                            \
    CODE_LIST_GC(X)                                                                                \
    CODE_LIST_BINARY_32(X)                                                                         \
    CODE_LIST_BINARY_64(X)                                                                         \
    CODE_LIST_DIVIDE(X)                                                                            \
    CODE_LIST_COMPARE_32(X)                                                                        \
    CODE_LIST_COMPARE_64(X)                                                                        \
    CODE_LIST_BRANCH_32(X)                                                                         \
    CODE_LIST_BRANCH_64(X)                                                                         \
    CODE_LIST_TEST(X)                                                                              \
    CODE_LIST_UNARY(X)                                                                             \
    CODE_LIST_LOAD(X)                                                                              \
    CODE_LIST_STORE(X)                                                                             \
    CODE_LIST_FLOAT_MEMORY(X)                                                                      \
    CODE_LIST_FLOAT_BINARY(X)                                                                      \
    CODE_LIST_FLOAT_COMPARE(X)                                                                     \
    CODE_LIST_FLOAT_BRANCH(X)                                                                      \
    CODE_LIST_FLOAT_UNARY(X)                                                                       \
    CODE_LIST_TRUNC(X)                                                                             \
    CODE_LIST_TRUNC_SAT(X)                                                                         \
    CODE_LIST_INT_TO_FLOAT(X)                                                                      \
    CODE_LIST_VARIABLE(X)                                                                          \
    CODE_LIST_SIMD(X)

#endif
