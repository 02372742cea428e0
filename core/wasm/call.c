/*
 * core/wasm/call.c: calls of the host into guests, and what it is told when they stop.
 */
#include "core/wasm/limits.h"
#include "core/wasm/walk.h"

static bool stopped_in_guest(const struct wasm_store *store)
{
    return store->stop_instance != NULL && !wasm_walk_is_bottom(store, store->stop_pc);
}

static void begin_walk(const struct wasm_store *store, struct wasm_walk *walk)
{
    wasm_walk_begin(walk, store, store->stop_instance, store->stop_pc, store->stop_frame,
                    store->is_trap_before_pc);
}

/* `called`: the function that the host called, blamed when no guest frame is left. */
static void describe_stop(const struct wasm_store *store, const struct wasm_instance *called_in,
                          uint32_t called, struct wasm_outcome *outcome)
{
    *outcome = (struct wasm_outcome){.trap = store->trap, .reason = store->reason};
    if (store->trap == WASM_TRAP_NONE)
        return;
    if (!stopped_in_guest(store)) {
        outcome->func = called;
        outcome->instance = called_in;
        outcome->offset = called_in == NULL ? 0 : called_in->module->funcs[called].body_offset;
        return;
    }
    struct wasm_walk walk;
    begin_walk(store, &walk);
    outcome->instance = walk.instance;
    outcome->func = walk.func;
    outcome->offset = wasm_walk_offset(&walk);
}

size_t wasm_store_trace(const struct wasm_store *store, struct wasm_trace_entry *out_entries,
                        size_t max)
{
    struct wasm_walk walk;
    size_t count = 0;
    if (store->trap == WASM_TRAP_NONE || !stopped_in_guest(store))
        return 0;
    begin_walk(store, &walk);
    do {
        if (count == max)
            break;
        out_entries[count++] = (struct wasm_trace_entry){
            .instance = walk.instance, .func = walk.func, .offset = wasm_walk_offset(&walk)};
    } while (wasm_walk_next(&walk));
    return count;
}

/* What a host function that calls in keeps of the stack: its results, which no frame counts. */
static uint64_t kept_units(const struct wasm_store *store)
{
    const struct wasm_activation *activation = store->activation;
    return activation == NULL
               ? 0
               : (uint64_t)activation->host->param_slots + activation->host->result_slots + 1;
}

/* Runs `code`, entered from `instance`: arguments from slots, results back into them. */
static enum status run(struct wasm_store *store, struct wasm_instance *instance,
                       const uint8_t *code, uint32_t param_slots, uint32_t result_slots,
                       uint64_t *slots)
{
    uint64_t *frame = store->top;
    uint64_t units = store->units;
    uint64_t kept = kept_units(store);
    uint64_t held = store->units_held;
    while (kept > store->units && store->units_held != 0)
        store->units += wasm_store_more_units(store);
    store->trap = WASM_TRAP_NONE;
    store->fault = STATUS_OK;
    store->reason = 0;
    if (store->depth == WASM_LIMIT_HOST_DEPTH || kept > store->units) {
        store->trap = WASM_TRAP_STACK_EXHAUSTED;
        store->stop_instance = NULL;
    } else {
        for (uint32_t i = 0; i < param_slots; i++)
            frame[i] = slots[i];
        store->units -= kept;
        store->depth++;
        wasm_interp_run(instance, code, frame, store->bottom);
        store->depth--;
    }
    store->units = units + (held - store->units_held);
    store->is_dead =
        store->fault != STATUS_OK || (store->trap != WASM_TRAP_NONE && !store->host.survives_traps);
    if (store->fault == STATUS_OK && store->trap == WASM_TRAP_NONE)
        for (uint32_t i = 0; i < result_slots; i++)
            slots[i] = frame[i];
    return store->fault;
}

enum status wasm_call(struct wasm_instance *instance, uint32_t func, uint64_t *slots,
                      struct wasm_outcome *out_outcome)
{
    const struct wasm_module *module = instance->module;
    if (instance->store->is_dead)
        return STATUS_DENIED;
    if (func >= module->func_count)
        return STATUS_NOT_FOUND;
    const struct wasm_func_type *type = wasm_module_func_type(module, func);
    enum status status = run(instance->store, instance, instance->targets[func], type->param_slots,
                             type->result_slots, slots);
    describe_stop(instance->store, instance, func, out_outcome);
    return status;
}

enum status wasm_call_ref(struct wasm_store *store, uint32_t funcref, uint64_t *slots,
                          struct wasm_outcome *out_outcome)
{
    if (store->is_dead)
        return STATUS_DENIED;
    if (funcref == 0 || funcref > store->func_count)
        return STATUS_NOT_FOUND;
    const struct wasm_entry *entry = &store->funcs[funcref - 1];
    const struct wasm_func_type *type = &store->types[entry->type].func;
    struct wasm_instance *instance = entry->instance;
    if (instance == NULL)
        return STATUS_NOT_FOUND;
    uint32_t func = instance->module->import_func_count + funcref - instance->func_base;
    enum status status =
        run(store, instance, entry->code, type->param_slots, type->result_slots, slots);
    describe_stop(store, instance, func, out_outcome);
    return status;
}
