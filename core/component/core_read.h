/*
 * core/component/core_read.h: what reading recursion groups and reading module types share, for
 * core_read.c and core_group.c only.
 */
#ifndef AETHER_COMPONENT_CORE_READ_H
#define AETHER_COMPONENT_CORE_READ_H

#include "core/component/core_registry.h"

/* What a module type is in the view: no type of the registry, and nothing can be of it. */
#define CORE_NO_DEFINED_TYPE (WASM_HEAP_ABSTRACT - 1)

struct component_core_reader {
    struct component_types *types;
    struct wasm_store *store;
    struct wasm_cursor *cursor;
    struct component_core_space *space;
};

/* The space as the readers of core/wasm want it. */
static inline struct wasm_module component_core_view(const struct component_core_space *space)
{
    return (struct wasm_module){.type_count = space->count, .types = space->view};
}

enum status MUST_CHECK component_core_reserve(struct component_types *types,
                                              struct component_core_space *space, uint32_t count);
/* There is room. */
void component_core_put(const struct component_types *types, struct component_core_space *space,
                        const struct component_core_entry *entry);

/* INVALID if the value type names a module type. */
enum status MUST_CHECK component_core_check_defined(const struct wasm_cursor *cursor,
                                                    uint64_t offset, uint32_t type);

/* core_group.c: a recursion group at the cursor, appended to the space. */
enum status MUST_CHECK component_core_read_group(const struct component_core_reader *reader);

#endif
