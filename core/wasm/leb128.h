/*
 * core/wasm/leb128.h: LEB128 integers (WASM 3.0 §5.2.2).
 *
 * A reader moves *at past the integer and writes `out` only on WASM_LEB_OK. No byte at or past
 * `end` is read. An integer may be padded, but has at most ceil(N/7) bytes, and the bits of its
 * last byte that do not fit N must be zero (unsigned) or copies of the sign.
 */
#ifndef AETHER_WASM_LEB128_H
#define AETHER_WASM_LEB128_H

#include "core/base/compiler.h"

enum wasm_leb {
    WASM_LEB_OK,
    WASM_LEB_TRUNCATED,
    WASM_LEB_TOO_LONG,  /* continues past the last byte it may have */
    WASM_LEB_TOO_LARGE, /* unused bits of the last byte are not what they must be */
};

/* What is wrong, for a report; NULL for WASM_LEB_OK. */
const char *wasm_leb_text(enum wasm_leb result);

enum wasm_leb MUST_CHECK wasm_leb_u32_long(const uint8_t **at, const uint8_t *end, uint32_t *out);
enum wasm_leb MUST_CHECK wasm_leb_u64(const uint8_t **at, const uint8_t *end, uint64_t *out);
enum wasm_leb MUST_CHECK wasm_leb_s32(const uint8_t **at, const uint8_t *end, int32_t *out);
enum wasm_leb MUST_CHECK wasm_leb_s33(const uint8_t **at, const uint8_t *end, int64_t *out);
enum wasm_leb MUST_CHECK wasm_leb_s64(const uint8_t **at, const uint8_t *end, int64_t *out);

/* Nearly every u32 of a module has one byte. */
ALWAYS_INLINE MUST_CHECK enum wasm_leb wasm_leb_u32(const uint8_t **at, const uint8_t *end,
                                                    uint32_t *out)
{
    if (LIKELY(*at < end && **at < 0x80)) {
        *out = *(*at)++;
        return WASM_LEB_OK;
    }
    return wasm_leb_u32_long(at, end, out);
}

#endif
