/*
 * node/gate/pool.c: cells that wait, boxed, for a job. See cell.h.
 *
 * A thread keeps the shelf full. Nothing is used twice: a cell serves one tenant and dies, so there
 * is nothing to clean. The thread is the cells' parent in the eyes of the kernel and they die with
 * it: a pool outlives every cell that was taken from it.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "node/gate/cell.h"

struct gate_pool {
    struct gate_cell_options options;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a cell came or went, or the pool ends */
    pthread_t thread;
    uint32_t count, cap;
    bool is_ending;
    enum status failure; /* of the last start; the next taker is told, then it is tried again */
    struct report report;
    struct gate_cell *cells[];
};

/* One start without the lock. */
static void add_one(struct gate_pool *pool)
{
    struct gate_cell *cell = NULL;
    struct report report;
    report_init(&report);
    (void)pthread_mutex_unlock(&pool->lock);
    enum status status = gate_cell_spawn(&pool->options, &cell, &report);
    (void)pthread_mutex_lock(&pool->lock);
    if (status == STATUS_OK)
        pool->cells[pool->count++] = cell;
    pool->failure = status;
    pool->report = report;
    (void)pthread_cond_broadcast(&pool->changed);
}

static void *refill(void *context)
{
    struct gate_pool *pool = context;
    (void)pthread_mutex_lock(&pool->lock);
    while (!pool->is_ending) {
        if (pool->count < pool->cap && pool->failure == STATUS_OK)
            add_one(pool);
        else
            (void)pthread_cond_wait(&pool->changed, &pool->lock);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static bool start_thread(struct gate_pool *pool)
{
    sigset_t all, before;
    (void)sigfillset(&all); /* signals are for the program's own threads */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&pool->thread, NULL, refill, pool);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0;
}

enum status gate_pool_create(const struct gate_cell_options *options, uint32_t count,
                             struct gate_pool **out_pool, struct report *report)
{
    struct gate_pool *pool = calloc(1, sizeof *pool + count * sizeof pool->cells[0]);
    if (pool == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a pool");
    ASSERT(count != 0);
    pool->options = *options;
    pool->cap = count;
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->changed, NULL);
    if (start_thread(pool)) {
        *out_pool = pool;
        return STATUS_OK;
    }
    free(pool);
    return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "no thread for a pool");
}

enum status gate_pool_take(struct gate_pool *pool, struct gate_cell **out_cell,
                           struct report *report)
{
    (void)pthread_mutex_lock(&pool->lock);
    while (pool->count == 0 && pool->failure == STATUS_OK)
        (void)pthread_cond_wait(&pool->changed, &pool->lock);
    enum status status = pool->count != 0 ? STATUS_OK : pool->failure;
    if (pool->count != 0)
        *out_cell = pool->cells[--pool->count];
    else
        report_write(report, REPORT_NO_OFFSET, pool->report.text);
    pool->failure = STATUS_OK;
    (void)pthread_cond_broadcast(&pool->changed);
    (void)pthread_mutex_unlock(&pool->lock);
    return status;
}

void gate_pool_destroy(struct gate_pool *pool)
{
    if (pool == NULL)
        return;
    (void)pthread_mutex_lock(&pool->lock);
    pool->is_ending = true;
    (void)pthread_cond_broadcast(&pool->changed);
    (void)pthread_mutex_unlock(&pool->lock);
    (void)pthread_join(pool->thread, NULL);
    while (pool->count != 0)
        gate_cell_destroy(pool->cells[--pool->count]);
    (void)pthread_cond_destroy(&pool->changed);
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool);
}
