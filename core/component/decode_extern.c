/*
 * core/component/decode_extern.c: imports and exports: those of components, and those that the
 * types of components and instances declare.
 */
#include "core/component/decode.h"

/* 0x00 type: equal to it; 0x01: any resource. */
static enum status read_type_bound(struct component_decoder *decoder, struct component_scope *scope,
                                   struct wasm_cursor *cursor,
                                   struct component_extern_type *out_type)
{
    uint8_t form;
    enum status status = wasm_read_byte(cursor, &form);
    if (status != STATUS_OK)
        return status;
    if (form > 0x01)
        return component_refuse_byte(cursor, form, "invalid leading byte % for type bound");
    struct component_extern_type type = {.sort = COMPONENT_SORT_TYPE};
    struct component_definition found = {.type.kind = COMPONENT_ANY_RESOURCE};
    uint32_t index;
    type.is_abstract = form == 0x01;
    if (!type.is_abstract)
        status = component_scope_read(decoder, scope, cursor, COMPONENT_SORT_TYPE, &index, &found);
    type.type = found.type;
    if (status == STATUS_OK)
        *out_type = type;
    return status;
}

static enum status read_core_module(struct component_decoder *decoder,
                                    struct component_scope *scope, struct wasm_cursor *cursor,
                                    struct component_extern_type *out_type)
{
    uint32_t index;
    enum status status =
        component_read_exact(cursor, 0x11, "invalid leading byte % for component external kind");
    uint64_t offset = wasm_cursor_offset(cursor);
    if (status == STATUS_OK)
        status = wasm_read_u32(cursor, &index);
    if (status != STATUS_OK)
        return status;
    if (index >= scope->core_types.count)
        return report_fail_u64(decoder->report, STATUS_INVALID, offset,
                               "unknown core type %: type index out of bounds", index);
    const struct component_core_type *module = scope->core_types.items[index].module;
    if (module == NULL)
        return report_fail_u64(decoder->report, STATUS_INVALID, offset,
                               "core type index % is not a module type", index);
    *out_type =
        (struct component_extern_type){.sort = COMPONENT_SORT_CORE_MODULE, .module = module};
    return STATUS_OK;
}

/* A type index of that kind. */
static enum status read_typed(struct component_decoder *decoder, struct component_scope *scope,
                              struct wasm_cursor *cursor, enum component_sort sort,
                              enum component_any_kind kind, struct component_extern_type *out_type)
{
    struct component_any_type any;
    enum status status = component_scope_read_type(decoder, scope, cursor, kind, &any);
    if (status != STATUS_OK)
        return status;
    struct component_extern_type type = {.sort = sort};
    if (kind == COMPONENT_ANY_FUNC)
        type.func = any.func;
    else
        type.interface = any.interface;
    *out_type = type;
    return STATUS_OK;
}

enum status component_read_extern_type(struct component_decoder *decoder,
                                       struct component_scope *scope, struct wasm_cursor *cursor,
                                       struct component_extern_type *out_type)
{
    uint8_t sort;
    enum status status = wasm_read_byte(cursor, &sort);
    if (status != STATUS_OK)
        return status;
    switch (sort) {
    case 0x00:
        return read_core_module(decoder, scope, cursor, out_type);
    case 0x01:
        return read_typed(decoder, scope, cursor, COMPONENT_SORT_FUNC, COMPONENT_ANY_FUNC,
                          out_type);
    case 0x02:
        return component_refuse_feature(decoder, wasm_cursor_offset(cursor) - 1,
                                        "unsupported: value imports and exports");
    case 0x03:
        return read_type_bound(decoder, scope, cursor, out_type);
    case 0x04:
        return read_typed(decoder, scope, cursor, COMPONENT_SORT_COMPONENT, COMPONENT_ANY_COMPONENT,
                          out_type);
    case 0x05:
        return read_typed(decoder, scope, cursor, COMPONENT_SORT_INSTANCE, COMPONENT_ANY_INSTANCE,
                          out_type);
    default:
        return component_refuse_byte(cursor, sort,
                                     "invalid leading byte % for component external kind");
    }
}

/* `type`, with the resources that it brought, is what the scope has under that name. */
static enum status add(struct component_decoder *decoder, struct component_scope *scope,
                       struct bytes name, enum component_extern_role role,
                       const struct component_extern_type *type,
                       const struct component_fresh *fresh)
{
    struct component_externs *externs =
        role == COMPONENT_ROLE_IMPORT ? &scope->imports : &scope->exports;
    enum status status = component_scope_bind(decoder, scope, fresh, role == COMPONENT_ROLE_IMPORT);
    if (status == STATUS_OK && scope->kind != COMPONENT_SCOPE_INSTANCE_TYPE)
        status = component_visible_declare(&decoder->types, &scope->visible, name, type, role);
    if (status == STATUS_OK)
        status = component_externs_add(&decoder->types, externs, name, type, role);
    if (status != STATUS_OK)
        return status;
    const struct component_definition definition = component_extern_definition(type);
    return component_scope_push(decoder, scope, type->sort, &definition);
}

