/*
 * core/wasm/ref_kind.c: what a reference names, for hosts that print or compare one.
 */
#include "core/wasm/heap.h"
#include "core/wasm/instance.h"

enum wasm_ref_kind wasm_store_ref_kind(const struct wasm_store *store, uint32_t ref)
{
    if (ref == 0)
        return WASM_REF_NULL;
    if ((ref & 1) != 0)
        return WASM_REF_I31;
    if (!wasm_heap_is_object(ref))
        return WASM_REF_HOST;
    ASSERT(store->heap != NULL && ref < store->heap->size);
    uint32_t type = wasm_heap_type(store->heap, ref);
    if ((type & WASM_HEAP_EXCEPTION) != 0)
        return WASM_REF_EXCEPTION;
    ASSERT(type < store->type_count);
    return store->types[type].kind == WASM_KIND_ARRAY ? WASM_REF_ARRAY : WASM_REF_STRUCT;
}
