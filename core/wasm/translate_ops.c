/*
 * core/wasm/translate_ops.c: numeric operators, memory, variables and the like to cells.
 *
 * For each operator the operand classes are chosen from where its operands are and from what the
 * handlers were built for; a class that is not built is a slot instead.
 */
#include "core/wasm/translate.h"

enum {
#define X(l, r, ...) PAIR_##l##r,
    CLASS_PAIR_LIST(X, 0)
#undef X
};

enum {
#define X(l, r, ...) FLOAT_PAIR_##l##r,
    CLASS_FLOAT_PAIR_LIST(X, 0)
#undef X
};

/* Index of a pair + 1; 0: not built. */
static const uint8_t pairs[CLASS_COUNT][CLASS_COUNT] = {
#define X(l, r, ...) [CLASS_##l][CLASS_##r] = PAIR_##l##r + 1,
    CLASS_PAIR_LIST(X, 0)
#undef X
};

static const uint8_t float_pairs[CLASS_COUNT][CLASS_COUNT] = {
#define X(l, r, ...) [CLASS_##l][CLASS_##r] = FLOAT_PAIR_##l##r + 1,
    CLASS_FLOAT_PAIR_LIST(X, 0)
#undef X
};

uint32_t translate_pair(enum code_class a, enum code_class b)
{
    return pairs[a][b] == 0 ? TRANSLATE_NONE : pairs[a][b] - 1u;
}

/* Index among the sources S, A, P, Q. */
uint32_t translate_source(enum code_class class)
{
    return class > CLASS_I ? class - 1u : class;
}

/* How an integer operator of `is_64` can best take the value; constants only if they fit. */
enum code_class translate_class(const struct translator *t, const struct value *value, bool is_64,
                                uint32_t imm_bits)
{
    switch (value->kind) {
    case VALUE_ACC:
        return CLASS_A;
    case VALUE_LOCAL:
        if (t->locals[value->local].pin != CLASS_S)
            return t->locals[value->local].pin;
        return t->acc.what == HOLDS_LOCAL && t->acc.index == value->local ? CLASS_A : CLASS_S;
    case VALUE_CONST: {
        int64_t number = is_64 ? (int64_t)value->bits : (int32_t)(uint32_t)value->bits;
        int64_t limit = imm_bits == 0 ? 0 : (int64_t)1 << (imm_bits - 1);
        return number >= -limit && number < limit ? CLASS_I : CLASS_S;
    }
    case VALUE_SLOT:
    case VALUE_FACC:
        break;
    }
    return CLASS_S;
}

static enum code_class float_class(const struct translator *t, const struct value *value)
{
    if (value->kind == VALUE_FACC)
        return CLASS_F;
    bool is_held =
        value->kind == VALUE_LOCAL && t->facc.what == HOLDS_LOCAL && t->facc.index == value->local;
    return is_held ? CLASS_F : CLASS_S;
}

/* The slot operand of a class; other classes need none. */
static uint16_t slot_operand(struct translator *t, const struct value *value, enum code_class class,
                             uint32_t which)
{
    if (class != CLASS_S)
        return 0;
    return (uint16_t)translate_narrow(t, translate_to_slot(t, value), which);
}

/* The nearest pair that is built: `*a` and `*b` become slots as needed. */
static uint32_t choose_pair(const uint8_t table[CLASS_COUNT][CLASS_COUNT], enum code_class *a,
                            enum code_class *b)
{
    const enum code_class tries[4][2] = {
        {*a, *b}, {*a, CLASS_S}, {CLASS_S, *b}, {CLASS_S, CLASS_S}};
    for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
        *a = tries[i][0];
        *b = tries[i][1];
        if (table[*a][*b] != 0)
            break;
    }
    return table[*a][*b] - 1u;
}

