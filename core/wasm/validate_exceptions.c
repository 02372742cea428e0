/*
 * core/wasm/validate_exceptions.c: throws, the clauses of try_table, and the legacy instructions
 * that shipped modules still hold (WASM 3.0 §3.4.1; the legacy proposal's core text).
 *
 * The legacy catch: the exception itself lies as a reference below the clause's operands, so that
 * stack heights, frames and the collector's maps know of it like of any other operand.
 */
#include "core/wasm/limits.h"
#include "core/wasm/subtype.h"
#include "core/wasm/validate_internal.h"

static struct wasm_control *top(const struct wasm_reader *reader)
{
    return &reader->frames[reader->frame_count - 1].control;
}

static enum status find_tag(const struct wasm_reader *reader, uint32_t index,
                            const struct wasm_func_type **out_type)
{
    const struct wasm_module *module = reader->module;
    if (index >= module->tag_count)
        return wasm_reader_fail_u64(reader, "unknown tag %", index);
    *out_type = wasm_module_tag_type(module, index);
    return STATUS_OK;
}

/* What a clause carries has to be what its label takes: the tag's params, then the exception. */
static enum status check_clause(struct wasm_reader *reader, const struct wasm_catch *clause,
                                const struct wasm_control *label)
{
    static const struct wasm_func_type none;
    static const uint32_t exception[] = {WASM_TYPE_REF(WASM_HEAP_EXN)};
    const struct wasm_func_type *type = &none;
    if (clause->kind == WASM_CATCH || clause->kind == WASM_CATCH_REF) {
        enum status status = find_tag(reader, clause->tag, &type);
        if (status != STATUS_OK)
            return status;
    }
    uint32_t params = type->param_count;
    enum status status = wasm_reader_carry(reader, params);
    if (status != STATUS_OK)
        return status;
    uint32_t refs = clause->kind == WASM_CATCH_REF || clause->kind == WASM_CATCH_ALL_REF;
    static const char sentence[] =
        "type mismatch: a catch carries other values than its label takes";
    if (label->label_count != params + refs)
        return wasm_reader_fail(reader, sentence);
    status = wasm_reader_fit(reader, type->params, label->labels, params, sentence);
    if (status != STATUS_OK || refs == 0)
        return status;
    return wasm_reader_fit(reader, exception, label->labels + params, refs, sentence);
}

static enum status read_clause(struct wasm_reader *reader, struct wasm_catch *out_clause)
{
    struct wasm_catch clause = {0};
    enum status status = wasm_read_byte(&reader->cursor, &clause.kind);
    if (status != STATUS_OK)
        return status;
    if (clause.kind > WASM_CATCH_ALL_REF)
        return report_fail_u64(reader->cursor.report, STATUS_MALFORMED, wasm_reader_offset(reader),
                               "% is no kind of catch", clause.kind);
    if (clause.kind == WASM_CATCH || clause.kind == WASM_CATCH_REF) {
        status = wasm_read_u32(&reader->cursor, &clause.tag);
        if (status != STATUS_OK)
            return status;
    }
    uint32_t depth;
    struct wasm_frame *label;
    status = wasm_read_u32(&reader->cursor, &depth);
    if (status != STATUS_OK)
        return status;
    status = wasm_reader_find_label(reader, depth, &label);
    if (status != STATUS_OK)
        return status;
    clause.depth = label->control.depth;
    *out_clause = clause;
    return check_clause(reader, &clause, &label->control);
}

enum status wasm_reader_read_catches(struct wasm_reader *reader)
{
    uint32_t count;
    enum status status = wasm_read_count(&reader->cursor, 2, WASM_LIMIT_CATCHES,
                                         "a try_table has more than % catches", &count);
    if (status != STATUS_OK)
        return status;
    if (reader->sink != NULL && count > reader->catch_capacity) {
        struct wasm_catch *room =
            wasm_reader_grow(reader, reader->catches, &reader->catch_capacity, count, sizeof *room);
        if (room == NULL)
            return report_fail_u64(reader->cursor.report, STATUS_NO_MEMORY,
                                   wasm_reader_offset(reader),
                                   "% catches do not fit the scratch memory", count);
        reader->catches = room;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct wasm_catch clause = {0};
        status = read_clause(reader, &clause);
        if (status != STATUS_OK)
            return status;
        if (reader->sink != NULL)
            reader->catches[i] = clause;
    }
    reader->has_try = true;
    reader->op.catch_count = count;
    reader->op.catches = reader->catches;
    return STATUS_OK;
}

