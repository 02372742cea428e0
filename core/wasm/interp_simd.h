/*
 * core/wasm/interp_simd.h: vectors in frames, for interp_simd*.c only.
 *
 * A v128 lies in two slots, its first bytes in the lower; slots are 8-aligned.
 */
#ifndef AETHER_WASM_INTERP_SIMD_H
#define AETHER_WASM_INTERP_SIMD_H

#include "core/wasm/eval_simd_float.h"
#include "core/wasm/handlers.h"

typedef eval_u64x2 eval_u64x2_in_frame __attribute__((may_alias, aligned(8)));
typedef eval_u64x2 eval_u64x2_in_memory __attribute__((may_alias, aligned(1)));

#define V128_AT(slot) (*(eval_u64x2_in_frame *)&frame[slot])
#define V128_A        V128_AT(cell->a)
#define V128_B        V128_AT(cell->b)
#define V128_C        V128_AT(cell->c)
#define V128_D        V128_AT(cell->d)

/* Lane `index` of the vector at a slot, as a number of `type`. */
#define V128_LANE(type, slot, index) ((MEMORY_TYPE(type) *)&frame[slot])[index]

/* Handlers of one shape for the lists of code_ops_simd.h. */
#define DEFINE_VECTOR(name, result)                                                                \
    HANDLER(op_##name)                                                                             \
    {                                                                                              \
        CELL(value);                                                                               \
        V128_D = result;                                                                           \
        NEXT();                                                                                    \
    }
#define DEFINE_VECTOR_UNARY(family, name, type)                                                    \
    DEFINE_VECTOR(name, eval_##name((eval_##type)V128_A))
#define DEFINE_VECTOR_BINARY(family, name, type)                                                   \
    DEFINE_VECTOR(name, eval_##name((eval_##type)V128_A, (eval_##type)V128_B))
#define DEFINE_VECTOR_TERNARY(family, name, type)                                                  \
    DEFINE_VECTOR(name, eval_##name((eval_##type)V128_A, (eval_##type)V128_B, (eval_##type)V128_C))

#endif
