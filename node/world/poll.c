/*
 * node/world/poll.c: GATE_WORLD_POLL, and waiting for one descriptor.
 *
 * Files and directories never wait, so they are ready; so is a stream in the direction that it does
 * not have. With fixed clocks nobody sleeps: when nothing else is ready, the monotonic clock jumps
 * to the earliest time that is waited for.
 */
#include <errno.h>
#include <time.h>

#include "core/base/ckd.h"
#include "node/world/internal.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define NEVER         UINT64_MAX

/* The wall clock can be set meanwhile: it is asked again this often. */
#define WALL_STEP_NS NS_PER_SECOND

/* -1: cancelled; else how many are ready. `fds[count]` is the cancel event's. */
static int poll_until(struct world *world, struct pollfd *fds, nfds_t count, uint64_t wait_ns)
{
    struct timespec wait = {.tv_sec = (time_t)(wait_ns / NS_PER_SECOND),
                            .tv_nsec = (long)(wait_ns % NS_PER_SECOND)};
    fds[count] = (struct pollfd){.fd = world->cancel_event, .events = POLLIN};
    int n = ppoll(fds, count + 1, wait_ns == NEVER ? NULL : &wait, NULL);
    if (n < 0) {
        ASSERT(errno == EINTR || errno == ENOMEM);
        for (nfds_t i = 0; i < count; i++)
            fds[i].revents = 0;
        return 0; /* the caller looks again */
    }
    if (fds[count].revents == 0)
        return n;
    return n > 1 ? n - 1 : -1;
}

bool world_wait(struct world *world, int fd, short events)
{
    struct pollfd fds[2] = {{.fd = fd, .events = events}};
    int n = 0;
    while (n == 0)
        n = poll_until(world, fds, 1, NEVER);
    return n > 0;
}

/* How long until one of the times comes; 0: one is there, and they are marked as ready. */
static uint64_t look_at_times(struct world *world, size_t count, bool *out_has_time)
{
    uint64_t monotonic = world_monotonic_now(world);
    int64_t signed_wall = world_wall_now(world);
    uint64_t wall = signed_wall < 0 ? 0 : (uint64_t)signed_wall;
    uint64_t shortest = NEVER;
    *out_has_time = false;
    for (size_t i = 0; i < count; i++) {
        const struct gate_poll *poll = &world->polls[i];
        if (poll->kind != GATE_POLL_TIME && poll->kind != GATE_POLL_WALL)
            continue;
        *out_has_time = true;
        uint64_t now = poll->kind == GATE_POLL_TIME ? monotonic : wall;
        uint64_t wait = poll->time > now ? poll->time - now : 0;
        world->poll_ready[i] = wait == 0;
        if (poll->kind == GATE_POLL_WALL && wait > WALL_STEP_NS && !world->has_fixed_clock)
            wait = WALL_STEP_NS;
        if (wait < shortest)
            shortest = wait;
    }
    return shortest;
}

/* Nobody sleeps on fixed clocks. The wall stands still, so who waits for it is told here. */
static void jump(struct world *world, size_t count, uint64_t wait_ns)
{
    for (size_t i = 0; i < count; i++) {
        const struct gate_poll *poll = &world->polls[i];
        if (poll->kind == GATE_POLL_WALL) {
            uint64_t wall = world->wall_ns < 0 ? 0 : (uint64_t)world->wall_ns;
            world->poll_ready[i] = poll->time <= wall || poll->time - wall <= wait_ns;
        } else if (poll->kind == GATE_POLL_TIME) {
            world->poll_ready[i] =
                poll->time <= world->monotonic_ns || poll->time - world->monotonic_ns <= wait_ns;
        }
    }
    if (ckd_add(&world->monotonic_ns, world->monotonic_ns, wait_ns))
        world->monotonic_ns = UINT64_MAX;
}

/* Sorts what is asked into ready, descriptors and times. */
static enum gate_status prepare(struct world_call *call, size_t count, size_t *out_fd_count,
                                bool *out_is_ready)
{
    struct world *world = call->world;
    memset(world->poll_ready, 0, count);
    *out_fd_count = 0;
    *out_is_ready = false;
    for (size_t i = 0; i < count; i++) {
        const struct gate_poll *poll = &world->polls[i];
        if (poll->kind > GATE_POLL_WALL)
            return world_fail(call, GATE_ERROR_INVALID);
        if (poll->kind == GATE_POLL_TIME || poll->kind == GATE_POLL_WALL)
            continue;
        const struct world_handle *handle = world_handles_find(&world->handles, poll->handle);
        if (handle == NULL)
            return GATE_BAD_HANDLE;
        bool is_read = poll->kind == GATE_POLL_READ;
        if (handle->kind != WORLD_KIND_STREAM || handle->mode == WORLD_STREAM_FILE ||
            (handle->rights & (is_read ? GATE_FILE_READ : GATE_FILE_WRITE)) == 0) {
            world->poll_ready[i] = 1;
            *out_is_ready = true;
            continue;
        }
        world->poll_fds[*out_fd_count] =
            (struct pollfd){.fd = handle->fd, .events = is_read ? POLLIN : POLLOUT};
        world->poll_of_fd[*out_fd_count] = (uint16_t)i;
        ++*out_fd_count;
    }
    return GATE_OK;
}

/* Until something is ready; false: cancelled. */
static bool wait_for_any(struct world *world, size_t count, size_t fd_count, bool is_ready)
{
    for (;;) {
        bool has_time;
        uint64_t wait = look_at_times(world, count, &has_time);
        bool is_jump = world->has_fixed_clock && has_time;
        bool may_sleep = !is_ready && !is_jump;
        int n = poll_until(world, world->poll_fds, fd_count, may_sleep ? wait : 0);
        for (size_t i = 0; i < fd_count; i++)
            world->poll_ready[world->poll_of_fd[i]] = world->poll_fds[i].revents != 0;
        if (is_ready || n > 0 || wait == 0)
            return true;
        if (n < 0)
            return false;
        if (is_jump) {
            jump(world, count, wait);
            return true;
        }
    }
}

enum gate_status world_poll(struct world_call *call)
{
    struct world *world = call->world;
    const struct gate_request *request = call->request;
    size_t count = request->in.len / sizeof(struct gate_poll);
    size_t fd_count;
    bool is_ready;
    if (request->in.len % sizeof(struct gate_poll) != 0 || count == 0 || count > GATE_POLL_MAX ||
        request->out.len < count)
        return GATE_BAD_REGION;
    memcpy(world->polls, call->in, count * sizeof(struct gate_poll));
    enum gate_status status = prepare(call, count, &fd_count, &is_ready);
    if (status != GATE_OK)
        return status;
    if (!wait_for_any(world, count, fd_count, is_ready))
        return world_fail(call, GATE_ERROR_INTERRUPTED);
    memcpy(call->out, world->poll_ready, count);
    call->reply->out.len = (uint32_t)count;
    return GATE_OK;
}
