/*
 * metal/cycle.h: one mission cycle: from a wake to a committed receipt and clean memory.
 */
#ifndef AETHER_METAL_CYCLE_H
#define AETHER_METAL_CYCLE_H

#include "core/base/compiler.h"
#include "metal/boot_info.h"

/* Hashes the image, reads its keyring, checks the bundle once. Does not return when there is
 * nothing that may run: that is a fault with a receipt, vector 0. */
void cycle_prepare(const struct boot_info *info);

/* Everything between wake and sleep, interrupts masked (spec 000-12). True: sleep again; false: the
 * mission is over. */
bool MUST_CHECK sovereign_bootstrap(uint32_t vector);

/* All cycles so far ended with a result. */
bool cycle_all_succeeded(void);
/* Cycles committed since power-on. */
uint32_t cycle_sequence(void);
/* TSC when the last commit was done. */
uint64_t cycle_committed_tsc(void);

/* The kernel is broken: commits a fault receipt and says so, with what there is. */
void cycle_abandon(void);

#endif
