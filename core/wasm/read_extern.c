/*
 * core/wasm/read_extern.c: the type of an import as it stands in the input (WASM 3.0 §5.5.5).
 */
#include "core/wasm/read_extern.h"

#include "core/wasm/decode_internal.h"
#include "core/wasm/read_type.h"

enum status wasm_read_extern_type(const struct wasm_module *module, struct wasm_cursor *cursor,
                                  struct wasm_extern_type *out_type)
{
    struct wasm_cursor before = *cursor;
    uint8_t kind;
    enum status status = wasm_read_byte(cursor, &kind);
    if (status != STATUS_OK)
        return status;
    *out_type = (struct wasm_extern_type){.kind = kind};
    switch (kind) {
    case WASM_EXTERN_FUNC:
        return wasm_read_func_type_index(cursor, module, &out_type->type_index);
    case WASM_EXTERN_TABLE:
        return wasm_decode_table_type(module, cursor, &out_type->table);
    case WASM_EXTERN_MEMORY:
        return wasm_decode_memory_type(cursor, &out_type->memory);
    case WASM_EXTERN_GLOBAL:
        return wasm_decode_global_type(module, cursor, &out_type->global);
    case WASM_EXTERN_TAG:
        return wasm_decode_tag_type(module, cursor, &out_type->tag);
    default:
        return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(&before),
                               "% is no kind of import", kind);
    }
}
