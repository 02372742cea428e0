/*
 * core/component/lift_flat.c: values out of core values (CanonicalABI.md "Flat Lifting").
 *
 * A slot holds i32 and f32 in its low half, so the spec's joins and coercions of variants are
 * nothing but reading as much of a slot as the type has: `slots` of a value is where its first
 * stands, and type->flat_count says how many there are.
 */
#include "core/component/abi_memory.h"
#include "core/component/value_build.h"

static enum status lift_flat(struct component_abi *abi, struct abi_view view,
                             const struct component_type *type, const uint64_t *slots,
                             struct component_value *out_value);

static enum status lift_fields(struct component_abi *abi, struct abi_view view,
                               const struct component_field *fields, uint32_t count,
                               const uint64_t *slots, struct component_value *out_values)
{
    for (uint32_t i = 0; i < count; i++) {
        enum status status = lift_flat(abi, view, fields[i].type, slots, &out_values[i]);
        if (status != STATUS_OK)
            return status;
        slots += fields[i].type->flat_count;
    }
    return STATUS_OK;
}

static enum status lift_record(struct component_abi *abi, struct abi_view view,
                               const struct component_type *type, const uint64_t *slots,
                               struct component_value *out_value)
{
    struct component_value *items = arena_alloc(abi->arena, type->count, sizeof *items);
    if (items == NULL)
        return STATUS_NO_MEMORY;
    enum status status = lift_fields(abi, view, type->fields, type->count, slots, items);
    if (status == STATUS_OK)
        *out_value = (struct component_value){.kind = type->kind,
                                              .items = {.count = type->count, .items = items}};
    return status;
}

/* No more than COMPONENT_MAX_FLAT_PARAMS of them. */
static enum status lift_fixed_list(struct component_abi *abi, struct abi_view view,
                                   const struct component_type *type, const uint64_t *slots,
                                   struct component_value *out_value)
{
    struct value_list list;
    value_list_begin(&list, type->element, abi->arena);
    for (uint32_t i = 0; i < type->length; i++) {
        struct component_value item;
        enum status status = lift_flat(abi, view, type->element, slots, &item);
        if (status == STATUS_OK)
            status = value_list_add(&list, &item);
        if (status != STATUS_OK)
            return status;
        slots += type->element->flat_count;
    }
    *out_value = value_list_end(&list, type->kind);
    return STATUS_OK;
}

static enum status lift_variant(struct component_abi *abi, struct abi_view view,
                                const struct component_type *type, const uint64_t *slots,
                                struct component_value *out_value)
{
    uint32_t index = (uint32_t)slots[0];
    if (index >= component_case_count(type))
        return component_abi_trap(abi, "invalid variant discriminant");
    const struct component_type *payload_type = component_case_type(type, index);
    struct component_value *payload = NULL;
    if (payload_type != NULL) {
        payload = arena_alloc(abi->arena, 1, sizeof *payload);
        if (payload == NULL)
            return STATUS_NO_MEMORY;
        enum status status = lift_flat(abi, view, payload_type, slots + 1, payload);
        if (status != STATUS_OK)
            return status;
    }
    *out_value = (struct component_value){.kind = type->kind,
                                          .variant = {.index = index, .payload = payload}};
    return STATUS_OK;
}

static enum status lift_string(struct component_abi *abi, const uint64_t *slots,
                               struct component_value *out_value)
{
    struct component_string string;
    enum status status = abi_load_string(abi, (uint32_t)slots[0], (uint32_t)slots[1], &string);
    if (status == STATUS_OK)
        *out_value = (struct component_value){.kind = COMPONENT_STRING, .string = string};
    return status;
}

static enum status lift_flat(struct component_abi *abi, struct abi_view view,
                             const struct component_type *type, const uint64_t *slots,
                             struct component_value *out_value)
{
    switch (type->kind) {
    case COMPONENT_CHAR:
        return abi_lift_char(abi, (uint32_t)slots[0], out_value);
    case COMPONENT_STRING:
        return lift_string(abi, slots, out_value);
    case COMPONENT_FIXED_LIST:
        return lift_fixed_list(abi, view, type, slots, out_value);
    case COMPONENT_LIST:
    case COMPONENT_MAP:
        return abi_load_list(abi, view, type, (uint32_t)slots[0], (uint32_t)slots[1], out_value);
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        return lift_record(abi, view, type, slots, out_value);
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return lift_variant(abi, view, type, slots, out_value);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        return abi_lift_handle(abi, type, (uint32_t)slots[0], out_value);
    case COMPONENT_FLAGS:
        *out_value = abi_flags(type, (uint32_t)slots[0]);
        return STATUS_OK;
    default:
        *out_value = abi_scalar(type->kind, slots[0]);
        return STATUS_OK;
    }
}

enum status component_lift_values(struct component_abi *abi, const struct component_field *fields,
                                  uint32_t count, uint32_t max_flat, const uint64_t *slots,
                                  struct component_value *out_values)
{
    struct abi_layout layout = abi_fields_layout(fields, count);
    struct abi_view view = abi_view(abi);
    if (layout.flat_count <= max_flat)
        return lift_fields(abi, view, fields, count, slots, out_values);
    uint32_t address = (uint32_t)slots[0];
    if ((address & (layout.alignment - 1)) != 0)
        return component_abi_trap(abi, "unaligned pointer");
    if (!abi_range_fits(view, address, layout.size))
        return component_abi_trap(abi, "pointer out of bounds of memory");
    return abi_load_fields(abi, view, fields, count, address, out_values);
}
