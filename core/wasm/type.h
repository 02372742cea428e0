/*
 * core/wasm/type.h: value types, limits and function types (WASM 3.0 §2.3).
 *
 * A value type is one uint32_t, so that operand stacks and local tables are plain arrays:
 *   numbers and vectors   the byte of the binary format (0x7F i32 ... 0x7B v128)
 *   references            bit 31; bit 30 = nullable; bits 0..29 the heap type: a type index, or
 *                         WASM_HEAP_ABSTRACT | the binary format's byte (func 0x70, extern 0x6F)
 *   WASM_TYPE_BOTTOM      the type of operands in unreachable code
 */
#ifndef AETHER_WASM_TYPE_H
#define AETHER_WASM_TYPE_H

#include "core/base/bytes.h"

enum {
    WASM_TYPE_BOTTOM = 0,
    WASM_TYPE_I32 = 0x7F,
    WASM_TYPE_I64 = 0x7E,
    WASM_TYPE_F32 = 0x7D,
    WASM_TYPE_F64 = 0x7C,
    WASM_TYPE_V128 = 0x7B,
};

#define WASM_TYPE_REF_BIT   0x80000000u
#define WASM_TYPE_NULL_BIT  0x40000000u
#define WASM_TYPE_HEAP_MASK 0x3FFFFFFFu
#define WASM_HEAP_ABSTRACT  0x3FFFFF00u
#define WASM_HEAP_FUNC      (WASM_HEAP_ABSTRACT | 0x70u)
#define WASM_HEAP_EXTERN    (WASM_HEAP_ABSTRACT | 0x6Fu)
#define WASM_TYPE_FUNCREF   (WASM_TYPE_REF_BIT | WASM_TYPE_NULL_BIT | WASM_HEAP_FUNC)
#define WASM_TYPE_EXTERNREF (WASM_TYPE_REF_BIT | WASM_TYPE_NULL_BIT | WASM_HEAP_EXTERN)

ALWAYS_INLINE bool wasm_type_is_ref(uint32_t type)
{
    return (type & WASM_TYPE_REF_BIT) != 0;
}

/* Slots of the interpreter's frame and units of the stack budget (semantics.md 5). */
ALWAYS_INLINE uint32_t wasm_type_slots(uint32_t type)
{
    return type == WASM_TYPE_V128 ? 2 : 1;
}

/* The text format's name of a number, vector or plain reference type; "ref" for others. */
const char *wasm_type_name(uint32_t type);

struct wasm_func_type {
    uint32_t param_count;
    uint32_t result_count;
    uint32_t param_slots;
    uint32_t result_slots;
    const uint32_t *params;  /* value types */
    const uint32_t *results; /* value types */
    uint32_t canonical;      /* equal for equal types of a module: the first equal type's index */
};

struct wasm_limits {
    uint64_t min;
    uint64_t max; /* UINT64_MAX: none declared */
    bool has_max;
    bool is_64;
    bool is_shared;
};

enum wasm_extern_kind {
    WASM_EXTERN_FUNC = 0,
    WASM_EXTERN_TABLE = 1,
    WASM_EXTERN_MEMORY = 2,
    WASM_EXTERN_GLOBAL = 3,
    WASM_EXTERN_TAG = 4,
};

#endif
