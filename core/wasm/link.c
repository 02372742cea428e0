/*
 * core/wasm/link.c: do the externs that an instance is given fit its imports (WASM 3.0 §3.5.13)?
 *
 * Function and tag types are compared by the store's ids, value types in the store's terms.
 */
#include "core/wasm/instance.h"

static bool is_limit_fitting(uint64_t size, const struct wasm_limits *offered,
                             const struct wasm_limits *wanted)
{
    if (offered->is_64 != wanted->is_64 || offered->is_shared != wanted->is_shared)
        return false;
    return size >= wanted->min &&
           (!wanted->has_max || (offered->has_max && offered->max <= wanted->max));
}

static bool is_func_fitting(const struct wasm_instance *instance, uint32_t index, uint32_t ref)
{
    const struct wasm_store *store = instance->store;
    if (ref == 0 || ref > store->func_count)
        return false;
    return wasm_store_is_subtype(store, store->funcs[ref - 1].type,
                                 instance->type_ids[instance->module->funcs[index].type_index]);
}

static bool is_table_fitting(const struct wasm_instance *instance, uint32_t index,
                             const struct wasm_table_state *table)
{
    const struct wasm_table *wanted = &instance->module->tables[index];
    return table->type.type == wasm_store_value_type(instance, wanted->type) &&
           is_limit_fitting(table->len, &table->type.limits, &wanted->limits);
}

static bool is_memory_fitting(const struct wasm_instance *instance, uint32_t index,
                              const struct wasm_memory *memory)
{
    const struct wasm_memory_type *wanted = &instance->module->memories[index];
    return memory->type.page_log2 == wanted->page_log2 &&
           is_limit_fitting(memory->len >> wanted->page_log2, &memory->type.limits,
                            &wanted->limits);
}

static bool is_global_fitting(const struct wasm_instance *instance, uint32_t index,
                              const struct wasm_global_state *global)
{
    const struct wasm_global *wanted = &instance->module->globals[index];
    uint32_t type = wasm_store_value_type(instance, wanted->type);
    if (global->is_mutable != wanted->is_mutable)
        return false;
    return wanted->is_mutable ? global->type == type
                              : wasm_store_matches(instance->store, global->type, type);
}

static bool is_fitting(const struct wasm_instance *instance, const struct wasm_import *import,
                       const struct wasm_extern *given)
{
    if (given->kind != import->kind)
        return false;
    switch (import->kind) {
    case WASM_EXTERN_FUNC:
        return is_func_fitting(instance, import->index, given->func);
    case WASM_EXTERN_TABLE:
        return is_table_fitting(instance, import->index, given->table);
    case WASM_EXTERN_MEMORY:
        return is_memory_fitting(instance, import->index, given->memory);
    case WASM_EXTERN_GLOBAL:
        return is_global_fitting(instance, import->index, given->global);
    case WASM_EXTERN_TAG:
        return given->tag->type ==
               instance->type_ids[instance->module->tags[import->index].type_index];
    }
    return false;
}

enum status wasm_link(struct wasm_instance *instance, struct report *report)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];
        if (!is_fitting(instance, import, &instance->imports[i]))
            return report_fail_names(report, STATUS_UNLINKABLE, import->offset,
                                     "import %.% is offered with another type", import->module,
                                     import->name);
    }
    return STATUS_OK;
}
