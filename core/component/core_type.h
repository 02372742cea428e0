/*
 * core/component/core_type.h: types of core modules, core instances and their parts.
 *
 * All core types of a graph are in one registry, so that types of different modules are comparable:
 * equal defined types have one number, whatever module or core type section they stand in, and
 * wasm/subtype.h answers the rest. Value types in here are in the registry's terms.
 */
#ifndef AETHER_COMPONENT_CORE_TYPE_H
#define AETHER_COMPONENT_CORE_TYPE_H

#include "core/component/graph.h"
#include "core/wasm/cursor.h"

/* The type of a core import or export. */
struct component_core_extern {
    enum wasm_extern_kind kind;
    uint32_t type;             /* FUNC, TAG: defined type; TABLE, GLOBAL: value type */
    struct wasm_limits limits; /* TABLE, MEMORY */
    bool is_mutable;           /* GLOBAL */
    uint8_t page_log2;         /* MEMORY */
};

struct component_core_name {
    struct bytes module; /* of imports */
    struct bytes name;
    struct component_core_extern type;
};

/* A core module's type; of a core instance: exports alone. */
struct component_core_type {
    uint32_t import_count, export_count;
    const struct component_core_name *imports;
    const struct component_core_name *exports;
    const uint32_t *import_order; /* places by ascending (module, name) */
    const uint32_t *export_order;
};

/* The type of a module that was loaded. */
enum status MUST_CHECK component_core_of_module(struct component_types *types,
                                                const struct wasm_module *module,
                                                const struct component_core_type **out_type);

/* Of a core instance made of these exports (copied); a name twice is INVALID. */
enum status MUST_CHECK component_core_of_exports(struct component_types *types,
                                                 const struct component_core_name *exports,
                                                 uint32_t count,
                                                 const struct component_core_type **out_type);

/* NULL: there is none. */
const struct component_core_name *component_core_find_export(const struct component_core_type *type,
                                                             struct bytes name);

/* A function type of numbers alone (i32, i64, f32, f64): of canon functions. */
enum status MUST_CHECK component_core_func(struct component_types *types, const uint32_t *params,
                                           uint32_t param_count, const uint32_t *results,
                                           uint32_t result_count, uint32_t *out_type);
/* The function type of a number of the registry. */
const struct wasm_func_type *component_core_func_type(const struct component_types *types,
                                                      uint32_t type);

/* One argument of a core instantiation: `name` is what imports call their module. */
struct component_core_argument {
    struct bytes name;
    const struct component_core_type *instance;
};

/* INVALID with the name of the import unless every import of `module` is an export of the argument
 * of its module name and matches. No two arguments of a name. */
enum status MUST_CHECK component_core_check_instantiate(
    struct component_types *types, const struct component_core_type *module,
    const struct component_core_argument *arguments, uint32_t argument_count);

/* May `found` stand for `expected`: imports contravariant, exports covariant? */
enum status MUST_CHECK component_core_match(struct component_types *types,
                                            const struct component_core_type *found,
                                            const struct component_core_type *expected);

/* ---- core:type sections (core_read.c) ---- */

/* The core types that a scope (component, component or instance type, module type) can name. */
struct component_core_entry {
    const struct component_core_type *module; /* a module type; else NULL and */
    uint32_t type;                            /* the first of them: a defined type */
};
struct component_core_space {
    uint32_t count, cap;
    struct component_core_entry *items;
    struct wasm_type *view; /* the same as a module's types would be; in the registry's terms */
};

/* One core:type (Binary.md "Type Definitions") at the cursor, appended to `space` (a recursion
 * group appends each of its types). `outer` finds what core alias declarations inside of a module
 * type name: entry `index` of the scope `depth` levels out from the module type (1: the scope that
 * `space` is of); NULL: there is none. */
typedef const struct component_core_entry *component_core_outer_fn(const void *context,
                                                                   uint32_t depth, uint32_t index);
enum status MUST_CHECK component_core_read(struct component_types *types,
                                           struct wasm_cursor *cursor,
                                           struct component_core_space *space,
                                           component_core_outer_fn *outer, const void *context);

/* Appends one that is there already (alias outer). */
enum status MUST_CHECK component_core_append(struct component_types *types,
                                             struct component_core_space *space,
                                             const struct component_core_entry *entry);

#endif
