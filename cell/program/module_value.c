/*
 * cell/program/module_value.c: values of core modules as words, both ways.
 *
 *   i32 i64    decimal or 0x, with or without a sign; -2^31 to 2^32-1, -2^63 to 2^64-1
 *   f32 f64    decimal or 0x with p, inf, nan, nan:0xPAYLOAD, with or without a sign
 *   v128       i8x16: i16x8: i32x4: i64x2: f32x4: f64x2: and as many of these, with commas
 *   references null only, where the type lets it
 * What is printed of a number or vector is read back to the same bits.
 */
#include "cell/program/module_internal.h"
#include "core/base/ckd.h"
#include "core/base/float_text.h"

/* The shape of a number: how wide, and where a float's fraction ends. */
struct shape {
    unsigned bits;
    unsigned fraction_bits; /* 0: an integer */
};

static const char not_a_float[] = "it is no number (1.5, 1e-3, 0x1.8p3, inf and nan are)";

static struct shape shape_of(uint32_t type)
{
    switch (type) {
    case WASM_TYPE_I32:
        return (struct shape){32, 0};
    case WASM_TYPE_F32:
        return (struct shape){32, 23};
    case WASM_TYPE_F64:
        return (struct shape){64, 52};
    default:
        return (struct shape){64, 0};
    }
}

static uint64_t mask_of(unsigned bits)
{
    return bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

static enum float_width width_of(struct shape shape)
{
    return shape.bits == 32 ? FLOAT_F32 : FLOAT_F64;
}

static struct bytes skip(struct bytes text, size_t len)
{
    return bytes_of(text.data + len, text.len - len);
}

static bool begins_with(struct bytes text, struct bytes word)
{
    return text.len >= word.len && memcmp(text.data, word.data, word.len) == 0;
}

static bool read_digit(uint8_t c, unsigned base, unsigned *out_digit)
{
    unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                     : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                     : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                            : 16;
    *out_digit = digit;
    return digit < base;
}

static bool is_hex(struct bytes text)
{
    return begins_with(text, BYTES_LITERAL("0x")) || begins_with(text, BYTES_LITERAL("0X"));
}

/* Decimal, or 0x. */
static bool read_number(struct bytes text, uint64_t *out_number)
{
    unsigned base = is_hex(text) ? 16 : 10, digit;
    uint64_t number = 0;
    if (base == 16)
        text = skip(text, 2);
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!read_digit(text.data[i], base, &digit) || ckd_mul(&number, number, base) ||
            ckd_add(&number, number, digit))
            return false;
    *out_number = number;
    return true;
}

/* Takes a sign off; true: it was a minus. */
static bool take_sign(struct bytes *text)
{
    bool is_negative = text->len != 0 && text->data[0] == '-';
    if (is_negative || (text->len != 0 && text->data[0] == '+'))
        *text = skip(*text, 1);
    return is_negative;
}

static const char *parse_integer(struct bytes text, unsigned bits, uint64_t *out_bits)
{
    bool is_negative = take_sign(&text);
    uint64_t number, most = is_negative ? (uint64_t)1 << (bits - 1) : mask_of(bits);
    if (!read_number(text, &number))
        return "it is no integer (42, -1 and 0xff are)";
    if (number > most)
        return "it does not fit the type";
    *out_bits = (is_negative ? 0 - number : number) & mask_of(bits);
    return NULL;
}

/* "nan" and "nan:0x1". */
static const char *parse_nan(struct bytes text, struct shape shape, uint64_t *out_bits)
{
    uint64_t payload = (uint64_t)1 << (shape.fraction_bits - 1);
    uint64_t exponent = mask_of(shape.bits - 1) & ~mask_of(shape.fraction_bits);
    if (text.len > 3 && text.data[3] != ':')
        return "it is no number (nan and nan:0x1 are)";
    if (text.len > 3 && (!is_hex(skip(text, 4)) || !read_number(skip(text, 4), &payload) ||
                         payload == 0 || payload > mask_of(shape.fraction_bits)))
        return "its payload is no number that fits (nan:0x1 is)";
    *out_bits = exponent | payload;
    return NULL;
}

/* A hexadecimal float: digits, perhaps a point, perhaps p and an exponent. */
struct hex_float {
    uint64_t mantissa;
    int64_t exponent; /* of two, of the mantissa's lowest bit */
    bool is_inexact;  /* digits other than 0 were dropped below it */
};

#define EXPONENT_MOST 100000

static bool read_exponent(struct bytes text, int64_t *exponent)
{
    uint64_t number;
    bool is_negative = take_sign(&text);
    if (is_hex(text) || !read_number(text, &number))
        return false;
    if (number > EXPONENT_MOST)
        number = EXPONENT_MOST; /* far over either end */
    *exponent += is_negative ? -(int64_t)number : (int64_t)number;
    return true;
}

