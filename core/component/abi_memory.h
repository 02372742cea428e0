/*
 * core/component/abi_memory.h: guest memory and realloc, as lift*.c, lower*.c and string_*.c use
 * them. For core/component alone.
 *
 * A view is good until guest code runs: after every realloc it is taken again. Memories only grow,
 * so a range that was inside of one stays inside.
 */
#ifndef AETHER_COMPONENT_ABI_MEMORY_H
#define AETHER_COMPONENT_ABI_MEMORY_H

#include "core/component/abi.h"

struct abi_view {
    uint8_t *base;
    uint64_t len;
};

/* Without a memory: nothing, into which nothing fits. */
static inline struct abi_view abi_view(const struct component_abi *abi)
{
    struct abi_view view = {NULL, 0};
    if (abi->memory != NULL)
        wasm_memory_bytes(abi->memory, &view.base, &view.len);
    return view;
}

static inline bool abi_range_fits(struct abi_view view, uint32_t address, uint64_t len)
{
    return address <= view.len && len <= view.len - address;
}

static inline uint8_t *abi_at(const struct component_abi *abi, uint32_t address)
{
    return abi_view(abi).base + address;
}

static inline uint32_t abi_align(uint32_t at, uint32_t alignment)
{
    return (at + alignment - 1) & ~(alignment - 1);
}

/* Of the tuple of all fields: at most COMPONENT_LIMIT_PARAMS of COMPONENT_LIMIT_SIZE each. */
struct abi_layout {
    uint64_t size;
    uint32_t alignment;
    uint32_t flat_count;
};
struct abi_layout abi_fields_layout(const struct component_field *fields, uint32_t count);

/* The guest's realloc: room for `len` bytes that is aligned and inside of its memory. */
struct abi_room {
    uint32_t address;
    uint32_t len;
};
enum status MUST_CHECK abi_realloc(struct component_abi *abi, struct abi_room old,
                                   uint32_t alignment, uint64_t len, struct abi_room *out_room);

/* A string, from and to the encoding of the guest. `tagged` is its length in code units, for
 * LATIN1_UTF16 with the tag that says which of the two it is. */
#define ABI_UTF16_TAG 0x80000000u
enum status MUST_CHECK abi_load_string(struct component_abi *abi, uint32_t address, uint32_t tagged,
                                       struct component_string *out_string);
enum status MUST_CHECK abi_store_string(struct component_abi *abi,
                                        const struct component_string *string,
                                        uint32_t *out_address, uint32_t *out_tagged);

/* NaN has one form on both sides (semantics.md 4). */
static inline uint32_t abi_canonical_f32(uint32_t bits)
{
    return (bits & 0x7FFFFFFF) > 0x7F800000 ? 0x7FC00000 : bits;
}

static inline uint64_t abi_canonical_f64(uint64_t bits)
{
    return (bits & 0x7FFFFFFFFFFFFFFF) > 0x7FF0000000000000 ? 0x7FF8000000000000 : bits;
}

/* The same for a packed list of f32 or f64; other kinds have no such form. */
void abi_canonical_floats(enum component_kind kind, uint8_t *data, uint32_t count);

/* What the core value of a number, in the low bits of `slot`, is as a value: wrapped to the kind's
 * width. Not for char, string and what holds other values. */
struct component_value abi_scalar(enum component_kind kind, uint64_t slot);

/* The core value of a number, in the form of a slot. */
uint64_t abi_slot(const struct component_value *value);

/* Values in memory that was checked to hold them; `view` is current. */
enum status MUST_CHECK abi_load(struct component_abi *abi, struct abi_view view,
                                const struct component_type *type, uint32_t address,
                                struct component_value *out_value);
enum status MUST_CHECK abi_load_fields(struct component_abi *abi, struct abi_view view,
                                       const struct component_field *fields, uint32_t count,
                                       uint32_t address, struct component_value *out_values);
enum status MUST_CHECK abi_store(struct component_abi *abi, const struct component_type *type,
                                 const struct component_value *value, uint32_t address);
enum status MUST_CHECK abi_store_fields(struct component_abi *abi,
                                        const struct component_field *fields, uint32_t count,
                                        const struct component_value *values, uint32_t address);

/* The parts of a value that take the same way from and to memory as flat. */
enum status MUST_CHECK abi_load_list(struct component_abi *abi, struct abi_view view,
                                     const struct component_type *type, uint32_t address,
                                     uint32_t count, struct component_value *out_value);
enum status MUST_CHECK abi_store_list(struct component_abi *abi, const struct component_type *type,
                                      const struct component_items *items, uint32_t *out_address);
enum status MUST_CHECK abi_lift_char(struct component_abi *abi, uint32_t number,
                                     struct component_value *out_value);
enum status MUST_CHECK abi_lift_handle(struct component_abi *abi, const struct component_type *type,
                                       uint32_t handle, struct component_value *out_value);
enum status MUST_CHECK abi_lower_handle(struct component_abi *abi,
                                        const struct component_type *type,
                                        const struct component_value *value, uint32_t *out_handle);
struct component_value abi_flags(const struct component_type *type, uint32_t bits);

#endif
