/*
 * node/egress/egress_internal.h: fetches and connections of the role egress; of egress.c, jobs.c
 * and fetch.c.
 *
 * One thread receives (egress.c); EGRESS_WORKERS do one fetch each from beginning to end. They
 * share the table of jobs and what io has given, under one lock.
 *
 *   FREE --FETCH--> WAITING --a worker--> RUNNING --FETCHED or FAILED, or cancelled--> FREE
 */
#ifndef AETHER_NODE_EGRESS_EGRESS_INTERNAL_H
#define AETHER_NODE_EGRESS_EGRESS_INTERNAL_H

#include <pthread.h>

#include "node/egress/transfer.h"
#include "node/message/message.h"

#define EGRESS_WORKERS     64u
#define EGRESS_JOBS_MAX    320u /* that run, and that wait */
#define EGRESS_CARRIED_MAX 256u
#define EGRESS_HOPS_MAX    6u /* the URL and five redirects */

enum job_state {
    JOB_FREE,
    JOB_WAITING,
    JOB_RUNNING,
};

/* main's answer to FETCH_CONNECT. */
enum job_answer {
    JOB_ANSWER_NONE,
    JOB_ANSWER_CONNECTED,
    JOB_ANSWER_FAILED,
};

struct job {
    enum job_state state;
    bool is_cancelled;
    uint64_t order;        /* the oldest runs first */
    uint64_t until_ns;     /* monotonic */
    struct message_in *in; /* FETCH, as it came */
    enum job_answer answer;
    uint64_t connection;           /* CONNECTED */
    struct egress_failure failure; /* FAILED */
    int socket;                    /* in use by a transfer; -1: none */
};

struct carried {
    uint64_t connection; /* 0: free */
    uint64_t order;
    int socket;
};

struct egress {
    pthread_mutex_t lock;
    pthread_cond_t change; /* a job, an answer, a connection, the end */
    int main;
    bool is_ending;
    X509_STORE *roots;
    uint64_t last_order;
    unsigned worker_count;
    pthread_t workers[EGRESS_WORKERS];
    struct job jobs[EGRESS_JOBS_MAX];
    struct carried carried[EGRESS_CARRIED_MAX];
};

/* jobs.c: for the thread that receives. */
enum status MUST_CHECK egress_init(struct egress *egress, int main, X509_STORE *roots,
                                   struct report *report);
enum status MUST_CHECK egress_start_workers(struct egress *egress, struct report *report);
/* Cuts every transfer and waits for the workers. */
void egress_fini(struct egress *egress);
/* Takes `in` over. False: the link is broken. */
bool egress_take_main(struct egress *egress, struct message_in *in);
bool egress_take_io(struct egress *egress, struct message_in *in);

/* jobs.c: for the worker of `job`. */
/* Asks main, waits for its answer and the connection. False: *out_failure. */
bool egress_connect(struct egress *egress, struct job *job, uint32_t hop,
                    const struct egress_url *url, int *out_socket,
                    struct egress_failure *out_failure);
/* The transfer is done with it. */
void egress_close(struct egress *egress, struct job *job, int socket);

/* fetch.c: all of a job, up to its answer. */
void egress_fetch(struct egress *egress, struct job *job);

#endif
