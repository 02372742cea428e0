/*
 * core/component/substitute.c: types with other resources.
 *
 * What names no resource is itself again. Everything else is made once for each mapping: a node
 * keeps what it was made into with the mapping's epoch, so a type that is used in many places costs
 * its distinct nodes. Two mappings that are used in turns make nodes anew; work_left bounds that.
 * Types are at most COMPONENT_LIMIT_DEPTH deep, and so is the recursion.
 */
#include "core/component/intern.h"

enum status component_mapping_begin(struct component_types *types,
                                    const struct component_interface *interface,
                                    struct component_mapping *out_mapping)
{
    *out_mapping = (struct component_mapping){
        .from = interface->bound, .count = interface->bound_count, .epoch = ++types->epoch};
    if (interface->bound_count == 0)
        return STATUS_OK;
    void *room = NULL;
    enum status status =
        component_types_alloc(types, interface->bound_count, sizeof(uint32_t), &room);
    if (status != STATUS_OK)
        return status;
    memset(room, 0xFF, interface->bound_count * sizeof(uint32_t));
    out_mapping->to = room;
    return STATUS_OK;
}

uint32_t *component_mapping_find(const struct component_types *types,
                                 const struct component_mapping *mapping, uint32_t resource)
{
    uint32_t original = component_types_original(types, resource);
    uint32_t low = 0, high = mapping->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (mapping->from[middle] == original)
            return &mapping->to[middle];
        if (original < mapping->from[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

enum status component_mapping_apply(struct component_types *types,
                                    const struct component_mapping *mapping, uint32_t resource,
                                    uint32_t *out_resource)
{
    const uint32_t *to = component_mapping_find(types, mapping, resource);
    uint32_t from = types->resources[resource].named_from;
    *out_resource = to == NULL || *to == COMPONENT_NONE ? resource : *to;
    if (*out_resource == resource || from == COMPONENT_NONE)
        return STATUS_OK;
    if (types->memos[resource].epoch == mapping->epoch) {
        *out_resource = types->memos[resource].made;
        return STATUS_OK;
    }
    /* What it was named of was declared before it; nothing is followed further back. */
    bool is_known = types->memos[from].epoch == mapping->epoch;
    uint32_t made = COMPONENT_NONE;
    enum status status =
        component_resource_named(types, is_known ? types->memos[from].made : *to, &made);
    if (status != STATUS_OK)
        return status;
    types->memos[resource] = (struct component_resource_memo){mapping->epoch, made};
    *out_resource = made;
    return STATUS_OK;
}

static bool is_touched(const struct component_mapping *mapping, bool has_resource, bool has_name)
{
    return (has_resource && mapping->count != 0) || (has_name && mapping->has_names);
}

static enum status substitute_optional(struct component_types *types,
                                       const struct component_mapping *mapping,
                                       const struct component_type *type,
                                       const struct component_type **out_type)
{
    if (type != NULL)
        return component_substitute_value(types, mapping, type, out_type);
    *out_type = NULL;
    return STATUS_OK;
}

/* The fields with their types replaced: `fields` again if none is another. */
static enum status substitute_fields(struct component_types *types,
                                     const struct component_mapping *mapping,
                                     const struct component_field *fields, uint32_t count,
                                     const struct component_field **out_fields)
{
    struct component_field *made = NULL;
    for (uint32_t i = 0; i < count; i++) {
        const struct component_type *type = NULL;
        enum status status = substitute_optional(types, mapping, fields[i].type, &type);
        if (status != STATUS_OK)
            return status;
        if (type == fields[i].type)
            continue;
        if (made == NULL) {
            void *room = NULL;
            status = component_types_alloc(types, count, sizeof *made, &room);
            if (status != STATUS_OK)
                return status;
            made = room;
            memcpy(made, fields, count * sizeof *made);
        }
        made[i].type = type;
    }
    *out_fields = made == NULL ? fields : made;
    return STATUS_OK;
}

/* `shape`, a copy of a type, gets its parts replaced. */
static enum status substitute_parts(struct component_types *types,
                                    const struct component_mapping *mapping,
                                    struct component_type *shape)
{
    if (shape->kind == COMPONENT_OWN || shape->kind == COMPONENT_BORROW)
        return component_mapping_apply(types, mapping, shape->resource, &shape->resource);
    enum status status =
        substitute_fields(types, mapping, shape->fields, shape->count, &shape->fields);
    if (status == STATUS_OK)
        status = substitute_optional(types, mapping, shape->element, &shape->element);
    if (status == STATUS_OK)
        status = substitute_optional(types, mapping, shape->error, &shape->error);
    return status;
}

/* What was named of a type that is another now is another, too. That type was declared before, so
 * it is known what it was made into; nothing is followed here, for the names of names are a chain
 * without a limit. */
static void rename(struct component_types *types, const struct component_mapping *mapping,
                   struct component_type *shape)
{
    const struct component_type *from = shape->named_from;
    if (from == NULL || !from->has_name)
        return;
    const struct component_type *made = component_intern_memo(from, mapping->epoch);
    if (made == NULL || made == from)
        return;
    shape->named_from = made;
    shape->name_tag = ++types->name_tags;
}

enum status component_substitute_value(struct component_types *types,
                                       const struct component_mapping *mapping,
                                       const struct component_type *type,
                                       const struct component_type **out_type)
{
    if (!is_touched(mapping, type->has_handle, type->has_name)) {
        *out_type = type;
        return STATUS_OK;
    }
    const struct component_type *made = component_intern_memo(type, mapping->epoch);
    if (made == NULL) {
        enum status status = component_types_work(types, 1 + (uint64_t)type->count);
        if (status != STATUS_OK)
            return status;
        struct component_type shape = *type;
        status = substitute_parts(types, mapping, &shape);
        rename(types, mapping, &shape);
        if (status == STATUS_OK)
            status = component_intern_node(types, &shape, &made);
        if (status != STATUS_OK)
            return status;
        component_intern_remember(type, mapping->epoch, made);
    }
    *out_type = made;
    return STATUS_OK;
}

static enum status substitute_func(struct component_types *types,
                                   const struct component_mapping *mapping,
                                   const struct component_func_type *func,
                                   const struct component_func_type **out_func)
{
    if (!is_touched(mapping, func->has_handle, func->has_name)) {
        *out_func = func;
        return STATUS_OK;
    }
    struct component_func_node *node = component_func_node(func);
    if (node->epoch != mapping->epoch) {
        struct component_func_type shape = *func;
        const struct component_func_type *made = NULL;
        enum status status = component_types_work(types, 1 + (uint64_t)func->param_count);
        if (status == STATUS_OK)
            status =
                substitute_fields(types, mapping, func->params, func->param_count, &shape.params);
        if (status == STATUS_OK)
            status = substitute_optional(types, mapping, func->result, &shape.result);
        if (status == STATUS_OK)
            status = component_intern_func(types, &shape, &made);
        if (status != STATUS_OK)
            return status;
        node->epoch = mapping->epoch;
        node->made = made;
    }
    *out_func = node->made;
    return STATUS_OK;
}

static enum status substitute_any(struct component_types *types,
                                  const struct component_mapping *mapping,
                                  const struct component_any_type *type,
                                  struct component_any_type *out_type)
{
    *out_type = *type;
    switch (type->kind) {
    case COMPONENT_ANY_VALUE:
        return component_substitute_value(types, mapping, type->value, &out_type->value);
    case COMPONENT_ANY_FUNC:
        return substitute_func(types, mapping, type->func, &out_type->func);
    case COMPONENT_ANY_COMPONENT:
    case COMPONENT_ANY_INSTANCE:
        return component_substitute_interface(types, mapping, type->interface,
                                              &out_type->interface);
    default:
        return component_mapping_apply(types, mapping, type->resource, &out_type->resource);
    }
}

enum status component_substitute_extern(struct component_types *types,
                                        const struct component_mapping *mapping,
                                        const struct component_extern_type *type,
                                        struct component_extern_type *out_type)
{
    *out_type = *type;
    switch (type->sort) {
    case COMPONENT_SORT_FUNC:
        return substitute_func(types, mapping, type->func, &out_type->func);
    case COMPONENT_SORT_TYPE:
        return substitute_any(types, mapping, &type->type, &out_type->type);
    case COMPONENT_SORT_COMPONENT:
    case COMPONENT_SORT_INSTANCE:
        return component_substitute_interface(types, mapping, type->interface,
                                              &out_type->interface);
    default:
        return STATUS_OK;
    }
}

static enum status substitute_list(struct component_types *types,
                                   const struct component_mapping *mapping,
                                   const struct component_extern_name *items, uint32_t count,
                                   const struct component_extern_name **out_items)
{
    if (count == 0)
        return STATUS_OK;
    void *room = NULL;
    enum status status = component_types_work(types, count);
    if (status == STATUS_OK)
        status = component_types_alloc(types, count, sizeof *items, &room);
    if (status != STATUS_OK)
        return status;
    struct component_extern_name *made = room;
    for (uint32_t i = 0; i < count; i++) {
        made[i] = items[i];
        status = component_substitute_extern(types, mapping, &items[i].type, &made[i].type);
        if (status != STATUS_OK)
            return status;
    }
    *out_items = made;
    return STATUS_OK;
}

static enum status make_interface(struct component_types *types,
                                  const struct component_mapping *mapping,
                                  const struct component_interface *shape,
                                  const struct component_interface **out_interface)
{
    void *room = NULL;
    enum status status =
        component_types_alloc(types, 1, sizeof(struct component_interface_node), &room);
    if (status != STATUS_OK)
        return status;
    struct component_interface *made = &((struct component_interface_node *)room)->interface;
    *made = *shape;
    status = substitute_list(types, mapping, shape->imports, shape->import_count, &made->imports);
    if (status == STATUS_OK)
        status =
            substitute_list(types, mapping, shape->exports, shape->export_count, &made->exports);
    if (status == STATUS_OK)
        status = component_interface_measure(types, made);
    if (status != STATUS_OK)
        return status;
    *out_interface = made;
    return STATUS_OK;
}

enum status component_substitute_interface(struct component_types *types,
                                           const struct component_mapping *mapping,
                                           const struct component_interface *interface,
                                           const struct component_interface **out_interface)
{
    if (!is_touched(mapping, interface->has_resource, interface->has_name)) {
        *out_interface = interface;
        return STATUS_OK;
    }
    struct component_interface_node *node = component_interface_node(interface);
    if (node->epoch != mapping->epoch) {
        const struct component_interface *made = NULL;
        enum status status = make_interface(types, mapping, interface, &made);
        if (status != STATUS_OK)
            return status;
        node->epoch = mapping->epoch;
        node->made = made;
    }
    *out_interface = node->made;
    return STATUS_OK;
}

enum status component_substitute_exports(struct component_types *types,
                                         const struct component_mapping *mapping,
                                         const struct component_interface *interface,
                                         const struct component_interface **out_interface)
{
    const struct component_interface shape = {.export_count = interface->export_count,
                                              .exports = interface->exports,
                                              .export_order = interface->export_order};
    return make_interface(types, mapping, &shape, out_interface);
}
