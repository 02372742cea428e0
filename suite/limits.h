/*
 * suite/limits.h: what a file of the suite may have, the same hosted and in ring 3, so that both
 * say the same.
 */
#ifndef AETHER_SUITE_LIMITS_H
#define AETHER_SUITE_LIMITS_H

#include "core/wasm/engine.h"

/* Everything that a file makes but its linear memories, each of which gets up to `memory_bytes`. */
#define SUITE_ARENA_BYTES ((size_t)256 << 20)

#define SUITE_CAPS                                                                                 \
    ((struct wasm_caps){.fuel = 100000000,                                                         \
                        .memory_bytes = (uint64_t)64 << 20,                                        \
                        .table_elements = 1 << 17,                                                 \
                        .heap_bytes = (uint64_t)1 << 20,                                           \
                        .stack_units = 1 << 16})

#endif
