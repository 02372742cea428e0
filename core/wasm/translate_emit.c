/*
 * core/wasm/translate_emit.c: cells, the map from cells to the module, moves, the operand stack.
 */
#include "core/wasm/translate.h"

/* A zeroed cell behind the newest one. Once the room is used up, cells go to a dump: the
 * translation fails at its end. What is taken back is wiped, so the room ahead is always zero. */
void *translate_emit(struct translator *t, uint32_t code, size_t size)
{
    uint8_t *cell = t->code + t->at;
    if (size > t->cap - t->at) {
        t->is_full = true;
        ASSERT(size <= sizeof t->overflow);
        cell = t->overflow;
    } else {
        t->last = t->at;
        t->at += (uint32_t)size;
    }
    *(struct code_head *)(void *)cell = wasm_handler_head(code);
    return cell;
}

/* Forgets the newest cell. */
void translate_take_back(struct translator *t)
{
    memset(t->code + t->last, 0, t->at - t->last);
    t->at = t->last;
    t->last = TRANSLATE_NONE;
}

static void map_leb128(struct translator *t, uint32_t number)
{
    do {
        if (t->map_at == t->map_cap) {
            t->is_full = true;
            return;
        }
        t->map[t->map_at++] = (uint8_t)((number & 0x7F) | (number > 0x7F ? 0x80 : 0));
        number >>= 7;
    } while (number != 0);
}

/* Says that the operator at `offset` of the module is what `cell` does. The newest entry may be
 * said again; cells and offsets never go back. */
void translate_note(struct translator *t, uint32_t cell, uint64_t offset)
{
    uint32_t in_body = (uint32_t)(offset - t->func->body_offset);
    if (t->noted_cell != TRANSLATE_NONE && t->noted_cell != cell) {
        map_leb128(t, (t->noted_cell - t->written_cell) / 8);
        map_leb128(t, t->noted_offset - t->written_offset);
        t->written_cell = t->noted_cell;
        t->written_offset = t->noted_offset;
    }
    t->noted_cell = cell;
    t->noted_offset = in_body;
}

static uint64_t sign_extended(uint64_t bits)
{
    return (uint64_t)(int64_t)(int32_t)(uint32_t)bits;
}

static void emit_move_const(struct translator *t, uint64_t bits, uint32_t slot)
{
    if (sign_extended(bits) == bits) {
        struct code_value *cell = translate_emit(t, CODE_MOVE_IS, sizeof *cell);
        cell->d = (uint16_t)slot;
        cell->imm = (int32_t)(uint32_t)bits;
    } else {
        struct code_const64 *cell = translate_emit(t, CODE_MOVE_KS, sizeof *cell);
        cell->d = (uint16_t)slot;
        cell->low = (uint32_t)bits;
        cell->high = (uint32_t)(bits >> 32);
    }
}

static void emit_wide(struct translator *t, uint32_t code, uint32_t narrow, uint32_t wide,
                      bool is_f64)
{
    struct code_wide *cell = translate_emit(t, code, sizeof *cell);
    cell->narrow = (uint16_t)narrow;
    cell->is_f64 = is_f64;
    cell->wide = wide;
}

void translate_move_range(struct translator *t, uint32_t to, uint32_t from, uint32_t count)
{
    struct code_move_range *cell = translate_emit(t, CODE_MOVE_RANGE, sizeof *cell);
    cell->destination = to;
    cell->source = from;
    cell->count = count;
}

/* A u16 name for `slot`: itself, or a scratch slot that it is copied to now. */
uint32_t translate_narrow(struct translator *t, uint32_t slot, uint32_t which)
{
    if (LIKELY(slot <= CODE_SLOT_MAX))
        return slot;
    uint32_t narrow = t->scratch + 2 * which;
    emit_wide(t, CODE_WIDE_GET, narrow, slot, false);
    return narrow;
}

/* The slot that a value pushed at this height has. */
uint32_t translate_slot_at(const struct translator *t, uint32_t height)
{
    if (height == 0)
        return t->operands;
    const struct value *below = &t->values[height - 1];
    return below->slot + below->slots;
}