/* The newest cell puts its result into an accumulator: the value on top. */
static void push_result(struct translator *t, struct holder holder)
{
    bool is_float = holder.family == FAMILY_FLOAT_BINARY || holder.family == FAMILY_FLOAT_UNARY ||
                    holder.family == FAMILY_INT_TO_FLOAT || holder.family == FAMILY_FLOAT_LOAD;
    holder.what = HOLDS_VALUE;
    holder.index = t->height;
    holder.producer = t->last == TRANSLATE_NONE ? 0 : t->last;
    *(is_float ? &t->facc : &t->acc) = holder;
    translate_push(t, is_float ? VALUE_FACC : VALUE_ACC);
}

struct numeric {
    uint16_t code; /* 0: not here (CODE 0 is CHARGE) */
    uint8_t family;
    uint8_t operand_size;
    bool is_f64; /* the result */
};

static const struct numeric numerics[WASM_OP_FB_ROWS] = {
#define X(family, name, type, ...)                                                                 \
    [WASM_OP_ROW_OF(WASM_OP_##name)] = {CODE_##name, FAMILY_##family, sizeof(type), false},
    CODE_LIST_BINARY_32(X) CODE_LIST_BINARY_64(X) CODE_LIST_DIVIDE(X) CODE_LIST_COMPARE_32(X)
        CODE_LIST_COMPARE_64(X) CODE_LIST_UNARY(X) CODE_LIST_FLOAT_COMPARE(X) CODE_LIST_TRUNC(X)
            CODE_LIST_TRUNC_SAT(X)
#undef X
#define X(family, name, type, ...)                                                                 \
    [WASM_OP_ROW_OF(WASM_OP_##name)] = {CODE_##name, FAMILY_##family, sizeof(type),                \
                                        sizeof(type) == sizeof(double)},
                CODE_LIST_FLOAT_BINARY(X)
#undef X
#define X(family, name, type, result)                                                              \
    [WASM_OP_ROW_OF(WASM_OP_##name)] = {CODE_##name, FAMILY_##family, sizeof(type),                \
                                        sizeof(result) == sizeof(double)},
                    CODE_LIST_FLOAT_UNARY(X) CODE_LIST_INT_TO_FLOAT(X)
#undef X
};

static bool is_commutative(uint32_t code)
{
    switch (code) {
    case WASM_OP_I32_ADD:
    case WASM_OP_I32_MUL:
    case WASM_OP_I32_AND:
    case WASM_OP_I32_OR:
    case WASM_OP_I32_XOR:
    case WASM_OP_I32_EQ:
    case WASM_OP_I32_NE:
    case WASM_OP_I64_ADD:
    case WASM_OP_I64_MUL:
    case WASM_OP_I64_AND:
    case WASM_OP_I64_OR:
    case WASM_OP_I64_XOR:
    case WASM_OP_I64_EQ:
    case WASM_OP_I64_NE:
    case WASM_OP_F32_ADD: /* any NaN becomes the canonical one: the order is not seen */
    case WASM_OP_F32_MUL:
    case WASM_OP_F32_EQ:
    case WASM_OP_F32_NE:
    case WASM_OP_F64_ADD:
    case WASM_OP_F64_MUL:
    case WASM_OP_F64_EQ:
    case WASM_OP_F64_NE:
        return true;
    default:
        return false;
    }
}

static void binary(struct translator *t, const struct wasm_op *op, const struct numeric *row)
{
    bool is_64 = row->operand_size == 8;
    struct value b = translate_pop(t);
    struct value a = translate_pop(t);
    if (a.kind == VALUE_CONST && is_commutative(op->code)) {
        struct value swapped = a;
        a = b;
        b = swapped;
    }
    enum code_class l = translate_class(t, &a, is_64, 0);
    enum code_class r = translate_class(t, &b, is_64, 32);
    uint32_t pair = choose_pair(pairs, &l, &r);
    uint16_t a_slot = slot_operand(t, &a, l, 0);
    uint16_t b_slot = slot_operand(t, &b, r, 1);
    translate_evict(t, &t->acc);
    uint32_t results = row->family == FAMILY_BINARY ? RESULT_COUNT : FLAG_COUNT;
    uint32_t code = row->code + pair * results;
    if (row->family == FAMILY_DIVIDE)
        translate_note(t, t->at, op->offset);
    struct code_value *cell = translate_emit(t, code + RESULT_ACC, sizeof *cell);
    cell->a = a_slot;
    if (r == CLASS_I)
        cell->imm = (int32_t)(uint32_t)b.bits;
    else
        cell->b = b_slot;
    push_result(t, (struct holder){.code = code, .results = results, .family = row->family});
}

static void float_binary(struct translator *t, const struct wasm_op *op, const struct numeric *row)
{
    bool is_compare = row->family == FAMILY_FLOAT_COMPARE;
    struct value b = translate_pop(t);
    struct value a = translate_pop(t);
    bool is_swapped = float_class(t, &b) == CLASS_F && is_commutative(op->code);
    if (is_swapped) {
        struct value swapped = a;
        a = b;
        b = swapped;
    }
    enum code_class l = float_class(t, &a);
    enum code_class r = float_class(t, &b);
    uint32_t pair = choose_pair(float_pairs, &l, &r);
    uint16_t a_slot = slot_operand(t, &a, l, 0);
    uint16_t b_slot = slot_operand(t, &b, r, 1);
    translate_evict(t, is_compare ? &t->acc : &t->facc);
    uint32_t results = is_compare ? FLAG_COUNT : FLOAT_RESULT_COUNT;
    uint32_t code = row->code + pair * results;
    struct code_value *cell = translate_emit(t, code + RESULT_ACC, sizeof *cell);
    cell->a = a_slot;
    cell->b = b_slot;
    push_result(
        t, (struct holder){
               .code = code, .results = results, .family = row->family, .is_f64 = row->is_f64});
}

/* Operators of one operand; the families differ in which accumulator is read and written. */
static void unary(struct translator *t, const struct wasm_op *op, const struct numeric *row)
{
    bool takes_float = row->family == FAMILY_FLOAT_UNARY || row->family == FAMILY_FLOAT_TO_INT;
    bool makes_float = row->family == FAMILY_FLOAT_UNARY || row->family == FAMILY_INT_TO_FLOAT;
    struct value a = translate_pop(t);
    enum code_class class = takes_float ? float_class(t, &a) : translate_class(t, &a, true, 0);
    if (class == CLASS_F && (uint32_t)FLOAT_SOURCE_COUNT == 1)
        class = CLASS_S;
    uint32_t source = class == CLASS_F ? 1 : translate_source(class);
    uint16_t a_slot = slot_operand(t, &a, class, 0);
    translate_evict(t, makes_float ? &t->facc : &t->acc);
    uint32_t results = row->family == FAMILY_UNARY ? RESULT_COUNT : FLOAT_RESULT_COUNT;
    if (row->family == FAMILY_FLOAT_TO_INT) {
        results = FLAG_COUNT;
        translate_note(t, t->at, op->offset);
    }
    uint32_t code = row->code + source * results;
    struct code_value *cell = translate_emit(t, code + RESULT_ACC, sizeof *cell);
    cell->a = a_slot;
    push_result(
        t, (struct holder){
               .code = code, .results = results, .family = row->family, .is_f64 = row->is_f64});
}

/* i32.eqz, i64.eqz, ref.is_null: a compare with zero, which branches can swallow. */
static void compare_zero(struct translator *t, const struct wasm_op *op)
{
    bool is_64 = op->code == WASM_OP_I64_EQZ;
    translate_push_const(t, 0);
    binary(t, op, &numerics[is_64 ? WASM_OP_I64_EQ : WASM_OP_I32_EQ]);
}

struct access {
    uint16_t code;
    uint16_t float_code; /* 0: none */
    bool is_f64;
};

#define ACCESS_FIRST WASM_OP_I32_LOAD
static const struct access accesses[] = {
    /* NOLINTNEXTLINE(misc-redundant-expression): the first row is row 0 */
    [WASM_OP_I32_LOAD - ACCESS_FIRST] = {CODE_LOAD_32, 0, false},
    [WASM_OP_I64_LOAD - ACCESS_FIRST] = {CODE_LOAD_64, 0, false},
    [WASM_OP_F32_LOAD - ACCESS_FIRST] = {CODE_LOAD_F32, CODE_LOAD_F32, false},
    [WASM_OP_F64_LOAD - ACCESS_FIRST] = {CODE_LOAD_F64, CODE_LOAD_F64, true},
    [WASM_OP_I32_LOAD8_S - ACCESS_FIRST] = {CODE_I32_LOAD_8_S, 0, false},
    [WASM_OP_I32_LOAD8_U - ACCESS_FIRST] = {CODE_LOAD_8_U, 0, false},
    [WASM_OP_I32_LOAD16_S - ACCESS_FIRST] = {CODE_I32_LOAD_16_S, 0, false},
    [WASM_OP_I32_LOAD16_U - ACCESS_FIRST] = {CODE_LOAD_16_U, 0, false},
    [WASM_OP_I64_LOAD8_S - ACCESS_FIRST] = {CODE_I64_LOAD_8_S, 0, false},
    [WASM_OP_I64_LOAD8_U - ACCESS_FIRST] = {CODE_LOAD_8_U, 0, false},
    [WASM_OP_I64_LOAD16_S - ACCESS_FIRST] = {CODE_I64_LOAD_16_S, 0, false},
    [WASM_OP_I64_LOAD16_U - ACCESS_FIRST] = {CODE_LOAD_16_U, 0, false},
    [WASM_OP_I64_LOAD32_S - ACCESS_FIRST] = {CODE_I64_LOAD_32_S, 0, false},
    [WASM_OP_I64_LOAD32_U - ACCESS_FIRST] = {CODE_LOAD_32, 0, false},
    [WASM_OP_I32_STORE - ACCESS_FIRST] = {CODE_STORE_32, 0, false},
    [WASM_OP_I64_STORE - ACCESS_FIRST] = {CODE_STORE_64, 0, false},
    [WASM_OP_F32_STORE - ACCESS_FIRST] = {CODE_STORE_32, CODE_STORE_F32, false},
    [WASM_OP_F64_STORE - ACCESS_FIRST] = {CODE_STORE_64, CODE_STORE_F64, true},
    [WASM_OP_I32_STORE8 - ACCESS_FIRST] = {CODE_STORE_8, 0, false},
    [WASM_OP_I32_STORE16 - ACCESS_FIRST] = {CODE_STORE_16, 0, false},
    [WASM_OP_I64_STORE8 - ACCESS_FIRST] = {CODE_STORE_8, 0, false},
    [WASM_OP_I64_STORE16 - ACCESS_FIRST] = {CODE_STORE_16, 0, false},
    [WASM_OP_I64_STORE32 - ACCESS_FIRST] = {CODE_STORE_32, 0, false},
};

/* A constant address joins the offset if the sum fits. */
static enum code_class address_class(const struct translator *t, const struct value *address,
                                     const struct wasm_op *op, uint32_t *out_offset)
{
    *out_offset = (uint32_t)op->mem_offset;
    if (address->kind != VALUE_CONST)
        return translate_class(t, address, false, 0);
    uint64_t sum = (uint32_t)address->bits + op->mem_offset;
    if (sum > UINT32_MAX)
        return CLASS_S;
    *out_offset = (uint32_t)sum;
    return CLASS_I;
}

static void load(struct translator *t, const struct wasm_op *op)
{
    const struct access *access = &accesses[op->code - ACCESS_FIRST];
    bool is_float = access->float_code != 0;
    struct value a = translate_pop(t);
    uint32_t offset;
    enum code_class class = address_class(t, &a, op, &offset);
    uint16_t a_slot = slot_operand(t, &a, class, 0);
    translate_evict(t, is_float ? &t->facc : &t->acc);
    uint32_t results = is_float ? FLOAT_RESULT_COUNT : RESULT_COUNT;
    uint32_t code = access->code + class * results;
    translate_note(t, t->at, op->offset);
    struct code_value *cell = translate_emit(t, code + RESULT_ACC, sizeof *cell);
    cell->a = a_slot;
    cell->offset = offset;
    push_result(t, (struct holder){.code = code,
                                   .results = results,
                                   .family = is_float ? FAMILY_FLOAT_LOAD : FAMILY_LOAD,
                                   .is_f64 = access->is_f64});
}

static void store(struct translator *t, const struct wasm_op *op)
{
    const struct access *access = &accesses[op->code - ACCESS_FIRST];
    struct value b = translate_pop(t);
    struct value a = translate_pop(t);
    uint32_t offset;
    enum code_class address = address_class(t, &a, op, &offset);
    bool from_float = access->float_code != 0 && float_class(t, &b) == CLASS_F;
    enum code_class stored =
        from_float ? CLASS_F : translate_class(t, &b, access->code == CODE_STORE_64, 16);
    uint16_t a_slot = slot_operand(t, &a, address, 0);
    uint16_t b_slot = slot_operand(t, &b, stored, 1);
    translate_note(t, t->at, op->offset);
    uint32_t code =
        from_float ? access->float_code + address : access->code + address * STORED_COUNT + stored;
    struct code_store *cell = translate_emit(t, code, sizeof *cell);
    cell->a = a_slot;
    cell->b = stored == CLASS_I ? (uint16_t)b.bits : b_slot;
    cell->offset = offset;
}

/* Values on the stack that still are in the local are copied before it changes. */
static void save_readers(struct translator *t, uint32_t local)
{
    while (t->locals[local].head != TRANSLATE_NONE) {
        struct value *value = &t->values[t->locals[local].head];
        translate_store(t, value, value->slot);
        value->kind = VALUE_SLOT;
        t->locals[local].head = value->link;
    }
}

/* As save_readers, but the copies go in front of the newest cell, which is about to write the
 * local. Nothing branches to that cell, and what it reads lies above the copies' slots. */
static void save_readers_before(struct translator *t, uint32_t local, struct holder *holder)
{
    uint8_t cell[sizeof(struct code_const64)];
    if (t->locals[local].head == TRANSLATE_NONE)
        return;
    uint32_t from = t->last;
    size_t size = t->at - from;
    ASSERT(size <= sizeof cell);
    memcpy(cell, t->code + from, size);
    translate_take_back(t);
    save_readers(t, local);
    if (size > t->cap - t->at) {
        t->is_full = true;
        return;
    }
    memcpy(t->code + t->at, cell, size);
    t->last = t->at;
    t->at += (uint32_t)size;
    holder->producer = t->last;
    if (t->noted_cell == from)
        t->noted_cell = t->last;
}

static void forget_local(struct holder *holder, uint32_t local)
{
    if (holder->what == HOLDS_LOCAL && holder->index == local)
        holder->what = HOLDS_NOTHING;
}

/* Moves that are built; 0: not (CODE 0 is CHARGE). */
static const uint16_t moves[CLASS_COUNT][CLASS_COUNT] = {
#define X(from, to, ...) [CLASS_##from][CLASS_##to] = CODE_MOVE_##from##to,
    CLASS_MOVE_LIST(X, 0)
#undef X
};

/* Pinned locals are in their register as well. */
static void reload_pin(struct translator *t, const struct local *local)
{
    if (local->pin == CLASS_S)
        return;
    struct code_value *cell = translate_emit(t, moves[CLASS_S][local->pin], sizeof *cell);
    cell->a = cell->d = (uint16_t)local->slot;
}

/* The newest cell made the value: let it write the local itself. */
static void fold_into_local(struct translator *t, const struct value *value, uint32_t index)
{
    struct local *local = &t->locals[index];
    struct holder *holder = value->kind == VALUE_FACC ? &t->facc : &t->acc;
    enum code_result pinned = local->pin == CLASS_P ? RESULT_P : RESULT_Q;
    if (local->pin != CLASS_S && pinned < holder->results) {
        translate_redirect(t, holder, pinned, local->slot);
        holder->what = HOLDS_NOTHING;
        return;
    }
    bool has_both = RESULT_B < holder->results;
    translate_redirect(t, holder, has_both ? RESULT_B : RESULT_S, local->slot);
    holder->what = has_both ? HOLDS_LOCAL : HOLDS_NOTHING;
    holder->index = index;
    reload_pin(t, local);
}

/* Copies a value that no cell can write there by itself; a pinned local's register, too. */
static void copy_into_local(struct translator *t, const struct value *value, uint32_t index)
{
    const struct local *local = &t->locals[index];
    uint64_t bits = value->bits;
    enum code_class from = value->kind == VALUE_ACC     ? CLASS_A
                           : value->kind == VALUE_FACC  ? CLASS_F
                           : value->kind == VALUE_CONST ? CLASS_I
                                                        : CLASS_S;
    bool is_short = from != CLASS_I || (uint64_t)(int64_t)(int32_t)(uint32_t)bits == bits;
    if (local->pin == CLASS_S || moves[from][local->pin] == 0 || !is_short || t->is_wide) {
        translate_store(t, value, local->slot);
        reload_pin(t, local);
        return;
    }
    uint32_t slot = value->kind == VALUE_LOCAL ? t->locals[value->local].slot : value->slot;
    struct code_value *cell = translate_emit(t, moves[from][local->pin], sizeof *cell);
    cell->a = (uint16_t)slot;
    cell->d = (uint16_t)local->slot;
    if (from == CLASS_I)
        cell->imm = (int32_t)(uint32_t)bits;
}

static void local_set(struct translator *t, const struct wasm_op *op)
{
    struct local *local = &t->locals[op->index];
    struct value value = translate_pop(t);
    if (value.kind == VALUE_LOCAL && value.local == op->index) {
        if (op->code == WASM_OP_LOCAL_TEE)
            translate_push_local(t, op->index);
        return;
    }
    if (translate_fold_vector(t, &value, op->index)) {
        if (op->code == WASM_OP_LOCAL_TEE)
            translate_push_local(t, op->index);
        return;
    }
    struct holder *holder = value.kind == VALUE_FACC ? &t->facc : &t->acc;
    bool can_fold = translate_is_newest(t, &value) && local->slot <= CODE_SLOT_MAX;
    if (can_fold && !t->is_wide)
        save_readers_before(t, op->index, holder);
    else
        save_readers(t, op->index);
    forget_local(&t->acc, op->index);
    forget_local(&t->facc, op->index);
    if (can_fold && translate_is_newest(t, &value)) {
        fold_into_local(t, &value, op->index);
    } else {
        copy_into_local(t, &value, op->index);
        if (value.kind == VALUE_ACC || value.kind == VALUE_FACC) {
            holder->what = HOLDS_LOCAL;
            holder->index = op->index;
        }
    }
    if (op->code != WASM_OP_LOCAL_TEE)
        return;
    if (value.kind == VALUE_CONST)
        translate_push_const(t, value.bits);
    else
        translate_push_local(t, op->index);
}

static void select_one(struct translator *t)
{
    struct value condition = translate_pop(t);
    struct value b = translate_pop(t);
    struct value a = translate_pop(t);
    enum code_class class = translate_class(t, &condition, false, 0);
    uint16_t a_slot = slot_operand(t, &a, CLASS_S, 0);
    uint16_t b_slot = slot_operand(t, &b, CLASS_S, 1);
    uint16_t c_slot = slot_operand(t, &condition, class, 2);
    translate_evict(t, &t->acc);
    uint32_t code = CODE_SELECT + translate_source(class) * RESULT_COUNT;
    struct code_value *cell = translate_emit(t, code + RESULT_ACC, sizeof *cell);
    cell->a = a_slot;
    cell->b = b_slot;
    cell->c = c_slot;
    push_result(t, (struct holder){.code = code, .results = RESULT_COUNT, .family = FAMILY_SELECT});
}

/* Operators that take their operands from consecutive slots. */
static void stack_op(struct translator *t, const struct wasm_op *op, uint32_t code,
                     uint32_t pop_count, uint32_t push_count)
{
    translate_settle(t, pop_count);
    for (uint32_t i = 0; i < pop_count; i++)
        (void)translate_pop(t); /* settled: where it is is known */
    translate_note(t, t->at, op->offset);
    struct code_stack *cell = translate_emit(t, code, sizeof *cell);
    cell->base = translate_next_slot(t);
    cell->index = op->index;
    cell->index2 = op->index2;
    translate_push_slots(t, push_count);
}

/* Mutable and imported: its value is where the other instance has it. */
bool translate_is_far_global(const struct translator *t, uint32_t index)
{
    const struct wasm_global *global = &t->module->globals[index];
    return global->is_import && global->is_mutable;
}

static void far_global(struct translator *t, const struct wasm_op *op, uint32_t code, uint32_t pops,
                       uint32_t pushes)
{
    struct wasm_op far = *op;
    far.index2 = wasm_type_slots(t->module->globals[op->index].type);
    stack_op(t, &far, code, pops, 0);
    if (pushes != 0)
        translate_push_typed(t, t->module->globals[op->index].type);
}

static void global_get(struct translator *t, const struct wasm_op *op)
{
    if (translate_is_far_global(t, op->index)) {
        far_global(t, op, CODE_GLOBAL_GET_FAR, 0, 1);
        return;
    }
    translate_evict(t, &t->acc);
    struct code_value *cell =
        translate_emit(t, (uint32_t)CODE_GLOBAL_GET + RESULT_ACC, sizeof *cell);
    cell->index = t->module->globals[op->index].slot;
    push_result(
        t, (struct holder){.code = CODE_GLOBAL_GET, .results = RESULT_COUNT, .family = FAMILY_GET});
}

static void global_set(struct translator *t, const struct wasm_op *op)
{
    if (translate_is_far_global(t, op->index)) {
        far_global(t, op, CODE_GLOBAL_SET_FAR, 1, 0);
        return;
    }
    struct value value = translate_pop(t);
    enum code_class class = translate_class(t, &value, true, 0);
    uint16_t slot = slot_operand(t, &value, class, 0);
    struct code_value *cell =
        translate_emit(t, CODE_GLOBAL_SET + translate_source(class), sizeof *cell);
    cell->a = slot;
    cell->index = t->module->globals[op->index].slot;
}

static void bulk_op(struct translator *t, const struct wasm_op *op)
{
    static const struct {
        uint16_t op, code;
        uint8_t pops, pushes;
    } rows[] = {
        {WASM_OP_MEMORY_SIZE, CODE_MEMORY_SIZE, 0, 1},
        {WASM_OP_MEMORY_GROW, CODE_MEMORY_GROW, 1, 1},
        {WASM_OP_MEMORY_INIT, CODE_MEMORY_INIT, 3, 0},
        {WASM_OP_DATA_DROP, CODE_DATA_DROP, 0, 0},
        {WASM_OP_MEMORY_COPY, CODE_MEMORY_COPY, 3, 0},
        {WASM_OP_MEMORY_FILL, CODE_MEMORY_FILL, 3, 0},
        {WASM_OP_TABLE_GET, CODE_TABLE_GET, 1, 1},
        {WASM_OP_TABLE_SET, CODE_TABLE_SET, 2, 0},
        {WASM_OP_TABLE_INIT, CODE_TABLE_INIT, 3, 0},
        {WASM_OP_ELEM_DROP, CODE_ELEM_DROP, 0, 0},
        {WASM_OP_TABLE_COPY, CODE_TABLE_COPY, 3, 0},
        {WASM_OP_TABLE_GROW, CODE_TABLE_GROW, 2, 1},
        {WASM_OP_TABLE_SIZE, CODE_TABLE_SIZE, 0, 1},
        {WASM_OP_TABLE_FILL, CODE_TABLE_FILL, 3, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].op == op->code) {
            stack_op(t, op, rows[i].code, rows[i].pops, rows[i].pushes);
            return;
        }
    }
    ASSERT(op->code == WASM_OP_CODE_END); /* the reader reports only operators that there are */
}

static bool numeric_op(struct translator *t, const struct wasm_op *op)
{
    uint32_t row_index = wasm_op_row_of(op->code);
    if (row_index >= ARRAY_LEN(numerics) || numerics[row_index].code == 0)
        return false;
    const struct numeric *row = &numerics[row_index];
    switch (row->family) {
    case FAMILY_BINARY:
    case FAMILY_DIVIDE:
    case FAMILY_COMPARE:
        binary(t, op, row);
        break;
    case FAMILY_FLOAT_BINARY:
    case FAMILY_FLOAT_COMPARE:
        float_binary(t, op, row);
        break;
    default:
        unary(t, op, row);
        break;
    }
    return true;
}

/* Of one slot; those of two are translate_simd.c's. */
static bool variable_op(struct translator *t, const struct wasm_op *op)
{
    switch (op->code) {
    case WASM_OP_LOCAL_GET:
        if (op->index >= t->type->param_count)
            translate_need_zero(t, t->locals[op->index].slot, t->locals[op->index].slots);
        translate_push_local(t, op->index);
        return true;
    case WASM_OP_LOCAL_SET:
    case WASM_OP_LOCAL_TEE:
        local_set(t, op);
        return true;
    case WASM_OP_GLOBAL_GET:
        global_get(t, op);
        return true;
    case WASM_OP_GLOBAL_SET:
        global_set(t, op);
        return true;
    case WASM_OP_DROP:
        (void)translate_pop(t); /* the value is dropped; a load that made it stays */
        return true;
    case WASM_OP_SELECT:
    case WASM_OP_SELECT_T:
        select_one(t);
        return true;
    default:
        return false;
    }
}

/* What is the same bits in the same slot. */
static bool free_op(struct translator *t, const struct wasm_op *op)
{
    switch (op->code) {
    case WASM_OP_NOP:
    case WASM_OP_I64_EXTEND_I32_U:
        return true;
    case WASM_OP_I32_CONST:
    case WASM_OP_F32_CONST:
        translate_push_const(t, (uint32_t)op->bits);
        return true;
    case WASM_OP_I64_CONST:
    case WASM_OP_F64_CONST:
        translate_push_const(t, op->bits);
        return true;
    case WASM_OP_REF_NULL:
        translate_push_const(t, 0);
        return true;
    case WASM_OP_REF_FUNC:
        translate_push_const(t, wasm_instance_funcref(t->instance, op->index));
        return true;
    case WASM_OP_I32_REINTERPRET_F32:
    case WASM_OP_I64_REINTERPRET_F64:
        if (t->values[t->height - 1].kind == VALUE_FACC)
            translate_evict(t, &t->facc);
        return true;
    case WASM_OP_F32_REINTERPRET_I32:
    case WASM_OP_F64_REINTERPRET_I64:
        return true;
    default:
        return false;
    }
}

void translate_plain_op(struct translator *t, const struct wasm_op *op)
{
    if (translate_simd_op(t, op) || variable_op(t, op) || free_op(t, op) || numeric_op(t, op))
        return;
    if (translate_atomic_op(t, op) || translate_gc_op(t, op))
        return;
    bool is_access = op->code >= WASM_OP_I32_LOAD && op->code <= WASM_OP_I64_STORE32;
    if (is_access && translate_is_far(t, op))
        translate_far_access(t, op);
    else if (op->code >= WASM_OP_I32_LOAD && op->code <= WASM_OP_I64_LOAD32_U)
        load(t, op);
    else if (is_access)
        store(t, op);
    else if (op->code == WASM_OP_I32_EQZ || op->code == WASM_OP_I64_EQZ ||
             op->code == WASM_OP_REF_IS_NULL)
        compare_zero(t, op);
    else if (op->code == WASM_OP_REF_EQ)
        binary(t, op, &numerics[WASM_OP_I32_EQ]); /* equal references are equal numbers */
    else
        bulk_op(t, op);
}
