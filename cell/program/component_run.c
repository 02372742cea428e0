/*
 * cell/program/component_run.c: a component in a cell: load, link with WASI 0.2, run or call.
 *
 *   load        each call: imports known? -> store -> instantiate -> wasi:cli/run, or the call
 *
 * The arena is divided once: the component and its instances have what is left of it, the
 * validator's scratch and then the values of the call have a part of their own.
 */
#include "cell/program/component.h"

#define RUN_INTERFACE "wasi:cli/run@0.2.0"

static void tell_unknown(void *context, struct bytes interface, struct bytes func)
{
    struct component_run *run = context;
    struct text_sink out = program_explain(run->program);
    run->unknown_count++;
    text_word(out, "nobody offers ");
    text_escaped(out, interface);
    if (interface.len != 0 && func.len != 0)
        text_char(out, '#');
    text_escaped(out, func);
    text_char(out, '\n');
}

/* Every import is named, not only the first. */
static enum status check_imports(struct component_run *run)
{
    if (run->p2->host.traps_unknown || run->is_checked)
        return STATUS_OK;
    run->is_checked = true;
    component_each_unknown(run->component, &run->p2->host, tell_unknown, run);
    if (run->unknown_count == 0)
        return STATUS_OK;
    const bool is_served = (run->program->job.flags & GATE_JOB_JSON) != 0;
    return report_fail_u64(&run->program->report, STATUS_UNLINKABLE, REPORT_NO_OFFSET,
                           is_served ? "% of its imports are not offered"
                                     : "% imports are not offered (--trap-unknown-imports links "
                                       "functions that trap when they are called)",
                           run->unknown_count);
}

static bool traps_unknown(const struct program *program)
{
    return (program->job.flags & GATE_JOB_TRAP_UNKNOWN) != 0;
}

static enum status load(struct component_run *run)
{
    struct program *program = run->program;
    const struct component_features features = {.links_async = traps_unknown(program)};
    return component_load_with(program->payload, features, &program->arena, &program->values,
                               &run->component, &program->report);
}

static enum status make_world(struct component_run *run)
{
    struct program *program = run->program;
    run->p2 = arena_alloc(&program->arena, 1, sizeof *run->p2);
    if (run->p2 == NULL)
        return STATUS_NO_MEMORY;
    return wasi_p2_init(run->p2, &program->gate, traps_unknown(program), &program->arena);
}

static enum status make_store(struct component_run *run)
{
    struct program *program = run->program;
    const struct wasm_host host = {.context = program, .memory_reserve = program_memory_reserve};
    struct wasm_caps caps;
    program_caps(program, &caps);
    caps.memory_growth = program_memory_growth(run->component, caps.memory_bytes);
    return wasm_store_create(&host, &caps, &program->arena, &program->store, &program->report);
}

void component_run_end(struct component_run *run, const struct component_outcome *outcome)
{
    run->program->exit = run->p2->exit;
    if (outcome->wasm.trap != WASM_TRAP_HOST_REFUSED)
        report_init(&run->program->report); /* it says no more than the trap's kind */
    program_trap(run->program, &outcome->wasm);
    if (run->program->outcome.kind == OUTCOME_TRAP)
        component_explain_frames(run, outcome);
}

/* wasi:cli/run: ok is 0, err is 1. */
static void run_command(struct component_run *run)
{
    struct program *program = run->program;
    struct component_func *func =
        component_find_func(run->linked, BYTES_LITERAL(RUN_INTERFACE), BYTES_LITERAL("run"));
    if (func == NULL) {
        report_write(&program->report, REPORT_NO_OFFSET,
                     "the component has no wasi:cli/run: call one of its functions, by --invoke");
        program_fault(program, FAULT_MISSING_EXPORT, 0);
        component_explain_exports(run);
        return;
    }
    struct component_value result = {0};
    struct component_outcome outcome = {0};
    enum status status =
        component_call(func, NULL, &program->values, &result, &outcome, &program->report);
    if (status != STATUS_OK)
        program_fault_of(program, status);
    else if (outcome.wasm.trap != WASM_TRAP_NONE)
        component_run_end(run, &outcome);
    else
        program_done(program, result.kind == COMPONENT_RESULT && result.variant.index != 0);
}

bool program_component_load(struct program *program)
{
    struct component_run *run = arena_alloc(&program->arena, 1, sizeof *run);
    enum status status = STATUS_NO_MEMORY;
    if (run != NULL) {
        run->program = program;
        status = load(run);
    }
    if (status != STATUS_OK)
        program_fault_of(program, status);
    program->component = run;
    return status == STATUS_OK;
}

static enum status make(struct component_run *run, struct component_outcome *outcome)
{
    struct program *program = run->program;
    const uint64_t request_count = program->request_count;
    size_t used;
    enum status status = make_world(run);
    if (status == STATUS_OK)
        status = check_imports(run);
    if (status == STATUS_OK)
        status = make_store(run);
    if (status == STATUS_OK)
        status = component_instantiate(run->component, &run->p2->host, program->store,
                                       &program->arena, &run->linked, outcome, &program->report);
    if (status != STATUS_OK)
        return status;
    program->table = wasi_p2_table(run->p2, &used);
    program_made(program, request_count);
    return STATUS_OK;
}

/* Resources of a call: the table is not part of a snapshot. */
void program_component_reset(struct program *program)
{
    size_t used;
    const struct bytes table = wasi_p2_table(program->component->p2, &used);
    memory_wipe((uint8_t *)(uintptr_t)table.data, used);
}

void program_component_call(struct program *program)
{
    struct component_run *run = program->component;
    struct component_outcome outcome = {0};
    enum status status = program->store != NULL ? STATUS_OK : make(run, &outcome);
    if (status == STATUS_TRAP)
        component_run_end(run, &outcome);
    else if (status != STATUS_OK)
        program_fault_of(program, status);
    else if ((program->job.flags & GATE_JOB_CALL) == 0)
        run_command(run);
    else if ((program->job.flags & GATE_JOB_JSON) != 0)
        component_run_json(run);
    else
        component_run_call(run);
}
