/*
 * tests/support/placement.h: one binary operator with its operands in every place they can be.
 *
 * Where operands are (a slot, an accumulator, a constant, a pinned local) and where the result goes
 * decides which handler runs; what is computed must not depend on it.
 */
#ifndef AETHER_TESTS_PLACEMENT_H
#define AETHER_TESTS_PLACEMENT_H

#include "tests/support/engine_trial.h"

/* `signature` is the operator's, "ii:i"; both operands are of one type. Every placement must give
 * `result`, or trap with `trap` unless that is WASM_TRAP_NONE. */
void operator_gives(uint8_t opcode, const char *signature, uint64_t a, uint64_t b, uint64_t result,
                    enum wasm_trap trap);

/* The same for an operator of one operand; `prefix` 0xFC or 0. */
void unary_gives(uint8_t prefix, uint8_t opcode, const char *signature, uint64_t a, uint64_t result,
                 enum wasm_trap trap);

/* A compare that decides an `if`, a br_if and a select. */
void compare_decides(uint8_t opcode, const char *signature, uint64_t a, uint64_t b, bool holds);

#endif
