/*
 * core/wasm/type.h: value types, defined types and limits (WASM 3.0 §2.3).
 *
 * A value type is one uint32_t, so that operand stacks and local tables are plain arrays:
 *   numbers and vectors   the byte of the binary format (0x7F i32 ... 0x7B v128)
 *   packed types          the same (0x78 i8, 0x77 i16); only in fields of structs and arrays
 *   references            bit 31; bit 30 = nullable; bits 0..29 the heap type: a defined type, or
 *                         WASM_HEAP_ABSTRACT | the binary format's byte (func 0x70 ... exn 0x69)
 *   WASM_TYPE_BOTTOM      the type of operands in unreachable code
 *
 * A defined type in a value type is canonical: in a module the index of the first type of the
 * module that is equal to it, in a store the store's number. So `==` is equality of types, and
 * only subtyping has to look further (subtype.h).
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
    WASM_TYPE_I8 = 0x78,  /* packed */
    WASM_TYPE_I16 = 0x77, /* packed */
};

#define WASM_TYPE_REF_BIT   0x80000000u
#define WASM_TYPE_NULL_BIT  0x40000000u
#define WASM_TYPE_HEAP_MASK 0x3FFFFFFFu
#define WASM_HEAP_ABSTRACT  0x3FFFFF00u
#define WASM_HEAP_EXN       (WASM_HEAP_ABSTRACT | 0x69u)
#define WASM_HEAP_ARRAY     (WASM_HEAP_ABSTRACT | 0x6Au)
#define WASM_HEAP_STRUCT    (WASM_HEAP_ABSTRACT | 0x6Bu)
#define WASM_HEAP_I31       (WASM_HEAP_ABSTRACT | 0x6Cu)
#define WASM_HEAP_EQ        (WASM_HEAP_ABSTRACT | 0x6Du)
#define WASM_HEAP_ANY       (WASM_HEAP_ABSTRACT | 0x6Eu)
#define WASM_HEAP_EXTERN    (WASM_HEAP_ABSTRACT | 0x6Fu)
#define WASM_HEAP_FUNC      (WASM_HEAP_ABSTRACT | 0x70u)
#define WASM_HEAP_NONE      (WASM_HEAP_ABSTRACT | 0x71u)
#define WASM_HEAP_NOEXTERN  (WASM_HEAP_ABSTRACT | 0x72u)
#define WASM_HEAP_NOFUNC    (WASM_HEAP_ABSTRACT | 0x73u)
#define WASM_HEAP_NOEXN     (WASM_HEAP_ABSTRACT | 0x74u)
/* Below all others; only on the operand stack of unreachable code. */
#define WASM_HEAP_BOTTOM (WASM_HEAP_ABSTRACT | 0x00u)

#define WASM_TYPE_REF(heap)      (WASM_TYPE_REF_BIT | (heap))
#define WASM_TYPE_REF_NULL(heap) (WASM_TYPE_REF_BIT | WASM_TYPE_NULL_BIT | (heap))
#define WASM_TYPE_FUNCREF        WASM_TYPE_REF_NULL(WASM_HEAP_FUNC)
#define WASM_TYPE_EXTERNREF      WASM_TYPE_REF_NULL(WASM_HEAP_EXTERN)
#define WASM_TYPE_ANYREF         WASM_TYPE_REF_NULL(WASM_HEAP_ANY)
#define WASM_TYPE_EQREF          WASM_TYPE_REF_NULL(WASM_HEAP_EQ)
#define WASM_TYPE_I31REF         WASM_TYPE_REF_NULL(WASM_HEAP_I31)
#define WASM_TYPE_STRUCTREF      WASM_TYPE_REF_NULL(WASM_HEAP_STRUCT)
#define WASM_TYPE_ARRAYREF       WASM_TYPE_REF_NULL(WASM_HEAP_ARRAY)
#define WASM_TYPE_EXNREF         WASM_TYPE_REF_NULL(WASM_HEAP_EXN)

