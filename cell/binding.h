/*
 * cell/binding.h: what a cell needs from its box. Each binding supplies these functions, chosen at
 * link time: cell/metal (ring 3, syscall doorbell), cell/linux (a boxed process, futex doorbell),
 * cell/fake (a function call in a hosted program: tests, the verifier, cell/inprocess).
 *
 * A binding must also supply base_panic(): metal and the boxed process execute ud2, which ends the
 * cycle as a processor exception, or the process; a hosted program aborts.
 */
#ifndef AETHER_CELL_BINDING_H
#define AETHER_CELL_BINDING_H

#include "aether/gate.h"
#include "core/base/bytes.h"

/* The binding's own; the cell passes it through. */
struct gate_port;

/* Where the cell's areas are. All but the payload are writable; arena and memory are zero. How much
 * of payload, arena and memory may be touched is in the job. */
struct cell_areas {
    const uint8_t *payload;
    uint8_t *transfer;
    uint64_t transfer_bytes;
    uint8_t *arena;
    uint8_t *memory;
};

void gate_port_areas(struct gate_port *port, struct cell_areas *out_areas);

/* Puts the request into the gate page, rings the doorbell, copies the reply out. FINISH and SHRED
 * do not come back on metal; where they do, the caller makes no more than a last FINISH. */
void gate_port_ring(struct gate_port *port, const struct gate_request *request,
                    struct gate_reply *out_reply);

/* The same for a request whose answer may take long: `meanwhile` is done before the wait, which is
 * asleep from its start. It leaves the transfer area alone. Where programs run; not on metal. */
void gate_port_ring_long(struct gate_port *port, const struct gate_request *request,
                         void (*meanwhile)(void *context), void *context,
                         struct gate_reply *out_reply);

#endif
