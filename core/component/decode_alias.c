/*
 * core/component/decode_alias.c: aliases: of exports, of core exports, of outer definitions
 * (Binary.md "Alias Definitions"), in components and in types.
 */
#include "core/component/decode.h"

static bool is_type_scope(const struct component_scope *scope)
{
    return scope->kind != COMPONENT_SCOPE_COMPONENT;
}

static enum status refuse_kind(struct component_decoder *decoder, uint64_t offset,
                               enum component_sort sort)
{
    return report_fail_name(decoder->report, STATUS_MALFORMED, offset,
                            "invalid leading byte for alias: not of a %",
                            component_sort_name(sort));
}

/* Types have no steps. */
static enum status add_step(struct component_decoder *decoder, struct component_scope *scope,
                            const struct component_step *step)
{
    if (is_type_scope(scope) || step->sort == COMPONENT_SORT_TYPE ||
        step->sort == COMPONENT_SORT_CORE_TYPE)
        return STATUS_OK;
    return component_scope_step(decoder, scope, step);
}

static enum status read_export(struct component_decoder *decoder, struct component_scope *scope,
                               struct wasm_cursor *cursor, struct component_step *step)
{
    struct component_definition instance;
    if (!component_sort_is_extern(step->sort))
        return refuse_kind(decoder, step->offset, step->sort);
    step->kind = COMPONENT_STEP_ALIAS_EXPORT;
    enum status status = component_scope_read(decoder, scope, cursor, COMPONENT_SORT_INSTANCE,
                                              &step->index, &instance);
    if (status == STATUS_OK)
        status = wasm_read_name(cursor, &step->name);
    if (status != STATUS_OK)
        return status;
    if (is_type_scope(scope) && step->sort != COMPONENT_SORT_TYPE &&
        step->sort != COMPONENT_SORT_INSTANCE)
        return report_fail(decoder->report, STATUS_INVALID, step->offset,
                           "an alias in a type may only refer to types or instances");
    const struct component_extern_name *found =
        component_interface_find_export(instance.interface, step->name);
    if (found == NULL)
        return report_fail_name(decoder->report, STATUS_INVALID, step->offset,
                                "the instance has no export named %", step->name);
    if (found->type.sort != step->sort)
        return report_fail_names(decoder->report, STATUS_INVALID, step->offset,
                                 "export % of the instance is not a %", step->name,
                                 component_sort_name(step->sort));
    const struct component_definition definition = component_extern_definition(&found->type);
    status = component_scope_push(decoder, scope, step->sort, &definition);
    return status == STATUS_OK ? add_step(decoder, scope, step) : status;
}

static enum component_sort sort_of_kind(enum wasm_extern_kind kind)
{
    static const enum component_sort sorts[] = {
        [WASM_EXTERN_FUNC] = COMPONENT_SORT_CORE_FUNC,
        [WASM_EXTERN_TABLE] = COMPONENT_SORT_CORE_TABLE,
        [WASM_EXTERN_MEMORY] = COMPONENT_SORT_CORE_MEMORY,
        [WASM_EXTERN_GLOBAL] = COMPONENT_SORT_CORE_GLOBAL,
        [WASM_EXTERN_TAG] = COMPONENT_SORT_CORE_TAG,
    };
    return sorts[kind];
}

static enum status read_core_export(struct component_decoder *decoder,
                                    struct component_scope *scope, struct wasm_cursor *cursor,
                                    struct component_step *step)
{
    struct component_definition instance;
    if (step->sort > COMPONENT_SORT_CORE_TAG)
        return refuse_kind(decoder, step->offset, step->sort);
    step->kind = COMPONENT_STEP_ALIAS_CORE;
    enum status status = component_scope_read(decoder, scope, cursor, COMPONENT_SORT_CORE_INSTANCE,
                                              &step->index, &instance);
    if (status == STATUS_OK)
        status = wasm_read_name(cursor, &step->name);
    if (status != STATUS_OK)
        return status;
    if (is_type_scope(scope))
        return report_fail(decoder->report, STATUS_INVALID, step->offset,
                           "an alias in a type may only refer to types or instances");
    const struct component_core_name *found =
        component_core_find_export(instance.modular, step->name);
    if (found == NULL)
        return report_fail_name(decoder->report, STATUS_INVALID, step->offset,
                                "the core instance has no export named %", step->name);
    if (sort_of_kind(found->type.kind) != step->sort)
        return report_fail_names(decoder->report, STATUS_INVALID, step->offset,
                                 "export % of the core instance is not a %", step->name,
                                 component_sort_name(step->sort));
    struct component_definition definition = {.core = &found->type};
    if (step->sort == COMPONENT_SORT_CORE_FUNC)
        definition = (struct component_definition){.core_func = found->type.type};
    status = component_scope_push(decoder, scope, step->sort, &definition);
    return status == STATUS_OK ? add_step(decoder, scope, step) : status;
}

