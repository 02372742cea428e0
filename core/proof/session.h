/*
 * core/proof/session.h: the gate's side of one cell's life, as a pure function.
 *
 * The metal kernel and cell/fake share it: both copy the request, call session_call with the copy,
 * and do what the event says. It dispatches GATE_CORE itself and GATE_DEVICE to the journal.
 *
 *          HELLO              STARTED                FINISH
 *   NEW ----------> GREETED ----------> STARTED ----------------> ENDED
 *     \________________\___________________\___ FINISH, SHRED ___/
 *
 * Invariants:
 *   (1) Nothing but the arguments is touched; at most request->in of `transfer` is read, once.
 *   (2) A request that can not be served changes nothing but a counter.
 *   (3) Every FINISH before the end ends the cell: FINISHED when state and outcome are well-formed,
 *       BAD otherwise. After the end every request is GATE_BAD_STATE.
 * Not here: what an end does (receipt, scrub), and where the transfer area is.
 */
#ifndef AETHER_PROOF_SESSION_H
#define AETHER_PROOF_SESSION_H

#include "core/proof/bundle.h"
#include "core/proof/journal.h"

enum session_state { SESSION_NEW, SESSION_GREETED, SESSION_STARTED, SESSION_ENDED };

enum session_event {
    SESSION_CONTINUE, /* hand the reply to the cell and let it go on */
    SESSION_FINISHED, /* session->outcome is what the cell says */
    SESSION_SHREDDED, /* the guest asked for it: FAULT_SHREDDED */
    SESSION_BAD,      /* the cell broke the protocol: FAULT_BAD_GATE */
};

struct session_setup {
    struct journal *journal; /* initialised; borrowed until the end */
    uint64_t fuel;           /* the job's: no outcome may claim more */
    uint32_t features;       /* enum gate_feature */
    uint32_t transfer_bytes; /* size of the transfer area */
    struct gate_region job;  /* where the caller put struct gate_job in it */
};

/* What GATE_CORE_UPCALL said: addresses of the cell's own, believed by nobody. */
struct session_upcall {
    uint64_t code_start, code_end;
    uint64_t entry; /* 0: it was not said */
};

struct session {
    struct session_setup setup;
    enum session_state state;
    struct session_upcall upcall;
    uint32_t payload_version;    /* what GATE_CORE_STARTED said; 0 before it */
    uint64_t call_count;         /* requests in all */
    uint64_t unknown_count;      /* no such interface or method */
    uint64_t out_of_order_count; /* GATE_BAD_STATE */
    struct gate_outcome outcome; /* valid after SESSION_FINISHED */
};

void session_init(struct session *session, const struct session_setup *setup);

/* Serves one request. `copy` is the gate's own copy of it; `transfer` the transfer area. Always
 * fills the whole reply. */
void session_call(struct session *session, const struct gate_request *copy, struct bytes transfer,
                  struct gate_reply *out_reply, enum session_event *out_event);

/* Is this an outcome that a cell may report (invariant 3)? `is_started`: GATE_CORE_STARTED came
 * before. docs/abi/gate.md has the rules as a table. */
bool session_outcome_is_well_formed(const struct gate_outcome *outcome, bool is_started,
                                    uint64_t fuel);

/* The job of a manifest, as every gate hands it over. The manifest's arena_bytes is everything,
 * guest memory included; the job's is what the engine has: the difference (0 when there is none).
 */
void session_job_init(struct gate_job *out_job, const struct manifest *manifest,
                      uint64_t payload_len, const struct journal *journal);

#endif
