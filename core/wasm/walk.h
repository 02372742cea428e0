/*
 * core/wasm/walk.h: from a guest's frame to its caller's. For core/wasm only.
 *
 * Frames are flat (code.h): the slot `header` of a function's frame holds the RESUME cell behind
 * the call, and that cell knows how far below the caller's frame lies. The walk goes through calls
 * into other instances and through host functions that called in again.
 */
#ifndef AETHER_WASM_WALK_H
#define AETHER_WASM_WALK_H

#include "core/wasm/instance.h"

struct wasm_walk {
    struct wasm_instance *instance;
    uint64_t *frame;
    const uint8_t *pc; /* of the cell that runs; with is_behind: of the RESUME cell behind it */
    bool is_behind;
    const struct wasm_activation *activation;
    uint32_t func;                /* of the instance's module */
    const struct wasm_code *code; /* its */
    uint32_t crossed_units;       /* that the last step released for a call between instances */
    bool crossed_host;            /* the last step went through a host function */
};

/* Stands at the frame of guest code that `pc` is in. */
void wasm_walk_begin(struct wasm_walk *walk, const struct wasm_store *store,
                     struct wasm_instance *instance, const uint8_t *pc, uint64_t *frame,
                     bool is_behind);

/* Stands at the frame that called the newest host function; false: there is none. */
bool wasm_walk_begin_outside(struct wasm_walk *walk, const struct wasm_store *store);

/* To the caller's frame; false: the host called, and no host function is below. */
bool wasm_walk_next(struct wasm_walk *walk);

/* Offset in the module of the operator that the walk stands at. */
uint64_t wasm_walk_offset(const struct wasm_walk *walk);

/* Is `pc` in the code under the host's calls? */
bool wasm_walk_is_bottom(const struct wasm_store *store, const uint8_t *pc);

#endif
