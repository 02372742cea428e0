/*
 * core/base/big.c: whole numbers, limb by limb.
 */
#include "core/base/big.h"

#include <string.h>

static void push(struct big *big, uint32_t limb)
{
    ASSERT(big->len < BIG_LIMBS);
    big->limbs[big->len++] = limb;
}

static void trim(struct big *big)
{
    while (big->len != 0 && big->limbs[big->len - 1] == 0)
        big->len--;
}

void big_set(struct big *big, uint64_t number)
{
    big->len = 0;
    for (; number != 0; number >>= 32)
        push(big, (uint32_t)number);
}

void big_multiply_add(struct big *big, uint32_t factor, uint32_t add)
{
    uint64_t carry = add;
    for (uint32_t i = 0; i < big->len; i++) {
        carry += (uint64_t)big->limbs[i] * factor;
        big->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0)
        push(big, (uint32_t)carry);
}

void big_multiply_power10(struct big *big, uint32_t exponent)
{
    for (; exponent >= 9; exponent -= 9)
        big_multiply_add(big, 1000000000, 0);
    for (; exponent != 0; exponent--)
        big_multiply_add(big, 10, 0);
}

void big_shift_left(struct big *big, uint32_t bits)
{
    uint32_t whole = bits / 32, part = bits % 32;
    if (big->len == 0 || bits == 0)
        return;
    ASSERT(big->len + whole < BIG_LIMBS);
    big->limbs[big->len] = 0;
    for (uint32_t i = big->len + 1; i-- > 0;) {
        uint64_t pair = (uint64_t)big->limbs[i] << 32 | (i == 0 ? 0 : big->limbs[i - 1]);
        big->limbs[i + whole] = (uint32_t)(pair >> (32 - part));
    }
    memset(big->limbs, 0, whole * sizeof big->limbs[0]);
    big->len += whole + 1;
    trim(big);
}

void big_add(struct big *big, const struct big *other)
{
    uint64_t carry = 0;
    while (big->len < other->len)
        push(big, 0);
    for (uint32_t i = 0; i < big->len; i++) {
        carry += (uint64_t)big->limbs[i] + (i < other->len ? other->limbs[i] : 0);
        big->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0)
        push(big, (uint32_t)carry);
}

void big_subtract(struct big *big, const struct big *other)
{
    uint64_t borrow = 0;
    for (uint32_t i = 0; i < big->len; i++) {
        uint64_t take = borrow + (i < other->len ? other->limbs[i] : 0);
        borrow = big->limbs[i] < take;
        big->limbs[i] = (uint32_t)(big->limbs[i] - take);
    }
    ASSERT(borrow == 0);
    trim(big);
}

int big_compare(const struct big *a, const struct big *b)
{
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    for (uint32_t i = a->len; i-- > 0;)
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
    return 0;
}

uint32_t big_bit_count(const struct big *big)
{
    if (big->len == 0)
        return 0;
    return big->len * 32 - (uint32_t)__builtin_clz(big->limbs[big->len - 1]);
}
