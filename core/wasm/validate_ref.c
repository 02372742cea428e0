/*
 * core/wasm/validate_ref.c: null checks, casts and the branches on them (WASM 3.0 §3.4.2, §3.4.8).
 *
 * In unreachable code an operand that is not there is a reference to WASM_HEAP_BOTTOM, which
 * matches every reference and no number.
 */
#include "core/wasm/subtype.h"
#include "core/wasm/validate_internal.h"

enum status wasm_reader_pop_ref(struct wasm_reader *reader, uint32_t *out_type)
{
    uint32_t type;
    enum status status = wasm_reader_pop_any(reader, &type);
    if (status != STATUS_OK)
        return status;
    if (type == WASM_TYPE_BOTTOM)
        type = WASM_TYPE_REF(WASM_HEAP_BOTTOM);
    if (!wasm_type_is_ref(type)) {
        char text[WASM_TYPE_TEXT_MAX];
        return report_fail_name(reader->cursor.report, STATUS_INVALID, wasm_reader_offset(reader),
                                "type mismatch: a reference expected, % found",
                                wasm_type_write(type, text));
    }
    *out_type = type;
    return STATUS_OK;
}

static enum status ref_is_null(struct wasm_reader *reader)
{
    enum status status = wasm_reader_pop_ref(reader, &reader->op.type);
    return status != STATUS_OK ? status : wasm_reader_push(reader, WASM_TYPE_I32);
}

static enum status ref_as_non_null(struct wasm_reader *reader)
{
    enum status status = wasm_reader_pop_ref(reader, &reader->op.type);
    if (status != STATUS_OK)
        return status;
    return wasm_reader_push(reader, reader->op.type & ~WASM_TYPE_NULL_BIT);
}

static enum status ref_eq(struct wasm_reader *reader)
{
    static const uint32_t both[] = {WASM_TYPE_EQREF, WASM_TYPE_EQREF};
    enum status status = wasm_reader_pop_many(reader, both, 2);
    return status != STATUS_OK ? status : wasm_reader_push(reader, WASM_TYPE_I32);
}

/* The label of a branch that carries `last` besides what lies on the stack; its other values are
 * popped and pushed as they are by the label's types. */
static enum status check_label(struct wasm_reader *reader, bool carries_last, uint32_t last)
{
    struct wasm_frame *target;
    enum status status = wasm_reader_find_label(reader, reader->op.index, &target);
    if (status != STATUS_OK)
        return status;
    const struct wasm_control *control = &target->control;
    uint32_t count = control->label_count;
    reader->op.control = control;
    if (carries_last) {
        if (count == 0 ||
            !wasm_type_is_subtype(reader->module->types, last, control->labels[count - 1]))
            return wasm_reader_fail_u64(
                reader, "type mismatch: the reference is none of those that label % takes",
                reader->op.index);
        count--;
    }
    status = wasm_reader_pop_many(reader, control->labels, count);
    return status != STATUS_OK ? status : wasm_reader_push_many(reader, control->labels, count);
}

static enum status br_on_null(struct wasm_reader *reader)
{
    enum status status = wasm_reader_pop_ref(reader, &reader->op.type);
    if (status == STATUS_OK)
        status = check_label(reader, false, 0);
    if (status != STATUS_OK)
        return status;
    return wasm_reader_push(reader, reader->op.type & ~WASM_TYPE_NULL_BIT);
}

static enum status br_on_non_null(struct wasm_reader *reader)
{
    enum status status = wasm_reader_pop_ref(reader, &reader->op.type);
    if (status != STATUS_OK)
        return status;
    return check_label(reader, true, reader->op.type & ~WASM_TYPE_NULL_BIT);
}

/* What a cast takes: any reference of the hierarchy. */
static uint32_t hierarchy_of(const struct wasm_reader *reader, uint32_t type)
{
    return WASM_TYPE_REF_NULL(wasm_heap_top(reader->module->types, wasm_type_heap(type)));
}

