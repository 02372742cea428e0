/*
 * suite/room.c: room for linear memories, given from the front.
 */
#include "suite/room.h"

enum status suite_room_reserve(struct suite_room *room, uint64_t bytes, uint8_t **out_base)
{
    for (size_t i = 0; i < SUITE_ROOM_PARTS; i++) {
        if (bytes > room->parts[i].cap - room->parts[i].used)
            continue;
        *out_base = room->parts[i].base + room->parts[i].used;
        room->parts[i].used += bytes;
        return STATUS_OK;
    }
    return STATUS_NO_MEMORY;
}
