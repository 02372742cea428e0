/*
 * core/component/value_build.c: lists that grow, records in any order, labels by name.
 */
#include "core/component/value_build.h"

#include "core/base/sort.h"
#include "core/component/abi_memory.h"

#define LINEAR_MAX 16u /* so many labels are compared one by one */

static uint32_t item_size(const struct component_type *element)
{
    return component_type_is_packed(element) ? component_packed_size(element->kind)
                                             : (uint32_t)sizeof(struct component_value);
}

void value_list_begin(struct value_list *list, const struct component_type *element,
                      struct arena *arena)
{
    *list = (struct value_list){.arena = arena, .element = element};
}

static enum status grow(struct value_list *list, uint32_t size)
{
    uint32_t cap = list->cap == 0 ? 8 : list->cap * 2;
    if (list->cap > UINT32_MAX / 2)
        return STATUS_NO_MEMORY;
    uint8_t *data = arena_alloc(list->arena, cap, size);
    if (data == NULL)
        return STATUS_NO_MEMORY;
    if (list->count != 0)
        memcpy(data, list->data, (size_t)list->count * size);
    list->data = data;
    list->cap = cap;
    return STATUS_OK;
}

enum status value_list_add(struct value_list *list, const struct component_value *value)
{
    uint32_t size = item_size(list->element);
    enum status status = list->count == list->cap ? grow(list, size) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    uint8_t *at = list->data + (size_t)list->count * size;
    if (!component_type_is_packed(list->element))
        memcpy(at, value, sizeof *value);
    else if (value->kind == COMPONENT_F32)
        store_le32(at, value->f32);
    else
        memcpy(at, &value->u, size); /* the low bytes of s, u, f64 */
    list->count++;
    return STATUS_OK;
}

struct component_value value_list_end(const struct value_list *list, enum component_kind kind)
{
    struct component_value value = {.kind = kind, .items = {.count = list->count}};
    if (component_type_is_packed(list->element)) {
        value.items.packed = list->data;
    } else {
        const void *items = list->data;
        value.items.items = items;
    }
    return value;
}

struct component_value value_of_packed(const struct component_items *list, enum component_kind kind,
                                       uint32_t index)
{
    uint32_t size = component_packed_size(kind);
    uint64_t bits = 0;
    memcpy(&bits, list->packed + (size_t)index * size, size);
    return abi_scalar(kind, bits);
}

struct bytes value_case_name(const struct component_type *type, uint32_t index)
{
    if (type->kind == COMPONENT_OPTION)
        return index == 0 ? BYTES_LITERAL("none") : BYTES_LITERAL("some");
    if (type->kind == COMPONENT_RESULT)
        return index == 0 ? BYTES_LITERAL("ok") : BYTES_LITERAL("err");
    return type->fields[index].name;
}

/* By length, then by bytes. */
static int compare_names(struct bytes a, struct bytes b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len == 0 ? 0 : memcmp(a.data, b.data, a.len);
}

static int compare_fields(const void *context, uint32_t a, uint32_t b)
{
    const struct component_field *fields = context;
    return compare_names(fields[a].name, fields[b].name);
}

static enum status label_order(struct value_labels *labels, const struct component_type *type,
                               const uint32_t **out_order)
{
    size_t slot = ((uintptr_t)type >> 4) % VALUE_LABELS_KEPT;
    if (labels->kept[slot].type != type) {
        uint32_t *order = arena_alloc(labels->arena, type->count, 2 * sizeof *order);
        if (order == NULL)
            return STATUS_NO_MEMORY;
        for (uint32_t i = 0; i < type->count; i++)
            order[i] = i;
        sort_indices(order, order + type->count, type->count, compare_fields, type->fields);
        labels->kept[slot].type = type;
        labels->kept[slot].order = order;
    }
    *out_order = labels->kept[slot].order;
    return STATUS_OK;
}

static enum status find_sorted(struct value_labels *labels, const struct component_type *type,
                               struct bytes name, uint32_t *out_index)
{
    const uint32_t *order;
    uint32_t low = 0, high = type->count;
    enum status status = label_order(labels, type, &order);
    if (status != STATUS_OK)
        return status;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int sign = compare_names(name, type->fields[order[middle]].name);
        if (sign == 0) {
            *out_index = order[middle];
            return STATUS_OK;
        }
        if (sign < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return STATUS_NOT_FOUND;
}

enum status value_label_find(struct value_labels *labels, const struct component_type *type,
                             struct bytes name, uint32_t guess, uint32_t *out_index)
{
    bool is_two = type->kind == COMPONENT_OPTION || type->kind == COMPONENT_RESULT;
    uint32_t count = is_two ? 2 : type->count;
    if (guess < count && bytes_equal(value_case_name(type, guess), name)) {
        *out_index = guess;
        return STATUS_OK;
    }
    if (count > LINEAR_MAX)
        return find_sorted(labels, type, name, out_index);
    for (uint32_t i = 0; i < count; i++)
        if (bytes_equal(value_case_name(type, i), name)) {
            *out_index = i;
            return STATUS_OK;
        }
    return STATUS_NOT_FOUND;
}

enum status value_record_begin(struct value_record *record, const struct component_type *type,
                               struct arena *arena)
{
    record->type = type;
    record->values = arena_alloc(arena, type->count, sizeof *record->values);
    record->seen = arena_alloc(arena, type->count, 1);
    return record->values == NULL || record->seen == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void value_record_end(struct value_record *record, uint32_t *out_missing,
                      struct component_value *out_value)
{
    const struct component_type *type = record->type;
    *out_missing = type->count;
    for (uint32_t i = 0; i < type->count; i++) {
        if (record->seen[i] != 0)
            continue;
        if (type->fields[i].type->kind == COMPONENT_OPTION)
            record->values[i] = (struct component_value){.kind = COMPONENT_OPTION};
        else if (*out_missing == type->count)
            *out_missing = i;
    }
    *out_value = (struct component_value){.kind = type->kind,
                                          .items = {.count = type->count, .items = record->values}};
}

enum status value_case(struct arena *arena, const struct component_type *type, uint32_t index,
                       const struct component_value *payload, struct component_value *out_value)
{
    struct component_value *copy = NULL;
    if (payload != NULL) {
        copy = arena_alloc(arena, 1, sizeof *copy);
        if (copy == NULL)
            return STATUS_NO_MEMORY;
        *copy = *payload;
    }
    *out_value =
        (struct component_value){.kind = type->kind, .variant = {.index = index, .payload = copy}};
    return STATUS_OK;
}
