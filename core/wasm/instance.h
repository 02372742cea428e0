/*
 * core/wasm/instance.h: what a store and an instance are made of. For core/wasm only.
 *
 * Everything lives in the store's arena. References are 32-bit numbers (engine.h): a funcref is the
 * index in store->funcs + 1; the any and extern hierarchies share one form, told apart by the low
 * bits: 1 an i31, 10 a host's own, 000 an object's offset in the heap; 0 is null for all.
 *
 * Invariants:
 *   (1) A memory's base never moves; its len only grows. So for tables.
 *   (2) targets[f] and funcs[r].code are never NULL after creation.
 *   (3) Once the store is dead nobody enters it again.
 *   (4) Functions defined by an instance have consecutive funcrefs.
 */
#ifndef AETHER_WASM_INSTANCE_H
#define AETHER_WASM_INSTANCE_H

#include "core/wasm/engine.h"
#include "core/wasm/subtype.h"
#include "core/wasm/type_registry.h"

/* A function of the store: what a call through a reference needs to know. */
struct wasm_entry {
    const uint8_t *code;
    struct wasm_instance *instance; /* NULL: a host's, may be entered from any */
    uint32_t type;                  /* of the store */
};

/* Where a function's code is, and the map from its cells to the module's bytes: pairs of LEB128
 * numbers, (cells in 8-byte units since the last, bytes of the module since the last). */
struct wasm_code {
    const uint8_t *cells;
    uint32_t cells_len;
    const struct code_roots *roots_end; /* maps of references (gc.h) */
    const uint8_t *map;
    uint32_t map_len;
    const struct code_try_point *points; /* which try is where (code.h) */
    uint32_t point_count;
    uint32_t header; /* slot of the return address */
    uint32_t units;  /* of the stack budget that a frame takes */
};

struct wasm_memory {
    uint8_t *base;
    uint64_t len; /* bytes */
    uint64_t cap; /* bytes reserved: growth beyond fails */
    struct wasm_memory_type type;
};

struct wasm_table_state {
    uint32_t *elements;
    uint32_t len;
    uint64_t cap;                        /* elements reserved: growth beyond fails */
    struct wasm_table type;              /* its reference type in the store's terms */
    const struct wasm_table_state *next; /* of the store */
};

struct wasm_global_state {
    uint64_t *value;
    uint32_t type; /* in the store's terms */
    bool is_mutable;
    const struct wasm_global_state *next; /* of the host's own */
};

struct wasm_tag_state {
    uint32_t id;    /* number in the store */
    uint32_t type;  /* of the store */
    uint32_t slots; /* of the payload */
};

/* A segment as it is now: len 0 once dropped. */
struct wasm_elem_state {
    const uint32_t *refs;
    uint32_t len;
};

/* A host function as its HOST cell needs it. */
struct wasm_host_entry {
    const struct wasm_host_func *func;
    void *context; /* what its call is given */
    uint32_t param_slots, result_slots;
};

/* A host function that is running: the walk over frames goes on behind it. On the C stack. */
struct wasm_activation {
    const struct wasm_activation *outer;
    struct wasm_instance *instance; /* the caller's */
    const uint8_t *back;            /* RESUME cell behind the call */
    uint64_t *frame;                /* its arguments; the caller's frame lies resume->delta below */
    const struct wasm_host_entry *host;
};

/* A call into another instance keeps this below the callee's frame. */
enum {
    WASM_CROSSING_BACK,     /* return address: RESUME cell */
    WASM_CROSSING_INSTANCE, /* the caller's */
    WASM_CROSSING_FUNC,     /* the callee's funcref */
    WASM_CROSSING_SLOTS,
};
#define WASM_CROSSING_UNITS 4u

/* Where an object is being made: what lives is found from here (gc.h). */
struct wasm_safepoint {
    struct wasm_instance *instance; /* NULL: no guest code runs above the newest host function */
    uint64_t *frame;
    const uint8_t *pc;
    uint32_t roots; /* map of the frame */
};

