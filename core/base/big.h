/*
 * core/base/big.h: whole numbers of up to BIG_LIMBS * 32 bits, for float_text.c alone.
 *
 * Who calls has shown that the result fits; what does not is a broken promise (ASSERT).
 */
#ifndef AETHER_BASE_BIG_H
#define AETHER_BASE_BIG_H

#include "core/base/compiler.h"

#define BIG_LIMBS 160

struct big {
    uint32_t len; /* limbs in use; the last of them is not zero */
    uint32_t limbs[BIG_LIMBS];
};

void big_set(struct big *big, uint64_t number);
void big_multiply_add(struct big *big, uint32_t factor, uint32_t add);
void big_multiply_power10(struct big *big, uint32_t exponent);
void big_shift_left(struct big *big, uint32_t bits);
void big_add(struct big *big, const struct big *other);

/* `other` is not larger. */
void big_subtract(struct big *big, const struct big *other);

/* Negative, zero, positive. */
int big_compare(const struct big *a, const struct big *b);
uint32_t big_bit_count(const struct big *big);

#endif
