/*
 * core/wasm/translate_calls.c: tail calls, and calls of references.
 *
 * A tail call's arguments lie above the frame's header; its handler moves them to the start of the
 * frame, which is the callee's then. A host function takes no frame: it is called from here, so
 * that a trap of its names the tail call, and what it gives is returned.
 */
#include "core/wasm/translate.h"

static void call_ref(struct translator *t, const struct wasm_op *op)
{
    const struct wasm_func_type *type = &t->module->types[op->index].func;
    struct value ref = translate_pop(t);
    bool from_acc = translate_class(t, &ref, false, 0) == CLASS_A;
    uint32_t slot = from_acc ? 0 : translate_to_slot(t, &ref);
    uint32_t frame = translate_place_arguments(t, type);
    translate_note(t, t->at, op->offset);
    struct code_call *cell =
        translate_emit(t, from_acc ? CODE_CALL_REF_A : CODE_CALL_REF_S, sizeof *cell);
    cell->func = slot;
    translate_emit_resume(t, frame);
    translate_push_types(t, type->results, type->result_count);
}

/* Behind a tail call: where a host function comes back to. */
static void return_from_host(struct translator *t, uint32_t source)
{
    struct code_resume *resume = translate_emit(t, CODE_RESUME, sizeof *resume); /* costs nothing */
    resume->delta = source;
    struct code_return *cell = translate_emit(t, CODE_RETURN_N, sizeof *cell);
    cell->header = t->header;
    cell->units = translate_units(t);
    cell->source = source;
    cell->count = t->type->result_slots;
}

static void tail_call(struct translator *t, const struct wasm_op *op, uint32_t code,
                      const struct wasm_func_type *type, uint32_t callee)
{
    uint32_t source = translate_place_arguments(t, type);
    translate_note(t, t->at, op->offset);
    struct code_tail *cell = translate_emit(t, code, sizeof *cell);
    cell->source = source;
    cell->count = type->param_slots;
    cell->header = t->header;
    cell->units = translate_units(t);
    cell->callee = callee;
    if (code == CODE_RETURN_CALL_INDIRECT) {
        cell->type = t->instance->type_ids[op->index];
        cell->table = op->index2;
    }
    return_from_host(t, source);
    translate_end_path(t);
}

/* What names the callee is on top: a table index or a reference. */
static void tail_call_value(struct translator *t, const struct wasm_op *op, uint32_t code)
{
    struct value callee = translate_pop(t);
    uint32_t slot = translate_to_slot(t, &callee);
    tail_call(t, op, code, &t->module->types[op->index].func, slot);
}

bool translate_call_op(struct translator *t, const struct wasm_op *op)
{
    switch (op->code) {
    case WASM_OP_CALL_REF:
        call_ref(t, op);
        return true;
    case WASM_OP_RETURN_CALL:
        tail_call(t, op, CODE_RETURN_CALL, wasm_module_func_type(t->module, op->index), op->index);
        return true;
    case WASM_OP_RETURN_CALL_INDIRECT:
        tail_call_value(t, op, CODE_RETURN_CALL_INDIRECT);
        return true;
    case WASM_OP_RETURN_CALL_REF:
        tail_call_value(t, op, CODE_RETURN_CALL_REF);
        return true;
    default:
        return false;
    }
}
