/*
 * node/world/handles.c: the table of handles; internal.h says what a handle is.
 */
#include <stdlib.h>
#include <unistd.h>

#include "node/world/internal.h"

bool world_handles_init(struct world_handles *handles, uint32_t count)
{
    handles->slots = calloc(count, sizeof *handles->slots);
    if (handles->slots == NULL)
        return false;
    handles->count = count;
    for (uint32_t i = 0; i < count; i++)
        handles->slots[i].next_free = i + 1 < count ? i + 2 : 0;
    handles->first_free = 1;
    handles->last_free = count;
    return true;
}

void world_handles_fini(struct world_handles *handles)
{
    for (uint32_t i = 0; i < handles->count; i++) {
        if (handles->slots[i].kind != WORLD_KIND_NONE)
            (void)close(handles->slots[i].fd); /* nobody is left to be told */
    }
    free(handles->slots);
    *handles = (struct world_handles){0};
}

uint32_t world_handles_open(struct world_handles *handles, const struct world_handle *wanted)
{
    uint32_t number = handles->first_free;
    if (number == 0) {
        (void)close(wanted->fd); /* nothing was written through it */
        return 0;
    }
    struct world_handle *slot = &handles->slots[number - 1];
    uint16_t generation = slot->generation;
    handles->first_free = slot->next_free;
    if (handles->first_free == 0)
        handles->last_free = 0;
    *slot = *wanted;
    slot->generation = generation;
    slot->next_free = 0;
    return (uint32_t)generation << 16 | number;
}

struct world_handle *world_handles_find(const struct world_handles *handles, uint32_t handle)
{
    uint32_t number = handle & 0xffff;
    if (number == 0 || number > handles->count)
        return NULL;
    struct world_handle *slot = &handles->slots[number - 1];
    if (slot->kind == WORLD_KIND_NONE || slot->generation != handle >> 16)
        return NULL;
    return slot;
}

void world_handles_close(struct world_handles *handles, uint32_t handle)
{
    struct world_handle *slot = world_handles_find(handles, handle);
    ASSERT(slot != NULL);
    uint32_t number = handle & 0xffff;
    (void)close(slot->fd); /* what SYNC did not ask for is not promised */
    *slot = (struct world_handle){.generation = (uint16_t)(slot->generation + 1), .fd = -1};
    if (handles->last_free == 0)
        handles->first_free = number;
    else
        handles->slots[handles->last_free - 1].next_free = number;
    handles->last_free = number;
}