static enum status throw_tag(struct wasm_reader *reader)
{
    const struct wasm_func_type *type;
    enum status status = find_tag(reader, reader->op.index, &type);
    if (status != STATUS_OK)
        return status;
    status = wasm_reader_pop_many(reader, type->params, type->param_count);
    if (status != STATUS_OK)
        return status;
    wasm_reader_set_dead(reader);
    return STATUS_OK;
}

static enum status throw_ref(struct wasm_reader *reader)
{
    enum status status = wasm_reader_pop(reader, WASM_TYPE_EXNREF);
    if (status != STATUS_OK)
        return status;
    wasm_reader_set_dead(reader);
    return STATUS_OK;
}

static enum status turn_to_catch(struct wasm_reader *reader)
{
    static const struct wasm_func_type none;
    const struct wasm_func_type *type = &none;
    struct wasm_control *control = top(reader);
    if (control->code != WASM_OP_TRY && control->code != WASM_OP_CATCH)
        return report_fail(reader->cursor.report, STATUS_MALFORMED, wasm_reader_offset(reader),
                           "catch without a try");
    enum status status = wasm_reader_pop_results(reader, control);
    if (status == STATUS_OK && reader->op.code == WASM_OP_CATCH)
        status = find_tag(reader, reader->op.index, &type);
    if (status != STATUS_OK)
        return status;
    control->code = reader->op.code;
    reader->op.control = control;
    reader->height = control->height;
    reader->is_polymorphic = false;
    reader->is_reachable = control->is_reachable_at_entry;
    status = wasm_reader_push(reader, WASM_TYPE_REF(WASM_HEAP_EXN));
    if (status != STATUS_OK)
        return status;
    reader->floor = reader->height;
    return wasm_reader_push_many(reader, type->params, type->param_count);
}

/* Ends a try without catches; what is thrown in it goes to the label. */
static enum status delegate(struct wasm_reader *reader)
{
    struct wasm_frame *target;
    const struct wasm_control *control = top(reader);
    if (control->code != WASM_OP_TRY)
        return report_fail(reader->cursor.report, STATUS_MALFORMED, wasm_reader_offset(reader),
                           "delegate without a try");
    enum status status = wasm_reader_pop_results(reader, control);
    if (status == STATUS_OK)
        status = wasm_reader_leave_frame(reader);
    if (status == STATUS_OK)
        status = wasm_reader_find_label(reader, reader->op.index, &target);
    if (status != STATUS_OK)
        return status;
    reader->op.control = &target->control;
    return STATUS_OK;
}

static enum status rethrow(struct wasm_reader *reader)
{
    struct wasm_frame *target;
    enum status status = wasm_reader_find_label(reader, reader->op.index, &target);
    if (status != STATUS_OK)
        return status;
    if (wasm_frame_hidden(target) == 0)
        return wasm_reader_fail_u64(reader, "invalid rethrow label %: it is no catch",
                                    reader->op.index);
    reader->op.control = &target->control;
    wasm_reader_set_dead(reader);
    return STATUS_OK;
}

enum status wasm_reader_exception(struct wasm_reader *reader)
{
    switch (reader->op.code) {
    case WASM_OP_THROW:
        return throw_tag(reader);
    case WASM_OP_THROW_REF:
        return throw_ref(reader);
    case WASM_OP_TRY:
        reader->has_try = true;
        return wasm_reader_open_block(reader);
    case WASM_OP_CATCH:
    case WASM_OP_CATCH_ALL:
        return turn_to_catch(reader);
    case WASM_OP_DELEGATE:
        return delegate(reader);
    case WASM_OP_RETHROW:
        return rethrow(reader);
    default:
        ASSERT(false); /* every control operator has a rule */
    }
}
