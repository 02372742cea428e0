/*
 * core/component/interface.c: lists of imports and exports, and the types of components and
 * instances that are made of them.
 */
#include "core/component/intern.h"
#include "core/component/limits.h"

#define FIRST_CAP 8u

static int compare_bytes(struct bytes a, struct bytes b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int order = least == 0 ? 0 : memcmp(a.data, b.data, least);
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

static int compare_items(const void *context, uint32_t a, uint32_t b)
{
    const struct component_extern_name *items = context;
    return compare_bytes(items[a].name, items[b].name);
}

enum status component_externs_order(struct component_types *types,
                                    const struct component_extern_name *items, uint32_t count,
                                    const uint32_t **out_order)
{
    return component_types_order(types, count, compare_items, items, out_order);
}

const struct component_extern_name *
component_externs_find(const struct component_extern_name *items, const uint32_t *order,
                       uint32_t count, struct bytes name)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int at = compare_bytes(name, items[order[middle]].name);
        if (at == 0)
            return &items[order[middle]];
        if (at < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct component_extern_name *
component_interface_find_export(const struct component_interface *interface, struct bytes name)
{
    return component_externs_find(interface->exports, interface->export_order,
                                  interface->export_count, name);
}

const struct component_extern_name *
component_interface_find_import(const struct component_interface *interface, struct bytes name)
{
    return component_externs_find(interface->imports, interface->import_order,
                                  interface->import_count, name);
}

/* What `type` adds to the size of an interface; `*depth` is raised to its. */
static uint64_t measure(struct component_interface *interface,
                        const struct component_extern_type *type, uint32_t *depth)
{
    const struct component_any_type any = component_extern_any(type);
    uint32_t below = 0;
    uint64_t nodes = 1;
    switch (any.kind) {
    case COMPONENT_ANY_VALUE:
        below = any.value->depth;
        nodes += any.value->nodes;
        interface->has_resource = interface->has_resource || any.value->has_handle;
        interface->has_name = interface->has_name || any.value->has_name;
        break;
    case COMPONENT_ANY_FUNC:
        below = any.func->depth;
        nodes += any.func->nodes;
        interface->has_resource = interface->has_resource || any.func->has_handle;
        interface->has_name = interface->has_name || any.func->has_name;
        break;
    case COMPONENT_ANY_COMPONENT:
    case COMPONENT_ANY_INSTANCE:
        below = any.interface->depth;
        nodes += any.interface->nodes;
        interface->has_resource = interface->has_resource || any.interface->has_resource;
        interface->has_name = interface->has_name || any.interface->has_name;
        break;
    case COMPONENT_ANY_RESOURCE:
        interface->has_resource = true;
        break;
    }
    if (below > *depth)
        *depth = below;
    return nodes;
}

static uint64_t measure_list(struct component_types *types, struct component_interface *interface,
                             const struct component_extern_name *items, uint32_t count,
                             uint32_t *depth)
{
    uint64_t nodes = count;
    for (uint32_t i = 0; i < count; i++) {
        const struct component_extern_type *type = &items[i].type;
        if (type->sort == COMPONENT_SORT_CORE_MODULE)
            continue;
        nodes += measure(interface, type, depth);
        const struct component_any_type any = component_extern_any(type);
        bool is_open = any.kind == COMPONENT_ANY_RESOURCE
                           ? types->resources[any.resource].owner != NULL
                           : component_any_type_is_open(&any);
        interface->is_open = interface->is_open || is_open;
    }
    return nodes;
}

enum status component_interface_measure(struct component_types *types,
                                        struct component_interface *interface)
{
    uint32_t depth = 0;
    uint64_t nodes =
        1 + measure_list(types, interface, interface->imports, interface->import_count, &depth) +
        measure_list(types, interface, interface->exports, interface->export_count, &depth);
    if (depth >= COMPONENT_LIMIT_DEPTH)
        return report_fail_u64(types->report, STATUS_LIMIT, types->offset,
                               "a type is more than % levels deep", COMPONENT_LIMIT_DEPTH);
    if (nodes > COMPONENT_LIMIT_TYPE_SIZE)
        return report_fail_u64(types->report, STATUS_LIMIT, types->offset,
                               "a type's effective size is more than %", COMPONENT_LIMIT_TYPE_SIZE);
    interface->depth = (uint8_t)(depth + 1);
    interface->nodes = (uint32_t)nodes;
    return STATUS_OK;
}

static enum status copy_bound(struct component_types *types, struct component_interface *interface,
                              const uint32_t *bound, uint32_t count)
{
    if (count == 0)
        return STATUS_OK;
    void *room = NULL;
    enum status status = component_types_alloc(types, count, sizeof *bound, &room);
    if (status != STATUS_OK)
        return status;
    memcpy(room, bound, count * sizeof *bound);
    interface->bound = room;
    interface->bound_count = count;
    return STATUS_OK;
}

enum status component_types_interface(struct component_types *types,
                                      const struct component_externs *imports,
                                      const struct component_externs *exports,
                                      const uint32_t *bound, uint32_t bound_count,
                                      const struct component_interface **out_interface)
{
    void *room = NULL;
    enum status status =
        component_types_alloc(types, 1, sizeof(struct component_interface_node), &room);
    if (status != STATUS_OK)
        return status;
    struct component_interface *interface = &((struct component_interface_node *)room)->interface;
    if (imports != NULL) {
        interface->import_count = imports->count;
        interface->imports = imports->items;
    }
    interface->export_count = exports->count;
    interface->exports = exports->items;
    status = copy_bound(types, interface, bound, bound_count);
    if (status == STATUS_OK)
        status = component_externs_order(types, interface->imports, interface->import_count,
                                         &interface->import_order);
    if (status == STATUS_OK)
        status = component_externs_order(types, interface->exports, interface->export_count,
                                         &interface->export_order);
    if (status == STATUS_OK)
        status = component_interface_measure(types, interface);
    if (status != STATUS_OK)
        return status;
    *out_interface = interface;
    return STATUS_OK;
}

bool component_any_type_is_open(const struct component_any_type *type)
{
    switch (type->kind) {
    case COMPONENT_ANY_VALUE:
        return type->value->is_open;
    case COMPONENT_ANY_FUNC:
        return type->func->is_open;
    case COMPONENT_ANY_COMPONENT:
    case COMPONENT_ANY_INSTANCE:
        return type->interface->is_open;
    default:
        return true;
    }
}
