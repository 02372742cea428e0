/*
 * core/wasm/translate_control.c: blocks, branches, calls, and the cells that charge fuel.
 *
 * A label binds where its CHARGE cell is (code.h, invariant 1). Forward branches wait for it in a
 * chain through their own target fields.
 */
#include "core/wasm/translate.h"

#include <stddef.h>

/* ---- fuel ---- */

/* The operator at `offset`, reported next, starts a block. */
void translate_fuel_block(struct translator *t, uint64_t offset)
{
    if (!t->is_reachable) {
        t->cost_at = TRANSLATE_NONE;
        return;
    }
    bool is_free_again = t->charge_at != TRANSLATE_NONE && t->block_cost == 0 &&
                         t->charge_at + sizeof(struct code_charge) == t->at;
    t->is_block_empty = t->is_entered; /* entering costs */
    if (!t->is_entered) {
        translate_note(t, 0, offset);
        t->cost_at = (uint32_t)offsetof(struct code_enter, cost);
        t->is_entered = true;
    } else if (t->resume_at != TRANSLATE_NONE) {
        translate_note(t, t->resume_at, offset);
        t->cost_at = t->resume_at + (uint32_t)offsetof(struct code_resume, cost);
        t->resume_at = TRANSLATE_NONE;
        t->charge_at = TRANSLATE_NONE;
    } else if (is_free_again) {
        translate_note(t, t->charge_at, offset);
        t->cost_at = t->charge_at + (uint32_t)offsetof(struct code_charge, cost);
    } else {
        t->charge_at = t->at;
        t->cost_at = t->charge_at + (uint32_t)offsetof(struct code_charge, cost);
        translate_note(t, t->at, offset);
        (void)translate_emit(t, CODE_CHARGE, sizeof(struct code_charge)); /* cost comes later */
    }
}

void translate_fuel_block_cost(struct translator *t, uint32_t cost)
{
    t->block_cost = cost;
    if (t->cost_at == TRANSLATE_NONE || t->is_full)
        return;
    ASSERT(cost == 0 || !t->is_block_empty);
    memcpy(t->code + t->cost_at, &cost, sizeof cost);
}

/* A CHARGE cell that costs nothing, in the middle of the open block: for branches within it. */
static void emit_free_charge(struct translator *t)
{
    (void)translate_emit(t, CODE_CHARGE, sizeof(struct code_charge)); /* all zero is its meaning */
    t->charge_at = TRANSLATE_NONE;
}

/* Where a label binds: here, or at the CHARGE cell in front of which nothing else is. */
static uint32_t label_position(const struct translator *t)
{
    bool is_behind_charge =
        t->charge_at != TRANSLATE_NONE && t->charge_at + sizeof(struct code_charge) == t->at;
    return is_behind_charge && t->is_block_empty ? t->charge_at : t->at;
}

/* ---- labels ---- */

/* The distance at `field` leads to the cell `target`. */
void translate_set_target(struct translator *t, uint32_t field, uint32_t target)
{
    int32_t distance = (int32_t)target - (int32_t)field;
    memcpy(t->code + field, &distance, sizeof distance);
}

static void add_fixup(struct translator *t, uint32_t *chain, uint32_t field)
{
    if (t->is_full)
        return;
    memcpy(t->code + field, chain, sizeof *chain);
    *chain = field;
}

static void bind(struct translator *t, uint32_t *chain, uint32_t target)
{
    while (*chain != TRANSLATE_NONE) {
        uint32_t field = *chain;
        memcpy(chain, t->code + field, sizeof *chain);
        translate_set_target(t, field, target);
    }
}

/* The branch whose target is at `field` goes to the label. */
void translate_link(struct translator *t, struct label *label, uint32_t field)
{
    if (t->is_full)
        return;
    if (label->code == WASM_OP_LOOP)
        translate_set_target(t, field, label->loop_at);
    else
        add_fixup(t, &label->fixups, field);
}

static struct label *label_at_depth(struct translator *t, uint32_t depth)
{
    ASSERT(depth < t->label_count);
    return &t->labels[depth];
}

