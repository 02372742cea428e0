/*
 * cell/program/program_internal.h: what program.c, module_*.c and component_*.c share.
 *
 * program.c takes the job, sees what the payload is, calls program_module or program_component,
 * which fill the outcome, and says FINISH. Exactly one of them runs, once.
 */
#ifndef AETHER_CELL_PROGRAM_INTERNAL_H
#define AETHER_CELL_PROGRAM_INTERNAL_H

#include "aether/abi/outcome.h"
#include "cell/binding.h"
#include "core/wasi/gate.h"
#include "core/wasm/engine.h"

struct program {
    struct gate_port *port;
    struct cell_areas areas;
    struct gate_job job;
    struct bytes payload;
    struct wasi_gate gate; /* over the port */
    struct wasi_exit exit;
    struct arena arena;        /* all of job.arena_bytes */
    struct report report;      /* the sentence behind a fault */
    struct wasm_store *store;  /* NULL until made */
    uint64_t memory_taken;     /* bytes of the binding's area that memories have */
    struct buffer explanation; /* for people: whole lines; sent before FINISH */
    uint8_t explanation_room[GATE_EXPLANATION_MAX];
};

/* A component: wasi:cli/run, or with GATE_JOB_CALL the call (component_*.c). */
void program_component(struct program *program, struct gate_outcome *out_outcome);
/* A core module (module_*.c). */
void program_module(struct program *program, struct gate_outcome *out_outcome);

/* program_host.c: caps of the job, and a wasm host whose memories lie in the binding's area, one
 * behind the other. */
struct wasm_caps program_caps(const struct program *program);
struct wasm_host program_host(struct program *program);

/* program_gate.c: GATE_CORE. */
void program_say_started(struct program *program, uint32_t payload_version);
/* All of the call's text, in the arena. */
enum status MUST_CHECK program_call_text(struct program *program, struct arena *arena,
                                         struct bytes *out_text);
/* The next bytes of what the call gave. LIMIT: over GATE_RESULT_MAX, or refused. */
enum status MUST_CHECK program_send_result(struct program *program, struct bytes text);

/* program_explain.c: lines of the explanation; what does not fit is left out, whole lines. Names
 * of the guest go in as they are: who shows them escapes them. A '%' in the sentence is replaced by
 * the next name. */
void program_explain(struct program *program, const char *sentence, struct bytes first,
                     struct bytes second);
/* The report's sentence, and where. */
void program_explain_report(struct program *program);

/* program_outcome.c: what FINISH says. */
void program_fault(struct program *program, enum outcome_fault fault, uint64_t wanted,
                   struct gate_outcome *out_outcome);
/* By status of load, linking or instantiation; `wanted` with NO_MEMORY from the arena. */
void program_fault_of(struct program *program, enum status status,
                      struct gate_outcome *out_outcome);
/* A trap; the call that ended a program (REFUSAL_EXITED) is a result: what program->exit says. */
void program_trap(struct program *program, const struct wasm_outcome *trap,
                  struct gate_outcome *out_outcome);
void program_result(struct program *program, int32_t status, struct gate_outcome *out_outcome);

#endif
