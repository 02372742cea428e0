/*
 * core/component/value.h: values of the component model as C values, in the caller's arena.
 *
 * A value says its kind, not its type: who makes one for a function makes it by the function's
 * type, and component_value_check says whether it fits. Nothing in a value is owned: strings,
 * items and payloads are borrowed from the arena that they were made in.
 */
#ifndef AETHER_COMPONENT_VALUE_H
#define AETHER_COMPONENT_VALUE_H

#include "core/component/component.h"

struct component_resource; /* a resource type at run time: instance.h */
struct component_value;

/* UTF-8 always, whatever the guest's memory holds. `source` and `units` say how it was in the
 * memory it was lifted from: they decide which room a lowering asks realloc for, and when. Made by
 * a host: COMPONENT_UTF8 and len. */
struct component_string {
    const uint8_t *data;
    uint32_t len;
    uint32_t units; /* code units of the source */
    enum component_encoding source;
    bool is_utf16; /* source LATIN1_UTF16: which of the two it was */
};

/* list (of a fixed length, too), map (of tuples of key and value, in any order, keys may come
 * again), record, tuple. A list of integers or floats is packed: `packed` holds count elements,
 * little-endian, without gaps, and `items` is NULL. */
struct component_items {
    uint32_t count;
    const struct component_value *items;
    const uint8_t *packed;
};

/* variant, enum, option (0 none, 1 some), result (0 ok, 1 error). */
struct component_case {
    uint32_t index;
    const struct component_value *payload; /* NULL: none */
};

/* own, borrow: the resource and what its maker calls this one of them. */
struct component_handle {
    struct component_resource *resource;
    uint32_t rep;
};

struct component_value {
    enum component_kind kind;
    union {
        bool boolean;
        int64_t s;      /* s8 to s64 */
        uint64_t u;     /* u8 to u64, char */
        uint32_t f32;   /* bits */
        uint64_t f64;   /* bits */
        uint32_t flags; /* bit i: label i */
        struct component_string string;
        struct component_items items;
        struct component_case variant; /* also enum, option, result */
        struct component_handle handle;
    };
};

/* Is a list of this element type packed? (u8 to u64, s8 to s64, f32, f64) */
bool component_type_is_packed(const struct component_type *element);

/* Bytes of one of them. */
uint32_t component_packed_size(enum component_kind kind);

/* Cases of a variant, enum, option, result; the payload's type of one, NULL: none. */
uint32_t component_case_count(const struct component_type *type);
const struct component_type *component_case_type(const struct component_type *type, uint32_t index);

/* A host's string. */
static inline struct component_value component_string_value(struct bytes text)
{
    uint32_t len = text.len <= UINT32_MAX ? (uint32_t)text.len : UINT32_MAX;
    return (struct component_value){
        .kind = COMPONENT_STRING,
        .string = {.data = text.data, .len = len, .units = len, .source = COMPONENT_UTF8}};
}

/* Does `value` have the form of `type`? Handles are taken at their word. INVALID names the place.
 */
enum status MUST_CHECK component_value_check(const struct component_value *value,
                                             const struct component_type *type,
                                             struct report *report);

#endif