void translate_unwind(struct translator *t, uint32_t height)
{
    while (t->height > height)
        (void)translate_pop(t); /* values of a path that ends here */
}

void translate_end_path(struct translator *t)
{
    translate_unwind(t, t->labels[t->label_count - 1].height);
    t->is_reachable = false;
    t->last = TRANSLATE_NONE;
}

/* ---- conditions ---- */

/* What an if or br_if branches on; a compare that was the newest cell is taken back. */
struct condition {
    enum code_family family; /* COMPARE, FLOAT_COMPARE; else PLAIN */
    struct value value;
    uint32_t compare; /* index in its list of compares */
    uint32_t pair;
    enum code_class a_class, b_class;
    uint16_t a, b;
    int32_t imm;
};

static void split_pair(uint32_t pair, struct condition *out)
{
    static const uint8_t classes[][2] = {
#define X(l, r, ...) {CLASS_##l, CLASS_##r},
        CLASS_PAIR_LIST(X, 0)
#undef X
    };
    out->a_class = classes[pair][0];
    out->b_class = classes[pair][1];
}

static struct condition take_condition(struct translator *t)
{
    struct condition c = {.family = FAMILY_PLAIN, .value = translate_pop(t)};
    bool is_fused = translate_is_newest(t, &c.value) && !t->is_full && !t->is_wide &&
                    (t->acc.family == FAMILY_COMPARE || t->acc.family == FAMILY_FLOAT_COMPARE);
    if (!is_fused)
        return c;
    const struct code_value *cell = (const void *)(t->code + t->last);
    c.family = t->acc.family;
    c.a = cell->a;
    if (c.family == FAMILY_COMPARE) {
        uint32_t variant = t->acc.code - CODE_I32_EQ;
        c.compare = variant / CODE_VARIANTS_COMPARE;
        c.pair = variant % CODE_VARIANTS_COMPARE / FLAG_COUNT;
        split_pair(c.pair, &c);
        if (c.b_class == CLASS_I)
            c.imm = cell->imm;
        else
            c.b = cell->b;
    } else {
        uint32_t variant = t->acc.code - CODE_F32_EQ;
        c.compare = variant / CODE_VARIANTS_FLOAT_COMPARE;
        c.pair = variant % CODE_VARIANTS_FLOAT_COMPARE / FLAG_COUNT;
        c.b = cell->b;
    }
    translate_take_back(t);
    return c;
}

/* The compare that holds exactly when the given one does not. Order: EQ NE LT_S LT_U GT_S GT_U LE_S
 * LE_U GE_S GE_U, for 32 bits, then for 64. */
static uint32_t negated_compare(uint32_t compare)
{
    static const uint8_t negated[10] = {1, 0, 8, 9, 6, 7, 4, 5, 2, 3};
    return compare / 10 * 10 + negated[compare % 10];
}

static uint32_t branch_field(const struct translator *t)
{
    return t->last + (uint32_t)offsetof(struct code_branch, target);
}

static uint32_t emit_branch(struct translator *t, uint32_t code, uint16_t a, uint16_t b)
{
    struct code_branch *cell = translate_emit(t, code, sizeof *cell);
    cell->a = a;
    cell->b = b;
    return branch_field(t);
}

static uint32_t emit_compare_branch(struct translator *t, struct condition *c, bool is_negated)
{
    uint32_t compare = is_negated ? negated_compare(c->compare) : c->compare;
    if (c->b_class == CLASS_I && c->imm == 0 && compare < 2)
        return emit_branch(
            t, (compare == 0 ? CODE_BR_ZERO : CODE_BR_NONZERO) + translate_source(c->a_class), c->a,
            0);
    if (c->b_class == CLASS_I && (c->imm < INT16_MIN || c->imm > INT16_MAX)) {
        /* Its slot is one of the two operands': the second, unless the compare was turned around
         * and the other operand stands there. */
        bool is_turned = c->a_class == CLASS_S && c->a == c->value.slot + 1;
        struct value constant = {.kind = VALUE_CONST,
                                 .slots = 1,
                                 .slot = c->value.slot + (is_turned ? 0 : 1),
                                 .bits = (uint64_t)(int64_t)c->imm};
        c->b = (uint16_t)translate_narrow(t, translate_to_slot(t, &constant), 1);
        c->pair = translate_pair(c->a_class, CLASS_S);
    } else if (c->b_class == CLASS_I) {
        c->b = (uint16_t)c->imm;
    }
    return emit_branch(t, CODE_BR_I32_EQ + compare * CODE_VARIANTS_BRANCH + c->pair, c->a, c->b);
}

