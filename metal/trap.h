/*
 * metal/trap.h: leaving the kernel and coming back. See trap.S for the rules.
 */
#ifndef AETHER_METAL_TRAP_H
#define AETHER_METAL_TRAP_H

#include "core/base/compiler.h"
#include "metal/layout.h"

/* All of ring 3 that survives a gate call or an exception, and why it was left otherwise. */
struct ring3_state {
    uint64_t rbx, rdx, rsi, rdi, rbp, r8, r9, r10, r12, r13, r14, r15;
    uint64_t rip, rsp;
    uint64_t mxcsr;
    uint64_t vector, error, cr2; /* RING3_EXCEPTION */
};

_Static_assert(offsetof(struct ring3_state, rip) == RING3_RIP, "ring3.rip");
_Static_assert(offsetof(struct ring3_state, mxcsr) == RING3_MXCSR, "ring3.mxcsr");
_Static_assert(offsetof(struct ring3_state, cr2) == RING3_CR2, "ring3.cr2");
_Static_assert(sizeof(struct ring3_state) == RING3_BYTES, "struct ring3_state");

extern struct ring3_state ring3;

/* Runs ring 3 as `ring3` says until it comes back: RING3_GATE, RING3_EXCEPTION or RING3_DEADLINE.
 */
uint32_t ring3_run(void);

/* Sleeps until a sensor's vector comes, which it returns. The only place where interrupts are on.
 */
uint32_t dormancy(void);

/* When the handler of the last wake started. */
extern uint64_t wake_tsc;

/* Timer rounds of the longest kind that follow the one that runs (lapic.c). */
extern uint32_t deadline_rounds;

/* Zeroes the kernel's stack below the caller, and all interrupt stacks. */
void stack_wipe(void);

/* Entries for the IDT and the syscall registers. 16 bytes each exception. */
extern const uint8_t exception_stubs[EXCEPTION_COUNT][16];
extern const uint8_t wake_pressure[];
extern const uint8_t wake_joint[];
extern const uint8_t deadline_entry[];
extern const uint8_t interrupt_ignored[];
extern const uint8_t interrupt_spurious[];
extern const uint8_t gate_entry[];
extern const uint8_t gate_entry_compat[];

#endif
