/*
 * sdk/c/include/string.h: as much of <string.h> as guests without a C library need.
 */
#ifndef AETHER_SDK_STRING_H
#define AETHER_SDK_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
size_t strlen(const char *text);

#endif
