/*
 * tests/support/load_check.c: see load_check.h.
 *
 * The sink keeps a model of its own (heights of signature operators, reachability, fuel sums from
 * the operator list) and compares it with what it is told.
 */
#include "tests/support/load_check.h"

#include "core/wasm/const_expr.h"
#include "core/wasm/limits.h"
#include "core/wasm/name_section.h"
#include "core/wasm/optable.h"

#define ARENA_CAP ((size_t)8 << 20)

struct sink_model {
    const struct wasm_module *module;
    const struct wasm_reader *reader;
    const struct wasm_func *func;
    uint32_t local_count;
    bool is_begun, is_ended, is_block_open, is_first_block;
    uint64_t block_offset; /* of the block announced for the next operator */
    bool is_block_announced;
    uint32_t cost, op_count;
    uint64_t last_offset;
    bool is_height_known, is_reachable;
    uint32_t height;
    bool must_start_block; /* the next reachable operator has to */
    uint32_t depth;
    bool was_reached[WASM_LIMIT_NESTING];
};

static enum status on_begin(void *context, uint32_t func, const uint32_t *local_types,
                            uint32_t local_count)
{
    struct sink_model *model = context;
    const struct wasm_func_type *type = wasm_module_func_type(model->module, func);
    ASSERT(!model->is_begun && local_count >= type->param_count);
    ASSERT(type->param_count == 0 ||
           memcmp(local_types, type->params, type->param_count * sizeof *local_types) == 0);
    for (uint32_t i = 0; i < local_count; i++)
        ASSERT(local_types[i] != WASM_TYPE_BOTTOM);
    model->func = &model->module->funcs[func];
    model->is_begun = true;
    model->local_count = local_count;
    model->is_reachable = true;
    model->is_height_known = true;
    model->must_start_block = true;
    model->is_first_block = true;
    model->depth = 1;
    model->was_reached[0] = true;
    return STATUS_OK;
}

static enum status on_block(void *context, uint64_t offset)
{
    struct sink_model *model = context;
    ASSERT(model->is_begun && !model->is_block_open && !model->is_block_announced);
    ASSERT(model->must_start_block && model->is_reachable);
    model->is_block_open = true;
    model->is_block_announced = true;
    model->block_offset = offset;
    model->cost = model->is_first_block ? 1 : 0;
    model->is_first_block = false;
    model->must_start_block = false;
    return STATUS_OK;
}

static enum status on_cost(void *context, uint32_t cost)
{
    struct sink_model *model = context;
    ASSERT(model->is_block_open && !model->is_block_announced);
    ASSERT(cost == model->cost);
    model->is_block_open = false;
    return STATUS_OK;
}

static void check_label(const struct sink_model *model, uint32_t depth)
{
    ASSERT(depth < model->depth);
    const struct wasm_control *control = wasm_reader_label(model->reader, depth);
    ASSERT(control->depth == model->depth - 1 - depth);
    ASSERT(control->label_count == 0 || control->labels != NULL);
}

static void check_frame(const struct wasm_op *op)
{
    const struct wasm_control *control = op->control;
    ASSERT(control != NULL && control->height <= op->height);
    ASSERT(control->height_slots >= control->height);
    bool is_loop = control->code == WASM_OP_LOOP;
    ASSERT(control->label_count == (is_loop ? control->param_count : control->result_count));
}

