/*
 * core/wasm/far.h: where in which memory a far access falls. For handlers only.
 *
 * Memory 0 with 32-bit addresses has handlers of its own (interp_memory.c) and the registers for
 * them; everything else comes here. The effective address has 65 bits: what does not fit in 64 is
 * out of bounds (WASM 3.0 §4.6.9).
 */
#ifndef AETHER_WASM_FAR_H
#define AETHER_WASM_FAR_H

#include "core/wasm/handlers.h"

/* The first of `width` bytes at address + offset; NULL: out of bounds. */
ALWAYS_INLINE uint8_t *far_place(const struct wasm_memory *memory, uint64_t address,
                                 uint64_t offset, uint64_t width)
{
    uint64_t first;
    if (ckd_add(&first, address, offset))
        return NULL;
    return first <= memory->len && width <= memory->len - first ? memory->base + first : NULL;
}

/* Of a struct code_far cell. */
#define FAR_PLACE(width)                                                                           \
    far_place(instance->memories[cell->memory], frame[cell->a], cell->offset, (width))

#endif
