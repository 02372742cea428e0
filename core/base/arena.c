/*
 * core/base/arena.c: bump allocation with a hard cap. See arena.h for the invariants.
 */
#include "core/base/arena.h"

#include "core/base/bytes.h"
#include "core/base/ckd.h"

void arena_init(struct arena *arena, void *memory, size_t cap)
{
    *arena = (struct arena){.base = memory, .cap = cap};
}

void arena_fini(struct arena *arena)
{
    memory_wipe(arena->base, arena->used);
    *arena = (struct arena){0};
}

static bool is_refused_by_test(struct arena *arena)
{
    if (LIKELY(arena->refuse_at == 0))
        return false;
    arena->refuse_at--;
    return arena->refuse_at == 0;
}

void *arena_alloc_aligned(struct arena *arena, size_t count, size_t size, size_t alignment)
{
    ASSERT(alignment != 0 && (alignment & (alignment - 1)) == 0);
    size_t len;
    if (ckd_mul(&len, count, size)) {
        arena->wanted = SIZE_MAX;
        return NULL;
    }
    size_t misfit = (size_t)(-((uintptr_t)arena->base + arena->used)) & (alignment - 1);
    size_t end;
    if (ckd_add(&end, arena->used, misfit) || ckd_add(&end, end, len)) {
        arena->wanted = SIZE_MAX;
        return NULL;
    }
    if (end > arena->cap || is_refused_by_test(arena)) {
        arena->wanted = end;
        return NULL;
    }
    void *memory = arena->base + arena->used + misfit;
    arena->used = end;
    if (arena->peak < end)
        arena->peak = end;
    return memory;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    return arena_alloc_aligned(arena, count, size, 16);
}

size_t arena_mark(const struct arena *arena)
{
    return arena->used;
}

void arena_rewind(struct arena *arena, size_t mark)
{
    ASSERT(mark <= arena->used);
    memory_wipe(arena->base + mark, arena->used - mark);
    arena->used = mark;
}

void arena_rewind_sparse(struct arena *arena, size_t mark)
{
    ASSERT(mark <= arena->used);
    (void)memory_wipe_sparse(arena->base + mark, arena->used - mark);
    arena->used = mark;
}
