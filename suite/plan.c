/*
 * suite/plan.c: how much linear memory a file would reserve, known before it runs.
 *
 * Each memory gets its room when it is made (semantics.md 5) and keeps it to the file's end, so the
 * sum over the file's modules is what has to fit. Modules are loaded for it and forgotten.
 */
#include "suite/runner_internal.h"

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t wanted_by(const struct wasm_module *module, uint64_t cap_bytes)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < module->memory_count; i++) {
        const struct wasm_memory_type *type = &module->memories[i];
        if (!type->is_import)
            sum += min_u64(type->limits.max, cap_bytes >> type->page_log2) << type->page_log2;
    }
    return sum;
}

/* An instance of a definition makes its memories anew; which definition, does not matter much. */
uint64_t suite_plan_memory(const struct suite_host *host, const struct suite_file *file,
                           uint64_t cap_bytes)
{
    struct suite_run run = {.host = host};
    struct suite_file rest = *file;
    struct suite_command command;
    uint64_t sum = 0, latest = 0;
    while (suite_file_next(&rest, &command)) {
        if (command.kind == SUITE_COMMAND_INSTANCE)
            sum += latest;
        bool is_made = command.kind == SUITE_COMMAND_MODULE ||
                       command.kind == SUITE_COMMAND_UNLINKABLE ||
                       command.kind == SUITE_COMMAND_UNINSTANTIABLE;
        if (!is_made && command.kind != SUITE_COMMAND_DEFINITION)
            continue;
        size_t mark = arena_mark(host->arena);
        struct suite_made made;
        suite_load(&run, command.module, &made);
        if (made.status == STATUS_OK)
            latest = wanted_by(made.module, cap_bytes);
        if (made.status == STATUS_OK && is_made)
            sum += latest;
        arena_rewind(host->arena, mark);
    }
    return sum;
}
