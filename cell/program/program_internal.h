/*
 * cell/program/program_internal.h: one run of a program, and how it is told to the gate. For
 * the files of this folder only.
 *
 * Invariants:
 *   (1) Exactly one FINISH, last, on every path; EXPLAIN at most once, before it.
 *   (2) What the guest can cause is an outcome, never a panic; a gate that breaks gate.h is a
 * panic. (3) Every memory of the run is in the binding's area, arena and memory alike.
 */
#ifndef AETHER_CELL_PROGRAM_INTERNAL_H
#define AETHER_CELL_PROGRAM_INTERNAL_H

#include "cell/binding.h"
#include "core/base/text.h"
#include "core/wasi/gate.h"
#include "core/wasm/engine.h"

/* What STARTED says of a payload: docs/abi/gate.md 3. */
enum program_kind {
    PROGRAM_BARE = 0,      /* a module that imports nothing of WASI */
    PROGRAM_PREVIEW_1 = 1, /* a module that imports wasi_snapshot_preview1 */
    PROGRAM_COMPONENT = 2,
};

/* A result up to so long goes out with FINISH. */
#define PROGRAM_STAGED_MAX 4096u

struct component;
struct component_run;
struct module_run;

struct program {
    struct gate_port *port;
    struct cell_areas areas;
    struct gate_job job;
    struct bytes payload;
    struct component_run *component; /* one of these two, once it is loaded */
    struct module_run *module;
    struct bytes call_text; /* with GATE_JOB_CALL */
    uint64_t features;      /* enum gate_feature */
    struct wasi_gate gate;
    struct wasi_exit exit;
    struct arena arena;  /* for all that lives as long as the run */
    struct arena values; /* of one call: its text, arguments, result; has a part of the arena */
    size_t mark;         /* of the arena: what is above is one call's */
    struct program_snapshot *snapshot; /* NULL: every call makes its instances */
    struct bytes table;                /* of resources, in the arena; empty: none */
    uint64_t request_count;            /* to the gate */
    uint64_t memory_first;             /* bytes of all memories before a call */
    uint32_t transfer_used; /* bytes of the transfer area that a call put something into */
    bool serves;            /* GATE_JOB_SERVE */
    bool is_spent;          /* ... and takes no further call */
    struct report report;   /* the sentence behind a fault; explained when it is made */
    uint64_t memory_taken;
    struct wasm_store *store; /* NULL until made; for the count of fuel */
    struct gate_outcome outcome;
    uint32_t staged_len;  /* of the result's end, not yet said */
    bool has_said_result; /* some of it */
    uint32_t given_len;   /* of the next call's text, in the transfer area already; */
    bool is_given;        /* all of it is */
    uint8_t staged[PROGRAM_STAGED_MAX];
    struct buffer explanation;
    uint8_t explanation_text[GATE_EXPLANATION_MAX];
};

/* program_gate.c: every request goes through here; those of GATE_CORE. */
void program_ring(struct program *program, const struct gate_request *request,
                  struct gate_reply *out_reply);
void program_take_job(struct program *program);
/* With GATE_JOB_CALL: program->call_text, in `arena`. */
enum status MUST_CHECK program_take_call_text(struct program *program, struct arena *arena);
/* The next bytes of the result. False: they are too many, and the outcome is made. */
bool MUST_CHECK program_result(struct program *program, struct bytes bytes);
/* Before EXPLAIN and FINISH: what of the result does not go out with FINISH. */
void program_end_result(struct program *program);
/* Says STARTED, once: as soon as the kind is known, before anything runs. */
void program_started(struct program *program, enum program_kind kind);
void program_say_explanation(struct program *program);
/* True: there is a next call. */
bool MUST_CHECK program_say_finish(struct program *program);
/* All words of GATE_WORLD_TEXT `which`, each NUL-terminated, in the arena. */
enum status MUST_CHECK program_text(struct program *program, enum gate_world_text which,
                                    struct bytes *out_text);

