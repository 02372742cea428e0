/*
 * core/wasm/memory.h: sizes and address types of linear memories and tables (WASM 3.0 §2.3.10;
 * memory64, custom page sizes).
 *
 * Pages are counted in 64 bits; a memory's bytes may not fit in them (2^48 pages of 2^16 bytes):
 * whoever turns pages into bytes uses wasm_memory_type_bytes.
 */
#ifndef AETHER_WASM_MEMORY_H
#define AETHER_WASM_MEMORY_H

#include "core/wasm/module.h"

/* The type of addresses, indices and sizes. */
ALWAYS_INLINE uint32_t wasm_address_type(const struct wasm_limits *limits)
{
    return limits->is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
}

/* The type of the length of a copy between two: the narrower one's. */
ALWAYS_INLINE uint32_t wasm_address_type_least(const struct wasm_limits *a,
                                               const struct wasm_limits *b)
{
    return a->is_64 && b->is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
}

/* A rule of the format: as many pages as addresses can name, but that a count has to fit in its
 * own type. */
uint64_t wasm_memory_type_pages_max(const struct wasm_memory_type *type);

/* Bytes of `pages` pages; UINT64_MAX where they do not fit. */
uint64_t wasm_memory_type_bytes(const struct wasm_memory_type *type, uint64_t pages);

/* The most bytes, whole pages, that a memory of the type can grow to under a cap. */
uint64_t wasm_memory_type_cap(const struct wasm_memory_type *type, uint64_t cap_bytes);

#endif
