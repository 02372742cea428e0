/*
 * core/wasm/interp_simd_int.c: handlers of vector operators on integers and bits.
 */
#include "core/wasm/interp_simd.h"

CODE_LIST_SIMD_UNARY(DEFINE_VECTOR_UNARY)

CODE_LIST_SIMD_BINARY(DEFINE_VECTOR_BINARY)
CODE_LIST_SIMD_COMPARE(DEFINE_VECTOR_BINARY)

CODE_LIST_SIMD_TERNARY(DEFINE_VECTOR_TERNARY)

#define X(family, name, type)                                                                      \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        CELL(value);                                                                               \
        V128_D = eval_##name((eval_##type)V128_A, (uint32_t)frame[cell->b]);                       \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_SHIFT(X)
#undef X

#define X(family, name, type)                                                                      \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        CELL(value);                                                                               \
        frame[cell->d] = eval_##name((eval_##type)V128_A);                                         \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_TEST(X)
#undef X
