/*
 * board/machine.h: the register window from the board's side: sets inputs, takes commits, chains.
 *
 * The board stores what the machine committed and computes nothing from it but the SHA-256 that the
 * next cycle gets as `previous`. Taking a commit is: copy the window, store the entry, write cycle
 * and previous for the next wake, then `stored`, which lets the machine go on.
 * A commit out of turn (a sequence that is not one more than the last) is kept and counted.
 */
#ifndef AETHER_BOARD_MACHINE_H
#define AETHER_BOARD_MACHINE_H

#include "aether/abi/receipt.h"
#include "aether/abi/window.h"
#include "core/base/bytes.h"

#define MACHINE_QUEUE 64u

#define MACHINE_SENSOR_BYTES 16u /* WINDOW_OXYGEN to WINDOW_DOSE */

/* What the machine committed, copied in one go. */
struct machine_commit {
    uint8_t window[WINDOW_BYTES];
    uint8_t sensors[MACHINE_SENSOR_BYTES]; /* as they stood when this cycle could latch them */
    uint8_t hash[32];                      /* of the receipt; zero without one */
    uint64_t taken_ns;                     /* monotonic clock */
    uint64_t raised_ns;                    /* of the last raise before it; 0: none */
};

struct receipt_store; /* board/store.h */

#define MACHINE_VECTOR_FIRST 0x20u /* pressure; the joint follows */
#define MACHINE_VECTORS      2u

/* A vector's way from the interrupt to its commit. Raised while the machine sleeps, the sensors of
 * that moment are what it latches; raised while it runs, those of the moment when its cycle is
 * stored, since the next one can not begin before. */
struct machine_wake {
    bool is_shown; /* `sensors` are what the cycle latches */
    bool is_next;  /* raised during a cycle */
    uint8_t sensors[MACHINE_SENSOR_BYTES];
};

struct machine {
    volatile uint8_t *memory;
    struct receipt_store *store;
    uint32_t sequence; /* last one taken */
    uint64_t raised_ns;
    struct machine_wake wakes[MACHINE_VECTORS];
    uint32_t out_of_turn;
    uint32_t taken; /* commits since the start */
    uint32_t queue_head;
    uint32_t queue_len;
    struct machine_commit queue[MACHINE_QUEUE];
};

/* Zeroes the window and tells the first cycle its number and the hash of the store's last receipt.
 */
void machine_init(struct machine *machine, volatile uint8_t *memory, struct receipt_store *store);

void machine_write_u32(struct machine *machine, uint32_t offset, uint32_t value);
uint32_t machine_read_u32(const struct machine *machine, uint32_t offset);

/* To be told before vector MACHINE_VECTOR_FIRST + index is raised. */
void machine_note_raise(struct machine *machine, uint32_t index);

/* If the sequence has changed, takes the commit into the queue. False if it could not be stored:
 * then `stored` is not written either. */
bool MUST_CHECK machine_look(struct machine *machine, bool *out_is_new);

/* Oldest commit that nobody has asked for, or NULL. Valid until the next machine_look. */
const struct machine_commit *machine_take(struct machine *machine);

uint32_t commit_u32(const struct machine_commit *commit, uint32_t offset);
uint64_t commit_proof(const struct machine_commit *commit);

uint64_t clock_now_ns(void);

#endif
