/*
 * core/wasm/translate_simd.c: vector operators, and operators on values of two slots, to cells.
 *
 * Operands are taken from slots, locals' or their own, and results are put into their own: the
 * accumulators are not touched, what they hold stays there.
 */
#include "core/wasm/translate.h"

/* The code of an operator of prefix FD; 0: none (CODE 0 is CHARGE). */
static const uint16_t codes[WASM_OP_FD_COUNT] = {
#define X(family, name, ...) [WASM_OP_##name - WASM_PREFIX_FD] = CODE_##name,
    CODE_LIST_SIMD_BINARY(X) CODE_LIST_SIMD_COMPARE(X) CODE_LIST_SIMD_UNARY(
        X) CODE_LIST_SIMD_TERNARY(X) CODE_LIST_SIMD_SHIFT(X) CODE_LIST_SIMD_TEST(X)
        CODE_LIST_SIMD_FLOAT_BINARY(X) CODE_LIST_SIMD_FLOAT_UNARY(X) CODE_LIST_SIMD_FLOAT_TERNARY(X)
            CODE_LIST_SIMD_ACCESS(X) CODE_LIST_SIMD_LOAD_EXTEND(X) CODE_LIST_SIMD_LOAD_SPLAT(X)
                CODE_LIST_SIMD_LOAD_ZERO(X) CODE_LIST_SIMD_LOAD_LANE(X) CODE_LIST_SIMD_STORE_LANE(X)
#undef X
#define X(op, code) [WASM_OP_##op - WASM_PREFIX_FD] = CODE_##code,
                    CODE_SIMD_LANES(X) CODE_SIMD_RELAXED(X)
#undef X
};

/* A u16 name for the slots of a popped value. */
static uint16_t operand(struct translator *t, const struct value *value, uint32_t which)
{
    uint32_t slot = translate_to_slot(t, value);
    if (value->slots == 1 || slot <= CODE_SLOT_MAX)
        return (uint16_t)translate_narrow(t, slot, which);
    uint32_t narrow = t->scratch + 2 * which;
    translate_move_range(t, narrow, slot, value->slots);
    return (uint16_t)narrow;
}

/* Pops the topmost `count` values, at most three; the lowest is operand 0. */
static void pop_operands(struct translator *t, uint32_t count, uint16_t out_slots[3])
{
    struct value values[3];
    for (uint32_t i = count; i != 0; i--)
        values[i - 1] = translate_pop(t);
    for (uint32_t i = 0; i < count; i++)
        out_slots[i] = operand(t, &values[i], i);
}

/* Where the next value pushed can be written: its own slots, or scratch slots. */
static uint16_t result_slot(const struct translator *t)
{
    uint32_t slot = translate_next_slot(t);
    return (uint16_t)(slot <= CODE_SLOT_MAX ? slot : t->scratch + 2 * TRANSLATE_RESULT);
}

/* The newest cell wrote result_slot(). */
static void push_result(struct translator *t, uint32_t type)
{
    uint32_t slot = translate_next_slot(t);
    if (type == WASM_TYPE_V128 && t->last != TRANSLATE_NONE)
        t->vector_at = t->last;
    if (slot > CODE_SLOT_MAX)
        translate_move_range(t, slot, t->scratch + 2 * TRANSLATE_RESULT, wasm_type_slots(type));
    translate_push_typed(t, type);
}

/* The newest cell made the popped value: let it write the local instead. It reads its operands
 * before it writes. Not while the stack has the local's old value. */
bool translate_fold_vector(struct translator *t, const struct value *value, uint32_t index)
{
    const struct local *local = &t->locals[index];
    if (value->slots != 2 || value->kind != VALUE_SLOT || t->last == TRANSLATE_NONE ||
        t->vector_at != t->last || t->is_full || t->is_wide || local->head != TRANSLATE_NONE)
        return false;
    struct code_value *cell = (void *)(t->code + t->last);
    if (cell->d != value->slot)
        return false; /* the cell's own value was dropped */
    cell->d = (uint16_t)local->slot;
    return true;
}

static void constant(struct translator *t, const struct wasm_op *op)
{
    struct code_v128 *cell = translate_emit(t, CODE_V128_CONST, sizeof *cell);
    cell->d = result_slot(t);
    cell->low = op->bits;
    cell->high = op->bits_high;
    push_result(t, WASM_TYPE_V128);
}

static void shuffle(struct translator *t, const struct wasm_op *op)
{
    uint16_t slots[3];
    pop_operands(t, 2, slots);
    struct code_v128 *cell = translate_emit(t, CODE_I8X16_SHUFFLE, sizeof *cell);
    cell->a = slots[0];
    cell->b = slots[1];
    cell->d = result_slot(t);
    cell->low = op->bits;
    cell->high = op->bits_high;
    push_result(t, WASM_TYPE_V128);
}