/* Branches if the condition holds (does not, if negated); returns where the target goes. */
static uint32_t emit_condition(struct translator *t, struct condition *c, bool is_negated)
{
    if (c->family == FAMILY_COMPARE)
        return emit_compare_branch(t, c, is_negated);
    if (c->family == FAMILY_FLOAT_COMPARE)
        return emit_branch(t,
                           CODE_BR_F32_EQ + c->compare * CODE_VARIANTS_FLOAT_BRANCH +
                               c->pair * SENSE_COUNT + is_negated,
                           c->a, c->b);
    enum code_class class = translate_class(t, &c->value, false, 0);
    uint16_t slot = 0;
    if (class == CLASS_S)
        slot = (uint16_t)translate_narrow(t, translate_to_slot(t, &c->value), 0);
    return emit_branch(t, (is_negated ? CODE_BR_ZERO : CODE_BR_NONZERO) + translate_source(class),
                       slot, 0);
}

/* ---- returns ---- */

static struct code_return *emit_return(struct translator *t, uint32_t code)
{
    struct code_return *cell = translate_emit(t, code, sizeof *cell);
    cell->header = t->header;
    cell->units = translate_units(t);
    return cell;
}

static void return_one(struct translator *t)
{
    struct value value = translate_pop(t);
    bool is_held =
        value.kind == VALUE_LOCAL && t->acc.what == HOLDS_LOCAL && t->acc.index == value.local;
    if (value.kind == VALUE_ACC || is_held) {
        (void)emit_return(t, CODE_RETURN_A); /* the accumulator is all it needs */
    } else if (value.kind == VALUE_FACC) {
        emit_return(t, CODE_RETURN_F)->count = t->facc.is_f64;
    } else {
        uint32_t slot = translate_to_slot(t, &value);
        emit_return(t, CODE_RETURN_S)->source = slot;
    }
}

static void return_values(struct translator *t)
{
    uint32_t count = t->type->result_count;
    if (count == 0) {
        (void)emit_return(t, CODE_RETURN_0); /* nothing to carry */
    } else if (t->type->result_slots == 1) {
        return_one(t);
    } else if (count == 1) {
        struct value value = translate_pop(t);
        uint32_t slot = translate_to_slot(t, &value);
        struct code_return *cell = emit_return(t, CODE_RETURN_N);
        cell->source = slot;
        cell->count = t->type->result_slots;
    } else {
        translate_settle(t, count);
        struct code_return *cell = emit_return(t, CODE_RETURN_N);
        cell->source = t->values[t->height - count].slot;
        cell->count = t->type->result_slots;
    }
}

/* ---- branches ---- */

/* Puts the label's values where it wants them, on a path that goes there and nowhere else. */
static void carry_values(struct translator *t, const struct label *label)
{
    if (label->arity == 1) {
        struct value value = translate_pop(t);
        if (translate_is_newest(t, &value) && label->slot <= CODE_SLOT_MAX)
            translate_redirect(t, value.kind == VALUE_FACC ? &t->facc : &t->acc, RESULT_S,
                               label->slot);
        else
            translate_store(t, &value, label->slot);
    } else if (label->arity > 1) {
        translate_settle(t, label->arity);
        uint32_t from = t->values[t->height - label->arity].slot;
        if (from != label->slot)
            translate_move_range(t, label->slot, from, label->slots);
    }
}

