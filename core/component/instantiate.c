/*
 * core/component/instantiate.c: executes the steps of a component and of those that it
 * instantiates.
 *
 * A nested instantiation is no recursion: the new instance becomes the current one and its maker
 * goes on when it is done, because how deep guests nest them at run time is their affair.
 * An instance counts as entered while it is being made.
 */
#include "core/component/instance_internal.h"

/* Steps, items in them and names bound by them: what instantiating may take. */
#define WORK_MAX ((uint64_t)8 * COMPONENT_LIMIT_STEPS)

static enum status no_room(struct component_linked *linked)
{
    return report_fail(linked->report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                       "no room for the component's instances");
}

/* ---- an instance that nothing was done for yet ---- */

static bool make_spaces(struct component_instance *instance, struct arena *arena)
{
    const uint32_t *counts = instance->component->counts;
    bool is_made = true;
    for (uint32_t sort = 0; sort <= COMPONENT_SORT_CORE_TAG; sort++) {
        instance->core[sort] = arena_alloc(arena, counts[sort], sizeof *instance->core[sort]);
        is_made = is_made && instance->core[sort] != NULL;
    }
    instance->modules =
        arena_alloc(arena, counts[COMPONENT_SORT_CORE_MODULE], sizeof(struct wasm_module *));
    instance->core_instances =
        arena_alloc(arena, counts[COMPONENT_SORT_CORE_INSTANCE], sizeof *instance->core_instances);
    instance->funcs =
        arena_alloc(arena, counts[COMPONENT_SORT_FUNC], sizeof(struct component_func *));
    instance->components =
        arena_alloc(arena, counts[COMPONENT_SORT_COMPONENT], sizeof *instance->components);
    instance->instances =
        arena_alloc(arena, counts[COMPONENT_SORT_INSTANCE], sizeof(struct component_exports *));
    instance->resources = arena_alloc(arena, instance->component->resource_count,
                                      sizeof(struct component_resource *));
    instance->exported =
        arena_alloc(arena, instance->component->type->export_count, sizeof *instance->exported);
    instance->exported_names = arena_alloc(arena, instance->component->type->export_count,
                                           sizeof *instance->exported_names);
    return is_made && instance->modules != NULL && instance->core_instances != NULL &&
           instance->funcs != NULL && instance->components != NULL && instance->instances != NULL &&
           instance->resources != NULL && instance->exported != NULL &&
           instance->exported_names != NULL;
}

static enum status make(struct component_linked *linked, const struct component_closure *closure,
                        struct component_instance *parent, struct component_instance **out_instance)
{
    if (linked->instance_count == COMPONENT_LIMIT_INSTANCES)
        return report_fail_u64(linked->report, STATUS_LIMIT, REPORT_NO_OFFSET, "over % instances",
                               COMPONENT_LIMIT_INSTANCES);
    if (parent != NULL && parent->depth == COMPONENT_LIMIT_DEPTH)
        return report_fail_u64(linked->report, STATUS_LIMIT, REPORT_NO_OFFSET,
                               "instances nested over % deep", COMPONENT_LIMIT_DEPTH);
    struct component_instance *instance = arena_alloc(linked->arena, 1, sizeof *instance);
    if (instance == NULL)
        return no_room(linked);
    *instance = (struct component_instance){.linked = linked,
                                            .component = closure->component,
                                            .around = closure->around,
                                            .parent = parent,
                                            .depth = parent == NULL ? 0 : parent->depth + 1,
                                            .may_leave = true};
    if (!make_spaces(instance, linked->arena))
        return no_room(linked);
    linked->instance_count++;
    *out_instance = instance;
    return STATUS_OK;
}

/* ---- what an index names, and what gets one ---- */

static struct component_extern get(const struct component_instance *instance,
                                   const struct component_item *item)
{
    struct component_extern found = {.sort = item->sort};
    ASSERT(item->sort == COMPONENT_SORT_TYPE || item->index < instance->used[item->sort]);
    switch (item->sort) {
    case COMPONENT_SORT_CORE_MODULE:
        found.module = instance->modules[item->index];
        break;
    case COMPONENT_SORT_FUNC:
        found.func = instance->funcs[item->index];
        break;
    case COMPONENT_SORT_COMPONENT:
        found.closure = instance->components[item->index];
        break;
    case COMPONENT_SORT_INSTANCE:
        found.exports = instance->instances[item->index];
        break;
    default:
        ASSERT(item->sort == COMPONENT_SORT_TYPE);
        if (item->type.kind == COMPONENT_ANY_RESOURCE)
            found.resource = component_instance_resource(instance, item->type.resource);
    }
    return found;
}

