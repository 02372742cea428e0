/*
 * core/wasm/engine.h: stores, instances and runs. The engine as its hosts see it.
 *
 * A store is everything that instances share: types, functions, memories, tables, globals, the GC
 * heap, one stack and one budget of fuel. A cell has one store with one instance in it.
 *
 * A run is a function of (module, entry, inputs, limits): no clock, no address, no allocator
 * enters. A trap is a result, not an error: wasm_call returns STATUS_OK and fills `out_outcome`.
 * One store, one thread, one arena. No mutable globals.
 *
 * References are 32-bit numbers: 0 is null; a funcref names a function of the store (WASM 3.0
 * §4.2.5); an externref that a host makes is wasm_extern_ref(n). A reference to an object that a
 * host was given is good until the store runs again, unless something in the store holds the
 * object.
 */
#ifndef AETHER_WASM_ENGINE_H
#define AETHER_WASM_ENGINE_H

#include "core/wasm/module.h"
#include "core/wasm/trap.h"

struct wasm_store;
struct wasm_instance;
struct wasm_memory;
struct wasm_table_state;
struct wasm_global_state;
struct wasm_tag_state;

/* The job's caps (semantics.md 5): all reserved before the run starts. */
struct wasm_caps {
    uint64_t fuel;
    uint64_t memory_bytes;   /* all memories together */
    uint64_t memory_growth;  /* of one memory beyond its minimum; 0: only memory_bytes bounds it */
    uint64_t table_elements; /* all tables together */
    uint64_t heap_bytes;  /* of garbage-collected objects; unused unless a module has such types */
    uint64_t stack_units; /* slots */
};

/* A host function: `slots` holds the arguments on entry and the results on return, one 64-bit
 * slot each (i32 and f32 in the low half, zero-extended; v128 two slots; references 32-bit
 * numbers). Anything but WASM_TRAP_NONE ends the run with that kind; `*out_reason` goes with
 * WASM_TRAP_HOST_REFUSED. It may call functions of the store (wasm_call): where such a call did
 * not return, the host function has to answer with a trap, too. */
typedef enum wasm_trap host_call_fn(void *context, struct wasm_instance *caller, uint64_t *slots,
                                    uint32_t *out_reason);

struct wasm_host_func {
    struct bytes module;
    struct bytes name;
    uint32_t param_count, result_count;
    const uint32_t *params; /* value types: numbers, v128, abstract references */
    const uint32_t *results;
    host_call_fn *call;
    void *context; /* given to `call`; NULL: the host's */
};

struct wasm_host {
    void *context; /* given to every host function */
    const struct wasm_host_func *funcs;
    size_t func_count;
    /* Zeroed room for one linear memory that may grow up to `cap_bytes` (already clipped to the
     * caps); its base never moves. LIMIT or NO_MEMORY when it can not be had. */
    enum status (*memory_reserve)(void *context, uint64_t cap_bytes, uint8_t **out_base);
    /* Instances live on after a trap, as the specification's tests and embedders want it. Never in
     * a cell: semantics.md 3 says that they are dead. */
    bool survives_traps;
    /* Tests: the garbage collector runs at every allocation, so that no reference that it misses
     * stays unseen. */
    bool collects_always;
};

/* What an import gets, what an export is. */
struct wasm_extern {
    enum wasm_extern_kind kind;
    union {
        uint32_t func; /* a funcref, never null */
        struct wasm_table_state *table;
        struct wasm_memory *memory;
        struct wasm_global_state *global;
        struct wasm_tag_state *tag;
    };
};

/* What a run left. */
struct wasm_outcome {
    enum wasm_trap trap;                  /* WASM_TRAP_NONE: it returned */
    uint32_t reason;                      /* with WASM_TRAP_HOST_REFUSED */
    uint32_t func;                        /* index of the function that trapped, in its module */
    uint64_t offset;                      /* of the operator that trapped, in the module */
    const struct wasm_instance *instance; /* whose function trapped; NULL: none */
};

/* One frame of a trap's trace. */
struct wasm_trace_entry {
    const struct wasm_instance *instance;
    uint32_t func;
    uint64_t offset; /* of the operator: the one that trapped, or the call */
};

/* Reserves the stack. `arena` serves the store and all that is made in it; it outlives them. */
enum status MUST_CHECK wasm_store_create(const struct wasm_host *host, const struct wasm_caps *caps,
                                         struct arena *arena, struct wasm_store **out_store,
                                         struct report *report);

/* Finds every import of `module` among the host's functions, by name and type. `out_imports` has
 * room for module->import_count. UNLINKABLE names the import. */
enum status MUST_CHECK wasm_store_resolve(struct wasm_store *store,
                                          const struct wasm_module *module,
                                          struct wasm_extern *out_imports, struct report *report);

/* Links, allocates, initialises (active segments) and, unless it traps, runs the start function.
 * `imports`: one for each of the module's, in their order. UNLINKABLE names the import; LIMIT says
 * what size would do; TRAP: see `out_outcome`, and `out_instance` is set as well. The module must
 * outlive the store. All translation happens here (eager: time must not vary later). */
enum status MUST_CHECK wasm_instance_create(
    struct wasm_store *store, const struct wasm_module *module, const struct wasm_extern *imports,
    struct wasm_instance **out_instance, struct wasm_outcome *out_outcome, struct report *report);

