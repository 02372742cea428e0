/*
 * capi/value.c: values of the public API into core's and back. By type: what does not fit is
 * refused, and nothing of it reaches the canonical ABI.
 */
#include "capi/capi_internal.h"

static enum status in(const struct aether_value *value, const struct component_type *type,
                      struct component_call *call, struct component_value *out_value);

static enum status refuse(struct component_call *call, const char *sentence)
{
    return report_fail(call->report, STATUS_INVALID, REPORT_NO_OFFSET, sentence);
}

static uint32_t bits_of_f32(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static uint64_t bits_of_f64(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static enum status items_in(const struct aether_value *value, const struct component_type *type,
                            struct component_call *call, struct component_value *out_value)
{
    size_t count = value->list.count;
    bool is_list = type->element != NULL;
    if (count > UINT32_MAX || (!is_list && count != type->count) ||
        (count != 0 && value->list.items == NULL))
        return refuse(call, "a list, record or tuple without its items");
    struct component_value *items = arena_alloc(call->arena, count, sizeof *items);
    if (items == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        enum status status = in(&value->list.items[i],
                                is_list ? type->element : type->fields[i].type, call, &items[i]);
        if (status != STATUS_OK)
            return status;
    }
    out_value->items.count = (uint32_t)count;
    out_value->items.items = items;
    return STATUS_OK;
}

/* Numbers as an array, or one by one. */
static enum status packed_in(const struct aether_value *value, const struct component_type *type,
                             struct component_call *call, struct component_value *out_value)
{
    size_t count = value->list.count, size = component_packed_size(type->element->kind);
    if (value->list.packed != NULL || count == 0) {
        if (count > UINT32_MAX)
            return refuse(call, "a list that is too long");
        out_value->items.count = (uint32_t)count;
        out_value->items.packed = value->list.packed;
        return STATUS_OK;
    }
    enum status status = items_in(value, type, call, out_value);
    if (status != STATUS_OK)
        return status;
    uint8_t *packed = arena_alloc(call->arena, count, size);
    if (packed == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct component_value *item = &out_value->items.items[i];
        status = component_value_check(item, type->element, call->report);
        if (status != STATUS_OK)
            return status;
        uint64_t bits = item->kind == COMPONENT_F32 ? item->f32 : item->u;
        memcpy(packed + i * size, &bits, size);
    }
    out_value->items.items = NULL;
    out_value->items.packed = packed;
    return STATUS_OK;
}

static enum status case_in(const struct aether_value *value, const struct component_type *type,
                           struct component_call *call, struct component_value *out_value)
{
    uint32_t index = value->variant.index;
    if (index >= component_case_count(type))
        return refuse(call, "a variant without such a case");
    const struct component_type *payload_type = component_case_type(type, index);
    if ((payload_type != NULL) != (value->variant.payload != NULL))
        return refuse(call, "a variant whose payload is missing or too much");
    out_value->variant = (struct component_case){.index = index};
    if (payload_type == NULL)
        return STATUS_OK;
    struct component_value *payload = arena_alloc(call->arena, 1, sizeof *payload);
    if (payload == NULL)
        return STATUS_NO_MEMORY;
    out_value->variant.payload = payload;
    return in(value->variant.payload, payload_type, call, payload);
}

static enum status handle_in(const struct aether_value *value, const struct component_type *type,
                             struct component_call *call, struct component_value *out_value)
{
    const struct aether_handle *handle = &value->handle;
    if (handle->resource != NULL)
        *out_value =
            component_host_handle(call, &handle->resource->resource, handle->rep, type->kind);
    else
        out_value->handle = (struct component_handle){handle->guest, handle->rep};
    return out_value->handle.resource != NULL ? STATUS_OK
                                              : refuse(call, "a handle without a resource");
}

static enum status in(const struct aether_value *value, const struct component_type *type,
                      struct component_call *call, struct component_value *out_value)
{
    if ((int)value->kind != (int)type->kind)
        return report_fail_name(call->report, STATUS_INVALID, REPORT_NO_OFFSET,
                                "a value of another kind where a % belongs",
                                component_kind_name(type->kind));
    *out_value = (struct component_value){.kind = type->kind};
    switch (type->kind) {
    case COMPONENT_BOOL:
        out_value->boolean = value->boolean;
        return STATUS_OK;
    case COMPONENT_F32:
        out_value->f32 = bits_of_f32(value->f32);
        return STATUS_OK;
    case COMPONENT_F64:
        out_value->f64 = bits_of_f64(value->f64);
        return STATUS_OK;
    case COMPONENT_STRING:
        *out_value = component_string_value(bytes_of(value->string.data, value->string.len));
        return STATUS_OK;
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
    case COMPONENT_MAP:
        return component_type_is_packed(type->element) ? packed_in(value, type, call, out_value)
                                                       : items_in(value, type, call, out_value);
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        return items_in(value, type, call, out_value);
    case COMPONENT_FLAGS:
        out_value->flags = value->flags;
        return STATUS_OK;
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return case_in(value, type, call, out_value);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        return handle_in(value, type, call, out_value);
    default:
        out_value->u = value->u;
        return STATUS_OK;
    }
}

enum status capi_value_in(const struct aether_value *value, const struct component_type *type,
                          struct component_call *call, struct component_value *out_value)
{
    enum status status = in(value, type, call, out_value);
    return status == STATUS_OK ? component_value_check(out_value, type, call->report) : status;
}

static enum status items_out(const struct component_items *list, const struct component_type *type,
                             struct arena *arena, struct aether_value *out_value)
{
    bool is_list = type->element != NULL;
    out_value->list.count = list->count;
    if (is_list && component_type_is_packed(type->element)) {
        out_value->list.packed = list->packed;
        return STATUS_OK;
    }
    struct aether_value *items = arena_alloc(arena, list->count, sizeof *items);
    if (items == NULL)
        return STATUS_NO_MEMORY;
    out_value->list.items = items;
    for (uint32_t i = 0; i < list->count; i++) {
        enum status status = capi_value_out(
            &list->items[i], is_list ? type->element : type->fields[i].type, arena, &items[i]);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status case_out(const struct component_case *variant, const struct component_type *type,
                            struct arena *arena, struct aether_value *out_value)
{
    const struct component_type *payload_type = component_case_type(type, variant->index);
    out_value->variant.index = variant->index;
    if (payload_type == NULL)
        return STATUS_OK;
    struct aether_value *payload = arena_alloc(arena, 1, sizeof *payload);
    if (payload == NULL)
        return STATUS_NO_MEMORY;
    out_value->variant.payload = payload;
    return capi_value_out(variant->payload, payload_type, arena, payload);
}

enum status capi_value_out(const struct component_value *value, const struct component_type *type,
                           struct arena *arena, struct aether_value *out_value)
{
    const void *text;
    *out_value = (struct aether_value){.kind = (enum aether_kind)type->kind};
    switch (type->kind) {
    case COMPONENT_BOOL:
        out_value->boolean = value->boolean;
        return STATUS_OK;
    case COMPONENT_F32:
        memcpy(&out_value->f32, &value->f32, sizeof value->f32);
        return STATUS_OK;
    case COMPONENT_F64:
        memcpy(&out_value->f64, &value->f64, sizeof value->f64);
        return STATUS_OK;
    case COMPONENT_STRING:
        text = value->string.data;
        *out_value = aether_string(text, value->string.len);
        return STATUS_OK;
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
    case COMPONENT_MAP:
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        return items_out(&value->items, type, arena, out_value);
    case COMPONENT_FLAGS:
        out_value->flags = value->flags;
        return STATUS_OK;
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return case_out(&value->variant, type, arena, out_value);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        out_value->handle =
            (struct aether_handle){.guest = value->handle.resource, .rep = value->handle.rep};
        return STATUS_OK;
    default:
        out_value->u = value->u;
        return STATUS_OK;
    }
}
