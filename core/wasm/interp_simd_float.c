/*
 * core/wasm/interp_simd_float.c: handlers of vector operators on floats.
 */
#include "core/wasm/interp_simd.h"

#define X(family, name, type)                                                                      \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        CELL(value);                                                                               \
        V128_D = eval_##name((eval_##type)V128_A);                                                 \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_FLOAT_UNARY(X)
#undef X

#define X(family, name, type)                                                                      \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        CELL(value);                                                                               \
        V128_D = eval_##name((eval_##type)V128_A, (eval_##type)V128_B);                            \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_FLOAT_BINARY(X)
#undef X

#define X(family, name, type)                                                                      \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        CELL(value);                                                                               \
        V128_D = eval_##name((eval_##type)V128_A, (eval_##type)V128_B, (eval_##type)V128_C);       \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_FLOAT_TERNARY(X)
#undef X
