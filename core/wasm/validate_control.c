/*
 * core/wasm/validate_control.c: blocks, branches and calls (WASM 3.0 §3.4.1).
 *
 * A br_table checks every label it names once, however often it names it: `seen_by` of the frame
 * holds the number of the last br_table that did, so that its work is linear in its bytes.
 */
#include "core/wasm/memory.h"
#include "core/wasm/read_type.h"
#include "core/wasm/subtype.h"
#include "core/wasm/validate_internal.h"

static struct wasm_frame *top_frame(const struct wasm_reader *reader)
{
    return &reader->frames[reader->frame_count - 1];
}

/* A block with one result points here: these four bytes outlive every frame. Blocks of one type in
 * a row share them. */
static enum status single_result(struct wasm_reader *reader, uint32_t type,
                                 const uint32_t **out_types)
{
    static const uint32_t numbers[] = {WASM_TYPE_I32, WASM_TYPE_I64, WASM_TYPE_F32, WASM_TYPE_F64,
                                       WASM_TYPE_V128};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        if (numbers[i] == type) {
            *out_types = &numbers[i];
            return STATUS_OK;
        }
    }
    if (reader->single_result == NULL || *reader->single_result != type) {
        uint32_t *room = arena_alloc_aligned(reader->scratch, 1, sizeof *room, sizeof *room);
        if (room == NULL)
            return report_fail(reader->cursor.report, STATUS_NO_MEMORY, wasm_reader_offset(reader),
                               "the types of blocks do not fit the scratch memory");
        *room = type;
        reader->single_result = room;
    }
    *out_types = reader->single_result;
    return STATUS_OK;
}

/* `type`: of the block, NULL unless it names one. */
static void set_labels(struct wasm_control *control, const struct wasm_func_type *type)
{
    bool is_loop = control->code == WASM_OP_LOOP;
    control->labels = is_loop ? control->params : control->results;
    control->label_count = is_loop ? control->param_count : control->result_count;
    if (type != NULL)
        control->label_slots = is_loop ? type->param_slots : type->result_slots;
    else
        control->label_slots = control->label_count == 0 ? 0 : wasm_type_slots(control->labels[0]);
}

static enum status read_block_type_index(struct wasm_reader *reader, struct wasm_control *control,
                                         const struct wasm_func_type **out_type)
{
    int64_t index;
    enum status status = wasm_read_s33(&reader->cursor, &index);
    if (status != STATUS_OK)
        return status;
    if (index < 0)
        return report_fail(reader->cursor.report, STATUS_MALFORMED, wasm_reader_offset(reader),
                           "a block's type is no type");
    if (index >= reader->module->type_count)
        return wasm_reader_fail_u64(reader, "unknown type %", (uint64_t)index);
    if (reader->module->types[index].kind != WASM_KIND_FUNC)
        return wasm_reader_fail_u64(reader, "type % is no function type", (uint64_t)index);
    const struct wasm_func_type *type = &reader->module->types[index].func;
    *out_type = type;
    control->params = type->params;
    control->param_count = type->param_count;
    control->results = type->results;
    control->result_count = type->result_count;
    reader->op.index = (uint32_t)index;
    return STATUS_OK;
}

/* Empty, one value type, or a type index (a positive s33: its first byte has bit 6 clear, or it
 * has more than one byte). */
static enum status read_block_type(struct wasm_reader *reader, struct wasm_control *control,
                                   const struct wasm_func_type **out_type)
{
    struct wasm_cursor *cursor = &reader->cursor;
    if (cursor->at >= cursor->end)
        return wasm_cursor_fail(cursor, STATUS_MALFORMED, "a block's type is missing at the end");
    uint8_t first = *cursor->at;
    if (first == 0x40) {
        cursor->at++;
        return STATUS_OK;
    }
    if ((first & 0xC0) != 0x40)
        return read_block_type_index(reader, control, out_type);
    uint32_t type;
    enum status status = wasm_read_value_type(cursor, reader->module, &type);
    if (status != STATUS_OK)
        return status;
    control->result_count = 1;
    return single_result(reader, type, &control->results);
}

