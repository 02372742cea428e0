/*
 * core/wasm/interp_simd_memory.c: handlers of vector loads and stores, checked as all others are.
 */
#include "core/wasm/interp_simd.h"

/* Declares `at`, where `width` bytes may be read and written. */
#define V128_ACCESS(width)                                                                         \
    CELL(v128_access);                                                                             \
    uint64_t address = EFFECTIVE_ADDRESS(S);                                                       \
    CHECK_ACCESS(address, width);                                                                  \
    uint8_t *at = memory + address

HANDLER(op_V128_LOAD)
{
    V128_ACCESS(16);
    V128_D = *(const eval_u64x2_in_memory *)at;
    NEXT();
}

HANDLER(op_V128_STORE)
{
    V128_ACCESS(16);
    *(eval_u64x2_in_memory *)at = V128_B;
    NEXT();
}

#define X(family, name, type, meaning)                                                             \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        V128_ACCESS(8);                                                                            \
        eval_u64x2 low = {*(const MEMORY_TYPE(uint64_t) *)at, 0};                                  \
        V128_D = eval_##meaning((eval_##type)low);                                                 \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_LOAD_EXTEND(X)
#undef X

#define X(family, name, type, lane_type)                                                           \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        V128_ACCESS(sizeof(lane_type));                                                            \
        V128_D = (eval_u64x2)((eval_##type){0} + *(const MEMORY_TYPE(lane_type) *)at);             \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_LOAD_SPLAT(X)
#undef X

#define X(family, name, lane_type)                                                                 \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        V128_ACCESS(sizeof(lane_type));                                                            \
        V128_D = (eval_u64x2){*(const MEMORY_TYPE(lane_type) *)at, 0};                             \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_LOAD_ZERO(X)
#undef X

#define X(family, name, lane_type)                                                                 \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        V128_ACCESS(sizeof(lane_type));                                                            \
        lane_type lane = *(const MEMORY_TYPE(lane_type) *)at;                                      \
        V128_D = V128_B;                                                                           \
        V128_LANE(lane_type, cell->d, cell->lane) = lane;                                          \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_LOAD_LANE(X)
#undef X

#define X(family, name, lane_type)                                                                 \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        V128_ACCESS(sizeof(lane_type));                                                            \
        *(MEMORY_TYPE(lane_type) *)at = V128_LANE(lane_type, cell->b, cell->lane);                 \
        NEXT();                                                                                    \
    }
CODE_LIST_SIMD_STORE_LANE(X)
#undef X
