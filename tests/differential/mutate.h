/*
 * tests/differential/mutate.h: modules with something changed, so that validators have to think.
 *
 * A mutant is a function of (seeds, seed, index). Section and body sizes are made right again, so
 * that the change is not lost at the first length.
 */
#ifndef AETHER_TESTS_MUTATE_H
#define AETHER_TESTS_MUTATE_H

#include "core/base/bytes.h"

#define MUTANT_BYTES_MAX ((size_t)1 << 20)

struct bytes mutate(const struct bytes *seeds, size_t seed_count, uint64_t seed, uint64_t index,
                    uint8_t *room /* MUTANT_BYTES_MAX */);

#endif