/* Calls function `func` (of the index space). `slots`: arguments in, results out; room for the
 * larger of both. The fuel left over from earlier calls is what it may burn. NOT_FOUND: there is no
 * such function. After a trap the store is dead, unless the host survives traps: DENIED. NO_MEMORY
 * is a fault: the GC heap is exhausted, the store is dead. */
enum status MUST_CHECK wasm_call(struct wasm_instance *instance, uint32_t func, uint64_t *slots,
                                 struct wasm_outcome *out_outcome);

/* The same for a function that `funcref` names. NOT_FOUND: null, or a host's function. */
enum status MUST_CHECK wasm_call_ref(struct wasm_store *store, uint32_t funcref, uint64_t *slots,
                                     struct wasm_outcome *out_outcome);

/* The host function that `funcref` names; NULL: null, or a guest's. */
const struct wasm_host_func *wasm_store_host_func(const struct wasm_store *store, uint32_t funcref);

/* Fuel burnt so far: budget - rest. A new budget starts the count again. */
uint64_t wasm_store_fuel_used(const struct wasm_store *store);
void wasm_store_set_fuel(struct wasm_store *store, uint64_t fuel);

/* Frames of the last trap, the innermost first; how many were written. */
size_t wasm_store_trace(const struct wasm_store *store, struct wasm_trace_entry *out_entries,
                        size_t max);

const struct wasm_module *wasm_instance_module(const struct wasm_instance *instance);
struct wasm_store *wasm_instance_store(const struct wasm_instance *instance);

/* What `export` of the instance's module is. */
void wasm_instance_export(const struct wasm_instance *instance, const struct wasm_export *export,
                          struct wasm_extern *out_extern);

/* Objects of a host's own, for modules to import. Their types name no module's types. `func` must
 * outlive the store; a table holds null at first. LIMIT: over a cap; NO_MEMORY. */
enum status MUST_CHECK wasm_store_func(struct wasm_store *store, const struct wasm_host_func *func,
                                       struct wasm_extern *out_extern, struct report *report);
enum status MUST_CHECK wasm_store_memory(struct wasm_store *store,
                                         const struct wasm_memory_type *type,
                                         struct wasm_extern *out_extern, struct report *report);
enum status MUST_CHECK wasm_store_table(struct wasm_store *store, const struct wasm_table *type,
                                        struct wasm_extern *out_extern, struct report *report);
/* `value`: one slot, two of a v128. */
enum status MUST_CHECK wasm_store_global(struct wasm_store *store, uint32_t type, bool is_mutable,
                                         const uint64_t *value, struct wasm_extern *out_extern,
                                         struct report *report);

/* `params`: what its exceptions carry. */
enum status MUST_CHECK wasm_store_tag(struct wasm_store *store, const uint32_t *params,
                                      uint32_t count, struct wasm_extern *out_extern,
                                      struct report *report);

/* Memory `index`, as it is now: `out_len` bytes from `out_base`. NOT_FOUND when there is none. */
enum status MUST_CHECK wasm_instance_memory(struct wasm_instance *instance, uint32_t index,
                                            uint8_t **out_base, uint64_t *out_len);
void wasm_memory_bytes(const struct wasm_memory *memory, uint8_t **out_base, uint64_t *out_len);

/* For who puts a store back to how it was: every memory that an instance defines, as it is now, and
 * each instance's translated code, which nothing writes to once the instance is made. The newest
 * first; runs of code descend in the arena. */
typedef void wasm_memory_fn(void *context, uint8_t *base, uint64_t len);
void wasm_store_memories(const struct wasm_store *store, wasm_memory_fn *each, void *context);
/* The stack, and how much of it was ever used: the rest is zero. */
struct bytes wasm_store_stack(const struct wasm_store *store, size_t *out_used);
typedef void wasm_translated_fn(void *context, struct bytes translated);
void wasm_store_translated(const struct wasm_store *store, wasm_translated_fn *each, void *context);

/* Global `index`'s value: one slot, two of a v128. NOT_FOUND when there is none. */
enum status MUST_CHECK wasm_instance_global(const struct wasm_instance *instance, uint32_t index,
                                            uint64_t out_value[2]);
void wasm_global_value(const struct wasm_global_state *global, uint64_t out_value[2]);

/* The externref that stands for the host's number `n` < 2^30, and the number of one. */
#define WASM_EXTERN_REF_MAX 0x3FFFFFFFu
ALWAYS_INLINE uint32_t wasm_extern_ref(uint32_t n)
{
    return n << 2 | 2;
}

ALWAYS_INLINE uint32_t wasm_extern_number(uint32_t ref)
{
    return ref >> 2;
}

/* What a reference of the any, extern or exn hierarchy names; `ref` is one that the store gave. */
enum wasm_ref_kind {
    WASM_REF_NULL,
    WASM_REF_HOST,
    WASM_REF_I31,
    WASM_REF_STRUCT,
    WASM_REF_ARRAY,
    WASM_REF_EXCEPTION,
};
enum wasm_ref_kind wasm_store_ref_kind(const struct wasm_store *store, uint32_t ref);

#endif
