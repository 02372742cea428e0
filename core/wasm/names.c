/*
 * core/wasm/names.c: a search through subsection 1 of the name section.
 */
#include "core/wasm/names.h"

#include "core/wasm/cursor.h"

#define SUBSECTION_FUNCS 1u

/* Moves to the contents of subsection `id`; false when it is not there or the frame is broken. */
static bool find_subsection(struct wasm_cursor *cursor, uint8_t id)
{
    while (cursor->at < cursor->end) {
        uint8_t found = *cursor->at++;
        uint32_t len;
        struct bytes contents;
        if (wasm_read_u32(cursor, &len) != STATUS_OK ||
            wasm_read_bytes(cursor, len, &contents) != STATUS_OK)
            return false;
        if (found == id) {
            cursor->at = contents.data;
            cursor->end = contents.data + contents.len;
            return true;
        }
    }
    return false;
}

struct bytes wasm_func_name(const struct wasm_module *module, uint32_t func)
{
    const struct bytes none = {0};
    struct bytes section = module->name_section;
    if (section.len == 0)
        return none;
    struct wasm_cursor cursor = {.at = section.data,
                                 .end = section.data + section.len,
                                 .origin = module->input.data,
                                 .report = NULL};
    uint32_t count;
    if (!find_subsection(&cursor, SUBSECTION_FUNCS) || wasm_read_u32(&cursor, &count) != STATUS_OK)
        return none;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index;
        struct bytes name;
        if (wasm_read_u32(&cursor, &index) != STATUS_OK ||
            wasm_read_name(&cursor, &name) != STATUS_OK)
            return none;
        if (index == func)
            return name;
    }
    return none;
}
