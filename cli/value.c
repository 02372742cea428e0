/*
 * cli/value.c: numbers, vectors and references to text and back.
 */
#include "cli/value.h"

#include <math.h>
#include <stdlib.h>

#include "cli/cli.h"

union number {
    float f32;
    double f64;
    uint32_t bits32;
    uint64_t bits64;
};

/* The shape of a number: how wide, and where a float's fraction ends. */
struct shape {
    unsigned bits;
    unsigned fraction_bits; /* 0: an integer */
};

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

static const char *parse_integer(const char *text, unsigned bits, uint64_t *out_bits)
{
    bool is_negative = text[0] == '-';
    uint64_t number, most = is_negative ? (uint64_t)1 << (bits - 1) : mask_of(bits);
    if (!cli_number(text + (is_negative || text[0] == '+' ? 1 : 0), false, &number))
        return "it is no integer (42, -1 and 0xff are)";
    if (number > most)
        return "it does not fit the type";
    *out_bits = (is_negative ? 0 - number : number) & mask_of(bits);
    return NULL;
}

/* "nan" and "nan:0x1"; the sign is the caller's. */
static const char *parse_nan(const char *text, struct shape shape, uint64_t *out_bits)
{
    uint64_t quiet = (uint64_t)1 << (shape.fraction_bits - 1);
    uint64_t payload = quiet;
    uint64_t exponent = mask_of(shape.bits - 1) & ~mask_of(shape.fraction_bits);
    if (text[3] == ':' && (text[4] != '0' || !cli_number(text + 4, false, &payload) ||
                           payload == 0 || payload > mask_of(shape.fraction_bits)))
        return "its payload is no number that fits (nan:0x1 is)";
    if (text[3] != ':' && text[3] != '\0')
        return "it is no number (nan and nan:0x1 are)";
    *out_bits = exponent | payload;
    return NULL;
}

/* What the C library reads besides is kept out: spaces, "infinity", "nan(...)". */
static bool begins_a_float(const char *text)
{
    return (text[0] >= '0' && text[0] <= '9') ||
           (text[0] == '.' && text[1] >= '0' && text[1] <= '9');
}

static const char *parse_float(const char *text, struct shape shape, uint64_t *out_bits)
{
    const char *digits = text + (text[0] == '-' || text[0] == '+' ? 1 : 0);
    union number n = {.bits64 = 0};
    char *end = NULL;
    uint64_t bits = 0;
    if (strncmp(digits, "nan", 3) == 0) {
        const char *why = parse_nan(digits, shape, &bits);
        if (why != NULL)
            return why;
    } else if (strcmp(digits, "inf") == 0) {
        bits = mask_of(shape.bits - 1) & ~mask_of(shape.fraction_bits);
    } else {
        if (!begins_a_float(digits))
            return "it is no number (1.5, 1e-3, 0x1.8p3, inf and nan are)";
        if (shape.bits == 32)
            n.f32 = strtof(digits, &end);
        else
            n.f64 = strtod(digits, &end);
        if (*end != '\0')
            return "it is no number (1.5, 1e-3, 0x1.8p3, inf and nan are)";
        if (shape.bits == 32 ? isinf(n.f32) : isinf(n.f64))
            return "it is too large for the type";
        bits = n.bits64;
    }
    *out_bits = bits | (uint64_t)(text[0] == '-') << (shape.bits - 1);
    return NULL;
}

static const char *parse_number(const char *text, struct shape shape, uint64_t *out_bits)
{
    ASSERT(shape.bits >= 8 && shape.bits <= 64);
    return shape.fraction_bits == 0 ? parse_integer(text, shape.bits, out_bits)
                                    : parse_float(text, shape, out_bits);
}

static const struct {
    const char *prefix;
    struct shape lane;
} vectors[] = {
    {"i8x16:", {8, 0}},  {"i16x8:", {16, 0}},  {"i32x4:", {32, 0}},
    {"i64x2:", {64, 0}}, {"f32x4:", {32, 23}}, {"f64x2:", {64, 52}},
};

static const char *parse_lanes(const char *text, struct shape lane, uint64_t out_slots[2])
{
    uint64_t slots[2] = {0, 0};
    for (unsigned at = 0; at < 128; at += lane.bits) {
        char word[64];
        size_t len = strcspn(text, ",");
        uint64_t bits = 0;
        bool is_last = at + lane.bits == 128;
        if (len >= sizeof word || (text[len] == '\0') != is_last)
            return "it has not as many lanes as its shape says, with commas between";
        memcpy(word, text, len);
        word[len] = '\0';
        const char *why = parse_number(word, lane, &bits);
        if (why != NULL)
            return why;
        slots[at / 64] |= bits << at % 64;
        text += len + 1;
    }
    memcpy(out_slots, slots, sizeof slots);
    return NULL;
}

