/*
 * tests/support/serve_trial.c: see serve_trial.h.
 */
#include "tests/support/serve_trial.h"

#include <stdio.h>
#include <stdlib.h>

#include "cell/inprocess/inprocess.h"
#include "cell/program/program.h"
#include "node/gate/watch.h"

#define MEMORY_BYTES (UINT64_C(64) << 20)
#define ARENA_BYTES  (UINT64_C(64) << 20)

struct gate_job serve_job(struct bytes payload)
{
    return (struct gate_job){
        .version = GATE_VERSION,
        .flags = GATE_JOB_CALL | GATE_JOB_SERVE | GATE_JOB_JSON,
        .payload_len = payload.len,
        .fuel = SERVE_FUEL,
        .memory_bytes = MEMORY_BYTES,
        .arena_bytes = ARENA_BYTES,
        .stack_units = 65536,
        .table_elements = 65536,
    };
}

static struct bytes put_text(struct serve_session *session, const struct serve_call *call)
{
    session->text = (struct buffer){session->text_room, 0, sizeof session->text_room};
    if (call->name != NULL) {
        ASSERT(buffer_append(&session->text, bytes_of(call->name, strlen(call->name) + 1)) ==
               STATUS_OK);
        ASSERT(buffer_append(&session->text, bytes_of(call->params, strlen(call->params))) ==
               STATUS_OK);
    }
    return buffer_bytes(&session->text);
}

void serve_session_begin(struct serve_session *session, const struct gate_job *job,
                         const struct serve_call *call, struct serve_answer *answer)
{
    const struct world_setup setup = {.stdio = {-1, -1, -1}, .has_fixed_random = true};
    struct report report;
    report_init(&report);
    ASSERT(world_create(&setup, &session->world, &report) == STATUS_OK);
    world_services(session->world, session->services);
    session->answer = answer;
    session->result = (struct buffer){(uint8_t *)answer->result, 0, sizeof answer->result - 1};
    session->explanation =
        (struct buffer){(uint8_t *)answer->explanation, 0, sizeof answer->explanation - 1};
    gate_session_init(&session->session, &(struct gate_session_setup){
                                             .job = *job,
                                             .call_text = put_text(session, call),
                                             .services = session->services,
                                             .service_count = WORLD_SERVICE_COUNT,
                                             .result = &session->result,
                                             .explanation = &session->explanation,
                                         });
}

void serve_session_end(struct serve_session *session)
{
    struct serve_answer *answer = session->answer;
    answer->outcome = session->session.outcome;
    answer->is_last = session->session.is_last;
    answer->request_count = session->session.call_count;
    answer->result_len = session->result.len;
    answer->explanation_len = session->explanation.len;
    answer->result[answer->result_len] = '\0';
    answer->explanation[answer->explanation_len] = '\0';
    world_destroy(session->world);
}

/* ---- in this process ---- */

struct trial {
    const struct gate_job *job;
    const struct serve_call *calls;
    struct serve_answer *answers;
    size_t count, at;
    struct serve_session session;
};

static struct gate_session *next(void *context, struct gate_session *ended)
{
    struct trial *trial = context;
    ASSERT(ended == &trial->session.session);
    trial->answers[trial->at].end = GATE_CELL_FINISHED;
    if (trial->at + 1 == trial->count)
        return NULL;
    serve_session_end(&trial->session);
    trial->at++;
    serve_session_begin(&trial->session, trial->job, &trial->calls[trial->at],
                        &trial->answers[trial->at]);
    return &trial->session.session;
}

size_t serve_in_process(const struct gate_job *job, struct bytes payload,
                        const struct serve_call *calls, size_t count, struct serve_answer *answers)
{
    static struct trial trial;
    struct report report;
    memset(&trial, 0, sizeof trial);
    trial.job = job;
    trial.calls = calls;
    trial.answers = answers;
    trial.count = count;
    report_init(&report);
    serve_session_begin(&trial.session, job, &calls[0], &answers[0]);
    const struct inprocess_job run = {.payload = payload,
                                      .session = &trial.session.session,
                                      .entry = program_run,
                                      .next = next,
                                      .next_context = &trial};
    enum gate_cell_end end = GATE_CELL_BAD;
    ASSERT(inprocess_run(&run, &end, &report) == STATUS_OK);
    answers[trial.at].end = end;
    serve_session_end(&trial.session);
    return trial.at + 1;
}

/* ---- boxed ---- */

void serve_cell_open(struct serve_cell *serve, struct bytes payload)
{
    const char *build = getenv("B");
    char program[256];
    struct report report;
    report_init(&report);
    (void)snprintf(program, sizeof program, "%s/bin/aether-cell", build != NULL ? build : "build");
    *serve = (struct serve_cell){.job = serve_job(payload), .payload = payload, .is_first = true};
    const struct gate_cell_options options = {
        .program = program,
        .memory_bytes = serve->job.memory_bytes,
        .arena_bytes = serve->job.arena_bytes,
        .payload_bytes = payload.len,
    };
    if (gate_cell_spawn(&options, &serve->cell, &report) == STATUS_OK)
        return;
    (void)fprintf(stderr, "%s\n", report.text);
    abort();
}

void serve_cell_call(struct serve_cell *serve, const struct serve_call *call, uint64_t limit_ns,
                     struct serve_answer *answer)
{
    static struct serve_session session;
    const uint64_t deadline_ns = limit_ns == 0 ? 0 : gate_watch_now_ns() + limit_ns;
    serve_session_begin(&session, &serve->job, call, answer);
    answer->end = serve->is_first ? gate_cell_run(serve->cell, serve->payload, &session.session,
                                                  deadline_ns, &answer->detail)
                                  : gate_cell_again(serve->cell, &session.session, deadline_ns,
                                                    &answer->detail);
    serve->is_first = false;
    serve_session_end(&session);
}

void serve_cell_close(struct serve_cell *serve)
{
    gate_cell_destroy(serve->cell);
    serve->cell = NULL;
}

struct bytes serve_example(const char *which)
{
    static uint8_t room[2][65536];
    const bool is_rust = which[0] == 'r';
    char path[128];
    (void)snprintf(path, sizeof path, "sdk/examples/wasm-example/wasm_example_%s.wasm", which);
    FILE *file = fopen(path, "rb");
    ASSERT(file != NULL);
    const size_t len = fread(room[is_rust], 1, sizeof room[0], file);
    ASSERT(len != 0 && len < sizeof room[0]);
    (void)fclose(file);
    return bytes_of(room[is_rust], len);
}
