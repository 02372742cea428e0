/*
 * core/wasm/decode_tables.c: tables and memories (WASM 3.0 §5.3.9, §5.3.10).
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"
#include "core/wasm/memory.h"
#include "core/wasm/read_type.h"

enum status wasm_decode_table_type(const struct wasm_module *module, struct wasm_cursor *cursor,
                                   struct wasm_table *out_table)
{
    enum status status = wasm_read_ref_type(cursor, module, &out_table->type);
    if (status != STATUS_OK)
        return status;
    uint64_t offset = wasm_cursor_offset(cursor);
    status = wasm_decode_table_limits(cursor, &out_table->limits);
    if (status != STATUS_OK)
        return status;
    const struct wasm_limits *limits = &out_table->limits;
    if (!limits->is_64 && (limits->min > WASM_TABLE32_ITEMS_MAX ||
                           (limits->has_max && limits->max > WASM_TABLE32_ITEMS_MAX)))
        return report_fail_u64(cursor->report, STATUS_INVALID, offset,
                               "a table has more than % items", WASM_TABLE32_ITEMS_MAX);
    return STATUS_OK;
}

enum status wasm_decode_memory_type(struct wasm_cursor *cursor, struct wasm_memory_type *out_memory)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    enum status status = wasm_decode_memory_limits(cursor, out_memory);
    if (status != STATUS_OK)
        return status;
    const struct wasm_limits *limits = &out_memory->limits;
    uint64_t most = wasm_memory_type_pages_max(out_memory);
    if (limits->min > most || (limits->has_max && limits->max > most))
        return report_fail_u64(cursor->report, STATUS_INVALID, offset,
                               "a memory has more than % pages", most);
    if (limits->is_shared && !limits->has_max)
        return report_fail(cursor->report, STATUS_INVALID, offset,
                           "a shared memory must have a maximum");
    return STATUS_OK;
}

/* A definition: the bytes 0x40 0x00 in front mean that an initial value follows. It sees only
 * imported globals, for the others are initialised later. */
static enum status read_table(struct wasm_decoder *decoder, struct wasm_cursor *section,
                              struct wasm_table *table)
{
    const struct wasm_module *module = decoder->module;
    uint64_t offset = wasm_cursor_offset(section);
    if (section->at < section->end && *section->at == 0x40) {
        uint8_t reserved;
        section->at++;
        enum status status = wasm_read_byte(section, &reserved);
        if (status != STATUS_OK)
            return status;
        if (reserved != 0)
            return report_fail_u64(section->report, STATUS_MALFORMED, offset + 1,
                                   "the reserved byte of a table is % instead of 0", reserved);
        table->has_init = true;
    }
    enum status status = wasm_decode_table_type(module, section, table);
    if (status != STATUS_OK)
        return status;
    if (table->has_init)
        return wasm_decode_const_expr(decoder, section, table->type, module->import_global_count,
                                      &table->init);
    if (!wasm_type_is_defaultable(table->type))
        return report_fail(section->report, STATUS_INVALID, offset,
                           "type mismatch: a table without an initial value holds no null");
    return STATUS_OK;
}

enum status wasm_decode_tables(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_TABLE];
    for (uint32_t i = module->import_table_count; i < module->table_count; i++) {
        enum status status = read_table(decoder, section, &module->tables[i]);
        if (status != STATUS_OK)
            return status;
    }
    return wasm_decoder_close(section);
}

enum status wasm_decode_memories(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_MEMORY];
    for (uint32_t i = module->import_memory_count; i < module->memory_count; i++) {
        enum status status = wasm_decode_memory_type(section, &module->memories[i]);
        if (status != STATUS_OK)
            return status;
    }
    return wasm_decoder_close(section);
}
