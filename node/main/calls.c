/*
 * node/main/calls.c: the queue of calls and the workers. See calls.h.
 *
 * Invariants (all under hub->lock):
 *   (1) An app is in the ring exactly while calls of it wait; each waiting and each running call
 *       holds its app.
 *   (2) `waiting` and `running` are the sums of the apps' own; running <= worker_count.
 */
#include "node/main/calls.h"

#include <stdlib.h>
#include <unistd.h>

#include "node/main/call.h"
#include "node/message/clock.h"

#define GRACE_NS      UINT64_C(1000000000) /* what an unloaded app's calls may still run */
#define DRAIN_LOOK_NS UINT64_C(50000000)
#define WORKERS_LEAST 16u
#define PER_PROCESSOR 4u

/* Parameters of calls that wait, where they are too long for a packet. */
#define BYTES_MOST ((uint64_t)256 << 20)

struct worker {
    struct calls *calls;
    pthread_t thread;
    struct call_room room;
};

struct calls {
    struct hub *hub;
    pthread_cond_t more;
    struct app *last; /* of the ring; its next is the one whose turn it is; NULL: empty */
    uint32_t waiting, running, started, worker_count, most;
    uint64_t waiting_bytes;
    bool is_ending;
    struct worker workers[];
};

static void ring_add(struct calls *calls, struct app *app)
{
    if (calls->last == NULL)
        app->next_waiting = app;
    else
        app->next_waiting = calls->last->next_waiting;
    if (calls->last != NULL)
        calls->last->next_waiting = app;
    calls->last = app;
}

/* `before` stands in front of `app`. */
static void ring_remove(struct calls *calls, struct app *before, struct app *app)
{
    before->next_waiting = app->next_waiting;
    if (calls->last == app)
        calls->last = before == app ? NULL : before;
    app->next_waiting = NULL;
}

static struct job *pop(struct calls *calls, struct app *app)
{
    struct job *job = app->first;
    app->first = job->next;
    app->waiting--;
    calls->waiting--;
    calls->waiting_bytes -= job->in.map_len;
    return job;
}

static bool may_run(const struct calls *calls, const struct app *app)
{
    const uint32_t free_workers = calls->worker_count - calls->running;
    return app->running < free_workers && app->running < calls->hub->settings->calls_per_app;
}

/* The next call that may run; NULL: none. */
static struct job *choose(struct calls *calls)
{
    struct app *before = calls->last;
    if (before == NULL)
        return NULL;
    do {
        struct app *app = before->next_waiting;
        if (may_run(calls, app)) {
            struct job *job = pop(calls, app);
            app->running++;
            calls->running++;
            if (app->waiting == 0)
                ring_remove(calls, before, app);
            else
                calls->last = app; /* the next one's turn */
            return job;
        }
        before = app;
    } while (before != calls->last);
    return NULL;
}

static struct job *take(struct calls *calls)
{
    struct job *job;
    (void)pthread_mutex_lock(&calls->hub->lock);
    while ((job = choose(calls)) == NULL && !calls->is_ending)
        (void)pthread_cond_wait(&calls->more, &calls->hub->lock);
    const bool are_more = calls->waiting != 0;
    (void)pthread_mutex_unlock(&calls->hub->lock);
    if (are_more)
        (void)pthread_cond_signal(&calls->more);
    return job;
}

static void finish(struct calls *calls, struct job *job)
{
    struct app *app = job->app;
    (void)pthread_mutex_lock(&calls->hub->lock);
    app->running--;
    calls->running--;
    (void)pthread_cond_broadcast(&app->finished);
    (void)pthread_mutex_unlock(&calls->hub->lock);
    job_destroy(job);
    app_release(calls->hub, app);
}

static void *work(void *context)
{
    struct worker *worker = context;
    for (struct job *job = take(worker->calls); job != NULL; job = take(worker->calls)) {
        call_run(worker->calls->hub, job->app, job, &worker->room);
        finish(worker->calls, job);
    }
    return NULL;
}

static uint32_t count_workers(const struct settings *settings)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (settings->workers != 0)
        return settings->workers;
    const uint32_t wanted = processors > 0 ? (uint32_t)processors * PER_PROCESSOR : 0;
    return wanted > WORKERS_LEAST ? wanted : WORKERS_LEAST;
}

static enum status start_worker(struct calls *calls, struct report *report)
{
    struct worker *worker = &calls->workers[calls->started];
    worker->calls = calls;
    enum status status = call_room_init(&worker->room, calls->hub->log, report);
    if (status != STATUS_OK)
        return status;
    if (lane_start_thread(work, worker, &worker->thread)) {
        calls->started++;
        return STATUS_OK;
    }
    call_room_fini(&worker->room);
    return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "no thread for calls");
}

