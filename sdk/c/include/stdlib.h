/*
 * sdk/c/include/stdlib.h: as much of <stdlib.h> as guests without a C library need, and generated
 * glue. Every call of a component gets a fresh instance, so memory is handed out and never taken
 * back: free does nothing, and the end of the call frees all.
 */
#ifndef AETHER_SDK_STDLIB_H
#define AETHER_SDK_STDLIB_H

#include <stddef.h>

/* 16-aligned; NULL when memory can not grow. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
/* Copies as many bytes as the old place can have had at most. */
void *realloc(void *old, size_t size);
void free(void *old);
_Noreturn void abort(void);

#endif
