/*
 * sdk/c/memory.c: the allocator and the byte functions behind sdk/c/include, for guests without a
 * C library.
 *
 * Invariant: every allocation is preceded by 16 bytes that say how long it is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PAGE      65536u
#define ALIGNMENT 16u

extern uint8_t __heap_base; /* the linker's: where data and stack end */

static uintptr_t next;

static int has_room(uintptr_t end)
{
    size_t have = __builtin_wasm_memory_size(0) * (size_t)PAGE;
    if (end <= have)
        return 1;
    size_t pages = (end - have + PAGE - 1) / PAGE;
    return __builtin_wasm_memory_grow(0, pages) != (size_t)-1;
}

void *malloc(size_t size)
{
    if (next == 0)
        next = ((uintptr_t)&__heap_base + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1);
    uintptr_t at = next + ALIGNMENT;
    uintptr_t end = at + size;
    if (end < at || end > UINTPTR_MAX - ALIGNMENT)
        return NULL;
    end = (end + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1);
    if (!has_room(end))
        return NULL;
    *(size_t *)next = size;
    next = end;
    return (void *)at;
}

void *calloc(size_t count, size_t size)
{
    size_t all;
    if (__builtin_mul_overflow(count, size, &all))
        return NULL;
    return malloc(all); /* memory that was never used is zero */
}

void *realloc(void *old, size_t size)
{
    size_t had = old == NULL ? 0 : *(size_t *)((uintptr_t)old - ALIGNMENT);
    if (size <= had)
        return old;
    void *fresh = malloc(size);
    if (fresh != NULL && had != 0)
        memcpy(fresh, old, had);
    return fresh;
}

void free(void *old)
{
    (void)old;
}

void abort(void)
{
    __builtin_trap();
}

/* Byte by byte: with -mbulk-memory the compiler makes memory.copy and memory.fill of most copies
 * itself, and these are what is left. The file is built with -fno-builtin. */
void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    for (size_t i = 0; i < len; i++)
        t[i] = f[i];
    return to;
}

void *memmove(void *to, const void *from, size_t len)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    if ((uintptr_t)t <= (uintptr_t)f)
        return memcpy(to, from, len);
    for (size_t i = len; i > 0; i--)
        t[i - 1] = f[i - 1];
    return to;
}

void *memset(void *to, int byte, size_t len)
{
    uint8_t *t = to;
    for (size_t i = 0; i < len; i++)
        t[i] = (uint8_t)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a;
    const uint8_t *y = b;
    for (size_t i = 0; i < len; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

size_t strlen(const char *text)
{
    size_t len = 0;
    while (text[len] != 0)
        len++;
    return len;
}
