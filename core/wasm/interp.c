/*
 * core/wasm/interp.c: into the handlers and out of them again.
 *
 * Handlers are preserve_none functions: they clobber every register but the stack pointer. clang-19
 * keeps a base pointer in RBX across such a call when the caller needs one, so they are entered
 * from wasm_interp_run alone, which has no locals.
 */
#include "core/wasm/handlers.h"

#define X(number, name, text)                                                                      \
    HANDLER(slow_trap_##name)                                                                      \
    {                                                                                              \
        (void)memory, (void)memory_len, (void)acc, (void)pin0, (void)pin1, (void)facc;             \
        (void)frame;                                                                               \
        instance->fuel = fuel;                                                                     \
        instance->units = units;                                                                   \
        instance->stop_pc = pc;                                                                    \
        instance->is_trap_before_pc = false;                                                       \
        instance->trap = WASM_TRAP_##name;                                                         \
    }
OUTCOME_TRAP_LIST(X)
#undef X

/* ENTER's: the trap is the call's, whose RESUME cell is in acc. */
HANDLER(slow_stack_exhausted)
{
    (void)memory, (void)memory_len, (void)pin0, (void)pin1, (void)facc, (void)frame, (void)pc;
    instance->fuel = fuel;
    instance->units = units;
    instance->stop_pc = (const uint8_t *)(uintptr_t)acc;
    instance->is_trap_before_pc = true;
    instance->trap = WASM_TRAP_STACK_EXHAUSTED;
}

NOINLINE void wasm_interp_run(struct wasm_instance *instance, const uint8_t *pc, uint64_t *frame,
                              const uint8_t *return_pc)
{
    ((handler_fn *)((const struct code_head *)(const void *)pc)->handler)(
        pc, frame, instance->memory.base, instance->memory.len, instance, instance->fuel,
        instance->units, (uintptr_t)return_pc, 0, 0, (handler_vector){0});
}
