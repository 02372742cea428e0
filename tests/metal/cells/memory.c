/*
 * tests/metal/cells/memory.c: the memory functions a compiler may call, for test cells.
 */
#include "core/base/bytes.h"

void *memcpy(void *restrict destination, const void *restrict source, size_t len)
{
    void *d = destination;
    __asm__ volatile("rep movsb" : "+D"(d), "+S"(source), "+c"(len) : : "memory");
    return destination;
}

void *memset(void *destination, int value, size_t len)
{
    void *d = destination;
    __asm__ volatile("rep stosb" : "+D"(d), "+c"(len) : "a"(value) : "memory");
    return destination;
}
