/*
 * core/component/instance_places.c: names of exports and arguments, found by binary search.
 */
#include "core/base/sort.h"
#include "core/component/instance_internal.h"

static int compare_names(struct bytes a, struct bytes b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.data, b.data, len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_places(const void *context, uint32_t a, uint32_t b)
{
    const struct component_place *places = context;
    return compare_names(places[a].name, places[b].name);
}

enum status component_places_sort(struct arena *arena, struct component_place *places,
                                  uint32_t count)
{
    size_t mark = arena_mark(arena);
    uint32_t *order = arena_alloc(arena, count, sizeof *order);
    uint32_t *spare = arena_alloc(arena, count, sizeof *spare);
    struct component_place *sorted = arena_alloc(arena, count, sizeof *sorted);
    if (order == NULL || spare == NULL || sorted == NULL) {
        arena_rewind(arena, mark);
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    sort_indices(order, spare, count, compare_places, places);
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = places[order[i]];
    if (count != 0)
        memcpy(places, sorted, count * sizeof *sorted);
    arena_rewind(arena, mark);
    return STATUS_OK;
}

enum status component_places_of_items(struct arena *arena, const struct component_item *items,
                                      uint32_t count, struct component_places *out_places)
{
    struct component_place *places = arena_alloc(arena, count, sizeof *places);
    if (places == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++)
        places[i] = (struct component_place){.name = items[i].name, .place = i};
    enum status status = component_places_sort(arena, places, count);
    if (status == STATUS_OK)
        *out_places = (struct component_places){.count = count, .items = places};
    return status;
}

bool component_places_find(const struct component_places *places, struct bytes name,
                           uint32_t *out_place)
{
    uint32_t low = 0, high = places->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_names(places->items[middle].name, name);
        if (order == 0) {
            *out_place = places->items[middle].place;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

const struct component_extern *component_exports_find(const struct component_exports *exports,
                                                      struct bytes name)
{
    uint32_t place = 0;
    return component_places_find(&exports->places, name, &place) ? &exports->externs[place] : NULL;
}
