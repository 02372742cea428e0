/*
 * cell/program/program_host.c: what the stores of a program may have.
 */
#include "cell/program/program_internal.h"

/* What part of the arena the heap of garbage-collected objects is, when the job does not say. */
#define HEAP_SHARE       4u
#define MEMORY_ALIGNMENT 64u

/* Memories lie one behind the other in the binding's area, each with all that it may grow to. */
enum status program_memory_reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    struct program *program = context;
    const uint64_t room = program->job.memory_bytes;
    uint64_t from =
        (program->memory_taken + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
    if (from > room || cap_bytes > room - from)
        return STATUS_LIMIT;
    program->memory_taken = from + cap_bytes;
    *out_base = program->areas.memory + from;
    return STATUS_OK;
}

void program_caps(const struct program *program, struct wasm_caps *out_caps)
{
    const struct gate_job *job = &program->job;
    *out_caps = (struct wasm_caps){
        .fuel = job->fuel,
        .memory_bytes = job->memory_bytes,
        .table_elements = job->table_elements,
        .heap_bytes = job->heap_pages != 0 ? (uint64_t)job->heap_pages * GATE_HEAP_PAGE
                                           : job->arena_bytes / HEAP_SHARE,
        .stack_units = job->stack_units,
    };
}
