/*
 * core/base/arena.h: bump allocation with a hard cap.
 *
 * Invariants:
 *   (1) Memory above `used` is all zero, so what arena_alloc returns is zeroed.
 *   (2) The cap is the resource limit: full is NULL, never a panic.
 *   (3) Rewind and fini wipe what they give back.
 * Only the creator of an arena finishes it. There is no free.
 */
#ifndef AETHER_BASE_ARENA_H
#define AETHER_BASE_ARENA_H

#include "core/base/compiler.h"

struct arena {
    uint8_t *base;
    size_t cap;
    size_t used;
    size_t peak;
    size_t wanted;      /* cap that would have served the last refused request; 0: none refused */
    uint64_t refuse_at; /* tests: the n-th allocation from now is refused; 0: none */
};

/* `memory` (16-aligned, all zero) is borrowed until arena_fini. */
void arena_init(struct arena *arena, void *memory, size_t cap);
void arena_fini(struct arena *arena);

/* count * size zeroed bytes, 16-aligned; NULL when that does not fit (or overflows). */
void *arena_alloc(struct arena *arena, size_t count, size_t size) MUST_CHECK;

/* As arena_alloc, aligned to `alignment` (a power of two). */
void *arena_alloc_aligned(struct arena *arena, size_t count, size_t size,
                          size_t alignment) MUST_CHECK;

/* Everything allocated after the mark is wiped and given back. */
size_t arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, size_t mark);
/* The same where most of it was never written. */
void arena_rewind_sparse(struct arena *arena, size_t mark);

#endif