static void access(struct translator *t, const struct wasm_op *op, const struct wasm_op_row *row)
{
    uint16_t slots[3] = {0};
    pop_operands(t, row->pop_count, slots);
    translate_note(t, t->at, op->offset);
    struct code_v128_access *cell =
        translate_emit(t, codes[op->code - WASM_PREFIX_FD], sizeof *cell);
    cell->a = slots[0];
    cell->b = slots[1];
    cell->lane = op->lane;
    cell->offset = (uint32_t)op->mem_offset;
    if (row->push == WASM_TYPE_BOTTOM)
        return;
    cell->d = result_slot(t);
    push_result(t, row->push);
}

/* ---- other memories than memory 0, and 64-bit ones: scalar accesses and vector operators ---- */

/* Eight bytes further; beyond all memories stays beyond. */
static uint64_t upper_offset(uint64_t offset)
{
    return offset > UINT64_MAX - 8 ? UINT64_MAX : offset + 8;
}

static void far_cell(struct translator *t, const struct wasm_op *op, uint32_t code,
                     struct code_far operands, uint64_t offset)
{
    struct code_far *cell = translate_emit(t, code, sizeof *cell);
    struct code_head head = cell->head;
    *cell = operands;
    cell->head = head;
    cell->memory = op->mem_index;
    cell->offset = offset;
}

/* The upper half goes first: where it fits the lower one does, so nothing is done by halves. */
static void far_whole(struct translator *t, const struct wasm_op *op, uint32_t address,
                      uint32_t vector)
{
    bool is_load = op->code == WASM_OP_V128_LOAD;
    uint32_t code = is_load ? CODE_FAR_LOAD_64 : CODE_FAR_STORE_64;
    struct code_far upper = {.a = address, .b = vector + 1, .d = vector + 1};
    struct code_far lower = {.a = address, .b = vector, .d = vector};
    far_cell(t, op, code, upper, upper_offset(op->mem_offset));
    far_cell(t, op, code, lower, op->mem_offset);
}

/* A lane, or eight bytes, to the result's lower slot, and from there what the operator does. */
static void far_load(struct translator *t, const struct wasm_op *op, uint32_t address,
                     uint16_t vector)
{
    static const uint16_t loads[] = {CODE_FAR_LOAD_8_U, CODE_FAR_LOAD_16_U, CODE_FAR_LOAD_32_U,
                                     CODE_FAR_LOAD_64};
    static const uint16_t replaces[] = {CODE_REPLACE_8, CODE_REPLACE_16, CODE_REPLACE_32,
                                        CODE_REPLACE_64};
    static const uint16_t others[] = {
#define X(family, name, type, meaning) [WASM_OP_##name - WASM_OP_V128_LOAD] = CODE_##meaning,
        CODE_LIST_SIMD_LOAD_EXTEND(X)
#undef X
            [WASM_OP_V128_LOAD8_SPLAT - WASM_OP_V128_LOAD] = CODE_SPLAT_8,
        [WASM_OP_V128_LOAD16_SPLAT - WASM_OP_V128_LOAD] = CODE_SPLAT_16,
        [WASM_OP_V128_LOAD32_SPLAT - WASM_OP_V128_LOAD] = CODE_SPLAT_32,
        [WASM_OP_V128_LOAD64_SPLAT - WASM_OP_V128_LOAD] = CODE_SPLAT_64,
    };
    uint32_t log2 = wasm_op_access_log2(op->code);
    uint16_t result = result_slot(t);
    far_cell(t, op, loads[log2], (struct code_far){.a = address, .d = result}, op->mem_offset);
    if (op->code == WASM_OP_V128_LOAD32_ZERO || op->code == WASM_OP_V128_LOAD64_ZERO) {
        struct value zero = {.kind = VALUE_CONST, .slots = 1, .slot = result + 1u};
        translate_store(t, &zero, zero.slot);
        return;
    }
    bool is_lane = op->code >= WASM_OP_V128_LOAD8_LANE;
    uint32_t code = is_lane ? replaces[log2] : others[op->code - WASM_OP_V128_LOAD];
    struct code_value *cell = translate_emit(t, code, sizeof *cell);
    cell->a = is_lane ? vector : result;
    cell->b = result;
    cell->c = op->lane;
    cell->d = result;
}

/* `free_slot` may be written: the vector's own, or a scratch slot. */
static void far_store_lane(struct translator *t, const struct wasm_op *op, uint32_t address,
                           uint16_t vector, uint16_t free_slot)
{
    static const uint16_t extracts[] = {CODE_EXTRACT_8_U, CODE_EXTRACT_16_U, CODE_EXTRACT_32,
                                        CODE_EXTRACT_64};
    static const uint16_t stores[] = {CODE_FAR_STORE_8, CODE_FAR_STORE_16, CODE_FAR_STORE_32,
                                      CODE_FAR_STORE_64};
    uint32_t log2 = wasm_op_access_log2(op->code);
    struct code_value *cell = translate_emit(t, extracts[log2], sizeof *cell);
    cell->a = vector;
    cell->c = op->lane;
    cell->d = free_slot;
    translate_note(t, t->at, op->offset);
    far_cell(t, op, stores[log2], (struct code_far){.a = address, .b = free_slot}, op->mem_offset);
}

