/*
 * core/wasm/translate_far.c: accesses to other memories than memory 0, to 64-bit ones, and atomics.
 *
 * Operands are read from the slots that they are in; results are slots.
 */
#include "core/wasm/translate.h"

bool translate_is_far(const struct translator *t, const struct wasm_op *op)
{
    return op->mem_index != 0 || t->module->memories[0].limits.is_64;
}

struct code_far *translate_far(struct translator *t, const struct wasm_op *op, uint32_t code,
                               uint32_t pop_count, bool has_result)
{
    uint32_t slots[3] = {0};
    for (uint32_t i = pop_count; i != 0; i--) {
        struct value value = translate_pop(t);
        slots[i - 1] = translate_to_slot(t, &value);
    }
    translate_note(t, t->at, op->offset);
    struct code_far *cell = translate_emit(t, code, sizeof *cell);
    cell->a = slots[0];
    cell->b = slots[1];
    cell->c = slots[2];
    cell->memory = op->mem_index;
    cell->offset = op->mem_offset;
    if (has_result) {
        cell->d = translate_next_slot(t);
        translate_push_slots(t, 1);
    }
    return cell;
}

void translate_far_access(struct translator *t, const struct wasm_op *op)
{
    static const uint16_t codes[] = {
        CODE_FAR_LOAD_32_U,     CODE_FAR_LOAD_64,       CODE_FAR_LOAD_32_U, /* i32 i64 f32 */
        CODE_FAR_LOAD_64,       CODE_FAR_I32_LOAD_8_S,  CODE_FAR_LOAD_8_U,  /* f64 8_s 8_u */
        CODE_FAR_I32_LOAD_16_S, CODE_FAR_LOAD_16_U,                         /* i32's */
        CODE_FAR_I64_LOAD_8_S,  CODE_FAR_LOAD_8_U,      CODE_FAR_I64_LOAD_16_S,
        CODE_FAR_LOAD_16_U,     CODE_FAR_I64_LOAD_32_S, CODE_FAR_LOAD_32_U, /* i64's */
        CODE_FAR_STORE_32,      CODE_FAR_STORE_64,      CODE_FAR_STORE_32,  /* i32 i64 f32 */
        CODE_FAR_STORE_64,      CODE_FAR_STORE_8,       CODE_FAR_STORE_16,  /* f64, i32's */
        CODE_FAR_STORE_8,       CODE_FAR_STORE_16,      CODE_FAR_STORE_32,  /* i64's */
    };
    _Static_assert(ARRAY_LEN(codes) == WASM_OP_I64_STORE32 - WASM_OP_I32_LOAD + 1,
                   "a code for every load and store");
    bool is_load = op->code < WASM_OP_I32_STORE;
    (void)translate_far(t, op, codes[op->code - WASM_OP_I32_LOAD], is_load ? 1 : 2, is_load);
}

bool translate_atomic_op(struct translator *t, const struct wasm_op *op)
{
    if (op->code < WASM_PREFIX_FE)
        return false;
    if (op->code == WASM_OP_ATOMIC_FENCE)
        return true; /* one agent: nothing to order */
    struct code_far *cell;
    if (op->code == WASM_OP_MEMORY_ATOMIC_NOTIFY) {
        cell = translate_far(t, op, CODE_ATOMIC_NOTIFY, 2, true);
    } else if (op->code < WASM_OP_I32_ATOMIC_LOAD) {
        cell = translate_far(t, op, CODE_ATOMIC_WAIT, 3, true);
    } else if (op->code < WASM_OP_I32_ATOMIC_STORE) {
        cell = translate_far(t, op, CODE_ATOMIC_LOAD, 1, true);
    } else if (op->code < WASM_OP_I32_ATOMIC_RMW_ADD) {
        cell = translate_far(t, op, CODE_ATOMIC_STORE, 2, false);
    } else {
        bool is_compare = op->code >= WASM_OP_I32_ATOMIC_RMW_CMPXCHG;
        cell = translate_far(t, op, CODE_ATOMIC_RMW, is_compare ? 3 : 2, true);
        cell->rmw = (uint8_t)((op->code - WASM_OP_I32_ATOMIC_RMW_ADD) / 7u);
    }
    cell->log2 = (uint8_t)wasm_op_access_log2(op->code);
    return true;
}
