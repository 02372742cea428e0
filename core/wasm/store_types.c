/*
 * core/wasm/store_types.c: function types across modules: equal types get one id.
 */
#include "core/wasm/instance.h"

static bool are_lists_equal(const uint32_t *a, uint32_t a_count, const uint32_t *b,
                            uint32_t b_count)
{
    return a_count == b_count && (a_count == 0 || memcmp(a, b, a_count * sizeof *a) == 0);
}

static enum status no_room(struct report *report)
{
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the store's types");
}

static enum status reserve(struct wasm_store *store, struct report *report)
{
    if (store->type_count < store->type_cap)
        return STATUS_OK;
    uint32_t cap = store->type_cap == 0 ? 16 : store->type_cap * 2;
    const struct wasm_func_type **types = arena_alloc(store->arena, cap, sizeof *types);
    if (types == NULL)
        return no_room(report);
    if (store->type_count != 0)
        memcpy(types, store->types, store->type_count * sizeof *types);
    store->types = types;
    store->type_cap = cap;
    return STATUS_OK;
}

enum status wasm_store_add_func_type(struct wasm_store *store, const struct wasm_func_type *type,
                                     uint32_t *out_id, struct report *report)
{
    for (uint32_t i = 0; i < store->type_count; i++) {
        const struct wasm_func_type *known = store->types[i];
        if (are_lists_equal(known->params, known->param_count, type->params, type->param_count) &&
            are_lists_equal(known->results, known->result_count, type->results,
                            type->result_count)) {
            *out_id = i;
            return STATUS_OK;
        }
    }
    enum status status = reserve(store, report);
    if (status != STATUS_OK)
        return status;
    struct wasm_func_type *copy = arena_alloc(store->arena, 1, sizeof *copy);
    if (copy == NULL)
        return no_room(report);
    *copy = *type;
    *out_id = store->type_count;
    store->types[store->type_count++] = copy;
    return STATUS_OK;
}

enum status wasm_store_add_types(struct wasm_store *store, const struct wasm_module *module,
                                 uint32_t *out_ids, struct report *report)
{
    for (uint32_t i = 0; i < module->type_count; i++) {
        if (module->types[i].canonical != i) {
            out_ids[i] = out_ids[module->types[i].canonical];
            continue;
        }
        if (module->types[i].kind != WASM_KIND_FUNC)
            return report_fail(report, STATUS_UNSUPPORTED, REPORT_NO_OFFSET,
                               "types of structs and arrays can not be instantiated");
        enum status status =
            wasm_store_add_func_type(store, &module->types[i].func, &out_ids[i], report);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

bool wasm_store_is_subtype(const struct wasm_store *store, uint32_t sub, uint32_t super)
{
    (void)store;
    return sub == super;
}

bool wasm_store_matches(const struct wasm_store *store, uint32_t sub_type, uint32_t super_type)
{
    (void)store;
    return sub_type == super_type;
}

uint32_t wasm_store_value_type(const struct wasm_instance *instance, uint32_t type)
{
    (void)instance;
    return type;
}