static const char *parse_vector(const char *text, uint64_t out_slots[2])
{
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        size_t len = strlen(vectors[i].prefix);
        if (strncmp(text, vectors[i].prefix, len) == 0)
            return parse_lanes(text + len, vectors[i].lane, out_slots);
    }
    return "it has no shape (i32x4:1,2,3,4 has; i8x16, i16x8, i64x2, f32x4 and f64x2 are others)";
}

const char *value_parse(const char *text, uint32_t type, uint64_t out_slots[2])
{
    if (type == WASM_TYPE_V128)
        return parse_vector(text, out_slots);
    if (!wasm_type_is_ref(type))
        return parse_number(text, shape_of(type), out_slots);
    if (!wasm_type_is_nullable(type))
        return "a reference that is not null can not be written on a command line";
    if (strcmp(text, "null") != 0)
        return "a reference on a command line can only be null";
    out_slots[0] = 0;
    return NULL;
}

/* The shortest decimal that reads back to the same bits. */
static void print_float(FILE *out, struct shape shape, uint64_t bits)
{
    uint64_t fraction = bits & mask_of(shape.fraction_bits);
    uint64_t exponent = bits & mask_of(shape.bits - 1) & ~mask_of(shape.fraction_bits);
    bool is_special = exponent == (mask_of(shape.bits - 1) & ~mask_of(shape.fraction_bits));
    const char *sign = (bits >> (shape.bits - 1)) != 0 ? "-" : "";
    union number n = {.bits64 = bits}, again;
    char text[64];
    if (is_special && fraction == 0) {
        (void)fprintf(out, "%sinf", sign);
    } else if (is_special && fraction == (uint64_t)1 << (shape.fraction_bits - 1)) {
        (void)fprintf(out, "%snan", sign);
    } else if (is_special) {
        (void)fprintf(out, "%snan:0x%llx", sign, (unsigned long long)fraction);
    } else {
        for (int digits = 1; digits <= 17; digits++) {
            double value = shape.bits == 32 ? (double)n.f32 : n.f64;
            (void)snprintf(text, sizeof text, "%.*g", digits, value);
            again.bits64 = 0;
            if (shape.bits == 32)
                again.f32 = strtof(text, NULL);
            else
                again.f64 = strtod(text, NULL);
            if (again.bits64 == bits)
                break;
        }
        (void)fputs(text, out);
    }
}

static void print_vector(FILE *out, const uint64_t *slots)
{
    (void)fputs("i32x4:", out);
    for (unsigned lane = 0; lane < 4; lane++)
        (void)fprintf(out, "%s0x%08x", lane == 0 ? "" : ",",
                      (unsigned)(slots[lane / 2] >> lane % 2 * 32));
}

/* References are numbers of the engine (engine.h); what they stand for has no text form. */
static void print_ref(FILE *out, const struct wasm_module *module, uint32_t type, uint32_t ref)
{
    uint32_t heap = wasm_type_heap(type);
    if (ref == 0)
        (void)fputs("null", out);
    else if (heap == WASM_HEAP_FUNC ||
             (wasm_heap_is_defined(heap) && module->types[heap].kind == WASM_KIND_FUNC))
        (void)fputs("function", out);
    else if ((ref & 1) != 0)
        (void)fprintf(out, "i31:%d", (int32_t)ref >> 1);
    else if ((ref & 2) != 0)
        (void)fprintf(out, "extern:%u", ref >> 2);
    else
        (void)fputs("object", out);
}

void value_print(FILE *out, const struct wasm_module *module, uint32_t type, const uint64_t *slots)
{
    if (type == WASM_TYPE_V128)
        print_vector(out, slots);
    else if (wasm_type_is_ref(type))
        print_ref(out, module, type, (uint32_t)slots[0]);
    else if (type == WASM_TYPE_I32)
        (void)fprintf(out, "%d", (int32_t)slots[0]);
    else if (type == WASM_TYPE_I64)
        (void)fprintf(out, "%lld", (long long)slots[0]);
    else
        print_float(out, shape_of(type), slots[0]);
}
