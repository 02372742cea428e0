/*
 * node/api/memory.c: see memory.h.
 */
#include "node/api/memory.h"

#include <stdlib.h>

#define CAP_MIN 256u

static size_t charge(size_t cap)
{
    return cap > API_MEMORY_FREE ? cap - API_MEMORY_FREE : 0;
}

void api_memory_init(struct api_memory *memory, size_t most, struct api_budget *budget)
{
    *memory = (struct api_memory){.most = most, .budget = budget};
}

void api_memory_fini(struct api_memory *memory)
{
    if (memory->data != NULL)
        memory_wipe(memory->data, memory->cap);
    free(memory->data);
    memory->budget->used -= charge(memory->cap);
    memory->data = NULL;
    memory->len = memory->cap = 0;
}

enum status api_memory_reserve(struct api_memory *memory, size_t more)
{
    struct api_budget *budget = memory->budget;
    if (more <= memory->cap - memory->len)
        return STATUS_OK;
    if (more > memory->most - memory->len)
        return STATUS_LIMIT;
    size_t need = memory->len + more;
    size_t cap = memory->cap < CAP_MIN ? CAP_MIN : memory->cap;
    while (cap < need)
        cap *= 2;
    if (cap > memory->most)
        cap = memory->most;
    size_t extra = charge(cap) - charge(memory->cap);
    if (extra > budget->most - budget->used)
        return STATUS_NO_MEMORY;
    uint8_t *data = malloc(cap);
    if (data == NULL)
        return STATUS_NO_MEMORY;
    if (memory->data != NULL) {
        memcpy(data, memory->data, memory->len);
        memory_wipe(memory->data, memory->cap);
        free(memory->data);
    }
    memory->data = data;
    memory->cap = cap;
    budget->used += extra;
    return STATUS_OK;
}

enum status api_memory_append(struct api_memory *memory, struct bytes tail)
{
    enum status status = api_memory_reserve(memory, tail.len);
    if (status != STATUS_OK)
        return status;
    if (tail.len != 0)
        memcpy(memory->data + memory->len, tail.data, tail.len);
    memory->len += tail.len;
    return STATUS_OK;
}
