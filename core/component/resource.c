/*
 * core/component/resource.c: the numbers of resources in a graph.
 */
#include "core/component/intern.h"
#include "core/component/limits.h"

#define FIRST_CAP 16u

static enum status reserve(struct component_types *types)
{
    if (types->resource_count < types->resource_cap)
        return STATUS_OK;
    if (types->resource_count >= COMPONENT_LIMIT_RESOURCES)
        return report_fail_u64(types->report, STATUS_LIMIT, types->offset,
                               "a component has more than % resource types",
                               COMPONENT_LIMIT_RESOURCES);
    uint32_t cap = types->resource_cap == 0 ? FIRST_CAP : types->resource_cap * 2;
    void *infos = NULL, *originals = NULL, *memos = NULL;
    enum status status = component_types_alloc(types, cap, sizeof *types->resources, &infos);
    if (status == STATUS_OK)
        status = component_types_alloc(types, cap, sizeof *types->originals, &originals);
    if (status == STATUS_OK)
        status = component_types_alloc(types, cap, sizeof *types->memos, &memos);
    if (status != STATUS_OK)
        return status;
    if (types->resource_count != 0) {
        memcpy(infos, types->resources, types->resource_count * sizeof *types->resources);
        memcpy(originals, types->originals, types->resource_count * sizeof *types->originals);
        memcpy(memos, types->memos, types->resource_count * sizeof *types->memos);
    }
    types->resources = infos;
    types->originals = originals;
    types->memos = memos;
    types->resource_cap = cap;
    return STATUS_OK;
}

enum status component_types_resource(struct component_types *types, struct component *owner,
                                     uint32_t *out_resource)
{
    enum status status = reserve(types);
    if (status != STATUS_OK)
        return status;
    uint32_t number = types->resource_count++;
    types->resources[number] =
        (struct component_resource_info){.owner = owner,
                                         .place = owner == NULL ? 0 : owner->resource_count++,
                                         .named_from = COMPONENT_NONE};
    types->originals[number] = number;
    *out_resource = number;
    return STATUS_OK;
}

enum status component_resource_named(struct component_types *types, uint32_t resource,
                                     uint32_t *out_resource)
{
    enum status status = reserve(types);
    if (status != STATUS_OK)
        return status;
    uint32_t number = types->resource_count++;
    types->resources[number] = types->resources[resource];
    types->resources[number].named_from = resource;
    types->originals[number] = types->originals[resource];
    *out_resource = number;
    return STATUS_OK;
}

uint32_t component_types_original(const struct component_types *types, uint32_t resource)
{
    return types->originals[resource];
}

void component_types_finish(const struct component_types *types, struct component_graph *out_graph)
{
    *out_graph = (struct component_graph){.resource_count = types->resource_count,
                                          .resources = types->resources};
}
