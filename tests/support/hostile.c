/*
 * tests/support/hostile.c: see hostile.h.
 *
 * What it offers: a clock that counts, a stream without a single handle, and a poll that waits
 * until it is cancelled.
 */
#include "tests/support/hostile.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/eventfd.h>

#include "aether/gate_world.h"
#include "node/gate/log.h"

#define RESULT_BYTES ((size_t)3 << 20)

struct gate {
    struct hostile_run *run;
    int cancel_fd;
};

static void serve(void *context, const struct gate_request *copy, struct gate_transfer transfer,
                  struct gate_reply *out_reply)
{
    struct gate *gate = context;
    struct pollfd cancelled = {.fd = gate->cancel_fd, .events = POLLIN};
    (void)transfer;
    if (copy->interface == GATE_STREAM) {
        out_reply->status = GATE_BAD_HANDLE;
    } else if (copy->method == GATE_WORLD_POLL) {
        while (poll(&cancelled, 1, -1) < 0 && errno == EINTR)
            continue;
        out_reply->status = GATE_FAILED;
        out_reply->reason = GATE_ERROR_INTERRUPTED;
    } else if (copy->method == GATE_WORLD_CLOCK) {
        out_reply->values[0] = ++gate->run->clock_count;
    } else {
        out_reply->status = GATE_UNKNOWN;
    }
}

static void cancel(void *context)
{
    struct gate *gate = context;
    const uint64_t one = 1;
    (void)!write(gate->cancel_fd, &one, sizeof one);
}

static void note(void *context, const struct gate_request *copy, enum gate_status status,
                 uint32_t reason)
{
    struct hostile_run *run = context;
    if (run->first_line[0] == '\0')
        gate_log_line(copy, status, reason, run->first_line);
    run->refused_count++;
}

void hostile_options(struct gate_cell_options *out_options)
{
    static char program[512];
    const char *build = getenv("B");
    (void)snprintf(program, sizeof program, "%s/bin/hostile-cell",
                   build != NULL && build[0] != '\0' ? build : "build");
    *out_options = (struct gate_cell_options){.program = program,
                                              .memory_bytes = 4 << 20,
                                              .arena_bytes = 1 << 20,
                                              .payload_bytes = 4096,
                                              .skipped = GATE_ISOLATION_CGROUP};
}

static uint64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void hostile_run_in(struct gate_cell *cell, const char *name, uint64_t limit_ns,
                    struct hostile_run *out_run)
{
    struct gate gate = {.run = out_run, .cancel_fd = eventfd(0, EFD_CLOEXEC)};
    const struct gate_service services[] = {{GATE_WORLD, &gate, serve, cancel},
                                            {GATE_STREAM, &gate, serve, NULL}};
    struct buffer result = {malloc(RESULT_BYTES), 0, RESULT_BYTES};
    struct buffer explanation = {malloc(GATE_EXPLANATION_MAX), 0, GATE_EXPLANATION_MAX};
    struct gate_session session;
    if (gate.cancel_fd < 0 || result.data == NULL || explanation.data == NULL)
        abort();
    memset(out_run, 0, sizeof *out_run);
    gate_session_init(&session, &(struct gate_session_setup){
                                    .job = {.version = GATE_VERSION,
                                            .flags = GATE_JOB_CALL,
                                            .payload_len = strlen(name) + 1,
                                            .fuel = 1000,
                                            .memory_bytes = 4 << 20,
                                            .arena_bytes = 1 << 20},
                                    .call_text = BYTES_LITERAL("f()"),
                                    .services = services,
                                    .service_count = ARRAY_LEN(services),
                                    .result = &result,
                                    .explanation = &explanation,
                                    .log = note,
                                    .log_context = out_run,
                                });
    out_run->end = gate_cell_run(cell, bytes_of(name, strlen(name) + 1), &session,
                                 limit_ns == 0 ? 0 : now_ns() + limit_ns, &out_run->detail);
    gate_cell_end_line(out_run->end, out_run->detail, out_run->end_line);
    out_run->status = session.outcome.status;
    out_run->call_count = session.call_count;
    gate_cell_destroy(cell);
    free(result.data);
    free(explanation.data);
    (void)close(gate.cancel_fd);
}
