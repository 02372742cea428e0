/*
 * cell/program/program_reset.c: between two calls of a cell that serves.
 *
 * Invariant: after it, the cell is as it was before its first call began to run. All that calls can
 * write is above the first mark of the arena, among the values, in memories and in the transfer
 * area; with a snapshot the instances are put back, without one they are gone.
 */
#include "cell/program/program_internal.h"

/* To wipe this much takes as long as to start a cell and load a small component. */
#define GROWTH_MAX (UINT64_C(16) << 20)

static void add_memory(void *context, uint8_t *base, uint64_t len)
{
    uint64_t *sum = context;
    (void)base;
    *sum += len;
}

static uint64_t memory_bytes(const struct program *program)
{
    uint64_t sum = 0;
    if (program->store != NULL)
        wasm_store_memories(program->store, add_memory, &sum);
    return sum;
}

void program_made(struct program *program, uint64_t request_count)
{
    if (!program->serves)
        return;
    program->memory_first = memory_bytes(program);
    if (request_count == program->request_count)
        program_snapshot_take(program);
}

bool program_has_outgrown(const struct program *program)
{
    const uint64_t now = memory_bytes(program);
    return now > program->memory_first && now - program->memory_first > GROWTH_MAX;
}

static void wipe_memory(void *context, uint8_t *base, uint64_t len)
{
    (void)context;
    (void)memory_wipe_sparse(base, (size_t)len);
}

static void forget_instances(struct program *program)
{
    if (program->store != NULL)
        wasm_store_memories(program->store, wipe_memory, program);
    program->store = NULL; /* lies in the arena */
    program->memory_taken = 0;
    program->memory_first = 0;
}

void program_reset(struct program *program)
{
    if (program->snapshot != NULL)
        program_snapshot_restore(program);
    else
        forget_instances(program);
    arena_rewind_sparse(&program->arena, program->mark);
    arena_rewind_sparse(&program->values, 0);
    memory_wipe(program->staged, sizeof program->staged);
    program->staged_len = 0;
    program->has_said_result = false;
    memory_wipe(program->explanation_text, program->explanation.len);
    program->explanation.len = 0;
    program->call_text = bytes_of(NULL, 0);
    program->exit = (struct wasi_exit){0};
    program->outcome = (struct gate_outcome){0};
    report_init(&program->report);
}

/* But for the next call's text, which may be there already. */
void program_reset_transfer(struct program *program)
{
    const uint32_t kept = program->is_given ? program->given_len : 0;
    if (program->transfer_used > kept)
        memory_wipe(program->areas.transfer + kept, program->transfer_used - kept);
    program->transfer_used = kept;
}
