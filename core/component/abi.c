/*
 * core/component/abi.c: what lifting and lowering share: traps, realloc, scalars.
 */
#include "core/component/abi_memory.h"

#include "aether/abi/outcome.h"

enum status component_abi_trap(struct component_abi *abi, const char *sentence)
{
    report_write(abi->report, REPORT_NO_OFFSET, sentence);
    abi->refusal = REFUSAL_CANONICAL_ABI;
    return STATUS_TRAP;
}

static uint64_t align_size(uint64_t size, uint64_t alignment)
{
    return (size + alignment - 1) & ~(alignment - 1);
}

struct abi_layout abi_fields_layout(const struct component_field *fields, uint32_t count)
{
    struct abi_layout layout = {0, 1, 0};
    for (uint32_t i = 0; i < count; i++) {
        const struct component_type *type = fields[i].type;
        layout.size = align_size(layout.size, type->alignment) + type->size;
        if (type->alignment > layout.alignment)
            layout.alignment = type->alignment;
        if (layout.flat_count < COMPONENT_FLAT_MANY)
            layout.flat_count += type->flat_count;
    }
    layout.size = align_size(layout.size, layout.alignment);
    return layout;
}

/* One call of the guest's function, which may not leave its instance meanwhile. */
static enum status call_realloc(struct component_abi *abi, uint64_t slots[static 4])
{
    bool may_leave = abi->may_leave != NULL && *abi->may_leave;
    if (abi->may_leave != NULL)
        *abi->may_leave = false;
    enum status status = wasm_call_ref(abi->store, abi->realloc, slots, &abi->outcome);
    if (status == STATUS_NOT_FOUND)
        return component_abi_trap(abi, "realloc is not a function of the guest");
    if (status != STATUS_OK)
        return status;
    if (abi->outcome.trap != WASM_TRAP_NONE) {
        report_write(abi->report, REPORT_NO_OFFSET, "realloc trapped");
        return STATUS_TRAP;
    }
    if (abi->may_leave != NULL)
        *abi->may_leave = may_leave;
    return STATUS_OK;
}

enum status abi_realloc(struct component_abi *abi, struct abi_room old, uint32_t alignment,
                        uint64_t len, struct abi_room *out_room)
{
    uint64_t slots[4] = {old.address, old.len, alignment, len};
    if (len > UINT32_MAX)
        return component_abi_trap(abi, "value is too large for the guest's memory");
    if (abi->realloc == 0 || abi->memory == NULL)
        return component_abi_trap(abi, "no realloc was given");
    enum status status = call_realloc(abi, slots);
    if (status != STATUS_OK)
        return status;
    uint32_t address = (uint32_t)slots[0];
    if ((address & (alignment - 1)) != 0)
        return component_abi_trap(abi, "realloc return: result not aligned");
    if (!abi_range_fits(abi_view(abi), address, len))
        return component_abi_trap(abi, "realloc return: beyond end of memory");
    *out_room = (struct abi_room){address, (uint32_t)len};
    return STATUS_OK;
}

void abi_canonical_floats(enum component_kind kind, uint8_t *data, uint32_t count)
{
    if (kind == COMPONENT_F32)
        for (uint32_t i = 0; i < count; i++)
            store_le32(data + (size_t)i * 4, abi_canonical_f32(load_le32(data + (size_t)i * 4)));
    else if (kind == COMPONENT_F64)
        for (uint32_t i = 0; i < count; i++)
            store_le64(data + (size_t)i * 8, abi_canonical_f64(load_le64(data + (size_t)i * 8)));
}

static int64_t sign_extended(uint64_t bits, unsigned width)
{
    return (int64_t)(bits << (64 - width)) >> (64 - width);
}

struct component_value abi_scalar(enum component_kind kind, uint64_t slot)
{
    struct component_value value = {.kind = kind};
    switch (kind) {
    case COMPONENT_BOOL:
        value.boolean = (uint32_t)slot != 0;
        break;
    case COMPONENT_S8:
        value.s = sign_extended(slot, 8);
        break;
    case COMPONENT_S16:
        value.s = sign_extended(slot, 16);
        break;
    case COMPONENT_S32:
        value.s = sign_extended(slot, 32);
        break;
    case COMPONENT_U8:
        value.u = (uint8_t)slot;
        break;
    case COMPONENT_U16:
        value.u = (uint16_t)slot;
        break;
    case COMPONENT_U32:
        value.u = (uint32_t)slot;
        break;
    case COMPONENT_F32:
        value.f32 = abi_canonical_f32((uint32_t)slot);
        break;
    case COMPONENT_F64:
        value.f64 = abi_canonical_f64(slot);
        break;
    default:
        ASSERT(kind == COMPONENT_S64 || kind == COMPONENT_U64);
        value.u = slot;
    }
    return value;
}

uint64_t abi_slot(const struct component_value *value)
{
    switch (value->kind) {
    case COMPONENT_BOOL:
        return value->boolean;
    case COMPONENT_S8:
    case COMPONENT_S16:
    case COMPONENT_S32:
        return (uint32_t)value->s;
    case COMPONENT_F32:
        return abi_canonical_f32(value->f32);
    case COMPONENT_F64:
        return abi_canonical_f64(value->f64);
    default:
        return value->u;
    }
}