uint32_t translate_next_slot(const struct translator *t)
{
    return translate_slot_at(t, t->height);
}

static void push(struct translator *t, enum value_kind kind, uint32_t slots)
{
    t->values[t->height] =
        (struct value){.kind = kind, .slots = slots & 3, .slot = translate_next_slot(t)};
    t->height++;
}

void translate_push(struct translator *t, enum value_kind kind)
{
    push(t, kind, 1);
}

/* A value of the type, in its slots. */
void translate_push_typed(struct translator *t, uint32_t type)
{
    push(t, VALUE_SLOT, wasm_type_slots(type));
}

void translate_push_types(struct translator *t, const uint32_t *types, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        translate_push_typed(t, types[i]);
}

void translate_push_const(struct translator *t, uint64_t bits)
{
    translate_push(t, VALUE_CONST);
    t->values[t->height - 1].bits = bits;
}

void translate_push_local(struct translator *t, uint32_t local)
{
    push(t, VALUE_LOCAL, t->locals[local].slots);
    struct value *value = &t->values[t->height - 1];
    value->local = local;
    value->link = t->locals[local].head;
    t->locals[local].head = t->height - 1;
}

/* Slots of locals that have to be zero when the function begins. */
void translate_need_zero(struct translator *t, uint32_t slot, uint32_t count)
{
    if (slot < t->zero_from)
        t->zero_from = slot;
    if (slot + count > t->zero_to)
        t->zero_to = slot + count;
}

void translate_push_slots(struct translator *t, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        translate_push(t, VALUE_SLOT);
}

/* Takes the topmost value off. If it is in an accumulator it stays there until the next producer.
 */
struct value translate_pop(struct translator *t)
{
    ASSERT(t->height != 0);
    struct value value = t->values[--t->height];
    if (t->flushed > t->height)
        t->flushed = t->height;
    if (t->covered > t->height)
        t->covered = t->height;
    if (value.kind == VALUE_LOCAL)
        t->locals[value.local].head = value.link;
    if (value.kind == VALUE_ACC)
        t->acc.what = HOLDS_NOTHING;
    if (value.kind == VALUE_FACC)
        t->facc.what = HOLDS_NOTHING;
    return value;
}

/* Makes the producer of what an accumulator holds write elsewhere. */
void translate_redirect(struct translator *t, struct holder *holder, enum code_result result,
                        uint32_t slot)
{
    if (t->is_full)
        return;
    ASSERT(result < holder->results && slot <= CODE_SLOT_MAX);
    struct code_value *cell = (void *)(t->code + holder->producer);
    cell->head = wasm_handler_head(holder->code + result);
    cell->d = (uint16_t)slot;
}

/* The accumulator's value goes to `slot`, which is the value's own. */
static void spill(struct translator *t, struct holder *holder, uint32_t slot)
{
    if (slot <= CODE_SLOT_MAX)
        translate_redirect(t, holder, RESULT_S, slot);
    else
        emit_wide(t, holder == &t->acc ? CODE_WIDE_SET_A : CODE_WIDE_SET_F, 0, slot,
                  holder->is_f64);
}

/* Before an accumulator is written: what it holds of the stack goes to its slot. */
void translate_evict(struct translator *t, struct holder *holder)
{
    if (holder->what == HOLDS_VALUE) {
        struct value *value = &t->values[holder->index];
        spill(t, holder, value->slot);
        value->kind = VALUE_SLOT;
    }
    holder->what = HOLDS_NOTHING;
}

/* At labels and calls: accumulators are not what they were. */
void translate_forget(struct translator *t)
{
    translate_evict(t, &t->acc);
    translate_evict(t, &t->facc);
    t->last = TRANSLATE_NONE;
}

/* Is it in an accumulator, written by the newest cell? */
bool translate_is_newest(const struct translator *t, const struct value *value)
{
    const struct holder *holder = value->kind == VALUE_FACC ? &t->facc : &t->acc;
    return (value->kind == VALUE_ACC || value->kind == VALUE_FACC) && t->last != TRANSLATE_NONE &&
           holder->producer == t->last;
}

