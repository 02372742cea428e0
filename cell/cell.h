/*
 * cell/cell.h: the boxed program: take a job, load, instantiate, run, answer.
 *
 *   hello -> job -> module -> entry found -> instance -> payload_version -> STARTED -> entry
 *     -> FINISH(result | trap | fault)
 *
 * Invariants:
 *   (1) Nothing is touched but the areas of the binding and the caller's struct cell.
 *   (2) Exactly one FINISH, last, on every path. What the guest can cause is a result, a trap or a
 *       fault, never a panic; a gate that breaks gate.h is a panic.
 *   (3) Nothing of the guest runs before module, entry and memory cap were checked.
 * Not here: deadline, scrub, receipt, inputs. Those are the gate's.
 */
#ifndef AETHER_CELL_CELL_H
#define AETHER_CELL_CELL_H

#include "cell/binding.h"
#include "core/wasm/engine.h"

struct cell {
    struct gate_port *port;
    struct cell_areas areas;
    struct gate_job job;
    struct arena arena;   /* module and instance; the validator's scratch is its upper half */
    struct report report; /* the sentence behind a fault, for hosts that can show it */
    uint64_t refuse_at;   /* tests: the n-th allocation of module or instance fails; 0: none */
    struct wasm_module *module;
    struct wasm_store *store;       /* NULL until made */
    struct wasm_instance *instance; /* NULL until made */
    uint64_t memory_taken;          /* bytes of the binding's area that memories have */
};

void cell_init(struct cell *cell, struct gate_port *port);

/* The whole life of the cell. Comes back only where the binding's doorbell does after FINISH. */
void cell_run(struct cell *cell);

/* cell/entry.c: the function to run. `name` as the job says, empty: evaluate_limits, diagnostic,
 * _start, whichever is exported first in this order. It takes nothing and returns nothing or one
 * i32; else UNLINKABLE. */
enum status MUST_CHECK cell_entry_find(const struct wasm_module *module, struct bytes name,
                                       uint32_t *out_func, struct report *report);

/* cell/entry.c: payload_version: () -> i32, or NOT_FOUND: without it, or with another type, the
 * payload has version 0. */
enum status MUST_CHECK cell_version_find(const struct wasm_module *module, uint32_t *out_func);

/* cell/host.c: the import module `aether` (docs/abi/guest.md); the context is the cell. */
void cell_host_init(struct cell *cell, struct wasm_host *out_host);

/* cell/outcome.c: what FINISH says. */
void cell_outcome_fault(struct cell *cell, enum outcome_fault fault, uint64_t wanted,
                        struct gate_outcome *out_outcome);
void cell_outcome_trap(const struct cell *cell, const struct wasm_outcome *trap,
                       struct gate_outcome *out_outcome);
void cell_outcome_result(const struct cell *cell, int32_t status, struct gate_outcome *out_outcome);

/* cell/outcome.c: the fault behind a status of load or instantiation. */
enum outcome_fault cell_fault_of(enum status status);

/* cell/outcome.c: bytes of guest memory that all memories of the module have at the start. */
uint64_t cell_memory_minimum(const struct wasm_module *module);

#endif
