/*
 * core/wasm/decode_datas.c: data segments and their count (WASM 3.0 §5.5.14, §5.5.16).
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"
#include "core/wasm/memory.h"

#define DATA_ACTIVE   0u
#define DATA_PASSIVE  1u
#define DATA_EXPLICIT 2u

enum status wasm_decode_data_count(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    if (!wasm_decoder_has(decoder, WASM_SECTION_DATA_COUNT))
        return STATUS_OK;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_DATA_COUNT];
    uint64_t offset = wasm_cursor_offset(section);
    enum status status = wasm_read_u32(section, &module->data_count);
    if (status != STATUS_OK)
        return status;
    if (module->data_count > WASM_LIMIT_DATAS)
        return report_fail_u64(decoder->report, STATUS_LIMIT, offset,
                               "a module has more than % data segments", WASM_LIMIT_DATAS);
    module->has_data_count = true;
    return wasm_decoder_close(section);
}

static enum status read_place(struct wasm_decoder *decoder, struct wasm_cursor *cursor,
                              uint32_t flags, struct wasm_data *data)
{
    const struct wasm_module *module = decoder->module;
    uint64_t offset = wasm_cursor_offset(cursor);
    if (flags == DATA_EXPLICIT) {
        enum status status = wasm_read_u32(cursor, &data->memory);
        if (status != STATUS_OK)
            return status;
    }
    if (data->memory >= module->memory_count)
        return report_fail_u64(cursor->report, STATUS_INVALID, offset, "unknown memory %",
                               data->memory);
    return wasm_decode_const_expr(decoder, cursor,
                                  wasm_address_type(&module->memories[data->memory].limits),
                                  module->global_count, &data->start);
}

static enum status read_data(struct wasm_decoder *decoder, struct wasm_cursor *cursor,
                             struct wasm_data *data)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t flags, len;
    enum status status = wasm_read_u32(cursor, &flags);
    if (status != STATUS_OK)
        return status;
    if (flags > DATA_EXPLICIT)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, offset,
                               "% is no form of a data segment", flags);
    data->mode = flags == DATA_PASSIVE ? WASM_SEGMENT_PASSIVE : WASM_SEGMENT_ACTIVE;
    if (data->mode == WASM_SEGMENT_ACTIVE) {
        status = read_place(decoder, cursor, flags, data);
        if (status != STATUS_OK)
            return status;
    }
    status = wasm_read_u32(cursor, &len);
    if (status != STATUS_OK)
        return status;
    return wasm_read_bytes(cursor, len, &data->init);
}

static enum status read_data_section(struct wasm_decoder *decoder, struct wasm_cursor *section,
                                     uint32_t count)
{
    struct wasm_module *module = decoder->module;
    void *datas = NULL;
    enum status status =
        wasm_decoder_alloc(decoder, section, count, sizeof *module->datas, 16, &datas);
    if (status != STATUS_OK)
        return status;
    module->datas = datas;
    for (uint32_t i = 0; i < count; i++) {
        status = read_data(decoder, section, &module->datas[i]);
        if (status != STATUS_OK)
            return status;
    }
    return wasm_decoder_close(section);
}

enum status wasm_decode_datas(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_DATA];
    uint64_t offset = wasm_cursor_offset(section);
    uint32_t count = 0;
    if (wasm_decoder_has(decoder, WASM_SECTION_DATA)) {
        enum status status = wasm_read_count(section, 2, WASM_LIMIT_DATAS,
                                             "a module has more than % data segments", &count);
        if (status != STATUS_OK)
            return status;
    }
    if (module->has_data_count && module->data_count != count)
        return report_fail_u64x2(decoder->report, STATUS_MALFORMED, offset,
                                 "the data count section says %, the data section has %",
                                 module->data_count, count);
    module->data_count = count;
    return count == 0 ? wasm_decoder_close(section) : read_data_section(decoder, section, count);
}
