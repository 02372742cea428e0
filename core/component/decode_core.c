/*
 * core/component/decode_core.c: core modules, core instances and core types of a component.
 *
 * A nested core module is loaded by the engine's own decoder where it stands in the input; what it
 * refuses is reported at the offset in the whole input.
 */
#include "core/component/decode.h"

enum status component_decode_core_module(struct component_decoder *decoder,
                                         struct component_scope *scope, struct wasm_cursor contents)
{
    uint64_t offset = wasm_cursor_offset(&contents);
    struct bytes input = bytes_of(contents.at, wasm_cursor_left(&contents));
    if (component_is_component(input))
        return report_fail(decoder->report, STATUS_MALFORMED, offset,
                           "expected a version header for a module, found a component");
    struct report report;
    report_init(&report);
    struct wasm_module *module = NULL;
    enum status status =
        wasm_module_load(input, decoder->arena, decoder->scratch, &module, &report);
    if (status != STATUS_OK) {
        if (report.offset != REPORT_NO_OFFSET)
            report.offset += offset;
        if (decoder->report != NULL && !decoder->report->is_set)
            *decoder->report = report;
        return status == STATUS_TRUNCATED ? STATUS_MALFORMED : status;
    }
    struct component_definition definition = {.core_func = 0};
    status = component_core_of_module(&decoder->types, module, &definition.modular);
    if (status != STATUS_OK)
        return status;
    const struct component_step step = {.kind = COMPONENT_STEP_CORE_MODULE,
                                        .sort = COMPONENT_SORT_CORE_MODULE,
                                        .module = module,
                                        .offset = offset};
    status = component_scope_step(decoder, scope, &step);
    if (status != STATUS_OK)
        return status;
    return component_scope_push(decoder, scope, COMPONENT_SORT_CORE_MODULE, &definition);
}

/* name, 0x12, core instance */
static enum status read_argument(struct component_decoder *decoder, struct component_scope *scope,
                                 struct wasm_cursor *cursor, struct component_item *item,
                                 struct component_core_argument *argument)
{
    item->offset = wasm_cursor_offset(cursor);
    item->sort = COMPONENT_SORT_CORE_INSTANCE;
    enum status status = wasm_read_name(cursor, &item->name);
    if (status == STATUS_OK)
        status =
            component_read_exact(cursor, 0x12, "invalid leading byte % for instantiation arg kind");
    if (status != STATUS_OK)
        return status;
    struct component_definition found;
    status = component_scope_read(decoder, scope, cursor, COMPONENT_SORT_CORE_INSTANCE,
                                  &item->index, &found);
    if (status == STATUS_OK)
        *argument = (struct component_core_argument){item->name, found.modular};
    return status;
}

static enum status read_instantiation(struct component_decoder *decoder,
                                      struct component_scope *scope, struct wasm_cursor *cursor,
                                      struct component_step *step,
                                      struct component_definition *out_instance)
{
    struct component_definition module;
    enum status status = component_scope_read(decoder, scope, cursor, COMPONENT_SORT_CORE_MODULE,
                                              &step->index, &module);
    if (status == STATUS_OK)
        status = component_read_count(cursor, COMPONENT_LIMIT_ITEMS, &step->item_count);
    void *items = NULL, *arguments = NULL;
    if (status == STATUS_OK)
        status = component_decoder_alloc(decoder, step->item_count, sizeof *step->items, &items);
    if (status == STATUS_OK)
        status = component_decoder_scratch(decoder, step->item_count,
                                           sizeof(struct component_core_argument), &arguments);
    for (uint32_t i = 0; i < step->item_count && status == STATUS_OK; i++)
        status = read_argument(decoder, scope, cursor, (struct component_item *)items + i,
                               (struct component_core_argument *)arguments + i);
    if (status == STATUS_OK)
        status = component_check_arguments(decoder, items, step->item_count);
    if (status != STATUS_OK)
        return status;
    step->items = items;
    status = component_core_check_instantiate(&decoder->types, module.modular, arguments,
                                              step->item_count);
    if (status != STATUS_OK)
        return status;
    *out_instance = module; /* of which the exports are those of the instance */
    return STATUS_OK;
}

