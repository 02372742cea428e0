/*
 * core/wasm/decode_funcs.c: the function and the code section (WASM 3.0 §5.5.6, §5.5.13).
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"
#include "core/wasm/read_type.h"

enum status wasm_decode_funcs(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_FUNCTION];
    for (uint32_t func = module->import_func_count; func < module->func_count; func++) {
        enum status status =
            wasm_read_func_type_index(section, module, &module->funcs[func].type_index);
        if (status != STATUS_OK)
            return status;
    }
    return wasm_decoder_close(section);
}

static enum status read_body(struct wasm_cursor *section, struct wasm_func *func)
{
    uint64_t offset = wasm_cursor_offset(section);
    uint32_t size;
    enum status status = wasm_read_u32(section, &size);
    if (status != STATUS_OK)
        return status;
    uint64_t body_offset = wasm_cursor_offset(section);
    status = wasm_read_bytes(section, size, &func->body);
    if (status != STATUS_OK)
        return status;
    if (size > WASM_LIMIT_BODY_BYTES)
        return report_fail_u64(section->report, STATUS_LIMIT, offset,
                               "a function body has more than % bytes", WASM_LIMIT_BODY_BYTES);
    func->body_offset = body_offset;
    return STATUS_OK;
}

enum status wasm_decode_body_count(struct wasm_decoder *decoder, uint32_t defined)
{
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_CODE];
    uint64_t offset = wasm_cursor_offset(section);
    uint32_t count = 0;
    if (wasm_decoder_has(decoder, WASM_SECTION_CODE)) {
        enum status status = wasm_read_count(section, 1, WASM_LIMIT_FUNCS,
                                             "a module has more than % functions", &count);
        if (status != STATUS_OK)
            return status;
    }
    if (count != defined)
        return report_fail_u64x2(decoder->report, STATUS_MALFORMED, offset,
                                 "the code section has % bodies for % functions", count, defined);
    return STATUS_OK;
}

enum status wasm_decode_bodies(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_CODE];
    for (uint32_t func = module->import_func_count; func < module->func_count; func++) {
        enum status status = read_body(section, &module->funcs[func]);
        if (status != STATUS_OK)
            return status;
    }
    return wasm_decoder_close(section);
}
