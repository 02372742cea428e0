/*
 * core/base/float_text.c: decimal to binary by one long division, binary to decimal by the
 * free-format algorithm of Steele and White as Burger and Dybvig have it ("Printing Floating-Point
 * Numbers Quickly and Accurately", 1996).
 *
 * 800 digits decide every rounding: a point half-way between two floats has 767 at most, and what
 * is cut off counts as one digit more.
 */
#include "core/base/float_text.h"

#include "core/base/big.h"

#define DIGITS_MAX    800
#define EXPONENT_MOST 100000

/* A float is an integer below 2^precision times a power of two, least 2^-shift_max. */
struct float_shape {
    uint32_t precision; /* with the bit that is not stored */
    int32_t shift_max;
    int32_t bias;
    uint32_t exponent_max; /* the field of infinity */
    int32_t point_max;     /* 0.1 * 10^n with a greater n is infinity */
};

static const struct float_shape shapes[] = {
    [FLOAT_F32] = {24, 149, 127, 255, 40},
    [FLOAT_F64] = {53, 1074, 1023, 2047, 310},
};

/* 0.d1d2d3... * 10^point, as an integer of `count` digits. */
struct decimal {
    struct big digits;
    int32_t count;
    int32_t point;
};

static bool is_digit(struct bytes text, size_t at)
{
    return at < text.len && text.data[at] >= '0' && text.data[at] <= '9';
}

/* Digits from `at`: zeros in front only move the point. */
static void read_digits(struct bytes text, size_t *at, bool is_fraction, struct decimal *decimal,
                        bool *has_rest)
{
    for (; is_digit(text, *at); ++*at) {
        uint32_t digit = text.data[*at] - (uint32_t)'0';
        if (decimal->count == DIGITS_MAX)
            *has_rest |= digit != 0;
        else if (decimal->count != 0 || digit != 0) {
            big_multiply_add(&decimal->digits, 10, digit);
            decimal->count++;
        } else if (is_fraction && decimal->point > -EXPONENT_MOST) {
            decimal->point--;
        }
        if (!is_fraction && decimal->count != 0 && decimal->point < EXPONENT_MOST)
            decimal->point++;
    }
}

static bool read_exponent(struct bytes text, size_t *at, struct decimal *decimal)
{
    int32_t exponent = 0;
    bool is_negative = false;
    if (*at == text.len || (text.data[*at] | 0x20) != 'e')
        return true;
    ++*at;
    if (*at < text.len && (text.data[*at] == '-' || text.data[*at] == '+'))
        is_negative = text.data[(*at)++] == '-';
    if (!is_digit(text, *at))
        return false;
    for (; is_digit(text, *at); ++*at)
        if (exponent < EXPONENT_MOST)
            exponent = exponent * 10 + (text.data[*at] - '0');
    decimal->point += is_negative ? -exponent : exponent;
    return true;
}

static bool read_decimal(struct bytes text, struct decimal *out)
{
    size_t at = 0;
    bool has_rest = false;
    big_set(&out->digits, 0);
    out->count = out->point = 0;
    if (!is_digit(text, 0))
        return false;
    read_digits(text, &at, false, out, &has_rest);
    if (at < text.len && text.data[at] == '.') {
        at++;
        if (!is_digit(text, at))
            return false;
        read_digits(text, &at, true, out, &has_rest);
    }
    if (!read_exponent(text, &at, out))
        return false;
    if (has_rest) {
        big_multiply_add(&out->digits, 10, 1);
        out->count++;
    }
    return at == text.len;
}

/* numerator / denominator, rounded, as an integer times 2^-shift. */
static uint64_t divide(struct big *numerator, struct big *denominator,
                       const struct float_shape *shape, int32_t *out_shift)
{
    uint32_t precision = shape->precision;
    int32_t shift = (int32_t)precision - (int32_t)big_bit_count(numerator) +
                    (int32_t)big_bit_count(denominator);
    uint64_t quotient = 0;
    if (shift > shape->shift_max)
        shift = shape->shift_max;
    if (shift >= 0)
        big_shift_left(numerator, (uint32_t)shift);
    else
        big_shift_left(denominator, (uint32_t)-shift);
    big_shift_left(denominator, precision);
    /* The guess was one bit too high. */
    if (big_compare(numerator, denominator) >= 0) {
        big_shift_left(denominator, 1);
        shift--;
    }
    for (uint32_t i = 0; i < precision; i++) {
        big_shift_left(numerator, 1);
        quotient <<= 1;
        if (big_compare(numerator, denominator) >= 0) {
            big_subtract(numerator, denominator);
            quotient |= 1;
        }
    }
    big_shift_left(numerator, 1);
    int rest = big_compare(numerator, denominator);
    if (rest > 0 || (rest == 0 && (quotient & 1) != 0))
        quotient++;
    *out_shift = shift;
    return quotient;
}

