/*
 * tests/support/abi_vector.c: one vector, one guest; what comes out must be what the definitions
 * say, bit for bit: values, slots, the log of realloc, memory, handles.
 */
#include "tests/support/abi_vector.h"

#include "core/crypto/sha256.h"
#include "tests/support/abi_guest.h"

#define TYPES_MAX   64u
#define SLOTS_MAX   17u
#define HANDLES_MAX 256u

struct vector {
    struct abi_guest guest;
    struct bytes rest;
    bool is_lower, traps, is_result, has_pointer;
    uint32_t count;
    uint32_t max_flat;
    struct component_field fields[TYPES_MAX];
    struct component_value values[TYPES_MAX];
    bool has_handles;
};

static uint8_t take_byte(struct vector *vector)
{
    ASSERT(vector->rest.len != 0);
    uint8_t byte = vector->rest.data[0];
    vector->rest = bytes_of(vector->rest.data + 1, vector->rest.len - 1);
    return byte;
}

static struct bytes take(struct vector *vector, size_t len)
{
    struct bytes head;
    ASSERT(bytes_take(&vector->rest, len, &head) == STATUS_OK);
    return head;
}

static uint64_t number(struct vector *vector)
{
    return abi_guest_varint(&vector->rest);
}

/* ---- handles ---- */

static void read_handles(struct vector *vector)
{
    struct component_handle_table *table = &vector->guest.instance.handles;
    uint32_t count = (uint32_t)number(vector), free_count = 0;
    ASSERT(count < HANDLES_MAX);
    struct component_handle_entry *entries =
        arena_alloc(vector->guest.arena, HANDLES_MAX, sizeof *entries);
    ASSERT(entries != NULL);
    *table =
        (struct component_handle_table){.entries = entries, .count = count + 1, .cap = HANDLES_MAX};
    for (uint32_t i = 1; i <= count; i++) {
        uint8_t kind = take_byte(vector);
        free_count += kind == 0;
        if (kind == 0)
            continue;
        entries[i].resource = vector->guest.bound[take_byte(vector)];
        entries[i].is_own = kind == 1;
        entries[i].scope = kind == 1 ? NULL : &vector->guest.task;
        entries[i].rep = (uint32_t)number(vector);
        entries[i].lend_count = (uint32_t)number(vector);
    }
    for (; free_count != 0; free_count--) {
        uint32_t handle = take_byte(vector);
        entries[handle].rep = table->free;
        table->free = handle;
    }
    vector->guest.linked.floor = arena_mark(vector->guest.arena);
}

static bool handles_are(struct vector *vector)
{
    const struct component_handle_table *table = &vector->guest.instance.handles;
    uint32_t count = (uint32_t)number(vector), free_count = 0, free = table->free;
    if ((table->count == 0 ? 0 : table->count - 1) != count)
        return false;
    for (uint32_t i = 1; i <= count; i++) {
        const struct component_handle_entry *entry = &table->entries[i];
        uint8_t kind = take_byte(vector);
        if ((kind == 0) != (entry->resource == NULL))
            return false;
        free_count += kind == 0;
        if (kind == 0)
            continue;
        if (entry->resource != vector->guest.bound[take_byte(vector)] ||
            entry->is_own != (kind == 1) || entry->rep != number(vector) ||
            entry->lend_count != number(vector))
            return false;
    }
    /* The list of the definitions ends with the next to be used. */
    struct bytes freed = take(vector, free_count);
    for (uint32_t i = free_count; i-- > 0; free = table->entries[free].rep)
        if (freed.data[i] != free)
            return false;
    return free == 0;
}

/* ---- values ---- */

static struct component_value read_value(struct vector *vector, const struct component_type *type);

static struct component_value read_string(struct vector *vector)
{
    struct bytes text = take(vector, (size_t)number(vector));
    struct component_value value = component_string_value(text);
    uint8_t source = take_byte(vector);
    uint32_t units = 0;
    for (size_t i = 0; i < text.len; i++) /* UTF-16: one for a lead byte, two for one of four */
        units += (text.data[i] & 0xC0) != 0x80 ? text.data[i] >= 0xF0 ? 2 : 1 : 0;
    value.string.source = source == 3 ? COMPONENT_LATIN1_UTF16 : (enum component_encoding)source;
    value.string.is_utf16 = source == 3;
    value.string.units = source == 0 ? (uint32_t)text.len : units;
    return value;
}

