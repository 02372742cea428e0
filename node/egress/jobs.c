/*
 * node/egress/jobs.c: see egress_internal.h.
 *
 * Invariants:
 *   (1) A job's slot is changed by its worker, and by the receiving thread under the lock; the slot
 *       is free again only when its worker says so.
 *   (2) A descriptor has one owner: the table of carried ones, then the job, which closes it under
 *       the lock, so that a cancel never cuts somebody else's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include "node/egress/egress_internal.h"
#include "node/message/clock.h"

#define SEND_MS        5000u
#define STACK_SIZE     (512u << 10)
#define TIMEOUT_MS_MAX 600000u

static void lock(struct egress *egress)
{
    int failed = pthread_mutex_lock(&egress->lock);
    ASSERT(failed == 0);
}

static void unlock(struct egress *egress)
{
    int failed = pthread_mutex_unlock(&egress->lock);
    ASSERT(failed == 0);
}

static void fail(struct egress_failure *out, enum message_failure code, const char *text)
{
    out->code = code;
    (void)snprintf(out->text, sizeof out->text, "%s", text);
}

/* ---- workers ---- */

static struct job *oldest_waiting(struct egress *egress)
{
    struct job *oldest = NULL;
    for (size_t i = 0; i < EGRESS_JOBS_MAX; i++) {
        struct job *job = &egress->jobs[i];
        if (job->state == JOB_WAITING && (oldest == NULL || job->order < oldest->order))
            oldest = job;
    }
    return oldest;
}

static void *work(void *context)
{
    struct egress *egress = context;
    lock(egress);
    while (!egress->is_ending) {
        struct job *job = oldest_waiting(egress);
        if (job == NULL) {
            (void)pthread_cond_wait(&egress->change, &egress->lock);
            continue;
        }
        job->state = JOB_RUNNING;
        unlock(egress);
        egress_fetch(egress, job);
        lock(egress);
        message_release(job->in);
        free(job->in);
        *job = (struct job){.socket = -1};
    }
    unlock(egress);
    return NULL;
}

enum status egress_init(struct egress *egress, int main, X509_STORE *roots, struct report *report)
{
    *egress = (struct egress){.main = main, .roots = roots};
    for (size_t i = 0; i < EGRESS_JOBS_MAX; i++)
        egress->jobs[i].socket = -1;
    if (pthread_cond_init(&egress->change, NULL) != 0 ||
        pthread_mutex_init(&egress->lock, NULL) != 0)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a lock");
    return STATUS_OK;
}

enum status egress_start_workers(struct egress *egress, struct report *report)
{
    pthread_attr_t attributes;
    bool is_started = pthread_attr_init(&attributes) == 0 &&
                      pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0;
    while (is_started && egress->worker_count < EGRESS_WORKERS) {
        is_started =
            pthread_create(&egress->workers[egress->worker_count], &attributes, work, egress) == 0;
        egress->worker_count += is_started;
    }
    (void)pthread_attr_destroy(&attributes);
    return is_started ? STATUS_OK
                      : report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                                    "no threads for fetches");
}

void egress_fini(struct egress *egress)
{
    lock(egress);
    egress->is_ending = true;
    for (size_t i = 0; i < EGRESS_JOBS_MAX; i++) {
        egress->jobs[i].is_cancelled = true;
        if (egress->jobs[i].socket >= 0)
            (void)shutdown(egress->jobs[i].socket, SHUT_RDWR);
    }
    (void)pthread_cond_broadcast(&egress->change);
    unlock(egress);
    for (unsigned i = 0; i < egress->worker_count; i++)
        (void)pthread_join(egress->workers[i], NULL);
    for (size_t i = 0; i < EGRESS_JOBS_MAX; i++) {
        if (egress->jobs[i].in == NULL)
            continue;
        message_release(egress->jobs[i].in);
        free(egress->jobs[i].in);
    }
    for (size_t i = 0; i < EGRESS_CARRIED_MAX; i++)
        if (egress->carried[i].connection != 0)
            (void)close(egress->carried[i].socket);
    (void)pthread_cond_destroy(&egress->change);
    (void)pthread_mutex_destroy(&egress->lock);
}

/* ---- what comes ---- */

static struct job *find_job(struct egress *egress, uint32_t id)
{
    for (size_t i = 0; i < EGRESS_JOBS_MAX; i++) {
        struct job *job = &egress->jobs[i];
        if (job->state != JOB_FREE && !job->is_cancelled && job->in->any.fetch.id == id)
            return job;
    }
    return NULL;
}

/* True: `in` is the job's. */
static bool take_fetch(struct egress *egress, struct message_in *in)
{
    const struct message_fetch *fetch = &in->any.fetch;
    struct job *job = NULL;
    for (size_t i = 0; i < EGRESS_JOBS_MAX && job == NULL; i++)
        if (egress->jobs[i].state == JOB_FREE)
            job = &egress->jobs[i];
    if (job == NULL) {
        /* main waits for an answer and reads all the time: this does not take long. */
        (void)!message_fail(egress->main, fetch->id, MESSAGE_FAILURE_BUSY,
                            "unavailable: too many requests at once, try again later");
        return false;
    }
    uint64_t ms = fetch->timeout_ms < TIMEOUT_MS_MAX ? fetch->timeout_ms : TIMEOUT_MS_MAX;
    *job = (struct job){.state = JOB_WAITING,
                        .order = ++egress->last_order,
                        .until_ns = message_now_ns() + ms * NS_PER_MS,
                        .in = in,
                        .socket = -1};
    return true;
}

