/*
 * cli/wast_value.c: the suite's values, from JSON to bits.
 *
 * Two forms are read: {"op": "i32.const", "args": ["0x7f"]}, where literals are those of the text
 * format, and wabt's {"type": "f32", "value": "1065353216"}, where they are decimal bits.
 */
#include <stdlib.h>

#include "cli/wast.h"

#define LITERAL_MAX 2048

static bool is_text(struct bytes text, const char *words)
{
    return bytes_equal(text, bytes_of(words, strlen(words)));
}

/* Without underscores, as a string; false: too long, or with NUL in it. */
static bool copy_literal(struct bytes text, char out[static LITERAL_MAX])
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '_')
            continue;
        if (text.data[i] == 0 || len + 1 == LITERAL_MAX)
            return false;
        out[len++] = (char)text.data[i];
    }
    out[len] = '\0';
    return len != 0;
}

/* Digits to the end of the string; false: none, others, or too large. */
static bool read_magnitude(const char *digits, uint64_t *out_number)
{
    uint64_t base = digits[0] == '0' && digits[1] == 'x' ? 16 : 10, number = 0;
    const char *p = base == 16 ? digits + 2 : digits;
    if (*p == '\0')
        return false;
    for (; *p != '\0'; p++) {
        uint64_t digit = *p >= '0' && *p <= '9'   ? (uint64_t)(*p - '0')
                         : *p >= 'a' && *p <= 'f' ? (uint64_t)(*p - 'a') + 10
                         : *p >= 'A' && *p <= 'F' ? (uint64_t)(*p - 'A') + 10
                                                  : 16;
        if (digit >= base || __builtin_mul_overflow(number, base, &number) ||
            __builtin_add_overflow(number, digit, &number))
            return false;
    }
    *out_number = number;
    return true;
}

bool wast_integer_read(struct bytes text, unsigned width, uint64_t *out_bits)
{
    char literal[LITERAL_MAX] = "";
    uint64_t number = 0, mask = UINT64_MAX >> (64 - width);
    if (!copy_literal(text, literal))
        return false;
    bool is_negative = literal[0] == '-';
    if (!read_magnitude(literal + (is_negative || literal[0] == '+' ? 1 : 0), &number))
        return false;
    if (number > (is_negative ? (uint64_t)1 << (width - 1) : mask))
        return false;
    *out_bits = (is_negative ? 0 - number : number) & mask;
    return true;
}

/* "nan", "nan:0x200000", "nan:canonical": what follows the sign. */
static bool read_nan(const char *literal, unsigned width, uint64_t *out_bits,
                     enum suite_nan *out_nan)
{
    unsigned mantissa = width == 32 ? 23 : 52;
    uint64_t infinity = width == 32 ? 0x7F800000u : 0x7FF0000000000000u;
    uint64_t payload = (uint64_t)1 << (mantissa - 1);
    if (strcmp(literal, "nan:canonical") == 0)
        *out_nan = SUITE_NAN_CANONICAL;
    else if (strcmp(literal, "nan:arithmetic") == 0)
        *out_nan = SUITE_NAN_ARITHMETIC;
    else if (strncmp(literal, "nan:0x", 6) == 0) {
        if (!read_magnitude(literal + 4, &payload) || payload == 0 || payload >> mantissa != 0)
            return false;
    } else if (strcmp(literal, "nan") != 0) {
        return false;
    }
    *out_bits = infinity | payload;
    return true;
}

/* The C library rounds decimal and hexadecimal literals as the text format wants it. */
static bool read_finite(const char *literal, unsigned width, uint64_t *out_bits)
{
    char *end = NULL;
    bool begins_well = (literal[0] >= '0' && literal[0] <= '9') || strcmp(literal, "inf") == 0;
    if (!begins_well)
        return false;
    if (width == 32) {
        uint32_t bits;
        float number = strtof(literal, &end);
        memcpy(&bits, &number, sizeof bits);
        *out_bits = bits;
    } else {
        double number = strtod(literal, &end);
        memcpy(out_bits, &number, sizeof *out_bits);
    }
    return *end == '\0';
}