static void push(struct component_instance *instance, const struct component_extern *found)
{
    uint32_t *used = &instance->used[found->sort];
    ASSERT(found->sort == COMPONENT_SORT_TYPE || *used < instance->component->counts[found->sort]);
    switch (found->sort) {
    case COMPONENT_SORT_CORE_MODULE:
        instance->modules[(*used)++] = found->module;
        break;
    case COMPONENT_SORT_FUNC:
        instance->funcs[(*used)++] = found->func;
        break;
    case COMPONENT_SORT_COMPONENT:
        instance->components[(*used)++] = found->closure;
        break;
    case COMPONENT_SORT_INSTANCE:
        instance->instances[(*used)++] = found->exports;
        break;
    default:
        ASSERT(found->sort == COMPONENT_SORT_TYPE);
    }
}

/* The resources that a type names and that have nothing yet are those of the value. */
static enum status bind(struct component_instance *instance,
                        const struct component_extern_type *type,
                        const struct component_extern *found)
{
    if (type->sort == COMPONENT_SORT_INSTANCE)
        return component_instance_bind_exports(instance, type->interface, found->exports);
    if (type->sort == COMPONENT_SORT_TYPE && type->type.kind == COMPONENT_ANY_RESOURCE)
        component_instance_bind(instance, type->type.resource, found->resource);
    return STATUS_OK;
}

/* ---- steps ---- */

/* Exports made of items: an instance, or the arguments of one. */
static enum status collect(struct component_instance *instance, const struct component_step *step,
                           const struct component_exports **out_exports)
{
    struct component_linked *linked = instance->linked;
    struct component_exports *exports = arena_alloc(linked->arena, 1, sizeof *exports);
    struct component_extern *externs =
        arena_alloc(linked->arena, step->item_count, sizeof *externs);
    if (exports == NULL || externs == NULL ||
        component_places_of_items(linked->arena, step->items, step->item_count, &exports->places) !=
            STATUS_OK)
        return no_room(linked);
    for (uint32_t i = 0; i < step->item_count; i++)
        externs[i] = get(instance, &step->items[i]);
    exports->externs = externs;
    *out_exports = exports;
    return STATUS_OK;
}

static enum status begin_child(struct component_instance *instance,
                               const struct component_step *step,
                               struct component_instance **out_current)
{
    const struct component_exports *arguments = NULL;
    struct component_instance *child = NULL;
    ASSERT(step->index < instance->used[COMPONENT_SORT_COMPONENT]);
    enum status status = collect(instance, step, &arguments);
    if (status == STATUS_OK)
        status = make(instance->linked, &instance->components[step->index], instance, &child);
    if (status != STATUS_OK)
        return status;
    child->arguments = arguments;
    child->made_by = step;
    *out_current = child;
    return STATUS_OK;
}

static enum status import(struct component_instance *instance, const struct component_step *step)
{
    struct component_extern found = {0};
    if (instance->arguments == NULL) {
        enum status status = component_host_import(instance, step, &found);
        if (status != STATUS_OK)
            return status;
    } else {
        const struct component_extern *argument =
            component_exports_find(instance->arguments, step->name);
        if (argument == NULL || argument->sort != step->extern_type.sort)
            return report_fail_name(instance->linked->report, STATUS_UNLINKABLE, step->offset,
                                    "the argument % is not there", step->name);
        found = *argument;
    }
    push(instance, &found);
    return bind(instance, &step->extern_type, &found);
}

static enum status export(struct component_instance *instance, const struct component_step *step) {
    ASSERT(step->item_count == 1 &&
           instance->exported_count < instance->component->type->export_count);
    uint32_t place = instance->exported_count++;
    struct component_extern found = get(instance, &step->items[0]);
    instance->exported[place] = found;
    instance->exported_names[place] = (struct component_place){.name = step->name, .place = place};
    push(instance, &found);
    return bind(instance, &step->extern_type, &found);
}

static enum status alias_export(struct component_instance *instance,
                                const struct component_step *step)
{
    ASSERT(step->index < instance->used[COMPONENT_SORT_INSTANCE]);
    const struct component_extern *found =
        component_exports_find(instance->instances[step->index], step->name);
    if (found == NULL || found->sort != step->sort)
        return report_fail_name(instance->linked->report, STATUS_UNLINKABLE, step->offset,
                                "the instance has no export %", step->name);
    push(instance, found);
    return STATUS_OK;
}

static void alias_outer(struct component_instance *instance, const struct component_step *step)
{
    const struct component_instance *around = instance;
    for (uint32_t i = 0; i < step->depth; i++)
        around = around->around;
    const struct component_item item = {.sort = step->sort, .index = step->index};
    const struct component_extern found = get(around, &item);
    push(instance, &found);
}

static enum status define_resource(struct component_instance *instance,
                                   const struct component_step *step)
{
    struct component_resource *resource = arena_alloc(instance->linked->arena, 1, sizeof *resource);
    if (resource == NULL)
        return no_room(instance->linked);
    resource->instance = instance;
    if (step->core_func != COMPONENT_NONE)
        resource->destructor = instance->core[COMPONENT_SORT_CORE_FUNC][step->core_func].func;
    component_instance_bind(instance, step->resource, resource);
    return STATUS_OK;
}

