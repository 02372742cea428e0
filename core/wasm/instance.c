/*
 * core/wasm/instance.c: making instances (WASM 3.0 §4.7.3).
 *
 * Order of creation: types, link, memories, tables, globals, segments, translate everything, apply
 * active segments, run the start function. What can fail for lack of room fails before guest code
 * runs.
 */
#include "core/wasm/gc.h"
#include "core/wasm/handler_table.h"
#include "core/wasm/heap.h"

#define NO_FUNC UINT32_MAX

/* A call of an import that another instance defines. */
struct crossing {
    struct code_call call;
};

static enum status no_room(struct report *report)
{
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the instance");
}

/* Funcrefs of all functions; what a defined one's entry says but for its code. */
static enum status number_funcs(struct wasm_instance *instance, struct report *report)
{
    const struct wasm_module *module = instance->module;
    struct wasm_store *store = instance->store;
    uint32_t imports = module->import_func_count;
    uint32_t defined = module->func_count - imports;
    instance->import_funcs = arena_alloc(store->arena, imports, sizeof *instance->import_funcs);
    if (instance->import_funcs == NULL)
        return no_room(report);
    uint32_t next = 0;
    for (uint32_t i = 0; i < module->import_count; i++)
        if (instance->imports[i].kind == WASM_EXTERN_FUNC)
            instance->import_funcs[next++] = instance->imports[i].func;
    enum status status = wasm_store_reserve_funcs(store, defined, report);
    if (status != STATUS_OK)
        return status;
    instance->func_base = store->func_count + 1;
    for (uint32_t i = 0; i < defined; i++)
        store->funcs[store->func_count + i] =
            (struct wasm_entry){.instance = instance,
                                .type = instance->type_ids[module->funcs[imports + i].type_index]};
    store->func_count += defined;
    return STATUS_OK;
}

static enum status make_code(struct wasm_instance *instance, struct report *report)
{
    const struct wasm_module *module = instance->module;
    struct wasm_store *store = instance->store;
    struct arena *arena = store->arena;
    uint32_t imports = module->import_func_count;
    struct crossing *crossings = arena_alloc(arena, imports, sizeof *crossings);
    instance->targets = arena_alloc(arena, module->func_count, sizeof *instance->targets);
    instance->codes = arena_alloc(arena, module->func_count - imports, sizeof *instance->codes);
    if (crossings == NULL || instance->targets == NULL || instance->codes == NULL)
        return no_room(report);
    for (uint32_t i = 0; i < imports; i++) {
        uint32_t ref = instance->import_funcs[i];
        const struct wasm_entry *entry = &store->funcs[ref - 1];
        crossings[i].call = (struct code_call){.head = wasm_handler_head(CODE_CROSS), .func = ref};
        instance->targets[i] =
            entry->instance == NULL ? entry->code : (const uint8_t *)&crossings[i];
    }
    const uint8_t *first = arena->base + arena_mark(arena);
    for (uint32_t i = imports; i < module->func_count; i++) {
        enum status status = wasm_translate(instance, i, arena, report);
        if (status != STATUS_OK)
            return status;
        instance->targets[i] = instance->codes[i - imports].cells;
        store->funcs[instance->func_base - 1 + i - imports].code = instance->targets[i];
    }
    instance->translated = bytes_of(first, (size_t)(arena->base + arena_mark(arena) - first));
    return STATUS_OK;
}

static enum status build(struct wasm_instance *instance, struct report *report)
{
    enum status status = wasm_link(instance, report);
    if (status == STATUS_OK)
        status = number_funcs(instance, report);
    if (status == STATUS_OK)
        status = wasm_instance_fill(instance, report);
    if (status == STATUS_OK)
        status = make_code(instance, report);
    return status;
}

static enum status start(struct wasm_instance *instance, struct wasm_outcome *outcome,
                         struct report *report)
{
    struct wasm_store *store = instance->store;
    enum status status = STATUS_OK;
    outcome->trap = wasm_instance_apply_segments(instance, &outcome->offset);
    outcome->func = NO_FUNC;
    outcome->instance = instance;
    if (outcome->trap != WASM_TRAP_NONE)
        store->is_dead = !store->host.survives_traps;
    else if (instance->module->has_start)
        status = wasm_call(instance, instance->module->start, NULL, outcome);
    if (status != STATUS_OK)
        return report_fail(report, status, REPORT_NO_OFFSET, WASM_GC_EXHAUSTED);
    if (outcome->trap == WASM_TRAP_NONE) {
        *outcome = (struct wasm_outcome){0};
        return STATUS_OK;
    }
    return report_fail(report, STATUS_TRAP, outcome->offset, wasm_trap_text(outcome->trap));
}

/* What a creation that fails puts back. */
struct before {
    size_t mark;
    struct wasm_entry *funcs;
    uint32_t func_count, func_cap;
    uint64_t memory_bytes, table_elements;
    struct wasm_heap *heap;
    struct wasm_heap_layout *exceptions;
    uint32_t tag_count, tag_cap;
    struct wasm_instance *instances;
    const struct wasm_table_state *tables;
};

