/*
 * tests/support/refusal_check.h: every allocation of the engine refused in turn.
 *
 * For each entry point that takes from an arena the n-th request is refused, n = 1, 2, … until the
 * call needs no more: each time it must say NO_MEMORY with a sentence, give back what it took, and
 * leave what it was given usable. A broken promise ends the program (ASSERT).
 */
#ifndef AETHER_TESTS_REFUSAL_CHECK_H
#define AETHER_TESTS_REFUSAL_CHECK_H

#include "core/base/bytes.h"

/* How often something was refused; 0: the bytes are no valid module. */
uint64_t refusal_check(struct bytes input);

#endif
