/*
 * core/wasm/instance_init.c: globals, tables and segments of a new instance (WASM 3.0 §4.7.4).
 */
#include "core/wasm/const_expr.h"
#include "core/wasm/gc.h"

static enum status no_room(struct report *report, const char *what)
{
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, what);
}

/* The extern that the `index`-th import of `kind` is given; `*at` goes on from import to import. */
static const struct wasm_extern *next_import(const struct wasm_instance *instance,
                                             enum wasm_extern_kind kind, uint32_t *at)
{
    while (instance->imports[*at].kind != kind)
        (*at)++;
    return &instance->imports[(*at)++];
}

static enum status fill_memories(struct wasm_instance *instance, struct report *report)
{
    static const struct wasm_memory no_memory; /* never written: nothing names it */
    const struct wasm_module *module = instance->module;
    struct wasm_store *store = instance->store;
    uint32_t at = 0;
    instance->memory = (struct wasm_memory *)(uintptr_t)&no_memory;
    instance->memories =
        arena_alloc(store->arena, module->memory_count, sizeof *instance->memories);
    if (instance->memories == NULL)
        return no_room(report, "no room for the memories");
    for (uint32_t i = 0; i < module->memory_count; i++) {
        enum status status = STATUS_OK;
        if (i < module->import_memory_count)
            instance->memories[i] = next_import(instance, WASM_EXTERN_MEMORY, &at)->memory;
        else
            status =
                wasm_memory_create(store, &module->memories[i], &instance->memories[i], report);
        if (status != STATUS_OK)
            return status;
    }
    if (module->memory_count != 0)
        instance->memory = instance->memories[0];
    return STATUS_OK;
}

static void fill_table(const struct wasm_table_state *table, uint32_t ref)
{
    for (uint32_t i = 0; i < table->len; i++)
        table->elements[i] = ref;
}

static enum status fill_tables(struct wasm_instance *instance, struct report *report)
{
    const struct wasm_module *module = instance->module;
    struct wasm_store *store = instance->store;
    uint32_t at = 0;
    instance->tables = arena_alloc(store->arena, module->table_count, sizeof *instance->tables);
    if (instance->tables == NULL)
        return no_room(report, "no room for the tables");
    for (uint32_t i = 0; i < module->table_count; i++) {
        if (i < module->import_table_count) {
            instance->tables[i] = next_import(instance, WASM_EXTERN_TABLE, &at)->table;
            continue;
        }
        struct wasm_table type = module->tables[i];
        type.type = wasm_store_value_type(instance, type.type);
        enum status status = wasm_table_create(store, &type, &instance->tables[i], report);
        if (status != STATUS_OK)
            return status;
        if (type.has_init)
            fill_table(instance->tables[i], (uint32_t)wasm_const_eval(instance, &type.init));
    }
    return STATUS_OK;
}

/* Every global has a slot of its own here; imported mutable ones are reached by their state. */
static enum status fill_globals(struct wasm_instance *instance, struct report *report)
{
    const struct wasm_module *module = instance->module;
    struct arena *arena = instance->store->arena;
    uint32_t at = 0;
    struct wasm_global_state *states =
        arena_alloc(arena, module->global_count - module->import_global_count, sizeof *states);
    instance->global_states =
        arena_alloc(arena, module->global_count, sizeof *instance->global_states);
    instance->globals = arena_alloc(arena, module->global_slots, sizeof *instance->globals);
    if (states == NULL || instance->global_states == NULL || instance->globals == NULL)
        return no_room(report, "no room for the globals");
    for (uint32_t i = 0; i < module->global_count; i++) {
        const struct wasm_global *global = &module->globals[i];
        if (global->is_import) {
            instance->global_states[i] = next_import(instance, WASM_EXTERN_GLOBAL, &at)->global;
            const uint64_t *value = instance->global_states[i]->value;
            for (uint32_t j = 0; j < wasm_type_slots(global->type); j++)
                instance->globals[global->slot + j] = value[j];
            continue;
        }
        wasm_const_eval_slots(instance, &global->init, &instance->globals[global->slot]);
        *states = (struct wasm_global_state){.value = &instance->globals[global->slot],
                                             .type = wasm_store_value_type(instance, global->type),
                                             .is_mutable = global->is_mutable};
        instance->global_states[i] = states++;
    }
    return STATUS_OK;
}

static enum status fill_elem(struct wasm_instance *instance, uint32_t index, struct report *report)
{
    const struct wasm_elem *elem = &instance->module->elems[index];
    uint32_t *refs = arena_alloc(instance->store->arena, elem->count, sizeof *refs);
    if (refs == NULL)
        return no_room(report, "no room for the element segments");
    struct wasm_elem_reader reader;
    struct wasm_const_expr expr;
    uint32_t func = 0;
    uint32_t count = 0;
    instance->elems[index] = (struct wasm_elem_state){refs, elem->count}; /* roots from now on */
    wasm_elem_open(instance->module, elem, &reader);
    while (wasm_elem_read(&reader, &expr, &func))
        refs[count++] = elem->is_exprs ? (uint32_t)wasm_const_eval(instance, &expr)
                                       : wasm_instance_funcref(instance, func);
    ASSERT(count == elem->count);
    return STATUS_OK;
}

