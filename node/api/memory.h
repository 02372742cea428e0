/*
 * node/api/memory.h: memory that grows with what a stranger sends, under two limits.
 *
 * Every buffer has its own cap; all of them together have a budget. The first API_MEMORY_FREE bytes
 * of each are outside of the budget, so that small requests go on while large ones wait. What held
 * a request or a reply is wiped before it is given back.
 */
#ifndef AETHER_NODE_API_MEMORY_H
#define AETHER_NODE_API_MEMORY_H

#include "core/base/bytes.h"

#define API_MEMORY_FREE 16384u
#define API_BUDGET_MAX  ((size_t)256 << 20)

struct api_budget {
    size_t used;
    size_t most;
};

struct api_memory {
    uint8_t *data;
    size_t len;
    size_t cap;
    size_t most;
    struct api_budget *budget;
};

void api_memory_init(struct api_memory *memory, size_t most, struct api_budget *budget);
void api_memory_fini(struct api_memory *memory); /* wiped; empty again */

/* Room for `more` behind what is there. LIMIT: more than `most`; NO_MEMORY: more than the budget or
 * the machine has. */
enum status MUST_CHECK api_memory_reserve(struct api_memory *memory, size_t more);
enum status MUST_CHECK api_memory_append(struct api_memory *memory, struct bytes tail);

ALWAYS_INLINE struct bytes api_memory_bytes(const struct api_memory *memory)
{
    return (struct bytes){memory->data, memory->len};
}

#endif