void translate_jump(struct translator *t, struct label *label)
{
    (void)translate_emit(t, CODE_JUMP, sizeof(struct code_jump)); /* translate_link fills it */
    translate_link(t, label, t->last + (uint32_t)offsetof(struct code_jump, target));
}

static void br(struct translator *t, const struct wasm_op *op)
{
    struct label *label = label_at_depth(t, op->control->depth);
    if (op->control->depth == 0) {
        return_values(t);
    } else {
        carry_values(t, label);
        translate_jump(t, label);
    }
    translate_end_path(t);
}

/* Branches with the label's values, which lie on top, if the condition holds (does not). */
static void branch_if(struct translator *t, struct label *label, struct condition *condition,
                      bool is_negated)
{
    translate_settle(t, label->arity);
    uint32_t from = label->arity == 0 ? 0 : t->values[t->height - label->arity].slot;
    if (label->arity == 0 || from == label->slot) {
        translate_link(t, label, emit_condition(t, condition, is_negated));
        return;
    }
    uint32_t over = TRANSLATE_NONE;
    add_fixup(t, &over, emit_condition(t, condition, !is_negated));
    emit_free_charge(t);
    translate_move_range(t, label->slot, from, label->slots);
    translate_jump(t, label);
    bind(t, &over, t->at);
    t->last = TRANSLATE_NONE;
}

static void br_if(struct translator *t, const struct wasm_op *op)
{
    struct condition condition = take_condition(t);
    branch_if(t, label_at_depth(t, op->control->depth), &condition, false);
}

void translate_branch_on(struct translator *t, uint32_t depth, const struct value *value,
                         bool if_zero)
{
    struct condition condition = {.family = FAMILY_PLAIN, .value = *value};
    branch_if(t, label_at_depth(t, depth), &condition, if_zero);
}

static void br_table(struct translator *t, const struct wasm_op *op)
{
    const struct wasm_br_table *table = &op->br_table;
    uint32_t target_count = table->count + 1;
    const struct wasm_control *last = wasm_reader_label(t->reader, table->depths[table->count]);
    uint32_t arity = last->label_count;
    struct value index = translate_pop(t);
    bool from_acc = arity == 0 && translate_class(t, &index, false, 0) == CLASS_A;
    uint32_t index_slot = from_acc ? 0 : translate_to_slot(t, &index);
    translate_settle(t, arity);
    size_t size = sizeof(struct code_br_table) + target_count * sizeof(struct code_table_target);
    if (size > t->cap - t->at) {
        t->is_full = true;
        translate_end_path(t);
        return;
    }
    uint32_t code = arity != 0 ? CODE_BR_TABLE_MOVE : from_acc ? CODE_BR_TABLE_A : CODE_BR_TABLE_S;
    struct code_br_table *cell = translate_emit(t, code, size);
    cell->index = index_slot;
    cell->count = table->count;
    cell->source = arity == 0 ? 0 : t->values[t->height - arity].slot;
    cell->moved = last->label_slots;
    uint32_t targets = t->last + (uint32_t)offsetof(struct code_br_table, targets);
    for (uint32_t i = 0; i < target_count; i++) {
        const struct wasm_control *control = wasm_reader_label(t->reader, table->depths[i]);
        struct label *label = label_at_depth(t, control->depth);
        cell->targets[i].destination = label->slot;
        translate_link(t, label, targets + i * (uint32_t)sizeof(struct code_table_target));
    }
    translate_end_path(t);
}

/* ---- blocks ---- */

static void open_label(struct translator *t, const struct wasm_op *op)
{
    const struct wasm_control *control = op->control;
    ASSERT(control->depth == t->label_count);
    struct label *label = &t->labels[t->label_count++];
    *label = (struct label){.code = op->code,
                            .is_reachable_at_entry = t->is_reachable,
                            .height = t->height - (t->is_reachable ? control->param_count : 0),
                            .arity = control->label_count,
                            .slots = control->label_slots,
                            .params = control->param_count,
                            .results = control->result_count,
                            .param_types = control->params,
                            .result_types = control->results,
                            .fixups = TRANSLATE_NONE,
                            .else_fixup = TRANSLATE_NONE,
                            .region = t->region,
                            .try_at = CODE_NO_REGION};
    label->slot = translate_slot_at(t, label->height);
}

