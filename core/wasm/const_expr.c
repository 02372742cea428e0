/*
 * core/wasm/const_expr.c: constant expressions (WASM 3.0 §3.4.10).
 *
 * wasm_const_read_op is the one decoder: the validator runs it over hostile bytes, the readers for
 * the back half over the same bytes later, where it can not fail. Not here: are they valid?
 * (const_validate.c)
 */
#include "core/wasm/const_expr.h"

#include "core/wasm/optable.h"
#include "core/wasm/read_type.h"

static enum status read_i32(struct wasm_cursor *cursor, uint64_t *out_bits)
{
    int32_t value;
    enum status status = wasm_read_s32(cursor, &value);
    if (status == STATUS_OK)
        *out_bits = (uint32_t)value;
    return status;
}

static enum status read_i64(struct wasm_cursor *cursor, uint64_t *out_bits)
{
    int64_t value;
    enum status status = wasm_read_s64(cursor, &value);
    if (status == STATUS_OK)
        *out_bits = (uint64_t)value;
    return status;
}

static enum status read_float(struct wasm_cursor *cursor, uint32_t len, uint64_t *out_bits)
{
    struct bytes raw;
    enum status status = wasm_read_bytes(cursor, len, &raw);
    if (status == STATUS_OK)
        *out_bits = len == 4 ? load_le32(raw.data) : load_le64(raw.data);
    return status;
}

static enum status read_pair(struct wasm_cursor *cursor, struct wasm_const_op *op)
{
    enum status status = wasm_read_u32(cursor, &op->index);
    return status != STATUS_OK ? status : wasm_read_u32(cursor, &op->index2);
}

static enum status read_null(const struct wasm_module *module, struct wasm_cursor *cursor,
                             uint32_t *out_type)
{
    uint32_t heap;
    enum status status = wasm_read_heap_type(cursor, module, &heap);
    if (status == STATUS_OK)
        *out_type = WASM_TYPE_REF_NULL(heap);
    return status;
}

static enum status read_v128(struct wasm_cursor *cursor, struct wasm_const_op *op)
{
    struct bytes raw;
    enum status status = wasm_read_bytes(cursor, 16, &raw);
    if (status != STATUS_OK)
        return status;
    op->bits = load_le64(raw.data);
    op->bits_high = load_le64(raw.data + 8);
    return STATUS_OK;
}

static enum status read_immediate(const struct wasm_module *module, struct wasm_cursor *cursor,
                                  struct wasm_const_op *op)
{
    switch (op->code) {
    case WASM_OP_END:
    case WASM_OP_I32_ADD:
    case WASM_OP_I32_SUB:
    case WASM_OP_I32_MUL:
    case WASM_OP_I64_ADD:
    case WASM_OP_I64_SUB:
    case WASM_OP_I64_MUL:
    case WASM_OP_REF_I31:
    case WASM_OP_ANY_CONVERT_EXTERN:
    case WASM_OP_EXTERN_CONVERT_ANY:
        return STATUS_OK;
    case WASM_OP_I32_CONST:
        return read_i32(cursor, &op->bits);
    case WASM_OP_I64_CONST:
        return read_i64(cursor, &op->bits);
    case WASM_OP_F32_CONST:
        return read_float(cursor, 4, &op->bits);
    case WASM_OP_F64_CONST:
        return read_float(cursor, 8, &op->bits);
    case WASM_OP_V128_CONST:
        return read_v128(cursor, op);
    case WASM_OP_GLOBAL_GET:
    case WASM_OP_REF_FUNC:
    case WASM_OP_STRUCT_NEW:
    case WASM_OP_STRUCT_NEW_DEFAULT:
    case WASM_OP_ARRAY_NEW:
    case WASM_OP_ARRAY_NEW_DEFAULT:
        return wasm_read_u32(cursor, &op->index);
    case WASM_OP_ARRAY_NEW_FIXED:
        return read_pair(cursor, op);
    case WASM_OP_REF_NULL:
        return read_null(module, cursor, &op->type);
    default:
        if (wasm_op_rows[wasm_op_row_of(op->code)].rule == WASM_OP_RULE_NONE)
            return report_fail_u64(cursor->report, STATUS_MALFORMED, op->offset, "% is no operator",
                                   op->code);
        return report_fail(cursor->report, STATUS_INVALID, op->offset,
                           "a constant expression is required here");
    }
}

static enum status read_code(struct wasm_cursor *cursor, struct wasm_const_op *op)
{
    op->code = *cursor->at++;
    if (op->code < 0xFB || op->code > 0xFE)
        return STATUS_OK;
    uint32_t prefix = op->code, number;
    enum status status = wasm_read_u32(cursor, &number);
    if (status != STATUS_OK)
        return status;
    op->code = (uint16_t)wasm_op_prefixed_code(prefix, number);
    if (op->code == WASM_OP_CODE_END)
        return report_fail_u64x2(cursor->report, STATUS_MALFORMED, op->offset, "% % is no operator",
                                 prefix, number);
    return STATUS_OK;
}

enum status wasm_const_read_op(const struct wasm_module *module, struct wasm_cursor *cursor,
                               struct wasm_const_op *out_op)
{
    struct wasm_const_op op = {.offset = wasm_cursor_offset(cursor)};
    if (cursor->at >= cursor->end)
        return wasm_cursor_fail(cursor, STATUS_MALFORMED,
                                "a constant expression ends without its end");
    enum status status = read_code(cursor, &op);
    if (status == STATUS_OK)
        status = read_immediate(module, cursor, &op);
    if (status == STATUS_OK)
        *out_op = op;
    return status;
}

static void open_at(const struct wasm_module *module, struct bytes code,
                    struct wasm_const_reader *out_reader)
{
    out_reader->module = module;
    out_reader->cursor = (struct wasm_cursor){
        .at = code.data, .end = code.data + code.len, .origin = module->input.data, .report = NULL};
}

void wasm_const_open(const struct wasm_module *module, const struct wasm_const_expr *expr,
                     struct wasm_const_reader *out_reader)
{
    open_at(module, expr->code, out_reader);
}

bool wasm_const_read(struct wasm_const_reader *reader, struct wasm_const_op *out_op)
{
    enum status status = wasm_const_read_op(reader->module, &reader->cursor, out_op);
    ASSERT(status == STATUS_OK);
    if (out_op->code == WASM_OP_GLOBAL_GET)
        out_op->type = reader->module->globals[out_op->index].type;
    return out_op->code != WASM_OP_END;
}

void wasm_elem_open(const struct wasm_module *module, const struct wasm_elem *elem,
                    struct wasm_elem_reader *out_reader)
{
    out_reader->elem = elem;
    out_reader->left = elem->count;
    open_at(module, elem->items, &out_reader->items);
}

bool wasm_elem_read(struct wasm_elem_reader *reader, struct wasm_const_expr *out_expr,
                    uint32_t *out_func)
{
    if (reader->left == 0)
        return false;
    reader->left--;
    struct wasm_cursor *cursor = &reader->items.cursor;
    if (!reader->elem->is_exprs) {
        enum status status = wasm_read_u32(cursor, out_func);
        ASSERT(status == STATUS_OK);
        return true;
    }
    const uint8_t *first = cursor->at;
    out_expr->offset = wasm_cursor_offset(cursor);
    struct wasm_const_op op;
    while (wasm_const_read(&reader->items, &op))
        ;
    out_expr->code = bytes_of(first, (size_t)(cursor->at - first));
    return true;
}
