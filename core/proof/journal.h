/*
 * core/proof/journal.h: the device interface of the gate, as a pure function.
 *
 * Inputs are latched once per wake; every GATE_DEVICE call is answered from them and recorded here.
 * The metal kernel, the ground verifier and the tests use this same code, so a second run from the
 * recorded inputs meets the same answers. No memory is touched but the arguments'.
 */
#ifndef AETHER_PROOF_JOURNAL_H
#define AETHER_PROOF_JOURNAL_H

#include "aether/abi/outcome.h"
#include "aether/gate_device.h"
#include "core/base/bytes.h"

/* Latched once per wake (000-04, semantics.md 9). */
struct journal_inputs {
    uint32_t vector;
    uint32_t oxygen;
    uint32_t joint;
    uint32_t pressure_bits; /* f32 */
    uint32_t dose;
    uint32_t status_bits; /* enum gate_status_bits without the vector */
    uint64_t cycle;
    uint8_t previous[32];
};

struct journal {
    struct journal_inputs inputs;
    uint32_t handles[GATE_RIGHT_COUNT]; /* 0: not granted */
    uint32_t telemetry_count;
    uint32_t telemetry_len;
    uint8_t telemetry[GATE_TELEMETRY_BYTES]; /* [length byte, bytes]... */
    uint32_t signal_count;
    uint32_t signals[GATE_SIGNAL_BUDGET];
    uint32_t uplink_count;
    uint32_t uplinks[GATE_UPLINK_BUDGET][2]; /* lo, hi */
    bool is_shredded;
};

/* `granted`: bit i = enum gate_right i. Handles are made from `generation` (never 0) and index. */
void journal_init(struct journal *journal, const struct journal_inputs *inputs, uint32_t granted,
                  uint32_t generation);

/* Answers one GATE_DEVICE request. `request` is the gate's own copy; `transfer` is the transfer
 * area, of which at most request->in is read, once. Always fills the whole reply. SHRED sets
 * is_shredded and answers GATE_OK: ending the cycle is the caller's. */
void journal_call(struct journal *journal, const struct gate_request *request,
                  struct bytes transfer, struct gate_reply *out_reply);

#endif