bool wast_float_read(struct bytes text, unsigned width, uint64_t *out_bits, enum suite_nan *out_nan)
{
    char literal[LITERAL_MAX] = "";
    uint64_t bits = 0;
    *out_nan = SUITE_NAN_NONE;
    if (!copy_literal(text, literal))
        return false;
    bool is_negative = literal[0] == '-';
    const char *unsigned_part = literal + (is_negative || literal[0] == '+' ? 1 : 0);
    bool is_read = strncmp(unsigned_part, "nan", 3) == 0
                       ? read_nan(unsigned_part, width, &bits, out_nan)
                       : read_finite(unsigned_part, width, &bits);
    *out_bits = bits | (is_negative ? (uint64_t)1 << (width - 1) : 0);
    return is_read;
}

/* ---- vectors ---- */

static const struct shape {
    const char *name, *wabt_name;
    unsigned lanes, width;
    bool is_float;
} shapes[] = {
    {"i8x16", "i8", 16, 8, false},  {"i16x8", "i16", 8, 16, false}, {"i32x4", "i32", 4, 32, false},
    {"i64x2", "i64", 2, 64, false}, {"f32x4", "f32", 4, 32, true},  {"f64x2", "f64", 2, 64, true},
};

static const struct shape *find_shape(struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
        if (is_text(name, shapes[i].name) || is_text(name, shapes[i].wabt_name))
            return &shapes[i];
    return NULL;
}

/* wabt writes the bits of floats in decimal. */
static bool read_lane(const struct shape *shape, struct bytes text, bool is_bits,
                      uint64_t *out_bits, enum suite_nan *out_nan)
{
    *out_nan = SUITE_NAN_NONE;
    bool is_class = text.len > 4 && memcmp(text.data, "nan:", 4) == 0;
    return shape->is_float && (!is_bits || is_class)
               ? wast_float_read(text, shape->width, out_bits, out_nan)
               : wast_integer_read(text, shape->width, out_bits);
}

static bool read_v128(const struct shape *shape, const struct json *lane, bool is_bits,
                      struct suite_value *value)
{
    bool has_nan = false;
    for (unsigned i = 0; i < shape->lanes; i++, lane = lane->next) {
        struct bytes text;
        uint64_t bits = 0;
        enum suite_nan nan = SUITE_NAN_NONE;
        if (!json_text(lane, &text) || !read_lane(shape, text, is_bits, &bits, &nan))
            return false;
        value->bits[i * shape->width / 64] |= bits << i * shape->width % 64;
        if (shape->is_float)
            value->nan[i] = nan;
        has_nan = has_nan || nan != SUITE_NAN_NONE;
    }
    value->kind = !has_nan             ? SUITE_VALUE_V128
                  : shape->width == 32 ? SUITE_VALUE_V128_F32
                                       : SUITE_VALUE_V128_F64;
    return lane == NULL;
}

/* ---- one value ---- */

static const struct number {
    const char *op, *type;
    enum suite_value_kind kind, nan_kind;
    unsigned width;
} numbers[] = {
    {"i32.const", "i32", SUITE_VALUE_I32, SUITE_VALUE_I32, 32},
    {"i64.const", "i64", SUITE_VALUE_I64, SUITE_VALUE_I64, 64},
    {"f32.const", "f32", SUITE_VALUE_F32, SUITE_VALUE_F32_NAN, 32},
    {"f64.const", "f64", SUITE_VALUE_F64, SUITE_VALUE_F64_NAN, 64},
};

static const struct {
    const char *op;
    enum suite_some some;
} references[] = {
    {"ref.func", SUITE_SOME_FUNC},   {"ref.extern", SUITE_SOME_EXTERN},
    {"ref.any", SUITE_SOME_ANY},     {"ref.eq", SUITE_SOME_EQ},
    {"ref.i31", SUITE_SOME_I31},     {"ref.struct", SUITE_SOME_STRUCT},
    {"ref.array", SUITE_SOME_ARRAY}, {"ref.exn", SUITE_SOME_EXN},
};