/* Values that may be references and lie in no frame. On the C stack. */
struct wasm_held {
    const struct wasm_held *outer;
    const uint64_t *slots;
    uint32_t count;
};

/* Where a caught exception goes on: all that a handler keeps in registers. It is in the
 * store, because a handler can have no local whose address is taken: sanitizers would move it. */
struct wasm_landing {
    struct wasm_instance *instance;
    uint64_t *frame;
    const uint8_t *pc; /* CHARGE cell of the clause's label */
    uint64_t units;    /* of the frames that are dropped */
    uint16_t pin0, pin1;
};

struct wasm_store {
    struct wasm_host host;
    struct wasm_caps caps;
    struct arena *arena;
    uint64_t fuel;
    uint64_t
        units; /* of the stack budget that are left, but for those that nobody needed so far: */
    uint64_t units_held; /* given out by and by, so that it is known how deep the stack ever was */
    uint64_t *stack;
    uint64_t *top; /* first slot that no frame uses: where the next call of the host puts its own */
    struct wasm_entry *funcs;
    uint32_t func_count, func_cap;
    struct wasm_type *types; /* by store id; moves when types are added */
    struct wasm_type_node *type_nodes;
    uint32_t type_root;
    uint32_t type_count, type_cap;
    struct wasm_heap *heap;              /* NULL: nothing needed one so far */
    struct wasm_heap_layout *exceptions; /* by tag */
    uint32_t tag_count, tag_cap;
    uint64_t memory_bytes;   /* of all memories */
    uint64_t table_elements; /* of all tables */
    const uint8_t *bottom;   /* RESUME and HALT: where the host's own calls return to */
    const uint8_t *leave;    /* RESUME and LEAVE: where calls from another instance return to */
    const struct wasm_activation *activation; /* the innermost; NULL: no host function runs */
    uint32_t depth;                           /* of the host's calls */

    struct wasm_heap_layout *layouts;  /* by type */
    uint32_t layout_count, layout_cap; /* the first types have layouts */
    struct wasm_safepoint safepoint;
    struct wasm_instance *instances; /* the newest first; so for tables and globals */
    const struct wasm_table_state *tables;
    const struct wasm_global_state *globals;
    const struct wasm_held *held;
    struct wasm_landing landing; /* of the newest exception that was caught */

    /* How the last run ended. */
    enum wasm_trap trap;
    enum status fault; /* not OK: it ended without a result */
    uint32_t reason;
    const uint8_t *stop_pc;
    uint64_t *stop_frame;
    struct wasm_instance *stop_instance;
    bool is_trap_before_pc; /* at the call in front of the RESUME cell stop_pc */

    bool is_dead;
};

struct wasm_instance {
    const uint8_t **targets;    /* by function index: own code, or the way to an import's */
    uint64_t *globals;          /* own ones and copies of immutable imports */
    struct wasm_memory *memory; /* memory 0; an empty one where there is none */
    struct wasm_table_state **tables;
    struct wasm_store *store;
    uint8_t *heap_base; /* of the store's heap; NULL: it has none so far */
    struct wasm_memory **memories;
    struct wasm_global_state **global_states; /* by global index */
    struct wasm_elem_state *elems;
    struct bytes *datas; /* len 0 once dropped */
    struct wasm_tag_state **tags;

    struct wasm_module *module;        /* nothing in it changes; bodies are read again */
    const struct wasm_extern *imports; /* by import; functions in order of their index */
    uint32_t *import_funcs;            /* funcrefs of imported functions, by index */
    uint32_t func_base;                /* funcref of the first defined function */
    uint64_t *const_stack;             /* module->const_height slots */
    uint32_t *type_ids;                /* the store's id of each type of the module */
    struct wasm_code *codes;           /* by function index minus imports */
    struct bytes translated;           /* code and maps of all of them: a run of the arena */
    struct wasm_instance *next;        /* of the store */
};

