/*
 * core/wasm/interp.c: into the handlers and out of them again.
 *
 * Handlers are preserve_none functions: they clobber every register but the stack pointer. clang-19
 * keeps a base pointer in RBX across such a call when the caller needs one, so they are entered
 * from wasm_interp_run alone, which has no locals.
 */
#include "core/wasm/handlers.h"

static void stop(struct wasm_instance *instance, uint64_t fuel, const uint8_t *pc, uint64_t *frame)
{
    struct wasm_store *store = instance->store;
    store->fuel = fuel;
    store->stop_instance = instance;
    store->stop_pc = pc;
    store->stop_frame = frame;
    store->is_trap_before_pc = false;
}

#define X(number, name, text)                                                                      \
    HANDLER(slow_trap_##name)                                                                      \
    {                                                                                              \
        (void)memory, (void)memory_len, (void)units, (void)acc, (void)pin0, (void)pin1,            \
            (void)facc;                                                                            \
        stop(instance, fuel, pc, frame);                                                           \
        instance->store->trap = WASM_TRAP_##name;                                                  \
    }
OUTCOME_TRAP_LIST(X)
#undef X

HANDLER(slow_fault)
{
    (void)memory, (void)memory_len, (void)units, (void)acc, (void)pin0, (void)pin1, (void)facc;
    stop(instance, fuel, pc, frame);
    instance->store->fault = STATUS_NO_MEMORY;
}

/* At an ENTER cell, which is tried again while there is more to give. The trap is the call's, whose
 * RESUME cell is in acc; the frame is the callee's. */
HANDLER(slow_stack_exhausted)
{
    const uint64_t more = wasm_store_more_units(instance->store);
    if (more != 0) {
        units += more;
        DISPATCH();
    }
    const struct code_resume *resume = (const void *)(uintptr_t)acc;
    stop(instance, fuel, (const uint8_t *)resume, frame - resume->delta);
    instance->store->is_trap_before_pc = true;
    instance->store->trap = WASM_TRAP_STACK_EXHAUSTED;
}

NOINLINE void wasm_interp_run(struct wasm_instance *instance, const uint8_t *pc, uint64_t *frame,
                              const uint8_t *return_pc)
{
    ((handler_fn *)((const struct code_head *)(const void *)pc)->handler)(
        pc, frame, instance->memory->base, instance->memory->len, instance, instance->store->fuel,
        instance->store->units, (uintptr_t)return_pc, 0, 0, (handler_vector){0});
}