static enum status fill_tags(struct wasm_instance *instance, struct report *report)
{
    const struct wasm_module *module = instance->module;
    struct wasm_store *store = instance->store;
    uint32_t at = 0;
    if (module->tag_count == 0)
        return STATUS_OK;
    instance->tags = arena_alloc(store->arena, module->tag_count, sizeof *instance->tags);
    if (instance->tags == NULL)
        return no_room(report, "no room for the tags");
    enum status status = wasm_store_need_heap(store, report);
    for (uint32_t i = 0; i < module->tag_count && status == STATUS_OK; i++) {
        if (i < module->import_tag_count)
            instance->tags[i] = next_import(instance, WASM_EXTERN_TAG, &at)->tag;
        else
            status = wasm_tag_create(store, instance->type_ids[module->tags[i].type_index],
                                     &instance->tags[i], report);
    }
    return status;
}

static enum status fill_segments(struct wasm_instance *instance, struct report *report)
{
    const struct wasm_module *module = instance->module;
    struct arena *arena = instance->store->arena;
    enum status status;
    instance->elems = arena_alloc(arena, module->elem_count, sizeof *instance->elems);
    instance->datas = arena_alloc(arena, module->data_count, sizeof *instance->datas);
    if (instance->elems == NULL || instance->datas == NULL)
        return no_room(report, "no room for the segments");
    for (uint32_t i = 0; i < module->elem_count; i++) {
        status = fill_elem(instance, i, report);
        if (status != STATUS_OK)
            return status;
    }
    for (uint32_t i = 0; i < module->data_count; i++)
        instance->datas[i] = module->datas[i].init;
    return STATUS_OK;
}

/* Of the constant expressions' values, while one is evaluated. */
static enum status make_const_stack(struct wasm_instance *instance, struct report *report)
{
    instance->const_stack = arena_alloc(instance->store->arena, instance->module->const_height,
                                        sizeof *instance->const_stack);
    return instance->const_stack == NULL ? no_room(report, "no room for constant expressions")
                                         : STATUS_OK;
}

enum status wasm_instance_fill(struct wasm_instance *instance, struct report *report)
{
    enum status status = make_const_stack(instance, report);
    if (status == STATUS_OK)
        status = fill_memories(instance, report);
    if (status == STATUS_OK)
        status = fill_globals(instance, report);
    if (status == STATUS_OK)
        status = fill_tables(instance, report);
    if (status == STATUS_OK)
        status = fill_tags(instance, report);
    if (status == STATUS_OK)
        status = fill_segments(instance, report);
    if (status == STATUS_OK && instance->store->fault != STATUS_OK) {
        instance->store->is_dead = true;
        return report_fail(report, instance->store->fault, REPORT_NO_OFFSET, WASM_GC_EXHAUSTED);
    }
    return status;
}

static enum wasm_trap apply_elem(struct wasm_instance *instance, uint32_t index)
{
    const struct wasm_elem *elem = &instance->module->elems[index];
    struct wasm_elem_state *state = &instance->elems[index];
    const struct wasm_table_state *table = instance->tables[elem->table];
    uint64_t start = wasm_const_eval(instance, &elem->start);
    if (start > table->len || state->len > table->len - start)
        return WASM_TRAP_TABLE_OUT_OF_BOUNDS;
    for (uint32_t i = 0; i < state->len; i++)
        table->elements[start + i] = state->refs[i];
    state->len = 0;
    return WASM_TRAP_NONE;
}

static enum wasm_trap apply_data(struct wasm_instance *instance, uint32_t index)
{
    const struct wasm_data *data = &instance->module->datas[index];
    const struct wasm_memory *memory = instance->memories[data->memory];
    uint64_t start = wasm_const_eval(instance, &data->start);
    if (start > memory->len || data->init.len > memory->len - start)
        return WASM_TRAP_MEMORY_OUT_OF_BOUNDS;
    if (data->init.len != 0)
        memcpy(memory->base + start, data->init.data, data->init.len);
    instance->datas[index].len = 0;
    return WASM_TRAP_NONE;
}

enum wasm_trap wasm_instance_apply_segments(struct wasm_instance *instance, uint64_t *out_offset)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = 0; i < module->elem_count; i++) {
        const struct wasm_elem *elem = &module->elems[i];
        enum wasm_trap trap = WASM_TRAP_NONE;
        if (elem->mode == WASM_SEGMENT_ACTIVE)
            trap = apply_elem(instance, i);
        else if (elem->mode == WASM_SEGMENT_DECLARED)
            instance->elems[i].len = 0;
        if (trap != WASM_TRAP_NONE) {
            *out_offset = elem->start.offset;
            return trap;
        }
    }
    for (uint32_t i = 0; i < module->data_count; i++) {
        if (module->datas[i].mode != WASM_SEGMENT_ACTIVE)
            continue;
        enum wasm_trap trap = apply_data(instance, i);
        if (trap != WASM_TRAP_NONE) {
            *out_offset = module->datas[i].start.offset;
            return trap;
        }
    }
    return WASM_TRAP_NONE;
}