static void *alloc(struct vector *vector, size_t count, size_t size)
{
    void *memory = arena_alloc(vector->guest.arena, count, size);
    ASSERT(memory != NULL);
    return memory;
}

static uint64_t scalar_bits(struct vector *vector, enum component_kind kind)
{
    uint64_t bits;
    switch (kind) {
    case COMPONENT_BOOL:
        return take_byte(vector);
    case COMPONENT_F32:
        return load_le32(take(vector, 4).data);
    case COMPONENT_F64:
        return load_le64(take(vector, 8).data);
    case COMPONENT_S8:
    case COMPONENT_S16:
    case COMPONENT_S32:
    case COMPONENT_S64:
        bits = number(vector);
        return bits >> 1 ^ (0 - (bits & 1));
    default:
        return number(vector);
    }
}

static struct component_value read_list(struct vector *vector, const struct component_type *type)
{
    uint32_t count = type->kind == COMPONENT_FIXED_LIST ? type->length : (uint32_t)number(vector);
    struct component_value list = {.kind = type->kind, .items = {.count = count}};
    if (component_type_is_packed(type->element)) {
        uint32_t size = type->element->size;
        uint8_t *packed = alloc(vector, count, size);
        list.items.packed = packed;
        for (uint32_t i = 0; i < count; i++) {
            uint8_t bytes[8];
            store_le64(bytes, scalar_bits(vector, type->element->kind));
            memcpy(packed + (size_t)i * size, bytes, size);
        }
        return list;
    }
    struct component_value *items = alloc(vector, count, sizeof *items);
    list.items.items = items;
    for (uint32_t i = 0; i < count; i++)
        items[i] = read_value(vector, type->element);
    return list;
}

static struct component_value read_items(struct vector *vector, const struct component_type *type)
{
    struct component_value *items = alloc(vector, type->count, sizeof *items);
    for (uint32_t i = 0; i < type->count; i++)
        items[i] = read_value(vector, type->fields[i].type);
    return (struct component_value){.kind = type->kind,
                                    .items = {.count = type->count, .items = items}};
}

static struct component_value read_case(struct vector *vector, const struct component_type *type)
{
    struct component_value value = {.kind = type->kind,
                                    .variant = {.index = (uint32_t)number(vector)}};
    const struct component_type *payload_type = component_case_type(type, value.variant.index);
    if (payload_type != NULL) {
        struct component_value *payload = alloc(vector, 1, sizeof *payload);
        *payload = read_value(vector, payload_type);
        value.variant.payload = payload;
    }
    return value;
}

static struct component_value read_value(struct vector *vector, const struct component_type *type)
{
    struct component_value value = {.kind = type->kind};
    switch (type->kind) {
    case COMPONENT_STRING:
        return read_string(vector);
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
    case COMPONENT_MAP:
        return read_list(vector, type);
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        return read_items(vector, type);
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return read_case(vector, type);
    case COMPONENT_FLAGS:
        value.flags = (uint32_t)number(vector);
        return value;
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        value.handle = (struct component_handle){vector->guest.bound[type->resource],
                                                 (uint32_t)number(vector)};
        return value;
    case COMPONENT_BOOL:
        value.boolean = take_byte(vector) != 0;
        return value;
    case COMPONENT_F32:
        value.f32 = (uint32_t)scalar_bits(vector, COMPONENT_F32);
        return value;
    default:
        value.u = scalar_bits(vector, type->kind);
        return value;
    }
}

static bool is_value(struct vector *vector, const struct component_type *type,
                     const struct component_value *value);

