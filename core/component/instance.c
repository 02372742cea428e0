/*
 * core/component/instance.c: what instances of components know, and what the embedder finds in
 * them.
 */
#include "core/component/graph.h"
#include "core/component/instance_internal.h"

enum status component_linked_work(struct component_linked *linked, uint64_t amount)
{
    if (amount > linked->work_left)
        return report_fail(linked->report, STATUS_LIMIT, REPORT_NO_OFFSET,
                           "instantiating the component takes too many steps");
    linked->work_left -= amount;
    return STATUS_OK;
}

void component_linked_rewind(struct component_linked *linked, size_t mark)
{
    arena_rewind(linked->arena, mark < linked->floor ? linked->floor : mark);
}

/* ---- resources ---- */

/* NULL: it is none of the instance's component. */
static struct component_resource **find_place(const struct component_instance *instance,
                                              uint32_t number)
{
    const struct component_graph *graph = instance->component->graph;
    if (number >= graph->resource_count)
        return NULL;
    const struct component_resource_info *info = &graph->resources[number];
    return info->owner == instance->component ? &instance->resources[info->place] : NULL;
}

struct component_resource *component_instance_resource(const struct component_instance *instance,
                                                       uint32_t number)
{
    struct component_resource **place = find_place(instance, number);
    ASSERT(place != NULL && *place != NULL);
    return *place;
}

struct component_resource *
component_instance_find_resource(const struct component_instance *instance, uint32_t number)
{
    struct component_resource **place = find_place(instance, number);
    return place == NULL ? NULL : *place;
}

void component_instance_bind(struct component_instance *instance, uint32_t number,
                             struct component_resource *resource)
{
    struct component_resource **place = find_place(instance, number);
    if (place != NULL && *place == NULL)
        *place = resource;
}

/* Types are at most COMPONENT_LIMIT_DEPTH deep: so is the recursion. */
enum status component_instance_bind_exports(struct component_instance *instance,
                                            const struct component_interface *type,
                                            const struct component_exports *exports)
{
    enum status status = component_linked_work(instance->linked, type->export_count);
    for (uint32_t i = 0; i < type->export_count && status == STATUS_OK; i++) {
        const struct component_extern_name *name = &type->exports[i];
        bool is_resource = name->type.sort == COMPONENT_SORT_TYPE &&
                           name->type.type.kind == COMPONENT_ANY_RESOURCE;
        if (!is_resource && name->type.sort != COMPONENT_SORT_INSTANCE)
            continue;
        const struct component_extern *found = component_exports_find(exports, name->name);
        if (found == NULL || found->sort != name->type.sort)
            return report_fail_name(instance->linked->report, STATUS_UNLINKABLE, name->offset,
                                    "the instance has no export %", name->name);
        if (is_resource)
            component_instance_bind(instance, name->type.type.resource, found->resource);
        else
            status =
                component_instance_bind_exports(instance, name->type.interface, found->exports);
    }
    return status;
}

struct component_resource *
component_linked_host_resource(struct component_linked *linked,
                               const struct component_host_resource *resource)
{
    struct component_resource *each = linked->host_resources;
    while (each != NULL && each->host != resource)
        each = each->next;
    if (each != NULL)
        return each;
    struct component_resource *made = arena_alloc(linked->arena, 1, sizeof *made);
    if (made == NULL)
        return NULL;
    linked->floor = arena_mark(linked->arena);
    *made = (struct component_resource){.host = resource, .next = linked->host_resources};
    linked->host_resources = made;
    return made;
}

/* ---- for embedders ---- */

static bool is_same_track(struct component_track a, struct component_track b)
{
    return bytes_equal(a.base, b.base) && a.major == b.major && a.minor == b.minor;
}

static const struct component_exports *find_interface(const struct component_exports *exports,
                                                      struct bytes name)
{
    const struct component_extern *found = component_exports_find(exports, name);
    if (found != NULL && found->sort == COMPONENT_SORT_INSTANCE)
        return found->exports;
    struct component_track track = component_name_track(name);
    for (uint32_t i = 0; i < exports->places.count; i++) {
        const struct component_place *each = &exports->places.items[i];
        if (exports->externs[each->place].sort == COMPONENT_SORT_INSTANCE &&
            is_same_track(component_name_track(each->name), track))
            return exports->externs[each->place].exports;
    }
    return NULL;
}

struct component_func *component_find_func(struct component_linked *linked, struct bytes interface,
                                           struct bytes name)
{
    const struct component_exports *exports = linked->root->exports;
    if (interface.len != 0)
        exports = find_interface(exports, interface);
    const struct component_extern *found =
        exports == NULL ? NULL : component_exports_find(exports, name);
    return found != NULL && found->sort == COMPONENT_SORT_FUNC ? found->func : NULL;
}

const struct component_func_type *component_func_type(const struct component_func *func)
{
    return func->type;
}
