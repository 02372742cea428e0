/*
 * core/wasm/cursor.c: the small items that sections, bodies and constant expressions share.
 */
#include "core/wasm/cursor.h"

#include "core/base/utf8.h"
#include "core/wasm/limits.h"

void wasm_cursor_write_leb(const struct wasm_cursor *cursor, enum wasm_leb result)
{
    report_write(cursor->report, wasm_cursor_offset(cursor), wasm_leb_text(result));
}

enum status wasm_read_u64(struct wasm_cursor *cursor, uint64_t *out)
{
    enum wasm_leb result = wasm_leb_u64(&cursor->at, cursor->end, out);
    return result == WASM_LEB_OK ? STATUS_OK : wasm_cursor_fail_leb(cursor, result);
}

enum status wasm_read_s32(struct wasm_cursor *cursor, int32_t *out)
{
    enum wasm_leb result = wasm_leb_s32(&cursor->at, cursor->end, out);
    return result == WASM_LEB_OK ? STATUS_OK : wasm_cursor_fail_leb(cursor, result);
}

enum status wasm_read_s33(struct wasm_cursor *cursor, int64_t *out)
{
    enum wasm_leb result = wasm_leb_s33(&cursor->at, cursor->end, out);
    return result == WASM_LEB_OK ? STATUS_OK : wasm_cursor_fail_leb(cursor, result);
}

enum status wasm_read_s64(struct wasm_cursor *cursor, int64_t *out)
{
    enum wasm_leb result = wasm_leb_s64(&cursor->at, cursor->end, out);
    return result == WASM_LEB_OK ? STATUS_OK : wasm_cursor_fail_leb(cursor, result);
}

enum status wasm_read_byte(struct wasm_cursor *cursor, uint8_t *out)
{
    if (cursor->at >= cursor->end)
        return wasm_cursor_fail(cursor, STATUS_MALFORMED, "a byte is missing at the end");
    *out = *cursor->at++;
    return STATUS_OK;
}

enum status wasm_read_bytes(struct wasm_cursor *cursor, uint64_t len, struct bytes *out)
{
    if (len > wasm_cursor_left(cursor))
        return report_fail_u64x2(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(cursor),
                                 "% bytes are announced where % are left", len,
                                 wasm_cursor_left(cursor));
    *out = bytes_of(cursor->at, (size_t)len);
    cursor->at += len;
    return STATUS_OK;
}

enum status wasm_read_name(struct wasm_cursor *cursor, struct bytes *out)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t len;
    enum status status = wasm_read_u32(cursor, &len);
    if (status != STATUS_OK)
        return status;
    struct bytes name;
    status = wasm_read_bytes(cursor, len, &name);
    if (status != STATUS_OK)
        return status;
    if (len > WASM_LIMIT_NAME_BYTES)
        return report_fail_u64x2(cursor->report, STATUS_LIMIT, offset,
                                 "a name has % bytes, the limit is %", len, WASM_LIMIT_NAME_BYTES);
    if (!utf8_is_valid(name))
        return report_fail_name(cursor->report, STATUS_MALFORMED, offset, "the name % is not UTF-8",
                                name);
    *out = name;
    return STATUS_OK;
}

enum status wasm_read_count(struct wasm_cursor *cursor, uint32_t least, uint32_t limit,
                            const char *limit_sentence, uint32_t *out)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t count;
    enum status status = wasm_read_u32(cursor, &count);
    if (status != STATUS_OK)
        return status;
    if (count > wasm_cursor_left(cursor) / least)
        return report_fail_u64x2(cursor->report, STATUS_MALFORMED, offset,
                                 "a count of % does not fit the % bytes left", count,
                                 wasm_cursor_left(cursor));
    if (count > limit)
        return report_fail_u64(cursor->report, STATUS_LIMIT, offset, limit_sentence, limit);
    *out = count;
    return STATUS_OK;
}