enum status wasm_reader_open_block(struct wasm_reader *reader)
{
    struct wasm_control control = {.code = reader->op.code};
    const struct wasm_func_type *named = NULL;
    enum status status = read_block_type(reader, &control, &named);
    if (status != STATUS_OK)
        return status;
    set_labels(&control, named);
    if (control.code == WASM_OP_TRY_TABLE) {
        status = wasm_reader_read_catches(reader); /* they are outside of the block */
        if (status != STATUS_OK)
            return status;
    }
    if (control.code == WASM_OP_IF) {
        status = wasm_reader_pop(reader, WASM_TYPE_I32);
        if (status != STATUS_OK)
            return status;
    }
    status = wasm_reader_pop_many(reader, control.params, control.param_count);
    if (status != STATUS_OK)
        return status;
    status = wasm_reader_push_frame(reader, &control);
    if (status != STATUS_OK)
        return status;
    reader->op.control = &top_frame(reader)->control;
    return STATUS_OK;
}

/* At `else` and `end`: the block's results and nothing else lie on the stack. They are popped, and
 * the locals that the block set are as before. */
enum status wasm_reader_pop_results(struct wasm_reader *reader, const struct wasm_control *control)
{
    enum status status = wasm_reader_pop_many(reader, control->results, control->result_count);
    if (status != STATUS_OK)
        return status;
    if (reader->height != reader->floor)
        return wasm_reader_fail_u64(reader,
                                    "type mismatch: % values too many at the end of a block",
                                    reader->height - reader->floor);
    wasm_reader_forget_locals(reader, top_frame(reader)->set_floor);
    return STATUS_OK;
}

static enum status turn_to_else(struct wasm_reader *reader)
{
    struct wasm_control *control = &top_frame(reader)->control;
    if (control->code != WASM_OP_IF)
        return report_fail(reader->cursor.report, STATUS_MALFORMED, wasm_reader_offset(reader),
                           "else without an if");
    enum status status = wasm_reader_pop_results(reader, control);
    if (status != STATUS_OK)
        return status;
    control->code = WASM_OP_ELSE;
    reader->is_polymorphic = false;
    reader->is_reachable = control->is_reachable_at_entry;
    reader->op.control = control;
    return wasm_reader_push_many(reader, control->params, control->param_count);
}

/* An `if` without else: what it does if the condition does not hold. */
static enum status pass_params(const struct wasm_reader *reader, const struct wasm_control *control)
{
    static const char sentence[] = "type mismatch: an if without else has to give what it takes";
    if (control->param_count != control->result_count)
        return wasm_reader_fail(reader, sentence);
    return wasm_reader_fit(reader, control->params, control->results, control->param_count,
                           sentence);
}

static enum status close_block(struct wasm_reader *reader)
{
    const struct wasm_control *control = &top_frame(reader)->control;
    enum status status = wasm_reader_pop_results(reader, control);
    if (status != STATUS_OK)
        return status;
    if (control->code == WASM_OP_IF)
        status = pass_params(reader, control);
    return status != STATUS_OK ? status : wasm_reader_leave_frame(reader);
}

/* The top frame is closed and its results lie on the outer one's operands. */
enum status wasm_reader_leave_frame(struct wasm_reader *reader)
{
    const struct wasm_control *control = &top_frame(reader)->control;
    reader->height = control->height; /* where a legacy catch holds the exception */
    reader->frame_count--;
    reader->op.control = control;
    if (reader->frame_count == 0)
        return STATUS_OK;
    struct wasm_frame *outer = top_frame(reader);
    reader->floor = outer->control.height + wasm_frame_hidden(outer);
    reader->is_polymorphic = outer->is_polymorphic;
    reader->is_reachable = control->is_reachable_at_entry;
    return wasm_reader_push_many(reader, control->results, control->result_count);
}

enum status wasm_reader_find_label(const struct wasm_reader *reader, uint32_t depth,
                                   struct wasm_frame **out_frame)
{
    if (depth >= reader->frame_count)
        return wasm_reader_fail_u64(reader, "unknown label %", depth);
    *out_frame = &reader->frames[reader->frame_count - 1 - depth];
    return STATUS_OK;
}

