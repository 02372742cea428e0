/*
 * core/wasm/memory.c: sizes of linear memories.
 */
#include "core/wasm/memory.h"

uint64_t wasm_memory_type_pages_max(const struct wasm_memory_type *type)
{
    uint64_t addresses = type->limits.is_64 ? UINT64_MAX : UINT32_MAX;
    return type->page_log2 == 0 ? addresses : (addresses >> type->page_log2) + 1;
}

uint64_t wasm_memory_type_bytes(const struct wasm_memory_type *type, uint64_t pages)
{
    return pages > UINT64_MAX >> type->page_log2 ? UINT64_MAX : pages << type->page_log2;
}

uint64_t wasm_memory_type_cap(const struct wasm_memory_type *type, uint64_t cap_bytes)
{
    uint64_t pages = wasm_memory_type_pages_max(type);
    if (type->limits.max < pages)
        pages = type->limits.max;
    uint64_t cap_pages = cap_bytes >> type->page_log2;
    return (pages < cap_pages ? pages : cap_pages) << type->page_log2;
}
