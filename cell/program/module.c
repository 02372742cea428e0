/*
 * cell/program/module.c: the life of a core module: load, link, call, results.
 */
#include "cell/program/module_internal.h"
#include "core/wasm/type_text.h"

#define RESULT_LINE_MAX 256u

static bool is_json(const struct module_run *run)
{
    return (run->program->job.flags & GATE_JOB_JSON) != 0;
}

static enum status load(struct module_run *run)
{
    struct program *program = run->program;
    const struct wasm_features features = {
        .legacy_exceptions = (program->job.flags & GATE_JOB_LEGACY_EXCEPTIONS) != 0};
    enum status status = wasm_module_load_with(program->payload, features, &program->arena,
                                               &program->arena, &run->module, &program->report);
    if (status != STATUS_OK)
        return status;
    run->kind = module_imports_p1(run->module) ? PROGRAM_PREVIEW_1 : PROGRAM_BARE;
    program_started(program, run->kind);
    return STATUS_OK;
}

static enum status create(struct module_run *run, struct wasm_outcome *out_trap)
{
    struct program *program = run->program;
    const struct wasm_host host = {.context = program, .memory_reserve = program_memory_reserve};
    struct wasm_caps caps;
    program_caps(program, &caps);
    caps.memory_growth = program_module_memory_growth(run->module, caps.memory_bytes);
    enum status status =
        wasm_store_create(&host, &caps, &program->arena, &program->store, &program->report);
    if (status == STATUS_OK && run->kind == PROGRAM_PREVIEW_1)
        status = wasi_p1_create(&program->gate, &program->arena, &program->exit, &run->p1);
    if (status == STATUS_OK)
        status = module_link(run);
    if (status != STATUS_OK)
        return status;
    const uint64_t request_count = program->request_count;
    status = wasm_instance_create(program->store, run->module, run->imports, &run->instance,
                                  out_trap, &program->report);
    if (status == STATUS_OK && run->kind == PROGRAM_BARE && is_json(run))
        program_made(program, request_count);
    return status;
}

/* Lines "i32 42", a result each. */
static void send_results(struct module_run *run)
{
    struct program *program = run->program;
    const uint64_t *slots = run->slots;
    for (uint32_t i = 0; run->type != NULL && i < run->type->result_count; i++) {
        uint8_t line[RESULT_LINE_MAX];
        struct buffer buffer = {line, 0, sizeof line};
        struct text_sink out = text_to_buffer(&buffer);
        uint32_t type = run->type->results[i];
        wasm_text_value_type(out, type);
        text_char(out, ' ');
        module_value_print(out, run->module, type, slots);
        text_char(out, '\n');
        if (!program_result(program, buffer_bytes(&buffer)))
            return;
        slots += wasm_type_slots(type);
    }
}

static void explain_trap(struct module_run *run, const struct wasm_outcome *trap)
{
    program_trap(run->program, trap);
    if (run->program->outcome.kind == OUTCOME_TRAP)
        module_explain_trace(run, trap);
}

/* False: it trapped, and the outcome is made. */
static bool call(struct module_run *run, uint32_t func, uint64_t *slots)
{
    struct wasm_outcome trap;
    enum status status = wasm_call(run->instance, func, slots, &trap);
    if (status != STATUS_OK) {
        report_write(&run->program->report, REPORT_NO_OFFSET,
                     "the heap of objects is full (--heap-max gives more)");
        program_fault(run->program, FAULT_NO_MEMORY, 0);
        return false;
    }
    if (trap.trap == WASM_TRAP_NONE)
        return true;
    explain_trap(run, &trap);
    return false;
}

/* A module that is no command (it has no _start) says by _initialize what is to run first. */
static bool initialize(struct module_run *run)
{
    uint64_t none[1] = {0};
    const struct wasm_export *found =
        wasm_module_find_export(run->module, BYTES_LITERAL("_initialize"));
    if (run->p1 == NULL || found == NULL || found == run->entry || found->kind != WASM_EXTERN_FUNC)
        return true;
    const struct wasm_func_type *type = wasm_module_func_type(run->module, found->index);
    if (type->param_count != 0 || type->result_count != 0)
        return true;
    return call(run, found->index, none);
}

static void execute(struct module_run *run)
{
    if (!initialize(run))
        return;
    if (run->entry != NULL && !call(run, run->entry->index, run->slots))
        return;
    if (run->describes) {
        module_describe(run);
    } else if (is_json(run)) {
        module_send_json(run);
    } else {
        program_done(run->program, 0);
        send_results(run);
    }
}

static uint64_t memory_bytes(const struct module_run *run)
{
    uint8_t *base;
    uint64_t len = 0;
    if (run->instance == NULL || wasm_instance_memory(run->instance, 0, &base, &len) != STATUS_OK)
        return 0;
    return len;
}

/* What module_choose explained itself needs no report's sentence. */
static void refuse(struct module_run *run, enum status status)
{
    struct program *program = run->program;
    if (status == STATUS_NOT_FOUND)
        program_fault(program, FAULT_MISSING_EXPORT, 0);
    else
        program_fault_of(program, status);
    module_explain_exports(run);
    module_explain_missing(run);
}

bool program_module_load(struct program *program)
{
    struct module_run *run = arena_alloc(&program->arena, 1, sizeof *run);
    enum status status = STATUS_NO_MEMORY;
    if (run != NULL) {
        run->program = program;
        status = load(run);
    }
    if (status != STATUS_OK)
        program_fault_of(program, status);
    program->module = run;
    return status == STATUS_OK;
}

/* False: the outcome is made. */
static bool make(struct module_run *run)
{
    struct wasm_outcome trap;
    enum status status = create(run, &trap);
    if (status == STATUS_TRAP)
        explain_trap(run, &trap);
    else if (status != STATUS_OK)
        refuse(run, status);
    return status == STATUS_OK;
}

/* The instance may be one that was put back; what the call is about goes into a run of its own. */
static void call_json(struct program *program)
{
    if (program->store == NULL && !make(program->module))
        return;
    struct module_run run = *program->module;
    if (module_choose_json(&run))
        execute(&run);
}

/* It was told by words which function is to run, and whether there is one is known first. */
static void call_text(struct program *program)
{
    struct module_run run = *program->module;
    enum status status = module_choose(&run);
    if (status != STATUS_OK)
        refuse(&run, status);
    else if (make(&run))
        execute(&run);
    if (program->store != NULL)
        program_explain_sizes(program, memory_bytes(&run));
}

void program_module_call(struct program *program)
{
    if (is_json(program->module))
        call_json(program);
    else
        call_text(program);
}