ALWAYS_INLINE bool wasm_type_is_ref(uint32_t type)
{
    return (type & WASM_TYPE_REF_BIT) != 0;
}

/* Of a reference type. */
ALWAYS_INLINE uint32_t wasm_type_heap(uint32_t type)
{
    return type & WASM_TYPE_HEAP_MASK;
}

ALWAYS_INLINE bool wasm_type_is_nullable(uint32_t type)
{
    return (type & WASM_TYPE_NULL_BIT) != 0;
}

/* Is the heap type a defined one, not an abstract one? */
ALWAYS_INLINE bool wasm_heap_is_defined(uint32_t heap)
{
    return heap < WASM_HEAP_ABSTRACT;
}

/* The defined type that a reference type names. */
ALWAYS_INLINE bool wasm_type_has_defined(uint32_t type)
{
    return wasm_type_is_ref(type) && wasm_heap_is_defined(wasm_type_heap(type));
}

/* Has it a default value? Everything but references that may not be null. */
ALWAYS_INLINE bool wasm_type_is_defaultable(uint32_t type)
{
    return !wasm_type_is_ref(type) || wasm_type_is_nullable(type);
}

/* Slots of the interpreter's frame and units of the stack budget (semantics.md 5). */
ALWAYS_INLINE uint32_t wasm_type_slots(uint32_t type)
{
    return type == WASM_TYPE_V128 ? 2 : 1;
}

/* Of a list of value types. */
uint32_t wasm_types_slots(const uint32_t *types, uint32_t count);

/* The text format's name of a number, vector or plain reference type; "ref" for others. */
const char *wasm_type_name(uint32_t type);

#define WASM_TYPE_TEXT_MAX 32u

/* The same with every reference spelled out: "(ref null 7)". */
struct bytes wasm_type_write(uint32_t type, char out_text[static WASM_TYPE_TEXT_MAX]);

struct wasm_func_type {
    uint32_t param_count;
    uint32_t result_count;
    uint32_t param_slots;
    uint32_t result_slots;
    const uint32_t *params;  /* value types */
    const uint32_t *results; /* value types */
};

/* Of a struct, or an array's elements. References take 4 bytes, so that a field's place does not
 * depend on what it refers to, and a subtype has its supertype's fields where that has them. */
struct wasm_field {
    uint32_t type; /* value type or packed type */
    uint32_t
        offset;   /* bytes from the object's start, its header included; of an array: element 0 */
    uint8_t size; /* bytes: 1, 2, 4, 8, 16 */
    bool is_mutable;
};

struct wasm_struct_type {
    uint32_t field_count;
    uint32_t size;       /* bytes of the whole object: header, fields, padding to a multiple of 8 */
    bool is_defaultable; /* every field has a default value */
    const struct wasm_field *fields;
};

/* An object begins with its store type (4 bytes) and, if it is an array, its length (4 bytes). */
#define WASM_OBJECT_HEADER 8u
/* Of references an array has a word more in front of its elements (heap.h). */
#define WASM_REF_ARRAY_HEADER 12u

enum wasm_type_kind { WASM_KIND_FUNC = 0x60, WASM_KIND_STRUCT = 0x5F, WASM_KIND_ARRAY = 0x5E };

#define WASM_NO_SUPERTYPE UINT32_MAX

/* A defined type: of a module, or of a store. */
struct wasm_type {
    uint8_t kind; /* enum wasm_type_kind */
    bool is_final;
    bool starts_group;  /* first of its recursion group */
    uint8_t depth;      /* supertypes above it */
    uint32_t canonical; /* equal for equal types of a module: the first equal type's index */
    uint32_t supertype; /* canonical; WASM_NO_SUPERTYPE: none */
    uint32_t jump;      /* canonical: a supertype further up (subtype.c); itself at depth 0 */
    union {
        struct wasm_func_type func;
        struct wasm_struct_type fields; /* struct */
        struct wasm_field element;      /* array */
    };
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
