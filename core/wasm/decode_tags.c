/*
 * core/wasm/decode_tags.c: the types of tags, and the tag section (WASM 3.0 §5.5.8).
 *
 * A tag's type is a function type without results: its params are what an exception carries.
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/read_type.h"

#define ATTRIBUTE_EXCEPTION 0x00u

enum status wasm_decode_tag_type(const struct wasm_module *module, struct wasm_cursor *cursor,
                                 struct wasm_tag *out_tag)
{
    struct wasm_cursor before = *cursor;
    uint8_t attribute;
    uint32_t index;
    enum status status = wasm_read_byte(cursor, &attribute);
    if (status != STATUS_OK)
        return status;
    if (attribute != ATTRIBUTE_EXCEPTION)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(&before),
                               "% is no attribute of a tag", attribute);
    before = *cursor;
    status = wasm_read_func_type_index(cursor, module, &index);
    if (status != STATUS_OK)
        return status;
    if (module->types[index].func.result_count != 0)
        return report_fail_u64(cursor->report, STATUS_INVALID, wasm_cursor_offset(&before),
                               "type % of a tag has results", index);
    out_tag->type_index = index;
    return STATUS_OK;
}

enum status wasm_decode_tags(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_TAG];
    for (uint32_t i = module->import_tag_count; i < module->tag_count; i++) {
        enum status status = wasm_decode_tag_type(module, section, &module->tags[i]);
        if (status != STATUS_OK)
            return status;
    }
    return wasm_decoder_close(section);
}
