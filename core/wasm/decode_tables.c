/*
 * core/wasm/decode_tables.c: tables, memories and limits (WASM 3.0 §5.3.8 to §5.3.10).
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"

#define LIMITS_MAX    0x01u
#define LIMITS_SHARED 0x02u
#define LIMITS_64     0x04u

static enum status read_limits_flags(struct wasm_cursor *cursor, uint8_t *out_flags)
{
    struct wasm_cursor before = *cursor;
    uint8_t flags;
    enum status status = wasm_read_byte(cursor, &flags);
    if (status != STATUS_OK)
        return status;
    if (flags > (LIMITS_MAX | LIMITS_SHARED | LIMITS_64))
        return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(&before),
                               "% are no flags of limits", flags);
    if ((flags & LIMITS_64) != 0)
        return wasm_cursor_fail(&before, STATUS_UNSUPPORTED,
                                "64-bit memories and tables are not supported");
    if ((flags & LIMITS_SHARED) != 0)
        return wasm_cursor_fail(&before, STATUS_UNSUPPORTED,
                                "shared memories (threads) are not supported");
    *out_flags = flags;
    return STATUS_OK;
}

static enum status read_limits(struct wasm_cursor *cursor, struct wasm_limits *out_limits)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t flags;
    enum status status = read_limits_flags(cursor, &flags);
    if (status != STATUS_OK)
        return status;
    uint64_t min, max = UINT64_MAX;
    status = wasm_read_u64(cursor, &min);
    if (status != STATUS_OK)
        return status;
    bool has_max = (flags & LIMITS_MAX) != 0;
    if (has_max) {
        status = wasm_read_u64(cursor, &max);
        if (status != STATUS_OK)
            return status;
        if (min > max)
            return report_fail_u64x2(cursor->report, STATUS_INVALID, offset,
                                     "the minimum % is greater than the maximum %", min, max);
    }
    *out_limits = (struct wasm_limits){.min = min, .max = max, .has_max = has_max};
    return STATUS_OK;
}

enum status wasm_decode_table_type(struct wasm_cursor *cursor, struct wasm_table *out_table)
{
    if (cursor->at < cursor->end && *cursor->at == 0x40)
        return wasm_cursor_fail(cursor, STATUS_UNSUPPORTED,
                                "tables with an initial value are not supported");
    enum status status = wasm_read_ref_type(cursor, &out_table->type);
    if (status != STATUS_OK)
        return status;
    uint64_t offset = wasm_cursor_offset(cursor);
    status = read_limits(cursor, &out_table->limits);
    if (status != STATUS_OK)
        return status;
    const struct wasm_limits *limits = &out_table->limits;
    if (limits->min > WASM_TABLE32_ITEMS_MAX ||
        (limits->has_max && limits->max > WASM_TABLE32_ITEMS_MAX))
        return report_fail_u64(cursor->report, STATUS_INVALID, offset,
                               "a table has more than % items", WASM_TABLE32_ITEMS_MAX);
    return STATUS_OK;
}

enum status wasm_decode_memory_type(struct wasm_cursor *cursor, struct wasm_memory_type *out_memory)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    enum status status = read_limits(cursor, &out_memory->limits);
    if (status != STATUS_OK)
        return status;
    const struct wasm_limits *limits = &out_memory->limits;
    if (limits->min > WASM_MEMORY32_PAGES_MAX ||
        (limits->has_max && limits->max > WASM_MEMORY32_PAGES_MAX))
        return report_fail_u64(cursor->report, STATUS_INVALID, offset,
                               "a memory has more than % pages", WASM_MEMORY32_PAGES_MAX);
    out_memory->page_log2 = 16;
    return STATUS_OK;
}

enum status wasm_decode_tables(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_TABLE];
    for (uint32_t i = module->import_table_count; i < module->table_count; i++) {
        enum status status = wasm_decode_table_type(section, &module->tables[i]);
        if (status != STATUS_OK)
            return status;
    }
    return wasm_decoder_close(section);
}

enum status wasm_decode_memories(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_MEMORY];
    uint64_t offset = wasm_cursor_offset(section);
    for (uint32_t i = module->import_memory_count; i < module->memory_count; i++) {
        enum status status = wasm_decode_memory_type(section, &module->memories[i]);
        if (status != STATUS_OK)
            return status;
    }
    if (module->memory_count > 1)
        return report_fail_u64(decoder->report, STATUS_UNSUPPORTED, offset,
                               "multiple memories are not supported, the module has %",
                               module->memory_count);
    return wasm_decoder_close(section);
}
