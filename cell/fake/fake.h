/*
 * cell/fake/fake.h: a cell in the calling process: for tests and for the ground verifier.
 *
 * fake_run takes what a receipt's maker had (payload, manifest, inputs) and gives what the cell
 * left. Gate and devices are core/proof/session and core/proof/journal, the ones of the metal
 * kernel, so a run here and a run in ring 3 end in the same outcome, bit for bit.
 *
 * It isolates nothing: a hosted tool that runs a payload trusts the engine's own checks. Guest
 * memory lies between unmapped guards all the same. There is no deadline: fuel ends every run.
 */
#ifndef AETHER_CELL_FAKE_H
#define AETHER_CELL_FAKE_H

#include "core/proof/bundle.h"
#include "core/proof/journal.h"

struct fake_job {
    struct bytes payload;
    const struct manifest *manifest; /* limits, entry, grants, flags; the rest is not looked at */
    struct journal_inputs inputs;
    uint64_t refuse_at; /* tests: the n-th allocation of the engine fails; 0: none */
};

struct fake_result {
    struct gate_outcome outcome; /* as the gate would write it: shredded and bad-gate included */
    struct journal journal;
    uint32_t payload_version;
    uint64_t arena_peak;  /* bytes of the engine's arena that were in use at once */
    struct report report; /* the sentence behind a fault */
};

/* NO_MEMORY: the host has not the room that the limits ask for. LIMIT: limits over what any gate
 * grants (abi/cell.h). Everything else is an outcome. */
enum status MUST_CHECK fake_run(const struct fake_job *job, struct fake_result *out_result,
                                struct report *report);

#endif