static struct before remember(const struct wasm_store *store)
{
    return (struct before){.mark = arena_mark(store->arena),
                           .funcs = store->funcs,
                           .func_count = store->func_count,
                           .func_cap = store->func_cap,
                           .memory_bytes = store->memory_bytes,
                           .table_elements = store->table_elements,
                           .heap = store->heap,
                           .exceptions = store->exceptions,
                           .tag_count = store->tag_count,
                           .tag_cap = store->tag_cap,
                           .instances = store->instances,
                           .tables = store->tables};
}

static void undo(struct wasm_store *store, const struct before *before)
{
    store->funcs = before->funcs;
    store->func_count = before->func_count;
    store->func_cap = before->func_cap;
    store->memory_bytes = before->memory_bytes;
    store->table_elements = before->table_elements;
    store->exceptions = before->exceptions;
    store->tag_count = before->tag_count;
    store->tag_cap = before->tag_cap;
    store->instances = before->instances;
    store->tables = before->tables;
    wasm_store_set_heap(store, before->heap);
    if (store->heap != NULL)
        store->heap->exceptions = store->exceptions;
    arena_rewind(store->arena, before->mark);
}

/* The store's ids of the module's types. Types that became known stay known. */
static enum status make_types(struct wasm_store *store, const struct wasm_module *module,
                              uint32_t **out_ids, struct report *report)
{
    *out_ids = arena_alloc(store->arena, module->type_count, sizeof **out_ids);
    if (*out_ids == NULL)
        return no_room(report);
    enum status status = wasm_store_add_types(store, module, *out_ids, report);
    if (status == STATUS_OK && wasm_module_needs_heap(module))
        status = wasm_gc_prepare(store, report);
    return status;
}

enum status wasm_instance_create(struct wasm_store *store, const struct wasm_module *module,
                                 const struct wasm_extern *imports,
                                 struct wasm_instance **out_instance,
                                 struct wasm_outcome *out_outcome, struct report *report)
{
    struct wasm_outcome outcome = {0};
    uint32_t *type_ids = NULL;
    if (store->is_dead)
        return report_fail(report, STATUS_DENIED, REPORT_NO_OFFSET, "the store is dead");
    enum status status = make_types(store, module, &type_ids, report);
    if (status != STATUS_OK)
        return status;
    struct before before = remember(store);
    struct wasm_instance *instance = arena_alloc(store->arena, 1, sizeof *instance);
    struct wasm_extern *kept = arena_alloc(store->arena, module->import_count, sizeof *kept);
    if (instance == NULL || kept == NULL) {
        undo(store, &before);
        return no_room(report);
    }
    if (module->import_count != 0)
        memcpy(kept, imports, module->import_count * sizeof *kept);
    *instance = (struct wasm_instance){.store = store,
                                       .module = (struct wasm_module *)(uintptr_t)module,
                                       .imports = kept,
                                       .type_ids = type_ids,
                                       .heap_base = store->heap == NULL ? NULL : store->heap->base,
                                       .next = store->instances};
    store->instances = instance;
    status = build(instance, report);
    if (status != STATUS_OK) {
        undo(store, &before);
        return status;
    }
    status = start(instance, &outcome, report);
    *out_instance = instance;
    *out_outcome = outcome;
    return status;
}

const struct wasm_module *wasm_instance_module(const struct wasm_instance *instance)
{
    return instance->module;
}

struct wasm_store *wasm_instance_store(const struct wasm_instance *instance)
{
    return instance->store;
}

void wasm_instance_export(const struct wasm_instance *instance, const struct wasm_export *export,
                          struct wasm_extern *out_extern)
{
    *out_extern = (struct wasm_extern){.kind = export->kind};
    switch (export->kind) {
    case WASM_EXTERN_FUNC:
        out_extern->func = wasm_instance_funcref(instance, export->index);
        break;
    case WASM_EXTERN_TABLE:
        out_extern->table = instance->tables[export->index];
        break;
    case WASM_EXTERN_MEMORY:
        out_extern->memory = instance->memories[export->index];
        break;
    case WASM_EXTERN_GLOBAL:
        out_extern->global = instance->global_states[export->index];
        break;
    case WASM_EXTERN_TAG:
        out_extern->tag = instance->tags[export->index];
        break;
    }
}

enum status wasm_instance_memory(struct wasm_instance *instance, uint32_t index, uint8_t **out_base,
                                 uint64_t *out_len)
{
    if (index >= instance->module->memory_count)
        return STATUS_NOT_FOUND;
    wasm_memory_bytes(instance->memories[index], out_base, out_len);
    return STATUS_OK;
}

enum status wasm_instance_global(const struct wasm_instance *instance, uint32_t index,
                                 uint64_t out_value[2])
{
    if (index >= instance->module->global_count)
        return STATUS_NOT_FOUND;
    wasm_global_value(instance->global_states[index], out_value);
    return STATUS_OK;
}