/* The slot to read a popped value from; it is put into its own slot unless it is in one. */
uint32_t translate_to_slot(struct translator *t, const struct value *value)
{
    switch (value->kind) {
    case VALUE_SLOT:
        break;
    case VALUE_LOCAL:
        return t->locals[value->local].slot;
    case VALUE_CONST:
        translate_store(t, value, value->slot);
        break;
    case VALUE_ACC:
        spill(t, &t->acc, value->slot);
        break;
    case VALUE_FACC:
        spill(t, &t->facc, value->slot);
        break;
    }
    return value->slot;
}

/* A v128 from its slots, or the local's, to others. */
static void store_v128(struct translator *t, const struct value *value, uint32_t slot)
{
    uint32_t from = value->kind == VALUE_LOCAL ? t->locals[value->local].slot : value->slot;
    if (from == slot)
        return;
    if (from > CODE_SLOT_MAX || slot > CODE_SLOT_MAX) {
        translate_move_range(t, slot, from, 2);
        return;
    }
    struct code_value *cell = translate_emit(t, CODE_V128_MOVE, sizeof *cell);
    cell->a = (uint16_t)from;
    cell->d = (uint16_t)slot;
}

/* Copies a popped value to any slot; leaves the accumulators as they are. */
void translate_store(struct translator *t, const struct value *value, uint32_t slot)
{
    if (value->slots != 1) {
        store_v128(t, value, slot);
        return;
    }
    uint32_t to = slot <= CODE_SLOT_MAX ? slot : t->scratch + 2 * TRANSLATE_RESULT;
    if (value->kind == VALUE_CONST) {
        emit_move_const(t, value->bits, to);
    } else if (value->kind == VALUE_ACC || value->kind == VALUE_FACC) {
        bool is_float = value->kind == VALUE_FACC;
        struct code_value *cell =
            translate_emit(t, is_float ? CODE_MOVE_FS : CODE_MOVE_AS, sizeof *cell);
        cell->d = (uint16_t)to;
        cell->index = is_float && t->facc.is_f64;
    } else {
        uint32_t from = value->kind == VALUE_LOCAL ? t->locals[value->local].slot : value->slot;
        if (from == slot)
            return;
        from = translate_narrow(t, from, 0);
        struct code_value *cell = translate_emit(t, CODE_MOVE_SS, sizeof *cell);
        cell->a = (uint16_t)from;
        cell->d = (uint16_t)to;
    }
    if (to != slot)
        emit_wide(t, CODE_WIDE_SET, to, slot, false);
}

void translate_settle_one(struct translator *t, struct value *value)
{
    switch (value->kind) {
    case VALUE_SLOT:
        return;
    case VALUE_LOCAL:
        t->locals[value->local].head = value->link;
        FALLTHROUGH;
    case VALUE_CONST:
        translate_store(t, value, value->slot);
        break;
    case VALUE_ACC:
        translate_evict(t, &t->acc);
        break;
    case VALUE_FACC:
        translate_evict(t, &t->facc);
        break;
    }
    value->kind = VALUE_SLOT;
}

/* Puts the topmost `count` values into their own slots. From the top: invariant (2). */
void translate_settle(struct translator *t, uint32_t count)
{
    ASSERT(count <= t->height);
    for (uint32_t i = t->height; i != t->height - count; i--) {
        struct value *value = &t->values[i - 1];
        ASSERT(value->kind != VALUE_LOCAL || t->locals[value->local].head == i - 1);
        translate_settle_one(t, value);
    }
}

/* Everything on the stack goes to its slot, but for constants. */
void translate_flush(struct translator *t)
{
    /* A null that a map may name goes to its slot here, where every path comes by: inside of the
     * block it would be written on some paths only. */
    for (uint32_t i = t->height; i != t->flushed; i--)
        if (t->values[i - 1].kind != VALUE_CONST || t->values[i - 1].is_traced)
            translate_settle_one(t, &t->values[i - 1]);
    t->flushed = t->height;
}