bool float_text_parse(struct bytes text, enum float_width width, uint64_t *out_bits)
{
    const struct float_shape *shape = &shapes[width];
    uint64_t infinity = (uint64_t)shape->exponent_max << (shape->precision - 1);
    uint64_t hidden = (uint64_t)1 << (shape->precision - 1);
    struct decimal decimal;
    struct big denominator;
    int32_t shift;
    if (!read_decimal(text, &decimal))
        return false;
    *out_bits = 0;
    if (decimal.count == 0 || decimal.point < -shape->shift_max / 3)
        return true;
    *out_bits = infinity;
    if (decimal.point > shape->point_max)
        return true;
    big_set(&denominator, 1);
    if (decimal.point >= decimal.count)
        big_multiply_power10(&decimal.digits, (uint32_t)(decimal.point - decimal.count));
    else
        big_multiply_power10(&denominator, (uint32_t)(decimal.count - decimal.point));
    uint64_t quotient = divide(&decimal.digits, &denominator, shape, &shift);
    if (quotient < hidden) {
        *out_bits = quotient;
        return true;
    }
    int32_t exponent = (int32_t)shape->precision - 1 - shift + shape->bias;
    uint64_t bits = ((uint64_t)(uint32_t)exponent << (shape->precision - 1)) + (quotient - hidden);
    *out_bits = bits < infinity ? bits : infinity;
    return true;
}

/* The float r / s, and half the way to its neighbours m_up / s and m_down / s. */
struct dragon {
    struct big r, s, m_up, m_down;
    bool is_even; /* the ends of the interval round to it, too */
};

static void dragon_begin(struct dragon *dragon, uint64_t mantissa, int32_t exponent, bool is_edge)
{
    uint32_t more = is_edge ? 2 : 1; /* the neighbour below is nearer by half */
    dragon->is_even = (mantissa & 1) == 0;
    big_set(&dragon->r, mantissa);
    big_set(&dragon->s, 1);
    big_set(&dragon->m_up, 1);
    big_set(&dragon->m_down, 1);
    big_shift_left(&dragon->r, more);
    big_shift_left(&dragon->s, more);
    big_shift_left(&dragon->m_up, more - 1);
    if (exponent >= 0) {
        big_shift_left(&dragon->r, (uint32_t)exponent);
        big_shift_left(&dragon->m_up, (uint32_t)exponent);
        big_shift_left(&dragon->m_down, (uint32_t)exponent);
    } else {
        big_shift_left(&dragon->s, (uint32_t)-exponent);
    }
}

/* Does the interval reach s? */
static bool reaches_s(const struct dragon *dragon)
{
    struct big top = dragon->r;
    big_add(&top, &dragon->m_up);
    int order = big_compare(&top, &dragon->s);
    return order > 0 || (order == 0 && dragon->is_even);
}

/* Scales so that the float is r / s * 10^point with r / s in [0.1, 1). */
static int32_t dragon_scale(struct dragon *dragon, int32_t exponent_of_top)
{
    int32_t point = exponent_of_top * 30103 / 100000 - 2; /* not more than it is */
    if (point >= 0) {
        big_multiply_power10(&dragon->s, (uint32_t)point);
    } else {
        big_multiply_power10(&dragon->r, (uint32_t)-point);
        big_multiply_power10(&dragon->m_up, (uint32_t)-point);
        big_multiply_power10(&dragon->m_down, (uint32_t)-point);
    }
    for (; reaches_s(dragon); point++)
        big_multiply_add(&dragon->s, 10, 0);
    return point;
}

