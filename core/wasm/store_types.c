/*
 * core/wasm/store_types.c: defined types across modules: equal types get one id.
 *
 * A recursion group is copied to the end of the store's types, in the store's terms, and looked for
 * among the others (type_registry.h); if it is known, the copy is given back. What is kept never
 * moves relative to its id, but the array does: nobody holds a pointer into it over an
 * instantiation. Types are never forgotten.
 *
 * Memory: as much as the module's own types, at most doubled.
 */
#include "core/wasm/instance.h"

#define TYPES_MAX (1u << 28)

/* Whose types are copied: value types of types[first..] and of those before it by their ids. */
struct source {
    const struct wasm_type *types;
    const uint32_t *ids; /* NULL: they are in the store's terms already */
    uint32_t first;      /* of the group that is copied */
    uint32_t base;       /* where it goes */
};

static enum status no_room(struct report *report)
{
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the store's types");
}

static enum status reserve(struct wasm_store *store, uint32_t count, struct report *report)
{
    uint64_t needed = (uint64_t)store->type_count + count;
    if (needed <= store->type_cap)
        return STATUS_OK;
    if (needed > TYPES_MAX)
        return report_fail_u64(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                               "a store has more than % types", TYPES_MAX);
    uint64_t doubled = (uint64_t)store->type_cap * 2 + 16;
    uint64_t cap = needed > doubled ? needed : doubled;
    struct wasm_type *types = arena_alloc(store->arena, (size_t)cap, sizeof *types);
    struct wasm_type_node *nodes = arena_alloc(store->arena, (size_t)cap, sizeof *nodes);
    if (types == NULL || nodes == NULL)
        return no_room(report);
    if (store->type_count != 0) {
        memcpy(types, store->types, store->type_count * sizeof *types);
        memcpy(nodes, store->type_nodes, store->type_count * sizeof *nodes);
    }
    store->types = types;
    store->type_nodes = nodes;
    store->type_cap = (uint32_t)cap;
    return STATUS_OK;
}

static uint32_t translate_index(const struct source *source, uint32_t index)
{
    if (index == WASM_NO_SUPERTYPE || source->ids == NULL)
        return index;
    return index >= source->first ? index - source->first + source->base : source->ids[index];
}

static uint32_t translate_type(const struct source *source, uint32_t type)
{
    if (!wasm_type_has_defined(type))
        return type;
    return (type & ~WASM_TYPE_HEAP_MASK) | translate_index(source, wasm_type_heap(type));
}

/* A copy of the list; NULL: no room. */
static const uint32_t *copy_list(struct wasm_store *store, const struct source *source,
                                 const uint32_t *types, uint32_t count)
{
    uint32_t *copy = arena_alloc_aligned(store->arena, count, sizeof *copy, sizeof *copy);
    for (uint32_t i = 0; copy != NULL && i < count; i++)
        copy[i] = translate_type(source, types[i]);
    return copy;
}

static const struct wasm_field *copy_fields(struct wasm_store *store, const struct source *source,
                                            const struct wasm_field *fields, uint32_t count)
{
    struct wasm_field *copy =
        arena_alloc_aligned(store->arena, count, sizeof *copy, sizeof(uint32_t));
    for (uint32_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = fields[i];
        copy[i].type = translate_type(source, fields[i].type);
    }
    return copy;
}

static bool copy_type(struct wasm_store *store, const struct source *source, uint32_t index)
{
    const struct wasm_type *type = &source->types[index];
    uint32_t id = index - source->first + source->base;
    struct wasm_type *copy = &store->types[id];
    *copy = *type;
    copy->canonical = id;
    copy->starts_group = index == source->first;
    copy->supertype = translate_index(source, type->supertype);
    switch (type->kind) {
    case WASM_KIND_STRUCT:
        copy->fields.fields =
            copy_fields(store, source, type->fields.fields, type->fields.field_count);
        return copy->fields.fields != NULL;
    case WASM_KIND_ARRAY:
        copy->element.type = translate_type(source, type->element.type);
        return true;
    default:
        copy->func.params = copy_list(store, source, type->func.params, type->func.param_count);
        copy->func.results = copy_list(store, source, type->func.results, type->func.result_count);
        return copy->func.params != NULL && copy->func.results != NULL;
    }
}

static enum status add_group(struct wasm_store *store, const struct wasm_type *types,
                             const uint32_t *ids, uint32_t first, uint32_t count,
                             uint32_t *out_first_id, struct report *report)
{
    enum status status = reserve(store, count, report);
    if (status != STATUS_OK)
        return status;
    size_t mark = arena_mark(store->arena);
    const struct source source = {types, ids, first, store->type_count};
    bool has_room = true;
    for (uint32_t i = first; i < first + count && has_room; i++)
        has_room = copy_type(store, &source, i);
    if (!has_room) {
        arena_rewind(store->arena, mark);
        return no_room(report);
    }
    struct wasm_type_registry registry = {.types = store->types,
                                          .nodes = store->type_nodes,
                                          .root = store->type_count == 0 ? WASM_TYPE_NONE
                                                                         : store->type_root};
    uint32_t id = wasm_type_registry_intern(&registry, store->type_count, count);
    store->type_root = registry.root;
    if (id != store->type_count) {
        arena_rewind(store->arena, mark);
    } else {
        bool is_linked = wasm_types_link(store->types, id, count);
        ASSERT(is_linked); /* its module was */
        store->type_count += count;
    }
    *out_first_id = id;
    return STATUS_OK;
}

enum status wasm_store_add_func_type(struct wasm_store *store, const struct wasm_func_type *type,
                                     uint32_t *out_id, struct report *report)
{
    const struct wasm_type defined = {
        .kind = WASM_KIND_FUNC, .is_final = true, .supertype = WASM_NO_SUPERTYPE, .func = *type};
    return add_group(store, &defined, NULL, 0, 1, out_id, report);
}

enum status wasm_store_add_group(struct wasm_store *store, const struct wasm_type *types,
                                 uint32_t count, uint32_t *out_first_id, struct report *report)
{
    return add_group(store, types, NULL, 0, count, out_first_id, report);
}

enum status wasm_store_add_types(struct wasm_store *store, const struct wasm_module *module,
                                 uint32_t *out_ids, struct report *report)
{
    const struct wasm_type *types = module->types;
    for (uint32_t first = 0, next; first < module->type_count; first = next) {
        next = first + 1;
        while (next < module->type_count && !types[next].starts_group)
            next++;
        uint32_t id = 0;
        if (types[first].canonical != first) {
            id = out_ids[types[first].canonical];
        } else {
            enum status status = add_group(store, types, out_ids, first, next - first, &id, report);
            if (status != STATUS_OK)
                return status;
        }
        for (uint32_t i = first; i < next; i++)
            out_ids[i] = id + i - first;
    }
    return STATUS_OK;
}

bool wasm_store_is_subtype(const struct wasm_store *store, uint32_t sub, uint32_t super)
{
    return wasm_defined_is_subtype(store->types, sub, super);
}

bool wasm_store_matches(const struct wasm_store *store, uint32_t sub_type, uint32_t super_type)
{
    return wasm_type_is_subtype(store->types, sub_type, super_type);
}

uint32_t wasm_store_value_type(const struct wasm_instance *instance, uint32_t type)
{
    if (!wasm_type_has_defined(type))
        return type;
    return (type & ~WASM_TYPE_HEAP_MASK) | instance->type_ids[wasm_type_heap(type)];
}
