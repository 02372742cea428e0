/*
 * core/wasm/unwind.h: from a throw to the clause that catches it. For core/wasm only.
 */
#ifndef AETHER_WASM_UNWIND_H
#define AETHER_WASM_UNWIND_H

#include "core/wasm/code.h"
#include "core/wasm/instance.h"

/* Finds the clause for `exception`, thrown by the cell at `pc`, writes the label's values and
 * store->landing. False: no frame that the host's newest call made catches it; nothing has changed.
 */
bool wasm_unwind(struct wasm_instance *instance, const uint8_t *pc, uint64_t *frame,
                 uint32_t exception);

#endif
