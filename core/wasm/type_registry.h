/*
 * core/wasm/type_registry.h: equal recursion groups, found (WASM 3.0 §3.1.2 "rolling up").
 *
 * Two defined types are equal if their recursion groups are equal, type for type, and they stand
 * at the same place of them. What a group says of itself is compared by place, what it says of
 * others by their canonical numbers. So groups are interned in order, each after all it refers to.
 *
 * The groups are kept in a balanced tree, ordered by their contents: n groups of length L together
 * take L log n steps whatever they are. A hash table could be driven into long chains.
 */
#ifndef AETHER_WASM_TYPE_REGISTRY_H
#define AETHER_WASM_TYPE_REGISTRY_H

#include "core/wasm/type.h"

#define WASM_TYPE_NONE UINT32_MAX

struct wasm_type_node {
    uint32_t children[2]; /* smaller, greater */
    uint32_t level;
};

struct wasm_type_registry {
    struct wasm_type *types;      /* borrowed: a module's, or a store's */
    struct wasm_type_node *nodes; /* as many; only those of the first types of groups are used */
    uint32_t root;                /* WASM_TYPE_NONE: empty */
};

/* The first type of the group that is equal to types[first..first + count), which is the last and
 * in which every type's `canonical` is its own number: `first` if it is new, and kept then. */
uint32_t wasm_type_registry_intern(struct wasm_type_registry *registry, uint32_t first,
                                   uint32_t count);

/* Moves what the types of the group say of themselves: to the group that begins at `to`. */
void wasm_type_group_move(struct wasm_type *types, uint32_t first, uint32_t count, uint32_t to);

#endif