static void far_access(struct translator *t, const struct wasm_op *op,
                       const struct wasm_op_row *row)
{
    struct value vector = {.slot = 0};
    if (row->pop_count == 2)
        vector = translate_pop(t);
    struct value address = translate_pop(t);
    uint32_t address_slot = translate_to_slot(t, &address);
    uint16_t vector_slot = row->pop_count == 2 ? operand(t, &vector, 1) : 0;
    if (row->immediate == WASM_IMM_MEMARG || row->push != WASM_TYPE_BOTTOM)
        translate_note(t, t->at, op->offset);
    if (op->code == WASM_OP_V128_STORE)
        far_whole(t, op, address_slot, vector_slot);
    else if (op->code == WASM_OP_V128_LOAD)
        far_whole(t, op, address_slot, result_slot(t));
    else if (row->push != WASM_TYPE_BOTTOM)
        far_load(t, op, address_slot, vector_slot);
    else
        far_store_lane(t, op, address_slot, vector_slot,
                       vector.slot <= CODE_SLOT_MAX
                           ? (uint16_t)vector.slot
                           : (uint16_t)(t->scratch + 2 * TRANSLATE_RESULT));
    if (row->push == WASM_TYPE_BOTTOM)
        return;
    push_result(t, row->push);
    t->vector_at = 0; /* two cells made it */
}

static void plain(struct translator *t, const struct wasm_op *op, const struct wasm_op_row *row)
{
    uint16_t slots[3] = {0};
    pop_operands(t, row->pop_count, slots);
    struct code_value *cell = translate_emit(t, codes[op->code - WASM_PREFIX_FD], sizeof *cell);
    cell->a = slots[0];
    cell->b = slots[1];
    cell->c = row->immediate == WASM_IMM_LANE ? op->lane : slots[2];
    cell->d = result_slot(t);
    push_result(t, row->push);
}

static void vector_op(struct translator *t, const struct wasm_op *op)
{
    const struct wasm_op_row *row = &wasm_op_rows[wasm_op_row_of(op->code)];
    if (row->immediate == WASM_IMM_V128)
        constant(t, op);
    else if (row->immediate == WASM_IMM_SHUFFLE)
        shuffle(t, op);
    else if (row->rule == WASM_OP_RULE_ACCESS && translate_is_far(t, op))
        far_access(t, op, row);
    else if (row->rule == WASM_OP_RULE_ACCESS)
        access(t, op, row);
    else
        plain(t, op, row);
}

static void select_one(struct translator *t)
{
    uint16_t slots[3];
    pop_operands(t, 3, slots);
    struct code_value *cell = translate_emit(t, CODE_V128_SELECT, sizeof *cell);
    cell->a = slots[0];
    cell->b = slots[1];
    cell->c = slots[2];
    cell->d = result_slot(t);
    push_result(t, WASM_TYPE_V128);
}

static void global_get(struct translator *t, const struct wasm_op *op)
{
    struct code_value *cell = translate_emit(t, CODE_V128_GLOBAL_GET, sizeof *cell);
    cell->d = result_slot(t);
    cell->index = t->module->globals[op->index].slot;
    push_result(t, WASM_TYPE_V128);
}

static void global_set(struct translator *t, const struct wasm_op *op)
{
    uint16_t slots[3];
    pop_operands(t, 1, slots);
    struct code_value *cell = translate_emit(t, CODE_V128_GLOBAL_SET, sizeof *cell);
    cell->a = slots[0];
    cell->index = t->module->globals[op->index].slot;
}

bool translate_simd_op(struct translator *t, const struct wasm_op *op)
{
    if (op->code >= WASM_PREFIX_FD && op->code < WASM_PREFIX_FE) {
        vector_op(t, op);
        return true;
    }
    if (op->type != WASM_TYPE_V128)
        return false;
    bool is_global = op->code == WASM_OP_GLOBAL_GET || op->code == WASM_OP_GLOBAL_SET;
    if (is_global && translate_is_far_global(t, op->index))
        return false;
    switch (op->code) {
    case WASM_OP_SELECT:
    case WASM_OP_SELECT_T:
        select_one(t);
        return true;
    case WASM_OP_GLOBAL_GET:
        global_get(t, op);
        return true;
    case WASM_OP_GLOBAL_SET:
        global_set(t, op);
        return true;
    default:
        return false; /* the same for values of any size */
    }
}
