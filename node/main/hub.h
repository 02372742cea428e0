/*
 * node/main/hub.h: the state of the gate role, shared by its threads.
 *
 *   reader (main.c)  the control socket, then the link of api: each question becomes a job
 *   lanes (lane.h)   quick: what asks nobody; signing: what keys has to answer, and a TPM is slow;
 *                    admin: load, unload, shutdown
 *   workers          calls (calls.h), one thread for each that runs
 *   keeper (keeper.c) signs the log's head now and then, syncs the log, ends cells that do not rest
 *
 * Invariants:
 *   (1) `lock` guards everything below it and every field of an app that says so. Nobody holds it
 *       while waiting for a cell, a role, the disk or another lock but those of caller and log.
 *   (2) An answer goes over the link its question came from; when api was started again, nobody is
 *       there to take it, and it is dropped.
 */
#ifndef AETHER_NODE_MAIN_HUB_H
#define AETHER_NODE_MAIN_HUB_H

#include <pthread.h>

#include "core/base/report.h"
#include "node/config/settings.h"
#include "node/gate/cell.h"
#include "node/log/log.h"
#include "node/main/http.h"
#include "node/main/lane.h"
#include "node/message/caller.h"
#include "node/role/role.h"
#include "node/store/store.h"

#define HUB_SEND_MS 10000u /* api takes an answer in this time, or is as good as dead */
#define HUB_KEYS_MS 30000u /* a TPM is slow */

struct app;
struct calls;
struct keeper;
struct claims;

/* One end of a link that others may still be answering on when it is replaced. */
struct link {
    int socket;
    unsigned references; /* under hub->lock */
};

struct hub_counts {
    uint64_t calls, call_errors, fuel, refused, leaves, attestations, loads, unloads;
    uint64_t writes, reads; /* of files, by apps */
};

struct hub {
    struct role *role;
    const struct settings *settings;
    struct log *log;
    struct caller *keys, *io;
    struct store *store;
    struct http *http;
    struct lane *quick, *signing, *admin;
    struct calls *calls;
    struct keeper *keeper;
    uint64_t start_ns;
    char evidence[33];
    char box[GATE_ISOLATION_LINE_MAX]; /* what a cell's box is made of here */
    uint8_t engine_id[32];
    uint8_t *identity;        /* what the next two point into */
    struct bytes issuer;      /* DER */
    struct bytes receipt_key; /* SPKI */
    int stop_pipe[2];         /* written to: the reader ends */

    pthread_mutex_t lock;
    struct link *api;
    uint64_t generation; /* of what certificates say; the first is 1 */
    struct app **apps;   /* by name; settings->apps_max places */
    uint32_t app_count;
    uint32_t idle_count;   /* cells at rest, of all apps */
    uint64_t listed_bytes; /* of all apps in the reply of wasm_list, at most (exports.c) */
    struct claims *claims;
    struct hub_counts counts;
};

/* A question on its way, with the link it came from. */
struct job {
    struct job *next;
    struct hub *hub;
    struct link *link;
    struct app *app; /* of a call: held */
    uint64_t arrived_ns;
    bool is_refused; /* a call that found no place in the queue */
    struct message_in in;
};

/* Takes `link` over (a reference). NULL: no memory. */
struct job *job_create(struct hub *hub, struct link *link);
/* Wipes what came. */
void job_destroy(struct job *job);

/* `message` gets the question's id. What can not be sent is dropped: invariant (2). */
void job_answer(struct job *job, enum message_type type, void *message);
void job_fail(struct job *job, enum message_failure code, const char *text);
/* A status of a role or module and its sentence. */
void job_fail_status(struct job *job, enum status status, const struct report *report);
enum message_failure hub_failure_of(enum status status);

/* The current link of api, with a reference for the caller. */
struct link *hub_link(struct hub *hub);
void hub_link_release(struct hub *hub, struct link *link);
/* Puts a new link in the place of the current one. */
bool hub_link_replace(struct hub *hub, int socket);

/* Tells api of hub->generation, which changed. */
void hub_tell_generation(struct hub *hub);

#endif
