/*
 * core/wasm/decode_limits.c: limits of tables and memories (WASM 3.0 §5.3.8; threads and custom
 * page sizes for memories).
 *
 * Which numbers are too great is the caller's rule: here only the form is read, and min <= max.
 */
#include "core/wasm/decode_internal.h"

#define LIMITS_MAX       0x01u
#define LIMITS_SHARED    0x02u
#define LIMITS_64        0x04u
#define LIMITS_PAGE_SIZE 0x08u

#define PAGE_LOG2_DEFAULT 16u

static enum status read_flags(struct wasm_cursor *cursor, uint8_t known, uint8_t *out_flags)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t flags;
    enum status status = wasm_read_byte(cursor, &flags);
    if (status != STATUS_OK)
        return status;
    if ((flags & ~known) != 0)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, offset, "% are no flags of limits",
                               flags);
    *out_flags = flags;
    return STATUS_OK;
}

static enum status read_limits(struct wasm_cursor *cursor, uint8_t known, uint8_t *out_flags,
                               struct wasm_limits *out_limits)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t flags;
    enum status status = read_flags(cursor, known, &flags);
    if (status != STATUS_OK)
        return status;
    uint64_t min, max = UINT64_MAX;
    status = wasm_read_u64(cursor, &min);
    if (status != STATUS_OK)
        return status;
    if ((flags & LIMITS_MAX) != 0) {
        status = wasm_read_u64(cursor, &max);
        if (status != STATUS_OK)
            return status;
        if (min > max)
            return report_fail_u64x2(cursor->report, STATUS_INVALID, offset,
                                     "the minimum % is greater than the maximum %", min, max);
    }
    *out_flags = flags;
    *out_limits = (struct wasm_limits){.min = min,
                                       .max = max,
                                       .has_max = (flags & LIMITS_MAX) != 0,
                                       .is_64 = (flags & LIMITS_64) != 0,
                                       .is_shared = (flags & LIMITS_SHARED) != 0};
    return STATUS_OK;
}

enum status wasm_decode_table_limits(struct wasm_cursor *cursor, struct wasm_limits *out_limits)
{
    uint8_t flags;
    return read_limits(cursor, LIMITS_MAX | LIMITS_64, &flags, out_limits);
}

/* 2^64 and more is no number of the format; of the others, two are allowed. */
static enum status read_page_size(struct wasm_cursor *cursor, uint8_t *out_log2)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t log2;
    enum status status = wasm_read_u32(cursor, &log2);
    if (status != STATUS_OK)
        return status;
    if (log2 >= 64)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, offset,
                               "invalid custom page size 2**%", log2);
    if (log2 != 0 && log2 != PAGE_LOG2_DEFAULT)
        return report_fail_u64(cursor->report, STATUS_INVALID, offset,
                               "invalid custom page size 2**%: 1 and 65536 are allowed", log2);
    *out_log2 = (uint8_t)log2;
    return STATUS_OK;
}

enum status wasm_decode_memory_limits(struct wasm_cursor *cursor,
                                      struct wasm_memory_type *out_memory)
{
    uint8_t flags;
    enum status status =
        read_limits(cursor, LIMITS_MAX | LIMITS_SHARED | LIMITS_64 | LIMITS_PAGE_SIZE, &flags,
                    &out_memory->limits);
    if (status != STATUS_OK)
        return status;
    out_memory->page_log2 = PAGE_LOG2_DEFAULT;
    return (flags & LIMITS_PAGE_SIZE) == 0 ? STATUS_OK
                                           : read_page_size(cursor, &out_memory->page_log2);
}
