/*
 * core/component/layout.c: sizes, places and core values of composite types.
 *
 * Sums are taken in 64 bits: at most 10,000 parts, or one part 2^32 times, of less than 2^29 bytes
 * (or 10^6 nodes) each. A value type has to be smaller than 2^28 bytes with pointers of 64 bits
 * (CanonicalABI.md "Element Size"); intern_check.c sees to that. Here twice as much may pass: the
 * tuple of a map is no type that a component defines, so it may hold a key beside such a value.
 */
#include "core/component/layout.h"

#include "core/component/limits.h"

static uint64_t align_up(uint64_t offset, uint32_t alignment)
{
    return (offset + alignment - 1) / alignment * alignment;
}

/* In memory. */
struct extent {
    uint64_t size; /* of a record: where the next field may begin; of cases: the greatest */
    uint8_t alignment;
};

struct sums {
    struct extent narrow, wide; /* with pointers of 32 and of 64 bits */
    uint64_t nodes;             /* of all parts */
    uint8_t depth;
};

static struct extent narrow_extent(const struct component_type *type)
{
    return (struct extent){type->size, type->alignment};
}

static struct extent wide_extent(const struct component_type *type)
{
    return (struct extent){type->wide_size, type->wide_alignment};
}

static void align_with(struct extent *extent, struct extent part)
{
    if (part.alignment > extent->alignment)
        extent->alignment = part.alignment;
}

static void append(struct extent *extent, struct extent part)
{
    align_with(extent, part);
    extent->size = align_up(extent->size, part.alignment) + part.size;
}

static void overlay(struct extent *extent, struct extent part)
{
    align_with(extent, part);
    if (part.size > extent->size)
        extent->size = part.size;
}

static void add_part(struct component_type *type, struct sums *sums,
                     const struct component_type *part)
{
    sums->nodes += part->nodes;
    if (part->depth > sums->depth)
        sums->depth = part->depth;
    type->has_handle = type->has_handle || part->has_handle;
    type->has_borrow = type->has_borrow || part->has_borrow;
    type->has_pointer = type->has_pointer || part->has_pointer;
    type->has_async = type->has_async || part->has_async;
    type->is_open = type->is_open || part->is_open;
    type->has_name = type->has_name || part->has_name;
}

static uint32_t many(uint64_t flat_count)
{
    return flat_count < COMPONENT_FLAT_MANY ? (uint32_t)flat_count : COMPONENT_FLAT_MANY;
}

static void add_field(struct component_type *type, struct sums *sums,
                      const struct component_type *part)
{
    add_part(type, sums, part);
    append(&sums->narrow, narrow_extent(part));
    append(&sums->wide, wide_extent(part));
    uint32_t at = type->flat_count;
    for (uint32_t i = 0; i < part->flat_count && at < COMPONENT_MAX_FLAT_PARAMS; i++)
        type->flat[at++] = part->flat[i];
    type->flat_count = many((uint64_t)type->flat_count + part->flat_count);
}

/* `length` times the same, in no more steps than there are flat places. */
static void be_fixed_list(struct component_type *type, struct sums *sums)
{
    const struct component_type *part = type->element;
    add_part(type, sums, part);
    sums->narrow = (struct extent){(uint64_t)part->size * type->length, part->alignment};
    sums->wide = (struct extent){(uint64_t)part->wide_size * type->length, part->wide_alignment};
    type->flat_count = many((uint64_t)part->flat_count * type->length);
    uint32_t count =
        type->flat_count < COMPONENT_MAX_FLAT_PARAMS ? type->flat_count : COMPONENT_MAX_FLAT_PARAMS;
    for (uint32_t i = 0; i < count; i++)
        type->flat[i] = part->flat[i % part->flat_count];
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
    overlay(&sums->narrow, narrow_extent(payload));
    overlay(&sums->wide, wide_extent(payload));
    for (uint32_t i = 0; i + 1 < COMPONENT_MAX_FLAT_PARAMS && i < payload->flat_count; i++)
        type->flat[i + 1] = join(type->flat[i + 1], payload->flat[i]);
    if (payload->flat_count >= type->flat_count)
        type->flat_count = many((uint64_t)payload->flat_count + 1);
}

