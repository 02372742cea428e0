/*
 * core/base/wipe.c: the memory primitive that must not be optimised away.
 */
#include "core/base/bytes.h"

void memory_wipe(void *memory, size_t len)
{
    if (len == 0)
        return;
    memset(memory, 0, len);
    __asm__ volatile("" : : "r"(memory) : "memory");
}
