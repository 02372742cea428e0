/*
 * tests/metal/cells/suite/upcall.h: how a test cell with the real engine asks for page faults of
 * guest memory as traps (docs/abi/gate.md 9). Only the kernel of test images says yes.
 */
#ifndef AETHER_TESTS_CELLS_UPCALL_H
#define AETHER_TESTS_CELLS_UPCALL_H

#include "core/wasm/handlers.h"
#include "tests/metal/cells/gate.h"

/* cell.ld: every handler that reads or writes memory 0, and nothing else. */
extern const uint8_t memory_handlers_start[];
extern const uint8_t memory_handlers_end[];

/* Page faults of [start, end) go on at `entry`; the gate's status. */
ALWAYS_INLINE uint32_t ask_upcall(uintptr_t start, uintptr_t end, uintptr_t entry)
{
    REQUEST->interface = GATE_CORE;
    REQUEST->method = GATE_CORE_UPCALL;
    REQUEST->handle = 0;
    REQUEST->args[0] = start;
    REQUEST->args[1] = end;
    REQUEST->args[2] = entry;
    ring();
    return REPLY->status;
}

/* The trap's own handler is the entry: it takes pc, frame, instance and fuel from the registers
 * that the load or store left, and returns to wasm_interp_run. */
ALWAYS_INLINE uint32_t ask_memory_traps(void)
{
    return ask_upcall((uintptr_t)memory_handlers_start, (uintptr_t)memory_handlers_end,
                      (uintptr_t)wasm_slow_trap_MEMORY_OUT_OF_BOUNDS);
}

#endif
