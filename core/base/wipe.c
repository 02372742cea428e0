/*
 * core/base/wipe.c: the two memory primitives that must not be optimised.
 */
#include "core/base/bytes.h"

void memory_wipe(void *memory, size_t len)
{
    if (len == 0)
        return;
    memset(memory, 0, len);
    __asm__ volatile("" : : "r"(memory) : "memory");
}

bool memory_equal_secret(const uint8_t *a, const uint8_t *b, size_t len)
{
    uint8_t difference = 0;
    for (size_t i = 0; i < len; i++) {
        difference |= (uint8_t)(a[i] ^ b[i]);
        __asm__ volatile("" : "+r"(difference));
    }
    return difference == 0;
}
