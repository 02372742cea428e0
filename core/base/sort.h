/*
 * core/base/sort.h: a stable merge sort of indices, for inputs that would make a hash table slow.
 *
 * n log n comparisons whatever the input; equal items keep their order. With strings of total
 * length L the work is L log n, because a merge step reads no further than the shorter string.
 */
#ifndef AETHER_BASE_SORT_H
#define AETHER_BASE_SORT_H

#include "core/base/compiler.h"

/* Negative, zero, positive: as memcmp. */
typedef int sort_compare_fn(const void *context, uint32_t a, uint32_t b);

/* Sorts items[0..count); `spare` has as much room and is left in any state. */
void sort_indices(uint32_t *items, uint32_t *spare, size_t count, sort_compare_fn *compare,
                  const void *context);

#endif
