/*
 * board/flight.h: flies a mission: runs its steps against a machine and holds it to what it
 * expects.
 */
#ifndef AETHER_BOARD_FLIGHT_H
#define AETHER_BOARD_FLIGHT_H

#include "board/child.h"
#include "board/machine.h"
#include "board/mission.h"
#include "board/server.h"

#define FLIGHT_HOLDS_MAX 4u

/* A word that is overwritten all the time, by a thread of its own. */
struct flight_hold {
    volatile uint8_t *memory;
    uint32_t offset;
    uint32_t value;
    _Atomic bool is_over;
    unsigned long thread; /* pthread_t */
};

struct flight {
    const struct mission *mission;
    const char *mission_name; /* for file:line */
    struct server *server;
    struct machine *machine;
    struct child *child; /* NULL: somebody else runs the machine */
    bool is_json;
    uint32_t checks; /* expectations that were looked at */
    uint32_t failures;
    const struct machine_commit *current; /* what `expect` is about; NULL: nothing yet */
    struct machine_commit current_copy;
    uint64_t left[MISSION_STEPS_MAX]; /* of each repeat: turns to go */
    struct flight_hold holds[FLIGHT_HOLDS_MAX];
    uint32_t hold_count;
};

/* Runs all steps. A failed expectation is told and counted, an await in vain ends the flight.
 * False if it ended early. */
bool MUST_CHECK flight_run(struct flight *flight);

/* After the steps: takes what the machine still commits until its process has ended. False if it
 * has not within `seconds`. */
bool MUST_CHECK flight_wait_for_end(struct flight *flight, double seconds);

#endif
