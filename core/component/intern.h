/*
 * core/component/intern.h: the nodes of value types, for the files of the type graph only.
 */
#ifndef AETHER_COMPONENT_INTERN_H
#define AETHER_COMPONENT_INTERN_H

#include "core/base/sort.h"
#include "core/component/graph.h"

/* As component_types_intern, for shapes whose labels are known to be good. `shape->name_tag` is
 * part of the shape. */
enum status MUST_CHECK component_intern_node(struct component_types *types,
                                             const struct component_type *shape,
                                             const struct component_type **out_type);

/* The type with a name of its own: another node with the same canonical one. */
enum status MUST_CHECK component_intern_named(struct component_types *types,
                                              const struct component_type *type,
                                              const struct component_type **out_type);

/* A second number for a resource: named by an import or export. */
enum status MUST_CHECK component_resource_named(struct component_types *types, uint32_t resource,
                                                uint32_t *out_resource);

/* What a composite type was made into in the substitution of this epoch; NULL: nothing yet. */
const struct component_type *component_intern_memo(const struct component_type *type,
                                                   uint64_t epoch);
void component_intern_remember(const struct component_type *type, uint64_t epoch,
                               const struct component_type *made);

/* A function type of this shape, which is good; `params` are copied. Each call makes a new one. */
enum status MUST_CHECK component_intern_func(struct component_types *types,
                                             const struct component_func_type *shape,
                                             const struct component_func_type **out_type);

/* Function types and interfaces of a graph are these: what each was made into in the substitution
 * of `epoch`. */
struct component_func_node {
    struct component_func_type type; /* first */
    uint64_t epoch;
    const struct component_func_type *made;
};
struct component_interface_node {
    struct component_interface interface; /* first */
    uint64_t epoch;
    const struct component_interface *made;
};

static inline struct component_func_node *
component_func_node(const struct component_func_type *type)
{
    return (struct component_func_node *)(uintptr_t)type;
}

static inline struct component_interface_node *
component_interface_node(const struct component_interface *interface)
{
    return (struct component_interface_node *)(uintptr_t)interface;
}

/* Takes `count` from work_left, or LIMIT. */
enum status MUST_CHECK component_types_work(struct component_types *types, uint64_t count);

/* `count` items of `size` bytes, or NO_MEMORY with its sentence. */
enum status MUST_CHECK component_types_alloc(struct component_types *types, size_t count,
                                             size_t size, void **out_items);

/* The numbers from 0 to count - 1 in the order of `compare`; count 0 leaves `*out_order`. */
enum status MUST_CHECK component_types_order(struct component_types *types, uint32_t count,
                                             sort_compare_fn *compare, const void *context,
                                             const uint32_t **out_order);

/* What an extern type names, of any sort but CORE_MODULE. */
static inline struct component_any_type
component_extern_any(const struct component_extern_type *type)
{
    switch (type->sort) {
    case COMPONENT_SORT_FUNC:
        return (struct component_any_type){.kind = COMPONENT_ANY_FUNC, .func = type->func};
    case COMPONENT_SORT_COMPONENT:
        return (struct component_any_type){.kind = COMPONENT_ANY_COMPONENT,
                                           .interface = type->interface};
    case COMPONENT_SORT_INSTANCE:
        return (struct component_any_type){.kind = COMPONENT_ANY_INSTANCE,
                                           .interface = type->interface};
    default:
        return type->type;
    }
}

/* ---- interface.c ---- */

/* The places of items by ascending name, and the search that this serves. */
enum status MUST_CHECK component_externs_order(struct component_types *types,
                                               const struct component_extern_name *items,
                                               uint32_t count, const uint32_t **out_order);
const struct component_extern_name *
component_externs_find(const struct component_extern_name *items, const uint32_t *order,
                       uint32_t count, struct bytes name);

/* Fills depth, size and what is known of resources; refuses what is too deep or too large. */
enum status MUST_CHECK component_interface_measure(struct component_types *types,
                                                   struct component_interface *interface);

/* ---- substitute.c ---- */

/* Resources to be replaced: from[i], ascending, by to[i]; UINT32_MAX: not known yet, stays. */
struct component_mapping {
    const uint32_t *from;
    uint32_t *to;
    uint32_t count;
    uint64_t epoch; /* of memos; a new one after `to` was changed where types were read already */
    bool has_names; /* named types are replaced, too: by what is remembered of them */
};

/* Of all that `interface` binds, nothing known; `to` is on the arena. */
enum status MUST_CHECK component_mapping_begin(struct component_types *types,
                                               const struct component_interface *interface,
                                               struct component_mapping *out_mapping);

/* Where the resource's replacement stands; NULL: it is none of the mapping. */
uint32_t *component_mapping_find(const struct component_types *types,
                                 const struct component_mapping *mapping, uint32_t resource);
/* What stands for it: itself, the replacement, or of a number that was named of one that is
 * replaced, a new number that is named of the replacement. */
enum status MUST_CHECK component_mapping_apply(struct component_types *types,
                                               const struct component_mapping *mapping,
                                               uint32_t resource, uint32_t *out_resource);

enum status MUST_CHECK component_substitute_value(struct component_types *types,
                                                  const struct component_mapping *mapping,
                                                  const struct component_type *type,
                                                  const struct component_type **out_type);
enum status MUST_CHECK component_substitute_extern(struct component_types *types,
                                                   const struct component_mapping *mapping,
                                                   const struct component_extern_type *type,
                                                   struct component_extern_type *out_type);
enum status MUST_CHECK component_substitute_interface(
    struct component_types *types, const struct component_mapping *mapping,
    const struct component_interface *interface, const struct component_interface **out_interface);

/* The exports of `interface` alone, with nothing bound: the type of an instance. */
enum status MUST_CHECK component_substitute_exports(
    struct component_types *types, const struct component_mapping *mapping,
    const struct component_interface *interface, const struct component_interface **out_interface);

/* ---- subtype.c ---- */

/* `found` fits `expected`, in which the resources of `mapping` are bound to what is found for them
 * in the order of declarations. `name`: what is compared, for the report. */
enum status MUST_CHECK component_match_named(struct component_types *types,
                                             struct component_mapping *mapping, struct bytes name,
                                             const struct component_extern_type *found,
                                             const struct component_extern_type *expected);

/* A refusal at types->offset. */
static inline enum status component_types_fail(struct component_types *types, enum status status,
                                               const char *sentence)
{
    return report_fail(types->report, status, types->offset, sentence);
}

/* Labels as they are compared for strong uniqueness: without case, shorter first. */
int component_label_compare(struct bytes a, struct bytes b);

#endif
