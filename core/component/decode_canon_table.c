/*
 * core/component/decode_canon_table.c: the canonical functions that are not of WASI 0.2: names,
 * operands and core types of all of them (Binary.md "Canonical Definitions").
 *
 * Without links_async each is read to its end and then UNSUPPORTED by name.
 */
#include "core/component/builtin.h"
#include "core/component/decode_canon.h"

#define CONTEXT_SLOTS 2u

/* What stands behind an opcode, a letter for each:
 *   t the index of a stream's or future's type; o options; r a result list; a async or not; c
 *   cancellable or not; s shared or not; m a memory index; v a core value type; u a number; f a
 *   core type index; b a table index */
static const struct component_builtin forms[] = {
    [0x05] = {0x05, "unsupported: canon task.cancel", "", ":"},
    [0x06] = {0x06, "unsupported: canon subtask.cancel", "a", "i:i"},
    [0x09] = {0x09, "unsupported: canon task.return", "ro", ":"},
    [0x0A] = {0x0A, "unsupported: canon context.get", "vu", ":i"},
    [0x0B] = {0x0B, "unsupported: canon context.set", "vu", "i:"},
    [0x0C] = {0x0C, "unsupported: canon thread.yield", "c", ":i"},
    [0x0D] = {0x0D, "unsupported: canon subtask.drop", "", "i:"},
    [0x0E] = {0x0E, "unsupported: canon stream.new", "t", ":I"},
    [0x0F] = {0x0F, "unsupported: canon stream.read", "to", "iii:i"},
    [0x10] = {0x10, "unsupported: canon stream.write", "to", "iii:i"},
    [0x11] = {0x11, "unsupported: canon stream.cancel-read", "ta", "i:i"},
    [0x12] = {0x12, "unsupported: canon stream.cancel-write", "ta", "i:i"},
    [0x13] = {0x13, "unsupported: canon stream.drop-readable", "t", "i:"},
    [0x14] = {0x14, "unsupported: canon stream.drop-writable", "t", "i:"},
    [0x15] = {0x15, "unsupported: canon future.new", "t", ":I"},
    [0x16] = {0x16, "unsupported: canon future.read", "to", "ii:i"},
    [0x17] = {0x17, "unsupported: canon future.write", "to", "ii:i"},
    [0x18] = {0x18, "unsupported: canon future.cancel-read", "ta", "i:i"},
    [0x19] = {0x19, "unsupported: canon future.cancel-write", "ta", "i:i"},
    [0x1A] = {0x1A, "unsupported: canon future.drop-readable", "t", "i:"},
    [0x1B] = {0x1B, "unsupported: canon future.drop-writable", "t", "i:"},
    [0x1C] = {0x1C, "unsupported: canon error-context.new", "o", "ii:i"},
    [0x1D] = {0x1D, "unsupported: canon error-context.debug-message", "o", "ii:"},
    [0x1E] = {0x1E, "unsupported: canon error-context.drop", "", "i:"},
    [0x1F] = {0x1F, "unsupported: canon waitable-set.new", "", ":i"},
    [0x20] = {0x20, "unsupported: canon waitable-set.wait", "cm", "ii:i"},
    [0x21] = {0x21, "unsupported: canon waitable-set.poll", "cm", "ii:i"},
    [0x22] = {0x22, "unsupported: canon waitable-set.drop", "", "i:"},
    [0x23] = {0x23, "unsupported: canon waitable.join", "", "ii:"},
    [0x24] = {0x24, "unsupported: canon backpressure.inc", "", ":"},
    [0x25] = {0x25, "unsupported: canon backpressure.dec", "", ":"},
    [0x26] = {0x26, "unsupported: canon thread.index", "", ":i"},
    [0x27] = {0x27, "unsupported: canon thread.new-indirect", "fb", "ii:i"},
    [0x28] = {0x28, "unsupported: canon thread.resume-later", "", "i:"},
    [0x29] = {0x29, "unsupported: canon thread.suspend", "c", ":i"},
    [0x2A] = {0x2A, "unsupported: canon thread.suspend-then-resume", "c", "i:i"},
    [0x2B] = {0x2B, "unsupported: canon thread.yield-then-resume", "c", "i:i"},
    [0x2C] = {0x2C, "unsupported: canon thread.suspend-then-promote", "c", "i:i"},
    [0x2D] = {0x2D, "unsupported: canon thread.yield-then-promote", "c", "i:i"},
    [0x40] = {0x40, "unsupported: canon thread.spawn-ref", "sf", NULL},
    [0x41] = {0x41, "unsupported: canon thread.spawn-indirect", "sfb", NULL},
    [0x42] = {0x42, "unsupported: canon thread.available-parallelism", "s", NULL},
};

