/*
 * board/machine.c: the window's memory, seen from outside of the machine.
 *
 * Invariants:
 *   (1) Every word is accessed once per use, 32 bits wide: the machine may write at any time.
 *   (2) A commit is in the store before `stored` says so.
 *   (3) Outputs are copied after the sequence was seen and kept only if it is still the same.
 *   (4) The sensors of an entry are those of the wake, not of the commit.
 */
#include "board/machine.h"

#include <time.h>

#include "board/store.h"
#include "core/crypto/sha256.h"

uint64_t clock_now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* can not fail for this clock */
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static volatile uint32_t *word_at(const struct machine *machine, uint32_t offset)
{
    ASSERT(offset % 4 == 0 && offset <= WINDOW_BYTES - 4);
    return (volatile uint32_t *)(volatile void *)(machine->memory + offset);
}

void machine_write_u32(struct machine *machine, uint32_t offset, uint32_t value)
{
    *word_at(machine, offset) = value;
}

uint32_t machine_read_u32(const struct machine *machine, uint32_t offset)
{
    return *word_at(machine, offset);
}

uint32_t commit_u32(const struct machine_commit *commit, uint32_t offset)
{
    return load_le32(commit->window + offset);
}

uint64_t commit_proof(const struct machine_commit *commit)
{
    return (uint64_t)commit_u32(commit, WINDOW_PROOF_HI) << 32 |
           commit_u32(commit, WINDOW_PROOF_LO);
}

/* Cycle number and previous hash for the next wake. */
static void write_chain(struct machine *machine)
{
    uint64_t cycle = store_next_cycle(machine->store);
    uint8_t previous[32];

    store_last_hash(machine->store, previous);
    for (uint32_t i = 0; i < sizeof previous; i += 4)
        machine_write_u32(machine, WINDOW_PREVIOUS + i, load_le32(previous + i));
    machine_write_u32(machine, WINDOW_CYCLE, (uint32_t)cycle);
    machine_write_u32(machine, WINDOW_CYCLE + 4, (uint32_t)(cycle >> 32));
}

void machine_init(struct machine *machine, volatile uint8_t *memory, struct receipt_store *store)
{
    memset(machine, 0, sizeof *machine);
    machine->memory = memory;
    machine->store = store;
    for (uint32_t offset = 0; offset < WINDOW_BYTES; offset += 4)
        machine_write_u32(machine, offset, 0);
    write_chain(machine);
}

static void copy_window(const struct machine *machine, uint8_t out_window[static WINDOW_BYTES])
{
    for (uint32_t offset = 0; offset < WINDOW_BYTES; offset += 4)
        store_le32(out_window + offset, machine_read_u32(machine, offset)); /* (1) */
}

static void show_sensors(const struct machine *machine,
                         uint8_t out_sensors[static MACHINE_SENSOR_BYTES])
{
    for (uint32_t at = 0; at < MACHINE_SENSOR_BYTES; at += 4)
        store_le32(out_sensors + at, machine_read_u32(machine, WINDOW_OXYGEN + at));
}

void machine_note_raise(struct machine *machine, uint32_t index)
{
    struct machine_wake *wake = &machine->wakes[index];

    ASSERT(index < MACHINE_VECTORS);
    machine->raised_ns = clock_now_ns();
    if (machine_read_u32(machine, WINDOW_DORMANCY) == WINDOW_DORMANCY_AWAKE) {
        wake->is_next = true;
        return;
    }
    wake->is_shown = true;
    show_sensors(machine, wake->sensors);
}

/* (4): of the cycle that `commit` ends; then the wakes that waited for its end. */
static void settle_wakes(struct machine *machine, struct machine_commit *commit)
{
    uint32_t index = commit_u32(commit, WINDOW_VECTOR) - MACHINE_VECTOR_FIRST;

    memcpy(commit->sensors, commit->window + WINDOW_OXYGEN, sizeof commit->sensors);
    if (index < MACHINE_VECTORS && machine->wakes[index].is_shown) {
        memcpy(commit->sensors, machine->wakes[index].sensors, sizeof commit->sensors);
        machine->wakes[index].is_shown = false;
    }
    for (struct machine_wake *wake = machine->wakes; wake < machine->wakes + MACHINE_VECTORS;
         wake++) {
        wake->is_shown |= wake->is_next;
        wake->is_next = false;
        if (wake->is_shown)
            show_sensors(machine, wake->sensors);
    }
}

bool machine_look(struct machine *machine, bool *out_is_new)
{
    uint32_t sequence = machine_read_u32(machine, WINDOW_SEQUENCE);

    *out_is_new = false;
    if (sequence == 0)
        machine->sequence = 0; /* the machine has bound the window anew */
    if (sequence == machine->sequence || machine->queue_len == MACHINE_QUEUE)
        return true;

    uint32_t slot = (machine->queue_head + machine->queue_len) % MACHINE_QUEUE;
    struct machine_commit *commit = &machine->queue[slot];

    copy_window(machine, commit->window);
    if (machine_read_u32(machine, WINDOW_SEQUENCE) != sequence) /* (3) */
        return true;                                            /* the caller looks again */
    commit->taken_ns = clock_now_ns();
    commit->raised_ns = machine->raised_ns;
    memset(commit->hash, 0, sizeof commit->hash);
    if (commit_u32(commit, WINDOW_RECEIPT_LEN) == RECEIPT_BYTES)
        sha256_digest(bytes_of(commit->window + WINDOW_RECEIPT, RECEIPT_BYTES), commit->hash);
    settle_wakes(machine, commit);
    if (!store_append(machine->store, commit))
        return false;

    if (sequence != machine->sequence + 1)
        machine->out_of_turn++;
    machine->sequence = sequence;
    machine->taken++;
    machine->queue_len++;
    write_chain(machine);
    machine_write_u32(machine, WINDOW_STORED, sequence); /* (2) */
    *out_is_new = true;
    return true;
}

const struct machine_commit *machine_take(struct machine *machine)
{
    if (machine->queue_len == 0)
        return NULL;

    const struct machine_commit *commit = &machine->queue[machine->queue_head];

    machine->queue_head = (machine->queue_head + 1) % MACHINE_QUEUE;
    machine->queue_len--;
    return commit;
}
