/*
 * core/component/decode_type.c: type definitions: value types, functions, resources, and the types
 * of components and instances with their declarations (Binary.md "Type Definitions").
 *
 * The last two open a scope of their own and may hold each other, which is the only recursion: as
 * deep as scopes are, at most COMPONENT_LIMIT_DEPTH.
 */
#include "core/component/decode.h"

static enum status check_destructor(struct component_decoder *decoder, uint32_t type,
                                    uint64_t offset)
{
    const struct wasm_func_type *func = component_core_func_type(&decoder->types, type);
    if (func->param_count != 1 || func->params[0] != WASM_TYPE_I32 || func->result_count != 0)
        return report_fail(decoder->report, STATUS_INVALID, offset,
                           "wrong signature for a destructor: it takes an i32 and gives nothing");
    return STATUS_OK;
}

/* Behind the 0x3F: representation and optional destructor. */
static enum status read_resource_parts(struct component_decoder *decoder,
                                       struct component_scope *scope, struct wasm_cursor *cursor,
                                       uint32_t *out_destructor)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t rep, form;
    struct component_definition func;
    enum status status = wasm_read_byte(cursor, &rep);
    if (status == STATUS_OK)
        status = wasm_read_byte(cursor, &form);
    if (status != STATUS_OK)
        return status;
    if (form > 0x01)
        return component_refuse_byte(cursor, form, "invalid leading byte % for optional dtor");
    uint64_t destructor = wasm_cursor_offset(cursor);
    if (form == 0x01 && scope->component != NULL)
        status = component_scope_read(decoder, scope, cursor, COMPONENT_SORT_CORE_FUNC,
                                      out_destructor, &func);
    if (status != STATUS_OK)
        return status;
    if (scope->component == NULL)
        return report_fail(decoder->report, STATUS_INVALID, offset,
                           "resources can only be defined within a concrete component");
    if (rep == WASM_TYPE_I64)
        return component_refuse_feature(decoder, offset,
                                        "unsupported: resource represented by i64");
    if (rep != WASM_TYPE_I32)
        return report_fail_u64(decoder->report, STATUS_INVALID, offset,
                               "resources can only be represented by i32, not by type %", rep);
    return form == 0x01 ? check_destructor(decoder, func.core_func, destructor) : STATUS_OK;
}

static enum status read_resource(struct component_decoder *decoder, struct component_scope *scope,
                                 struct wasm_cursor *cursor, struct component_any_type *out_type)
{
    struct component_step step = {.kind = COMPONENT_STEP_RESOURCE,
                                  .sort = COMPONENT_SORT_TYPE,
                                  .core_func = COMPONENT_NONE,
                                  .offset = wasm_cursor_offset(cursor) - 1};
    enum status status = read_resource_parts(decoder, scope, cursor, &step.core_func);
    if (status == STATUS_OK)
        status = component_types_resource(&decoder->types, scope->component, &step.resource);
    if (status != STATUS_OK)
        return status;
    uint32_t *local = component_list_push(decoder, &scope->local, sizeof *local);
    if (local == NULL)
        return STATUS_NO_MEMORY;
    *local = step.resource;
    const struct component_fresh fresh = {step.resource, 1};
    status = component_scope_bind(decoder, scope, &fresh, false);
    if (status != STATUS_OK)
        return status;
    out_type->kind = COMPONENT_ANY_RESOURCE;
    out_type->resource = step.resource;
    return component_scope_step(decoder, scope, &step);
}

static enum status read_declaration(struct component_decoder *decoder,
                                    struct component_scope *scope, struct wasm_cursor *cursor)
{
    uint8_t form;
    enum status status = wasm_read_byte(cursor, &form);
    if (status != STATUS_OK)
        return status;
    bool is_import = form == 0x03 && scope->kind == COMPONENT_SCOPE_COMPONENT_TYPE;
    switch (form) {
    case 0x00:
        return component_decode_core_type(decoder, scope, cursor);
    case 0x01:
        return component_decode_type(decoder, scope, cursor);
    case 0x02:
        return component_decode_alias(decoder, scope, cursor);
    case 0x03:
    case 0x04:
        if (is_import)
            return component_decode_import(decoder, scope, cursor);
        if (form == 0x04)
            return component_decode_export_declaration(decoder, scope, cursor);
        FALLTHROUGH;
    default:
        return component_refuse_byte(
            cursor, form, "invalid leading byte % for component or instance type declaration");
    }
}