/* What is being read: operands go into the step and the options. */
struct reading {
    struct component_decoder *decoder;
    struct component_scope *scope;
    struct wasm_cursor *cursor;
    const struct component_builtin *form;
    struct component_step *step;
    struct component_canon canon;
    const struct component_type *type; /* t */
    bool links;
};

static enum status refuse(const struct reading *reading, uint64_t offset, const char *sentence)
{
    return report_fail(reading->decoder->report, STATUS_INVALID, offset, sentence);
}

static enum status read_flag(struct wasm_cursor *cursor)
{
    uint8_t byte;
    enum status status = wasm_read_byte(cursor, &byte);
    if (status != STATUS_OK)
        return status;
    return byte <= 1 ? STATUS_OK : component_refuse_byte(cursor, byte, "invalid boolean value %");
}

static enum status read_core_value_type(struct reading *reading)
{
    uint64_t offset = wasm_cursor_offset(reading->cursor);
    uint8_t byte;
    enum status status = wasm_read_byte(reading->cursor, &byte);
    if (status != STATUS_OK)
        return status;
    if (byte != WASM_TYPE_I32 && byte != WASM_TYPE_I64)
        return component_refuse_byte(reading->cursor, byte,
                                     "invalid leading byte % for a core type");
    if (reading->links && byte == WASM_TYPE_I64)
        return component_refuse_feature(reading->decoder, offset,
                                        "unsupported: context of 64 bits");
    return STATUS_OK;
}

/* Of context.get and context.set. */
static enum status read_slot(struct reading *reading)
{
    uint64_t offset = wasm_cursor_offset(reading->cursor);
    enum status status = wasm_read_u32(reading->cursor, &reading->step->index);
    if (status == STATUS_OK && reading->links && reading->step->index >= CONTEXT_SLOTS)
        return refuse(reading, offset, "immediate must be zero or one");
    return status;
}

static enum status read_type(struct reading *reading)
{
    uint64_t offset = wasm_cursor_offset(reading->cursor);
    bool is_stream = reading->form->opcode <= COMPONENT_BUILTIN_STREAM_LAST;
    uint32_t index;
    struct component_definition found;
    enum status status = component_scope_read(reading->decoder, reading->scope, reading->cursor,
                                              COMPONENT_SORT_TYPE, &index, &found);
    if (status != STATUS_OK || !reading->links)
        return status;
    if (found.type.kind != COMPONENT_ANY_VALUE ||
        found.type.value->kind != (is_stream ? COMPONENT_STREAM : COMPONENT_FUTURE))
        return refuse(reading, offset,
                      is_stream ? "the type is not a stream" : "the type is not a future");
    reading->type = found.type.value;
    return STATUS_OK;
}

/* The type of a new thread's function: it takes an i32. */
static enum status read_thread_type(struct reading *reading)
{
    uint64_t offset = wasm_cursor_offset(reading->cursor);
    const struct component_core_space *space = &reading->scope->core_types;
    uint32_t index;
    enum status status = wasm_read_u32(reading->cursor, &index);
    if (status != STATUS_OK || !reading->links)
        return status;
    if (index >= space->count)
        return report_fail_u64(reading->decoder->report, STATUS_INVALID, offset,
                               "unknown type %: type index out of bounds", index);
    const struct wasm_func_type *type = NULL;
    if (space->items[index].module == NULL && space->view[index].kind == WASM_KIND_FUNC)
        type = &space->view[index].func;
    if (type == NULL || type->param_count != 1 || type->params[0] != WASM_TYPE_I32 ||
        type->result_count != 0)
        return refuse(reading, offset, "a thread's function has to take an i32 and give nothing");
    return STATUS_OK;
}