static bool is_list(struct vector *vector, const struct component_type *type,
                    const struct component_items *list)
{
    if (list->count != (type->kind == COMPONENT_FIXED_LIST ? type->length : number(vector)))
        return false;
    for (uint32_t i = 0; i < list->count; i++) {
        if (!component_type_is_packed(type->element)) {
            if (!is_value(vector, type->element, &list->items[i]))
                return false;
            continue;
        }
        uint32_t size = type->element->size;
        uint8_t bytes[8];
        store_le64(bytes, scalar_bits(vector, type->element->kind));
        if (memcmp(bytes, list->packed + (size_t)i * size, size) != 0)
            return false;
    }
    return true;
}

static bool is_case(struct vector *vector, const struct component_type *type,
                    const struct component_case *variant)
{
    if (variant->index != number(vector))
        return false;
    const struct component_type *payload = component_case_type(type, variant->index);
    return payload == NULL ? variant->payload == NULL : is_value(vector, payload, variant->payload);
}

/* Is the value that was lifted the one that stands next? */
static bool is_value(struct vector *vector, const struct component_type *type,
                     const struct component_value *value)
{
    struct bytes text;
    bool is_alike = true;
    switch (type->kind) {
    case COMPONENT_STRING:
        text = take(vector, (size_t)number(vector));
        return bytes_equal(text, bytes_of(value->string.data, value->string.len)) &&
               value->string.source == vector->guest.abi.encoding;
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
    case COMPONENT_MAP:
        return is_list(vector, type, &value->items);
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        for (uint32_t i = 0; i < type->count && is_alike; i++)
            is_alike = is_value(vector, type->fields[i].type, &value->items.items[i]);
        return is_alike;
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return is_case(vector, type, &value->variant);
    case COMPONENT_FLAGS:
        return value->flags == number(vector);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        return value->handle.resource == vector->guest.bound[type->resource] &&
               value->handle.rep == number(vector);
    case COMPONENT_BOOL:
        return value->boolean == (take_byte(vector) != 0);
    case COMPONENT_F32:
        return value->f32 == scalar_bits(vector, COMPONENT_F32);
    default:
        return value->u == scalar_bits(vector, type->kind);
    }
}

/* ---- vectors ---- */

static bool digest_is(struct vector *vector, struct bytes data)
{
    uint8_t digest[32];
    sha256_digest(data, digest);
    return memcmp(digest, take(vector, 4).data, 4) == 0;
}

/* A refusal has its sentence and its kind; the flag is as it was where guest code returned. */
static const char *trap_is_told(const struct vector *vector)
{
    const struct abi_guest *guest = &vector->guest;
    bool is_wasm = guest->abi.outcome.trap != WASM_TRAP_NONE;
    if (!guest->report.is_set)
        return "no sentence with a trap";
    return (guest->abi.refusal != 0) != is_wasm ? NULL : "neither a refusal nor a trap";
}

static const char *check_lift(struct vector *vector)
{
    struct abi_guest *guest = &vector->guest;
    uint64_t slots[SLOTS_MAX] = {0};
    abi_guest_setup(guest, 0, ABI_GUEST_MOVES, (uint32_t)number(vector));
    for (uint64_t count = number(vector); count != 0; count--) {
        uint32_t address = (uint32_t)number(vector);
        struct bytes data = take(vector, (size_t)number(vector));
        memcpy(abi_guest_at(guest, address), data.data, data.len);
    }
    uint64_t slot_count = number(vector);
    ASSERT(slot_count <= SLOTS_MAX);
    for (uint64_t i = 0; i < slot_count; i++)
        slots[i] = number(vector);
    enum status status = component_lift_values(&guest->abi, vector->fields, vector->count,
                                               vector->max_flat, slots, vector->values);
    if (vector->traps)
        return status == STATUS_TRAP ? trap_is_told(vector) : "lifts where it must trap";
    if (status != STATUS_OK)
        return "does not lift";
    for (uint32_t i = 0; i < vector->count; i++) {
        if (component_value_check(&vector->values[i], vector->fields[i].type, NULL) != STATUS_OK)
            return "lifts what is no value of the type";
        if (!is_value(vector, vector->fields[i].type, &vector->values[i]))
            return "lifts another value";
    }
    return handles_are(vector) ? NULL : "other handles after lifting";
}

