/*
 * core/component/layout.c: sizes, places and core values of composite types.
 *
 * Sums are taken in 64 bits: at most 10,000 parts of at most 2^28 bytes (or 10^6 nodes) each.
 * A type of 10^6 nodes takes at most 16 bytes for each: so values are smaller than 2^28 bytes
 * (CanonicalABI.md "Element Size") whatever the type.
 */
#include "core/component/layout.h"

#include "core/component/limits.h"

static uint64_t align_up(uint64_t offset, uint32_t alignment)
{
    return (offset + alignment - 1) / alignment * alignment;
}

struct sums {
    uint64_t size;  /* of a record: where the next field may begin; of cases: the greatest */
    uint64_t nodes; /* of all parts */
    uint8_t depth;
    uint8_t alignment;
};

static void add_part(struct component_type *type, struct sums *sums,
                     const struct component_type *part)
{
    sums->nodes += part->nodes;
    if (part->depth > sums->depth)
        sums->depth = part->depth;
    if (part->alignment > sums->alignment)
        sums->alignment = part->alignment;
    type->has_handle = type->has_handle || part->has_handle;
    type->has_borrow = type->has_borrow || part->has_borrow;
    type->has_pointer = type->has_pointer || part->has_pointer;
    type->is_open = type->is_open || part->is_open;
    type->has_name = type->has_name || part->has_name;
}

static void add_field(struct component_type *type, struct sums *sums,
                      const struct component_type *part)
{
    add_part(type, sums, part);
    sums->size = align_up(sums->size, part->alignment) + part->size;
    uint32_t at = type->flat_count;
    for (uint32_t i = 0; i < part->flat_count && at < COMPONENT_MAX_FLAT_PARAMS; i++)
        type->flat[at++] = part->flat[i];
    type->flat_count += part->flat_count;
    if (type->flat_count > COMPONENT_FLAT_MANY)
        type->flat_count = COMPONENT_FLAT_MANY;
}

/* The core type that values of both fit in (CanonicalABI.md `join`). */
static uint8_t join(uint8_t a, uint8_t b)
{
    if (a == b || b == 0)
        return a;
    if (a == 0)
        return b;
    bool are_32 =
        (a == WASM_TYPE_I32 || a == WASM_TYPE_F32) && (b == WASM_TYPE_I32 || b == WASM_TYPE_F32);
    return are_32 ? WASM_TYPE_I32 : WASM_TYPE_I64;
}

/* `flat[0]` is the discriminant's; a payload's begin behind it. */
static void add_case(struct component_type *type, struct sums *sums,
                     const struct component_type *payload)
{
    if (payload == NULL)
        return;
    add_part(type, sums, payload);
    if (payload->size > sums->size)
        sums->size = payload->size;
    for (uint32_t i = 0; i + 1 < COMPONENT_MAX_FLAT_PARAMS && i < payload->flat_count; i++)
        type->flat[i + 1] = join(type->flat[i + 1], payload->flat[i]);
    if (payload->flat_count + 1 > type->flat_count)
        type->flat_count = payload->flat_count + 1;
    if (type->flat_count > COMPONENT_FLAT_MANY)
        type->flat_count = COMPONENT_FLAT_MANY;
}

static void begin_cases(struct component_type *type, uint32_t count)
{
    type->discriminant_size = count <= 0x100 ? 1 : count <= 0x10000 ? 2 : 4;
    type->flat[0] = WASM_TYPE_I32;
    type->flat_count = 1;
}

/* sums: the greatest payload; afterwards the whole. */
static void end_cases(struct component_type *type, struct sums *sums)
{
    type->payload_offset = (uint32_t)align_up(type->discriminant_size, sums->alignment);
    if (type->discriminant_size > sums->alignment)
        sums->alignment = type->discriminant_size;
    sums->size += type->payload_offset;
}

static void be_word(struct component_type *type, struct sums *sums, uint8_t size, uint32_t words)
{
    sums->size = (uint64_t)size * words;
    sums->alignment = size;
    for (uint32_t i = 0; i < words; i++)
        type->flat[i] = WASM_TYPE_I32;
    type->flat_count = words;
}

static void add_parts(struct component_type *type, struct sums *sums)
{
    switch (type->kind) {
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        for (uint32_t i = 0; i < type->count; i++)
            add_field(type, sums, type->fields[i].type);
        break;
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
        begin_cases(type, type->count);
        for (uint32_t i = 0; i < type->count; i++)
            add_case(type, sums, type->fields[i].type);
        end_cases(type, sums);
        break;
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        begin_cases(type, 2);
        add_case(type, sums, type->element);
        add_case(type, sums, type->error);
        end_cases(type, sums);
        break;
    case COMPONENT_LIST:
        add_part(type, sums, type->element);
        be_word(type, sums, 4, 2);
        type->has_pointer = true;
        break;
    case COMPONENT_FLAGS:
        be_word(type, sums, type->count <= 8 ? 1 : type->count <= 16 ? 2 : 4, 1);
        break;
    default:
        type->has_handle = true;
        type->has_borrow = type->kind == COMPONENT_BORROW;
        be_word(type, sums, 4, 1);
        break;
    }
}

const char *component_layout(struct component_type *type, uint64_t *out_limit)
{
    struct sums sums = {.alignment = 1, .nodes = 1 + (uint64_t)type->count};
    add_parts(type, &sums);
    uint64_t size = align_up(sums.size, sums.alignment);
    *out_limit = COMPONENT_LIMIT_DEPTH;
    if (sums.depth >= COMPONENT_LIMIT_DEPTH)
        return "a type is more than % levels deep";
    *out_limit = COMPONENT_LIMIT_TYPE_SIZE;
    if (sums.nodes > COMPONENT_LIMIT_TYPE_SIZE)
        return "a type's effective size is more than %";
    ASSERT(size < COMPONENT_LIMIT_SIZE);
    type->size = (uint32_t)size;
    type->alignment = sums.alignment;
    type->nodes = (uint32_t)sums.nodes;
    type->depth = (uint8_t)(sums.depth + 1);
    return NULL;
}