static enum status read_table(struct reading *reading)
{
    uint64_t offset = wasm_cursor_offset(reading->cursor);
    uint32_t index;
    struct component_definition table;
    enum status status = component_scope_read(reading->decoder, reading->scope, reading->cursor,
                                              COMPONENT_SORT_CORE_TABLE, &index, &table);
    if (status != STATUS_OK || !reading->links)
        return status;
    if (table.core->limits.is_64)
        return component_refuse_feature(reading->decoder, offset,
                                        "unsupported: 64-bit table of a thread");
    if (table.core->type != WASM_TYPE_FUNCREF)
        return refuse(reading, offset, "a thread's table is not one of funcref");
    return STATUS_OK;
}

static enum status read_operand(struct reading *reading, char operand)
{
    struct component_decoder *decoder = reading->decoder;
    switch (operand) {
    case 't':
        return read_type(reading);
    case 'o':
        return component_read_canon_options(decoder, reading->scope, reading->cursor,
                                            &reading->canon);
    case 'r':
        return component_read_result(decoder, reading->scope, reading->cursor,
                                     &reading->step->result);
    case 'm':
        return component_read_canon_memory(decoder, reading->scope, reading->cursor,
                                           &reading->canon);
    case 'b':
        return read_table(reading);
    case 'v':
        return read_core_value_type(reading);
    case 'u':
        return read_slot(reading);
    case 'f':
        return read_thread_type(reading);
    default:
        return read_flag(reading->cursor);
    }
}

void component_builtin_signature(const struct component_builtin *builtin,
                                 const struct component_type *result,
                                 struct component_core_signature *out_signature)
{
    struct component_core_signature signature = {0};
    bool is_result = false;
    if (builtin->opcode == COMPONENT_BUILTIN_TASK_RETURN && result != NULL) {
        const struct component_field param = {.type = result};
        const struct component_func_type type = {.param_count = 1, .params = &param};
        component_func_signature(&type, true, &signature);
    }
    for (const char *at = builtin->core; *at != '\0'; at++) {
        uint32_t type = *at == 'I' ? WASM_TYPE_I64 : WASM_TYPE_I32;
        if (*at == ':')
            is_result = true;
        else if (is_result)
            signature.results[signature.result_count++] = type;
        else
            signature.params[signature.param_count++] = type;
    }
    *out_signature = signature;
}

enum status component_decode_builtin(struct component_decoder *decoder,
                                     struct component_scope *scope, struct wasm_cursor *cursor,
                                     uint8_t opcode, struct component_step *step)
{
    uint64_t offset = wasm_cursor_offset(cursor) - 1;
    if (opcode >= ARRAY_LEN(forms) || forms[opcode].sentence == NULL)
        return component_refuse_byte(cursor, opcode,
                                     "invalid leading byte % for canonical function");
    const struct component_builtin *form = &forms[opcode];
    struct reading reading = {.decoder = decoder,
                              .scope = scope,
                              .cursor = cursor,
                              .form = form,
                              .step = step,
                              .links = decoder->features.links_async && form->core != NULL};
    for (const char *operand = form->operands; *operand != '\0'; operand++) {
        enum status status = read_operand(&reading, *operand);
        if (status != STATUS_OK)
            return status;
    }
    if (!reading.links)
        return component_refuse_feature(decoder, offset, form->sentence);
    ASSERT(form->core != NULL); /* or it did not link */
    struct component_core_signature signature;
    struct component_definition core = {.core_func = 0};
    component_builtin_signature(form, step->result, &signature);
    enum status status = component_check_builtin(decoder, form, reading.type, step->result,
                                                 &reading.canon, &signature, offset);
    if (status == STATUS_OK)
        status = component_core_func(&decoder->types, signature.params, signature.param_count,
                                     signature.results, signature.result_count, &core.core_func);
    if (status != STATUS_OK)
        return status;
    step->kind = COMPONENT_STEP_BUILTIN;
    step->sort = COMPONENT_SORT_CORE_FUNC;
    step->builtin = form;
    step->options = reading.canon.options;
    return component_scope_push(decoder, scope, COMPONENT_SORT_CORE_FUNC, &core);
}
