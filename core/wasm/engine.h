/*
 * core/wasm/engine.h: instances and runs. The engine as its hosts see it.
 *
 * A run is a function of (module, entry, inputs, limits): no clock, no address, no allocator
 * enters. A trap is a result, not an error: wasm_call returns STATUS_OK and fills `out_outcome`.
 * One instance, one thread, one arena. No mutable globals.
 */
#ifndef AETHER_WASM_ENGINE_H
#define AETHER_WASM_ENGINE_H

#include "core/wasm/module.h"
#include "core/wasm/trap.h"

struct wasm_instance;

/* The job's caps (semantics.md 5): all reserved before the run starts. */
struct wasm_caps {
    uint64_t fuel;
    uint64_t memory_bytes;   /* all memories together */
    uint64_t table_elements; /* all tables together */
    uint64_t stack_units;    /* slots */
};

/* A host function: `slots` holds the arguments on entry and the results on return, one 64-bit
 * slot each (i32 and f32 in the low half, zero-extended). Anything but WASM_TRAP_NONE ends the run
 * with that kind; `*out_reason` goes with WASM_TRAP_HOST_REFUSED. */
typedef enum wasm_trap host_call_fn(void *context, struct wasm_instance *caller, uint64_t *slots,
                                    uint32_t *out_reason);

struct wasm_host_func {
    struct bytes module;
    struct bytes name;
    uint32_t param_count, result_count;
    const uint8_t *params; /* binary-format bytes of number types */
    const uint8_t *results;
    host_call_fn *call;
};

struct wasm_host {
    void *context; /* given to every host function */
    const struct wasm_host_func *funcs;
    size_t func_count;
    /* Zeroed room for one linear memory that may grow up to `cap_bytes` (already clipped to the
     * caps); its base never moves. LIMIT or NO_MEMORY when it can not be had. */
    enum status (*memory_reserve)(void *context, uint64_t cap_bytes, uint8_t **out_base);
};

/* What a run left. */
struct wasm_outcome {
    enum wasm_trap trap; /* WASM_TRAP_NONE: it returned */
    uint32_t reason;     /* with WASM_TRAP_HOST_REFUSED */
    uint32_t func;       /* index of the function that trapped */
    uint64_t offset;     /* of the operator that trapped, in the module */
};

/* Links, allocates, initialises (active segments) and, unless it traps, runs the start function.
 * UNLINKABLE names the import; LIMIT says what size would do; TRAP: see `out_outcome`, and
 * `out_instance` is set as well: dead, but it knows the fuel that the start function burnt. The
 * module must outlive the instance. All translation happens here (eager: time must not vary later).
 */
enum status MUST_CHECK wasm_instance_create(const struct wasm_module *module,
                                            const struct wasm_host *host,
                                            const struct wasm_caps *caps, struct arena *arena,
                                            struct wasm_instance **out_instance,
                                            struct wasm_outcome *out_outcome,
                                            struct report *report);

/* Calls function `func` (of the index space). `slots`: arguments in, results out; room for the
 * larger of both. The fuel left over from earlier calls is what it may burn. After a trap the
 * instance is dead: DENIED. */
enum status MUST_CHECK wasm_call(struct wasm_instance *instance, uint32_t func, uint64_t *slots,
                                 struct wasm_outcome *out_outcome);

/* Fuel burnt so far: budget - rest. */
uint64_t wasm_instance_fuel_used(const struct wasm_instance *instance);

/* Memory `index`, as it is now: `out_len` bytes from `out_base`. NOT_FOUND when there is none. */
enum status MUST_CHECK wasm_instance_memory(struct wasm_instance *instance, uint32_t index,
                                            uint8_t **out_base, uint64_t *out_len);

/* Global `index`'s value (64 bits; v128 and references are INVALID here). */
enum status MUST_CHECK wasm_instance_global(const struct wasm_instance *instance, uint32_t index,
                                            uint64_t *out_value);

#endif
