/*
 * core/component/decode_canon.c: canonical definitions (Binary.md "Canonical Definitions").
 *
 * The five of WASI 0.2 are read here, all others by decode_canon_table.c.
 */
#include "core/component/decode_canon.h"

static enum status read_lift(struct component_decoder *decoder, struct component_scope *scope,
                             struct wasm_cursor *cursor, struct component_step *step)
{
    struct component_canon canon = {.is_lift = true};
    struct component_definition func;
    struct component_any_type type;
    enum status status =
        component_read_exact(cursor, 0x00, "invalid leading byte % for canonical function lift");
    if (status == STATUS_OK)
        status = component_scope_read(decoder, scope, cursor, COMPONENT_SORT_CORE_FUNC,
                                      &step->core_func, &func);
    if (status == STATUS_OK)
        status = component_read_canon_options(decoder, scope, cursor, &canon);
    if (status == STATUS_OK)
        status = component_scope_read_type(decoder, scope, cursor, COMPONENT_ANY_FUNC, &type);
    if (status == STATUS_OK)
        status = component_check_lift(decoder, type.func, func.core_func, &canon, step->offset);
    if (status != STATUS_OK)
        return status;
    step->kind = COMPONENT_STEP_LIFT;
    step->sort = COMPONENT_SORT_FUNC;
    step->func_type = type.func;
    step->options = canon.options;
    const struct component_definition definition = {.func = type.func};
    return component_scope_push(decoder, scope, COMPONENT_SORT_FUNC, &definition);
}

static enum status read_lower(struct component_decoder *decoder, struct component_scope *scope,
                              struct wasm_cursor *cursor, struct component_step *step)
{
    struct component_canon canon = {.is_lift = false};
    struct component_definition func, core = {.core_func = 0};
    enum status status =
        component_read_exact(cursor, 0x00, "invalid leading byte % for canonical function lower");
    if (status == STATUS_OK)
        status =
            component_scope_read(decoder, scope, cursor, COMPONENT_SORT_FUNC, &step->index, &func);
    if (status == STATUS_OK)
        status = component_read_canon_options(decoder, scope, cursor, &canon);
    if (status == STATUS_OK)
        status = component_check_lower(decoder, func.func, &canon, step->offset, &core.core_func);
    if (status != STATUS_OK)
        return status;
    step->kind = COMPONENT_STEP_LOWER;
    step->sort = COMPONENT_SORT_CORE_FUNC;
    step->func_type = func.func;
    step->options = canon.options;
    return component_scope_push(decoder, scope, COMPONENT_SORT_CORE_FUNC, &core);
}

/* Did a type definition of this component make the resource? */
static bool is_local(const struct component_decoder *decoder, const struct component_scope *scope,
                     uint32_t resource)
{
    const uint32_t *local = scope->local.items;
    uint32_t wanted = component_types_original(&decoder->types, resource);
    uint32_t first = 0, end = scope->local.count;
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;
        if (local[middle] < wanted)
            first = middle + 1;
        else
            end = middle;
    }
    return first < scope->local.count && local[first] == wanted;
}

static enum status read_resource_canon(struct component_decoder *decoder,
                                       struct component_scope *scope, struct wasm_cursor *cursor,
                                       enum component_step_kind kind, struct component_step *step)
{
    static const uint32_t i32 = WASM_TYPE_I32;
    struct component_any_type type;
    struct component_definition core = {.core_func = 0};
    uint64_t offset = wasm_cursor_offset(cursor);
    enum status status =
        component_scope_read_type(decoder, scope, cursor, COMPONENT_ANY_RESOURCE, &type);
    if (status != STATUS_OK)
        return status;
    if (kind != COMPONENT_STEP_RESOURCE_DROP && !is_local(decoder, scope, type.resource))
        return report_fail(decoder->report, STATUS_INVALID, offset,
                           "the type is not a local resource");
    uint32_t results = kind == COMPONENT_STEP_RESOURCE_DROP ? 0 : 1;
    status = component_core_func(&decoder->types, &i32, 1, &i32, results, &core.core_func);
    if (status != STATUS_OK)
        return status;
    step->kind = kind;
    step->sort = COMPONENT_SORT_CORE_FUNC;
    step->resource = type.resource;
    return component_scope_push(decoder, scope, COMPONENT_SORT_CORE_FUNC, &core);
}

static enum status read_supported(struct component_decoder *decoder, struct component_scope *scope,
                                  struct wasm_cursor *cursor, uint8_t opcode,
                                  struct component_step *step)
{
    switch (opcode) {
    case 0x00:
        return read_lift(decoder, scope, cursor, step);
    case 0x01:
        return read_lower(decoder, scope, cursor, step);
    case 0x02:
        return read_resource_canon(decoder, scope, cursor, COMPONENT_STEP_RESOURCE_NEW, step);
    case 0x03:
        return read_resource_canon(decoder, scope, cursor, COMPONENT_STEP_RESOURCE_DROP, step);
    default:
        return read_resource_canon(decoder, scope, cursor, COMPONENT_STEP_RESOURCE_REP, step);
    }
}

enum status component_decode_canon(struct component_decoder *decoder, struct component_scope *scope,
                                   struct wasm_cursor *cursor)
{
    struct component_step step = {.core_func = COMPONENT_NONE,
                                  .offset = wasm_cursor_offset(cursor)};
    uint8_t opcode;
    enum status status = wasm_read_byte(cursor, &opcode);
    if (status != STATUS_OK)
        return status;
    status = opcode > 0x04 ? component_decode_builtin(decoder, scope, cursor, opcode, &step)
                           : read_supported(decoder, scope, cursor, opcode, &step);
    return status == STATUS_OK ? component_scope_step(decoder, scope, &step) : status;
}
