/*
 * core/wasm/interp_gc.c: handlers of structs, arrays, i31s and casts (WASM 3.0 §4.6.9 to §4.6.11).
 *
 * Fields and elements are read and written by handlers of their own for each width: operands in
 * slots of any place, one access, no stack. What makes objects or moves many elements takes its
 * operands from consecutive slots and calls C.
 * Order in each (semantics.md 2): null and bounds checks, then dynamic fuel, then the effect.
 */
#include "core/wasm/gc.h"
#include "core/wasm/handlers.h"

typedef struct {
    uint64_t low, high;
} pair_in_memory __attribute__((may_alias, aligned(1)));

/* ---- fields and elements ---- */

#define OBJECT(slot)                                                                               \
    uint32_t object = (uint32_t)frame[slot];                                                       \
    if (UNLIKELY(object == 0))                                                                     \
        TRAP(NULL_REFERENCE);                                                                      \
    uint8_t *at = instance->heap_base + object

/* Not load_le32, which is a call of memcpy in a cell. */
#define LENGTH (*(const MEMORY_TYPE(uint32_t) *)(at + 4))

/* The array and the index; `at` is where the element is. */
#define ELEMENT(type)                                                                              \
    OBJECT(cell->a);                                                                               \
    uint32_t index = (uint32_t)frame[cell->b];                                                     \
    if (UNLIKELY(index >= LENGTH))                                                                 \
        TRAP(ARRAY_OUT_OF_BOUNDS);                                                                 \
    at += cell->offset + (uint64_t)index * sizeof(type)

