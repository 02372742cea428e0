/*
 * core/wasm/store_objects.c: memories, tables and globals, of instances and of hosts.
 *
 * Each gets the room that its type and the job's caps let it grow to at once, so that growth never
 * fails for lack of it (semantics.md 5).
 */
#include "core/base/ckd.h"
#include "core/wasm/instance.h"
#include "core/wasm/memory.h"

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

enum status wasm_memory_create(struct wasm_store *store, const struct wasm_memory_type *type,
                               struct wasm_memory **out_memory, struct report *report)
{
    uint64_t needed = wasm_memory_type_bytes(type, type->limits.min);
    uint64_t allowed = store->caps.memory_bytes - store->memory_bytes;
    if (needed > allowed)
        return report_fail_u64x2(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                                 "memory needs % bytes, % are allowed", needed, allowed);
    uint64_t most = allowed;
    if (store->caps.memory_growth != 0)
        most = needed + min_u64(allowed - needed, store->caps.memory_growth);
    struct wasm_memory *memory = arena_alloc(store->arena, 1, sizeof *memory);
    if (memory == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a memory");
    *memory =
        (struct wasm_memory){.len = needed, .cap = wasm_memory_type_cap(type, most), .type = *type};
    enum status status =
        store->host.memory_reserve(store->host.context, memory->cap, &memory->base);
    if (status != STATUS_OK)
        return report_fail_u64(report, status, REPORT_NO_OFFSET,
                               "the host has no memory of % bytes", memory->cap);
    store->memory_bytes += needed;
    *out_memory = memory;
    return STATUS_OK;
}

enum status wasm_table_create(struct wasm_store *store, const struct wasm_table *type,
                              struct wasm_table_state **out_table, struct report *report)
{
    const struct wasm_limits *limits = &type->limits;
    uint64_t spare = min_u64(store->caps.table_elements - store->table_elements, UINT32_MAX);
    uint64_t sum;
    if (ckd_add(&sum, store->table_elements, limits->min))
        sum = UINT64_MAX;
    if (limits->min > spare)
        return report_fail_u64x2(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                                 "tables need % elements, % are allowed", sum,
                                 store->caps.table_elements);
    struct wasm_table_state *table = arena_alloc(store->arena, 1, sizeof *table);
    if (table == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the tables");
    uint64_t cap = min_u64(limits->max, spare);
    uint32_t *elements = arena_alloc(store->arena, (size_t)cap, sizeof *elements);
    if (elements == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the tables");
    *table = (struct wasm_table_state){
        .elements = elements, .len = (uint32_t)limits->min, .cap = cap, .type = *type};
    table->next = store->tables;
    store->tables = table;
    store->table_elements += limits->min;
    *out_table = table;
    return STATUS_OK;
}

enum status wasm_store_memory(struct wasm_store *store, const struct wasm_memory_type *type,
                              struct wasm_extern *out_extern, struct report *report)
{
    struct wasm_memory *memory = NULL;
    enum status status = wasm_memory_create(store, type, &memory, report);
    if (status == STATUS_OK)
        *out_extern = (struct wasm_extern){.kind = WASM_EXTERN_MEMORY, .memory = memory};
    return status;
}

enum status wasm_store_table(struct wasm_store *store, const struct wasm_table *type,
                             struct wasm_extern *out_extern, struct report *report)
{
    struct wasm_table_state *table = NULL;
    enum status status = wasm_table_create(store, type, &table, report);
    if (status == STATUS_OK)
        *out_extern = (struct wasm_extern){.kind = WASM_EXTERN_TABLE, .table = table};
    return status;
}

enum status wasm_store_global(struct wasm_store *store, uint32_t type, bool is_mutable,
                              const uint64_t *value, struct wasm_extern *out_extern,
                              struct report *report)
{
    struct wasm_global_state *global = arena_alloc(store->arena, 1, sizeof *global);
    uint64_t *slots = arena_alloc(store->arena, wasm_type_slots(type), sizeof *slots);
    if (global == NULL || slots == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a global");
    memcpy(slots, value, wasm_type_slots(type) * sizeof *slots);
    *global = (struct wasm_global_state){.value = slots, .type = type, .is_mutable = is_mutable};
    global->next = store->globals;
    store->globals = global;
    *out_extern = (struct wasm_extern){.kind = WASM_EXTERN_GLOBAL, .global = global};
    return STATUS_OK;
}

void wasm_memory_bytes(const struct wasm_memory *memory, uint8_t **out_base, uint64_t *out_len)
{
    *out_base = memory->base;
    *out_len = memory->len;
}

void wasm_global_value(const struct wasm_global_state *global, uint64_t out_value[2])
{
    out_value[0] = global->value[0];
    out_value[1] = wasm_type_slots(global->type) == 2 ? global->value[1] : 0;
}

void wasm_store_memories(const struct wasm_store *store, wasm_memory_fn *each, void *context)
{
    for (const struct wasm_instance *instance = store->instances; instance != NULL;
         instance = instance->next)
        for (uint32_t i = instance->module->import_memory_count; i < instance->module->memory_count;
             i++)
            each(context, instance->memories[i]->base, instance->memories[i]->len);
}

void wasm_store_translated(const struct wasm_store *store, wasm_translated_fn *each, void *context)
{
    for (const struct wasm_instance *instance = store->instances; instance != NULL;
         instance = instance->next)
        each(context, instance->translated);
}
