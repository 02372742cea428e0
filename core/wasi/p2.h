/*
 * core/wasi/p2.h: WASI 0.2 as a host of components, over gate calls (docs/wasi.md: what of it).
 *
 * One struct wasi_p2 serves one linked component. It holds what the interfaces need to remember:
 * resources (descriptors with their handles of the gate, streams with their positions, pollables,
 * errors) in a table of P2_SLOT_MAX slots with generations. Dropping one gives its slot back, so
 * nothing grows with the number of calls. What is real is asked of the gate each time (client.h).
 *
 * Refused with a trap (REFUSAL_MISUSE) is what WIT says traps: a write beyond what check-write
 * permitted, more than 4,096 bytes in a blocking write, a poll of nothing, and the drop of a stream
 * that still has a pollable. A full table is REFUSAL_BUDGET.
 */
#ifndef AETHER_WASI_P2_H
#define AETHER_WASI_P2_H

#include "core/component/host.h"
#include "core/wasi/gate.h"

#define P2_SLOT_MAX 16384u

struct p2_slot;

/* What was read ahead of one directory stream: which (its rep), and entries not yet given. */
#define P2_ENTRIES_MAX 8192u
struct p2_entries {
    uint32_t owner; /* 0: nobody */
    struct bytes left;
    uint8_t data[P2_ENTRIES_MAX];
};

struct wasi_p2 {
    struct wasi_gate gate;
    struct wasi_exit exit; /* set by wasi:cli/exit, whose call traps with REFUSAL_EXITED */
    struct component_host host;
    struct p2_slot *slots;
    uint32_t slot_count; /* used at least once */
    uint32_t free_head;  /* index + 1 of a slot given back; 0: none */
    struct p2_entries entries;
};

/* `arena` gives the table its room. With `traps_unknown` an import that nobody offers is linked and
 * traps when called. After it, p2->host is what component_instantiate takes. */
enum status MUST_CHECK wasi_p2_init(struct wasi_p2 *p2, const struct wasi_gate *gate,
                                    bool traps_unknown, struct arena *arena);

/* All room of the table, and how much of it was ever used: the rest is zero. */
struct bytes wasi_p2_table(const struct wasi_p2 *p2, size_t *out_used);

/* Resources that are held at this moment; 0 when the guest has dropped everything. */
uint32_t wasi_p2_resource_count(const struct wasi_p2 *p2);

#endif