static void add_digit(struct hex_float *f, unsigned digit, bool is_fraction)
{
    bool has_room = f->mantissa >> 60 == 0;
    if (has_room)
        f->mantissa = f->mantissa << 4 | digit;
    else
        f->is_inexact = f->is_inexact || digit != 0;
    if (has_room && is_fraction)
        f->exponent -= 4;
    if (!has_room && !is_fraction)
        f->exponent += 4;
}

static bool read_hex_float(struct bytes text, struct hex_float *out)
{
    bool is_fraction = false, has_digits = false;
    *out = (struct hex_float){0};
    for (text = skip(text, 2); text.len != 0; text = skip(text, 1)) {
        unsigned digit;
        if (text.data[0] == 'p' || text.data[0] == 'P')
            return has_digits && read_exponent(skip(text, 1), &out->exponent);
        if (text.data[0] == '.' && !is_fraction) {
            is_fraction = true;
            continue;
        }
        if (!read_digit(text.data[0], 16, &digit))
            return false;
        has_digits = true;
        add_digit(out, digit, is_fraction);
    }
    return has_digits;
}

/* Rounds to nearest, ties to even. */
static uint64_t round_hex(struct hex_float f, struct shape shape)
{
    const int64_t bias = (int64_t)mask_of(shape.bits - shape.fraction_bits - 2);
    const int64_t lowest = 1 - bias - (int64_t)shape.fraction_bits;
    const uint64_t infinity = mask_of(shape.bits - 1) & ~mask_of(shape.fraction_bits);
    if (f.mantissa == 0)
        return 0;
    for (; f.mantissa >> 63 == 0; f.exponent--)
        f.mantissa <<= 1;
    int64_t drop = 63 - (int64_t)shape.fraction_bits;
    if (f.exponent + drop < lowest)
        drop = lowest - f.exponent;
    if (drop > 64)
        return 0;
    uint64_t rest = drop == 64 ? f.mantissa : f.mantissa & mask_of((unsigned)drop);
    uint64_t kept = drop == 64 ? 0 : f.mantissa >> drop;
    uint64_t half = (uint64_t)1 << (drop - 1);
    if (rest > half || (rest == half && (f.is_inexact || (kept & 1) != 0)))
        kept++;
    int64_t scale = f.exponent + drop - lowest; /* 0: subnormal, or the lowest normal */
    uint64_t bits = kept + ((uint64_t)(scale < 0 ? 0 : scale) << shape.fraction_bits);
    return scale > 2 * bias || bits > infinity ? infinity : bits;
}

/* ".5" is "0.5". */
static bool parse_decimal(struct bytes text, struct shape shape, uint64_t *out_bits)
{
    uint8_t room[64] = {'0'};
    struct buffer longer = {room, 1, sizeof room};
    if (text.len < 2 || text.data[0] != '.' || text.data[1] < '0' || text.data[1] > '9')
        return float_text_parse(text, width_of(shape), out_bits);
    return buffer_append(&longer, text) == STATUS_OK &&
           float_text_parse(buffer_bytes(&longer), width_of(shape), out_bits);
}

static const char *parse_finite(struct bytes text, struct shape shape, uint64_t *out_bits)
{
    struct hex_float hex;
    if (is_hex(text)) {
        if (!read_hex_float(text, &hex))
            return not_a_float;
        *out_bits = round_hex(hex, shape);
    } else if (!parse_decimal(text, shape, out_bits)) {
        return not_a_float;
    }
    if (!float_is_finite(*out_bits, width_of(shape)))
        return "it is too large for the type";
    return NULL;
}

static const char *parse_float(struct bytes text, struct shape shape, uint64_t *out_bits)
{
    bool is_negative = take_sign(&text);
    uint64_t bits = mask_of(shape.bits - 1) & ~mask_of(shape.fraction_bits);
    const char *why = NULL;
    if (begins_with(text, BYTES_LITERAL("nan")))
        why = parse_nan(text, shape, &bits);
    else if (!bytes_equal(text, BYTES_LITERAL("inf")))
        why = parse_finite(text, shape, &bits);
    if (why == NULL)
        *out_bits = bits | (uint64_t)is_negative << (shape.bits - 1);
    return why;
}

static const char *parse_number(struct bytes text, struct shape shape, uint64_t *out_bits)
{
    ASSERT(shape.bits >= 8 && shape.bits <= 64);
    return shape.fraction_bits == 0 ? parse_integer(text, shape.bits, out_bits)
                                    : parse_float(text, shape, out_bits);
}