/* program_outcome.c: what there is to say besides the outcome, in whole lines; cut when it is too
 * long. */
struct text_sink program_explain(struct program *program);
/* The last line, for who wants statistics: "memory N, arena N". */
void program_explain_sizes(struct program *program, uint64_t memory_bytes);
/* These fill program->outcome. A fault takes its sentence from program->report, which goes into the
 * explanation. */
void program_fault(struct program *program, enum outcome_fault fault, uint64_t wanted);
void program_fault_of(struct program *program, enum status status);
/* The call can not be made as it was asked for; nothing has run, and others can be. What is wrong
 * is in the explanation. */
void program_refuse_call(struct program *program);
/* A trap; the exit of a program is one, too, and becomes the result that it is. Frames are the
 * caller's to explain; the sentence is said here. */
void program_trap(struct program *program, const struct wasm_outcome *trap);
void program_done(struct program *program, int32_t status);

/* program_host.c: for wasm_host.memory_reserve; the context is the program. */
enum status program_memory_reserve(void *context, uint64_t cap_bytes, uint8_t **out_base);
/* The caps of the job, for a store. */
void program_caps(const struct program *program, struct wasm_caps *out_caps);

/* memory_growth.c: bytes that one memory may grow by; 0: as far as there is room. */
uint64_t program_memory_growth(const struct component *component, uint64_t memory_bytes);
uint64_t program_module_memory_growth(const struct wasm_module *module, uint64_t memory_bytes);

/* program_payload.c: program->payload becomes what is inside a bundle. False: the outcome says that
 * it is empty, native code or a malformed bundle. */
bool MUST_CHECK program_open_payload(struct program *program);

/* component_*.c, module*.c: a component, a core module. Load once; false: outcome and explanation
 * say why not. Each call makes an instance, runs, and fills outcome and explanation. */
bool MUST_CHECK program_component_load(struct program *program);
void program_component_call(struct program *program);
/* Before a snapshot is put back. */
void program_component_reset(struct program *program);
bool MUST_CHECK program_module_load(struct program *program);
void program_module_call(struct program *program);

/* program_reset.c: the instances are made, since which the gate was asked `request_count` times. */
void program_made(struct program *program, uint64_t request_count);
/* After a call, so that the next one finds nothing of it; the transfer area once it has come. */
void program_reset(struct program *program);
void program_reset_transfer(struct program *program);
/* Has a call made memories grow by more than is wiped for less than a new cell costs? */
bool program_has_outgrown(const struct program *program);

/* program_snapshot.c: instances as they were made, kept and put back. Without room for it there is
 * none. */
void program_snapshot_take(struct program *program);
void program_snapshot_restore(struct program *program);

/* program_json.c: GATE_JOB_JSON, what components and modules have in common. */
struct component_type;
struct component_func_type;
struct component_value;
struct program_json_call {
    struct bytes name; /* as given, and in its two parts: */
    struct bytes interface, func;
    struct bytes params; /* text */
};
/* False: the text asks what there is to call. */
bool program_json_split(const struct program *program, struct program_json_call *out_call);
/* False: the call is refused, or there is no room. `type` NULL: there is no such function. */
bool MUST_CHECK program_json_params(struct program *program, const struct program_json_call *call,
                                    const struct component_func_type *type,
                                    struct component_value **out_params);
/* `[value, ...]`, to the gate. False: too long, and the outcome is made. */
bool MUST_CHECK program_json_results(struct program *program,
                                     const struct component_type *const *types,
                                     const struct component_value *values, uint32_t count);

/* program_describe.c: the answer to an empty text. */
struct program_description {
    struct program *program;
    struct program_described *items;
    uint32_t count, cap;
    bool is_full;
};
void program_describe_begin(struct program *program, struct program_description *description);
/* `interface` empty: a function of the payload itself. */
void program_describe_func(struct program_description *description, struct bytes interface,
                           struct bytes func, uint32_t param_count, uint32_t result_count);
/* Tells the gate, and makes the outcome. */
void program_describe_end(struct program_description *description);

#endif