static enum status cast(struct wasm_reader *reader, bool is_test)
{
    enum status status = wasm_reader_pop_ref(reader, &reader->op.type2);
    if (status != STATUS_OK)
        return status;
    uint32_t top = hierarchy_of(reader, reader->op.type);
    if (!wasm_type_is_subtype(reader->module->types, reader->op.type2, top))
        return wasm_reader_fail_types(reader, top, reader->op.type2);
    return wasm_reader_push(reader, is_test ? WASM_TYPE_I32 : reader->op.type);
}

/* What is left of type `from` when it is no `to`: no null, if `to` takes it. */
static uint32_t difference(uint32_t from, uint32_t to)
{
    return wasm_type_is_nullable(to) ? from & ~WASM_TYPE_NULL_BIT : from;
}

static enum status br_on_cast(struct wasm_reader *reader)
{
    uint32_t from = reader->op.type2, to = reader->op.type;
    uint32_t rest = difference(from, to);
    bool is_fail = reader->op.code == WASM_OP_BR_ON_CAST_FAIL;
    if (!wasm_type_is_subtype(reader->module->types, to, from))
        return wasm_reader_fail_types(reader, from, to);
    enum status status = wasm_reader_pop(reader, from);
    if (status == STATUS_OK)
        status = check_label(reader, true, is_fail ? rest : to);
    if (status != STATUS_OK)
        return status;
    return wasm_reader_push(reader, is_fail ? to : rest);
}

/* From one hierarchy to the other, as null or not as it was. */
static enum status convert(struct wasm_reader *reader, uint32_t from, uint32_t to)
{
    enum status status = wasm_reader_pop_ref(reader, &reader->op.type);
    if (status != STATUS_OK)
        return status;
    if (!wasm_type_is_subtype(reader->module->types, reader->op.type, WASM_TYPE_REF_NULL(from)))
        return wasm_reader_fail_types(reader, WASM_TYPE_REF_NULL(from), reader->op.type);
    return wasm_reader_push(reader, WASM_TYPE_REF(to) | (reader->op.type & WASM_TYPE_NULL_BIT));
}

static enum status from_to(struct wasm_reader *reader, uint32_t from, uint32_t to)
{
    enum status status = wasm_reader_pop(reader, from);
    return status != STATUS_OK ? status : wasm_reader_push(reader, to);
}

enum status wasm_reader_ref(struct wasm_reader *reader)
{
    switch (reader->op.code) {
    case WASM_OP_REF_NULL:
        return wasm_reader_push(reader, reader->op.type);
    case WASM_OP_REF_IS_NULL:
        return ref_is_null(reader);
    case WASM_OP_REF_AS_NON_NULL:
        return ref_as_non_null(reader);
    case WASM_OP_REF_EQ:
        return ref_eq(reader);
    case WASM_OP_BR_ON_NULL:
        return br_on_null(reader);
    case WASM_OP_BR_ON_NON_NULL:
        return br_on_non_null(reader);
    case WASM_OP_REF_TEST:
    case WASM_OP_REF_TEST_NULL:
        return cast(reader, true);
    case WASM_OP_REF_CAST:
    case WASM_OP_REF_CAST_NULL:
        return cast(reader, false);
    case WASM_OP_BR_ON_CAST:
    case WASM_OP_BR_ON_CAST_FAIL:
        return br_on_cast(reader);
    case WASM_OP_ANY_CONVERT_EXTERN:
        return convert(reader, WASM_HEAP_EXTERN, WASM_HEAP_ANY);
    case WASM_OP_EXTERN_CONVERT_ANY:
        return convert(reader, WASM_HEAP_ANY, WASM_HEAP_EXTERN);
    case WASM_OP_REF_I31:
        return from_to(reader, WASM_TYPE_I32, WASM_TYPE_REF(WASM_HEAP_I31));
    case WASM_OP_I31_GET_S:
    case WASM_OP_I31_GET_U:
        return from_to(reader, WASM_TYPE_I31REF, WASM_TYPE_I32);
    default:
        return wasm_reader_gc(reader);
    }
}
