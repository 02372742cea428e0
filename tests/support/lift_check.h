/*
 * tests/support/lift_check.h: any bytes as types, core values and guest memory: what must hold of
 * lifting and lowering whatever they are.
 */
#ifndef AETHER_TESTS_LIFT_CHECK_H
#define AETHER_TESTS_LIFT_CHECK_H

#include "core/base/bytes.h"

enum lift_end { LIFT_NO_TYPES, LIFT_REFUSED, LIFT_LOWER_REFUSED, LIFT_LOWERED };

/* A byte of options: bits 0-1 the encoding lifted from, 2-3 lowered to, 4 a result, 5-7 the mode of
 * realloc. Count and types (tests/abi_vectors), heap, address, 16 slots as varints; the rest is
 * what stands in memory at the address. */
enum lift_end lift_check(struct bytes input);

#endif
