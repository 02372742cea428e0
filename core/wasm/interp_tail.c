/*
 * core/wasm/interp_tail.c: calls of references, and tail calls.
 *
 * A tail call gives its frame's units back, checks the callee's while the trap can still name the
 * operator, moves the arguments to the start of the frame and enters the callee with the return
 * address that the frame had.
 */
#include "core/wasm/handlers.h"

#define DEFINE_CALL_REF(l, ref_expression)                                                         \
    HANDLER(op_CALL_REF_##l)                                                                       \
    {                                                                                              \
        CELL(call);                                                                                \
        uint32_t ref = (uint32_t)(ref_expression);                                                 \
        if (UNLIKELY(ref == 0))                                                                    \
            TRAP(NULL_REFERENCE);                                                                  \
        const struct wasm_entry *entry = &instance->store->funcs[ref - 1];                         \
        GO_ENTER(ref, entry);                                                                      \
    }
DEFINE_CALL_REF(S, frame[cell->func])
DEFINE_CALL_REF(A, acc)

/* What a guest's function takes of the stack budget before its first operator. */
static uint64_t callee_units(const struct wasm_instance *instance, const struct wasm_entry *entry,
                             const uint8_t *back)
{
    uint64_t units = ((const struct code_enter *)(const void *)entry->code)->units;
    bool is_crossing = entry->instance != instance && back != instance->store->leave;
    return is_crossing ? units + WASM_CROSSING_UNITS : units;
}

/* At a tail call's cell: pin0 is the callee's funcref, and it may be called. */
HANDLER(slow_enter_tail)
{
    CELL(tail);
    const struct wasm_entry *entry = &instance->store->funcs[pin0 - 1];
    if (entry->instance == NULL) {
        acc = (uintptr_t)(pc + sizeof *cell);
        frame += cell->source;
        pc = entry->code;
        DISPATCH();
    }
    const uint8_t *back = (const uint8_t *)(uintptr_t)frame[cell->header];
    const uint64_t needed = callee_units(instance, entry, back);
    while (UNLIKELY(units + cell->units < needed && instance->store->units_held != 0))
        units += wasm_store_more_units(instance->store);
    if (UNLIKELY(units + cell->units < needed))
        TRAP(STACK_EXHAUSTED);
    units += cell->units;
    for (uint32_t i = 0; i < cell->count; i++)
        frame[i] = frame[cell->source + i];
    acc = (uintptr_t)back;
    if (entry->instance != instance)
        MUSTTAIL return wasm_slow_enter_other(HANDLER_ARGS);
    pc = entry->code;
    DISPATCH();
}

HANDLER(slow_RETURN_CALL)
{
    CELL(tail);
    pin0 = wasm_instance_funcref(instance, cell->callee);
    MUSTTAIL return wasm_slow_enter_tail(HANDLER_ARGS);
}

HANDLER(slow_RETURN_CALL_INDIRECT)
{
    CELL(tail);
    const struct wasm_store *store = instance->store;
    const struct wasm_table_state *table = instance->tables[cell->table];
    uint64_t index = frame[cell->callee];
    if (index >= table->len)
        TRAP(UNDEFINED_ELEMENT);
    pin0 = table->elements[index];
    if (pin0 == 0)
        TRAP(NULL_REFERENCE);
    if (!wasm_store_is_subtype(store, store->funcs[pin0 - 1].type, cell->type))
        TRAP(INDIRECT_CALL_TYPE);
    MUSTTAIL return wasm_slow_enter_tail(HANDLER_ARGS);
}

HANDLER(slow_RETURN_CALL_REF)
{
    CELL(tail);
    pin0 = (uint32_t)frame[cell->callee];
    if (pin0 == 0)
        TRAP(NULL_REFERENCE);
    MUSTTAIL return wasm_slow_enter_tail(HANDLER_ARGS);
}
