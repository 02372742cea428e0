/*
 * core/component/instance_internal.h: what linked components are made of at run time. For
 * instance*.c, instantiate*.c, call*.c, canon*.c, handles.c and host*.c alone.
 *
 * Invariants:
 *   (1) An index of a space is below its `used`, and what it names is set: validation has seen to
 *       that, and it is asserted.
 *   (2) A component instance is entered while `may_enter` is false. After a trap nobody sets it
 *       again, so nobody can enter it.
 *   (3) Temporary values lie in the arena above linked->floor; a table of handles that grows in a
 *       call raises the floor, so that nothing that stays is rewound.
 *   (4) linked->stop is written by the first that stops a run and read by the outermost call.
 */
#ifndef AETHER_COMPONENT_INSTANCE_INTERNAL_H
#define AETHER_COMPONENT_INSTANCE_INTERNAL_H

#include "core/component/abi.h"
#include "core/component/instance.h"
#include "core/component/limits.h"

/* A resource type at run time. */
struct component_resource {
    struct component_instance *instance;        /* that defines it; NULL: a host's, or nobody's */
    uint32_t destructor;                        /* a funcref; 0: none */
    const struct component_host_resource *host; /* NULL: a component's, or nobody's */
    struct component_resource *next;            /* of the host's that were met */
};

/* One call: in its callee's table borrowed handles name it, and it lends from its caller's. */
struct component_lend {
    uint32_t handle;
    const struct component_lend *next;
};

struct component_task {
    uint32_t borrow_count;              /* handles in the callee's table that are to be dropped */
    const struct component_lend *lends; /* in the caller's table */
    /* What built-ins of WASI 0.3 ask for: */
    const struct component_func *func;
    struct component_task *outer; /* that called it; NULL: none */
    uint32_t context[2];
    bool is_returned;               /* task.return was called */
    struct arena *result_arena;     /* for what it returns, */
    struct component_value *result; /* which goes here */
};

/* An entry of a table of handles. Free: resource is NULL, `rep` the next free index. */
struct component_handle_entry {
    struct component_resource *resource;
    struct component_task *scope; /* a borrow's; own: NULL */
    uint32_t rep;
    uint32_t lend_count;
    bool is_own;
};

/* Index 0 is nobody's. */
struct component_handle_table {
    struct component_handle_entry *entries;
    uint32_t count, cap; /* count: entries that were ever used, and 0 */
    uint32_t free;       /* the last that was freed; 0: none */
};

/* Names in ascending order, each with the place of what it names. */
struct component_place {
    struct bytes name;
    uint32_t place;
};

struct component_places {
    uint32_t count;
    const struct component_place *items;
};

/* A component with what is around it. */
struct component_closure {
    const struct component *component;
    struct component_instance *around; /* of the component that it stands in; NULL: outermost */
};

/* What can be imported and exported, at run time. */
struct component_extern {
    enum component_sort sort;
    union {
        const struct wasm_module *module;
        struct component_func *func;
        struct component_closure closure;
        const struct component_exports *exports; /* an instance */
        struct component_resource *resource;     /* TYPE; NULL: a type that is none */
    };
};

struct component_exports {
    struct component_places places;
    const struct component_extern *externs;
};

/* A core instance: of a module, or made of items. */
struct component_core_instance {
    struct wasm_instance *instance; /* NULL: made of items */
    struct component_places places;
    const struct wasm_extern *externs;
};

/* Canonical options as they are at run time. */
struct component_canon_context {
    enum component_encoding encoding;
    const struct wasm_memory *memory;
    uint32_t realloc, post_return; /* funcrefs; 0: not given */
    bool is_async, has_callback;
};

struct component_func {
    struct component_linked *linked;
    const struct component_func_type *type;
    struct component_instance *instance; /* whose lift it is; NULL: a host's, or nobody's */
    uint32_t core_func;                  /* a funcref */
    struct component_canon_context context;
    const struct component_host_func *host; /* NULL: a component's, or nobody's */
    struct bytes interface, name;           /* as it was imported */
};

