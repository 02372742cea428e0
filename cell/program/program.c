/*
 * cell/program/program.c: hello, what the payload is, FINISH.
 */
#include "cell/program/program.h"

#include "cell/program/program_internal.h"

static void ring(void *context, const struct gate_request *request, struct gate_reply *out_reply)
{
    gate_port_ring(context, request, out_reply);
}

/* Version 13, layer 1. */
static bool is_component(struct bytes payload)
{
    static const uint8_t preamble[8] = {0, 'a', 's', 'm', 0x0D, 0, 1, 0};
    return payload.len >= sizeof preamble && memcmp(payload.data, preamble, sizeof preamble) == 0;
}

static void execute(struct program *program)
{
    enum status status = program_take_call_text(program);
    if (status != STATUS_OK) {
        program_fault_of(program, status);
        return;
    }
    if (!is_component(program->payload)) {
        program_module(program);
        return;
    }
    program_started(program, PROGRAM_COMPONENT);
    program_component(program);
}

void program_run(struct gate_port *port)
{
    struct program program = {.port = port};
    program_take_job(&program);
    arena_init(&program.arena, program.areas.arena, (size_t)program.job.arena_bytes);
    report_init(&program.report);
    program.payload = bytes_of(program.areas.payload, (size_t)program.job.payload_len);
    program.explanation =
        (struct buffer){.data = program.explanation_text, .cap = sizeof program.explanation_text};
    program.gate = (struct wasi_gate){
        .context = port,
        .ring = ring,
        .transfer = program.areas.transfer,
        .transfer_bytes = (uint32_t)program.areas.transfer_bytes,
        .has_http = (program.features & GATE_FEATURE_HTTP) != 0,
    };
    execute(&program);
    program_say_explanation(&program);
    program_say_finish(&program);
}
