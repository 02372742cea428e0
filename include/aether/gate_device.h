/*
 * aether/gate_device.h: GATE_DEVICE, the interface of a gate that has sensors and a downlink: the
 * metal kernel, and the verifier that runs a metal cycle again. The rest is in gate.h.
 */
#ifndef AETHER_GATE_DEVICE_H
#define AETHER_GATE_DEVICE_H

#include "aether/gate.h"

/* GATE_DEVICE: sensors and telemetry, each method on the handle of its right. */
enum gate_device_method {
    GATE_DEVICE_READ_PRESSURE = 0,    /* values[0] = f32 bits, atm */
    GATE_DEVICE_READ_DOSE = 1,        /* values[0] = i32 bits */
    GATE_DEVICE_READ_OXYGEN = 2,      /* values[0] = i32 bits */
    GATE_DEVICE_READ_JOINT = 3,       /* values[0] = i32 bits */
    GATE_DEVICE_GET_STATUS = 4,       /* values[0] = enum gate_status_bits; needs no handle */
    GATE_DEVICE_COMMIT_TELEMETRY = 5, /* in: 0 to GATE_TELEMETRY_MAX bytes */
    GATE_DEVICE_COMMIT_UPLINK = 6,    /* args[0] lo, args[1] hi (32 bits each) */
    GATE_DEVICE_EMIT_SIGNAL = 7,      /* args[0] = u32 */
    GATE_DEVICE_SHRED = 8, /* ends the cycle, no proof; never returns on metal; no handle */
    GATE_DEVICE_METHOD_COUNT = 9,
};

/* The rights that a manifest can grant, by name; the index is the place of the handle in gate_job.
 */
#define GATE_RIGHT_LIST(X)                                                                         \
    X(0, PRESSURE, "pressure")                                                                     \
    X(1, DOSE, "dose")                                                                             \
    X(2, OXYGEN, "oxygen")                                                                         \
    X(3, JOINT, "joint")                                                                           \
    X(4, TELEMETRY, "telemetry")                                                                   \
    X(5, UPLINK, "uplink")                                                                         \
    X(6, SIGNAL, "signal")

enum gate_right {
#define X(index, name, word) GATE_RIGHT_##name = index,
    GATE_RIGHT_LIST(X)
#undef X
        GATE_RIGHT_COUNT
};

/* get_status(): which vector woke us, what is present, which limits hold (spec 001 "bitmask"). */
enum gate_status_bits {
    GATE_STATUS_VECTOR_MASK = 0xFF,     /* the wake vector, 0x20 or 0x21 */
    GATE_STATUS_BOARD = 1 << 8,         /* a sensor board is present */
    GATE_STATUS_BENCH = 1 << 9,         /* bench mode: inputs are injected */
    GATE_STATUS_SIGNED = 1 << 10,       /* the payload's signature was checked */
    GATE_STATUS_METERED = 1 << 11,      /* fuel is counted */
    GATE_STATUS_DEADLINE = 1 << 12,     /* a deadline is armed */
    GATE_STATUS_MEMORY_CAP = 1 << 13,   /* linear memory is capped */
    GATE_STATUS_CHAINED = 1 << 14,      /* the board gave a previous receipt */
    GATE_STATUS_FAULT_TO_TRAP = 1 << 15 /* test image */
};

/* Budgets of one cycle: over them, the call is refused with REFUSAL_BUDGET. */
#define GATE_TELEMETRY_MAX    64u  /* bytes of one vector */
#define GATE_TELEMETRY_BUDGET 16u  /* vectors */
#define GATE_TELEMETRY_BYTES  384u /* bytes of all vectors, one length byte each included */
#define GATE_SIGNAL_BUDGET    16u
#define GATE_UPLINK_BUDGET    8u

#endif