void translate_open_block(struct translator *t, const struct wasm_op *op)
{
    if (!t->is_reachable) {
        open_label(t, op);
        return;
    }
    struct condition condition = {0};
    if (op->code == WASM_OP_IF)
        condition = take_condition(t);
    translate_settle(t, op->control->param_count);
    translate_flush(t);
    open_label(t, op);
    struct label *label = &t->labels[t->label_count - 1];
    if (op->code == WASM_OP_IF)
        add_fixup(t, &label->else_fixup, emit_condition(t, &condition, true));
    if (op->code == WASM_OP_LOOP) {
        translate_forget(t);
        label->loop_at = label_position(t);
    }
}

static void else_block(struct translator *t)
{
    struct label *label = &t->labels[t->label_count - 1];
    if (t->is_reachable) {
        translate_settle(t, label->results);
        translate_jump(t, label);
    }
    translate_unwind(t, label->height);
    translate_forget(t);
    t->is_reachable = label->is_reachable_at_entry;
    label->code = WASM_OP_ELSE;
    bind(t, &label->else_fixup, t->at);
    if (t->is_reachable)
        translate_push_types(t, label->param_types, label->params);
}

static void end_function(struct translator *t)
{
    struct label *label = &t->labels[0];
    if (label->fixups == TRANSLATE_NONE) {
        if (t->is_reachable)
            return_values(t);
    } else {
        if (t->is_reachable)
            translate_settle(t, label->results);
        translate_unwind(t, 0);
        translate_forget(t);
        bind(t, &label->fixups, t->at);
        emit_free_charge(t);
        translate_push_types(t, label->result_types, label->results);
        return_values(t);
    }
    translate_unwind(t, 0);
    t->label_count = 0;
}

/* The values that the body of a block gives go to where its label has them: a legacy catch has its
 * own one higher. */
void translate_finish_body(struct translator *t, const struct label *label)
{
    translate_settle(t, label->results);
    if (label->results == 0)
        return;
    uint32_t from = t->values[t->height - label->results].slot;
    if (from != label->slot)
        translate_move_range(t, label->slot, from, translate_next_slot(t) - from);
}

void translate_end_block(struct translator *t)
{
    struct label *label = &t->labels[t->label_count - 1];
    if (t->label_count == 1) {
        end_function(t);
        return;
    }
    if (t->is_reachable)
        translate_finish_body(t, label);
    translate_unwind(t, label->height);
    translate_forget(t);
    translate_leave_try(t, label);
    if (label->is_reachable_at_entry) {
        uint32_t here = label_position(t);
        bind(t, &label->fixups, here);
        bind(t, &label->else_fixup, here);
        translate_push_types(t, label->result_types, label->results);
    }
    t->is_reachable = label->is_reachable_at_entry;
    t->label_count--;
}

/* ---- calls ---- */

void translate_emit_resume(struct translator *t, uint32_t delta)
{
    uint32_t at = t->at;
    struct code_resume *cell = translate_emit(t, CODE_RESUME, sizeof *cell);
    cell->delta = delta;
    cell->pin0 = t->pins[0];
    cell->pin1 = t->pins[1];
    cell->roots = t->call_roots;
    t->resume_at = at;
    t->last = TRANSLATE_NONE;
}

/* Arguments go to their slots, accumulators are given up; the callee's frame starts at the first.
 */
uint32_t translate_place_arguments(struct translator *t, const struct wasm_func_type *type)
{
    translate_settle(t, type->param_count);
    translate_unwind(t, t->height - type->param_count);
    t->call_roots = translate_roots(t);
    translate_evict(t, &t->acc);
    translate_evict(t, &t->facc);
    return translate_next_slot(t);
}

