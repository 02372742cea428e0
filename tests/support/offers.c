/*
 * tests/support/offers.c: see offers.h.
 */
#include "tests/support/offers.h"

#include <stdlib.h>

void offers_begin(struct offers *offers, const struct wasm_module *module, host_call_fn *call)
{
    offers->count = module->import_count;
    offers->externs = calloc((size_t)offers->count + 1, sizeof *offers->externs);
    offers->funcs = calloc((size_t)offers->count + 1, sizeof *offers->funcs);
    ASSERT(offers->externs != NULL && offers->funcs != NULL);
    for (uint32_t i = 0; i < offers->count; i++) {
        const struct wasm_import *import = &module->imports[i];
        if (import->kind != WASM_EXTERN_FUNC)
            continue;
        const struct wasm_func_type *type = wasm_module_func_type(module, import->index);
        offers->funcs[i] = (struct wasm_host_func){.param_count = type->param_count,
                                                   .result_count = type->result_count,
                                                   .params = type->params,
                                                   .results = type->results,
                                                   .call = call};
    }
}

void offers_end(struct offers *offers)
{
    free(offers->externs);
    free(offers->funcs);
}

/* Does one of them name a type of the module's own? */
static bool has_own(const uint32_t *types, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (wasm_type_has_defined(types[i]))
            return true;
    return false;
}

static enum status make_one(struct offers *offers, uint32_t i, const struct wasm_module *module,
                            struct wasm_store *store, struct report *report)
{
    static const uint64_t zero[2] = {0, 0};
    const struct wasm_import *import = &module->imports[i];
    struct wasm_extern *out = &offers->externs[i];
    const struct wasm_host_func *func = &offers->funcs[i];
    switch (import->kind) {
    case WASM_EXTERN_FUNC:
        if (has_own(func->params, func->param_count) || has_own(func->results, func->result_count))
            return STATUS_UNLINKABLE;
        return wasm_store_func(store, func, out, report);
    case WASM_EXTERN_TABLE:
        if (wasm_type_has_defined(module->tables[import->index].type))
            return STATUS_UNLINKABLE;
        return wasm_store_table(store, &module->tables[import->index], out, report);
    case WASM_EXTERN_MEMORY:
        return wasm_store_memory(store, &module->memories[import->index], out, report);
    case WASM_EXTERN_GLOBAL: {
        const struct wasm_global *global = &module->globals[import->index];
        if (wasm_type_has_defined(global->type) || !wasm_type_is_defaultable(global->type))
            return STATUS_UNLINKABLE;
        return wasm_store_global(store, global->type, global->is_mutable, zero, out, report);
    }
    case WASM_EXTERN_TAG: {
        const struct wasm_func_type *type =
            &module->types[module->tags[import->index].type_index].func;
        if (has_own(type->params, type->param_count))
            return STATUS_UNLINKABLE;
        return wasm_store_tag(store, type->params, type->param_count, out, report);
    }
    }
    return STATUS_UNLINKABLE;
}

enum status offers_make(struct offers *offers, const struct wasm_module *module,
                        struct wasm_store *store, struct report *report)
{
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < offers->count && status == STATUS_OK; i++)
        status = make_one(offers, i, module, store, report);
    return status;
}
