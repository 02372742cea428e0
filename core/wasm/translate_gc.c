/*
 * core/wasm/translate_gc.c: structs, arrays, i31s, null checks and casts to cells.
 *
 * What reads or writes one field takes its operands from the slots that they are in, a local's
 * too. What makes objects or works on many elements takes consecutive slots. A check leaves its
 * operand where it is. Results are slots; a branch takes a cast's answer from the accumulator.
 */
#include "core/wasm/translate.h"

static uint32_t pop_slot(struct translator *t)
{
    struct value value = translate_pop(t);
    return translate_to_slot(t, &value);
}

/* ---- fields and elements ---- */

static struct code_object *emit_access(struct translator *t, const struct wasm_op *op,
                                       uint32_t code)
{
    translate_note(t, t->at, op->offset);
    return translate_emit(t, code, sizeof(struct code_object));
}

enum { SIZE_8, SIZE_16, SIZE_32, SIZE_64, SIZE_128, SIZES };

static uint32_t size_of(const struct wasm_field *field)
{
    return (uint32_t)__builtin_ctz(field->size);
}

static uint32_t get_code(const struct wasm_field *field, bool is_array, bool is_signed)
{
    static const uint16_t codes[2][2][SIZES] = {
        {{CODE_STRUCT_GET_8_U, CODE_STRUCT_GET_16_U, CODE_STRUCT_GET_32, CODE_STRUCT_GET_64,
          CODE_STRUCT_GET_128},
         {CODE_STRUCT_GET_8_S, CODE_STRUCT_GET_16_S}},
        {{CODE_ARRAY_GET_8_U, CODE_ARRAY_GET_16_U, CODE_ARRAY_GET_32, CODE_ARRAY_GET_64,
          CODE_ARRAY_GET_128},
         {CODE_ARRAY_GET_8_S, CODE_ARRAY_GET_16_S}},
    };
    return codes[is_array][is_signed][size_of(field)];
}

static uint32_t set_code(const struct wasm_field *field, bool is_array)
{
    static const uint16_t codes[2][SIZES] = {
        {CODE_STRUCT_SET_8, CODE_STRUCT_SET_16, CODE_STRUCT_SET_32, CODE_STRUCT_SET_64,
         CODE_STRUCT_SET_128},
        {CODE_ARRAY_SET_8, CODE_ARRAY_SET_16, CODE_ARRAY_SET_32, CODE_ARRAY_SET_64,
         CODE_ARRAY_SET_128},
    };
    return codes[is_array][size_of(field)];
}

/* The field of a struct, or an array's element. */
static const struct wasm_field *accessed(const struct translator *t, const struct wasm_op *op,
                                         bool is_array)
{
    const struct wasm_type *type = &t->module->types[op->index];
    return is_array ? &type->element : &type->fields.fields[op->index2];
}

static void get(struct translator *t, const struct wasm_op *op, bool is_array, bool is_signed)
{
    const struct wasm_field *field = accessed(t, op, is_array);
    uint32_t index = is_array ? pop_slot(t) : 0;
    uint32_t object = pop_slot(t);
    struct code_object *cell = emit_access(t, op, get_code(field, is_array, is_signed));
    cell->a = object;
    cell->b = index;
    cell->d = translate_next_slot(t);
    cell->offset = field->offset;
    translate_push_typed(t, field->type);
}

static void set(struct translator *t, const struct wasm_op *op, bool is_array)
{
    const struct wasm_field *field = accessed(t, op, is_array);
    uint32_t value = pop_slot(t);
    uint32_t index = is_array ? pop_slot(t) : 0;
    uint32_t object = pop_slot(t);
    struct code_object *cell = emit_access(t, op, set_code(field, is_array));
    cell->a = object;
    cell->b = index;
    cell->d = value;
    cell->offset = field->offset;
}

/* ref.i31, i31.get_*, array.len */
static void unary(struct translator *t, const struct wasm_op *op, uint32_t code)
{
    uint32_t operand = pop_slot(t);
    struct code_object *cell = emit_access(t, op, code);
    cell->a = operand;
    cell->d = translate_next_slot(t);
    translate_push_slots(t, 1);
}

