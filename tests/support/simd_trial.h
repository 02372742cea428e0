/*
 * tests/support/simd_trial.h: one vector operator in the engine, called with many operands.
 */
#ifndef AETHER_TESTS_SIMD_TRIAL_H
#define AETHER_TESTS_SIMD_TRIAL_H

#include "tests/support/engine_trial.h"

union vector {
    uint64_t slots[2];
    uint8_t bytes[16];
    uint16_t halves[8];
    uint32_t words[4];
    float floats[4];
    double doubles[2];
};

struct simd_trial {
    struct engine_trial engine;
    uint32_t number;
};

/* A function of the operator's signature that hands its params to it; `immediate` stands behind. */
void simd_begin(struct simd_trial *trial, uint32_t number, const char *signature,
                struct bytes immediate);
void simd_end(struct simd_trial *trial);

/* Calls it: up to three vectors, in consecutive slots; the result's first two slots. */
union vector simd_call(struct simd_trial *trial, const union vector *operands, uint32_t count);

/* A vector and a scalar. */
union vector simd_call_scalar(struct simd_trial *trial, union vector a, uint64_t b);

/* Says which operator and what differs. */
void simd_equal(const struct simd_trial *trial, union vector got, union vector expected);

/* Lanes of 8, 16, 32 or 64 bits as numbers. */
uint64_t vector_lane(union vector v, uint32_t bits, uint32_t lane);
void vector_set_lane(union vector *v, uint32_t bits, uint32_t lane, uint64_t value);
int64_t lane_signed(uint32_t bits, uint64_t value);

#endif
