/*
 * core/wasm/read_type.c: types as they stand in the input (WASM 3.0 §5.3).
 *
 * A heap type is an s33: the abstract ones are negative in one byte, an index is not negative. So
 * the first byte tells: bit 6 without bit 7 is a type of one byte.
 */
#include "core/wasm/read_type.h"

#define REF_NULL_BYTE 0x63u
#define REF_BYTE      0x64u

static bool is_abstract_byte(uint8_t byte)
{
    return byte >= 0x69 && byte <= 0x74;
}

static bool is_one_byte(uint8_t byte)
{
    return (byte & 0xC0) == 0x40;
}

static enum status refuse_byte(const struct wasm_cursor *cursor, uint8_t byte)
{
    return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(cursor),
                           "% is no value type", byte);
}

enum status wasm_read_type_index(struct wasm_cursor *cursor, const struct wasm_module *module,
                                 uint32_t *out)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t index;
    enum status status = wasm_read_u32(cursor, &index);
    if (status != STATUS_OK)
        return status;
    if (index >= module->type_count)
        return report_fail_u64(cursor->report, STATUS_INVALID, offset, "unknown type %", index);
    *out = index;
    return STATUS_OK;
}

enum status wasm_read_func_type_index(struct wasm_cursor *cursor, const struct wasm_module *module,
                                      uint32_t *out)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t index;
    enum status status = wasm_read_type_index(cursor, module, &index);
    if (status != STATUS_OK)
        return status;
    if (module->types[index].kind != WASM_KIND_FUNC)
        return report_fail_u64(cursor->report, STATUS_INVALID, offset, "type % is no function type",
                               index);
    *out = index;
    return STATUS_OK;
}

enum status wasm_read_heap_type(struct wasm_cursor *cursor, const struct wasm_module *module,
                                uint32_t *out)
{
    if (cursor->at >= cursor->end)
        return wasm_cursor_fail(cursor, STATUS_MALFORMED, "a heap type is missing at the end");
    uint8_t byte = *cursor->at;
    if (is_one_byte(byte)) {
        if (!is_abstract_byte(byte))
            return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(cursor),
                                   "% is no heap type", byte);
        cursor->at++;
        *out = WASM_HEAP_ABSTRACT | byte;
        return STATUS_OK;
    }
    struct wasm_cursor ahead = *cursor;
    int64_t index;
    enum status status = wasm_read_s33(&ahead, &index);
    if (status != STATUS_OK)
        return status;
    if (index < 0)
        return wasm_cursor_fail(cursor, STATUS_MALFORMED, "a negative number is no heap type");
    if (index >= module->type_count)
        return report_fail_u64(cursor->report, STATUS_INVALID, wasm_cursor_offset(cursor),
                               "unknown type %", (uint64_t)index);
    *cursor = ahead;
    *out = module->types[index].canonical;
    return STATUS_OK;
}

static enum status read_long_ref(struct wasm_cursor *cursor, const struct wasm_module *module,
                                 uint32_t *out)
{
    struct wasm_cursor ahead = *cursor;
    uint32_t bits = WASM_TYPE_REF_BIT | (*ahead.at++ == REF_NULL_BYTE ? WASM_TYPE_NULL_BIT : 0);
    uint32_t heap;
    enum status status = wasm_read_heap_type(&ahead, module, &heap);
    if (status != STATUS_OK)
        return status;
    *cursor = ahead;
    *out = bits | heap;
    return STATUS_OK;
}

enum status wasm_read_value_type(struct wasm_cursor *cursor, const struct wasm_module *module,
                                 uint32_t *out)
{
    if (cursor->at >= cursor->end)
        return wasm_cursor_fail(cursor, STATUS_MALFORMED, "a value type is missing at the end");
    uint8_t byte = *cursor->at;
    switch (byte) {
    case WASM_TYPE_I32:
    case WASM_TYPE_I64:
    case WASM_TYPE_F32:
    case WASM_TYPE_F64:
    case WASM_TYPE_V128:
        *out = byte;
        break;
    case REF_NULL_BYTE:
    case REF_BYTE:
        return read_long_ref(cursor, module, out);
    default:
        if (!is_abstract_byte(byte))
            return refuse_byte(cursor, byte);
        *out = WASM_TYPE_REF_NULL(WASM_HEAP_ABSTRACT | byte);
        break;
    }
    cursor->at++;
    return STATUS_OK;
}

enum status wasm_read_ref_type(struct wasm_cursor *cursor, const struct wasm_module *module,
                               uint32_t *out)
{
    struct wasm_cursor ahead = *cursor;
    uint32_t type;
    enum status status = wasm_read_value_type(&ahead, module, &type);
    if (status != STATUS_OK)
        return status;
    if (!wasm_type_is_ref(type))
        return wasm_cursor_fail(cursor, STATUS_MALFORMED, "a reference type is expected here");
    *cursor = ahead;
    *out = type;
    return STATUS_OK;
}

enum status wasm_read_storage_type(struct wasm_cursor *cursor, const struct wasm_module *module,
                                   uint32_t *out)
{
    if (cursor->at < cursor->end && (*cursor->at == WASM_TYPE_I8 || *cursor->at == WASM_TYPE_I16)) {
        *out = *cursor->at++;
        return STATUS_OK;
    }
    return wasm_read_value_type(cursor, module, out);
}
