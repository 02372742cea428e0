/*
 * metal/upcall.h: may a page fault of ring 3 in guest memory go back to the cell, as a trap?
 *
 * In an image: never. upcall.c says so, and there is no code in it that could do otherwise. The
 * kernel of test images (kernel-test.o) has tests/metal/kernel/upcall.c in its place: the switch is
 * which file was linked, no word, key or manifest turns it. docs/abi/gate.md 9.
 */
#ifndef AETHER_METAL_UPCALL_H
#define AETHER_METAL_UPCALL_H

#include "core/proof/session.h"

/* GATE_FEATURE_FAULT_TO_TRAP in a test image, else 0. */
uint32_t upcall_features(void);

/* After RING3_EXCEPTION. True: `ring3` is such that the cell goes on, at the entry it named. */
bool upcall_take(const struct session_upcall *upcall);

#endif
