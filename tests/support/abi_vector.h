/*
 * tests/support/abi_vector.h: vectors that the reference definitions of the canonical ABI made
 * (tests/abi_vectors/vectors.py says what is in them), replayed against lifting and lowering.
 */
#ifndef AETHER_TESTS_ABI_VECTOR_H
#define AETHER_TESTS_ABI_VECTOR_H

#include "core/base/bytes.h"

struct abi_vector_counts {
    uint32_t lifts, lowers, traps, with_handles;
    uint32_t failed;
    uint32_t first_failed; /* its number in the file */
    const char *why;       /* what differed there */
};

/* A whole file. False: it is none. */
bool abi_vectors_replay(struct bytes file, struct abi_vector_counts *out_counts);

#endif