static enum status lift(struct component_instance *instance, const struct component_step *step)
{
    struct component_func *func = arena_alloc(instance->linked->arena, 1, sizeof *func);
    if (func == NULL)
        return no_room(instance->linked);
    ASSERT(step->core_func < instance->used[COMPONENT_SORT_CORE_FUNC]);
    *func = (struct component_func){
        .linked = instance->linked,
        .type = step->func_type,
        .instance = instance,
        .core_func = instance->core[COMPONENT_SORT_CORE_FUNC][step->core_func].func,
        .context = component_canon_resolve(instance, &step->options),
    };
    const struct component_extern found = {.sort = COMPONENT_SORT_FUNC, .func = func};
    push(instance, &found);
    return STATUS_OK;
}

static enum status make_canon(struct component_instance *instance,
                              const struct component_step *step)
{
    uint32_t *used = &instance->used[COMPONENT_SORT_CORE_FUNC];
    enum status status =
        component_canon_create(instance, step, &instance->core[COMPONENT_SORT_CORE_FUNC][*used]);
    if (status == STATUS_OK)
        (*used)++;
    return status;
}

static enum status execute(struct component_instance *instance, const struct component_step *step,
                           struct component_instance **current)
{
    struct component_extern found = {0};
    enum status status = STATUS_OK;
    switch (step->kind) {
    case COMPONENT_STEP_COMPONENT:
        found.sort = COMPONENT_SORT_COMPONENT;
        found.closure = (struct component_closure){step->component, instance};
        push(instance, &found);
        return STATUS_OK;
    case COMPONENT_STEP_INSTANTIATE:
        return begin_child(instance, step, current);
    case COMPONENT_STEP_EXPORTS:
        found.sort = COMPONENT_SORT_INSTANCE;
        status = collect(instance, step, &found.exports);
        if (status == STATUS_OK)
            push(instance, &found);
        return status;
    case COMPONENT_STEP_ALIAS_EXPORT:
        return alias_export(instance, step);
    case COMPONENT_STEP_ALIAS_OUTER:
        alias_outer(instance, step);
        return STATUS_OK;
    case COMPONENT_STEP_RESOURCE:
        return define_resource(instance, step);
    case COMPONENT_STEP_LIFT:
        return lift(instance, step);
    case COMPONENT_STEP_LOWER:
    case COMPONENT_STEP_RESOURCE_NEW:
    case COMPONENT_STEP_RESOURCE_DROP:
    case COMPONENT_STEP_RESOURCE_REP:
    case COMPONENT_STEP_BUILTIN:
        return make_canon(instance, step);
    case COMPONENT_STEP_IMPORT:
        return import(instance, step);
    case COMPONENT_STEP_EXPORT:
        return export(instance, step);
    default:
        return component_step_core(instance, step);
    }
}

/* All steps are done: what the instance exports is known, and its maker goes on. */
static enum status finish(struct component_instance *instance, struct component_instance **current)
{
    struct component_linked *linked = instance->linked;
    struct component_exports *exports = arena_alloc(linked->arena, 1, sizeof *exports);
    if (exports == NULL || component_places_sort(linked->arena, instance->exported_names,
                                                 instance->exported_count) != STATUS_OK)
        return no_room(linked);
    exports->places = (struct component_places){.count = instance->exported_count,
                                                .items = instance->exported_names};
    exports->externs = instance->exported;
    instance->exports = exports;
    instance->may_enter = true;
    *current = instance->parent;
    if (instance->parent == NULL)
        return STATUS_OK;
    const struct component_extern found = {.sort = COMPONENT_SORT_INSTANCE, .exports = exports};
    push(instance->parent, &found);
    return bind(instance->parent, &instance->made_by->extern_type, &found);
}

static enum status run(struct component_linked *linked)
{
    struct component_instance *current = linked->root;
    enum status status = STATUS_OK;
    while (current != NULL && status == STATUS_OK) {
        struct component_instance *instance = current;
        if (instance->next_step == instance->component->step_count) {
            status = finish(instance, &current);
            continue;
        }
        const struct component_step *step = &instance->component->steps[instance->next_step++];
        status = component_linked_work(linked, (uint64_t)step->item_count + 1);
        if (status == STATUS_OK)
            status = execute(instance, step, &current);
    }
    return status;
}

enum status component_instantiate(const struct component *component,
                                  const struct component_host *host, struct wasm_store *store,
                                  struct arena *arena, struct component_linked **out_linked,
                                  struct component_outcome *out_outcome, struct report *report)
{
    const struct component_closure closure = {.component = component};
    struct component_linked *linked = arena_alloc(arena, 1, sizeof *linked);
    if (linked == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "no room for the component's instances");
    *linked = (struct component_linked){
        .store = store, .arena = arena, .host = *host, .work_left = WORK_MAX, .report = report};
    *out_outcome = (struct component_outcome){0};
    enum status status = make(linked, &closure, NULL, &linked->root);
    if (status == STATUS_OK)
        status = run(linked);
    linked->report = NULL;
    if (status == STATUS_TRAP)
        out_outcome->wasm = linked->stop.outcome;
    if (status == STATUS_OK)
        *out_linked = linked;
    return status;
}
