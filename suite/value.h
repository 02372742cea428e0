/*
 * suite/value.h: arguments and expected results of a suite's commands.
 *
 * On the wire: u8 kind, then by kind
 *   I32 F32                    u32 bits
 *   I64 F64                    u64 bits
 *   F32_NAN F64_NAN            u8 class
 *   V128                       16 bytes
 *   V128_F32, V128_F64         16 bytes, then a u8 class for each of 4 or 2 lanes
 *   REF_NULL                   nothing: all nulls of a hierarchy are one
 *   REF_EXTERN REF_HOST        u32 number: as the host sees it, as any.convert_extern leaves it
 *   REF_SOME                   u8 what (SUITE_SOME_*): a reference to something of that kind
 *   EITHER                     u8 count, then so many values, none of them EITHER
 *
 * A class is 0 for bits that have to be as given, else any canonical or any arithmetic NaN. This
 * engine makes one NaN, the positive canonical one (semantics.md 4), so both classes mean just
 * that; a canonical lane of a vector may be negative, too: a change of sign keeps bits.
 */
#ifndef AETHER_SUITE_VALUE_H
#define AETHER_SUITE_VALUE_H

#include "core/base/bytes.h"

enum suite_value_kind {
    SUITE_VALUE_NONE = 0, /* in memory only: not read yet */
    SUITE_VALUE_I32 = 1,
    SUITE_VALUE_I64 = 2,
    SUITE_VALUE_F32 = 3,
    SUITE_VALUE_F64 = 4,
    SUITE_VALUE_F32_NAN = 5,
    SUITE_VALUE_F64_NAN = 6,
    SUITE_VALUE_V128 = 7,
    SUITE_VALUE_V128_F32 = 8,
    SUITE_VALUE_V128_F64 = 9,
    SUITE_VALUE_REF_NULL = 10,
    SUITE_VALUE_REF_EXTERN = 11,
    SUITE_VALUE_REF_HOST = 12,
    SUITE_VALUE_REF_SOME = 13,
    SUITE_VALUE_EITHER = 14,
};

enum suite_nan { SUITE_NAN_NONE = 0, SUITE_NAN_CANONICAL = 1, SUITE_NAN_ARITHMETIC = 2 };

enum suite_some {
    SUITE_SOME_NONE = 0,
    SUITE_SOME_FUNC = 1,
    SUITE_SOME_EXTERN = 2,
    SUITE_SOME_ANY = 3,
    SUITE_SOME_EQ = 4,
    SUITE_SOME_I31 = 5,
    SUITE_SOME_STRUCT = 6,
    SUITE_SOME_ARRAY = 7,
    SUITE_SOME_EXN = 8,
};

#define SUITE_VALUE_LANES 4

struct suite_value {
    enum suite_value_kind kind;
    uint64_t bits[2]; /* V128: low half first; a reference's number */
    enum suite_nan nan[SUITE_VALUE_LANES];
    enum suite_some some;
    uint8_t alternatives; /* EITHER: how many values follow */
};

/* Values one after another, packed. */
struct suite_values {
    uint32_t count;
    struct bytes packed;
};

/* Takes one value, of an EITHER only the head. MALFORMED or TRUNCATED leave `*rest` anywhere. */
enum status MUST_CHECK suite_value_read(struct bytes *rest, struct suite_value *out_value);

/* Appends one value to what a writer has. NO_MEMORY. */
enum status MUST_CHECK suite_value_write(struct buffer *buffer, const struct suite_value *value);

#endif
