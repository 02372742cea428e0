/*
 * suite/room.h: where the linear memories of a file lie: two runs of zero bytes, as a job has them
 * on metal (guest memory, and what is left of the arena). The same hosted, so that what fits in one
 * place fits in the other.
 */
#ifndef AETHER_SUITE_ROOM_H
#define AETHER_SUITE_ROOM_H

#include "core/base/bytes.h"

#define SUITE_ROOM_PARTS 2

struct suite_room {
    struct {
        uint8_t *base;
        uint64_t cap, used;
    } parts[SUITE_ROOM_PARTS];
};

/* To take everything back, a host zeroes what was given and sets `used` to 0. */

/* From the first part that has so much left; NO_MEMORY. */
enum status MUST_CHECK suite_room_reserve(struct suite_room *room, uint64_t bytes,
                                          uint8_t **out_base);

#endif
