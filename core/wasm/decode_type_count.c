/*
 * core/wasm/decode_type_count.c: the type section run over once, to count.
 *
 * The module's types are one array, but a recursion group counts as one entry of the section. So
 * the entries are skipped one by one, with less strictness than decode_types.c reads them: what can
 * not be skipped ends the count here, and is refused there, at that place or before.
 */
#include "core/wasm/decode_type_count.h"

#include "core/wasm/limits.h"
#include "core/wasm/type.h"

static bool skip_value_type(struct wasm_cursor *cursor)
{
    uint8_t byte;
    int64_t heap;
    if (wasm_read_byte(cursor, &byte) != STATUS_OK)
        return false;
    return (byte != 0x63 && byte != 0x64) || wasm_read_s33(cursor, &heap) == STATUS_OK;
}

static bool skip_field(struct wasm_cursor *cursor)
{
    uint8_t mutability;
    return skip_value_type(cursor) && wasm_read_byte(cursor, &mutability) == STATUS_OK;
}

typedef bool skip_fn(struct wasm_cursor *cursor);

static bool skip_list(struct wasm_cursor *cursor, skip_fn *skip)
{
    uint32_t count;
    if (wasm_read_u32(cursor, &count) != STATUS_OK)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!skip(cursor))
            return false; /* at the end of the section at the latest */
    return true;
}

static bool skip_index(struct wasm_cursor *cursor)
{
    uint32_t index;
    return wasm_read_u32(cursor, &index) == STATUS_OK;
}

/* Parameters, then results. */
static bool skip_func(struct wasm_cursor *cursor)
{
    if (!skip_list(cursor, skip_value_type))
        return false;
    return skip_list(cursor, skip_value_type);
}

static bool skip_type(struct wasm_cursor *cursor)
{
    uint8_t form;
    if (wasm_read_byte(cursor, &form) != STATUS_OK)
        return false;
    if (form == 0x50 || form == 0x4F)
        if (!skip_list(cursor, skip_index) || wasm_read_byte(cursor, &form) != STATUS_OK)
            return false;
    switch (form) {
    case WASM_KIND_FUNC:
        return skip_func(cursor);
    case WASM_KIND_STRUCT:
        return skip_list(cursor, skip_field);
    case WASM_KIND_ARRAY:
        return skip_field(cursor);
    default:
        return false;
    }
}

static bool skip_types(struct wasm_cursor *cursor, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!skip_type(cursor))
            return false;
    return true;
}

uint32_t wasm_count_types(struct wasm_cursor section)
{
    uint32_t entry_count, type_count = 0;
    section.report = NULL;
    if (wasm_read_u32(&section, &entry_count) != STATUS_OK)
        return 0;
    for (uint32_t i = 0; i < entry_count && type_count < WASM_LIMIT_TYPES; i++) {
        uint32_t count = 1;
        if (section.at < section.end && *section.at == 0x4E) {
            section.at++;
            if (wasm_read_count(&section, 2, WASM_LIMIT_TYPES, "", &count) != STATUS_OK)
                break;
        }
        if (count > wasm_cursor_left(&section) / 2 + 1)
            break;
        type_count += count;
        if (!skip_types(&section, count))
            break;
    }
    return type_count < WASM_LIMIT_TYPES ? type_count : WASM_LIMIT_TYPES;
}
