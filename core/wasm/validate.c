/*
 * core/wasm/validate.c: wasm_body_read, the loop over the operators of one body.
 *
 * Per operator: opcode, immediate, type rule, then the sink. Fuel blocks (semantics.md 2) are cut
 * here, so that no sink cuts them its own way.
 * Not here: which rule an operator has (optable.h, validate_control.c, validate_rules.c).
 */
#include "core/wasm/limits.h"
#include "core/wasm/validate_internal.h"

const struct wasm_control *wasm_reader_label(const struct wasm_reader *reader, uint32_t depth)
{
    ASSERT(depth < reader->frame_count);
    return &reader->frames[reader->frame_count - 1 - depth].control;
}

/* Does the operator behind one with this code start a fuel block? */
static bool ends_fuel_block(uint32_t code)
{
    switch (code) {
    case WASM_OP_LOOP:
    case WASM_OP_IF:
    case WASM_OP_ELSE:
    case WASM_OP_END:
    case WASM_OP_BR_IF:
    case WASM_OP_CALL:
    case WASM_OP_CALL_INDIRECT:
    case WASM_OP_CALL_REF:
    case WASM_OP_CATCH:
    case WASM_OP_CATCH_ALL:
    case WASM_OP_DELEGATE:
    case WASM_OP_BR_ON_NULL:
    case WASM_OP_BR_ON_NON_NULL:
    case WASM_OP_BR_ON_CAST:
    case WASM_OP_BR_ON_CAST_FAIL:
        return true;
    default:
        return false;
    }
}

static enum status close_fuel_block(struct wasm_reader *reader)
{
    if (!reader->is_block_open)
        return STATUS_OK;
    reader->is_block_open = false;
    uint32_t cost = reader->block_cost;
    reader->block_cost = 0;
    return reader->sink->fuel_block_cost(reader->sink->context, cost);
}

static enum status report_op(struct wasm_reader *reader, uint32_t fuel)
{
    const struct wasm_sink *sink = reader->sink;
    if (reader->op.is_reachable && reader->is_block_due) {
        enum status status = close_fuel_block(reader);
        if (status != STATUS_OK)
            return status;
        status = sink->fuel_block(sink->context, reader->op.offset);
        if (status != STATUS_OK)
            return status;
        reader->is_block_due = false;
        reader->is_block_open = true;
    }
    if (reader->op.is_reachable)
        reader->block_cost += fuel;
    if (ends_fuel_block(reader->op.code))
        reader->is_block_due = true;
    return sink->op(sink->context, &reader->op);
}

/* The number behind a prefix byte, as an operator's code. */
static enum status read_prefixed(struct wasm_reader *reader, uint32_t prefix, uint32_t *out_code)
{
    uint32_t number;
    enum status status = wasm_read_u32(&reader->cursor, &number);
    if (status != STATUS_OK)
        return status;
    uint32_t code = wasm_op_prefixed_code(prefix, number);
    if (wasm_op_rows[wasm_op_row_of(code)].rule == WASM_OP_RULE_NONE)
        return wasm_reader_refuse_prefixed(reader, prefix, number);
    *out_code = code;
    return STATUS_OK;
}

static enum status read_code(struct wasm_reader *reader, uint32_t *out_code,
                             const struct wasm_op_row **out_row)
{
    struct wasm_cursor *cursor = &reader->cursor;
    reader->op_at = cursor->at;
    if (UNLIKELY(cursor->at >= cursor->end))
        return wasm_cursor_fail(cursor, STATUS_MALFORMED, "a function body ends without its end");
    uint32_t code = *cursor->at++;
    if (UNLIKELY(code >= 0xFB && code <= 0xFE)) {
        enum status status = read_prefixed(reader, code, &code);
        if (status != STATUS_OK)
            return status;
    }
    const struct wasm_op_row *row = &wasm_op_rows[wasm_op_row_of(code)];
    if (UNLIKELY(row->rule == WASM_OP_RULE_NONE))
        return wasm_reader_refuse_code(reader, code);
    *out_code = code;
    *out_row = row;
    return STATUS_OK;
}

enum status wasm_reader_signature(struct wasm_reader *reader, const struct wasm_op_row *row)
{
    for (uint32_t i = row->pop_count; i != 0; i--) {
        enum status status = wasm_reader_pop(reader, row->pops[i - 1]);
        if (UNLIKELY(status != STATUS_OK))
            return status;
    }
    return row->push == WASM_TYPE_BOTTOM ? STATUS_OK : wasm_reader_push(reader, row->push);
}

/* As a signature; the first operand, popped last, is an address of the memory named. */
static enum status apply_access(struct wasm_reader *reader, const struct wasm_op_row *row)
{
    for (uint32_t i = row->pop_count; i > 1; i--) {
        enum status status = wasm_reader_pop(reader, row->pops[i - 1]);
        if (UNLIKELY(status != STATUS_OK))
            return status;
    }
    enum status status = wasm_reader_pop(reader, reader->address_type);
    if (UNLIKELY(status != STATUS_OK))
        return status;
    return row->push == WASM_TYPE_BOTTOM ? STATUS_OK : wasm_reader_push(reader, row->push);
}

