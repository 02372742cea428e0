/*
 * node/world/clock.c: GATE_WORLD_CLOCK, and what time it is for the rest of the world.
 *
 * The monotonic clock starts at 0 with the world, so it does not say how long the machine runs.
 * Fixed clocks: the wall stands still; the monotonic one goes on by a microsecond each time the
 * cell reads it, and jumps to what the cell waits for (poll.c).
 */
#include <time.h>

#include "core/base/ckd.h"
#include "node/world/internal.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define FIXED_STEP_NS UINT64_C(1000)

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    int64_t ns;
    if (clock_gettime(clock, &now) != 0 || ckd_mul(&ns, (int64_t)now.tv_sec, NS_PER_SECOND) ||
        ckd_add(&ns, ns, (int64_t)now.tv_nsec))
        return INT64_MAX; /* after the year 2262 */
    return ns;
}

static uint64_t resolution(clockid_t clock)
{
    struct timespec step;
    if (clock_getres(clock, &step) != 0 || step.tv_sec != 0)
        return (uint64_t)NS_PER_SECOND;
    return (uint64_t)step.tv_nsec;
}

void world_clock_init(struct world *world, const struct world_setup *setup)
{
    world->has_fixed_clock = setup->has_fixed_clock;
    world->wall_ns = setup->wall_ns;
    world->monotonic_ns = world->has_fixed_clock ? 0 : (uint64_t)read_clock(CLOCK_MONOTONIC);
}

uint64_t world_monotonic_now(const struct world *world)
{
    if (world->has_fixed_clock)
        return world->monotonic_ns;
    return (uint64_t)read_clock(CLOCK_MONOTONIC) - world->monotonic_ns;
}

int64_t world_wall_now(const struct world *world)
{
    return world->has_fixed_clock ? world->wall_ns : read_clock(CLOCK_REALTIME);
}

enum gate_status world_clock(struct world_call *call)
{
    struct world *world = call->world;
    uint64_t which = call->request->args[0];
    if (which > GATE_CLOCK_MONOTONIC)
        return world_fail(call, GATE_ERROR_INVALID);
    if (which == GATE_CLOCK_WALL) {
        call->reply->values[0] = (uint64_t)world_wall_now(world);
        call->reply->values[1] = world->has_fixed_clock ? 1 : resolution(CLOCK_REALTIME);
        return GATE_OK;
    }
    call->reply->values[0] = world_monotonic_now(world);
    call->reply->values[1] = world->has_fixed_clock ? 1 : resolution(CLOCK_MONOTONIC);
    if (world->has_fixed_clock && ckd_add(&world->monotonic_ns, world->monotonic_ns, FIXED_STEP_NS))
        world->monotonic_ns = UINT64_MAX;
    return GATE_OK;
}
