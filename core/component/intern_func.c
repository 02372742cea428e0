/*
 * core/component/intern_func.c: function types of a graph. They are compared part by part
 * (subtype.c), so each declaration has its own.
 */
#include "core/component/intern.h"
#include "core/component/limits.h"

static void add_part(struct component_func_type *func, uint64_t *nodes,
                     const struct component_type *part)
{
    *nodes += part->nodes;
    if (part->depth >= func->depth)
        func->depth = (uint8_t)(part->depth + 1);
    func->has_handle = func->has_handle || part->has_handle;
    func->is_open = func->is_open || part->is_open;
    func->has_name = func->has_name || part->has_name;
}

enum status component_intern_func(struct component_types *types,
                                  const struct component_func_type *shape,
                                  const struct component_func_type **out_type)
{
    uint32_t count = shape->param_count;
    void *room = NULL;
    enum status status = component_types_alloc(types, 1, sizeof(struct component_func_node), &room);
    if (status != STATUS_OK)
        return status;
    struct component_func_type *func = &((struct component_func_node *)room)->type;
    *func = (struct component_func_type){
        .param_count = count, .result = shape->result, .is_async = shape->is_async, .depth = 1};
    if (count != 0) {
        status = component_types_alloc(types, count, sizeof *shape->params, &room);
        if (status != STATUS_OK)
            return status;
        memcpy(room, shape->params, count * sizeof *shape->params);
        func->params = room;
    }
    uint64_t nodes = 1 + (uint64_t)count;
    for (uint32_t i = 0; i < count; i++)
        add_part(func, &nodes, func->params[i].type);
    if (func->result != NULL)
        add_part(func, &nodes, func->result);
    if (nodes > COMPONENT_LIMIT_TYPE_SIZE)
        return report_fail_u64(types->report, STATUS_LIMIT, types->offset,
                               "a function type's effective size is more than %",
                               COMPONENT_LIMIT_TYPE_SIZE);
    func->nodes = (uint32_t)nodes;
    *out_type = func;
    return STATUS_OK;
}
