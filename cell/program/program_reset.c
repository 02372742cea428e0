/*
 * cell/program/program_reset.c: between two calls of a cell that serves.
 *
 * Invariant: after it, the cell is as it was when the payload had been loaded. All that calls can
 * write is above the mark of the arena, among the values, in memories and in the transfer area.
 */
#include "cell/program/program_internal.h"

static void wipe_memory(void *context, uint8_t *base, uint64_t len)
{
    (void)context;
    (void)memory_wipe_sparse(base, (size_t)len);
}

void program_reset(struct program *program)
{
    if (program->store != NULL)
        wasm_store_memories(program->store, wipe_memory, program);
    program->store = NULL; /* lies in the arena */
    program->memory_taken = 0;
    arena_rewind_sparse(&program->arena, program->mark);
    arena_rewind_sparse(&program->values, 0);
    memory_wipe(program->areas.transfer, program->transfer_used);
    program->transfer_used = 0;
    memory_wipe(program->explanation_text, program->explanation.len);
    program->explanation.len = 0;
    program->call_text = bytes_of(NULL, 0);
    program->exit = (struct wasi_exit){0};
    program->outcome = (struct gate_outcome){0};
    report_init(&program->report);
}
