/*
 * core/base/utf8.h: UTF-8 (RFC 3629): is a run of bytes well-formed, and its characters.
 *
 * Overlong forms, surrogates and everything past U+10FFFF are refused. NUL is a character as any
 * other. Not here: what a name may hold beyond that; who prints names escapes them (report.h).
 */
#ifndef AETHER_BASE_UTF8_H
#define AETHER_BASE_UTF8_H

#include "core/base/bytes.h"

bool utf8_is_valid(struct bytes text);

/* Takes the first character off well-formed text that is not empty. */
static inline void utf8_next(struct bytes *text, uint32_t *out_code)
{
    const uint8_t *at = text->data;
    size_t len = at[0] < 0x80 ? 1 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    uint32_t code = len == 1 ? at[0] : at[0] & (0x7Fu >> len);
    ASSERT(len <= text->len);
    for (size_t i = 1; i < len; i++)
        code = code << 6 | (at[i] & 0x3F);
    text->data += len;
    text->len -= len;
    *out_code = code;
}

/* Bytes of a character, and they themselves: `out` has room for utf8_size(code). */
static inline uint32_t utf8_size(uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

static inline uint32_t utf8_put(uint8_t *out, uint32_t code)
{
    uint32_t size = utf8_size(code);
    for (uint32_t i = size - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = size == 1 ? (uint8_t)code : (uint8_t)(0xF00u >> size | code);
    return size;
}

#endif