/* A core function that a canonical definition makes. */
struct component_canon {
    struct wasm_host_func host_func; /* its context is this */
    struct component_instance *instance;
    const struct component_func_type *type; /* lower: as the caller sees it */
    struct component_func *callee;          /* lower */
    struct component_canon_context context; /* lower, task.return */
    const struct component_builtin *builtin;
    const struct component_type *result; /* task.return */
    uint32_t slot;                       /* context.get and context.set */
    struct component_resource *resource;
    struct component_core_signature signature;
};

struct component_instance {
    struct component_linked *linked;
    const struct component *component;
    struct component_instance *parent; /* that instantiated it; NULL: the host did */
    struct component_instance *around; /* closure's */
    uint32_t depth;                    /* of parents */
    bool may_enter, may_leave;
    uint32_t backpressure;
    uint32_t context[2]; /* of context.get, while no call is running */
    struct component_handle_table handles;
    struct component_resource **resources; /* by place; NULL: not bound yet */

    uint32_t used[COMPONENT_SORT_COUNT]; /* of each space */
    struct wasm_extern *core[COMPONENT_SORT_CORE_TAG + 1];
    const struct wasm_module **modules;
    struct component_core_instance *core_instances;
    struct component_func **funcs;
    struct component_closure *components;
    const struct component_exports **instances;

    uint32_t next_step;
    const struct component_step *made_by;      /* the parent's step */
    const struct component_exports *arguments; /* NULL: the host's imports */
    struct component_extern *exported;         /* in the order of their steps */
    struct component_place *exported_names;
    uint32_t exported_count;
    const struct component_exports *exports; /* once it is instantiated */
};

/* How a run was stopped. */
struct component_stop {
    bool is_set;
    enum status status; /* TRAP, or a fault */
    struct wasm_outcome outcome;
};

struct component_linked {
    struct wasm_store *store;
    struct arena *arena;
    struct component_host host;
    struct component_instance *root;
    struct component_resource *host_resources; /* those that were met */
    struct component_resource nobody;          /* stands for resources that nobody offers */
    size_t floor;
    uint32_t depth;              /* of calls */
    struct component_task *task; /* the innermost call of a lifted function; NULL: none */
    uint32_t instance_count;     /* component and core instances */
    uint64_t work_left;          /* of instantiation: steps, and items in them */
    struct report *report;       /* of the outermost call or of instantiation */
    struct component_stop stop;
};

/* Nested calls between components: more than the engine has, which then traps first, but for chains
 * of functions that are lifted and lowered without a core function of the guest in between. */
#define COMPONENT_CALL_DEPTH 80u

/* ---- instance.c ---- */

/* Counts work of instantiation: LIMIT when it was too much. */
enum status MUST_CHECK component_linked_work(struct component_linked *linked, uint64_t amount);
/* The resource that a number of the instance's own component stands for; never NULL for a number
 * that a valid type names once its step was executed. */
struct component_resource *component_instance_resource(const struct component_instance *instance,
                                                       uint32_t number);
/* The same; NULL: nothing is bound to it yet. */
struct component_resource *
component_instance_find_resource(const struct component_instance *instance, uint32_t number);
/* Binds a number that belongs to the instance's component and has nothing yet. */
void component_instance_bind(struct component_instance *instance, uint32_t number,
                             struct component_resource *resource);
/* For every resource in the type of an instance: what the instance has by that name. */
enum status MUST_CHECK component_instance_bind_exports(struct component_instance *instance,
                                                       const struct component_interface *type,
                                                       const struct component_exports *exports);
/* The one for a host's resource type; NULL: no room. */
struct component_resource *
component_linked_host_resource(struct component_linked *linked,
                               const struct component_host_resource *resource);
/* Gives back temporary values (3). */
void component_linked_rewind(struct component_linked *linked, size_t mark);

/* ---- instance_places.c ---- */

/* `places` is sorted in place; `spare` is the arena's above it. */
enum status MUST_CHECK component_places_sort(struct arena *arena, struct component_place *places,
                                             uint32_t count);
/* The places of items by their names. */
enum status MUST_CHECK component_places_of_items(struct arena *arena,
                                                 const struct component_item *items, uint32_t count,
                                                 struct component_places *out_places);
bool component_places_find(const struct component_places *places, struct bytes name,
                           uint32_t *out_place);
const struct component_extern *component_exports_find(const struct component_exports *exports,
                                                      struct bytes name);

/* ---- instantiate_core.c ---- */

