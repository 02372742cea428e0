/*
 * core/component/scope.h: what a decoder of components keeps: the scopes that are open and their
 * index spaces. For the decode*.c and validate*.c files only.
 *
 * A scope is a component, a component type or an instance type that is being read (Binary.md
 * "Alias Definitions"); each has index spaces of its own, which only grow. Scopes and spaces live
 * in the scratch arena, what they name in the arena of the types.
 *
 * Invariants:
 *   (1) A definition is pushed only when all of it is valid.
 *   (2) Steps are those of a component; types have none.
 *   (3) Scopes are at most COMPONENT_LIMIT_DEPTH deep, which bounds every recursion of the decoder.
 */
#ifndef AETHER_COMPONENT_SCOPE_H
#define AETHER_COMPONENT_SCOPE_H

#include "core/component/component.h"
#include "core/component/core_type.h"
#include "core/component/graph.h"
#include "core/component/limits.h"
#include "core/wasm/cursor.h"

/* An array that grows in the scratch arena. */
struct component_list {
    void *items;
    uint32_t count, capacity;
};

/* What an index names, as validation knows it; by sort. */
struct component_definition {
    union {
        uint32_t core_func;                        /* its type: a number of the registry */
        const struct component_core_extern *core;  /* table, memory, global, tag */
        const struct component_core_type *modular; /* core module, core instance */
        struct component_any_type type;
        const struct component_func_type *func;
        const struct component_interface *interface; /* component, instance */
    };
};

enum component_scope_kind {
    COMPONENT_SCOPE_COMPONENT,
    COMPONENT_SCOPE_COMPONENT_TYPE,
    COMPONENT_SCOPE_INSTANCE_TYPE,
};

struct component_scope {
    enum component_scope_kind kind;
    uint32_t depth; /* 1: the outermost component */
    struct component_scope *parent;
    struct component *component;                        /* NULL: a type */
    struct component_list spaces[COMPONENT_SORT_COUNT]; /* struct component_definition */
    struct component_core_space core_types;
    struct component_list steps; /* struct component_step */
    struct component_list bound; /* uint32_t, of types: numbers made in this scope, ascending */
    struct component_list local; /* uint32_t, of components: those of its type definitions */
    struct component_list made;  /* uint32_t: those that no import brought, ascending */
    struct component_externs imports, exports;
    struct component_visible visible;
};

struct component_decoder {
    struct component_types types;
    struct component_graph *graph;
    struct arena *arena;
    struct arena *scratch;
    struct report *report;
    struct bytes input; /* all of it */
    struct component_features features;
};

/* A new item at the end, zeroed; NULL: no memory (the report says so). Moves the others. */
void *component_list_push(struct component_decoder *decoder, struct component_list *list,
                          size_t item_size);

/* Room that the component keeps; `out_room` NULL for no items. */
enum status MUST_CHECK component_decoder_alloc(struct component_decoder *decoder, uint32_t count,
                                               size_t item_size, void **out_room);

/* Room until the scope is closed. */
enum status MUST_CHECK component_decoder_scratch(struct component_decoder *decoder, uint32_t count,
                                                 size_t item_size, void **out_room);

/* A scope in `parent` (NULL: outermost). LIMIT: too deep; `offset` is where it begins. */
enum status MUST_CHECK component_scope_open(struct component_decoder *decoder,
                                            struct component_scope *parent,
                                            enum component_scope_kind kind, uint64_t offset,
                                            struct component_scope **out_scope);

enum status MUST_CHECK component_scope_push(struct component_decoder *decoder,
                                            struct component_scope *scope, enum component_sort sort,
                                            const struct component_definition *definition);

/* How many indices a space has; core types included. */
uint32_t component_scope_count(const struct component_scope *scope, enum component_sort sort);

/* INVALID unless the space has the index, which stands at `offset`. Not for core types. */
enum status MUST_CHECK component_scope_get(struct component_decoder *decoder,
                                           const struct component_scope *scope,
                                           enum component_sort sort, uint32_t index,
                                           uint64_t offset, struct component_definition *out);

/* Reads an index and gets what it names. */
enum status MUST_CHECK component_scope_read(struct component_decoder *decoder,
                                            const struct component_scope *scope,
                                            struct wasm_cursor *cursor, enum component_sort sort,
                                            uint32_t *out_index, struct component_definition *out);

/* The same, of type indices that have to name a certain kind. */
enum status MUST_CHECK component_scope_read_type(struct component_decoder *decoder,
                                                 const struct component_scope *scope,
                                                 struct wasm_cursor *cursor,
                                                 enum component_any_kind kind,
                                                 struct component_any_type *out);

/* The component's next step is a copy of `made`. */
enum status MUST_CHECK component_scope_step(struct component_decoder *decoder,
                                            struct component_scope *scope,
                                            const struct component_step *made);

/* The scope has these new resource numbers: by an import, or otherwise. */
enum status MUST_CHECK component_scope_bind(struct component_decoder *decoder,
                                            struct component_scope *scope,
                                            const struct component_fresh *fresh, bool is_import);

/* What a definition of a sort is as an extern type; of sorts that can be imported and exported. */
struct component_extern_type component_definition_extern(enum component_sort sort,
                                                         const struct component_definition *from);
/* And back. */
struct component_definition component_extern_definition(const struct component_extern_type *type);

/* "core function", "instance" */
struct bytes component_sort_name(enum component_sort sort);

#endif