/* ---- whole objects ---- */

struct whole {
    uint32_t code;
    uint32_t pops;
    uint32_t index2;
    bool is_new; /* makes the object that it leaves */
};

static void whole(struct translator *t, const struct wasm_op *op, struct whole what)
{
    translate_settle(t, what.pops);
    uint32_t roots = what.is_new ? translate_roots(t) : 0;
    translate_unwind(t, t->height - what.pops);
    translate_note(t, t->at, op->offset);
    struct code_stack *cell = translate_emit(t, what.code, sizeof *cell);
    cell->base = translate_next_slot(t);
    cell->index = t->instance->type_ids[op->index];
    cell->index2 = what.index2;
    cell->roots = roots;
    if (what.is_new)
        translate_push_slots(t, 1);
}

/* False: not on whole objects. */
static bool whole_op(struct translator *t, const struct wasm_op *op)
{
    const struct wasm_type *type = &t->module->types[op->index];
    uint32_t value_slots = type->element.size == 16 ? 2 : 1; /* of arrays */
    struct whole what = {.index2 = op->index2, .is_new = true};
    switch (op->code) {
    case WASM_OP_STRUCT_NEW:
        what.code = CODE_STRUCT_NEW;
        what.pops = type->fields.field_count;
        break;
    case WASM_OP_STRUCT_NEW_DEFAULT:
        what.code = CODE_STRUCT_NEW_DEFAULT;
        break;
    case WASM_OP_ARRAY_NEW:
        what = (struct whole){CODE_ARRAY_NEW, 2, value_slots, true};
        break;
    case WASM_OP_ARRAY_NEW_DEFAULT:
        what = (struct whole){CODE_ARRAY_NEW_DEFAULT, 1, 0, true};
        break;
    case WASM_OP_ARRAY_NEW_FIXED:
        what = (struct whole){CODE_ARRAY_NEW_FIXED, op->index2, op->index2, true};
        break;
    case WASM_OP_ARRAY_NEW_DATA:
        what = (struct whole){CODE_ARRAY_NEW_DATA, 2, op->index2, true};
        break;
    case WASM_OP_ARRAY_NEW_ELEM:
        what = (struct whole){CODE_ARRAY_NEW_ELEM, 2, op->index2, true};
        break;
    case WASM_OP_ARRAY_FILL:
        what = (struct whole){CODE_ARRAY_FILL, 4, 2 + value_slots, false};
        break;
    case WASM_OP_ARRAY_COPY:
        what = (struct whole){CODE_ARRAY_COPY, 5, 0, false};
        break;
    case WASM_OP_ARRAY_INIT_DATA:
        what = (struct whole){CODE_ARRAY_INIT_DATA, 4, op->index2, false};
        break;
    case WASM_OP_ARRAY_INIT_ELEM:
        what = (struct whole){CODE_ARRAY_INIT_ELEM, 4, op->index2, false};
        break;
    default:
        return false;
    }
    whole(t, op, what);
    return true;
}

/* ---- checks and casts ---- */

static struct code_cast *emit_cast(struct translator *t, const struct wasm_op *op, uint32_t code,
                                   uint32_t slot)
{
    translate_note(t, t->at, op->offset);
    struct code_cast *cell = translate_emit(t, code, sizeof *cell);
    cell->a = slot;
    cell->type = wasm_store_value_type(t->instance, op->type);
    return cell;
}

/* Onto the stack again: in its slot by now, or still in the local. */
static void push_again(struct translator *t, const struct value *value)
{
    if (value->kind == VALUE_LOCAL)
        translate_push_local(t, value->local);
    else
        translate_push_slots(t, 1);
}

static void check(struct translator *t, const struct wasm_op *op)
{
    struct value value = translate_pop(t);
    uint32_t slot = translate_to_slot(t, &value);
    if (op->code == WASM_OP_REF_AS_NON_NULL)
        emit_access(t, op, CODE_REF_AS_NON_NULL)->a = slot;
    else
        emit_cast(t, op, CODE_REF_CAST, slot)->a = slot;
    push_again(t, &value);
}