#define DEFINE_GET(name, type, value_type)                                                         \
    HANDLER(op_STRUCT_GET_##name)                                                                  \
    {                                                                                              \
        CELL(object);                                                                              \
        OBJECT(cell->a);                                                                           \
        frame[cell->d] = (value_type) * (const MEMORY_TYPE(type) *)(at + cell->offset);            \
        NEXT();                                                                                    \
    }                                                                                              \
    HANDLER(op_ARRAY_GET_##name)                                                                   \
    {                                                                                              \
        CELL(object);                                                                              \
        ELEMENT(type);                                                                             \
        frame[cell->d] = (value_type) * (const MEMORY_TYPE(type) *)at;                             \
        NEXT();                                                                                    \
    }
DEFINE_GET(8_S, int8_t, uint32_t)
DEFINE_GET(8_U, uint8_t, uint32_t)
DEFINE_GET(16_S, int16_t, uint32_t)
DEFINE_GET(16_U, uint16_t, uint32_t)
DEFINE_GET(32, uint32_t, uint32_t)
DEFINE_GET(64, uint64_t, uint64_t)

#define DEFINE_SET(name, type)                                                                     \
    HANDLER(op_STRUCT_SET_##name)                                                                  \
    {                                                                                              \
        CELL(object);                                                                              \
        OBJECT(cell->a);                                                                           \
        *(MEMORY_TYPE(type) *)(at + cell->offset) = (type)frame[cell->d];                          \
        NEXT();                                                                                    \
    }                                                                                              \
    HANDLER(op_ARRAY_SET_##name)                                                                   \
    {                                                                                              \
        CELL(object);                                                                              \
        ELEMENT(type);                                                                             \
        *(MEMORY_TYPE(type) *)at = (type)frame[cell->d];                                           \
        NEXT();                                                                                    \
    }
DEFINE_SET(8, uint8_t)
DEFINE_SET(16, uint16_t)
DEFINE_SET(32, uint32_t)
DEFINE_SET(64, uint64_t)

HANDLER(op_STRUCT_GET_128)
{
    CELL(object);
    OBJECT(cell->a);
    *(pair_in_memory *)(frame + cell->d) = *(const pair_in_memory *)(at + cell->offset);
    NEXT();
}

HANDLER(op_ARRAY_GET_128)
{
    CELL(object);
    ELEMENT(pair_in_memory);
    *(pair_in_memory *)(frame + cell->d) = *(const pair_in_memory *)at;
    NEXT();
}

HANDLER(op_STRUCT_SET_128)
{
    CELL(object);
    OBJECT(cell->a);
    *(pair_in_memory *)(at + cell->offset) = *(const pair_in_memory *)(frame + cell->d);
    NEXT();
}

HANDLER(op_ARRAY_SET_128)
{
    CELL(object);
    ELEMENT(pair_in_memory);
    *(pair_in_memory *)at = *(const pair_in_memory *)(frame + cell->d);
    NEXT();
}

HANDLER(op_ARRAY_LEN)
{
    CELL(object);
    OBJECT(cell->a);
    frame[cell->d] = LENGTH;
    NEXT();
}

HANDLER(op_REF_AS_NON_NULL)
{
    CELL(object);
    if (UNLIKELY((uint32_t)frame[cell->a] == 0))
        TRAP(NULL_REFERENCE);
    NEXT();
}

HANDLER(op_REF_I31)
{
    CELL(object);
    frame[cell->d] = (uint32_t)(frame[cell->a] << 1 | 1);
    NEXT();
}

HANDLER(op_I31_GET_S)
{
    CELL(object);
    uint32_t ref = (uint32_t)frame[cell->a];
    if (UNLIKELY(ref == 0))
        TRAP(NULL_REFERENCE);
    frame[cell->d] = (uint32_t)((int32_t)ref >> 1);
    NEXT();
}

HANDLER(op_I31_GET_U)
{
    CELL(object);
    uint32_t ref = (uint32_t)frame[cell->a];
    if (UNLIKELY(ref == 0))
        TRAP(NULL_REFERENCE);
    frame[cell->d] = ref >> 1;
    NEXT();
}

/* ---- casts ---- */

HANDLER(slow_REF_TEST)
{
    CELL(cast);
    frame[cell->d] = wasm_gc_is(instance->store, (uint32_t)frame[cell->a], cell->type);
    NEXT();
}

HANDLER(slow_REF_TEST_A)
{
    CELL(cast);
    acc = wasm_gc_is(instance->store, (uint32_t)frame[cell->a], cell->type);
    NEXT();
}

HANDLER(slow_REF_CAST)
{
    CELL(cast);
    if (UNLIKELY(!wasm_gc_is(instance->store, (uint32_t)frame[cell->a], cell->type)))
        TRAP(CAST_FAILURE);
    NEXT();
}

/* ---- objects ---- */

#define OPERAND(n) ((uint32_t)frame[cell->base + (n)])

/* The object that was made, or the end of the store. */
#define GIVE(made)                                                                                 \
    do {                                                                                           \
        if (UNLIKELY((made) == 0))                                                                 \
            MUSTTAIL return wasm_slow_fault(HANDLER_ARGS);                                         \
        frame[cell->base] = (made);                                                                \
        NEXT();                                                                                    \
    } while (0)

HANDLER(slow_STRUCT_NEW)
{
    CELL(stack);
    SAFEPOINT();
    uint32_t made = wasm_gc_struct_new(instance->store, cell->index, frame + cell->base);
    GIVE(made);
}

HANDLER(slow_STRUCT_NEW_DEFAULT)
{
    CELL(stack);
    SAFEPOINT();
    uint32_t made = wasm_gc_struct_new(instance->store, cell->index, NULL);
    GIVE(made);
}

/* index2: in which slot behind the value the length is. */
HANDLER(slow_ARRAY_NEW)
{
    CELL(stack);
    PAY(OPERAND(cell->index2));
    SAFEPOINT();
    GIVE(
        wasm_gc_array_new(instance->store, cell->index, OPERAND(cell->index2), frame + cell->base));
}

HANDLER(slow_ARRAY_NEW_DEFAULT)
{
    CELL(stack);
    PAY(OPERAND(0));
    SAFEPOINT();
    uint32_t made = wasm_gc_array_new(instance->store, cell->index, OPERAND(0), NULL);
    GIVE(made);
}

HANDLER(slow_ARRAY_NEW_FIXED)
{
    CELL(stack);
    SAFEPOINT();
    uint32_t made =
        wasm_gc_array_new_fixed(instance->store, cell->index, cell->index2, frame + cell->base);
    GIVE(made);
}

HANDLER(slow_ARRAY_NEW_DATA)
{
    CELL(stack);
    struct wasm_store *store = instance->store;
    struct bytes data = instance->datas[cell->index2];
    uint32_t start = OPERAND(0), count = OPERAND(1);
    if (!handler_is_in_range(start, (uint64_t)count * wasm_gc_element_bytes(store, cell->index),
                             data.len))
        TRAP(MEMORY_OUT_OF_BOUNDS);
    PAY(count);
    SAFEPOINT();
    uint32_t made = wasm_gc_array_new(store, cell->index, count, NULL);
    if (made != 0 && count != 0)
        wasm_gc_array_put_bytes(store, made, 0, data.data + start, count);
    GIVE(made);
}

HANDLER(slow_ARRAY_NEW_ELEM)
{
    CELL(stack);
    struct wasm_store *store = instance->store;
    const struct wasm_elem_state *elem = &instance->elems[cell->index2];
    uint32_t start = OPERAND(0), count = OPERAND(1);
    if (!handler_is_in_range(start, count, elem->len))
        TRAP(TABLE_OUT_OF_BOUNDS);
    PAY(count);
    SAFEPOINT();
    uint32_t made = wasm_gc_array_new(store, cell->index, count, NULL);
    if (made != 0 && count != 0)
        wasm_gc_array_put_refs(store, made, 0, elem->refs + start, count);
    GIVE(made);
}

/* The array in slot n, and that elements [first, first + count) are in it. */
#define ARRAY(n, first, count)                                                                     \
    if (UNLIKELY(OPERAND(n) == 0))                                                                 \
        TRAP(NULL_REFERENCE);                                                                      \
    if (!handler_is_in_range((first), (count),                                                     \
                             wasm_heap_length(instance->store->heap, OPERAND(n))))                 \
    TRAP(ARRAY_OUT_OF_BOUNDS)

/* array, start, value (index2: where the count is behind it). */
HANDLER(slow_ARRAY_FILL)
{
    CELL(stack);
    uint32_t count = OPERAND(cell->index2);
    ARRAY(0, OPERAND(1), count);
    PAY(count);
    wasm_gc_array_fill(instance->store, OPERAND(0), OPERAND(1), count, frame + cell->base + 2);
    NEXT();
}

HANDLER(slow_ARRAY_COPY)
{
    CELL(stack);
    uint32_t count = OPERAND(4);
    if (UNLIKELY(OPERAND(0) == 0 || OPERAND(2) == 0))
        TRAP(NULL_REFERENCE);
    ARRAY(0, OPERAND(1), count);
    ARRAY(2, OPERAND(3), count);
    PAY(count);
    wasm_gc_array_copy(instance->store, OPERAND(0), OPERAND(1), OPERAND(2), OPERAND(3), count);
    NEXT();
}

/* array, start in it, start in the segment, count. */
HANDLER(slow_ARRAY_INIT_DATA)
{
    CELL(stack);
    struct wasm_store *store = instance->store;
    struct bytes data = instance->datas[cell->index2];
    uint32_t start = OPERAND(2), count = OPERAND(3);
    ARRAY(0, OPERAND(1), count);
    if (!handler_is_in_range(start, (uint64_t)count * wasm_gc_element_bytes(store, cell->index),
                             data.len))
        TRAP(MEMORY_OUT_OF_BOUNDS);
    PAY(count);
    if (count != 0)
        wasm_gc_array_put_bytes(store, OPERAND(0), OPERAND(1), data.data + start, count);
    NEXT();
}

HANDLER(slow_ARRAY_INIT_ELEM)
{
    CELL(stack);
    const struct wasm_elem_state *elem = &instance->elems[cell->index2];
    uint32_t start = OPERAND(2), count = OPERAND(3);
    ARRAY(0, OPERAND(1), count);
    if (!handler_is_in_range(start, count, elem->len))
        TRAP(TABLE_OUT_OF_BOUNDS);
    PAY(count);
    if (count != 0)
        wasm_gc_array_put_refs(instance->store, OPERAND(0), OPERAND(1), elem->refs + start, count);
    NEXT();
}