/* The scope `count` levels out; *out_crosses: leaving a component on the way. */
static enum status find_scope(struct component_decoder *decoder, struct component_scope *scope,
                              uint32_t count, uint64_t offset, struct component_scope **out_scope,
                              bool *out_crosses)
{
    bool crosses = false;
    for (uint32_t left = count; left != 0; left--) {
        crosses = crosses || !is_type_scope(scope);
        scope = scope->parent;
        if (scope == NULL)
            return report_fail_u64(decoder->report, STATUS_INVALID, offset,
                                   "invalid outer alias count of %", count);
    }
    *out_scope = scope;
    *out_crosses = crosses;
    return STATUS_OK;
}

static enum status push_outer(struct component_decoder *decoder, struct component_scope *scope,
                              struct component_scope *target, bool crosses,
                              const struct component_step *step)
{
    if (step->sort == COMPONENT_SORT_CORE_TYPE) {
        if (step->index >= target->core_types.count)
            return report_fail_u64(decoder->report, STATUS_INVALID, step->offset,
                                   "unknown core type %: type index out of bounds", step->index);
        const struct component_core_entry entry = target->core_types.items[step->index];
        return component_core_append(&decoder->types, &scope->core_types, &entry);
    }
    struct component_definition definition;
    enum status status =
        component_scope_get(decoder, target, step->sort, step->index, step->offset, &definition);
    if (status != STATUS_OK)
        return status;
    if (crosses && step->sort == COMPONENT_SORT_TYPE &&
        component_any_type_is_open(&definition.type))
        return report_fail(decoder->report, STATUS_INVALID, step->offset,
                           "cannot alias outer type which transitively refers to resources not "
                           "defined in the current component");
    return component_scope_push(decoder, scope, step->sort, &definition);
}

static enum status read_outer(struct component_decoder *decoder, struct component_scope *scope,
                              struct wasm_cursor *cursor, struct component_step *step)
{
    bool is_type = step->sort == COMPONENT_SORT_TYPE || step->sort == COMPONENT_SORT_CORE_TYPE;
    if (!is_type && step->sort != COMPONENT_SORT_COMPONENT &&
        step->sort != COMPONENT_SORT_CORE_MODULE)
        return report_fail_name(decoder->report, STATUS_MALFORMED, step->offset,
                                "invalid leading byte for component outer alias kind: %",
                                component_sort_name(step->sort));
    step->kind = COMPONENT_STEP_ALIAS_OUTER;
    enum status status = wasm_read_u32(cursor, &step->depth);
    if (status == STATUS_OK)
        status = wasm_read_u32(cursor, &step->index);
    if (status != STATUS_OK)
        return status;
    if (is_type_scope(scope) && !is_type)
        return report_fail(decoder->report, STATUS_INVALID, step->offset,
                           "an outer alias in a type may only refer to types or core types");
    struct component_scope *target = NULL;
    bool crosses = false;
    status = find_scope(decoder, scope, step->depth, step->offset, &target, &crosses);
    if (status == STATUS_OK)
        status = push_outer(decoder, scope, target, crosses, step);
    return status == STATUS_OK ? add_step(decoder, scope, step) : status;
}

enum status component_decode_alias(struct component_decoder *decoder, struct component_scope *scope,
                                   struct wasm_cursor *cursor)
{
    struct component_step step = {.offset = wasm_cursor_offset(cursor)};
    uint8_t form;
    enum status status = component_read_sort(decoder, cursor, &step.sort);
    if (status == STATUS_OK)
        status = wasm_read_byte(cursor, &form);
    if (status != STATUS_OK)
        return status;
    switch (form) {
    case 0x00:
        return read_export(decoder, scope, cursor, &step);
    case 0x01:
        return read_core_export(decoder, scope, cursor, &step);
    case 0x02:
        return read_outer(decoder, scope, cursor, &step);
    default:
        return component_refuse_byte(cursor, form, "invalid leading byte % for alias");
    }
}