static const struct {
    struct bytes prefix;
    struct shape lane;
} vectors[] = {
    {{(const uint8_t *)"i8x16:", 6}, {8, 0}},   {{(const uint8_t *)"i16x8:", 6}, {16, 0}},
    {{(const uint8_t *)"i32x4:", 6}, {32, 0}},  {{(const uint8_t *)"i64x2:", 6}, {64, 0}},
    {{(const uint8_t *)"f32x4:", 6}, {32, 23}}, {{(const uint8_t *)"f64x2:", 6}, {64, 52}},
};

static const char *parse_lanes(struct bytes text, struct shape lane, uint64_t out_slots[2])
{
    uint64_t slots[2] = {0, 0};
    for (unsigned at = 0; at < 128; at += lane.bits) {
        size_t len = 0;
        uint64_t bits = 0;
        while (len < text.len && text.data[len] != ',')
            len++;
        bool is_last = at + lane.bits == 128;
        if ((len == text.len) != is_last)
            return "it has not as many lanes as its shape says, with commas between";
        const char *why = parse_number(bytes_of(text.data, len), lane, &bits);
        if (why != NULL)
            return why;
        slots[at / 64] |= bits << at % 64;
        if (!is_last)
            text = skip(text, len + 1);
    }
    memcpy(out_slots, slots, sizeof slots);
    return NULL;
}

static const char *parse_vector(struct bytes text, uint64_t out_slots[2])
{
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++)
        if (begins_with(text, vectors[i].prefix))
            return parse_lanes(skip(text, vectors[i].prefix.len), vectors[i].lane, out_slots);
    return "it has no shape (i32x4:1,2,3,4 has; i8x16, i16x8, i64x2, f32x4 and f64x2 are others)";
}

const char *module_value_parse(struct bytes text, uint32_t type, uint64_t out_slots[2])
{
    if (type == WASM_TYPE_V128)
        return parse_vector(text, out_slots);
    if (!wasm_type_is_ref(type))
        return parse_number(text, shape_of(type), out_slots);
    if (!wasm_type_is_nullable(type))
        return "a reference that is not null can not be written on a command line";
    if (!bytes_equal(text, BYTES_LITERAL("null")))
        return "a reference on a command line can only be null";
    out_slots[0] = 0;
    return NULL;
}

static void print_float(struct text_sink out, struct shape shape, uint64_t bits)
{
    char text[FLOAT_TEXT_MAX];
    uint64_t fraction = bits & mask_of(shape.fraction_bits);
    uint64_t quiet = (uint64_t)1 << (shape.fraction_bits - 1);
    if (!float_is_nan(bits, width_of(shape))) {
        text_bytes(out, bytes_of(text, float_text_print(bits, width_of(shape), text)));
        return;
    }
    text_word(out, bits >> (shape.bits - 1) != 0 ? "-nan" : "nan");
    if (fraction != quiet) {
        text_word(out, ":0x");
        text_hex(out, fraction, 1);
    }
}

static void print_vector(struct text_sink out, const uint64_t *slots)
{
    text_word(out, "i32x4:");
    for (unsigned lane = 0; lane < 4; lane++) {
        text_word(out, lane == 0 ? "0x" : ",0x");
        text_hex(out, (uint32_t)(slots[lane / 2] >> lane % 2 * 32), 8);
    }
}

/* References are numbers of the engine (engine.h); what they stand for has no text form. */
static void print_ref(struct text_sink out, const struct wasm_module *module, uint32_t type,
                      uint32_t ref)
{
    uint32_t heap = wasm_type_heap(type);
    if (ref == 0) {
        text_word(out, "null");
    } else if (heap == WASM_HEAP_FUNC ||
               (wasm_heap_is_defined(heap) && module->types[heap].kind == WASM_KIND_FUNC)) {
        text_word(out, "function");
    } else if ((ref & 1) != 0) {
        text_word(out, "i31:");
        text_signed(out, (int32_t)ref >> 1);
    } else if ((ref & 2) != 0) {
        text_word(out, "extern:");
        text_number(out, ref >> 2);
    } else {
        text_word(out, "object");
    }
}

void module_value_print(struct text_sink out, const struct wasm_module *module, uint32_t type,
                        const uint64_t *slots)
{
    if (type == WASM_TYPE_V128)
        print_vector(out, slots);
    else if (wasm_type_is_ref(type))
        print_ref(out, module, type, (uint32_t)slots[0]);
    else if (type == WASM_TYPE_I32)
        text_signed(out, (int32_t)slots[0]);
    else if (type == WASM_TYPE_I64)
        text_signed(out, (int64_t)slots[0]);
    else if (type == WASM_TYPE_F32)
        print_float(out, shape_of(WASM_TYPE_F32), slots[0]);
    else
        print_float(out, shape_of(WASM_TYPE_F64), slots[0]);
}
