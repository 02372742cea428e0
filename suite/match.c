/*
 * suite/match.c: values and traps, as expected or not.
 */
#include "suite/match.h"

#define NAN_F32 0x7FC00000u
#define NAN_F64 0x7FF8000000000000u

static bool is_null(uint64_t slot)
{
    return slot == 0;
}

static bool is_extern(uint64_t slot, uint64_t number)
{
    return number <= WASM_EXTERN_REF_MAX && slot == wasm_extern_ref((uint32_t)number);
}

static bool is_type_of(enum suite_value_kind kind, uint32_t type)
{
    switch (kind) {
    case SUITE_VALUE_I32:
        return type == WASM_TYPE_I32;
    case SUITE_VALUE_I64:
        return type == WASM_TYPE_I64;
    case SUITE_VALUE_F32:
    case SUITE_VALUE_F32_NAN:
        return type == WASM_TYPE_F32;
    case SUITE_VALUE_F64:
    case SUITE_VALUE_F64_NAN:
        return type == WASM_TYPE_F64;
    case SUITE_VALUE_V128:
    case SUITE_VALUE_V128_F32:
    case SUITE_VALUE_V128_F64:
        return type == WASM_TYPE_V128;
    case SUITE_VALUE_REF_NULL:
    case SUITE_VALUE_REF_EXTERN:
    case SUITE_VALUE_REF_HOST:
    case SUITE_VALUE_REF_SOME:
        return wasm_type_is_ref(type);
    case SUITE_VALUE_EITHER:
    default:
        return false;
    }
}

bool suite_value_slots(const struct suite_value *value, uint32_t type, uint64_t *slots)
{
    if (!is_type_of(value->kind, type))
        return false;
    slots[0] = value->bits[0];
    switch (value->kind) {
    case SUITE_VALUE_I32:
    case SUITE_VALUE_F32:
    case SUITE_VALUE_I64:
    case SUITE_VALUE_F64:
        return true;
    case SUITE_VALUE_V128:
        slots[1] = value->bits[1];
        return true;
    case SUITE_VALUE_REF_NULL:
        slots[0] = 0;
        return true;
    case SUITE_VALUE_REF_EXTERN:
    case SUITE_VALUE_REF_HOST:
        if (value->bits[0] > WASM_EXTERN_REF_MAX)
            return false;
        slots[0] = wasm_extern_ref((uint32_t)value->bits[0]);
        return true;
    default:
        return false;
    }
}

/* A lane that is the canonical NaN may be so by a change of sign (f64x2.neg), which keeps bits. */
static bool is_lane(uint64_t got, uint64_t wanted, enum suite_nan class, uint64_t nan,
                    uint64_t sign)
{
    if (class == SUITE_NAN_NONE)
        return got == wanted;
    return got == nan || (class == SUITE_NAN_CANONICAL && got == (nan | sign));
}

static bool is_v128_f32(const struct suite_value *value, const uint64_t *slots)
{
    for (unsigned lane = 0; lane < 4; lane++) {
        unsigned shift = lane % 2 * 32;
        uint32_t got = (uint32_t)(slots[lane / 2] >> shift);
        uint32_t wanted = (uint32_t)(value->bits[lane / 2] >> shift);
        if (!is_lane(got, wanted, value->nan[lane], NAN_F32, 0x80000000u))
            return false;
    }
    return true;
}

static bool is_v128_f64(const struct suite_value *value, const uint64_t *slots)
{
    for (unsigned lane = 0; lane < 2; lane++)
        if (!is_lane(slots[lane], value->bits[lane], value->nan[lane], NAN_F64,
                     0x8000000000000000u))
            return false;
    return true;
}

static bool is_some(const struct wasm_store *store, enum suite_some some, uint64_t slot)
{
    if (is_null(slot) || some == SUITE_SOME_FUNC)
        return !is_null(slot); /* a function's number is not one of the heap's */
    enum wasm_ref_kind kind = wasm_store_ref_kind(store, (uint32_t)slot);
    switch (some) {
    case SUITE_SOME_I31:
        return kind == WASM_REF_I31;
    case SUITE_SOME_STRUCT:
        return kind == WASM_REF_STRUCT;
    case SUITE_SOME_ARRAY:
        return kind == WASM_REF_ARRAY;
    case SUITE_SOME_EQ:
        return kind == WASM_REF_I31 || kind == WASM_REF_STRUCT || kind == WASM_REF_ARRAY;
    case SUITE_SOME_EXN:
        return kind == WASM_REF_EXCEPTION;
    case SUITE_SOME_EXTERN:
    case SUITE_SOME_ANY:
    case SUITE_SOME_FUNC:
    default:
        return kind != WASM_REF_EXCEPTION; /* anything else may be converted */
    }
}

static bool is_expected(const struct wasm_store *store, const struct suite_value *value,
                        uint32_t type, const uint64_t *slots)
{
    if (!is_type_of(value->kind, type))
        return false;
    switch (value->kind) {
    case SUITE_VALUE_F32_NAN:
        return slots[0] == NAN_F32;
    case SUITE_VALUE_F64_NAN:
        return slots[0] == NAN_F64;
    case SUITE_VALUE_V128:
        return slots[0] == value->bits[0] && slots[1] == value->bits[1];
    case SUITE_VALUE_V128_F32:
        return is_v128_f32(value, slots);
    case SUITE_VALUE_V128_F64:
        return is_v128_f64(value, slots);
    case SUITE_VALUE_REF_NULL:
        return is_null(slots[0]);
    case SUITE_VALUE_REF_EXTERN:
    case SUITE_VALUE_REF_HOST:
        return is_extern(slots[0], value->bits[0]);
    case SUITE_VALUE_REF_SOME:
        return is_some(store, value->some, slots[0]);
    default:
        return slots[0] == value->bits[0];
    }
}

