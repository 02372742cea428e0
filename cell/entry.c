/*
 * cell/entry.c: which function of the guest is run.
 */
#include "cell/cell.h"

static const struct bytes default_entries[] = {
    {(const uint8_t *)"evaluate_limits", 15},
    {(const uint8_t *)"diagnostic", 10},
    {(const uint8_t *)"_start", 6},
};

static const struct wasm_export *find_default(const struct wasm_module *module)
{
    for (size_t i = 0; i < ARRAY_LEN(default_entries); i++) {
        const struct wasm_export *found = wasm_module_find_export(module, default_entries[i]);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static bool returns_i32(const struct wasm_func_type *type)
{
    return type->param_count == 0 && type->result_count == 1 && type->results[0] == WASM_TYPE_I32;
}

enum status cell_entry_find(const struct wasm_module *module, struct bytes name, uint32_t *out_func,
                            struct report *report)
{
    const struct wasm_export *found =
        name.len != 0 ? wasm_module_find_export(module, name) : find_default(module);
    if (found == NULL && name.len != 0)
        return report_fail_name(report, STATUS_UNLINKABLE, REPORT_NO_OFFSET, "no export %", name);
    if (found == NULL)
        return report_fail(report, STATUS_UNLINKABLE, REPORT_NO_OFFSET,
                           "no export evaluate_limits, diagnostic or _start");
    if (found->kind != WASM_EXTERN_FUNC)
        return report_fail_name(report, STATUS_UNLINKABLE, found->offset,
                                "export % is not a function", found->name);
    const struct wasm_func_type *type = wasm_module_func_type(module, found->index);
    if (!returns_i32(type) && (type->param_count != 0 || type->result_count != 0))
        return report_fail_name(report, STATUS_UNLINKABLE, found->offset,
                                "entry % must take nothing and return nothing or one i32",
                                found->name);
    *out_func = found->index;
    return STATUS_OK;
}

enum status cell_version_find(const struct wasm_module *module, uint32_t *out_func)
{
    const struct wasm_export *found =
        wasm_module_find_export(module, BYTES_LITERAL("payload_version"));
    if (found == NULL || found->kind != WASM_EXTERN_FUNC ||
        !returns_i32(wasm_module_func_type(module, found->index)))
        return STATUS_NOT_FOUND;
    *out_func = found->index;
    return STATUS_OK;
}
