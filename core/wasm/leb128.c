/*
 * core/wasm/leb128.c: one loop for all widths; the widths are constants where it is inlined.
 */
#include "core/wasm/leb128.h"

const char *wasm_leb_text(enum wasm_leb result)
{
    switch (result) {
    case WASM_LEB_OK:
        return NULL;
    case WASM_LEB_TRUNCATED:
        return "an integer runs past the end";
    case WASM_LEB_TOO_LONG:
        return "an integer has more bytes than its type allows";
    case WASM_LEB_TOO_LARGE:
        return "an integer does not fit its type";
    }
    return NULL;
}

/* Collects the bytes of an integer of `bits` bits; the value's upper bits are not extended. */
ALWAYS_INLINE enum wasm_leb collect(const uint8_t **at, const uint8_t *end, unsigned bits,
                                    uint64_t *out_value, unsigned *out_shift, uint8_t *out_last)
{
    const uint8_t *p = *at;
    uint64_t value = 0;
    unsigned shift = 0;
    for (;;) {
        if (p >= end)
            return WASM_LEB_TRUNCATED;
        uint8_t byte = *p++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        shift += 7;
        if (byte < 0x80) {
            *out_last = byte;
            break;
        }
        if (shift >= bits)
            return WASM_LEB_TOO_LONG;
    }
    *at = p;
    *out_value = value;
    *out_shift = shift;
    return WASM_LEB_OK;
}

ALWAYS_INLINE enum wasm_leb read_unsigned(const uint8_t **at, const uint8_t *end, unsigned bits,
                                          uint64_t *out)
{
    const uint8_t *p = *at;
    uint64_t value;
    unsigned shift;
    uint8_t last;
    enum wasm_leb result = collect(&p, end, bits, &value, &shift, &last);
    if (result != WASM_LEB_OK)
        return result;
    if (shift > bits && last >> (7 - (shift - bits)) != 0)
        return WASM_LEB_TOO_LARGE;
    *at = p;
    *out = value;
    return WASM_LEB_OK;
}

ALWAYS_INLINE enum wasm_leb read_signed(const uint8_t **at, const uint8_t *end, unsigned bits,
                                        int64_t *out)
{
    const uint8_t *p = *at;
    uint64_t value;
    unsigned shift;
    uint8_t last;
    enum wasm_leb result = collect(&p, end, bits, &value, &shift, &last);
    if (result != WASM_LEB_OK)
        return result;
    if (shift > bits) {
        /* The last byte's bits from the sign bit up: all zero or all one. */
        unsigned sign_at = 6 - (shift - bits);
        unsigned extension = (unsigned)last >> sign_at;
        if (extension != 0 && extension != 0x7Fu >> sign_at)
            return WASM_LEB_TOO_LARGE;
    }
    if ((last & 0x40) != 0 && shift < 64)
        value |= UINT64_MAX << shift;
    *at = p;
    *out = (int64_t)value;
    return WASM_LEB_OK;
}

enum wasm_leb wasm_leb_u32_long(const uint8_t **at, const uint8_t *end, uint32_t *out)
{
    uint64_t value = 0;
    enum wasm_leb result = read_unsigned(at, end, 32, &value);
    if (result == WASM_LEB_OK)
        *out = (uint32_t)value;
    return result;
}

enum wasm_leb wasm_leb_u64(const uint8_t **at, const uint8_t *end, uint64_t *out)
{
    return read_unsigned(at, end, 64, out);
}

enum wasm_leb wasm_leb_s32(const uint8_t **at, const uint8_t *end, int32_t *out)
{
    int64_t value = 0;
    enum wasm_leb result = read_signed(at, end, 32, &value);
    if (result == WASM_LEB_OK)
        *out = (int32_t)value;
    return result;
}

enum wasm_leb wasm_leb_s33(const uint8_t **at, const uint8_t *end, int64_t *out)
{
    return read_signed(at, end, 33, out);
}

enum wasm_leb wasm_leb_s64(const uint8_t **at, const uint8_t *end, int64_t *out)
{
    return read_signed(at, end, 64, out);
}
