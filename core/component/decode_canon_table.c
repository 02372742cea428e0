/*
 * core/component/decode_canon_table.c: the canonical functions that are not supported: names and
 * operands of all of them (Binary.md "Canonical Definitions").
 */
#include "core/component/decode_canon.h"

/* What stands behind an opcode, a letter for each:
 *   t a type index; o options; r a result list; a async or not; c cancellable or not; s shared or
 *   not; m a memory index; v a core value type; u a number; f a core type index; b a table index */
struct canon_form {
    const char *sentence;
    const char *operands;
};

static const struct canon_form forms[] = {
    [0x05] = {"unsupported: canon task.cancel", ""},
    [0x06] = {"unsupported: canon subtask.cancel", "a"},
    [0x09] = {"unsupported: canon task.return", "ro"},
    [0x0A] = {"unsupported: canon context.get", "vu"},
    [0x0B] = {"unsupported: canon context.set", "vu"},
    [0x0C] = {"unsupported: canon thread.yield", "c"},
    [0x0D] = {"unsupported: canon subtask.drop", ""},
    [0x0E] = {"unsupported: canon stream.new", "t"},
    [0x0F] = {"unsupported: canon stream.read", "to"},
    [0x10] = {"unsupported: canon stream.write", "to"},
    [0x11] = {"unsupported: canon stream.cancel-read", "ta"},
    [0x12] = {"unsupported: canon stream.cancel-write", "ta"},
    [0x13] = {"unsupported: canon stream.drop-readable", "t"},
    [0x14] = {"unsupported: canon stream.drop-writable", "t"},
    [0x15] = {"unsupported: canon future.new", "t"},
    [0x16] = {"unsupported: canon future.read", "to"},
    [0x17] = {"unsupported: canon future.write", "to"},
    [0x18] = {"unsupported: canon future.cancel-read", "ta"},
    [0x19] = {"unsupported: canon future.cancel-write", "ta"},
    [0x1A] = {"unsupported: canon future.drop-readable", "t"},
    [0x1B] = {"unsupported: canon future.drop-writable", "t"},
    [0x1C] = {"unsupported: canon error-context.new", "o"},
    [0x1D] = {"unsupported: canon error-context.debug-message", "o"},
    [0x1E] = {"unsupported: canon error-context.drop", ""},
    [0x1F] = {"unsupported: canon waitable-set.new", ""},
    [0x20] = {"unsupported: canon waitable-set.wait", "cm"},
    [0x21] = {"unsupported: canon waitable-set.poll", "cm"},
    [0x22] = {"unsupported: canon waitable-set.drop", ""},
    [0x23] = {"unsupported: canon waitable.join", ""},
    [0x24] = {"unsupported: canon backpressure.inc", ""},
    [0x25] = {"unsupported: canon backpressure.dec", ""},
    [0x26] = {"unsupported: canon thread.index", ""},
    [0x27] = {"unsupported: canon thread.new-indirect", "fb"},
    [0x28] = {"unsupported: canon thread.resume-later", ""},
    [0x29] = {"unsupported: canon thread.suspend", "c"},
    [0x2A] = {"unsupported: canon thread.suspend-then-resume", "c"},
    [0x2B] = {"unsupported: canon thread.yield-then-resume", "c"},
    [0x2C] = {"unsupported: canon thread.suspend-then-promote", "c"},
    [0x2D] = {"unsupported: canon thread.yield-then-promote", "c"},
    [0x40] = {"unsupported: canon thread.spawn-ref", "sf"},
    [0x41] = {"unsupported: canon thread.spawn-indirect", "sfb"},
    [0x42] = {"unsupported: canon thread.available-parallelism", "s"},
};

static enum status read_flag(struct wasm_cursor *cursor)
{
    uint8_t byte;
    enum status status = wasm_read_byte(cursor, &byte);
    if (status != STATUS_OK)
        return status;
    return byte <= 1 ? STATUS_OK : component_refuse_byte(cursor, byte, "invalid boolean value %");
}

static enum status read_number(struct wasm_cursor *cursor)
{
    uint32_t number;
    return wasm_read_u32(cursor, &number);
}

static enum status read_core_value_type(struct wasm_cursor *cursor)
{
    uint8_t byte;
    enum status status = wasm_read_byte(cursor, &byte);
    if (status != STATUS_OK)
        return status;
    return byte == WASM_TYPE_I32 || byte == WASM_TYPE_I64
               ? STATUS_OK
               : component_refuse_byte(cursor, byte, "invalid leading byte % for a core type");
}

static enum status read_operand(struct component_decoder *decoder, struct component_scope *scope,
                                struct wasm_cursor *cursor, char operand)
{
    const struct component_type *type;
    struct component_canon canon = {.is_lift = false};
    uint32_t index;
    struct component_definition definition;
    switch (operand) {
    case 't':
        return component_scope_read(decoder, scope, cursor, COMPONENT_SORT_TYPE, &index,
                                    &definition);
    case 'o':
        return component_read_canon_options(decoder, scope, cursor, &canon);
    case 'r':
        return component_read_result(decoder, scope, cursor, &type);
    case 'm':
        return component_scope_read(decoder, scope, cursor, COMPONENT_SORT_CORE_MEMORY, &index,
                                    &definition);
    case 'b':
        return component_scope_read(decoder, scope, cursor, COMPONENT_SORT_CORE_TABLE, &index,
                                    &definition);
    case 'v':
        return read_core_value_type(cursor);
    case 'u':
    case 'f':
        return read_number(cursor);
    default:
        return read_flag(cursor);
    }
}

enum status component_refuse_canon(struct component_decoder *decoder, struct component_scope *scope,
                                   struct wasm_cursor *cursor, uint8_t opcode)
{
    uint64_t offset = wasm_cursor_offset(cursor) - 1;
    if (opcode >= ARRAY_LEN(forms) || forms[opcode].sentence == NULL)
        return component_refuse_byte(cursor, opcode,
                                     "invalid leading byte % for canonical function");
    const struct canon_form *form = &forms[opcode];
    for (const char *operand = form->operands; *operand != '\0'; operand++) {
        enum status status = read_operand(decoder, scope, cursor, *operand);
        if (status != STATUS_OK)
            return status;
    }
    return component_refuse_feature(decoder, offset, form->sentence);
}
