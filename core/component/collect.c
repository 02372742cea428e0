/*
 * core/component/collect.c: which resources the type of a defined component binds: those of its own
 * that its imports and exports name. What is only used inside gets no number in an instantiation.
 */
#include "core/base/sort.h"
#include "core/component/intern.h"

struct collector {
    struct component_types *types;
    const struct component *owner;
    uint32_t *numbers; /* room for all that belong to the owner */
    uint32_t count;
    uint8_t *is_there; /* by place */
};

static void collect_resource(struct collector *collector, uint32_t resource)
{
    uint32_t original = component_types_original(collector->types, resource);
    const struct component_resource_info *info = &collector->types->resources[original];
    if (info->owner != collector->owner || collector->is_there[info->place] != 0)
        return;
    collector->is_there[info->place] = 1;
    collector->numbers[collector->count++] = original;
}

static enum status collect(struct collector *collector, const struct component_extern_name *items,
                           uint32_t count)
{
    enum status status = component_types_work(collector->types, count);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        const struct component_extern_type *type = &items[i].type;
        if (type->sort == COMPONENT_SORT_TYPE && type->type.kind == COMPONENT_ANY_RESOURCE)
            collect_resource(collector, type->type.resource);
        else if (type->sort == COMPONENT_SORT_INSTANCE && type->interface->has_resource)
            status = collect(collector, type->interface->exports, type->interface->export_count);
    }
    return status;
}

static int compare_numbers(const void *context, uint32_t a, uint32_t b)
{
    (void)context;
    return a < b ? -1 : a > b;
}

enum status component_types_component(struct component_types *types,
                                      const struct component_externs *imports,
                                      const struct component_externs *exports,
                                      const struct component *owner,
                                      const struct component_interface **out_interface)
{
    uint32_t most = owner->resource_count;
    void *numbers = NULL, *marks = NULL, *spare = NULL;
    enum status status = component_types_alloc(types, most, sizeof(uint32_t), &numbers);
    if (status == STATUS_OK)
        status = component_types_alloc(types, most, 1, &marks);
    if (status == STATUS_OK)
        status = component_types_alloc(types, most, sizeof(uint32_t), &spare);
    if (status != STATUS_OK)
        return status;
    struct collector collector = {types, owner, numbers, 0, marks};
    status = collect(&collector, imports->items, imports->count);
    if (status == STATUS_OK)
        status = collect(&collector, exports->items, exports->count);
    if (status != STATUS_OK)
        return status;
    sort_indices(numbers, spare, collector.count, compare_numbers, NULL);
    return component_types_interface(types, imports, exports, numbers, collector.count,
                                     out_interface);
}
