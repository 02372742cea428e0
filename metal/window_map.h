/*
 * metal/window_map.h: what a register window looks like, as data. Another board is another table.
 *
 * A register is `bytes` long and is accessed in words of `width` bytes (1, 2 or 4), low address
 * first. `bytes` 0 means that this board has no such register: reading gives zero, writing nothing.
 */
#ifndef AETHER_METAL_WINDOW_MAP_H
#define AETHER_METAL_WINDOW_MAP_H

#include "core/base/compiler.h"

enum window_direction { WINDOW_IN, WINDOW_OUT };

/* The registers that the kernel knows, in no order of addresses. */
enum window_register {
    REGISTER_OXYGEN,
    REGISTER_JOINT,
    REGISTER_PRESSURE,
    REGISTER_DOSE,
    REGISTER_CYCLE,
    REGISTER_STORED,
    REGISTER_PREVIOUS,
    REGISTER_PROOF_LO,
    REGISTER_PROOF_HI,
    REGISTER_PMU_COMMAND,
    REGISTER_UPLINK_LO,
    REGISTER_UPLINK_HI,
    REGISTER_UPLINK_COUNT,
    REGISTER_SIGNAL,
    REGISTER_SIGNAL_COUNT,
    REGISTER_DORMANCY,
    REGISTER_VECTOR,
    REGISTER_SEQUENCE,
    REGISTER_TICKS,
    REGISTER_MAP,
    REGISTER_OUTCOME,
    REGISTER_REASON,
    REGISTER_STATUS,
    REGISTER_LATCHED,
    REGISTER_TELEMETRY_COUNT,
    REGISTER_TELEMETRY,
    REGISTER_RECEIPT_LEN,
    REGISTER_RECEIPT,
    REGISTER_COUNT
};

struct window_entry {
    const char *name;
    uint16_t offset;
    uint16_t bytes;
    uint8_t width;
    uint8_t direction; /* enum window_direction */
};

struct window_map {
    uint64_t physical;
    uint32_t bytes; /* of the whole window */
    uint32_t version;
    uint16_t board_peer;   /* whom the doorbell rings */
    uint16_t board_vector; /* with which of his vectors */
    uint8_t first_vector;  /* wake interrupt i raises this + i */
    uint8_t vector_count;
    struct window_entry registers[REGISTER_COUNT];
};

/* The board of aether/abi/window.h. */
extern const struct window_map window_map_v2;

#endif