static const char *check_lower(struct vector *vector)
{
    struct abi_guest *guest = &vector->guest;
    uint64_t slots[SLOTS_MAX] = {0}, pointer = 0;
    uint32_t heap = (uint32_t)number(vector), slot_count = 0;
    abi_guest_setup(guest, heap, (enum abi_guest_mode)take_byte(vector), 1);
    if (vector->has_pointer)
        pointer = number(vector);
    for (uint32_t i = 0; i < vector->count; i++) {
        vector->values[i] = read_value(vector, vector->fields[i].type);
        slot_count += vector->fields[i].type->flat_count;
        if (component_value_check(&vector->values[i], vector->fields[i].type, NULL) != STATUS_OK)
            return "a value is refused";
    }
    if (slot_count > vector->max_flat)
        slot_count = vector->has_pointer ? 0 : 1;
    enum status status =
        component_lower_values(&guest->abi, vector->fields, vector->count, vector->max_flat,
                               vector->values, vector->has_pointer ? &pointer : NULL, slots);
    if (vector->traps)
        return status == STATUS_TRAP ? trap_is_told(vector) : "lowers where it must trap";
    if (status != STATUS_OK)
        return "does not lower";
    if (!guest->instance.may_leave)
        return "may not leave any more";
    if (!digest_is(vector, bytes_of(slots, slot_count * sizeof slots[0])))
        return "lowers to other core values";
    if (!digest_is(vector, abi_guest_log(guest)))
        return "asks realloc for something else";
    if (!digest_is(vector, abi_guest_memory(guest)))
        return "leaves other bytes in memory";
    return handles_are(vector) ? NULL : "other handles after lowering";
}

static const char *check(struct vector *vector, struct bytes bytes,
                         struct abi_vector_counts *counts)
{
    memset(vector, 0, sizeof *vector);
    vector->rest = bytes;
    uint8_t flags = take_byte(vector);
    vector->is_lower = (flags & 1) != 0;
    vector->traps = (flags & 2) != 0;
    vector->is_result = (flags & 16) != 0;
    vector->has_pointer = (flags & 32) != 0;
    vector->max_flat = vector->is_result ? COMPONENT_MAX_FLAT_RESULTS : COMPONENT_MAX_FLAT_PARAMS;
    abi_guest_begin(&vector->guest, take_byte(vector), (enum component_encoding)(flags >> 2 & 3));
    vector->count = (uint32_t)number(vector);
    ASSERT(vector->count <= TYPES_MAX);
    bool has_handles = false;
    for (uint32_t i = 0; i < vector->count; i++) {
        vector->fields[i].type = abi_guest_type(&vector->guest.types, &vector->rest);
        ASSERT(vector->fields[i].type != NULL);
        has_handles |= vector->fields[i].type->has_handle;
    }
    read_handles(vector);
    const char *why = vector->is_lower ? check_lower(vector) : check_lift(vector);
    if (why == NULL && !vector->traps && vector->rest.len != 0)
        why = "the vector has more in it";
    *(vector->is_lower ? &counts->lowers : &counts->lifts) += 1;
    counts->traps += vector->traps;
    counts->with_handles += has_handles;
    abi_guest_end(&vector->guest);
    return why;
}

bool abi_vectors_replay(struct bytes file, struct abi_vector_counts *out_counts)
{
    static struct vector vector;
    struct bytes head, body;
    struct abi_vector_counts counts = {0};
    if (bytes_take(&file, 6, &head) != STATUS_OK || !bytes_equal(head, BYTES_LITERAL("AVEC1\n")))
        return false;
    for (uint32_t at = 0; file.len != 0; at++) {
        if (bytes_take(&file, 2, &head) != STATUS_OK ||
            bytes_take(&file, load_le16(head.data), &body) != STATUS_OK)
            return false;
        const char *why = check(&vector, body, &counts);
        if (why != NULL && counts.failed++ == 0) {
            counts.first_failed = at;
            counts.why = why;
        }
    }
    *out_counts = counts;
    return true;
}