static void test(struct translator *t, const struct wasm_op *op)
{
    uint32_t slot = pop_slot(t);
    emit_cast(t, op, CODE_REF_TEST, slot)->d = translate_next_slot(t);
    translate_push_slots(t, 1);
}

/* The reference stays if it is not null. */
static void br_on_null(struct translator *t, const struct wasm_op *op)
{
    struct value value = translate_pop(t);
    (void)translate_to_slot(t, &value); /* it is read twice */
    if (value.kind != VALUE_LOCAL)
        value.kind = VALUE_SLOT;
    translate_branch_on(t, op->control->depth, &value, true);
    push_again(t, &value);
}

/* The reference goes along if it is not null. */
static void br_on_non_null(struct translator *t, const struct wasm_op *op)
{
    translate_settle(t, 1);
    struct value value = t->values[t->height - 1];
    translate_branch_on(t, op->control->depth, &value, false);
    (void)translate_pop(t); /* null */
}

/* The reference is there on both ways. */
static void br_on_cast(struct translator *t, const struct wasm_op *op)
{
    translate_settle(t, t->labels[op->control->depth].arity);
    translate_evict(t, &t->acc);
    (void)emit_cast(t, op, CODE_REF_TEST_A, t->values[t->height - 1].slot);
    const struct value answer = {.kind = VALUE_ACC};
    translate_branch_on(t, op->control->depth, &answer, op->code == WASM_OP_BR_ON_CAST_FAIL);
}

static bool cast_op(struct translator *t, const struct wasm_op *op)
{
    switch (op->code) {
    case WASM_OP_REF_AS_NON_NULL:
    case WASM_OP_REF_CAST:
    case WASM_OP_REF_CAST_NULL:
        check(t, op);
        return true;
    case WASM_OP_REF_TEST:
    case WASM_OP_REF_TEST_NULL:
        test(t, op);
        return true;
    case WASM_OP_BR_ON_NULL:
        br_on_null(t, op);
        return true;
    case WASM_OP_BR_ON_NON_NULL:
        br_on_non_null(t, op);
        return true;
    case WASM_OP_BR_ON_CAST:
    case WASM_OP_BR_ON_CAST_FAIL:
        br_on_cast(t, op);
        return true;
    case WASM_OP_ANY_CONVERT_EXTERN:
    case WASM_OP_EXTERN_CONVERT_ANY:
        return true; /* the same number */
    default:
        return false;
    }
}

static bool access_op(struct translator *t, const struct wasm_op *op)
{
    switch (op->code) {
    case WASM_OP_STRUCT_GET:
    case WASM_OP_STRUCT_GET_U:
        get(t, op, false, false);
        return true;
    case WASM_OP_STRUCT_GET_S:
        get(t, op, false, true);
        return true;
    case WASM_OP_ARRAY_GET:
    case WASM_OP_ARRAY_GET_U:
        get(t, op, true, false);
        return true;
    case WASM_OP_ARRAY_GET_S:
        get(t, op, true, true);
        return true;
    case WASM_OP_STRUCT_SET:
        set(t, op, false);
        return true;
    case WASM_OP_ARRAY_SET:
        set(t, op, true);
        return true;
    case WASM_OP_ARRAY_LEN:
        unary(t, op, CODE_ARRAY_LEN);
        return true;
    case WASM_OP_REF_I31:
        unary(t, op, CODE_REF_I31);
        return true;
    case WASM_OP_I31_GET_S:
        unary(t, op, CODE_I31_GET_S);
        return true;
    case WASM_OP_I31_GET_U:
        unary(t, op, CODE_I31_GET_U);
        return true;
    default:
        return false;
    }
}

bool translate_gc_op(struct translator *t, const struct wasm_op *op)
{
    bool is_prefixed = op->code >= WASM_OP_STRUCT_NEW && op->code <= WASM_OP_I31_GET_U;
    if (!is_prefixed && (op->code < WASM_OP_REF_AS_NON_NULL || op->code > WASM_OP_BR_ON_NON_NULL))
        return false;
    return access_op(t, op) || cast_op(t, op) || whole_op(t, op);
}
