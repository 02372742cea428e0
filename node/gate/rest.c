/*
 * node/gate/rest.c: see rest.h.
 *
 * To read another process's clock is a system call of 0.5 to 1 us: one for each rest, and one for
 * each question that comes later than a cell, which has one thread, could have used too much.
 */
#include "node/gate/rest.h"

#include <time.h>

#define SECOND_NS UINT64_C(1000000000)

static bool read_clock(clockid_t clock, uint64_t *out_ns)
{
    struct timespec used;
    if (clock_gettime(clock, &used) != 0)
        return false;
    *out_ns = (uint64_t)used.tv_sec * SECOND_NS + (uint64_t)used.tv_nsec;
    return true;
}

void gate_rest_begin(struct gate_rest *rest, pid_t pid, uint64_t memory_bytes)
{
    rest->most_ns = GATE_REST_NS + memory_bytes * GATE_REST_NS_BYTE;
    if (!rest->is_known && clock_getcpuclockid(pid, &rest->clock) != 0)
        return;
    rest->is_known =
        read_clock(rest->clock, &rest->begin_ns) && read_clock(CLOCK_MONOTONIC, &rest->begun_at);
}

bool gate_rest_is_kept(struct gate_rest *rest)
{
    uint64_t now_ns;
    if (!rest->is_known || !read_clock(CLOCK_MONOTONIC, &now_ns))
        return false;
    if (now_ns - rest->begun_at <= rest->most_ns)
        return true;
    if (!read_clock(rest->clock, &now_ns))
        return false;
    if (now_ns - rest->begin_ns > rest->most_ns)
        rest->is_over = true;
    return !rest->is_over;
}