static enum status apply_rule(struct wasm_reader *reader, const struct wasm_op_row *row)
{
    if (LIKELY(row->rule == WASM_OP_RULE_SIGNATURE))
        return wasm_reader_signature(reader, row);
    if (row->rule == WASM_OP_RULE_ACCESS)
        return apply_access(reader, row);
    if (wasm_reader_is_control(reader->op.code))
        return wasm_reader_control(reader);
    return wasm_reader_rule(reader);
}

static enum status read_op(struct wasm_reader *reader)
{
    uint32_t code = 0;
    const struct wasm_op_row *row = wasm_op_rows;
    enum status status = read_code(reader, &code, &row);
    if (UNLIKELY(status != STATUS_OK))
        return status;
    if (reader->sink != NULL) {
        reader->op = (struct wasm_op){.is_reachable = reader->is_reachable,
                                      .offset = wasm_reader_offset(reader),
                                      .height = reader->height,
                                      .height_slots = wasm_reader_slots(reader)};
    }
    reader->op.code = (uint16_t)code;
    reader->op_count++;
    if (row->immediate != WASM_IMM_NONE) {
        status = wasm_reader_read_immediate(reader, row->immediate);
        if (UNLIKELY(status != STATUS_OK))
            return status;
    }
    status = apply_rule(reader, row);
    if (UNLIKELY(status != STATUS_OK))
        return status;
    if (reader->max_height < wasm_reader_slots(reader))
        reader->max_height = wasm_reader_slots(reader);
    return reader->sink == NULL ? STATUS_OK : report_op(reader, row->fuel);
}

static enum status begin_function(struct wasm_reader *reader, uint32_t func)
{
    struct wasm_control control = {.code = WASM_CODE_FUNCTION,
                                   .results = reader->type->results,
                                   .result_count = reader->type->result_count,
                                   .labels = reader->type->results,
                                   .label_count = reader->type->result_count,
                                   .label_slots = reader->type->result_slots};
    enum status status = wasm_reader_push_frame(reader, &control);
    if (status != STATUS_OK || reader->sink == NULL)
        return status;
    const uint32_t *local_types;
    status = wasm_reader_spell_locals(reader, &local_types);
    if (status != STATUS_OK)
        return status;
    return reader->sink->function_begin(reader->sink->context, func, local_types,
                                        reader->local_count);
}

static enum status end_function(struct wasm_reader *reader)
{
    if (reader->cursor.at != reader->cursor.end)
        return wasm_cursor_fail(&reader->cursor, STATUS_MALFORMED,
                                "bytes follow the end of a function body");
    reader->func->local_count = reader->local_count;
    reader->func->local_slots = reader->local_slots;
    reader->func->max_height = reader->max_height;
    reader->func->op_count = reader->op_count;
    reader->func->max_nesting = reader->max_nesting & 0x1FFFFFFFu; /* under a limit */
    reader->func->has_try = reader->has_try;
    if (reader->sink == NULL)
        return STATUS_OK;
    enum status status = close_fuel_block(reader);
    if (status != STATUS_OK)
        return status;
    return reader->sink->function_end(reader->sink->context);
}

static enum status read_body(struct wasm_reader *reader, uint32_t func)
{
    enum status status = wasm_reader_read_locals(reader);
    if (status != STATUS_OK)
        return status;
    reader->op_at = reader->cursor.at;
    status = begin_function(reader, func);
    if (status != STATUS_OK)
        return status;
    do {
        status = read_op(reader);
        if (UNLIKELY(status != STATUS_OK))
            return status;
    } while (reader->frame_count != 0);
    return end_function(reader);
}

enum status wasm_body_read(struct wasm_module *module, uint32_t func, const struct wasm_sink *sink,
                           const struct wasm_reader **out_reader, struct arena *scratch,
                           struct report *report)
{
    ASSERT(func < module->func_count && !module->funcs[func].is_import);
    struct bytes body = module->funcs[func].body;
    struct wasm_reader reader;
    memset(&reader, 0, offsetof(struct wasm_reader, near_locals));
    memset(&reader.op_count, 0, sizeof reader - offsetof(struct wasm_reader, op_count));
    reader.module = module;
    reader.func = &module->funcs[func];
    reader.type = wasm_module_func_type(module, func);
    reader.sink = sink;
    reader.scratch = scratch;
    reader.cursor = (struct wasm_cursor){.at = body.data,
                                         .end = body.data + body.len,
                                         .origin = module->input.data,
                                         .report = report};
    reader.is_reachable = true;
    reader.is_block_due = true;
    reader.block_cost = 1; /* the entry's */
    if (out_reader != NULL)
        *out_reader = &reader;
    size_t mark = arena_mark(scratch);
    enum status status = read_body(&reader, func);
    arena_rewind(scratch, mark);
    return status;
}
