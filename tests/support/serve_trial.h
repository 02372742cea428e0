/*
 * tests/support/serve_trial.h: cells that serve call after call (GATE_JOB_SERVE, GATE_JOB_JSON),
 * driven by a test: as boxed processes, or in this process with the doorbell a function call.
 */
#ifndef AETHER_TESTS_SERVE_TRIAL_H
#define AETHER_TESTS_SERVE_TRIAL_H

#include "node/gate/cell.h"
#include "node/world/world.h"

#define SERVE_FUEL 10000000u

/* `name` NULL: what is there to call? */
struct serve_call {
    const char *name;
    const char *params;
};

struct serve_answer {
    enum gate_cell_end end;
    int detail;
    struct gate_outcome outcome;
    bool is_last;
    uint64_t request_count;
    size_t result_len, explanation_len;
    char result[65536]; /* with a NUL behind */
    char explanation[4097];
};

/* The world, the session and the buffers of one call. */
struct serve_session {
    struct gate_session session;
    struct world *world;
    struct gate_service services[WORLD_SERVICE_COUNT];
    struct buffer text, result, explanation;
    uint8_t text_room[65536];
    struct serve_answer *answer;
};

/* The job that all calls of these tests have. */
struct gate_job serve_job(struct bytes payload);

void serve_session_begin(struct serve_session *session, const struct gate_job *job,
                         const struct serve_call *call, struct serve_answer *answer);
/* Fills the answer; what the world had is given back. */
void serve_session_end(struct serve_session *session);

/* `count` calls one after the other in one cell in this process; how many were answered. */
size_t serve_in_process(const struct gate_job *job, struct bytes payload,
                        const struct serve_call *calls, size_t count, struct serve_answer *answers);

/* A boxed cell: each call as soon as it is asked. */
struct serve_cell {
    struct gate_cell *cell;
    struct gate_job job;
    struct bytes payload;
    bool is_first;
};
void serve_cell_open(struct serve_cell *serve, struct bytes payload);
/* `limit_ns`: from now on; 0: none. */
void serve_cell_call(struct serve_cell *serve, const struct serve_call *call, uint64_t limit_ns,
                     struct serve_answer *answer);
void serve_cell_close(struct serve_cell *serve);

/* The example component, "c" or "rust". */
struct bytes serve_example(const char *which);

#endif
