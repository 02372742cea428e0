/*
 * aether/guest.h: what a guest written in C sees of Aether. docs/abi/guest.md is the manual.
 *
 * Compile with clang --target=wasm32-unknown-unknown -nostdlib (mk/guest.mk has the whole line).
 * A call that is refused (not granted, over its budget, a bad range) does not return: it traps with
 * "refused by the host". There is no libc, no clock and no address of anything but guest memory.
 */
#ifndef AETHER_GUEST_H
#define AETHER_GUEST_H

#include <stdint.h>

#define AETHER_IMPORT(name) __attribute__((import_module("aether"), import_name(#name)))

/* Starts the definition of an exported function without parameters:
 *     AETHER_EXPORT(int32_t, evaluate_limits)
 *     { ... } */
#define AETHER_EXPORT(type, name)                                                                  \
    type name(void) __attribute__((export_name(#name)));                                           \
    type name(void)

/* Sensors: latched once per wake, so every read of a cycle gives the same value. */
AETHER_IMPORT(read_atmospheric_pressure) float aether_read_atmospheric_pressure(void); /* atm */
AETHER_IMPORT(read_radiation_dosimeter) int32_t aether_read_radiation_dosimeter(void);
AETHER_IMPORT(read_oxygen) int32_t aether_read_oxygen(void);
AETHER_IMPORT(read_kinetic_joint) int32_t aether_read_kinetic_joint(void);

/* Why and under which limits the guest runs: AETHER_STATUS_* below. Needs no grant. */
AETHER_IMPORT(get_status) int32_t aether_get_status(void);

/* At most AETHER_TELEMETRY_MAX bytes a vector, AETHER_TELEMETRY_BUDGET vectors a cycle. */
AETHER_IMPORT(commit_telemetry_vector)
void aether_commit_telemetry_vector(const void *data, int32_t len);

/* 64 bits for the uplink, registers of the guest's own: the kernel's proof follows by itself. */
AETHER_IMPORT(commit_uplink) void aether_commit_uplink(int32_t lo, int32_t hi);

AETHER_IMPORT(emit_signal) void aether_emit_signal(int32_t signal);

/* Ends the cycle at once: no proof, everything erased. Does not return. */
AETHER_IMPORT(shred_self) _Noreturn void aether_shred_self(void);

#define AETHER_TELEMETRY_MAX    64
#define AETHER_TELEMETRY_BUDGET 16
#define AETHER_UPLINK_BUDGET    8
#define AETHER_SIGNAL_BUDGET    16

/* Bits of aether_get_status(); the numbers of aether/gate.h, enum gate_status_bits. */
#define AETHER_STATUS_VECTOR_MASK   0xFF
#define AETHER_STATUS_BOARD         0x100
#define AETHER_STATUS_BENCH         0x200
#define AETHER_STATUS_SIGNED        0x400
#define AETHER_STATUS_METERED       0x800
#define AETHER_STATUS_DEADLINE      0x1000
#define AETHER_STATUS_MEMORY_CAP    0x2000
#define AETHER_STATUS_CHAINED       0x4000
#define AETHER_STATUS_FAULT_TO_TRAP 0x8000

#define AETHER_VECTOR_PRESSURE 0x20
#define AETHER_VECTOR_JOINT    0x21

#endif
