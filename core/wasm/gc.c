/*
 * core/wasm/gc.c: objects: made, filled, told apart.
 */
#include "core/wasm/gc.h"

#include "core/wasm/subtype.h"

_Static_assert(WASM_HEAP_STRUCT_HEADER == WASM_OBJECT_HEADER &&
                   WASM_HEAP_ARRAY_HEADER == WASM_OBJECT_HEADER &&
                   WASM_HEAP_REF_ARRAY_HEADER == WASM_REF_ARRAY_HEADER,
               "types lay objects out as the heap does");

static const struct wasm_type *type_of(const struct wasm_store *store, uint32_t ref)
{
    return &store->types[wasm_heap_type(store->heap, ref)];
}

static uint32_t slots_of(const struct wasm_field *field)
{
    return field->size == 16 ? 2 : 1;
}

uint32_t wasm_gc_struct_new(struct wasm_store *store, uint32_t type, const uint64_t *slots)
{
    uint32_t ref = wasm_heap_alloc(store->heap, type, 0);
    if (ref == 0 || slots == NULL)
        return ref;
    const struct wasm_struct_type *fields = &store->types[type].fields;
    uint8_t *object = wasm_heap_at(store->heap, ref);
    for (uint32_t i = 0; i < fields->field_count; i++) {
        const struct wasm_field *field = &fields->fields[i];
        memcpy(object + field->offset, slots, field->size);
        slots += slots_of(field);
    }
    return ref;
}

static uint8_t *element_at(const struct wasm_store *store, uint32_t array, uint32_t index)
{
    const struct wasm_field *element = &type_of(store, array)->element;
    return wasm_heap_at(store->heap, array) + element->offset + (size_t)index * element->size;
}

uint32_t wasm_gc_element_bytes(const struct wasm_store *store, uint32_t type)
{
    return store->types[type].element.size;
}

void wasm_gc_array_fill(struct wasm_store *store, uint32_t array, uint32_t start, uint32_t count,
                        const uint64_t *value)
{
    uint8_t *at = element_at(store, array, start);
    size_t size = type_of(store, array)->element.size;
    size_t len = count * size;
    if (len == 0)
        return;
    memcpy(at, value, size);
    for (size_t done = size; done < len; done *= 2)
        memcpy(at + done, at, done < len - done ? done : len - done);
}

uint32_t wasm_gc_array_new(struct wasm_store *store, uint32_t type, uint32_t length,
                           const uint64_t *value)
{
    uint32_t ref = wasm_heap_alloc(store->heap, type, length);
    if (ref != 0 && value != NULL)
        wasm_gc_array_fill(store, ref, 0, length, value);
    return ref;
}

uint32_t wasm_gc_array_new_fixed(struct wasm_store *store, uint32_t type, uint32_t length,
                                 const uint64_t *slots)
{
    uint32_t ref = wasm_heap_alloc(store->heap, type, length);
    if (ref == 0)
        return 0;
    const struct wasm_field *element = &store->types[type].element;
    uint8_t *at = element_at(store, ref, 0);
    for (size_t i = 0; i < length; i++) {
        memcpy(at + i * element->size, slots, element->size);
        slots += slots_of(element);
    }
    return ref;
}

void wasm_gc_array_copy(struct wasm_store *store, uint32_t to, uint32_t to_start, uint32_t from,
                        uint32_t from_start, uint32_t count)
{
    size_t size = type_of(store, to)->element.size;
    memmove(element_at(store, to, to_start), element_at(store, from, from_start), count * size);
}

void wasm_gc_array_put_bytes(struct wasm_store *store, uint32_t array, uint32_t start,
                             const uint8_t *bytes, uint32_t count)
{
    if (count != 0)
        memcpy(element_at(store, array, start), bytes,
               (size_t)count * type_of(store, array)->element.size);
}

void wasm_gc_array_put_refs(struct wasm_store *store, uint32_t array, uint32_t start,
                            const uint32_t *refs, uint32_t count)
{
    uint8_t *at = element_at(store, array, start);
    for (size_t i = 0; i < count; i++)
        store_le32(at + i * sizeof refs[i], refs[i]);
}

/* ---- what a reference is ---- */

static bool is_kind(const struct wasm_store *store, uint32_t ref, enum wasm_type_kind kind)
{
    return wasm_heap_is_object(ref) && type_of(store, ref)->kind == kind;
}

static bool is_defined(const struct wasm_store *store, uint32_t ref, uint32_t heap)
{
    if (store->types[heap].kind == WASM_KIND_FUNC)
        return wasm_defined_is_subtype(store->types, store->funcs[ref - 1].type, heap);
    return wasm_heap_is_object(ref) &&
           wasm_defined_is_subtype(store->types, wasm_heap_type(store->heap, ref), heap);
}

/* The static type says which hierarchy the number is of, so each test asks only what its own needs.
 */
bool wasm_gc_is(const struct wasm_store *store, uint32_t ref, uint32_t type)
{
    if (ref == 0)
        return wasm_type_is_nullable(type);
    uint32_t heap = wasm_type_heap(type);
    switch (heap) {
    case WASM_HEAP_NONE:
    case WASM_HEAP_NOFUNC:
    case WASM_HEAP_NOEXTERN:
    case WASM_HEAP_NOEXN:
        return false;
    case WASM_HEAP_ANY:
    case WASM_HEAP_FUNC:
    case WASM_HEAP_EXTERN:
    case WASM_HEAP_EXN:
        return true;
    case WASM_HEAP_EQ:
        return (ref & 3) != 2;
    case WASM_HEAP_I31:
        return (ref & 1) != 0;
    case WASM_HEAP_STRUCT:
        return is_kind(store, ref, WASM_KIND_STRUCT);
    case WASM_HEAP_ARRAY:
        return is_kind(store, ref, WASM_KIND_ARRAY);
    default:
        return is_defined(store, ref, heap);
    }
}