/* A vector of declarations in a scope of their own. */
static enum status read_interface(struct component_decoder *decoder, struct component_scope *parent,
                                  struct wasm_cursor *cursor, enum component_scope_kind kind,
                                  const struct component_interface **out_interface)
{
    uint64_t offset = wasm_cursor_offset(cursor) - 1;
    uint32_t count;
    struct component_scope *scope = NULL;
    size_t mark = arena_mark(decoder->scratch);
    enum status status = component_scope_open(decoder, parent, kind, offset, &scope);
    if (status == STATUS_OK)
        status = component_read_count(cursor, COMPONENT_LIMIT_STEPS, &count);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        decoder->types.offset = wasm_cursor_offset(cursor);
        status = read_declaration(decoder, scope, cursor);
    }
    if (status != STATUS_OK)
        return status;
    decoder->types.offset = offset;
    status = component_types_interface(
        &decoder->types, kind == COMPONENT_SCOPE_COMPONENT_TYPE ? &scope->imports : NULL,
        &scope->exports, scope->bound.items, scope->bound.count, out_interface);
    if (decoder->scratch != decoder->arena)
        arena_rewind(decoder->scratch, mark);
    return status;
}

/* Each definition of a record, variant, enum or flags is one of its own where names are asked for
 * (Explainer.md "External Visibility of Types"): as if it was named, which nobody can see yet. */
static enum status tell_apart(struct component_decoder *decoder, struct component_any_type *type)
{
    enum component_kind kind = type->value->kind;
    if (kind != COMPONENT_RECORD && kind != COMPONENT_VARIANT && kind != COMPONENT_ENUM &&
        kind != COMPONENT_FLAGS)
        return STATUS_OK;
    const struct component_extern_type defined = {.sort = COMPONENT_SORT_TYPE, .type = *type};
    struct component_extern_type made;
    struct component_fresh fresh;
    enum status status = component_types_declare(&decoder->types, &defined, NULL, &made, &fresh);
    if (status == STATUS_OK)
        *type = made.type;
    return status;
}

static enum status read_any(struct component_decoder *decoder, struct component_scope *scope,
                            struct wasm_cursor *cursor, uint8_t opcode,
                            struct component_any_type *out_type)
{
    enum status status;
    uint64_t offset = wasm_cursor_offset(cursor) - 1;
    switch (opcode) {
    case 0x40:
        out_type->kind = COMPONENT_ANY_FUNC;
        return component_read_func_type(decoder, scope, cursor, false, &out_type->func);
    case 0x43:
        out_type->kind = COMPONENT_ANY_FUNC;
        status = component_read_func_type(decoder, scope, cursor, true, &out_type->func);
        if (status != STATUS_OK || decoder->features.links_async)
            return status;
        return component_refuse_feature(decoder, offset, "unsupported: async function type");
    case 0x41:
        out_type->kind = COMPONENT_ANY_COMPONENT;
        return read_interface(decoder, scope, cursor, COMPONENT_SCOPE_COMPONENT_TYPE,
                              &out_type->interface);
    case 0x42:
        out_type->kind = COMPONENT_ANY_INSTANCE;
        return read_interface(decoder, scope, cursor, COMPONENT_SCOPE_INSTANCE_TYPE,
                              &out_type->interface);
    case 0x3F:
        return read_resource(decoder, scope, cursor, out_type);
    default:
        out_type->kind = COMPONENT_ANY_VALUE;
        status = component_read_defined_type(decoder, scope, cursor, opcode, &out_type->value);
        return status == STATUS_OK ? tell_apart(decoder, out_type) : status;
    }
}

enum status component_decode_type(struct component_decoder *decoder, struct component_scope *scope,
                                  struct wasm_cursor *cursor)
{
    decoder->types.offset = wasm_cursor_offset(cursor);
    uint8_t opcode;
    struct component_definition definition = {.core_func = 0};
    enum status status = wasm_read_byte(cursor, &opcode);
    if (status == STATUS_OK)
        status = read_any(decoder, scope, cursor, opcode, &definition.type);
    if (status != STATUS_OK)
        return status;
    return component_scope_push(decoder, scope, COMPONENT_SORT_TYPE, &definition);
}
