/*
 * cli/wit_names.c: which names the types of a component's interfaces have.
 */
#include "cli/wit.h"

#include <stdlib.h>

#define CHAIN_MAX 1000u /* of names of names that are followed */

static int compare_keys(const struct wit_entry *a, const struct wit_entry *b)
{
    if (a->type != b->type)
        return (uintptr_t)a->type < (uintptr_t)b->type ? -1 : 1;
    return a->resource < b->resource ? -1 : a->resource > b->resource;
}

static int compare_orders(const struct wit_entry *a, const struct wit_entry *b)
{
    return a->order < b->order ? -1 : a->order > b->order;
}

static int by_key(const void *left, const void *right)
{
    const struct wit_entry *a = left, *b = right;
    int order = compare_keys(a, b);
    return order != 0 ? order : compare_orders(a, b);
}

static int by_unit(const void *left, const void *right)
{
    const struct wit_entry *a = left, *b = right;
    int order = compare_keys(a, b);
    if (order == 0 && a->unit != b->unit)
        order = a->unit < b->unit ? -1 : 1;
    return order != 0 ? order : compare_orders(a, b);
}

/* The first entry that is not before `key`. */
static const struct wit_entry *lower_bound(const struct wit_entry *entries, uint32_t count,
                                           const struct wit_entry *key,
                                           int (*compare)(const void *, const void *))
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare(&entries[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && compare_keys(&entries[low], key) == 0 ? &entries[low] : NULL;
}

const struct wit_entry *wit_find(const struct wit *wit, uint32_t unit, const struct wit_entry *key)
{
    const struct wit_entry first = {.type = key->type, .resource = key->resource, .unit = unit};
    const struct wit_entry *found = lower_bound(wit->by_unit, wit->entry_count, &first, by_unit);
    return found != NULL && found->unit == unit ? found : NULL;
}

const struct wit_entry *wit_find_first(const struct wit *wit, const struct wit_entry *key)
{
    const struct wit_entry first = {.type = key->type, .resource = key->resource};
    return lower_bound(wit->by_key, wit->entry_count, &first, by_key);
}

static struct wit_entry key_of(const struct component_any_type *type)
{
    if (type->kind == COMPONENT_ANY_RESOURCE)
        return (struct wit_entry){.resource = type->resource};
    return (struct wit_entry){.type = type->value, .resource = WIT_NONE};
}

/* What it was before it was named; false: nothing. */
static bool step_back(const struct wit *wit, struct wit_entry *key)
{
    if (key->type == NULL)
        key->resource = wit->component->graph->resources[key->resource].named_from;
    else
        key->type = key->type->named_from;
    return key->type != NULL || key->resource != WIT_NONE;
}

const struct wit_entry *wit_source(const struct wit *wit, uint32_t unit,
                                   const struct component_extern_name *item)
{
    struct wit_entry key = key_of(&item->type.type);
    const struct wit_entry *first = wit_find_first(wit, &key);
    if (first != NULL && (first->unit != unit || !bytes_equal(first->name, item->name)))
        return first;
    for (unsigned i = 0; i < CHAIN_MAX && step_back(wit, &key); i++) {
        const struct wit_entry *found = wit_find(wit, unit, &key);
        if (found == NULL)
            found = wit_find_first(wit, &key);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* ---- Collecting ---- */

static bool is_named_type(const struct component_extern_type *type)
{
    return type->sort == COMPONENT_SORT_TYPE &&
           (type->type.kind == COMPONENT_ANY_VALUE || type->type.kind == COMPONENT_ANY_RESOURCE);
}

static uint32_t count_named(const struct component_extern_name *items, uint32_t count)
{
    uint32_t named = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct component_extern_type *type = &items[i].type;
        if (type->sort == COMPONENT_SORT_INSTANCE)
            for (uint32_t j = 0; j < type->interface->export_count; j++)
                named += is_named_type(&type->interface->exports[j].type);
        named += is_named_type(type);
    }
    return named;
}

static void add_entry(struct wit *wit, uint32_t unit, const struct component_extern_name *item)
{
    if (!is_named_type(&item->type))
        return;
    struct wit_entry entry = key_of(&item->type.type);
    entry.unit = unit;
    entry.order = wit->entry_count;
    entry.name = item->name;
    wit->by_unit[wit->entry_count++] = entry;
}

static void cut_name(struct wit_unit *unit)
{
    struct component_name name;
    if (!component_name_parse(unit->name, &name) || name.kind != COMPONENT_NAME_INTERFACE)
        return;
    unit->is_interface = true;
    unit->version = name.version;
    size_t slash = 0;
    while (name.base.data[slash] != '/') /* an interface's name has one */
        slash++;
    unit->package = bytes_of(name.base.data, slash);
    unit->label = bytes_of(name.base.data + slash + 1, name.base.len - slash - 1);
}

static void add_list(struct wit *wit, const struct component_extern_name *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct component_extern_type *type = &items[i].type;
        add_entry(wit, WIT_WORLD, &items[i]);
        if (type->sort != COMPONENT_SORT_INSTANCE)
            continue;
        uint32_t unit = wit->unit_count++;
        wit->units[unit] = (struct wit_unit){
            .name = items[i].name, .type = type->interface, .package_index = WIT_NONE};
        cut_name(&wit->units[unit]);
        for (uint32_t j = 0; j < type->interface->export_count; j++)
            add_entry(wit, unit, &type->interface->exports[j]);
    }
}

bool wit_open(struct wit *wit, const struct component *component, struct arena *arena)
{
    const struct component_interface *type = component->type;
    *wit = (struct wit){.component = component, .arena = arena};
    uint32_t named = count_named(type->imports, type->import_count) +
                     count_named(type->exports, type->export_count);
    wit->units =
        arena_alloc(arena, 1 + (size_t)type->import_count + type->export_count, sizeof *wit->units);
    wit->by_unit = arena_alloc(arena, named, sizeof *wit->by_unit);
    wit->by_key = arena_alloc(arena, named, sizeof *wit->by_key);
    if (wit->units == NULL || wit->by_unit == NULL || wit->by_key == NULL)
        return false;
    wit->units[wit->unit_count++] = (struct wit_unit){.type = type, .package_index = WIT_NONE};
    add_list(wit, type->imports, type->import_count);
    add_list(wit, type->exports, type->export_count);
    if (named != 0) {
        memcpy(wit->by_key, wit->by_unit, named * sizeof *wit->by_key);
        qsort(wit->by_key, named, sizeof *wit->by_key, by_key);
        qsort(wit->by_unit, named, sizeof *wit->by_unit, by_unit);
    }
    return true;
}
