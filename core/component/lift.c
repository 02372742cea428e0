/*
 * core/component/lift.c: values out of guest memory (CanonicalABI.md "Loading").
 *
 * Nothing of the guest runs while values are lifted, so one view of the memory serves. What a value
 * takes of the arena is bounded by the guest's bytes but for lists of lists, which may all name the
 * same bytes: there the arena's cap ends it.
 */
#include "core/component/abi_memory.h"

enum status abi_lift_char(struct component_abi *abi, uint32_t number,
                          struct component_value *out_value)
{
    if (number >= 0x110000 || (number >= 0xD800 && number <= 0xDFFF))
        return component_abi_trap(abi, "invalid `char` bit pattern");
    *out_value = (struct component_value){.kind = COMPONENT_CHAR, .u = number};
    return STATUS_OK;
}

enum status abi_lift_handle(struct component_abi *abi, const struct component_type *type,
                            uint32_t handle, struct component_value *out_value)
{
    return type->kind == COMPONENT_OWN ? component_lift_own(abi, type, handle, out_value)
                                       : component_lift_borrow(abi, type, handle, out_value);
}

/* Bits of no label are not looked at. */
struct component_value abi_flags(const struct component_type *type, uint32_t bits)
{
    uint32_t mask = type->count < 32 ? (1u << type->count) - 1 : UINT32_MAX;
    return (struct component_value){.kind = COMPONENT_FLAGS, .flags = bits & mask};
}

static uint64_t load_int(const uint8_t *at, uint32_t size)
{
    switch (size) {
    case 1:
        return at[0];
    case 2:
        return load_le16(at);
    case 4:
        return load_le32(at);
    default:
        return load_le64(at);
    }
}

static enum status load_items(struct component_abi *abi, struct abi_view view,
                              const struct component_type *element, uint32_t address,
                              uint32_t count, struct component_value *out_value)
{
    struct component_value *items = arena_alloc(abi->arena, count, sizeof *items);
    if (items == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        enum status status = abi_load(abi, view, element, address + i * element->size, &items[i]);
        if (status != STATUS_OK)
            return status;
    }
    out_value->items.items = items;
    return STATUS_OK;
}

static enum status load_packed(struct component_abi *abi, const uint8_t *source,
                               const struct component_type *element, uint32_t count,
                               struct component_value *out_value)
{
    size_t len = (size_t)count * element->size;
    uint8_t *packed = arena_alloc(abi->arena, len, 1);
    if (packed == NULL)
        return STATUS_NO_MEMORY;
    memcpy(packed, source, len);
    abi_canonical_floats(element->kind, packed, count);
    out_value->items.packed = packed;
    return STATUS_OK;
}

/* Of a list that is inside of the memory. */
static enum status load_content(struct component_abi *abi, struct abi_view view,
                                const struct component_type *type, uint32_t address, uint32_t count,
                                struct component_value *out_value)
{
    const struct component_type *element = type->element;
    struct component_value list = {.kind = type->kind, .items = {.count = count}};
    enum status status = STATUS_OK;
    if (count != 0)
        status = component_type_is_packed(element)
                     ? load_packed(abi, view.base + address, element, count, &list)
                     : load_items(abi, view, element, address, count, &list);
    if (status == STATUS_OK)
        *out_value = list;
    return status;
}

enum status abi_load_list(struct component_abi *abi, struct abi_view view,
                          const struct component_type *type, uint32_t address, uint32_t count,
                          struct component_value *out_value)
{
    const struct component_type *element = type->element;
    uint64_t len = (uint64_t)count * element->size;
    if (len > COMPONENT_MAX_BYTES)
        return component_abi_trap(abi, "list content out-of-bounds");
    if ((address & (element->alignment - 1u)) != 0)
        return component_abi_trap(abi, "unaligned pointer");
    if (!abi_range_fits(view, address, len))
        return component_abi_trap(abi, "list content out-of-bounds");
    return load_content(abi, view, type, address, count, out_value);
}