/* What a core definition is as a part of a core instance. */
static struct component_core_extern core_extern(enum component_sort sort,
                                                const struct component_definition *definition)
{
    if (sort == COMPONENT_SORT_CORE_FUNC)
        return (struct component_core_extern){.kind = WASM_EXTERN_FUNC,
                                              .type = definition->core_func};
    return *definition->core;
}

/* name, core sort, index */
static enum status read_inline_export(struct component_decoder *decoder,
                                      struct component_scope *scope, struct wasm_cursor *cursor,
                                      struct component_item *item, struct component_core_name *name)
{
    item->offset = wasm_cursor_offset(cursor);
    enum status status = wasm_read_name(cursor, &item->name);
    if (status == STATUS_OK)
        status = component_read_core_sort(cursor, &item->sort);
    if (status != STATUS_OK)
        return status;
    if (item->sort > COMPONENT_SORT_CORE_TAG)
        return report_fail_name(decoder->report, STATUS_MALFORMED, wasm_cursor_offset(cursor) - 1,
                                "a core instance can not export a %",
                                component_sort_name(item->sort));
    struct component_definition found;
    status = component_scope_read(decoder, scope, cursor, item->sort, &item->index, &found);
    if (status == STATUS_OK)
        *name = (struct component_core_name){.name = item->name,
                                             .type = core_extern(item->sort, &found)};
    return status;
}

static enum status read_exports(struct component_decoder *decoder, struct component_scope *scope,
                                struct wasm_cursor *cursor, struct component_step *step,
                                struct component_definition *out_instance)
{
    enum status status = component_read_count(cursor, COMPONENT_LIMIT_ITEMS, &step->item_count);
    void *items = NULL, *names = NULL;
    if (status == STATUS_OK)
        status = component_decoder_alloc(decoder, step->item_count, sizeof *step->items, &items);
    if (status == STATUS_OK)
        status = component_decoder_scratch(decoder, step->item_count,
                                           sizeof(struct component_core_name), &names);
    for (uint32_t i = 0; i < step->item_count && status == STATUS_OK; i++)
        status = read_inline_export(decoder, scope, cursor, (struct component_item *)items + i,
                                    (struct component_core_name *)names + i);
    if (status != STATUS_OK)
        return status;
    step->items = items;
    return component_core_of_exports(&decoder->types, names, step->item_count,
                                     &out_instance->modular);
}

enum status component_decode_core_instance(struct component_decoder *decoder,
                                           struct component_scope *scope,
                                           struct wasm_cursor *cursor)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t form;
    enum status status = wasm_read_byte(cursor, &form);
    if (status != STATUS_OK)
        return status;
    struct component_step made = {.sort = COMPONENT_SORT_CORE_INSTANCE, .offset = offset};
    struct component_definition instance = {.core_func = 0};
    size_t mark = arena_mark(decoder->scratch);
    switch (form) {
    case 0x00:
        made.kind = COMPONENT_STEP_CORE_INSTANTIATE;
        status = read_instantiation(decoder, scope, cursor, &made, &instance);
        break;
    case 0x01:
        made.kind = COMPONENT_STEP_CORE_EXPORTS;
        status = read_exports(decoder, scope, cursor, &made, &instance);
        break;
    default:
        return component_refuse_byte(cursor, form, "invalid leading byte % for core instance");
    }
    if (status != STATUS_OK)
        return status;
    if (decoder->scratch != decoder->arena)
        arena_rewind(decoder->scratch, mark);
    status = component_scope_step(decoder, scope, &made);
    if (status != STATUS_OK)
        return status;
    return component_scope_push(decoder, scope, COMPONENT_SORT_CORE_INSTANCE, &instance);
}

/* Core types of the scopes around a module type; 1 is the scope that it stands in. */
static const struct component_core_entry *find_outer(const void *context, uint32_t depth,
                                                     uint32_t index)
{
    const struct component_scope *scope = context;
    for (; depth > 1 && scope != NULL; depth--)
        scope = scope->parent;
    if (depth != 1 || scope == NULL || index >= scope->core_types.count)
        return NULL;
    return &scope->core_types.items[index];
}

enum status component_decode_core_type(struct component_decoder *decoder,
                                       struct component_scope *scope, struct wasm_cursor *cursor)
{
    return component_core_read(&decoder->types, cursor, &scope->core_types, find_outer, scope);
}
