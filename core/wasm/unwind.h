/*
 * core/wasm/unwind.h: from a throw to the clause that catches it. For core/wasm only.
 */
#ifndef AETHER_WASM_UNWIND_H
#define AETHER_WASM_UNWIND_H

#include "core/wasm/code.h"
#include "core/wasm/instance.h"

/* Where a caught exception goes on: all that a handler keeps in registers. */
struct wasm_landing {
    struct wasm_instance *instance;
    uint64_t *frame;
    const uint8_t *pc; /* CHARGE cell of the clause's label */
    uint64_t units;    /* of the frames that are dropped */
    uint16_t pin0, pin1;
};

/* Finds the clause for `exception`, thrown by the cell at `pc`, and writes the label's values.
 * False: no frame that the host's newest call made catches it; nothing has changed. */
bool wasm_unwind(struct wasm_instance *instance, const uint8_t *pc, uint64_t *frame,
                 uint32_t exception, struct wasm_landing *out_landing);

#endif