/* Depth and reachability as they stand behind the operator. */
static void step_control(struct sink_model *model, const struct wasm_op *op)
{
    switch (op->code) {
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
    case WASM_OP_IF:
    case WASM_OP_TRY:
    case WASM_OP_TRY_TABLE:
        check_frame(op);
        ASSERT(op->control->code == op->code && op->control->depth == model->depth);
        ASSERT(op->control->is_reachable_at_entry == model->is_reachable);
        model->was_reached[model->depth++] = model->is_reachable;
        model->height = op->control->height + op->control->param_count;
        model->is_height_known = true;
        break;
    case WASM_OP_ELSE:
        check_frame(op);
        ASSERT(op->control->code == WASM_OP_ELSE && op->control->depth == model->depth - 1);
        model->is_reachable = model->was_reached[model->depth - 1];
        model->height = op->control->height + op->control->param_count;
        model->is_height_known = true;
        break;
    case WASM_OP_CATCH:
    case WASM_OP_CATCH_ALL:
        check_frame(op);
        ASSERT(op->control->code == op->code && op->control->depth == model->depth - 1);
        model->is_reachable = model->was_reached[model->depth - 1];
        break;
    case WASM_OP_DELEGATE: /* its label is counted from outside of the try that it ends */
        model->depth--;
        ASSERT(op->control->depth < model->depth);
        model->is_reachable = model->was_reached[model->depth];
        break;
    case WASM_OP_END:
        check_frame(op);
        model->depth--;
        ASSERT(op->control->depth == model->depth);
        model->is_reachable = model->was_reached[model->depth];
        model->height = op->control->height + op->control->result_count;
        model->is_height_known = true;
        break;
    case WASM_OP_BR_TABLE:
        for (uint32_t i = 0; i <= op->br_table.count; i++)
            check_label(model, op->br_table.depths[i]);
        model->is_reachable = false;
        break;
    case WASM_OP_BR:
        check_label(model, op->index);
        ASSERT(op->control == wasm_reader_label(model->reader, op->index));
        model->is_reachable = false;
        break;
    case WASM_OP_RETURN:
        ASSERT(op->control->depth == 0);
        model->is_reachable = false;
        break;
    case WASM_OP_RETHROW:
        check_label(model, op->index);
        model->is_reachable = false;
        break;
    case WASM_OP_UNREACHABLE:
    case WASM_OP_RETURN_CALL:
    case WASM_OP_RETURN_CALL_INDIRECT:
    case WASM_OP_RETURN_CALL_REF:
    case WASM_OP_THROW:
    case WASM_OP_THROW_REF:
        model->is_reachable = false;
        break;
    case WASM_OP_BR_IF:
    case WASM_OP_BR_ON_NULL:
    case WASM_OP_BR_ON_NON_NULL:
    case WASM_OP_BR_ON_CAST:
    case WASM_OP_BR_ON_CAST_FAIL:
        check_label(model, op->index);
        break;
    default:
        ASSERT(op->control == NULL);
    }
}

static bool ends_block(uint16_t code)
{
    return code == WASM_OP_LOOP || code == WASM_OP_IF || code == WASM_OP_ELSE ||
           code == WASM_OP_END || code == WASM_OP_BR_IF || code == WASM_OP_CALL ||
           code == WASM_OP_CALL_INDIRECT || code == WASM_OP_CALL_REF || code == WASM_OP_CATCH ||
           code == WASM_OP_CATCH_ALL || code == WASM_OP_DELEGATE || code == WASM_OP_BR_ON_NULL ||
           code == WASM_OP_BR_ON_NON_NULL || code == WASM_OP_BR_ON_CAST ||
           code == WASM_OP_BR_ON_CAST_FAIL;
}

static enum status on_op(void *context, const struct wasm_op *op)
{
    struct sink_model *model = context;
    const struct wasm_op_info *info = wasm_op_info(op->code);
    ASSERT(model->is_begun && model->depth != 0 && info->text != NULL);
    ASSERT(model->op_count == 0 || op->offset > model->last_offset);
    ASSERT(op->offset >= model->func->body_offset &&
           op->offset < model->func->body_offset + model->func->body.len);
    ASSERT(op->is_reachable == model->is_reachable);
    ASSERT(!model->is_height_known || op->height == model->height);
    ASSERT(op->height <= model->func->max_height && op->height_slots >= op->height &&
           op->height_slots <= model->func->max_height);
    ASSERT(!model->is_block_announced || model->block_offset == op->offset);
    ASSERT(!op->is_reachable || (model->is_block_open && !model->must_start_block));
    model->is_block_announced = false;
    model->last_offset = op->offset;
    model->op_count++;
    if (op->is_reachable)
        model->cost += info->fuel;
    const struct wasm_op_row *row = &wasm_op_rows[wasm_op_row_of(op->code)];
    model->is_height_known = op->is_reachable && row->rule == WASM_OP_RULE_SIGNATURE;
    if (model->is_height_known) {
        ASSERT(op->height >= row->pop_count);
        model->height = op->height - row->pop_count + (row->push != WASM_TYPE_BOTTOM);
    }
    step_control(model, op);
    if (ends_block(op->code))
        model->must_start_block = true;
    return STATUS_OK;
}

