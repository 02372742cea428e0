/*
 * node/message/clock.h: the clock that deadlines of roles go by. It never goes back, and stands
 * while the machine sleeps; it is no time of day, so who sets the time of day moves no deadline.
 */
#ifndef AETHER_NODE_MESSAGE_CLOCK_H
#define AETHER_NODE_MESSAGE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NS_PER_SEC UINT64_C(1000000000)
#define NS_PER_MS  UINT64_C(1000000)

static inline uint64_t message_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* it can not fail with this clock */
    return (uint64_t)now.tv_sec * NS_PER_SEC + (uint64_t)now.tv_nsec;
}

static inline uint64_t message_now_ms(void)
{
    return message_now_ns() / NS_PER_MS;
}

/* Waits for `cond` until message_now_ns() is `until_ns`; false: it is. `cond` may have any clock.
 */
static inline bool message_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock,
                                      uint64_t until_ns)
{
    const struct timespec until = {.tv_sec = (time_t)(until_ns / NS_PER_SEC),
                                   .tv_nsec = (long)(until_ns % NS_PER_SEC)};
    return pthread_cond_clockwait(cond, lock, CLOCK_MONOTONIC, &until) == 0;
}

#endif
