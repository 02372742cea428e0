/*
 * core/component/host.h: what a host offers for components to import: interfaces with functions
 * and resources. All of it is static data; the state is in the context.
 *
 * An import is found by its interface's name and track: "wasi:io/streams@0.2.3" matches an
 * interface "wasi:io/streams" of version 0.2 whatever the patch number (from 1.0 on: the major
 * alone). Then every function that the import's type names is found by name and compared by type. A
 * name may be there more than once, with one type after the other: the one that fits is linked.
 */
#ifndef AETHER_COMPONENT_HOST_H
#define AETHER_COMPONENT_HOST_H

#include "core/component/value.h"

struct component_call;

/* A host function. `params` have been lifted into call->arena; `*out_result` is to be made in
 * call->arena, too, by the function's type (untouched when it has none). A borrowed handle is good
 * until the function returns; an own handle in `params` is the host's from now on, one in the
 * result becomes the guest's. STATUS_TRAP ends the run: see component_call_trap. */
typedef enum status component_host_fn(void *context, struct component_call *call,
                                      const struct component_value *params,
                                      struct component_value *out_result);

struct component_host_func {
    struct bytes name; /* "now", "[method]descriptor.read" */
    const struct component_func_type *type;
    component_host_fn *call;
};

struct component_host_resource {
    struct bytes name; /* "descriptor" */
    /* The guest dropped its handle; NULL: nothing to do. */
    enum status (*drop)(void *context, struct component_call *call, uint32_t rep);
};

struct component_host_interface {
    struct bytes name;     /* "wasi:io/streams"; a bare name for functions at the top: "" */
    uint32_t major, minor; /* "0.2": 0, 2. UINT32_MAX, UINT32_MAX: without version */
    uint32_t func_count;
    const struct component_host_func *funcs;
    uint32_t resource_count;
    const struct component_host_resource *const *resources;
};

struct component_host {
    void *context; /* given to every function and drop */
    uint32_t interface_count;
    const struct component_host_interface *const *interfaces;
    /* An import that nobody offers is linked, and traps when it is called. */
    bool traps_unknown;
};

/* The host's side of one call. */
struct component_call {
    struct arena *arena; /* for the result; rewound after the call */
    struct report *report;
    struct component_linked *linked; /* instance.h */
    /* What is called, of the host's tables, and its type as the guest has it; in a drop: NULL and
     * the resource. */
    const struct component_host_func *func;
    const struct component_func_type *type;
    const struct component_host_resource *resource;
    uint32_t refusal; /* enum outcome_refusal, with STATUS_TRAP */
};

/* Ends the run: return component_call_trap(call, REFUSAL_..., "sentence"); */
enum status component_call_trap(struct component_call *call, uint32_t refusal,
                                const char *sentence);

/* The handle for a resource of this host. */
struct component_value component_host_handle(struct component_call *call,
                                             const struct component_host_resource *resource,
                                             uint32_t rep, enum component_kind own_or_borrow);

#endif
