/*
 * core/wasm/cursor.h: a place in the input, and the readers that refuse with offset and sentence.
 *
 * Every reader moves past the item on STATUS_OK and writes its out-parameter only then. `end` is
 * where the enclosing section, body or expression ends, so that running into it is MALFORMED; only
 * the framing of sections knows the end of the input (TRUNCATED).
 */
#ifndef AETHER_WASM_CURSOR_H
#define AETHER_WASM_CURSOR_H

#include "core/base/report.h"
#include "core/wasm/leb128.h"

struct wasm_cursor {
    const uint8_t *at;
    const uint8_t *end;
    const uint8_t *origin; /* first byte of the input: offset 0 */
    struct report *report; /* may be NULL */
};

ALWAYS_INLINE uint64_t wasm_cursor_offset(const struct wasm_cursor *cursor)
{
    return (uint64_t)(cursor->at - cursor->origin);
}

ALWAYS_INLINE size_t wasm_cursor_left(const struct wasm_cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

/* Refusal at the cursor; inline, so that the analyzer sees which status comes back. */
static inline enum status wasm_cursor_fail(const struct wasm_cursor *cursor, enum status status,
                                           const char *sentence)
{
    return report_fail(cursor->report, status, wasm_cursor_offset(cursor), sentence);
}

/* Says why an integer did not read; `result` is not WASM_LEB_OK. */
COLD void wasm_cursor_write_leb(const struct wasm_cursor *cursor, enum wasm_leb result);

static inline enum status wasm_cursor_fail_leb(const struct wasm_cursor *cursor,
                                               enum wasm_leb result)
{
    wasm_cursor_write_leb(cursor, result);
    return STATUS_MALFORMED;
}

ALWAYS_INLINE MUST_CHECK enum status wasm_read_u32(struct wasm_cursor *cursor, uint32_t *out)
{
    enum wasm_leb result = wasm_leb_u32(&cursor->at, cursor->end, out);
    return LIKELY(result == WASM_LEB_OK) ? STATUS_OK : wasm_cursor_fail_leb(cursor, result);
}

enum status MUST_CHECK wasm_read_u64(struct wasm_cursor *cursor, uint64_t *out);
enum status MUST_CHECK wasm_read_s32(struct wasm_cursor *cursor, int32_t *out);
enum status MUST_CHECK wasm_read_s33(struct wasm_cursor *cursor, int64_t *out);
enum status MUST_CHECK wasm_read_s64(struct wasm_cursor *cursor, int64_t *out);
enum status MUST_CHECK wasm_read_byte(struct wasm_cursor *cursor, uint8_t *out);

/* The next `len` bytes, borrowed from the input. */
enum status MUST_CHECK wasm_read_bytes(struct wasm_cursor *cursor, uint64_t len, struct bytes *out);

/* A name: length, then UTF-8 (WASM 3.0 §5.2.4). */
enum status MUST_CHECK wasm_read_name(struct wasm_cursor *cursor, struct bytes *out);

/* An element count that the bytes left can hold, each element having at least `least` bytes, and
 * that is at most `limit` (`limit_sentence` has a '%' for it). */
enum status MUST_CHECK wasm_read_count(struct wasm_cursor *cursor, uint32_t least, uint32_t limit,
                                       const char *limit_sentence, uint32_t *out);

#endif
