/*
 * cell/inprocess/inprocess.h: a cell and its gate in one process, the doorbell a function call.
 *
 * For tests, fuzzers and `aether run --in-process`. It is the same session as a cell process has,
 * without the box: the engine's own checks are all there is, and there is no deadline.
 */
#ifndef AETHER_CELL_INPROCESS_INPROCESS_H
#define AETHER_CELL_INPROCESS_INPROCESS_H

#include "cell/binding.h"
#include "core/base/report.h"
#include "node/gate/cell.h"

struct inprocess_job {
    struct bytes payload;                  /* setup.job.payload_len of them */
    struct gate_session *session;          /* initialised: job, call text and services */
    uint32_t transfer_bytes;               /* 0: GATE_TRANSFER_DEFAULT */
    void (*entry)(struct gate_port *port); /* program_run, but for tests */
    /* With GATE_JOB_SERVE, when a call has FINISHED that is not the last: the session of the next
     * one, initialised with the same job; NULL: there is none, and the cell ends. `ended` is the
     * caller's again. */
    struct gate_session *(*next)(void *context, struct gate_session *ended);
    void *next_context;
};

/* Runs the entry to its end, with every call that it serves. FINISHED: the outcome is in the last
 * session; BAD: the entry broke the protocol or came
 * back without FINISH. NO_MEMORY: this process has not the room that the job asks for; INVALID: the
 * job is not about this payload. */
enum status MUST_CHECK inprocess_run(const struct inprocess_job *job, enum gate_cell_end *out_end,
                                     struct report *report);

#endif
