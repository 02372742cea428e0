/*
 * node/gate/session.h: the Linux gate's side of one cell's life, as a pure function.
 *
 * The counterpart of core/proof/session.h, which metal and the verifier have: this gate has no
 * receipt yet and no sensors, but services. It dispatches GATE_CORE itself and every other
 * interface by a table of services, each of which the program that runs the gate chose. Who moves
 * the requests is somebody else: a process boundary (cell.h), or a function call (--in-process,
 * tests, fuzzers).
 *
 *          HELLO              STARTED                FINISH
 *   NEW ----------> GREETED ----------> STARTED ----------------> ENDED
 *                                          ^
 *      gate_session_resume ----------------+   the next call of a cell that serves
 *
 * Invariants:
 *   (1) The request is the gate's own copy. A service reads and writes `transfer` only within the
 *       request's regions, which the session has checked against its size; what it reads there may
 *       change under it at any time, so each byte is read once.
 *   (2) A request that can not be served changes nothing but a counter and the log.
 *   (3) Every FINISH before the end ends the cell: FINISHED when state and outcome are well-formed,
 *       BAD otherwise. After the end every request is GATE_BAD_STATE.
 */
#ifndef AETHER_NODE_GATE_SESSION_H
#define AETHER_NODE_GATE_SESSION_H

#include "aether/abi/outcome.h"
#include "aether/gate.h"
#include "core/base/bytes.h"

/* What a gate offers unless it says otherwise, and what a cell can count on. */
#define GATE_TRANSFER_DEFAULT (1u << 20)
#define GATE_TRANSFER_MIN     4096u

/* The transfer area as the gate has it mapped. The cell may write to it at any moment. */
struct gate_transfer {
    uint8_t *data;
    uint32_t len;
};

/* One interface. `copy->in` and `copy->out` are within the transfer area. The service fills status,
 * reason, out.len and values; token and out.offset are the session's. What it puts
 * out is at most copy->out. A service that can wait has a `cancel`. */
struct gate_service {
    uint16_t interface; /* enum gate_interface */
    void *context;
    void (*call)(void *context, const struct gate_request *copy, struct gate_transfer transfer,
                 struct gate_reply *out_reply);
    /* From any thread, at a deadline or the cell's death: a call that waits comes back soon, and so
     * does every later one. NULL: no call of it waits. */
    void (*cancel)(void *context);
};

/* Told of every refused or unserved request; log.h makes a line of it. NULL: nobody is. */
typedef void gate_log_fn(void *context, const struct gate_request *copy, enum gate_status status,
                         uint32_t reason);

enum gate_session_state {
    GATE_SESSION_NEW,
    GATE_SESSION_GREETED,
    GATE_SESSION_STARTED,
    GATE_SESSION_ENDED,
};

enum gate_session_event {
    GATE_SESSION_CONTINUE, /* hand the reply to the cell and let it go on */
    GATE_SESSION_FINISHED, /* session->outcome is what the cell says */
    GATE_SESSION_BAD,      /* the cell broke the protocol: FAULT_BAD_GATE */
};

struct gate_session_setup {
    struct gate_job job;    /* as the cell will get it */
    struct bytes call_text; /* with GATE_JOB_CALL */
    const struct gate_service *services;
    size_t service_count;
    struct buffer *result; /* where GATE_CORE_RESULT goes; its cap is the limit; NULL: refused */
    struct buffer *explanation; /* where GATE_CORE_EXPLAIN goes; NULL: refused */
    gate_log_fn *log;
    void *log_context;
};

struct gate_session {
    struct gate_session_setup setup;
    enum gate_session_state state;
    bool has_explained;
    uint64_t payload_version; /* what STARTED said; 0 before */
    uint64_t call_count;
    uint64_t unknown_count;
    uint64_t refused_count;
    uint64_t out_of_order_count;
    struct gate_outcome outcome; /* valid after GATE_SESSION_FINISHED */
    bool is_last;                /* the same: the cell takes no further call */
};

/* setup->services and what setup points to are borrowed until the end. */
void gate_session_init(struct gate_session *session, const struct gate_session_setup *setup);

/* For a call that is not its cell's first: `session`, new and with the same job, goes on where
 * HELLO and STARTED have been said. `payload_version`: what they said. `finish_reply`: to the
 * FINISH of the call before; it becomes the one that brings the call. */
void gate_session_resume(struct gate_session *session, uint64_t payload_version,
                         struct gate_transfer transfer, struct gate_reply *finish_reply);

/* Cancels every service; from any thread. */
void gate_session_cancel(const struct gate_session *session);

/* Serves one request; always fills the whole reply. */
enum gate_session_event gate_session_call(struct gate_session *session,
                                          const struct gate_request *copy,
                                          struct gate_transfer transfer,
                                          struct gate_reply *out_reply);

#endif
