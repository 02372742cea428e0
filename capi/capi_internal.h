/*
 * capi/capi_internal.h: what the C API of components is made of; for capi alone.
 *
 * The public types that have no definition in aether/component.h are core's, under other names:
 * aether_type is component_type, aether_func component_func, and so on.
 */
#ifndef AETHER_CAPI_INTERNAL_H
#define AETHER_CAPI_INTERNAL_H

#include "aether/component.h"

#include "core/component/instance.h"

struct aether_component {
    uint8_t *bytes;
    void *memory; /* of the arena */
    struct arena arena;
    const struct component *component;
};

struct aether_resource {
    struct component_host_resource resource; /* first: found by its address */
    aether_drop_fn *drop;
    void *context;
    struct aether_resource *next; /* of the host's */
};

/* A function of a host; its type is found by core, and this by its type. */
struct capi_func {
    struct component_func_type type; /* first */
    aether_host_fn *func;
    void *context;
};

struct capi_interface {
    struct component_host_interface interface;
    struct component_host_func *funcs;
    const struct component_host_resource **resources;
    uint32_t func_cap, resource_cap;
    struct capi_interface *next;
};

struct aether_host {
    void *memory; /* of the arena */
    struct arena arena;
    struct capi_interface *interfaces;
    struct aether_resource *resources;
    bool traps_unknown;
};

struct capi_memory {
    void *base;
    size_t len;
};

#define CAPI_MEMORIES_MAX 100u

struct aether_instance {
    struct wasm_host wasm_host;
    struct component_host host;
    void *memory; /* of the arena */
    struct arena arena;
    void *result_memory;
    struct arena result_arena;
    struct capi_memory memories[CAPI_MEMORIES_MAX];
    uint32_t memory_count;
    struct wasm_store *store;
    struct component_linked *linked;
};

struct aether_call {
    struct component_call *call;
};

/* Zeroed memory that costs nothing until it is touched; NULL: none. */
void *capi_reserve(size_t len);
void capi_release(void *memory, size_t len);

/* The status for the public, and its sentence. */
enum aether_status capi_fail(enum status status, const struct report *report,
                             struct aether_error *error);

/* ---- value.c ---- */

/* NO_MEMORY; INVALID: it is not of the type. */
enum status MUST_CHECK capi_value_in(const struct aether_value *value,
                                     const struct component_type *type, struct component_call *call,
                                     struct component_value *out_value);
enum status MUST_CHECK capi_value_out(const struct component_value *value,
                                      const struct component_type *type, struct arena *arena,
                                      struct aether_value *out_value);

/* ---- type_text.c ---- */

/* "func(a: u32) -> string"; MALFORMED with the offset. */
enum status MUST_CHECK capi_func_type(struct aether_host *host, const char *text,
                                      struct component_func_type *out_type, struct report *report);

/* ---- host.c ---- */

enum status MUST_CHECK capi_host_offer(const struct aether_host *host, struct arena *arena,
                                       struct component_host *out_host);

#endif
