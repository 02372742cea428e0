/*
 * core/wasm/trap.h: trap kinds. Numbers and words are abi/outcome.h's: receipts carry them.
 */
#ifndef AETHER_WASM_TRAP_H
#define AETHER_WASM_TRAP_H

#include "aether/abi/outcome.h"
#include "core/base/compiler.h"

enum wasm_trap {
#define X(number, name, text) WASM_TRAP_##name = number,
    OUTCOME_TRAP_LIST(X)
#undef X
};

/* "unreachable", "integer divide by zero", ...; never NULL. */
const char *wasm_trap_text(enum wasm_trap trap);

#endif