static void begin_cases(struct component_type *type, uint32_t count)
{
    type->discriminant_size = count <= 0x100 ? 1 : count <= 0x10000 ? 2 : 4;
    type->flat[0] = WASM_TYPE_I32;
    type->flat_count = 1;
}

/* `payloads`: the greatest payload; afterwards the whole. The offset of payloads in it. */
static uint64_t put_discriminant(struct extent *payloads, uint8_t size)
{
    uint64_t offset = align_up(size, payloads->alignment);
    if (size > payloads->alignment)
        payloads->alignment = size;
    payloads->size += offset;
    return offset;
}

static void end_cases(struct component_type *type, struct sums *sums)
{
    type->payload_offset = (uint32_t)put_discriminant(&sums->narrow, type->discriminant_size);
    (void)put_discriminant(&sums->wide, type->discriminant_size);
}

static void be_words(struct component_type *type, struct sums *sums, uint8_t size, uint32_t words)
{
    sums->narrow = (struct extent){(uint64_t)size * words, size};
    sums->wide = sums->narrow;
    for (uint32_t i = 0; i < words; i++)
        type->flat[i] = WASM_TYPE_I32;
    type->flat_count = words;
}

/* An end of a stream or future is an index: what is sent over it is not in it. */
static void be_end(struct component_type *type, struct sums *sums)
{
    if (type->element != NULL)
        add_part(type, sums, type->element);
    type->has_pointer = false;
    type->has_async = true;
    be_words(type, sums, 4, 1);
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
    case COMPONENT_MAP:
        add_part(type, sums, type->element);
        be_words(type, sums, 4, 2);
        sums->wide = (struct extent){16, 8};
        type->has_pointer = true;
        break;
    case COMPONENT_FIXED_LIST:
        be_fixed_list(type, sums);
        break;
    case COMPONENT_STREAM:
    case COMPONENT_FUTURE:
        be_end(type, sums);
        break;
    case COMPONENT_ERROR_CONTEXT:
        type->has_async = true;
        be_words(type, sums, 4, 1);
        break;
    case COMPONENT_FLAGS:
        be_words(type, sums, type->count <= 8 ? 1 : type->count <= 16 ? 2 : 4, 1);
        break;
    default:
        type->has_handle = true;
        type->has_borrow = type->kind == COMPONENT_BORROW;
        be_words(type, sums, 4, 1);
        break;
    }
}

enum status component_layout(struct component_type *type, const char **out_sentence,
                             uint64_t *out_limit)
{
    struct sums sums = {.narrow = {0, 1}, .wide = {0, 1}, .nodes = 1 + (uint64_t)type->count};
    add_parts(type, &sums);
    uint64_t size = align_up(sums.narrow.size, sums.narrow.alignment);
    uint64_t wide_size = align_up(sums.wide.size, sums.wide.alignment);
    *out_limit = COMPONENT_LIMIT_DEPTH;
    *out_sentence = "a type is more than % levels deep";
    if (sums.depth >= COMPONENT_LIMIT_DEPTH)
        return STATUS_LIMIT;
    *out_limit = COMPONENT_LIMIT_TYPE_SIZE;
    *out_sentence = "a type's effective size is more than %";
    if (sums.nodes > COMPONENT_LIMIT_TYPE_SIZE)
        return STATUS_LIMIT;
    *out_limit = COMPONENT_LIMIT_SIZE;
    *out_sentence = COMPONENT_TOO_LARGE;
    if (wide_size >= 2 * (uint64_t)COMPONENT_LIMIT_SIZE)
        return STATUS_INVALID;
    ASSERT(size <= wide_size);
    type->size = (uint32_t)size;
    type->alignment = sums.narrow.alignment;
    type->wide_size = (uint32_t)wide_size;
    type->wide_alignment = sums.wide.alignment;
    type->nodes = (uint32_t)sums.nodes;
    type->depth = (uint8_t)(sums.depth + 1);
    return STATUS_OK;
}
