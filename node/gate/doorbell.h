/*
 * node/gate/doorbell.h: the gate's end of the shared page: see abi/gate_linux.h for the protocol.
 *
 * The cell may write to every word of the page at any moment. What it can gain by that is that its
 * own call is answered late or not at all.
 */
#ifndef AETHER_NODE_GATE_DOORBELL_H
#define AETHER_NODE_GATE_DOORBELL_H

#include "aether/abi/gate_linux.h"
#include "aether/gate.h"
#include "core/base/compiler.h"

struct gate_doorbell {
    struct gate_linux_page *page;
    uint32_t seen;            /* `rung` when it was last looked at */
    uint32_t answered;        /* our own count */
    uint32_t spin, spin_most; /* cycles of the time stamp counter */
    bool is_ended;            /* by gate_doorbell_end, from any thread */
};

enum gate_ring { GATE_RING_REQUEST, GATE_RING_ENDED, GATE_RING_LATE };

void gate_doorbell_init(struct gate_doorbell *bell, struct gate_linux_page *page);

/* Waits for the next ring, or gate_doorbell_end, or `deadline_ns` (0: none). */
enum gate_ring gate_doorbell_wait(struct gate_doorbell *bell, uint64_t deadline_ns);

/* The one copy of the request. */
void gate_doorbell_take(const struct gate_doorbell *bell, struct gate_request *out_copy);

/* `reply` NULL: none, the answer itself is the message. */
void gate_doorbell_answer(struct gate_doorbell *bell, const struct gate_reply *reply);

/* From any thread: a wait comes back, and no later one begins. The cell has to be dead, or it could
 * hide this wake; for a living one the deadline is the bound. */
void gate_doorbell_end(struct gate_doorbell *bell);

#endif
