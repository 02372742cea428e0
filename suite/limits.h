/*
 * suite/limits.h: what a file of the suite may have, the same hosted and in ring 3, so that both
 * say the same. All of it together fits into the arena of one job (abi/cell.h).
 */
#ifndef AETHER_SUITE_LIMITS_H
#define AETHER_SUITE_LIMITS_H

#include "core/wasm/engine.h"

/* Modules, instances, tables, heap, stack of a file; what the validator needs for a module. */
#define SUITE_ARENA_BYTES   ((size_t)16 << 20)
#define SUITE_SCRATCH_BYTES ((size_t)8 << 20)

/* Room for the memories of a file: a job's guest memory, and the rest of its arena. */
#define SUITE_ROOM_FIRST  ((size_t)128 << 20)
#define SUITE_ROOM_SECOND ((size_t)104 << 20)

/* Each memory is reserved up to the cap: 832 pages, since some assertions grow so far, or 64 where
 * a file has so many memories that they might not fit. */
#define SUITE_MEMORY_WIDE ((uint64_t)832 << 16)
#define SUITE_MEMORY_SLIM ((uint64_t)64 << 16)
#define SUITE_MEMORY_SUM  ((uint64_t)212 << 20)

#define SUITE_CAPS                                                                                 \
    ((struct wasm_caps){.fuel = 100000000,                                                         \
                        .memory_bytes = SUITE_MEMORY_WIDE,                                         \
                        .table_elements = 1 << 14,                                                 \
                        .heap_bytes = (uint64_t)1 << 20,                                           \
                        .stack_units = 1 << 14})

#endif