enum status abi_load_fields(struct component_abi *abi, struct abi_view view,
                            const struct component_field *fields, uint32_t count, uint32_t address,
                            struct component_value *out_values)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct component_type *type = fields[i].type;
        address = abi_align(address, type->alignment);
        enum status status = abi_load(abi, view, type, address, &out_values[i]);
        if (status != STATUS_OK)
            return status;
        address += type->size;
    }
    return STATUS_OK;
}

static enum status load_record(struct component_abi *abi, struct abi_view view,
                               const struct component_type *type, uint32_t address,
                               struct component_value *out_value)
{
    struct component_value *items = arena_alloc(abi->arena, type->count, sizeof *items);
    if (items == NULL)
        return STATUS_NO_MEMORY;
    enum status status = abi_load_fields(abi, view, type->fields, type->count, address, items);
    if (status == STATUS_OK)
        *out_value = (struct component_value){.kind = type->kind,
                                              .items = {.count = type->count, .items = items}};
    return status;
}

static enum status load_variant(struct component_abi *abi, struct abi_view view,
                                const struct component_type *type, uint32_t address,
                                struct component_value *out_value)
{
    uint32_t index = (uint32_t)load_int(view.base + address, type->discriminant_size);
    if (index >= component_case_count(type))
        return component_abi_trap(abi, "invalid variant discriminant");
    const struct component_type *payload_type = component_case_type(type, index);
    struct component_value *payload = NULL;
    if (payload_type != NULL) {
        payload = arena_alloc(abi->arena, 1, sizeof *payload);
        if (payload == NULL)
            return STATUS_NO_MEMORY;
        enum status status =
            abi_load(abi, view, payload_type, address + type->payload_offset, payload);
        if (status != STATUS_OK)
            return status;
    }
    *out_value = (struct component_value){.kind = type->kind,
                                          .variant = {.index = index, .payload = payload}};
    return STATUS_OK;
}

static enum status load_string(struct component_abi *abi, const uint8_t *at,
                               struct component_value *out_value)
{
    struct component_string string;
    enum status status = abi_load_string(abi, load_le32(at), load_le32(at + 4), &string);
    if (status == STATUS_OK)
        *out_value = (struct component_value){.kind = COMPONENT_STRING, .string = string};
    return status;
}

enum status abi_load(struct component_abi *abi, struct abi_view view,
                     const struct component_type *type, uint32_t address,
                     struct component_value *out_value)
{
    const uint8_t *at = view.base + address;
    ASSERT(view.base != NULL); /* what has no bytes at all is never asked for */
    switch (type->kind) {
    case COMPONENT_CHAR:
        return abi_lift_char(abi, load_le32(at), out_value);
    case COMPONENT_STRING:
        return load_string(abi, at, out_value);
    case COMPONENT_FIXED_LIST:
        return load_content(abi, view, type, address, type->length, out_value);
    case COMPONENT_LIST:
    case COMPONENT_MAP:
        return abi_load_list(abi, view, type, load_le32(at), load_le32(at + 4), out_value);
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        return load_record(abi, view, type, address, out_value);
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return load_variant(abi, view, type, address, out_value);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        return abi_lift_handle(abi, type, load_le32(at), out_value);
    case COMPONENT_FLAGS:
        *out_value = abi_flags(type, (uint32_t)load_int(at, type->size));
        return STATUS_OK;
    default:
        *out_value = abi_scalar(type->kind, load_int(at, type->size));
        return STATUS_OK;
    }
}

enum status component_load_value(struct component_abi *abi, const struct component_type *type,
                                 uint32_t address, struct component_value *out_value)
{
    struct abi_view view = abi_view(abi);
    if ((address & (type->alignment - 1u)) != 0)
        return component_abi_trap(abi, "unaligned pointer");
    if (!abi_range_fits(view, address, type->size))
        return component_abi_trap(abi, "pointer out of bounds of memory");
    return abi_load(abi, view, type, address, out_value);
}