enum status MUST_CHECK component_step_core(struct component_instance *instance,
                                           const struct component_step *step);

/* ---- host.c: what the host gives for an import of the outermost component ---- */

enum status MUST_CHECK component_host_import(struct component_instance *instance,
                                             const struct component_step *step,
                                             struct component_extern *out_extern);

/* ---- canon.c ---- */

/* The core function of a LOWER, RESOURCE_* or BUILTIN step. */
enum status MUST_CHECK component_canon_create(struct component_instance *instance,
                                              const struct component_step *step,
                                              struct wasm_extern *out_extern);
struct component_canon_context
component_canon_resolve(const struct component_instance *instance,
                        const struct component_canon_options *options);

/* What the engine is told of a status. The first stop holds the rest. */
enum wasm_trap component_canon_answer(const struct component_linked *linked, enum status status,
                                      uint32_t *out_reason);
enum status MUST_CHECK component_check_leave(struct component_instance *instance);

/* ---- builtin.c ---- */

/* Fills what a BUILTIN step makes; `canon->instance` is set. */
void component_builtin_prepare(struct component_canon *canon, const struct component_step *step);
/* Before the arguments of a lifted function are lowered. */
enum status MUST_CHECK component_task_start(const struct component_task *task);
/* After the core function of an async lift has ended, with what it gave. */
enum status MUST_CHECK component_task_end(const struct component_task *task, uint64_t core_result);

/* ---- call.c ---- */

/* Stops the run with a refusal of the canonical ABI; TRAP. */
enum status component_stop_refused(struct component_linked *linked, uint32_t refusal,
                                   const char *sentence);
enum status component_stop_fault(struct component_linked *linked, enum status status);
/* A trap of a core function; says where a refusal was met. */
enum status component_stop_wasm(struct component_linked *linked,
                                const struct wasm_outcome *outcome);
/* What lifting or lowering refused; passes OK on. */
enum status component_stop_abi(struct component_linked *linked, enum status status,
                               const struct component_abi *abi);
/* A core function, a guest's or a canonical one. */
enum status MUST_CHECK component_core_call(struct component_linked *linked, uint32_t funcref,
                                           uint64_t *slots);
/* Enters and leaves; `caller` NULL: the host. */
enum status MUST_CHECK component_enter(struct component_instance *instance,
                                       const struct component_instance *caller);
void component_leave(struct component_instance *instance, const struct component_instance *caller);
struct component_abi component_abi_of(struct component_instance *instance,
                                      const struct component_canon_context *context,
                                      struct component_task *task, struct arena *arena);
/* The two halves of a call of a lifted function, whose instance was entered. */
enum status MUST_CHECK component_lifted_call(
    struct component_func *func, struct component_task *task, const struct component_value *params,
    struct arena *arena, struct component_value *out_result, uint64_t *out_core_result);
enum status MUST_CHECK component_lifted_post_return(struct component_func *func,
                                                    struct component_task *task,
                                                    uint64_t core_result);
/* A function of the host, or of nobody. */
enum status MUST_CHECK component_host_func_call(struct component_func *func,
                                                const struct component_value *params,
                                                struct arena *arena,
                                                struct component_value *out_result);
/* Runs the destructor of one that nobody has a handle of any more. */
enum status MUST_CHECK component_resource_destroy(struct component_linked *linked,
                                                  const struct component_resource *resource,
                                                  uint32_t rep,
                                                  const struct component_instance *caller);

/* ---- handles.c ---- */

enum status MUST_CHECK component_handle_add(struct component_instance *instance,
                                            struct component_resource *resource, uint32_t rep,
                                            struct component_task *scope, uint32_t *out_handle);
/* The entry, if it is of that resource. */
enum status MUST_CHECK component_handle_find(struct component_instance *instance, uint32_t handle,
                                             const struct component_resource *resource,
                                             struct component_handle_entry **out_entry);
/* Takes it out of the table: it may not be lent. */
enum status MUST_CHECK component_handle_take(struct component_instance *instance, uint32_t handle,
                                             const struct component_resource *resource,
                                             struct component_handle_entry *out_entry);
/* Everything that the call lent from the instance's table is back. */
void component_task_end_lends(struct component_task *task, struct component_instance *instance);

#endif
