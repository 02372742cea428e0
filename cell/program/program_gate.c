/*
 * cell/program/program_gate.c: the requests of GATE_CORE that a program makes.
 */
#include "cell/program/program_internal.h"
#include "core/wasi/client.h"

static void note_transfer(struct program *program, const struct gate_request *request,
                          const struct gate_reply *out_reply)
{
    const struct gate_region regions[] = {request->in, request->out, out_reply->out};
    for (size_t i = 0; i < ARRAY_LEN(regions); i++) {
        uint64_t end = (uint64_t)regions[i].offset + regions[i].len;
        if (end > program->transfer_used && end <= program->areas.transfer_bytes)
            program->transfer_used = (uint32_t)end;
    }
}

void program_ring(struct program *program, const struct gate_request *request,
                  struct gate_reply *out_reply)
{
    program->request_count++;
    gate_port_ring(program->port, request, out_reply);
    note_transfer(program, request, out_reply);
}

static void reset(void *context)
{
    program_reset(context);
}

/* The next call may be long in coming: the cell is clean before it waits. */
static bool finish_and_go_on(struct program *program, const struct gate_request *request)
{
    struct gate_reply reply;
    gate_port_ring_long(program->port, request, reset, program, &reply);
    note_transfer(program, request, &reply);
    program->is_given = reply.out.offset == 0 && reply.out.len == reply.values[0] &&
                        reply.out.len <= program->areas.transfer_bytes;
    program->given_len = reply.out.len;
    program_reset_transfer(program);
    return reply.status == GATE_OK;
}

void program_take_job(struct program *program)
{
    const struct gate_request request = {
        .interface = GATE_CORE, .method = GATE_CORE_HELLO, .args = {GATE_VERSION}};
    struct gate_reply reply;
    gate_port_areas(program->port, &program->areas);
    program_ring(program, &request, &reply);
    ASSERT(reply.status == GATE_OK && reply.values[0] == GATE_VERSION);
    ASSERT(reply.out.len == sizeof program->job && reply.out.len <= program->areas.transfer_bytes);
    ASSERT(reply.out.offset <= program->areas.transfer_bytes - reply.out.len);
    memcpy(&program->job, program->areas.transfer + reply.out.offset, sizeof program->job);
    program->features = reply.values[1];
    ASSERT(program->job.version == GATE_VERSION && program->job.entry_len <= GATE_ENTRY_MAX);
    ASSERT(program->areas.transfer_bytes <= UINT32_MAX);
}

/* As much of the call's text as one reply holds, into `out`; `room` 0: how long it is. */
static uint64_t read_call_text(struct program *program, uint64_t from, uint8_t *out, uint64_t room)
{
    const uint64_t most = program->areas.transfer_bytes;
    const struct gate_request request = {
        .interface = GATE_CORE,
        .method = GATE_CORE_CALL_TEXT,
        .out = {0, (uint32_t)(room < most ? room : most)},
        .args = {from},
    };
    struct gate_reply reply;
    program_ring(program, &request, &reply);
    ASSERT(reply.status == GATE_OK && reply.out.len <= request.out.len);
    if (room == 0)
        return reply.values[0];
    memcpy(out, program->areas.transfer, reply.out.len);
    return reply.out.len;
}

enum status program_take_call_text(struct program *program, struct arena *arena)
{
    if ((program->job.flags & GATE_JOB_CALL) == 0)
        return STATUS_OK;
    const uint64_t len =
        program->is_given ? program->given_len : read_call_text(program, 0, NULL, 0);
    uint8_t *text = len > SIZE_MAX ? NULL : arena_alloc(arena, (size_t)len, 1);
    if (text == NULL)
        return report_fail(&program->report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "no room for the text of the call");
    if (program->is_given && len != 0)
        memcpy(text, program->areas.transfer, (size_t)len);
    for (uint64_t done = program->is_given ? len : 0, got = 1; done < len && got != 0; done += got)
        got = read_call_text(program, done, text + done, len - done);
    program->call_text = bytes_of(text, (size_t)len);
    return STATUS_OK;
}