static enum status branch(struct wasm_reader *reader)
{
    struct wasm_frame *target;
    enum status status = wasm_reader_find_label(reader, reader->op.index, &target);
    if (status != STATUS_OK)
        return status;
    const struct wasm_control *control = &target->control;
    reader->op.control = control;
    bool is_conditional = reader->op.code == WASM_OP_BR_IF;
    if (is_conditional) {
        status = wasm_reader_pop(reader, WASM_TYPE_I32);
        if (status != STATUS_OK)
            return status;
    }
    status = wasm_reader_pop_many(reader, control->labels, control->label_count);
    if (status != STATUS_OK)
        return status;
    if (is_conditional)
        return wasm_reader_push_many(reader, control->labels, control->label_count);
    wasm_reader_set_dead(reader);
    return STATUS_OK;
}

/* One label of a br_table: as many values as the others, and values that are there. */
static enum status check_target(struct wasm_reader *reader, uint32_t depth, uint32_t *arity,
                                bool is_first)
{
    struct wasm_frame *target;
    enum status status = wasm_reader_find_label(reader, depth, &target);
    if (status != STATUS_OK || target->seen_by == reader->br_table_count)
        return status;
    target->seen_by = reader->br_table_count;
    const struct wasm_control *control = &target->control;
    if (is_first)
        *arity = control->label_count;
    if (*arity != control->label_count)
        return wasm_reader_fail_u64(
            reader, "type mismatch: label % takes another number of values than the first", depth);
    return wasm_reader_match(reader, control->labels, control->label_count);
}

static enum status need_targets(struct wasm_reader *reader, uint32_t count)
{
    if (count <= reader->target_capacity)
        return STATUS_OK;
    uint32_t *room = wasm_reader_grow(reader, reader->targets, &reader->target_capacity, count,
                                      sizeof *reader->targets);
    if (room == NULL)
        return report_fail_u64(reader->cursor.report, STATUS_NO_MEMORY, wasm_reader_offset(reader),
                               "a br_table of % labels does not fit the scratch memory", count);
    reader->targets = room;
    return STATUS_OK;
}

static enum status branch_table(struct wasm_reader *reader)
{
    uint32_t count, arity = 0;
    enum status status = wasm_read_count(&reader->cursor, 1, UINT32_MAX - 1,
                                         "a br_table has more than % labels", &count);
    if (status != STATUS_OK)
        return status;
    status = wasm_reader_pop(reader, WASM_TYPE_I32);
    if (status != STATUS_OK)
        return status;
    if (reader->sink != NULL) {
        status = need_targets(reader, count + 1);
        if (status != STATUS_OK)
            return status;
    }
    reader->br_table_count++;
    for (uint32_t i = 0; i <= count; i++) {
        uint32_t depth;
        status = wasm_read_u32(&reader->cursor, &depth);
        if (status != STATUS_OK)
            return status;
        status = check_target(reader, depth, &arity, i == 0);
        if (status != STATUS_OK)
            return status;
        if (reader->sink != NULL)
            reader->targets[i] = depth;
    }
    reader->op.br_table = (struct wasm_br_table){.count = count, .depths = reader->targets};
    wasm_reader_set_dead(reader);
    return STATUS_OK;
}

static enum status leave_function(struct wasm_reader *reader)
{
    const struct wasm_control *control = &reader->frames[0].control;
    reader->op.control = control;
    enum status status = wasm_reader_pop_many(reader, control->results, control->result_count);
    if (status != STATUS_OK)
        return status;
    wasm_reader_set_dead(reader);
    return STATUS_OK;
}

static enum status apply_type(struct wasm_reader *reader, const struct wasm_func_type *type)
{
    enum status status = wasm_reader_pop_many(reader, type->params, type->param_count);
    if (status != STATUS_OK)
        return status;
    return wasm_reader_push_many(reader, type->results, type->result_count);
}

