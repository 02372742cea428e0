/*
 * cli/wit.h: the type of a component as WIT (WIT.md of the component model), and the names that its
 * types have.
 *
 * What WIT has no word for (imports of core modules or components, instances in instances) is a
 * comment. Names are ASCII by the rules of the component model, so they are printed as they are.
 */
#ifndef AETHER_CLI_WIT_H
#define AETHER_CLI_WIT_H

#include <stdio.h>

#include "core/component/graph.h"

#define WIT_WORLD 0u /* the unit that is the world itself */
#define WIT_NONE  UINT32_MAX

/* A type that an import or an export names. */
struct wit_entry {
    const struct component_type *type; /* NULL: a resource */
    uint32_t resource;
    uint32_t unit;
    uint32_t order; /* in which they stand in the component */
    struct bytes name;
};

/* The world, or an interface that it imports or exports. */
struct wit_unit {
    struct bytes name;           /* as written */
    bool is_interface;           /* "ns:package/interface@version", and */
    struct bytes package, label; /* "ns:package", "interface" */
    struct bytes version;        /* may be empty */
    const struct component_interface *type;
    uint32_t package_index; /* WIT_NONE: printed where it stands, or elsewhere already */
};

struct wit {
    const struct component *component;
    struct arena *arena;
    uint32_t unit_count;
    struct wit_unit *units;
    uint32_t entry_count;
    struct wit_entry *by_unit; /* by key, unit, order */
    struct wit_entry *by_key;  /* by key, order */
    FILE *out;
    uint64_t left; /* parts of types that may still be printed: a small file may say a lot */
};

/* Finds out all names. False: no room in the arena. */
bool MUST_CHECK wit_open(struct wit *wit, const struct component *component, struct arena *arena);

/* Where type or resource of `key` is named in a unit; NULL: it is not. */
const struct wit_entry *wit_find(const struct wit *wit, uint32_t unit, const struct wit_entry *key);
/* Where it is named first. */
const struct wit_entry *wit_find_first(const struct wit *wit, const struct wit_entry *key);

/* What the type that `unit` names by `item` is of: NULL: defined there. */
const struct wit_entry *wit_source(const struct wit *wit, uint32_t unit,
                                   const struct component_extern_name *item);

/* wit_type.c: `%name` if it is a word of WIT; a type in the names of a unit; "func(...) -> ...". */
void wit_print_name(const struct wit *wit, struct bytes name);
void wit_print_type(struct wit *wit, uint32_t unit, const struct component_type *type);
void wit_print_func(struct wit *wit, uint32_t unit, const struct component_func_type *func,
                    bool has_self);
/* "record a { ... }", "type a = ...;" and so on: lines that begin with `indent` spaces. */
void wit_print_definition(struct wit *wit, uint32_t unit, struct bytes name,
                          const struct component_type *type, const struct wit_entry *source,
                          unsigned indent);

/* wit_interface.c: the uses, types and functions of a list; false: no room. */
bool MUST_CHECK wit_print_items(struct wit *wit, uint32_t unit,
                                const struct component_extern_name *items, uint32_t count,
                                unsigned indent);

/* wit_world.c: all of it: the world and the packages of its interfaces. */
bool MUST_CHECK wit_print(struct wit *wit, FILE *out);

#endif
