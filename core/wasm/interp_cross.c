/*
 * core/wasm/interp_cross.c: calls that leave the instance: to host functions and to other
 * instances of the store.
 *
 * A function runs with its own instance in the register. Who calls into another one puts a crossing
 * (instance.h) below the callee's frame, so that LEAVE finds the way back; it takes units of the
 * stack like a frame. A tail call that was reached through a crossing uses that one again: chains
 * of tail calls between instances take no stack.
 */
#include "core/wasm/handlers.h"

/* Runs the host function; what it called in turn has burnt fuel. */
static NOINLINE enum wasm_trap call_host(struct wasm_instance *instance,
                                         const struct wasm_host_entry *entry, uint64_t *frame,
                                         const uint8_t *back)
{
    struct wasm_store *store = instance->store;
    struct wasm_activation activation = {.outer = store->activation,
                                         .instance = instance,
                                         .back = back,
                                         .frame = frame,
                                         .host = entry};
    uint64_t *top = store->top;
    uint32_t kept =
        entry->param_slots > entry->result_slots ? entry->param_slots : entry->result_slots;
    uint32_t reason = 0;
    store->activation = &activation;
    store->top = frame + kept;
    enum wasm_trap trap = entry->func->call(entry->context, instance, frame, &reason);
    store->activation = activation.outer;
    store->top = top;
    if (trap == WASM_TRAP_NONE && store->is_dead)
        trap = store->trap;
    store->reason = reason;
    return trap;
}

/* `acc` is the return address as for ENTER. */
HANDLER(slow_HOST)
{
    CELL(host);
    struct wasm_store *store = instance->store;
    const struct code_resume *back = (const void *)(uintptr_t)acc;
    store->fuel = fuel;
    store->units = units;
    enum wasm_trap trap = call_host(instance, cell->entry, frame, (const uint8_t *)back);
    if (UNLIKELY(trap != WASM_TRAP_NONE || store->fault != STATUS_OK)) {
        store->trap = trap;
        store->stop_instance = instance;
        store->stop_pc = (const uint8_t *)back;
        store->stop_frame = frame - back->delta;
        store->is_trap_before_pc = true;
        return;
    }
    fuel = store->fuel;
    units = store->units;
    RELOAD_MEMORY();
    GO_RESUME((const uint8_t *)back);
}

HANDLER(slow_enter_other)
{
    struct wasm_store *store = instance->store;
    const struct wasm_entry *entry = &store->funcs[pin0 - 1];
    if (entry->instance == NULL || entry->instance == instance) {
        pc = entry->code;
        DISPATCH();
    }
    if ((const uint8_t *)(uintptr_t)acc != store->leave) {
        if (UNLIKELY(units < WASM_CROSSING_UNITS))
            units += wasm_store_more_units(store);
        if (UNLIKELY(units < WASM_CROSSING_UNITS)) /* nothing is held any more */
            MUSTTAIL return wasm_slow_stack_exhausted(HANDLER_ARGS);
        units -= WASM_CROSSING_UNITS;
        for (uint32_t i = store->types[entry->type].func.param_slots; i != 0; i--)
            frame[i - 1 + WASM_CROSSING_SLOTS] = frame[i - 1];
        frame[WASM_CROSSING_BACK] = acc;
        frame[WASM_CROSSING_INSTANCE] = (uintptr_t)instance;
        frame[WASM_CROSSING_FUNC] = pin0;
        frame += WASM_CROSSING_SLOTS;
        acc = (uintptr_t)store->leave;
    }
    instance = entry->instance;
    RELOAD_MEMORY();
    pc = entry->code;
    DISPATCH();
}

/* An import's whole code where another instance defines it. */
HANDLER(slow_CROSS)
{
    CELL(call);
    pin0 = cell->func;
    MUSTTAIL return wasm_slow_enter_other(HANDLER_ARGS);
}

/* Behind the RESUME cell that a call from another instance returned to: frame is the crossing. */
HANDLER(slow_LEAVE)
{
    const struct wasm_store *store = instance->store;
    const uint8_t *back = (const uint8_t *)(uintptr_t)frame[WASM_CROSSING_BACK];
    const struct wasm_entry *entry = &store->funcs[frame[WASM_CROSSING_FUNC] - 1];
    instance = (void *)(uintptr_t)frame[WASM_CROSSING_INSTANCE];
    uint32_t results = store->types[entry->type].func.result_slots;
    for (uint32_t i = 0; i < results; i++)
        frame[i] = frame[i + WASM_CROSSING_SLOTS];
    units += WASM_CROSSING_UNITS;
    RELOAD_MEMORY();
    GO_RESUME(back);
}

HANDLER(slow_call_subtype)
{
    CELL(call_indirect);
    const struct wasm_store *store = instance->store;
    if (!wasm_store_is_subtype(store, store->funcs[pin0 - 1].type, cell->type))
        TRAP(INDIRECT_CALL_TYPE);
    const struct code_resume *resume = (const void *)(pc + sizeof *cell);
    acc = (uintptr_t)resume;
    frame += resume->delta;
    MUSTTAIL return wasm_slow_enter_other(HANDLER_ARGS);
}
