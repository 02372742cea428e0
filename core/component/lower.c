/*
 * core/component/lower.c: values into guest memory (CanonicalABI.md "Storing").
 *
 * Every list and string asks the guest for room, in the order of the spec: guest code runs in the
 * middle of this, and every address is taken anew from the memory after it.
 */
#include "core/component/abi_memory.h"

enum status abi_lower_handle(struct component_abi *abi, const struct component_type *type,
                             const struct component_value *value, uint32_t *out_handle)
{
    return type->kind == COMPONENT_OWN ? component_lower_own(abi, type, value, out_handle)
                                       : component_lower_borrow(abi, type, value, out_handle);
}

static void store_int(uint8_t *at, uint32_t size, uint64_t number)
{
    uint8_t bytes[8];
    store_le64(bytes, number);
    memcpy(at, bytes, size);
}

static enum status store_items(struct component_abi *abi, const struct component_type *element,
                               const struct component_items *items, uint32_t address)
{
    for (uint32_t i = 0; i < items->count; i++) {
        enum status status = abi_store(abi, element, &items->items[i], address + i * element->size);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Into room that is there. */
static enum status store_content(struct component_abi *abi, const struct component_type *element,
                                 const struct component_items *items, uint32_t address)
{
    if (!component_type_is_packed(element))
        return store_items(abi, element, items, address);
    if (items->count == 0)
        return STATUS_OK;
    uint8_t *at = abi_at(abi, address);
    ASSERT(items->packed != NULL);
    memcpy(at, items->packed, (size_t)items->count * element->size);
    abi_canonical_floats(element->kind, at, items->count);
    return STATUS_OK;
}

enum status abi_store_list(struct component_abi *abi, const struct component_type *type,
                           const struct component_items *items, uint32_t *out_address)
{
    const struct component_type *element = type->element;
    uint64_t len = (uint64_t)items->count * element->size;
    struct abi_room room;
    enum status status = abi_realloc(abi, (struct abi_room){0, 0}, element->alignment, len, &room);
    if (status != STATUS_OK)
        return status;
    status = store_content(abi, element, items, room.address);
    if (status == STATUS_OK)
        *out_address = room.address;
    return status;
}

enum status abi_store_fields(struct component_abi *abi, const struct component_field *fields,
                             uint32_t count, const struct component_value *values, uint32_t address)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct component_type *type = fields[i].type;
        address = abi_align(address, type->alignment);
        enum status status = abi_store(abi, type, &values[i], address);
        if (status != STATUS_OK)
            return status;
        address += type->size;
    }
    return STATUS_OK;
}

static enum status store_variant(struct component_abi *abi, const struct component_type *type,
                                 const struct component_case *variant, uint32_t address)
{
    ASSERT(variant->index < component_case_count(type));
    const struct component_type *payload_type = component_case_type(type, variant->index);
    store_int(abi_at(abi, address), type->discriminant_size, variant->index);
    if (payload_type == NULL)
        return STATUS_OK;
    ASSERT(variant->payload != NULL);
    return abi_store(abi, payload_type, variant->payload, address + type->payload_offset);
}

/* A string, list or map: where it is and how long, in this order. */
static enum status store_range(struct component_abi *abi, const struct component_type *type,
                               const struct component_value *value, uint32_t address)
{
    uint32_t where, len = value->items.count;
    enum status status = type->kind == COMPONENT_STRING
                             ? abi_store_string(abi, &value->string, &where, &len)
                             : abi_store_list(abi, type, &value->items, &where);
    if (status != STATUS_OK)
        return status;
    uint8_t *at = abi_at(abi, address);
    store_le32(at, where);
    store_le32(at + 4, len);
    return STATUS_OK;
}

static enum status store_handle(struct component_abi *abi, const struct component_type *type,
                                const struct component_value *value, uint32_t address)
{
    uint32_t handle;
    enum status status = abi_lower_handle(abi, type, value, &handle);
    if (status == STATUS_OK)
        store_le32(abi_at(abi, address), handle);
    return status;
}

enum status abi_store(struct component_abi *abi, const struct component_type *type,
                      const struct component_value *value, uint32_t address)
{
    ASSERT(value->kind == type->kind);
    switch (type->kind) {
    case COMPONENT_STRING:
    case COMPONENT_LIST:
    case COMPONENT_MAP:
        return store_range(abi, type, value, address);
    case COMPONENT_FIXED_LIST:
        ASSERT(value->items.count == type->length);
        return store_content(abi, type->element, &value->items, address);
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        ASSERT(value->items.count == type->count);
        return abi_store_fields(abi, type->fields, type->count, value->items.items, address);
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return store_variant(abi, type, &value->variant, address);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        return store_handle(abi, type, value, address);
    case COMPONENT_FLAGS:
        store_int(abi_at(abi, address), type->size, value->flags);
        return STATUS_OK;
    default:
        store_int(abi_at(abi, address), type->size, abi_slot(value));
        return STATUS_OK;
    }
}

enum status component_store_value(struct component_abi *abi, const struct component_type *type,
                                  const struct component_value *value, uint32_t address)
{
    if ((address & (type->alignment - 1u)) != 0)
        return component_abi_trap(abi, "unaligned pointer");
    if (!abi_range_fits(abi_view(abi), address, type->size))
        return component_abi_trap(abi, "pointer out of bounds of memory");
    return abi_store(abi, type, value, address);
}