static size_t dragon_digits(struct dragon *dragon, char *out)
{
    size_t count = 0;
    for (;;) {
        char digit = '0';
        big_multiply_add(&dragon->r, 10, 0);
        big_multiply_add(&dragon->m_up, 10, 0);
        big_multiply_add(&dragon->m_down, 10, 0);
        for (; big_compare(&dragon->r, &dragon->s) >= 0; digit++)
            big_subtract(&dragon->r, &dragon->s);
        int low = big_compare(&dragon->r, &dragon->m_down);
        bool may_end_low = low < 0 || (low == 0 && dragon->is_even);
        bool may_end_high = reaches_s(dragon);
        out[count++] = digit;
        if (!may_end_low && !may_end_high)
            continue;
        big_shift_left(&dragon->r, 1);
        if (may_end_high && (!may_end_low || big_compare(&dragon->r, &dragon->s) >= 0))
            out[count - 1]++;
        return count;
    }
}

static size_t print_exponent(int32_t exponent, char *out)
{
    size_t len = 0;
    uint32_t rest = (uint32_t)(exponent < 0 ? -exponent : exponent);
    out[len++] = 'e';
    out[len++] = "+-"[exponent < 0];
    for (uint32_t unit = rest >= 100 ? 100 : rest >= 10 ? 10 : 1; unit != 0; unit /= 10)
        out[len++] = (char)('0' + rest / unit % 10);
    return len;
}

/* 0.digits * 10^point, with an exponent only where the zeros would be many. */
static size_t print_decimal(const char *digits, size_t count, int32_t point, char *out)
{
    size_t len = 0;
    if (point > 21 || point < -5) {
        out[len++] = digits[0];
        if (count > 1)
            out[len++] = '.';
        for (size_t i = 1; i < count; i++)
            out[len++] = digits[i];
        return len + print_exponent(point - 1, out + len);
    }
    for (int32_t at = point < 1 ? point - 1 : 0; at < point || at < (int32_t)count; at++) {
        if (at == point)
            out[len++] = '.';
        out[len++] = '0';
        if (at >= 0 && at < (int32_t)count)
            out[len - 1] = digits[at];
    }
    return len;
}

static size_t print_word(const char *word, size_t word_len, char *out)
{
    memcpy(out, word, word_len);
    return word_len;
}

bool float_is_nan(uint64_t bits, enum float_width width)
{
    uint64_t infinity = (uint64_t)shapes[width].exponent_max << (shapes[width].precision - 1);
    uint64_t magnitude = width == FLOAT_F64 ? bits & INT64_MAX : bits & INT32_MAX;
    return magnitude > infinity;
}

bool float_is_finite(uint64_t bits, enum float_width width)
{
    return (bits >> (shapes[width].precision - 1) & shapes[width].exponent_max) !=
           shapes[width].exponent_max;
}

size_t float_text_print(uint64_t bits, enum float_width width, char out[static FLOAT_TEXT_MAX])
{
    const struct float_shape *shape = &shapes[width];
    uint64_t hidden = (uint64_t)1 << (shape->precision - 1);
    uint64_t mantissa = bits & (hidden - 1);
    uint32_t field = (uint32_t)(bits >> (shape->precision - 1)) & shape->exponent_max;
    bool is_negative = (bits >> (width == FLOAT_F64 ? 63 : 31) & 1) != 0;
    size_t len = 0;
    char digits[24];
    struct dragon dragon;
    if (float_is_nan(bits, width))
        return print_word("nan", 3, out);
    if (is_negative)
        out[len++] = '-';
    if (field == shape->exponent_max)
        return len + print_word("inf", 3, out + len);
    if (field == 0 && mantissa == 0)
        return len + print_word("0", 1, out + len);
    bool is_edge = mantissa == 0 && field > 1;
    int32_t exponent = (int32_t)(field == 0 ? 1 : field) - 1 - shape->shift_max;
    mantissa |= field == 0 ? 0 : hidden;
    dragon_begin(&dragon, mantissa, exponent, is_edge);
    int32_t point = dragon_scale(&dragon, exponent + (int32_t)big_bit_count(&dragon.r) -
                                              (exponent > 0 ? exponent : 0) - 2);
    size_t count = dragon_digits(&dragon, digits);
    return len + print_decimal(digits, count, point, out + len);
}
