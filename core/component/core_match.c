/*
 * core/component/core_match.c: which core types may stand for which (WASM 3.0 §3.3.11 to §3.3.13;
 * of modules: fewer imports, more exports).
 */
#include "core/component/core_registry.h"

static bool fits_limits(const struct wasm_limits *found, const struct wasm_limits *expected)
{
    return found->is_64 == expected->is_64 && found->is_shared == expected->is_shared &&
           found->min >= expected->min &&
           (!expected->has_max || (found->has_max && found->max <= expected->max));
}

/* NULL, or how it is that they differ, with a hole for the name. */
static const char *difference(const struct component_types *types,
                              const struct component_core_extern *found,
                              const struct component_core_extern *expected)
{
    if (found->kind != expected->kind)
        return "type mismatch in %: it is of another kind";
    const struct wasm_type *defined = types->core == NULL ? NULL : types->core->store.types;
    switch (expected->kind) {
    case WASM_EXTERN_FUNC:
        ASSERT(defined != NULL); /* a function has a type of the registry */
        if (!wasm_defined_is_subtype(defined, found->type, expected->type))
            return "type mismatch in %: another function type";
        break;
    case WASM_EXTERN_TABLE:
        if (found->type != expected->type)
            return "type mismatch in %: another type of table elements";
        if (!fits_limits(&found->limits, &expected->limits))
            return "mismatch in table limits of %";
        break;
    case WASM_EXTERN_MEMORY:
        if (found->limits.is_shared != expected->limits.is_shared)
            return "mismatch in the shared flag for memories: %";
        if (found->page_log2 != expected->page_log2 ||
            !fits_limits(&found->limits, &expected->limits))
            return "mismatch in memory limits of %";
        break;
    case WASM_EXTERN_GLOBAL:
        if (found->is_mutable != expected->is_mutable)
            return "type mismatch in %: mutability of a global";
        if (found->type != expected->type &&
            (found->is_mutable || !wasm_type_is_subtype(defined, found->type, expected->type)))
            return "type mismatch in %: another type of global";
        break;
    case WASM_EXTERN_TAG:
        if (found->type != expected->type)
            return "type mismatch in %: another type of tag";
        break;
    }
    return NULL;
}

static int compare_arguments(const void *context, uint32_t a, uint32_t b)
{
    const struct component_core_argument *arguments = context;
    struct bytes x = arguments[a].name, y = arguments[b].name;
    if (x.len != y.len)
        return x.len < y.len ? -1 : 1;
    return x.len == 0 ? 0 : memcmp(x.data, y.data, x.len);
}

static const struct component_core_argument *
find_argument(const struct component_core_argument *arguments, const uint32_t *order,
              uint32_t count, struct bytes name)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct component_core_argument *at = &arguments[order[middle]];
        int side = name.len != at->name.len ? (name.len < at->name.len ? -1 : 1)
                   : name.len == 0          ? 0
                                            : memcmp(name.data, at->name.data, name.len);
        if (side == 0)
            return at;
        if (side < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static enum status check_import(struct component_types *types,
                                const struct component_core_name *import,
                                const struct component_core_argument *argument)
{
    if (argument == NULL)
        return report_fail_name(types->report, STATUS_INVALID, types->offset,
                                "missing module instantiation argument named %", import->module);
    const struct component_core_name *found =
        component_core_find_export(argument->instance, import->name);
    if (found == NULL)
        return report_fail_names(types->report, STATUS_INVALID, types->offset,
                                 "module instantiation argument % does not export an item named %",
                                 import->module, import->name);
    const char *sentence = difference(types, &found->type, &import->type);
    if (sentence != NULL)
        return report_fail_name(types->report, STATUS_INVALID, types->offset, sentence,
                                import->name);
    return STATUS_OK;
}

static enum status sort_arguments(struct component_types *types,
                                  const struct component_core_argument *arguments, uint32_t count,
                                  const uint32_t **out_order)
{
    const uint32_t *order = NULL;
    enum status status = component_types_order(types, count, compare_arguments, arguments, &order);
    if (status != STATUS_OK || count == 0)
        return status;
    for (uint32_t i = 0; i + 1 < count; i++)
        if (compare_arguments(arguments, order[i], order[i + 1]) == 0)
            return report_fail_name(types->report, STATUS_INVALID, types->offset,
                                    "duplicate module instantiation argument named %",
                                    arguments[order[i]].name);
    *out_order = order;
    return STATUS_OK;
}

enum status component_core_check_instantiate(struct component_types *types,
                                             const struct component_core_type *module,
                                             const struct component_core_argument *arguments,
                                             uint32_t argument_count)
{
    size_t mark = arena_mark(types->arena);
    const uint32_t *order = NULL;
    enum status status = sort_arguments(types, arguments, argument_count, &order);
    if (status == STATUS_OK)
        status = component_types_work(types, module->import_count);
    for (uint32_t i = 0; i < module->import_count && status == STATUS_OK; i++) {
        const struct component_core_name *import = &module->imports[i];
        status = check_import(types, import,
                              find_argument(arguments, order, argument_count, import->module));
    }
    arena_rewind(types->arena, mark);
    return status;
}

static enum status match_imports(struct component_types *types,
                                 const struct component_core_type *found,
                                 const struct component_core_type *expected)
{
    for (uint32_t i = 0; i < found->import_count; i++) {
        const struct component_core_name *wanted = &found->imports[i];
        const struct component_core_name *brought =
            component_core_find_import(expected, wanted->module, wanted->name);
        if (brought == NULL)
            return report_fail_names(types->report, STATUS_INVALID, types->offset,
                                     "missing expected import % of module %", wanted->name,
                                     wanted->module);
        const char *sentence = difference(types, &brought->type, &wanted->type);
        if (sentence != NULL)
            return report_fail_name(types->report, STATUS_INVALID, types->offset, sentence,
                                    wanted->name);
    }
    return STATUS_OK;
}

enum status component_core_match(struct component_types *types,
                                 const struct component_core_type *found,
                                 const struct component_core_type *expected)
{
    enum status status =
        component_types_work(types, 1 + (uint64_t)found->import_count + expected->export_count);
    if (status == STATUS_OK)
        status = match_imports(types, found, expected);
    for (uint32_t i = 0; i < expected->export_count && status == STATUS_OK; i++) {
        const struct component_core_name *wanted = &expected->exports[i];
        const struct component_core_name *there = component_core_find_export(found, wanted->name);
        if (there == NULL)
            return report_fail_name(types->report, STATUS_INVALID, types->offset,
                                    "missing expected export %", wanted->name);
        const char *sentence = difference(types, &there->type, &wanted->type);
        if (sentence != NULL)
            return report_fail_name(types->report, STATUS_INVALID, types->offset, sentence,
                                    wanted->name);
    }
    return status;
}