/* More of the stack budget for who has too little; 0: all of it is out. */
#define WASM_STACK_STEP 4096u
ALWAYS_INLINE uint64_t wasm_store_more_units(struct wasm_store *store)
{
    uint64_t more = store->units_held < WASM_STACK_STEP ? store->units_held : WASM_STACK_STEP;
    store->units_held -= more;
    return more;
}

ALWAYS_INLINE uint32_t wasm_instance_funcref(const struct wasm_instance *instance, uint32_t func)
{
    uint32_t imports = instance->module->import_func_count;
    return func < imports ? instance->import_funcs[func] : instance->func_base + func - imports;
}

/* Runs from `pc` until HALT or a trap; the store says how it ended. */
void wasm_interp_run(struct wasm_instance *instance, const uint8_t *pc, uint64_t *frame,
                     const uint8_t *return_pc);

/* Makes the code of function `func` in `arena`, and its map. */
enum status MUST_CHECK wasm_translate(struct wasm_instance *instance, uint32_t func,
                                      struct arena *arena, struct report *report);

/* A constant expression's value; globals that it reads are initialised (const_eval.c). */
uint64_t wasm_const_eval(struct wasm_instance *instance, const struct wasm_const_expr *expr);

/* The same, to its slots: one, two of a v128. */
void wasm_const_eval_slots(struct wasm_instance *instance, const struct wasm_const_expr *expr,
                           uint64_t *out_slots);

/* Globals, tables, memories and segments as they are before anything runs (instance_init.c). */
enum status MUST_CHECK wasm_instance_fill(struct wasm_instance *instance, struct report *report);

/* Active segments, in order; the first that does not fit is a trap. */
enum wasm_trap wasm_instance_apply_segments(struct wasm_instance *instance, uint64_t *out_offset);

/* Do the imports fit the module's import section? (link.c) */
enum status MUST_CHECK wasm_link(struct wasm_instance *instance, struct report *report);

/* store.c: room for `count` more functions, not yet counted. */
enum status MUST_CHECK wasm_store_reserve_funcs(struct wasm_store *store, uint32_t count,
                                                struct report *report);

/* store_objects.c: new objects of the store. */
enum status MUST_CHECK wasm_memory_create(struct wasm_store *store,
                                          const struct wasm_memory_type *type,
                                          struct wasm_memory **out_memory, struct report *report);
enum status MUST_CHECK wasm_table_create(struct wasm_store *store, const struct wasm_table *type,
                                         struct wasm_table_state **out_table,
                                         struct report *report);

/* gc_roots.c: makes the heap unless there is one. */
enum status MUST_CHECK wasm_store_need_heap(struct wasm_store *store, struct report *report);
/* The store's heap, in every instance; NULL: none. */
void wasm_store_set_heap(struct wasm_store *store, struct wasm_heap *heap);

/* store_tags.c */
/* A tag of the store's type `type_id`; the heap is there. */
enum status MUST_CHECK wasm_tag_create(struct wasm_store *store, uint32_t type_id,
                                       struct wasm_tag_state **out_tag, struct report *report);

/* store_types.c: ids across modules. */
enum status MUST_CHECK wasm_store_add_types(struct wasm_store *store,
                                            const struct wasm_module *module, uint32_t *out_ids,
                                            struct report *report);
/* A recursion group that is in the store's terms already: what it says of itself are the numbers
 * from store->type_count on. Each supertype is one that it may extend, and not too deep. */
enum status MUST_CHECK wasm_store_add_group(struct wasm_store *store, const struct wasm_type *types,
                                            uint32_t count, uint32_t *out_first_id,
                                            struct report *report);
enum status MUST_CHECK wasm_store_add_func_type(struct wasm_store *store,
                                                const struct wasm_func_type *type, uint32_t *out_id,
                                                struct report *report);
bool wasm_store_is_subtype(const struct wasm_store *store, uint32_t sub, uint32_t super);
bool wasm_store_matches(const struct wasm_store *store, uint32_t sub_type, uint32_t super_type);
/* A value type of the instance's module, in the store's terms. */
uint32_t wasm_store_value_type(const struct wasm_instance *instance, uint32_t type);

#endif
