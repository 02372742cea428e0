/*
 * metal/board.h: the sensor board as the kernel sees it: a register window, two wake vectors in,
 * one doorbell out. docs/abi/window.md is the protocol, aether/abi/window.h the default layout.
 *
 * Order of calls:
 *   boot:   board_find (or, in bench mode, board_bind_bench); board_sleep(WINDOW_DORMANCY_ASLEEP)
 *   cycle:  board_sleep(WINDOW_DORMANCY_AWAKE), board_latch, run, board_commit, board_doorbell
 *   again:  board_settle, board_sleep(WINDOW_DORMANCY_ASLEEP), board_doorbell, sti; hlt
 *   end:    board_sleep(WINDOW_DORMANCY_ENDED), board_doorbell, board_wipe, scrub
 *
 * Invariants:
 *   (1) An input register is read once per wake, by board_latch, and nowhere else.
 *   (2) `sequence` is written last, after every other byte was read back equal.
 *   (3) The window is mapped uncached and for ring 0 only; no other file has its address.
 *   (4) Called with interrupts off. Nothing here waits but board_settle, whose wait is bounded.
 *   (5) Before board_find or board_bind_bench, and after board_wipe, everything but these two does
 *       nothing: a fault without a board takes the same road as one with it.
 * Not here: what an input means, receipts, masking of vectors during a cycle.
 */
#ifndef AETHER_METAL_BOARD_H
#define AETHER_METAL_BOARD_H

#include "aether/abi/window.h"
#include "core/proof/journal.h"

/* Looks for the ivshmem board on PCI, puts its window at the map's physical address, routes its two
 * interrupts to the local APIC (which the caller has enabled), zeroes the outputs and writes the
 * map version. False: no board, or one we can not use; the caller's fault is FAULT_NO_BOARD. */
bool MUST_CHECK board_find(void);

/* Bench mode: the window is a page of the image's own RAM, at least WINDOW_BYTES long and zero. */
void board_bind_bench(void *page);

/* Bench mode: writes the oxygen drop into the inputs: 0.12 atm, dose 1250. */
void board_inject_bench(void);

/* Reads every input register once. Sets oxygen, joint, pressure_bits, dose, cycle, previous and the
 * BOARD, BENCH and CHAINED bits of status_bits; vector and the other bits are the caller's. */
void board_latch(struct journal_inputs *out_inputs);

/* What a cycle publishes. */
struct board_commit {
    uint32_t vector;
    uint32_t sequence; /* cycles committed since power-on, this one included; never 0 */
    uint32_t latched;  /* wakes that came during a cycle, since power-on */
    uint32_t outcome;  /* enum outcome_kind */
    uint32_t reason;
    uint32_t status;
    uint64_t proof;                /* 0 unless the outcome has one */
    uint64_t woken_tsc;            /* TSC at the handler's first instruction */
    const struct journal *journal; /* telemetry, signals, uplinks; NULL: none */
    const uint8_t *receipt;        /* RECEIPT_BYTES; NULL: none */
};

/* Writes receipt, telemetry, outcome registers, proof low, proof high; reads every byte back; then
 * the ticks; the sequence last. False: a byte came back different; the proof registers were zeroed
 * and the sequence is as it was. The caller then commits FAULT_COMMIT once, whatever that returns.
 * True without a board. */
bool MUST_CHECK board_commit(const struct board_commit *commit);

/* Writes the dormancy marker, and the PMU command: WINDOW_PMU_DORMANT, or 0 for ..._AWAKE. */
void board_sleep(uint32_t marker);

/* Tells the board to look. */
void board_doorbell(void);

/* Waits until the board has stored commit `sequence`, so that the next cycle finds its cycle number
 * and previous hash, and no receipt is overwritten unseen. Gives up after a fixed number of looks:
 * a silent board does not keep the node awake. Nothing to wait for in bench mode. */
void board_settle(uint32_t sequence);

/* Masks the board's interrupts, takes its bus mastership away and forgets every address. */
void board_wipe(void);

#endif
