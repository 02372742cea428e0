/*
 * core/base/sort.c: bottom-up merging, runs of 1, 2, 4 ... items, between two arrays.
 */
#include "core/base/sort.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Merges from[left..middle) and from[middle..right) to to[left..right). */
static void merge(const uint32_t *from, uint32_t *to, size_t left, size_t middle, size_t right,
                  sort_compare_fn *compare, const void *context)
{
    size_t a = left, b = middle;
    for (size_t i = left; i < right; i++) {
        bool takes_a = b == right || (a < middle && compare(context, from[a], from[b]) <= 0);
        to[i] = takes_a ? from[a++] : from[b++];
    }
}

void sort_indices(uint32_t *items, uint32_t *spare, size_t count, sort_compare_fn *compare,
                  const void *context)
{
    uint32_t *from = items, *to = spare;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t left = 0; left < count; left += 2 * width)
            merge(from, to, left, least(left + width, count), least(left + 2 * width, count),
                  compare, context);
        uint32_t *swapped = from;
        from = to;
        to = swapped;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
}