/* A tail call gives what this function has to give, and does not come back. */
static enum status apply_tail_type(struct wasm_reader *reader, const struct wasm_func_type *type)
{
    enum status status = wasm_reader_pop_many(reader, type->params, type->param_count);
    if (status != STATUS_OK)
        return status;
    reader->op.control = &reader->frames[0].control;
    static const char sentence[] = "type mismatch: a tail call to a function of other results";
    if (type->result_count != reader->type->result_count)
        return wasm_reader_fail(reader, sentence);
    status =
        wasm_reader_fit(reader, type->results, reader->type->results, type->result_count, sentence);
    if (status != STATUS_OK)
        return status;
    wasm_reader_set_dead(reader);
    return STATUS_OK;
}

static enum status call(struct wasm_reader *reader)
{
    if (reader->op.index >= reader->module->func_count)
        return wasm_reader_fail_u64(reader, "unknown function %", reader->op.index);
    const struct wasm_func_type *type = wasm_module_func_type(reader->module, reader->op.index);
    return reader->op.code == WASM_OP_CALL ? apply_type(reader, type)
                                           : apply_tail_type(reader, type);
}

static enum status call_indirect(struct wasm_reader *reader)
{
    const struct wasm_module *module = reader->module;
    if (reader->op.index >= module->type_count)
        return wasm_reader_fail_u64(reader, "unknown type %", reader->op.index);
    if (module->types[reader->op.index].kind != WASM_KIND_FUNC)
        return wasm_reader_fail_u64(reader, "type % is no function type", reader->op.index);
    if (reader->op.index2 >= module->table_count)
        return wasm_reader_fail_u64(reader, "unknown table %", reader->op.index2);
    if (!wasm_type_is_subtype(module->types, module->tables[reader->op.index2].type,
                              WASM_TYPE_FUNCREF))
        return wasm_reader_fail_u64(reader, "type mismatch: table % holds no functions",
                                    reader->op.index2);
    enum status status =
        wasm_reader_pop(reader, wasm_address_type(&module->tables[reader->op.index2].limits));
    if (status != STATUS_OK)
        return status;
    const struct wasm_func_type *type = &module->types[reader->op.index].func;
    return reader->op.code == WASM_OP_CALL_INDIRECT ? apply_type(reader, type)
                                                    : apply_tail_type(reader, type);
}

static enum status call_ref(struct wasm_reader *reader)
{
    const struct wasm_module *module = reader->module;
    if (reader->op.index >= module->type_count)
        return wasm_reader_fail_u64(reader, "unknown type %", reader->op.index);
    if (module->types[reader->op.index].kind != WASM_KIND_FUNC)
        return wasm_reader_fail_u64(reader, "type % is no function type", reader->op.index);
    const struct wasm_func_type *type = &module->types[reader->op.index].func;
    enum status status =
        wasm_reader_pop(reader, WASM_TYPE_REF_NULL(module->types[reader->op.index].canonical));
    if (status != STATUS_OK)
        return status;
    return reader->op.code == WASM_OP_CALL_REF ? apply_type(reader, type)
                                               : apply_tail_type(reader, type);
}

bool wasm_reader_is_control(uint32_t code)
{
    return code <= WASM_OP_CATCH_ALL || code == WASM_OP_TRY_TABLE;
}

enum status wasm_reader_control(struct wasm_reader *reader)
{
    switch (reader->op.code) {
    case WASM_OP_UNREACHABLE:
        wasm_reader_set_dead(reader);
        return STATUS_OK;
    case WASM_OP_NOP:
        return STATUS_OK;
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
    case WASM_OP_IF:
    case WASM_OP_TRY_TABLE:
        return wasm_reader_open_block(reader);
    case WASM_OP_ELSE:
        return turn_to_else(reader);
    case WASM_OP_END:
        return close_block(reader);
    case WASM_OP_BR:
    case WASM_OP_BR_IF:
        return branch(reader);
    case WASM_OP_BR_TABLE:
        return branch_table(reader);
    case WASM_OP_RETURN:
        return leave_function(reader);
    case WASM_OP_CALL:
    case WASM_OP_RETURN_CALL:
        return call(reader);
    case WASM_OP_CALL_INDIRECT:
    case WASM_OP_RETURN_CALL_INDIRECT:
        return call_indirect(reader);
    case WASM_OP_CALL_REF:
    case WASM_OP_RETURN_CALL_REF:
        return call_ref(reader);
    default:
        return wasm_reader_exception(reader);
    }
}