/* Name and type; what they bring is added. */
static enum status read_declaration(struct component_decoder *decoder,
                                    struct component_scope *scope, struct wasm_cursor *cursor,
                                    enum component_extern_role role, struct bytes *out_name,
                                    struct component_extern_type *out_type)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    struct component_extern_label label;
    struct component_extern_type declared = {.sort = COMPONENT_SORT_FUNC};
    struct component_fresh fresh;
    enum status status = component_read_label(decoder, cursor, &label);
    if (status == STATUS_OK)
        status = component_read_extern_type(decoder, scope, cursor, &declared);
    if (status == STATUS_OK)
        status = component_check_label(decoder, &label, declared.sort);
    decoder->types.offset = offset;
    if (status == STATUS_OK)
        status =
            component_types_declare(&decoder->types, &declared, scope->component, out_type, &fresh);
    if (status == STATUS_OK)
        status = add(decoder, scope, label.name, role, out_type, &fresh);
    if (status == STATUS_OK)
        *out_name = label.name;
    return status;
}

enum status component_decode_import(struct component_decoder *decoder,
                                    struct component_scope *scope, struct wasm_cursor *cursor)
{
    struct component_step step = {.kind = COMPONENT_STEP_IMPORT,
                                  .offset = wasm_cursor_offset(cursor)};
    enum status status = read_declaration(decoder, scope, cursor, COMPONENT_ROLE_IMPORT, &step.name,
                                          &step.extern_type);
    if (status != STATUS_OK || scope->component == NULL)
        return status;
    step.sort = step.extern_type.sort;
    return component_scope_step(decoder, scope, &step);
}

enum status component_decode_export_declaration(struct component_decoder *decoder,
                                                struct component_scope *scope,
                                                struct wasm_cursor *cursor)
{
    struct bytes name;
    struct component_extern_type type;
    return read_declaration(decoder, scope, cursor, COMPONENT_ROLE_EXPORT, &name, &type);
}

/* 0x00, or 0x01 and a type. */
static enum status read_ascription(struct component_decoder *decoder, struct component_scope *scope,
                                   struct wasm_cursor *cursor, struct component_extern_type *type,
                                   bool *out_has)
{
    uint8_t form;
    enum status status = wasm_read_byte(cursor, &form);
    if (status != STATUS_OK)
        return status;
    if (form > 0x01)
        return component_refuse_byte(cursor, form,
                                     "invalid leading byte % for optional component export type");
    *out_has = form == 0x01;
    return *out_has ? component_read_extern_type(decoder, scope, cursor, type) : STATUS_OK;
}

/* Name, sort and index, ascription. */
static enum status read_export(struct component_decoder *decoder, struct component_scope *scope,
                               struct wasm_cursor *cursor, struct component_item *item,
                               struct component_extern_type *out_type)
{
    struct component_extern_label label;
    struct component_definition found;
    struct component_extern_type ascription;
    struct component_fresh fresh;
    bool has_ascription = false;
    enum status status = component_read_label(decoder, cursor, &label);
    if (status == STATUS_OK)
        status =
            component_read_sort_index(decoder, scope, cursor, &item->sort, &item->index, &found);
    if (status == STATUS_OK)
        status = read_ascription(decoder, scope, cursor, &ascription, &has_ascription);
    if (status == STATUS_OK)
        status = component_check_label(decoder, &label, item->sort);
    if (status != STATUS_OK)
        return status;
    item->name = label.name;
    if (item->sort == COMPONENT_SORT_TYPE)
        item->type = found.type;
    const struct component_extern_type given = component_definition_extern(item->sort, &found);
    decoder->types.offset = item->offset;
    status = component_types_export(&decoder->types, &given, has_ascription ? &ascription : NULL,
                                    scope->component, out_type, &fresh);
    if (status != STATUS_OK)
        return status;
    return add(decoder, scope, label.name, COMPONENT_ROLE_EXPORT, out_type, &fresh);
}

enum status component_decode_export(struct component_decoder *decoder,
                                    struct component_scope *scope, struct wasm_cursor *cursor)
{
    struct component_step step = {
        .kind = COMPONENT_STEP_EXPORT, .item_count = 1, .offset = wasm_cursor_offset(cursor)};
    void *room = NULL;
    enum status status = component_decoder_alloc(decoder, 1, sizeof(struct component_item), &room);
    if (status != STATUS_OK)
        return status;
    struct component_item *item = room;
    item->offset = step.offset;
    status = read_export(decoder, scope, cursor, item, &step.extern_type);
    if (status != STATUS_OK)
        return status;
    step.name = item->name;
    step.sort = item->sort;
    step.items = item;
    return component_scope_step(decoder, scope, &step);
}
