/*
 * core/component/instantiate_core.c: steps that make core instances and take things out of them.
 */
#include "core/component/instance_internal.h"

static enum status no_room(struct component_linked *linked)
{
    return report_fail(linked->report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                       "no room for the component's instances");
}

static bool find_core_export(const struct component_core_instance *instance, struct bytes name,
                             struct wasm_extern *out_extern)
{
    uint32_t place = 0;
    if (instance->instance == NULL) {
        bool is_there = component_places_find(&instance->places, name, &place);
        if (is_there)
            *out_extern = instance->externs[place];
        return is_there;
    }
    const struct wasm_export *export =
        wasm_module_find_export(wasm_instance_module(instance->instance), name);
    if (export != NULL)
        wasm_instance_export(instance->instance, export, out_extern);
    return export != NULL;
}

static enum status find_imports(struct component_instance *instance,
                                const struct component_step *step, const struct wasm_module *module,
                                struct wasm_extern *imports)
{
    struct component_linked *linked = instance->linked;
    struct component_places arguments;
    enum status status =
        component_places_of_items(linked->arena, step->items, step->item_count, &arguments);
    if (status != STATUS_OK)
        return no_room(linked);
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];
        uint32_t place = 0;
        bool is_there = component_places_find(&arguments, import->module, &place);
        if (is_there) {
            ASSERT(step->items[place].index < instance->used[COMPONENT_SORT_CORE_INSTANCE]);
            is_there = find_core_export(&instance->core_instances[step->items[place].index],
                                        import->name, &imports[i]);
        }
        if (!is_there)
            return report_fail_names(linked->report, STATUS_UNLINKABLE, step->offset,
                                     "import %.% of a core module is not there", import->module,
                                     import->name);
    }
    return STATUS_OK;
}

static enum status count_instance(struct component_linked *linked)
{
    if (linked->instance_count == COMPONENT_LIMIT_INSTANCES)
        return report_fail_u64(linked->report, STATUS_LIMIT, REPORT_NO_OFFSET, "over % instances",
                               COMPONENT_LIMIT_INSTANCES);
    linked->instance_count++;
    return STATUS_OK;
}

static enum status create(struct component_instance *instance, const struct component_step *step,
                          const struct wasm_module *module, const struct wasm_extern *imports)
{
    struct component_linked *linked = instance->linked;
    struct component_core_instance *made =
        &instance->core_instances[instance->used[COMPONENT_SORT_CORE_INSTANCE]];
    struct wasm_outcome outcome = {0};
    struct report report;
    report_init(&report);
    (void)step;
    enum status status =
        wasm_instance_create(linked->store, module, imports, &made->instance, &outcome, &report);
    if (status == STATUS_OK) {
        instance->used[COMPONENT_SORT_CORE_INSTANCE]++;
        return STATUS_OK;
    }
    if (status == STATUS_TRAP)
        return component_stop_wasm(linked, &outcome);
    report_write(linked->report, report.offset, report.text);
    return status;
}

static enum status instantiate(struct component_instance *instance,
                               const struct component_step *step)
{
    struct component_linked *linked = instance->linked;
    ASSERT(step->index < instance->used[COMPONENT_SORT_CORE_MODULE]);
    const struct wasm_module *module = instance->modules[step->index];
    enum status status = count_instance(linked);
    if (status == STATUS_OK)
        status = component_linked_work(linked, module->import_count);
    if (status != STATUS_OK)
        return status;
    struct wasm_extern *imports = arena_alloc(linked->arena, module->import_count, sizeof *imports);
    if (imports == NULL)
        return no_room(linked);
    status = find_imports(instance, step, module, imports);
    return status == STATUS_OK ? create(instance, step, module, imports) : status;
}

/* A core instance made of items. */
static enum status collect(struct component_instance *instance, const struct component_step *step)
{
    struct component_linked *linked = instance->linked;
    struct component_core_instance *made =
        &instance->core_instances[instance->used[COMPONENT_SORT_CORE_INSTANCE]];
    struct wasm_extern *externs = arena_alloc(linked->arena, step->item_count, sizeof *externs);
    if (externs == NULL || component_places_of_items(linked->arena, step->items, step->item_count,
                                                     &made->places) != STATUS_OK)
        return no_room(linked);
    for (uint32_t i = 0; i < step->item_count; i++) {
        const struct component_item *item = &step->items[i];
        ASSERT(item->sort <= COMPONENT_SORT_CORE_TAG && item->index < instance->used[item->sort]);
        externs[i] = instance->core[item->sort][item->index];
    }
    made->externs = externs;
    instance->used[COMPONENT_SORT_CORE_INSTANCE]++;
    return STATUS_OK;
}

static enum status take(struct component_instance *instance, const struct component_step *step)
{
    ASSERT(step->sort <= COMPONENT_SORT_CORE_TAG &&
           step->index < instance->used[COMPONENT_SORT_CORE_INSTANCE]);
    struct wasm_extern *out = &instance->core[step->sort][instance->used[step->sort]];
    if (!find_core_export(&instance->core_instances[step->index], step->name, out))
        return report_fail_name(instance->linked->report, STATUS_UNLINKABLE, step->offset,
                                "the core instance has no export %", step->name);
    instance->used[step->sort]++;
    return STATUS_OK;
}

enum status component_step_core(struct component_instance *instance,
                                const struct component_step *step)
{
    switch (step->kind) {
    case COMPONENT_STEP_CORE_MODULE:
        instance->modules[instance->used[COMPONENT_SORT_CORE_MODULE]++] = step->module;
        return STATUS_OK;
    case COMPONENT_STEP_CORE_INSTANTIATE:
        return instantiate(instance, step);
    case COMPONENT_STEP_CORE_EXPORTS:
        return collect(instance, step);
    default:
        ASSERT(step->kind == COMPONENT_STEP_ALIAS_CORE);
        return take(instance, step);
    }
}
