/*
 * core/component/lower_flat.c: values into core values (CanonicalABI.md "Flat Lowering").
 *
 * As in lift_flat.c, the joins of variants are the slots' own form: numbers narrower than a slot
 * are zero-extended, and what a case does not use is zero.
 */
#include "core/component/abi_memory.h"
#include "core/component/value_build.h"

static enum status lower_flat(struct component_abi *abi, const struct component_type *type,
                              const struct component_value *value, uint64_t *out_slots);

static enum status lower_fields(struct component_abi *abi, const struct component_field *fields,
                                uint32_t count, const struct component_value *values,
                                uint64_t *out_slots)
{
    for (uint32_t i = 0; i < count; i++) {
        enum status status = lower_flat(abi, fields[i].type, &values[i], out_slots);
        if (status != STATUS_OK)
            return status;
        out_slots += fields[i].type->flat_count;
    }
    return STATUS_OK;
}

static enum status lower_fixed_list(struct component_abi *abi, const struct component_type *type,
                                    const struct component_items *items, uint64_t *out_slots)
{
    const struct component_type *element = type->element;
    bool is_packed = component_type_is_packed(element);
    ASSERT(items->count == type->length);
    for (uint32_t i = 0; i < items->count; i++) {
        const struct component_value item =
            is_packed ? value_of_packed(items, element->kind, i) : items->items[i];
        enum status status = lower_flat(abi, element, &item, out_slots);
        if (status != STATUS_OK)
            return status;
        out_slots += element->flat_count;
    }
    return STATUS_OK;
}

static enum status lower_variant(struct component_abi *abi, const struct component_type *type,
                                 const struct component_case *variant, uint64_t *out_slots)
{
    ASSERT(variant->index < component_case_count(type));
    const struct component_type *payload_type = component_case_type(type, variant->index);
    memset(out_slots, 0, type->flat_count * sizeof *out_slots);
    out_slots[0] = variant->index;
    if (payload_type == NULL)
        return STATUS_OK;
    ASSERT(variant->payload != NULL);
    return lower_flat(abi, payload_type, variant->payload, out_slots + 1);
}

static enum status lower_range(struct component_abi *abi, const struct component_type *type,
                               const struct component_value *value, uint64_t *out_slots)
{
    uint32_t where, len = value->items.count;
    enum status status = type->kind == COMPONENT_STRING
                             ? abi_store_string(abi, &value->string, &where, &len)
                             : abi_store_list(abi, type, &value->items, &where);
    if (status != STATUS_OK)
        return status;
    out_slots[0] = where;
    out_slots[1] = len;
    return STATUS_OK;
}

static enum status lower_flat(struct component_abi *abi, const struct component_type *type,
                              const struct component_value *value, uint64_t *out_slots)
{
    uint32_t handle;
    enum status status;
    ASSERT(value->kind == type->kind);
    switch (type->kind) {
    case COMPONENT_STRING:
    case COMPONENT_LIST:
    case COMPONENT_MAP:
        return lower_range(abi, type, value, out_slots);
    case COMPONENT_FIXED_LIST:
        return lower_fixed_list(abi, type, &value->items, out_slots);
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        ASSERT(value->items.count == type->count);
        return lower_fields(abi, type->fields, type->count, value->items.items, out_slots);
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return lower_variant(abi, type, &value->variant, out_slots);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        status = abi_lower_handle(abi, type, value, &handle);
        if (status == STATUS_OK)
            out_slots[0] = handle;
        return status;
    case COMPONENT_FLAGS:
        out_slots[0] = value->flags;
        return STATUS_OK;
    default:
        out_slots[0] = abi_slot(value);
        return STATUS_OK;
    }
}

enum status component_lower_values(struct component_abi *abi, const struct component_field *fields,
                                   uint32_t count, uint32_t max_flat,
                                   const struct component_value *values,
                                   const uint64_t *pointer_slot, uint64_t *out_slots)
{
    struct abi_layout layout = abi_fields_layout(fields, count);
    if (layout.flat_count <= max_flat)
        return lower_fields(abi, fields, count, values, out_slots);
    uint32_t address;
    if (pointer_slot == NULL) {
        struct abi_room room;
        enum status status =
            abi_realloc(abi, (struct abi_room){0, 0}, layout.alignment, layout.size, &room);
        if (status != STATUS_OK)
            return status;
        address = room.address;
        out_slots[0] = address;
    } else {
        address = (uint32_t)*pointer_slot;
        if ((address & (layout.alignment - 1)) != 0)
            return component_abi_trap(abi, "unaligned pointer");
        if (!abi_range_fits(abi_view(abi), address, layout.size))
            return component_abi_trap(abi, "pointer out of bounds of memory");
    }
    return abi_store_fields(abi, fields, count, values, address);
}
