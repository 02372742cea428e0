/*
 * core/wasm/decode_globals.c: the global section (WASM 3.0 §5.5.9).
 *
 * A global's initial value may use the immutable globals before it, imported or not.
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/read_type.h"

enum status wasm_decode_global_type(const struct wasm_module *module, struct wasm_cursor *cursor,
                                    struct wasm_global *out_global)
{
    enum status status = wasm_read_value_type(cursor, module, &out_global->type);
    if (status != STATUS_OK)
        return status;
    struct wasm_cursor before = *cursor;
    uint8_t mutability;
    status = wasm_read_byte(cursor, &mutability);
    if (status != STATUS_OK)
        return status;
    if (mutability > 1)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(&before),
                               "% is no mutability", mutability);
    out_global->is_mutable = mutability == 1;
    return STATUS_OK;
}

/* Gives a global the next slots. */
void wasm_decode_place_global(struct wasm_module *module, uint32_t index)
{
    struct wasm_global *global = &module->globals[index];
    global->slot = module->global_slots;
    module->global_slots += wasm_type_slots(global->type); /* at most 2 times WASM_LIMIT_GLOBALS */
}

enum status wasm_decode_globals(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_GLOBAL];
    for (uint32_t i = module->import_global_count; i < module->global_count; i++) {
        struct wasm_global *global = &module->globals[i];
        enum status status = wasm_decode_global_type(module, section, global);
        if (status != STATUS_OK)
            return status;
        wasm_decode_place_global(module, i);
        status = wasm_decode_const_expr(decoder, section, global->type, i, &global->init);
        if (status != STATUS_OK)
            return status;
    }
    return wasm_decoder_close(section);
}
