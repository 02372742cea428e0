/*
 * cell/program/program.c: hello, what the payload is, its call or its calls, FINISH.
 *
 *   load -> [ call's text -> instance -> call -> EXPLAIN, FINISH -> reset ] ...
 *
 * With GATE_JOB_SERVE the second part is done again as long as the gate has a next call.
 */
#include "cell/program/program.h"

#include "cell/program/program_internal.h"

/* The part of the arena that the values of a call have. */
#define VALUES_SHARE 4u

static void ring(void *context, const struct gate_request *request, struct gate_reply *out_reply)
{
    program_ring(context, request, out_reply);
}

/* Version 13, layer 1. */
static bool is_component(struct bytes payload)
{
    static const uint8_t preamble[8] = {0, 'a', 's', 'm', 0x0D, 0, 1, 0};
    return payload.len >= sizeof preamble && memcmp(payload.data, preamble, sizeof preamble) == 0;
}

static void begin(struct program *program, struct gate_port *port)
{
    program->port = port;
    program_take_job(program);
    arena_init(&program->arena, program->areas.arena, (size_t)program->job.arena_bytes);
    report_init(&program->report);
    program->payload = bytes_of(program->areas.payload, (size_t)program->job.payload_len);
    program->serves = (program->job.flags & GATE_JOB_SERVE) != 0;
    program->explanation =
        (struct buffer){.data = program->explanation_text, .cap = sizeof program->explanation_text};
    program->gate = (struct wasi_gate){
        .context = program,
        .ring = ring,
        .transfer = program->areas.transfer,
        .transfer_bytes = (uint32_t)program->areas.transfer_bytes,
        .has_http = (program->features & GATE_FEATURE_HTTP) != 0,
    };
}

/* What serves calls takes their text where it is wiped behind each. */
static bool take_call_text(struct program *program)
{
    struct arena *arena = program->serves ? &program->values : &program->arena;
    enum status status = program_take_call_text(program, arena);
    if (status != STATUS_OK)
        program_fault_of(program, status);
    return status == STATUS_OK;
}

static bool make_values(struct program *program)
{
    const size_t share = (size_t)(program->job.arena_bytes / VALUES_SHARE) & ~(size_t)15;
    void *room = arena_alloc(&program->arena, 1, share);
    if (room == NULL) {
        report_write(&program->report, REPORT_NO_OFFSET, "no room for values");
        program_fault_of(program, STATUS_NO_MEMORY);
        return false;
    }
    arena_init(&program->values, room, share);
    return true;
}

static bool load(struct program *program)
{
    const bool has_values = program->serves || (program->job.flags & GATE_JOB_JSON) != 0;
    if ((!program->serves && !take_call_text(program)) || !program_open_payload(program))
        return false;
    if (is_component(program->payload)) {
        program_started(program, PROGRAM_COMPONENT);
        return make_values(program) && program_component_load(program);
    }
    return (!has_values || make_values(program)) && program_module_load(program);
}

static void call(struct program *program)
{
    if (program->serves && !take_call_text(program))
        return;
    if (program->component != NULL)
        program_component_call(program);
    else
        program_module_call(program);
}

/* All but FINISH. */
static void conclude(struct program *program)
{
    program_end_result(program);
    program_say_explanation(program);
}

void program_run(struct gate_port *port)
{
    struct program program = {.port = NULL};
    begin(&program, port);
    bool is_loaded = load(&program);
    program.mark = arena_mark(&program.arena);
    if (is_loaded)
        call(&program);
    conclude(&program);
    while (program_say_finish(&program)) {
        call(&program);
        conclude(&program);
    }
}
