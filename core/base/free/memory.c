/*
 * core/base/free/memory.c: memcpy and its kin for freestanding programs; compilers call them
 * unasked.
 *
 * Also the checked variants that Debian's static BearSSL was built to call (docs/dependencies.md).
 */
#include <stddef.h>
#include <stdint.h>

#include "core/base/compiler.h"

void *memcpy(void *restrict destination, const void *restrict source, size_t len);
void *memset(void *destination, int value, size_t len);
void *memmove(void *destination, const void *source, size_t len);
int memcmp(const void *a, const void *b, size_t len);
size_t strlen(const char *text);
void *__memcpy_chk(void *destination, const void *source, size_t len, size_t room);
void *__memset_chk(void *destination, int value, size_t len, size_t room);
NORETURN void __stack_chk_fail(void);

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

void *memmove(void *destination, const void *source, size_t len)
{
    uint8_t *d = destination;
    const uint8_t *s = source;
    if ((uintptr_t)d - (uintptr_t)s >= len)
        return memcpy(destination, source, len);
    for (size_t i = len; i != 0; i--)
        d[i - 1] = s[i - 1];
    return destination;
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
    while (text[len] != '\0')
        len++;
    return len;
}

void *__memcpy_chk(void *destination, const void *source, size_t len, size_t room)
{
    ASSERT(len <= room);
    return memcpy(destination, source, len);
}

void *__memset_chk(void *destination, int value, size_t len, size_t room)
{
    ASSERT(len <= room);
    return memset(destination, value, len);
}

void __stack_chk_fail(void)
{
    base_panic(__FILE__, __LINE__, "stack canary intact");
}
