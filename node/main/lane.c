/*
 * node/main/lane.c: see lane.h.
 */
#include "node/main/lane.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "node/main/hub.h"

#define STACK_BYTES ((size_t)256 << 10)

struct lane {
    pthread_mutex_t lock;
    pthread_cond_t more, room;
    lane_fn *run;
    struct job *first, *last;
    uint32_t count, most, thread_count;
    bool is_ending;
    pthread_t threads[];
};

bool lane_start_thread(void *(*main)(void *context), void *context, void *out_thread)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    const bool is_started = pthread_create(out_thread, &attributes, main, context) == 0;
    (void)pthread_attr_destroy(&attributes);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_started;
}

/* NULL: the lane ends. */
static struct job *take(struct lane *lane)
{
    (void)pthread_mutex_lock(&lane->lock);
    while (lane->first == NULL && !lane->is_ending)
        (void)pthread_cond_wait(&lane->more, &lane->lock);
    struct job *job = lane->first;
    if (job != NULL) {
        lane->first = job->next;
        lane->count--;
        (void)pthread_cond_signal(&lane->room);
    }
    (void)pthread_mutex_unlock(&lane->lock);
    return job;
}

static void *serve(void *context)
{
    struct lane *lane = context;
    for (struct job *job = take(lane); job != NULL; job = take(lane))
        lane->run(job);
    return NULL;
}

enum status lane_create(uint32_t threads, uint32_t most, lane_fn *run, struct lane **out_lane,
                        struct report *report)
{
    struct lane *lane = calloc(1, sizeof *lane + threads * sizeof lane->threads[0]);
    if (lane == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a queue");
    lane->run = run;
    lane->most = most;
    (void)pthread_mutex_init(&lane->lock, NULL);
    (void)pthread_cond_init(&lane->more, NULL);
    (void)pthread_cond_init(&lane->room, NULL);
    while (lane->thread_count < threads) {
        if (!lane_start_thread(serve, lane, &lane->threads[lane->thread_count])) {
            lane_destroy(lane);
            return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "no thread");
        }
        lane->thread_count++;
    }
    *out_lane = lane;
    return STATUS_OK;
}

/* Under the lock; there is room. */
static void append(struct lane *lane, struct job *job)
{
    job->next = NULL;
    if (lane->first == NULL)
        lane->first = job;
    else
        lane->last->next = job;
    lane->last = job;
    lane->count++;
    (void)pthread_cond_signal(&lane->more);
}

void lane_put(struct lane *lane, struct job *job)
{
    (void)pthread_mutex_lock(&lane->lock);
    while (lane->count == lane->most)
        (void)pthread_cond_wait(&lane->room, &lane->lock);
    append(lane, job);
    (void)pthread_mutex_unlock(&lane->lock);
}

bool lane_try(struct lane *lane, struct job *job)
{
    (void)pthread_mutex_lock(&lane->lock);
    const bool has_room = lane->count < lane->most;
    if (has_room)
        append(lane, job);
    (void)pthread_mutex_unlock(&lane->lock);
    return has_room;
}

void lane_destroy(struct lane *lane)
{
    if (lane == NULL)
        return;
    (void)pthread_mutex_lock(&lane->lock);
    lane->is_ending = true;
    struct job *jobs = lane->first;
    lane->first = NULL;
    (void)pthread_cond_broadcast(&lane->more);
    (void)pthread_mutex_unlock(&lane->lock);
    while (jobs != NULL) {
        struct job *next = jobs->next;
        job_fail(jobs, MESSAGE_FAILURE_UNAVAILABLE, "the service ends");
        job_destroy(jobs);
        jobs = next;
    }
    for (uint32_t i = 0; i < lane->thread_count; i++)
        (void)pthread_join(lane->threads[i], NULL);
    (void)pthread_cond_destroy(&lane->more);
    (void)pthread_cond_destroy(&lane->room);
    (void)pthread_mutex_destroy(&lane->lock);
    free(lane);
}