enum status calls_create(struct hub *hub, struct calls **out_calls, struct report *report)
{
    const uint32_t count = count_workers(hub->settings);
    struct calls *calls = calloc(1, sizeof *calls + count * sizeof calls->workers[0]);
    enum status status = STATUS_OK;
    if (calls == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for workers");
    calls->hub = hub;
    calls->worker_count = count;
    calls->most = hub->settings->queue_max;
    (void)pthread_cond_init(&calls->more, NULL);
    while (status == STATUS_OK && calls->started < count)
        status = start_worker(calls, report);
    if (status == STATUS_OK)
        *out_calls = calls;
    else
        calls_destroy(calls);
    return status;
}

bool calls_put(struct calls *calls, struct job *job, bool *out_is_leaving)
{
    struct app *app = job->app;
    (void)pthread_mutex_lock(&calls->hub->lock);
    *out_is_leaving = app->state != APP_LOADED;
    const bool is_taken = !*out_is_leaving && calls->waiting < calls->most &&
                          app->waiting < calls->most - calls->waiting &&
                          job->in.map_len <= BYTES_MOST - calls->waiting_bytes;
    if (is_taken) {
        job->next = NULL;
        if (app->waiting++ == 0) {
            app->first = job;
            ring_add(calls, app);
        } else {
            app->last->next = job;
        }
        app->last = job;
        calls->waiting++;
        calls->waiting_bytes += job->in.map_len;
    } else {
        calls->hub->counts.refused++;
    }
    (void)pthread_mutex_unlock(&calls->hub->lock);
    if (is_taken) /* whoever wakes finds the lock free */
        (void)pthread_cond_signal(&calls->more);
    return is_taken;
}

/* Under the lock: all that waits of it, out of the ring. */
static struct job *take_waiting(struct calls *calls, struct app *app)
{
    struct job *jobs = app->first;
    if (app->waiting == 0)
        return NULL;
    struct app *before = calls->last;
    while (before->next_waiting != app)
        before = before->next_waiting;
    ring_remove(calls, before, app);
    for (const struct job *job = jobs; job != NULL; job = job->next)
        calls->waiting_bytes -= job->in.map_len;
    calls->waiting -= app->waiting;
    app->waiting = 0;
    app->first = app->last = NULL;
    return jobs;
}

static void drop(struct hub *hub, struct job *jobs, const char *why)
{
    while (jobs != NULL) {
        struct job *next = jobs->next;
        struct app *app = jobs->app;
        job_fail(jobs, MESSAGE_FAILURE_UNAVAILABLE, why);
        job_destroy(jobs);
        app_release(hub, app);
        jobs = next;
    }
}

void calls_drain(struct calls *calls, struct app *app)
{
    struct hub *hub = calls->hub;
    const uint64_t end_ns = message_now_ns() + GRACE_NS;
    (void)pthread_mutex_lock(&hub->lock);
    struct job *jobs = take_waiting(calls, app);
    (void)pthread_mutex_unlock(&hub->lock);
    drop(hub, jobs, "the app was unloaded");
    (void)pthread_mutex_lock(&hub->lock);
    while (app->running != 0) {
        const uint64_t now_ns = message_now_ns();
        if (now_ns >= end_ns)
            app_kill_cells(hub, app);
        (void)message_wait_until(&app->finished, &hub->lock, now_ns + DRAIN_LOOK_NS);
    }
    (void)pthread_mutex_unlock(&hub->lock);
}

void calls_count(struct calls *calls, uint64_t *out_running, uint64_t *out_waiting,
                 uint64_t *out_workers)
{
    (void)pthread_mutex_lock(&calls->hub->lock);
    *out_running = calls->running;
    *out_waiting = calls->waiting;
    *out_workers = calls->worker_count;
    (void)pthread_mutex_unlock(&calls->hub->lock);
}

void calls_destroy(struct calls *calls)
{
    struct job *jobs = NULL;
    if (calls == NULL)
        return;
    (void)pthread_mutex_lock(&calls->hub->lock);
    calls->is_ending = true;
    while (calls->last != NULL) {
        struct app *app = calls->last->next_waiting;
        struct job *last = app->last;
        struct job *first = take_waiting(calls, app);
        last->next = jobs;
        jobs = first;
    }
    for (uint32_t i = 0; i < calls->hub->app_count; i++) {
        calls->hub->apps[i]->state = APP_LEAVING; /* no cell is begun any more */
        app_kill_cells(calls->hub, calls->hub->apps[i]);
    }
    (void)pthread_cond_broadcast(&calls->more);
    (void)pthread_mutex_unlock(&calls->hub->lock);
    drop(calls->hub, jobs, "the service ends");
    for (uint32_t i = 0; i < calls->started; i++) {
        (void)pthread_join(calls->workers[i].thread, NULL);
        call_room_fini(&calls->workers[i].room);
    }
    (void)pthread_cond_destroy(&calls->more);
    free(calls);
}
