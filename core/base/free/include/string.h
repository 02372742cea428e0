/*
 * string.h of freestanding programs: the five functions of core/base/free/memory.c, nothing else.
 */
#ifndef AETHER_BASE_FREE_STRING_H
#define AETHER_BASE_FREE_STRING_H

#include <stddef.h>

void *memcpy(void *restrict destination, const void *restrict source, size_t len);
void *memset(void *destination, int value, size_t len);
void *memmove(void *destination, const void *source, size_t len);
int memcmp(const void *a, const void *b, size_t len);
size_t strlen(const char *text);

#endif
