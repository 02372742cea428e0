/*
 * core/component/decode_instance.c: instances: instantiations of components, and bags of exports.
 */
#include "core/component/decode.h"

/* name, sort, index */
static enum status read_argument(struct component_decoder *decoder, struct component_scope *scope,
                                 struct wasm_cursor *cursor, struct component_item *item,
                                 struct component_extern_name *argument)
{
    item->offset = wasm_cursor_offset(cursor);
    enum status status = wasm_read_name(cursor, &item->name);
    struct component_definition found;
    if (status == STATUS_OK)
        status =
            component_read_sort_index(decoder, scope, cursor, &item->sort, &item->index, &found);
    if (status != STATUS_OK)
        return status;
    if (item->sort == COMPONENT_SORT_TYPE)
        item->type = found.type;
    *argument =
        (struct component_extern_name){.name = item->name,
                                       .type = component_definition_extern(item->sort, &found),
                                       .offset = item->offset};
    return STATUS_OK;
}

static enum status read_arguments(struct component_decoder *decoder, struct component_scope *scope,
                                  struct wasm_cursor *cursor, struct component_step *step,
                                  struct component_extern_name **out_arguments)
{
    void *items = NULL, *arguments = NULL;
    enum status status = component_read_count(cursor, COMPONENT_LIMIT_ITEMS, &step->item_count);
    if (status == STATUS_OK)
        status = component_decoder_alloc(decoder, step->item_count, sizeof *step->items, &items);
    if (status == STATUS_OK)
        status = component_decoder_scratch(decoder, step->item_count,
                                           sizeof(struct component_extern_name), &arguments);
    for (uint32_t i = 0; i < step->item_count && status == STATUS_OK; i++)
        status = read_argument(decoder, scope, cursor, (struct component_item *)items + i,
                               (struct component_extern_name *)arguments + i);
    if (status == STATUS_OK)
        status = component_check_arguments(decoder, items, step->item_count);
    step->items = items;
    *out_arguments = arguments;
    return status;
}

static enum status read_instantiation(struct component_decoder *decoder,
                                      struct component_scope *scope, struct wasm_cursor *cursor,
                                      struct component_step *step)
{
    struct component_definition component;
    enum status status = component_scope_read(decoder, scope, cursor, COMPONENT_SORT_COMPONENT,
                                              &step->index, &component);
    struct component_extern_name *arguments = NULL;
    size_t mark = arena_mark(decoder->scratch);
    if (status == STATUS_OK)
        status = read_arguments(decoder, scope, cursor, step, &arguments);
    if (status != STATUS_OK)
        return status;
    struct component_fresh fresh;
    decoder->types.offset = step->offset;
    status = component_types_instantiate(&decoder->types, component.interface, arguments,
                                         step->item_count, scope->component,
                                         &step->extern_type.interface, &fresh);
    if (status != STATUS_OK)
        return status;
    if (decoder->scratch != decoder->arena)
        arena_rewind(decoder->scratch, mark);
    return component_scope_bind(decoder, scope, &fresh, false);
}

/* name, sort, index; annotated functions have no resource to belong to in a bag of exports. */
static enum status read_inline_export(struct component_decoder *decoder,
                                      struct component_scope *scope, struct wasm_cursor *cursor,
                                      struct component_item *item,
                                      struct component_externs *exports)
{
    item->offset = wasm_cursor_offset(cursor);
    struct component_extern_label label;
    struct component_definition found;
    enum status status = component_read_label(decoder, cursor, &label);
    if (status == STATUS_OK)
        status =
            component_read_sort_index(decoder, scope, cursor, &item->sort, &item->index, &found);
    if (status == STATUS_OK)
        status = component_check_label(decoder, &label, item->sort);
    if (status != STATUS_OK)
        return status;
    item->name = label.name;
    if (item->sort == COMPONENT_SORT_TYPE)
        item->type = found.type;
    const struct component_extern_type type = component_definition_extern(item->sort, &found);
    decoder->types.offset = item->offset;
    status =
        component_externs_add(&decoder->types, exports, label.name, &type, COMPONENT_ROLE_EXPORT);
    exports->resources = (struct component_tree){0};
    return status;
}

static enum status read_exports(struct component_decoder *decoder, struct component_scope *scope,
                                struct wasm_cursor *cursor, struct component_step *step)
{
    struct component_externs exports = {0};
    void *room = NULL;
    enum status status = component_read_count(cursor, COMPONENT_LIMIT_ITEMS, &step->item_count);
    if (status == STATUS_OK)
        status = component_decoder_alloc(decoder, step->item_count, sizeof *step->items, &room);
    struct component_item *items = room;
    for (uint32_t i = 0; i < step->item_count && status == STATUS_OK; i++)
        status = read_inline_export(decoder, scope, cursor, &items[i], &exports);
    if (status != STATUS_OK)
        return status;
    step->items = items;
    decoder->types.offset = step->offset;
    return component_types_interface(&decoder->types, NULL, &exports, NULL, 0,
                                     &step->extern_type.interface);
}

enum status component_decode_instance(struct component_decoder *decoder,
                                      struct component_scope *scope, struct wasm_cursor *cursor)
{
    struct component_step step = {.sort = COMPONENT_SORT_INSTANCE,
                                  .extern_type.sort = COMPONENT_SORT_INSTANCE,
                                  .offset = wasm_cursor_offset(cursor)};
    uint8_t form;
    enum status status = wasm_read_byte(cursor, &form);
    if (status != STATUS_OK)
        return status;
    switch (form) {
    case 0x00:
        step.kind = COMPONENT_STEP_INSTANTIATE;
        status = read_instantiation(decoder, scope, cursor, &step);
        break;
    case 0x01:
        step.kind = COMPONENT_STEP_EXPORTS;
        status = read_exports(decoder, scope, cursor, &step);
        break;
    default:
        return component_refuse_byte(cursor, form, "invalid leading byte % for instance");
    }
    if (status == STATUS_OK)
        status = component_scope_step(decoder, scope, &step);
    if (status != STATUS_OK)
        return status;
    const struct component_definition definition = {.interface = step.extern_type.interface};
    return component_scope_push(decoder, scope, COMPONENT_SORT_INSTANCE, &definition);
}
