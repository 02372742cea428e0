/*
 * core/wasm/link.c: imports to what the host offers (WASM 3.0 §4.7.4).
 *
 * Only functions can be imported so far; module, name and type have to match.
 */
#include "core/wasm/instance.h"

static bool are_types_equal(const uint32_t *types, uint32_t count, const uint8_t *offered,
                            uint32_t offered_count)
{
    if (count != offered_count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (types[i] != offered[i])
            return false;
    return true;
}

static bool is_of_type(const struct wasm_host_func *offer, const struct wasm_func_type *type)
{
    return are_types_equal(type->params, type->param_count, offer->params, offer->param_count) &&
           are_types_equal(type->results, type->result_count, offer->results, offer->result_count);
}

static enum status link_func(struct wasm_instance *instance, const struct wasm_import *import,
                             struct report *report)
{
    const struct wasm_func_type *type = wasm_module_func_type(instance->module, import->index);
    bool is_named = false;
    for (size_t i = 0; i < instance->host.func_count; i++) {
        const struct wasm_host_func *offer = &instance->host.funcs[i];
        if (!bytes_equal(offer->module, import->module) || !bytes_equal(offer->name, import->name))
            continue;
        is_named = true;
        if (is_of_type(offer, type)) {
            instance->imports[import->index] = offer;
            return STATUS_OK;
        }
    }
    return report_fail_names(report, STATUS_UNLINKABLE, import->offset,
                             is_named ? "import %.% is offered with another type"
                                      : "import %.% is not offered",
                             import->module, import->name);
}

enum status wasm_link(struct wasm_instance *instance, struct arena *arena, struct report *report)
{
    const struct wasm_module *module = instance->module;
    instance->imports =
        arena_alloc(arena, module->import_func_count, sizeof *(struct wasm_host_func **)0);
    if (instance->imports == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the imports");
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];
        if (import->kind != WASM_EXTERN_FUNC)
            return report_fail_names(report, STATUS_UNLINKABLE, import->offset,
                                     "import %.% is not a function: hosts offer only functions",
                                     import->module, import->name);
        enum status status = link_func(instance, import, report);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}