static bool say_result(struct program *program, struct bytes text)
{
    const uint64_t most = program->areas.transfer_bytes;
    while (text.len != 0) {
        struct gate_request request = {.interface = GATE_CORE, .method = GATE_CORE_RESULT};
        struct gate_reply reply;
        size_t len = text.len < most ? text.len : (size_t)most;
        memcpy(program->areas.transfer, text.data, len);
        request.in.len = (uint32_t)len;
        program_ring(program, &request, &reply);
        if (reply.status != GATE_OK) {
            report_write(&program->report, REPORT_NO_OFFSET, "the result is too long to be told");
            program_fault(program, FAULT_LIMIT, 0);
            return false;
        }
        text = bytes_of(text.data + len, text.len - len);
    }
    return true;
}

static bool say_staged(struct program *program)
{
    const uint32_t len = program->staged_len;
    program->staged_len = 0;
    program->has_said_result = true;
    return say_result(program, bytes_of(program->staged, len));
}

bool program_result(struct program *program, struct bytes text)
{
    if (text.len > PROGRAM_STAGED_MAX - program->staged_len && !say_staged(program))
        return false;
    if (text.len > PROGRAM_STAGED_MAX)
        return say_result(program, text);
    if (text.len != 0)
        memcpy(program->staged + program->staged_len, text.data, text.len);
    program->staged_len += (uint32_t)text.len;
    return true;
}

void program_end_result(struct program *program)
{
    const bool is_result = program->outcome.kind == OUTCOME_RESULT;
    const bool rides =
        program->serves && !program->has_said_result &&
        program->areas.transfer_bytes >= sizeof program->outcome + PROGRAM_STAGED_MAX;
    if (is_result && !rides && program->staged_len != 0 && !say_staged(program))
        return; /* it is a fault now */
    if (!is_result || !rides)
        program->staged_len = 0;
}

enum status program_text(struct program *program, enum gate_world_text which,
                         struct bytes *out_text)
{
    struct wasi_text text = {0};
    if (wasi_text(&program->gate, which, 0, NULL, 0, &text) != WASI_OK)
        return report_fail(&program->report, STATUS_UNSUPPORTED, REPORT_NO_OFFSET,
                           "the gate has no arguments to give");
    uint8_t *out =
        text.total > SIZE_MAX ? NULL : arena_alloc(&program->arena, (size_t)text.total, 1);
    if (out == NULL)
        return report_fail(&program->report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "no room for the arguments");
    for (uint64_t done = 0, total = text.total; done < total; done += text.len) {
        enum gate_error error =
            wasi_text(&program->gate, which, done, out + done, (size_t)(total - done), &text);
        ASSERT(error == WASI_OK && text.len != 0);
    }
    *out_text = bytes_of(out, (size_t)text.total);
    return STATUS_OK;
}

void program_started(struct program *program, enum program_kind kind)
{
    const struct gate_request request = {
        .interface = GATE_CORE, .method = GATE_CORE_STARTED, .args = {kind}};
    struct gate_reply reply;
    program_ring(program, &request, &reply);
}

void program_say_explanation(struct program *program)
{
    struct bytes text = buffer_bytes(&program->explanation);
    const struct gate_request request = {
        .interface = GATE_CORE, .method = GATE_CORE_EXPLAIN, .in = {0, (uint32_t)text.len}};
    struct gate_reply reply;
    if (text.len == 0)
        return;
    memcpy(program->areas.transfer, text.data, text.len);
    program_ring(program, &request, &reply);
}

bool program_say_finish(struct program *program)
{
    const bool is_last = !program->serves || program->is_spent || program_has_outgrown(program);
    const struct gate_request request = {
        .interface = GATE_CORE,
        .method = GATE_CORE_FINISH,
        .in = {0, (uint32_t)sizeof program->outcome + program->staged_len},
        .args = {program->serves && is_last}};
    struct gate_reply reply;
    memcpy(program->areas.transfer, &program->outcome, sizeof program->outcome);
    memcpy(program->areas.transfer + sizeof program->outcome, program->staged, program->staged_len);
    if (!is_last)
        return finish_and_go_on(program, &request);
    program_ring(program, &request, &reply);
    return false;
}
