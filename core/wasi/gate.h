/*
 * core/wasi/gate.h: the gate as WASI sees it. Preview 1 and 0.2 ask it for everything real through
 * the typed calls of client.h; whose doorbell rings is the binding's affair.
 */
#ifndef AETHER_WASI_GATE_H
#define AETHER_WASI_GATE_H

#include "aether/gate_world.h"
#include "core/base/bytes.h"

struct wasi_gate {
    void *context;
    /* Fills the whole reply. */
    void (*ring)(void *context, const struct gate_request *request, struct gate_reply *out_reply);
    uint8_t *transfer; /* the transfer area */
    uint32_t transfer_bytes;
    bool has_http; /* GATE_HTTP is there: GATE_FEATURE_HTTP */
};

/* How a program ended by its own word (proc_exit, wasi:cli/exit): the call that said so trapped
 * with REFUSAL_EXITED, and this is what it said. */
struct wasi_exit {
    bool has_exited;
    uint32_t code;
};

#endif