static void take_answer(struct job *job, const struct message_in *in)
{
    if (job == NULL || job->answer != JOB_ANSWER_NONE)
        return;
    if (in->type == MESSAGE_FETCH_CONNECTED) {
        job->answer = JOB_ANSWER_CONNECTED;
        job->connection = in->any.fetch_connected.connection;
        return;
    }
    struct bytes text = in->any.failed.text;
    job->answer = JOB_ANSWER_FAILED;
    job->failure.code = (enum message_failure)in->any.failed.code;
    (void)snprintf(job->failure.text, sizeof job->failure.text, "%.*s", (int)text.len,
                   (const char *)text.data);
}

bool egress_take_main(struct egress *egress, struct message_in *in)
{
    bool is_ours = true;
    bool is_kept = false;
    lock(egress);
    struct job *job = find_job(egress, in->any.id);
    switch (in->type) {
    case MESSAGE_FETCH:
        is_kept = job == NULL && take_fetch(egress, in);
        break;
    case MESSAGE_FETCH_CONNECTED:
    case MESSAGE_FAILED:
        take_answer(job, in);
        break;
    case MESSAGE_FETCH_CANCEL:
        if (job != NULL) {
            job->is_cancelled = true;
            if (job->socket >= 0)
                (void)shutdown(job->socket, SHUT_RDWR);
        }
        break;
    default:
        is_ours = false;
        break;
    }
    (void)pthread_cond_broadcast(&egress->change);
    unlock(egress);
    if (!is_kept) {
        message_release(in);
        free(in);
    }
    return is_ours;
}

/* A free place, or the oldest: nobody has asked for it since so many came. */
static struct carried *place_of(struct egress *egress)
{
    struct carried *oldest = &egress->carried[0];
    for (size_t i = 0; i < EGRESS_CARRIED_MAX; i++) {
        struct carried *each = &egress->carried[i];
        if (each->connection == 0)
            return each;
        if (each->order < oldest->order)
            oldest = each;
    }
    (void)close(oldest->socket);
    return oldest;
}

bool egress_take_io(struct egress *egress, struct message_in *in)
{
    bool is_ours = in->type == MESSAGE_CARRIED && in->any.carried.connection != 0;
    if (is_ours) {
        lock(egress);
        struct carried *place = place_of(egress);
        *place = (struct carried){.connection = in->any.carried.connection,
                                  .order = ++egress->last_order,
                                  .socket = in->fd};
        in->fd = -1;
        (void)pthread_cond_broadcast(&egress->change);
        unlock(egress);
    }
    message_release(in);
    free(in);
    return is_ours;
}

/* ---- of a worker ---- */

/* Moves the connection to the job; false: io's message is not here yet. Locked. */
static bool take_carried(struct egress *egress, struct job *job)
{
    for (size_t i = 0; i < EGRESS_CARRIED_MAX; i++) {
        struct carried *each = &egress->carried[i];
        if (each->connection == 0 || each->connection != job->connection)
            continue;
        job->socket = each->socket;
        each->connection = 0;
        return true;
    }
    return false;
}

/* Locked. */
static bool await_connection(struct egress *egress, struct job *job,
                             struct egress_failure *out_failure)
{
    for (bool has_time = true;;) {
        if (job->is_cancelled) {
            fail(out_failure, MESSAGE_FAILURE_TIMEOUT, "timeout: cancelled");
            return false;
        }
        if (job->answer == JOB_ANSWER_FAILED) {
            *out_failure = job->failure;
            return false;
        }
        if (job->answer == JOB_ANSWER_CONNECTED && take_carried(egress, job))
            return true;
        if (!has_time) {
            fail(out_failure, MESSAGE_FAILURE_TIMEOUT, "timeout: no connection in time");
            return false;
        }
        has_time = message_wait_until(&egress->change, &egress->lock, job->until_ns);
    }
}

bool egress_connect(struct egress *egress, struct job *job, uint32_t hop,
                    const struct egress_url *url, int *out_socket,
                    struct egress_failure *out_failure)
{
    const struct message_fetch_connect connect = {.id = job->in->any.fetch.id,
                                                  .hop = hop,
                                                  .host = bytes_of(url->host, strlen(url->host)),
                                                  .port = url->port};
    lock(egress);
    job->answer = JOB_ANSWER_NONE;
    unlock(egress);
    if (message_send_wait(egress->main, MESSAGE_FETCH_CONNECT, &connect, -1, SEND_MS) !=
        STATUS_OK) {
        fail(out_failure, MESSAGE_FAILURE_UNAVAILABLE, "unavailable: main does not listen");
        return false;
    }
    lock(egress);
    bool is_connected = await_connection(egress, job, out_failure);
    if (is_connected)
        *out_socket = job->socket;
    unlock(egress);
    return is_connected;
}

void egress_close(struct egress *egress, struct job *job, int socket)
{
    lock(egress);
    if (job->socket == socket)
        job->socket = -1;
    (void)close(socket);
    unlock(egress);
}
