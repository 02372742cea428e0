/*
 * core/wasm/instance_init.c: globals, tables and segments of a new instance (WASM 3.0 §4.7.4).
 */
#include "core/wasm/const_expr.h"
#include "core/wasm/instance.h"
#include "core/wasm/limits.h"
#include "core/wasm/optable.h"

static uint64_t const_binary(uint32_t code, uint64_t a, uint64_t b)
{
    switch (code) {
    case WASM_OP_I32_ADD:
        return (uint32_t)(a + b);
    case WASM_OP_I32_SUB:
        return (uint32_t)(a - b);
    case WASM_OP_I32_MUL:
        return (uint32_t)(a * b);
    case WASM_OP_I64_ADD:
        return a + b;
    case WASM_OP_I64_SUB:
        return a - b;
    default:
        ASSERT(code == WASM_OP_I64_MUL);
        return a * b;
    }
}

uint64_t wasm_const_eval(const struct wasm_instance *instance, const struct wasm_const_expr *expr)
{
    uint64_t slots[2];
    wasm_const_eval_slots(instance, expr, slots);
    return slots[0];
}

void wasm_const_eval_slots(const struct wasm_instance *instance, const struct wasm_const_expr *expr,
                           uint64_t *out_slots)
{
    uint64_t *stack = instance->const_stack;
    uint32_t height = 0; /* in slots */
    struct wasm_const_reader reader;
    struct wasm_const_op op;
    wasm_const_open(instance->module, expr, &reader);
    while (wasm_const_read(&reader, &op)) {
        switch (op.code) {
        case WASM_OP_I32_CONST:
        case WASM_OP_F32_CONST:
            stack[height++] = (uint32_t)op.bits;
            break;
        case WASM_OP_I64_CONST:
        case WASM_OP_F64_CONST:
            stack[height++] = op.bits;
            break;
        case WASM_OP_V128_CONST:
            stack[height++] = op.bits;
            stack[height++] = op.bits_high;
            break;
        case WASM_OP_GLOBAL_GET: {
            const uint64_t *value = instance->global_states[op.index]->value;
            for (uint32_t i = 0; i < wasm_type_slots(op.type); i++)
                stack[height++] = value[i];
            break;
        }
        case WASM_OP_REF_NULL:
            stack[height++] = 0;
            break;
        case WASM_OP_REF_FUNC:
            stack[height++] = wasm_instance_funcref(instance, op.index);
            break;
        default:
            ASSERT(height >= 2);
            height--;
            stack[height - 1] = const_binary(op.code, stack[height - 1], stack[height]);
            break;
        }
    }
    ASSERT(height == 1 || height == 2);
    for (uint32_t i = 0; i < height; i++)
        out_slots[i] = stack[i];
}

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
        if (type.has_init) {
            uint32_t ref = (uint32_t)wasm_const_eval(instance, &type.init);
            for (uint32_t j = 0; j < instance->tables[i]->len; j++)
                instance->tables[i]->elements[j] = ref;
        }
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
        instance->global_states[i] = states;
        *states++ =
            (struct wasm_global_state){.value = &instance->globals[global->slot],
                                       .type = wasm_store_value_type(instance, global->type),
                                       .is_mutable = global->is_mutable};
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
    wasm_elem_open(instance->module, elem, &reader);
    while (wasm_elem_read(&reader, &expr, &func))
        refs[count++] = elem->is_exprs ? (uint32_t)wasm_const_eval(instance, &expr)
                                       : wasm_instance_funcref(instance, func);
    ASSERT(count == elem->count);
    instance->elems[index] = (struct wasm_elem_state){refs, count};
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

enum status wasm_instance_fill(struct wasm_instance *instance, struct report *report)
{
    const struct wasm_module *module = instance->module;
    struct arena *arena = instance->store->arena;
    if (module->has_gc_consts)
        return report_fail(report, STATUS_UNSUPPORTED, REPORT_NO_OFFSET,
                           "constant expressions that make objects can not be run yet");
    instance->const_stack = arena_alloc(arena, module->const_height, sizeof *instance->const_stack);
    if (instance->const_stack == NULL)
        return no_room(report, "no room for constant expressions");
    enum status status = fill_memories(instance, report);
    if (status == STATUS_OK)
        status = fill_globals(instance, report);
    if (status == STATUS_OK)
        status = fill_tables(instance, report);
    if (status == STATUS_OK)
        status = fill_tags(instance, report);
    if (status != STATUS_OK)
        return status;
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
