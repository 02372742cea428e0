/*
 * core/component/value_text.c: integers to and from text, and text that is measured first.
 */
#include "core/component/value_build.h"

static bool is_signed(enum component_kind kind)
{
    return kind == COMPONENT_S8 || kind == COMPONENT_S16 || kind == COMPONENT_S32 ||
           kind == COMPONENT_S64;
}

/* The greatest number of the kind. */
static uint64_t most(enum component_kind kind)
{
    switch (kind) {
    case COMPONENT_S8:
        return INT8_MAX;
    case COMPONENT_U8:
        return UINT8_MAX;
    case COMPONENT_S16:
        return INT16_MAX;
    case COMPONENT_U16:
        return UINT16_MAX;
    case COMPONENT_S32:
        return INT32_MAX;
    case COMPONENT_U32:
        return UINT32_MAX;
    case COMPONENT_S64:
        return INT64_MAX;
    default:
        return UINT64_MAX;
    }
}

const char *value_integer(struct bytes text, enum component_kind kind,
                          struct component_value *out_value)
{
    bool is_negative = text.len != 0 && text.data[0] == '-';
    uint64_t number = 0;
    size_t at = is_negative ? 1 : 0;
    if (at == text.len)
        return "expected an integer";
    for (; at < text.len; at++) {
        uint32_t digit = text.data[at] - (uint32_t)'0';
        if (digit > 9)
            return "expected an integer, without fraction and exponent";
        if (number > (UINT64_MAX - digit) / 10)
            return "the number does not fit its type";
        number = number * 10 + digit;
    }
    uint64_t limit = most(kind);
    if (is_negative)
        limit = is_signed(kind) ? limit + 1 : 0;
    if (number > limit)
        return "the number does not fit its type";
    *out_value = (struct component_value){.kind = kind, .u = is_negative ? 0 - number : number};
    return NULL;
}

void value_put(struct value_text *out, struct bytes text)
{
    if (out->data != NULL && text.len != 0)
        memcpy(out->data + out->len, text.data, text.len);
    out->len += text.len;
}

void value_put_char(struct value_text *out, char c)
{
    value_put(out, bytes_of(&c, 1));
}

void value_put_unsigned(struct value_text *out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    value_put(out, bytes_of(digits + at, sizeof digits - at));
}

void value_put_integer(struct value_text *out, const struct component_value *value)
{
    bool is_negative = is_signed(value->kind) && value->s < 0;
    if (is_negative)
        value_put_char(out, '-');
    value_put_unsigned(out, is_negative ? 0 - value->u : value->u);
}
