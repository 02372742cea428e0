/*
 * node/message/clock.h: the clock that deadlines of roles go by. It never goes back, and stands
 * while the machine sleeps; it is no time of day.
 */
#ifndef AETHER_NODE_MESSAGE_CLOCK_H
#define AETHER_NODE_MESSAGE_CLOCK_H

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

#endif
