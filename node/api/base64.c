/*
 * node/api/base64.c: see base64.h.
 */
#include "node/api/base64.h"

#define NOT_A_DIGIT 64u

static uint32_t digit_of(bool is_url, uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - (uint32_t)'A';
    if (c >= 'a' && c <= 'z')
        return c - (uint32_t)'a' + 26;
    if (c >= '0' && c <= '9')
        return c - (uint32_t)'0' + 52;
    if (c == (is_url ? '-' : '+'))
        return 62;
    return c == (is_url ? '_' : '/') ? 63 : NOT_A_DIGIT;
}

/* The bytes of a group of `count` characters, when its left-over bits are zero. */
static enum status end_group(struct api_base64 *base64, struct api_memory *out)
{
    uint32_t count = base64->count, bits = base64->group << (6 * (4 - count));
    uint8_t bytes[3] = {(uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits};
    base64->count = 0;
    base64->group = 0;
    for (uint32_t i = count - 1; i < 3; i++) {
        if (bytes[i] != 0)
            return STATUS_MALFORMED;
    }
    return api_memory_append(out, bytes_of(bytes, count - 1));
}

enum status api_base64_feed(struct api_base64 *base64, struct bytes piece, struct api_memory *out)
{
    for (size_t i = 0; i < piece.len; i++) {
        uint32_t digit = digit_of(base64->is_url, piece.data[i]);
        if (piece.data[i] == '=' && !base64->is_url && base64->count + base64->padding < 4 &&
            base64->count >= 2) {
            base64->padding++;
            continue;
        }
        if (digit == NOT_A_DIGIT || base64->padding != 0)
            return STATUS_MALFORMED;
        base64->group = base64->group << 6 | digit;
        if (++base64->count < 4)
            continue;
        uint8_t bytes[3] = {(uint8_t)(base64->group >> 16), (uint8_t)(base64->group >> 8),
                            (uint8_t)base64->group};
        enum status status = api_memory_append(out, bytes_of(bytes, 3));
        base64->count = 0;
        base64->group = 0;
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status api_base64_finish(struct api_base64 *base64, struct api_memory *out)
{
    if (base64->count == 0)
        return STATUS_OK;
    bool is_whole = base64->is_url || base64->count + base64->padding == 4;
    if (base64->count == 1 || !is_whole)
        return STATUS_MALFORMED;
    return end_group(base64, out);
}

size_t api_base64_encode(struct bytes in, bool is_url, uint8_t *out)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *digits = is_url ? url : plain;
    size_t len = 0;
    for (size_t i = 0; i < in.len; i += 3) {
        size_t count = in.len - i < 3 ? in.len - i : 3;
        uint32_t group = (uint32_t)in.data[i] << 16;
        group |= count > 1 ? (uint32_t)in.data[i + 1] << 8 : 0;
        group |= count > 2 ? in.data[i + 2] : 0u;
        for (size_t j = 0; j < 4; j++) {
            if (j <= count)
                out[len++] = (uint8_t)digits[group >> (18 - 6 * j) & 63];
            else if (!is_url)
                out[len++] = '=';
        }
    }
    return len;
}
