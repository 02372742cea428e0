/*
 * core/wasm/const_validate.c: are constant expressions valid? (WASM 3.0 §3.4.11)
 *
 * They are typed by the rules of bodies (validate_internal.h), on a reader without locals and
 * blocks that is made once and serves all expressions of the module. What differs: which operators
 * are constant, which globals are seen, and that ref.func declares the function that it names.
 */
#include "core/wasm/const_expr.h"
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"
#include "core/wasm/subtype.h"
#include "core/wasm/validate_internal.h"

static enum status global_get(struct wasm_reader *reader, uint32_t global_count)
{
    uint32_t index = reader->op.index;
    if (index >= global_count)
        return wasm_reader_fail_u64(reader, "unknown global %", index);
    if (reader->module->globals[index].is_mutable)
        return wasm_reader_fail(reader,
                                "a constant expression is required here, the global is mutable");
    return wasm_reader_push(reader, reader->module->globals[index].type);
}

static enum status ref_func(struct wasm_reader *reader)
{
    uint32_t index = reader->op.index;
    if (index >= reader->module->func_count)
        return wasm_reader_fail_u64(reader, "unknown function %", index);
    reader->module->funcs[index].is_declared = true;
    return wasm_reader_push(reader,
                            WASM_TYPE_REF(wasm_module_func_canonical(reader->module, index)));
}

static enum status apply(struct wasm_reader *reader, uint32_t global_count)
{
    const struct wasm_op_row *row = &wasm_op_rows[wasm_op_row_of(reader->op.code)];
    if (row->rule == WASM_OP_RULE_SIGNATURE)
        return wasm_reader_signature(reader, row);
    switch (reader->op.code) {
    case WASM_OP_GLOBAL_GET:
        return global_get(reader, global_count);
    case WASM_OP_REF_FUNC:
        return ref_func(reader);
    default:
        return wasm_reader_ref(reader);
    }
}

static enum status read_ops(struct wasm_reader *reader, uint32_t global_count)
{
    for (;;) {
        struct wasm_const_op op = {0};
        reader->op_at = reader->cursor.at;
        enum status status = wasm_const_read_op(reader->module, &reader->cursor, &op);
        if (status != STATUS_OK || op.code == WASM_OP_END)
            return status;
        reader->op.code = op.code;
        reader->op.index = op.index;
        reader->op.index2 = op.index2;
        reader->op.type = op.type;
        status = apply(reader, global_count);
        if (status != STATUS_OK)
            return status;
        if (reader->height > WASM_LIMIT_CONST_STACK)
            return report_fail_u64(reader->cursor.report, STATUS_LIMIT, wasm_reader_offset(reader),
                                   "a constant expression has more than % values on its stack",
                                   WASM_LIMIT_CONST_STACK);
        if (reader->module->const_height < wasm_reader_slots(reader))
            reader->module->const_height = wasm_reader_slots(reader);
    }
}

static enum status check_result(const struct wasm_reader *reader, uint32_t type, uint64_t offset)
{
    struct report *report = reader->cursor.report;
    if (reader->height != 1)
        return report_fail_u64(report, STATUS_INVALID, offset,
                               "type mismatch: a constant expression gives % values instead of one",
                               reader->height);
    if (!wasm_type_is_subtype(reader->module->types, reader->operands[0], type)) {
        char expected[WASM_TYPE_TEXT_MAX], found[WASM_TYPE_TEXT_MAX];
        return report_fail_names(report, STATUS_INVALID, offset,
                                 "type mismatch: a constant expression of % expected, % found",
                                 wasm_type_write(type, expected),
                                 wasm_type_write(reader->operands[0], found));
    }
    return STATUS_OK;
}

static enum status make_reader(struct wasm_decoder *decoder, const struct wasm_cursor *where)
{
    if (decoder->const_reader != NULL)
        return STATUS_OK;
    struct wasm_reader *reader = arena_alloc(decoder->scratch, 1, sizeof *reader);
    if (reader == NULL)
        return wasm_cursor_fail(where, STATUS_NO_MEMORY,
                                "constant expressions do not fit the scratch memory");
    reader->module = decoder->module;
    reader->scratch = decoder->scratch;
    reader->is_reachable = true;
    decoder->const_reader = reader;
    return STATUS_OK;
}

enum status wasm_decode_const_expr(struct wasm_decoder *decoder, struct wasm_cursor *cursor,
                                   uint32_t type, uint32_t global_count,
                                   struct wasm_const_expr *out_expr)
{
    enum status status = make_reader(decoder, cursor);
    if (status != STATUS_OK)
        return status;
    struct wasm_reader *reader = decoder->const_reader;
    const uint8_t *first = cursor->at;
    uint64_t offset = wasm_cursor_offset(cursor);
    reader->cursor = *cursor;
    reader->height = 0;
    reader->v128_count = 0;
    status = read_ops(reader, global_count);
    if (status == STATUS_OK)
        status = check_result(reader, type, offset);
    if (status != STATUS_OK)
        return status;
    cursor->at = reader->cursor.at;
    *out_expr = (struct wasm_const_expr){bytes_of(first, (size_t)(cursor->at - first)), offset};
    return STATUS_OK;
}
