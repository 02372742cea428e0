/*
 * core/component/instance.h: components at run time: linking, instances, calls.
 *
 * All core instances of a component and of those nested in it live in one wasm store: one budget
 * of fuel, one stack, one cap of memory. A component instance is what the canonical ABI needs for
 * one: its table of handles and its flags (CanonicalABI.md "Component Instance State").
 *
 * After a trap nothing of the store may run again (semantics.md 3), unless the wasm host survives
 * traps; then the component instance that trapped can not be entered any more.
 */
#ifndef AETHER_COMPONENT_INSTANCE_H
#define AETHER_COMPONENT_INSTANCE_H

#include "core/component/host.h"
#include "core/wasm/engine.h"

struct component_linked;   /* an outermost component, instantiated */
struct component_instance; /* state of one component instance */
struct component_func;     /* a function that can be called: lifted, or a host's */

/* How a call ended besides returning: a trap, of wasm or of the canonical ABI. */
struct component_outcome {
    struct wasm_outcome wasm; /* trap: WASM_TRAP_NONE when it returned. What the canonical ABI
                                 refuses is WASM_TRAP_HOST_REFUSED with wasm.reason. */
};

/* Links and instantiates. `store` was made with a wasm host without functions and is used by nobody
 * else; `arena` serves the instance, its calls' temporary values and what it translates. Nobody
 * rewinds it below what a call left: tables of handles grow in it. It is none for results.
 * UNLINKABLE: `report` names imports that nobody offers (the first; component_each_unknown tells
 * all) or the function whose type differs. TRAP: `out_outcome` says which. */
enum status MUST_CHECK component_instantiate(const struct component *component,
                                             const struct component_host *host,
                                             struct wasm_store *store, struct arena *arena,
                                             struct component_linked **out_linked,
                                             struct component_outcome *out_outcome,
                                             struct report *report);

/* Every import that the host does not offer: an interface of which it has nothing (`func` is
 * empty), a function or resource of one, or one at the top (`interface` is empty). */
typedef void component_unknown_fn(void *context, struct bytes interface, struct bytes func);
void component_each_unknown(const struct component *component, const struct component_host *host,
                            component_unknown_fn *each, void *context);

/* A function by the name of its export; `interface` empty: an export of the component itself; else
 * of an instance that it exports, matched by track as in host.h. NULL: there is none. */
struct component_func *component_find_func(struct component_linked *linked, struct bytes interface,
                                           struct bytes name);
const struct component_func_type *component_func_type(const struct component_func *func);

/* Calls. `params`: one for each parameter, of its type (INVALID names the first that is not).
 * `*out_result` lives in `result_arena`. A trap is a result: STATUS_OK and *out_outcome. DENIED:
 * the instance may not be entered (it trapped before). NO_MEMORY: a fault. */
enum status MUST_CHECK component_call(struct component_func *func,
                                      const struct component_value *params,
                                      struct arena *result_arena,
                                      struct component_value *out_result,
                                      struct component_outcome *out_outcome, struct report *report);

/* Gives back an own handle that a call returned: runs its destructor. */
enum status MUST_CHECK component_handle_drop(struct component_linked *linked,
                                             struct component_handle handle,
                                             struct component_outcome *out_outcome);

#endif
