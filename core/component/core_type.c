/*
 * core/component/core_type.c: the types of core modules and instances, in the terms of the
 * registry.
 */
#include "core/component/core_type.h"

#include "core/component/core_registry.h"

enum status component_core_registry(struct component_types *types, struct wasm_store **out_store)
{
    if (types->core == NULL) {
        void *room = NULL;
        enum status status =
            component_types_alloc(types, 1, sizeof(struct component_core_types), &room);
        if (status != STATUS_OK)
            return status;
        types->core = room;
        types->core->store.arena = types->arena;
    }
    *out_store = &types->core->store;
    return STATUS_OK;
}

static int compare_bytes(struct bytes a, struct bytes b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int order = least == 0 ? 0 : memcmp(a.data, b.data, least);
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

static int compare_names(const struct component_core_name *a, const struct component_core_name *b)
{
    int order = compare_bytes(a->module, b->module);
    return order != 0 ? order : compare_bytes(a->name, b->name);
}

static int compare_places(const void *context, uint32_t a, uint32_t b)
{
    const struct component_core_name *names = context;
    return compare_names(&names[a], &names[b]);
}

static enum status make_order(struct component_types *types,
                              const struct component_core_name *names, uint32_t count,
                              const char *sentence, const uint32_t **out_order)
{
    const uint32_t *order = NULL;
    enum status status = component_types_order(types, count, compare_places, names, &order);
    if (status != STATUS_OK || count == 0)
        return status;
    for (uint32_t i = 0; i + 1 < count; i++)
        if (compare_names(&names[order[i]], &names[order[i + 1]]) == 0)
            return report_fail_names(types->report, STATUS_INVALID, types->offset, sentence,
                                     names[order[i]].name, names[order[i]].module);
    *out_order = order;
    return STATUS_OK;
}

enum status component_core_finish(struct component_types *types, struct component_core_type *type)
{
    enum status status = make_order(types, type->imports, type->import_count,
                                    "duplicate import name % of module %", &type->import_order);
    if (status != STATUS_OK)
        return status;
    return make_order(types, type->exports, type->export_count, "export name % already defined",
                      &type->export_order);
}

static const struct component_core_name *find(const struct component_core_name *names,
                                              const uint32_t *order, uint32_t count,
                                              struct bytes module, struct bytes name)
{
    const struct component_core_name key = {.module = module, .name = name};
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int at = compare_names(&key, &names[order[middle]]);
        if (at == 0)
            return &names[order[middle]];
        if (at < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct component_core_name *component_core_find_import(const struct component_core_type *type,
                                                             struct bytes module, struct bytes name)
{
    return find(type->imports, type->import_order, type->import_count, module, name);
}

const struct component_core_name *component_core_find_export(const struct component_core_type *type,
                                                             struct bytes name)
{
    return find(type->exports, type->export_order, type->export_count, bytes_of("", 0), name);
}

/* A module whose types have the numbers `ids` in the registry. */
struct numbered {
    const struct wasm_module *module;
    const uint32_t *ids;
};

static uint32_t value_type(const struct numbered *numbered, uint32_t type)
{
    if (!wasm_type_has_defined(type))
        return type;
    return (type & ~WASM_TYPE_HEAP_MASK) | numbered->ids[wasm_type_heap(type)];
}

static struct component_core_extern extern_of(const struct numbered *numbered,
                                              enum wasm_extern_kind kind, uint32_t index)
{
    const struct wasm_module *module = numbered->module;
    struct component_core_extern type = {.kind = kind};
    switch (kind) {
    case WASM_EXTERN_FUNC:
        type.type = numbered->ids[module->funcs[index].type_index];
        break;
    case WASM_EXTERN_TABLE:
        type.type = value_type(numbered, module->tables[index].type);
        type.limits = module->tables[index].limits;
        break;
    case WASM_EXTERN_MEMORY:
        type.limits = module->memories[index].limits;
        type.page_log2 = module->memories[index].page_log2;
        break;
    case WASM_EXTERN_GLOBAL:
        type.type = value_type(numbered, module->globals[index].type);
        type.is_mutable = module->globals[index].is_mutable;
        break;
    case WASM_EXTERN_TAG:
        type.type = numbered->ids[module->tags[index].type_index];
        break;
    }
    return type;
}

static enum status make_lists(struct component_types *types, const struct wasm_module *module,
                              struct component_core_name **out_imports,
                              struct component_core_name **out_exports)
{
    void *imports = NULL, *exports = NULL;
    enum status status =
        component_types_alloc(types, module->import_count, sizeof **out_imports, &imports);
    if (status == STATUS_OK)
        status = component_types_alloc(types, module->export_count, sizeof **out_exports, &exports);
    if (status != STATUS_OK)
        return status;
    *out_imports = imports;
    *out_exports = exports;
    return STATUS_OK;
}

static enum status number_types(struct component_types *types, const struct wasm_module *module,
                                const uint32_t **out_ids)
{
    struct wasm_store *store = NULL;
    void *ids = NULL;
    enum status status = component_core_registry(types, &store);
    if (status == STATUS_OK)
        status = component_types_alloc(types, module->type_count, sizeof(uint32_t), &ids);
    if (status == STATUS_OK)
        status = wasm_store_add_types(store, module, ids, types->report);
    if (status == STATUS_OK)
        *out_ids = ids;
    return status;
}

enum status component_core_of_module(struct component_types *types,
                                     const struct wasm_module *module,
                                     const struct component_core_type **out_type)
{
    struct numbered numbered = {module, NULL};
    struct component_core_name *imports = NULL, *exports = NULL;
    void *room = NULL;
    enum status status = number_types(types, module, &numbered.ids);
    if (status == STATUS_OK)
        status = make_lists(types, module, &imports, &exports);
    if (status == STATUS_OK)
        status = component_types_alloc(types, 1, sizeof(struct component_core_type), &room);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];
        imports[i] = (struct component_core_name){
            import->module, import->name, extern_of(&numbered, import->kind, import->index)};
    }
    for (uint32_t i = 0; i < module->export_count; i++) {
        const struct wasm_export *export = &module->exports[i];
        exports[i] = (struct component_core_name){
            .name = export->name, .type = extern_of(&numbered, export->kind, export->index)};
    }
    struct component_core_type *type = room;
    *type = (struct component_core_type){.import_count = module->import_count,
                                         .export_count = module->export_count,
                                         .imports = imports,
                                         .exports = exports};
    status = component_core_finish(types, type);
    if (status == STATUS_OK)
        *out_type = type;
    return status;
}

enum status component_core_of_exports(struct component_types *types,
                                      const struct component_core_name *exports, uint32_t count,
                                      const struct component_core_type **out_type)
{
    void *room = NULL, *copy = NULL;
    enum status status = component_types_alloc(types, 1, sizeof(struct component_core_type), &room);
    if (status == STATUS_OK)
        status = component_types_alloc(types, count, sizeof *exports, &copy);
    if (status != STATUS_OK)
        return status;
    if (count != 0)
        memcpy(copy, exports, count * sizeof *exports);
    struct component_core_type *type = room;
    type->export_count = count;
    type->exports = copy;
    status = component_core_finish(types, type);
    if (status == STATUS_OK)
        *out_type = type;
    return status;
}

enum status component_core_func(struct component_types *types, const uint32_t *params,
                                uint32_t param_count, const uint32_t *results,
                                uint32_t result_count, uint32_t *out_type)
{
    struct wasm_store *store = NULL;
    enum status status = component_core_registry(types, &store);
    if (status != STATUS_OK)
        return status;
    const struct wasm_func_type type = {.param_count = param_count,
                                        .result_count = result_count,
                                        .param_slots = wasm_types_slots(params, param_count),
                                        .result_slots = wasm_types_slots(results, result_count),
                                        .params = params,
                                        .results = results};
    return wasm_store_add_func_type(store, &type, out_type, types->report);
}

const struct wasm_func_type *component_core_func_type(const struct component_types *types,
                                                      uint32_t type)
{
    return &types->core->store.types[type].func;
}
