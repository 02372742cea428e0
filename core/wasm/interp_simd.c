/*
 * core/wasm/interp_simd.c: handlers that move vectors and their lanes.
 */
#include "core/wasm/interp_simd.h"

HANDLER(op_V128_MOVE)
{
    CELL(value);
    V128_D = V128_A;
    NEXT();
}

HANDLER(op_V128_SELECT)
{
    CELL(value);
    V128_D = (uint32_t)frame[cell->c] != 0 ? V128_A : V128_B;
    NEXT();
}

HANDLER(op_V128_GLOBAL_GET)
{
    CELL(value);
    V128_D = *(const eval_u64x2_in_frame *)&instance->globals[cell->index];
    NEXT();
}

HANDLER(op_V128_GLOBAL_SET)
{
    CELL(value);
    *(eval_u64x2_in_frame *)&instance->globals[cell->index] = V128_A;
    NEXT();
}

HANDLER(op_V128_CONST)
{
    CELL(v128);
    V128_D = *(const eval_u64x2_in_frame *)&cell->low;
    NEXT();
}

HANDLER(op_I8X16_SHUFFLE)
{
    CELL(v128);
    eval_u8x16 lanes = (eval_u8x16) * (const eval_u64x2_in_frame *)&cell->low;
    V128_D = eval_I8X16_SHUFFLE((eval_u8x16)V128_A, (eval_u8x16)V128_B, lanes);
    NEXT();
}

#define X(family, name, type, lane_type)                                                           \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        CELL(value);                                                                               \
        V128_D = (eval_u64x2)((eval_##type){0} + (lane_type)frame[cell->a]);                       \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_SPLAT(X)
#undef X

#define X(family, name, lane_type, result_type)                                                    \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        CELL(value);                                                                               \
        frame[cell->d] = (result_type)V128_LANE(lane_type, cell->a, cell->c);                      \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_EXTRACT(X)
#undef X

/* The scalar is read first: its slot may be one of the result's. */
#define X(family, name, lane_type)                                                                 \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        CELL(value);                                                                               \
        lane_type lane = (lane_type)frame[cell->b];                                                \
        V128_D = V128_A;                                                                           \
        V128_LANE(lane_type, cell->d, cell->c) = lane;                                             \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_REPLACE(X)
#undef X
