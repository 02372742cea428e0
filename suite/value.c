/*
 * suite/value.c: values as bytes.
 */
#include "suite/value.h"

#define WIRE_MAX 24

static enum status take_u8(struct bytes *rest, uint8_t least, uint8_t most, uint8_t *out_byte)
{
    struct bytes head;
    if (bytes_take(rest, 1, &head) != STATUS_OK)
        return STATUS_TRUNCATED;
    *out_byte = head.data[0];
    return *out_byte >= least && *out_byte <= most ? STATUS_OK : STATUS_MALFORMED;
}

static enum status take_bits(struct bytes *rest, size_t len, uint64_t *out_bits)
{
    uint8_t whole[8] = {0};
    struct bytes head;
    if (bytes_take(rest, len, &head) != STATUS_OK)
        return STATUS_TRUNCATED;
    memcpy(whole, head.data, len);
    *out_bits = load_le64(whole);
    return STATUS_OK;
}

static enum status take_classes(struct bytes *rest, uint8_t least, size_t count,
                                enum suite_nan *out_classes)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        uint8_t class = 0;
        status = take_u8(rest, least, SUITE_NAN_ARITHMETIC, &class);
        if (status == STATUS_OK)
            out_classes[i] = (enum suite_nan) class;
    }
    return status;
}

static enum status take_v128(struct bytes *rest, size_t lanes, struct suite_value *value)
{
    enum status status = take_bits(rest, 8, &value->bits[0]);
    if (status == STATUS_OK)
        status = take_bits(rest, 8, &value->bits[1]);
    return status == STATUS_OK ? take_classes(rest, SUITE_NAN_NONE, lanes, value->nan) : status;
}

enum status suite_value_read(struct bytes *rest, struct suite_value *out_value)
{
    uint8_t kind = 0, byte = 0;
    struct suite_value value = {0};
    enum status status = take_u8(rest, SUITE_VALUE_I32, SUITE_VALUE_EITHER, &kind);
    if (status != STATUS_OK)
        return status;
    value.kind = (enum suite_value_kind)kind;
    switch (value.kind) {
    case SUITE_VALUE_I32:
    case SUITE_VALUE_F32:
    case SUITE_VALUE_REF_EXTERN:
    case SUITE_VALUE_REF_HOST:
        status = take_bits(rest, 4, &value.bits[0]);
        break;
    case SUITE_VALUE_I64:
    case SUITE_VALUE_F64:
        status = take_bits(rest, 8, &value.bits[0]);
        break;
    case SUITE_VALUE_F32_NAN:
    case SUITE_VALUE_F64_NAN:
        status = take_classes(rest, SUITE_NAN_CANONICAL, 1, value.nan);
        break;
    case SUITE_VALUE_V128:
        status = take_v128(rest, 0, &value);
        break;
    case SUITE_VALUE_V128_F32:
        status = take_v128(rest, 4, &value);
        break;
    case SUITE_VALUE_V128_F64:
        status = take_v128(rest, 2, &value);
        break;
    case SUITE_VALUE_REF_SOME:
        status = take_u8(rest, SUITE_SOME_FUNC, SUITE_SOME_EXN, &byte);
        if (status == STATUS_OK)
            value.some = (enum suite_some)byte;
        break;
    case SUITE_VALUE_EITHER:
        status = take_u8(rest, 1, UINT8_MAX, &value.alternatives);
        break;
    case SUITE_VALUE_REF_NULL:
    default:
        break;
    }
    if (status == STATUS_OK)
        *out_value = value;
    return status;
}

static size_t put_classes(uint8_t *out, const struct suite_value *value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)value->nan[i];
    return count;
}

/* Bytes after the kind. */
static size_t put_content(uint8_t *out, const struct suite_value *value)
{
    store_le64(out, value->bits[0]);
    switch (value->kind) {
    case SUITE_VALUE_I32:
    case SUITE_VALUE_F32:
    case SUITE_VALUE_REF_EXTERN:
    case SUITE_VALUE_REF_HOST:
        return 4;
    case SUITE_VALUE_I64:
    case SUITE_VALUE_F64:
        return 8;
    case SUITE_VALUE_F32_NAN:
    case SUITE_VALUE_F64_NAN:
        return put_classes(out, value, 1);
    case SUITE_VALUE_V128:
    case SUITE_VALUE_V128_F32:
    case SUITE_VALUE_V128_F64:
        store_le64(out + 8, value->bits[1]);
        return 16 + put_classes(out + 16, value,
                                value->kind == SUITE_VALUE_V128       ? 0
                                : value->kind == SUITE_VALUE_V128_F32 ? 4
                                                                      : 2);
    case SUITE_VALUE_REF_SOME:
        out[0] = (uint8_t)value->some;
        return 1;
    case SUITE_VALUE_EITHER:
        out[0] = value->alternatives;
        return 1;
    case SUITE_VALUE_REF_NULL:
    default:
        return 0;
    }
}

enum status suite_value_write(struct buffer *buffer, const struct suite_value *value)
{
    uint8_t wire[WIRE_MAX];
    wire[0] = (uint8_t)value->kind;
    size_t len = 1 + put_content(wire + 1, value);
    return buffer_append(buffer, bytes_of(wire, len));
}
