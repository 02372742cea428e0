/*
 * node/main/call.h: one call, from a question to its answer: a cell of the app, a session with what
 * the app may have, the outcome, its numbers, receipt and line of the log.
 */
#ifndef AETHER_NODE_MAIN_CALL_H
#define AETHER_NODE_MAIN_CALL_H

#include "node/main/app.h"
#include "node/main/output.h"

#define CALL_RESULT_MAX     (16u << 20) /* bytes of JSON that a call gives */
#define CALL_STACK_UNITS    (UINT64_C(1) << 20)
#define CALL_TABLE_ELEMENTS (UINT64_C(1) << 20)

/* What a thread needs to run calls, one after the other. */
struct call_room {
    struct output output;
    uint8_t *result; /* CALL_RESULT_MAX bytes, given back to the kernel after a large one */
    uint8_t explanation[GATE_EXPLANATION_MAX];
};

enum status MUST_CHECK call_room_init(struct call_room *room, struct log *log,
                                      struct report *report);
void call_room_fini(struct call_room *room);

/* The job of `app`'s cells. */
struct gate_job call_job(const struct hub *hub, const struct app *app);

/* Answers `job`, a CALL. */
void call_run(struct hub *hub, struct app *app, struct job *job, struct call_room *room);

#endif
