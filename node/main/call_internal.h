/*
 * node/main/call_internal.h: one call, for the files that run and answer it.
 */
#ifndef AETHER_NODE_MAIN_CALL_INTERNAL_H
#define AETHER_NODE_MAIN_CALL_INTERNAL_H

#include "node/main/call.h"

#define CALL_SERVICES_MAX (OUTPUT_SERVICE_COUNT + STORE_SERVICE_COUNT + 1)

struct call {
    struct hub *hub;
    struct app *app;
    struct job *job;
    struct call_room *room;
    struct app_function *function;
    struct buffer text; /* of the call, owned */
    struct buffer result, explanation;
    struct store_session *files;
    struct http_session *http;
    struct gate_service world; /* the store's session stands in front of it */
    struct gate_service file;  /* ... and our counters in front of that */
    uint64_t writes, reads;
    struct gate_service services[CALL_SERVICES_MAX];
    size_t service_count;
    struct gate_session session;
    enum gate_cell_end end;
    int detail;
};

static inline bool call_is_result(const struct call *call)
{
    return call->end == GATE_CELL_FINISHED && call->session.outcome.kind == OUTCOME_RESULT;
}

/* call_services.c: what the app may have in this call. Closed after a failed opening, too. */
enum status MUST_CHECK call_open_services(struct call *call, struct report *report);
void call_close_services(struct call *call);

/* call_answer.c */
void call_refuse_function(const struct app *app, struct job *job);
/* Record, line of the log, answer; `why`: how the run ended, in words. */
void call_answer(struct call *call, const char *why);

#endif
