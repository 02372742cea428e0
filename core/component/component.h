/*
 * core/component/component.h: a decoded and validated component: a list of steps.
 *
 * A component's binary is a program (Explainer.md): its definitions are executed in their order,
 * each pushing onto the index space of its sort. Validation has resolved all types; what is left
 * for instantiation is these steps. They mirror the binary: one step is one definition, so that an
 * index of a sort is a position among the steps that push to it.
 *
 * Everything is immutable after component_load and lives in the arena; names point into the input,
 * which must outlive the component. `offset` is a byte offset in the whole input.
 */
#ifndef AETHER_COMPONENT_COMPONENT_H
#define AETHER_COMPONENT_COMPONENT_H

#include "core/component/type.h"

enum component_encoding { COMPONENT_UTF8, COMPONENT_UTF16, COMPONENT_LATIN1_UTF16 };

#define COMPONENT_NONE UINT32_MAX

/* Canonical options of lift and lower; indices of the core function and memory spaces. */
struct component_canon_options {
    enum component_encoding encoding;
    uint32_t memory; /* COMPONENT_NONE: not given; so the others */
    uint32_t realloc;
    uint32_t post_return;
    uint32_t callback;
    bool is_async;
};

/* A name with what it is given: an argument of an instantiation, an export of an instance that is
 * made of what is there. */
struct component_item {
    struct bytes name;
    enum component_sort sort;
    uint32_t index;                 /* in the space of `sort`; of TYPE: unused */
    struct component_any_type type; /* sort TYPE */
    uint64_t offset;
};

enum component_step_kind {
    COMPONENT_STEP_CORE_MODULE,      /* pushes a core module: `module` */
    COMPONENT_STEP_CORE_INSTANTIATE, /* `index` = core module, items = core instances by name */
    COMPONENT_STEP_CORE_EXPORTS,     /* a core instance of `items` */
    COMPONENT_STEP_COMPONENT,        /* pushes a component (with this environment): `component` */
    COMPONENT_STEP_INSTANTIATE,      /* `index` = component, items = arguments; `extern_type` is
                                        the type of the new instance, resources renumbered */
    COMPONENT_STEP_EXPORTS,          /* an instance of `items` */
    COMPONENT_STEP_ALIAS_EXPORT,     /* pushes `sort`: export `name` of instance `index` */
    COMPONENT_STEP_ALIAS_CORE,   /* pushes core `sort`: export `name` of core instance `index` */
    COMPONENT_STEP_ALIAS_OUTER,  /* pushes `sort` (core module, component): `index` of the
                                    component `depth` levels out (0: this one) */
    COMPONENT_STEP_RESOURCE,     /* defines resource number `resource`; `core_func` its
                                    destructor or COMPONENT_NONE. Pushes nothing. */
    COMPONENT_STEP_LIFT,         /* pushes a func: of `core_func`, `func_type`, `options` */
    COMPONENT_STEP_LOWER,        /* pushes a core func: of func `index`, `func_type`, ... */
    COMPONENT_STEP_RESOURCE_NEW, /* each pushes a core func for resource number `resource` */
    COMPONENT_STEP_RESOURCE_DROP,
    COMPONENT_STEP_RESOURCE_REP,
    COMPONENT_STEP_BUILTIN, /* pushes a core func: `builtin`, `index` of context.get and .set,
                               `result` and `options` of task.return */
    COMPONENT_STEP_IMPORT,  /* pushes `extern_type.sort` (TYPE: nothing): `name` */
    COMPONENT_STEP_EXPORT,  /* exports items[0] as its name and pushes it again (TYPE:
                               nothing); `extern_type` is the type it has from now on */
};

struct component;
struct component_builtin; /* builtin.h */

struct component_step {
    enum component_step_kind kind;
    enum component_sort sort;
    uint32_t index;
    uint32_t depth;
    uint32_t core_func;
    uint32_t resource;
    struct bytes name;
    uint32_t item_count;
    const struct component_item *items;
    struct component_canon_options options;
    const struct component_func_type *func_type;
    const struct component_type *result;
    const struct component_builtin *builtin;
    const struct wasm_module *module;
    const struct component *component;
    struct component_extern_type extern_type;
    uint64_t offset;
};

/* What a resource number is. A component's own types name only numbers that belong to it; an
 * instance keeps what they stand for in an array of `resource_count` of them, by `place`. A
 * number is bound when the step that brings it is executed: RESOURCE, and for IMPORT, INSTANTIATE
 * and EXPORT every number in `extern_type`'s exports that has nothing yet is what the value has
 * under the same name. */
struct component_resource_info {
    const struct component *owner; /* NULL: bound inside of a type, never at run time */
    uint32_t place;
    uint32_t named_from; /* the number that an import or export named again; COMPONENT_NONE: none */
};

struct component_graph {
    uint32_t resource_count;
    const struct component_resource_info *resources; /* by number */
};

struct component {
    struct bytes input; /* of this component alone */
    uint64_t offset;
    const struct component *parent; /* NULL: outermost */
    const struct component_graph *graph;
    const struct component_interface *type; /* its imports and exports */
    uint32_t step_count;
    const struct component_step *steps;
    uint32_t counts[COMPONENT_SORT_COUNT]; /* of each index space, at the end */
    uint32_t resource_count;               /* that belong to it */
};

/* Does the input begin as a component does, or as a core module? */
bool component_is_component(struct bytes input);

/* What a component may have besides what this engine runs. */
struct component_features {
    /* Asynchronous functions, streams, futures and the built-ins for them and for threads (WASI
     * 0.3) are taken. Functions that complete without waiting run; a built-in that this engine
     * lacks traps when it is called, by name. */
    bool links_async;
};

/* Decodes and validates all of `input`, core modules in it as well. On failure `report` names the
 * offset, and both arenas are as they were. UNSUPPORTED names what it is: "canon task.return",
 * "async function type". `scratch` may be the same arena. */
enum status MUST_CHECK component_load(struct bytes input, struct arena *arena,
                                      struct arena *scratch, const struct component **out_component,
                                      struct report *report);

/* The same for a component that may have more. */
enum status MUST_CHECK component_load_with(struct bytes input, struct component_features features,
                                           struct arena *arena, struct arena *scratch,
                                           const struct component **out_component,
                                           struct report *report);

#endif