/* ---- what is said of a difference ---- */

static void add_slots(struct suite_text *text, uint32_t type, const uint64_t *slots)
{
    suite_text_add(text, wasm_type_name(type));
    suite_text_add(text, " ");
    suite_text_add_hex(text, slots[0]);
    if (wasm_type_slots(type) == 2) {
        suite_text_add(text, " ");
        suite_text_add_hex(text, slots[1]);
    }
}

static const char *const kind_words[] = {
    [SUITE_VALUE_I32] = "i32 ",
    [SUITE_VALUE_I64] = "i64 ",
    [SUITE_VALUE_F32] = "f32 ",
    [SUITE_VALUE_F64] = "f64 ",
    [SUITE_VALUE_F32_NAN] = "f32 the canonical NaN",
    [SUITE_VALUE_F64_NAN] = "f64 the canonical NaN",
    [SUITE_VALUE_V128] = "v128 ",
    [SUITE_VALUE_V128_F32] = "v128 of f32 ",
    [SUITE_VALUE_V128_F64] = "v128 of f64 ",
    [SUITE_VALUE_REF_NULL] = "a null reference",
    [SUITE_VALUE_REF_EXTERN] = "extern ",
    [SUITE_VALUE_REF_HOST] = "host ",
    [SUITE_VALUE_REF_SOME] = "a reference of kind ",
    [SUITE_VALUE_EITHER] = "either",
};

static void add_value(struct suite_text *text, const struct suite_value *value)
{
    suite_text_add(text, kind_words[value->kind]);
    switch (value->kind) {
    case SUITE_VALUE_F32_NAN:
    case SUITE_VALUE_F64_NAN:
    case SUITE_VALUE_REF_NULL:
    case SUITE_VALUE_EITHER:
        break;
    case SUITE_VALUE_REF_SOME:
        suite_text_add_number(text, (uint64_t)value->some);
        break;
    case SUITE_VALUE_V128_F32:
    case SUITE_VALUE_V128_F64:
    case SUITE_VALUE_V128:
        suite_text_add_hex(text, value->bits[0]);
        suite_text_add(text, " ");
        suite_text_add_hex(text, value->bits[1]);
        for (unsigned lane = 0; lane < SUITE_VALUE_LANES; lane++)
            if (value->nan[lane] != SUITE_NAN_NONE) {
                suite_text_add(text, ", NaN in lane ");
                suite_text_add_number(text, lane);
            }
        break;
    default:
        suite_text_add_hex(text, value->bits[0]);
        break;
    }
}

/* Takes one expected value with its alternatives; true: one of them is met. */
static bool take_and_match(const struct wasm_store *store, struct bytes *rest, uint32_t type,
                           const uint64_t *slots, struct suite_value *out_value)
{
    struct suite_value value;
    enum status status = suite_value_read(rest, &value);
    ASSERT(status == STATUS_OK); /* suite_pack_open has read it */
    *out_value = value;
    if (value.kind != SUITE_VALUE_EITHER)
        return is_expected(store, &value, type, slots);
    bool is_met = false;
    for (uint8_t i = 0; i < out_value->alternatives; i++) {
        status = suite_value_read(rest, &value);
        ASSERT(status == STATUS_OK);
        is_met = is_met || is_expected(store, &value, type, slots);
    }
    return is_met;
}

bool suite_match(const struct wasm_store *store, const struct suite_values *expected,
                 const uint32_t *types, uint32_t count, const uint64_t *slots,
                 struct suite_text *difference)
{
    if (expected->count != count) {
        suite_text_add_number(difference, count);
        suite_text_add(difference, " results, expected ");
        suite_text_add_number(difference, expected->count);
        return false;
    }
    struct bytes rest = expected->packed;
    for (uint32_t i = 0; i < count; i++) {
        struct suite_value value;
        if (!take_and_match(store, &rest, types[i], slots, &value)) {
            suite_text_add(difference, "result ");
            suite_text_add_number(difference, i);
            suite_text_add(difference, " is ");
            add_slots(difference, types[i], slots);
            suite_text_add(difference, ", expected ");
            add_value(difference, &value);
            return false;
        }
        slots += wasm_type_slots(types[i]);
    }
    return true;
}

/* The suite's words for traps, where they do not begin with ours. */
static const struct {
    const char *words;
    enum wasm_trap trap;
} trap_words[] = {
    {"uninitialized element", WASM_TRAP_NULL_REFERENCE},
    {"null array reference", WASM_TRAP_NULL_REFERENCE},
    {"null function reference", WASM_TRAP_NULL_REFERENCE},
    {"null i31 reference", WASM_TRAP_NULL_REFERENCE},
    {"null structure reference", WASM_TRAP_NULL_REFERENCE},
    {"null exception reference", WASM_TRAP_NULL_REFERENCE},
};

static bool begins_with(struct bytes text, const char *words)
{
    size_t len = 0;
    while (words[len] != '\0')
        len++;
    return text.len >= len && memcmp(text.data, words, len) == 0;
}

bool suite_match_trap(struct bytes text, enum wasm_trap trap)
{
    for (size_t i = 0; i < ARRAY_LEN(trap_words); i++)
        if (begins_with(text, trap_words[i].words))
            return trap == trap_words[i].trap;
    return trap != WASM_TRAP_NONE && begins_with(text, wasm_trap_text(trap));
}