static void call(struct translator *t, const struct wasm_op *op)
{
    const struct wasm_func_type *type = wasm_module_func_type(t->module, op->index);
    uint32_t frame = translate_place_arguments(t, type);
    translate_note(t, t->at, op->offset);
    struct code_call *cell = translate_emit(t, CODE_CALL, sizeof *cell);
    cell->func = op->index;
    translate_emit_resume(t, frame);
    translate_push_types(t, type->results, type->result_count);
}

static void call_indirect(struct translator *t, const struct wasm_op *op)
{
    const struct wasm_func_type *type = &t->module->types[op->index].func;
    struct value index = translate_pop(t);
    bool from_acc = translate_class(t, &index, false, 0) == CLASS_A;
    uint32_t slot = from_acc ? 0 : translate_to_slot(t, &index);
    uint32_t frame = translate_place_arguments(t, type);
    translate_note(t, t->at, op->offset);
    struct code_call_indirect *cell =
        translate_emit(t, from_acc ? CODE_CALL_INDIRECT_A : CODE_CALL_INDIRECT_S, sizeof *cell);
    cell->index = slot;
    cell->type = t->instance->type_ids[op->index];
    cell->table = op->index2;
    translate_emit_resume(t, frame);
    translate_push_types(t, type->results, type->result_count);
}

static void unreachable(struct translator *t, const struct wasm_op *op)
{
    translate_note(t, t->at, op->offset);
    (void)translate_emit(t, CODE_UNREACHABLE, sizeof(struct code_head)); /* no operands */
    translate_end_path(t);
}

static bool branch_op(struct translator *t, const struct wasm_op *op)
{
    switch (op->code) {
    case WASM_OP_BR:
        br(t, op);
        return true;
    case WASM_OP_BR_IF:
        br_if(t, op);
        return true;
    case WASM_OP_BR_TABLE:
        br_table(t, op);
        return true;
    case WASM_OP_RETURN:
        return_values(t);
        translate_end_path(t);
        return true;
    case WASM_OP_UNREACHABLE:
        unreachable(t, op);
        return true;
    case WASM_OP_CALL:
        call(t, op);
        return true;
    case WASM_OP_CALL_INDIRECT:
        call_indirect(t, op);
        return true;
    default:
        return translate_call_op(t, op) || translate_throw_op(t, op);
    }
}

bool translate_control_op(struct translator *t, const struct wasm_op *op)
{
    switch (op->code) {
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
        translate_open_block(t, op);
        return true;
    case WASM_OP_IF:
        t->is_block_empty = false;
        translate_open_block(t, op);
        return true;
    case WASM_OP_ELSE:
        else_block(t);
        return true;
    case WASM_OP_END:
        translate_end_block(t);
        return true;
    case WASM_OP_NOP:
        return true;
    default:
        break;
    }
    if (translate_try_op(t, op) || !t->is_reachable)
        return true;
    if (wasm_op_rows[wasm_op_row_of(op->code)].fuel != 0)
        t->is_block_empty = false;
    return branch_op(t, op);
}

/* The function's own frame, and its ENTER cell, which the first block charges. */
void translate_begin(struct translator *t)
{
    t->labels[0] = (struct label){.code = WASM_OP_BLOCK,
                                  .is_reachable_at_entry = true,
                                  .slot = t->operands,
                                  .arity = t->type->result_count,
                                  .slots = t->type->result_slots,
                                  .results = t->type->result_count,
                                  .result_types = t->type->results,
                                  .fixups = TRANSLATE_NONE,
                                  .else_fixup = TRANSLATE_NONE,
                                  .region = CODE_NO_REGION,
                                  .try_at = CODE_NO_REGION};
    t->label_count = 1;
    t->is_reachable = true;
    struct code_enter *cell = translate_emit(t, CODE_ENTER, sizeof *cell);
    cell->units = translate_units(t);
    cell->header = t->header;
    cell->pin0 = t->pins[0];
    cell->pin1 = t->pins[1];
    t->last = TRANSLATE_NONE;
}