static bool read_number_value(const struct number *number, struct bytes text, bool is_bits,
                              struct suite_value *value)
{
    const struct shape as_lane = {.width = number->width,
                                  .is_float = number->kind != number->nan_kind};
    if (!read_lane(&as_lane, text, is_bits, &value->bits[0], &value->nan[0]))
        return false;
    value->kind = value->nan[0] == SUITE_NAN_NONE ? number->kind : number->nan_kind;
    return true;
}

/* "ref.extern" and "ref.host" with a number; any other without one. */
static bool read_reference(struct bytes op, const struct json *args, struct suite_value *value)
{
    struct bytes text;
    if (is_text(op, "ref.null")) {
        value->kind = SUITE_VALUE_REF_NULL;
        return true;
    }
    if (args->count != 0) {
        value->kind = is_text(op, "ref.host") ? SUITE_VALUE_REF_HOST : SUITE_VALUE_REF_EXTERN;
        return (is_text(op, "ref.host") || is_text(op, "ref.extern")) && args->count == 1 &&
               json_text(args->first, &text) && wast_integer_read(text, 32, &value->bits[0]);
    }
    value->kind = SUITE_VALUE_REF_SOME;
    for (size_t i = 0; i < ARRAY_LEN(references); i++) {
        if (is_text(op, references[i].op)) {
            value->some = references[i].some;
            return true;
        }
    }
    return false;
}

/* {"op": ..., "args": [...]}, but `either`. */
static bool read_op(struct bytes op, const struct json *args, struct suite_value *value)
{
    struct bytes text;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        if (is_text(op, numbers[i].op))
            return args->count == 1 && json_text(args->first, &text) &&
                   read_number_value(&numbers[i], text, false, value);
    if (is_text(op, "v128.const")) {
        const struct shape *shape = json_text(args->first, &text) ? find_shape(text) : NULL;
        return shape != NULL && read_v128(shape, args->first->next, false, value);
    }
    return read_reference(op, args, value);
}

/* {"type": ..., "value": ...} */
static bool read_typed(const struct json *json, struct suite_value *value)
{
    const struct json *content = json_find(json, "value");
    struct bytes type, text = {0};
    if (!json_text(json_find(json, "type"), &type) || content == NULL)
        return false;
    if (is_text(type, "v128")) {
        struct bytes lane_type;
        const struct shape *shape =
            json_text(json_find(json, "lane_type"), &lane_type) ? find_shape(lane_type) : NULL;
        return shape != NULL && content->kind == JSON_ARRAY &&
               read_v128(shape, content->first, true, value);
    }
    if (!json_text(content, &text))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        if (is_text(type, numbers[i].type))
            return read_number_value(&numbers[i], text, true, value);
    bool is_null = is_text(text, "null");
    value->kind = is_null ? SUITE_VALUE_REF_NULL : SUITE_VALUE_REF_EXTERN;
    return is_null || (is_text(type, "externref") && wast_integer_read(text, 32, &value->bits[0]));
}

static bool read_single(const struct json *json, struct suite_value *value)
{
    const struct json *args = json_find(json, "args");
    struct bytes op;
    if (!json_text(json_find(json, "op"), &op))
        return read_typed(json, value);
    return args != NULL && args->kind == JSON_ARRAY && read_op(op, args, value);
}

bool wast_value_pack(const struct json *json, struct buffer *buffer)
{
    struct suite_value value = {0};
    const struct json *args = json_find(json, "args");
    struct bytes op;
    if (!json_text(json_find(json, "op"), &op) || !is_text(op, "either"))
        return read_single(json, &value) && suite_value_write(buffer, &value) == STATUS_OK;
    if (args == NULL || args->kind != JSON_ARRAY || args->count == 0 || args->count > UINT8_MAX)
        return false;
    value = (struct suite_value){.kind = SUITE_VALUE_EITHER, .alternatives = (uint8_t)args->count};
    if (suite_value_write(buffer, &value) != STATUS_OK)
        return false;
    for (const struct json *each = args->first; each != NULL; each = each->next) {
        struct suite_value alternative = {0};
        if (!read_single(each, &alternative) ||
            suite_value_write(buffer, &alternative) != STATUS_OK)
            return false;
    }
    return true;
}