static enum status on_end(void *context)
{
    struct sink_model *model = context;
    ASSERT(model->is_begun && !model->is_ended && !model->is_block_open && model->depth == 0);
    model->is_ended = true;
    return STATUS_OK;
}

static void check_body(struct wasm_module *module, uint32_t func, struct arena *scratch)
{
    static struct sink_model model; /* too big for a stack */
    memset(&model, 0, offsetof(struct sink_model, was_reached));
    model.module = module;
    struct wasm_sink sink = {&model, on_begin, on_block, on_cost, on_op, on_end};
    struct wasm_func at_load = module->funcs[func];
    size_t used = scratch->used;
    enum status status = wasm_body_read(module, func, &sink, &model.reader, scratch, NULL);
    ASSERT(scratch->used == used);
    if (status == STATUS_NO_MEMORY)
        return; /* a sink's tables are bigger than the validator's own */
    ASSERT(status == STATUS_OK && model.is_ended);
    ASSERT(model.op_count == at_load.op_count && model.local_count == at_load.local_count);
    ASSERT(model.func->op_count == at_load.op_count &&
           model.func->max_height == at_load.max_height &&
           model.func->local_slots == at_load.local_slots);
}

static void read_expr(const struct wasm_module *module, const struct wasm_const_expr *expr)
{
    struct wasm_const_reader reader;
    struct wasm_const_op op;
    wasm_const_open(module, expr, &reader);
    while (wasm_const_read(&reader, &op))
        ASSERT(op.offset >= expr->offset && op.offset < expr->offset + expr->code.len);
    ASSERT(reader.cursor.at == reader.cursor.end);
}

static void read_elem(const struct wasm_module *module, const struct wasm_elem *elem)
{
    struct wasm_elem_reader reader;
    struct wasm_const_expr expr;
    uint32_t func, count = 0;
    if (elem->mode == WASM_SEGMENT_ACTIVE)
        read_expr(module, &elem->start);
    wasm_elem_open(module, elem, &reader);
    for (; wasm_elem_read(&reader, &expr, &func); count++) {
        if (elem->is_exprs)
            read_expr(module, &expr);
        else
            ASSERT(func < module->func_count && module->funcs[func].is_declared);
    }
    ASSERT(count == elem->count && reader.items.cursor.at == reader.items.cursor.end);
}

static void read_all(struct wasm_module *module, struct arena *scratch)
{
    for (uint32_t i = module->import_func_count; i < module->func_count; i++)
        check_body(module, i, scratch);
    for (uint32_t i = module->import_global_count; i < module->global_count; i++)
        read_expr(module, &module->globals[i].init);
    for (uint32_t i = 0; i < module->elem_count; i++)
        read_elem(module, &module->elems[i]);
    for (uint32_t i = 0; i < module->data_count; i++)
        if (module->datas[i].mode == WASM_SEGMENT_ACTIVE)
            read_expr(module, &module->datas[i].start);
    for (uint32_t i = 0; i < module->type_count; i++) {
        uint32_t canonical = module->types[i].canonical;
        ASSERT(canonical <= i && module->types[canonical].canonical == canonical);
    }
    for (uint32_t i = 0; i < module->export_count && i < 8; i++)
        ASSERT(wasm_module_find_export(module, module->exports[i].name) == &module->exports[i]);
    for (uint32_t i = 0; i < module->func_count && i < 8; i++)
        (void)wasm_func_name(module, i); /* any answer will do, reading is what is tried */
}

enum status load_check(struct bytes input, struct report *report)
{
    static ALIGNED(16) uint8_t memory[2][ARENA_CAP];
    struct arena module_arena, scratch;
    arena_init(&module_arena, memory[0], ARENA_CAP);
    arena_init(&scratch, memory[1], ARENA_CAP);
    struct wasm_module *module = NULL;
    report_init(report);
    enum status status = wasm_module_load(input, &module_arena, &scratch, &module, report);
    ASSERT(scratch.used == 0);
    ASSERT(module_arena.peak <= 24 * input.len + 1024);
    if (status == STATUS_OK) {
        ASSERT(!report->is_set);
        read_all(module, &scratch);
    } else {
        ASSERT(module == NULL && module_arena.used == 0);
        ASSERT(report->is_set && report->len != 0 && report->offset <= input.len);
    }
    arena_fini(&module_arena);
    arena_fini(&scratch);
    return status;
}
