/*
 * core/wasi/p1_poll.c: poll_oneoff.
 *
 * Files are always ready and what is no descriptor is an event at once; both make the wait for the
 * rest one of no time. The gate waits, with one call for all: clocks become points in time of one
 * of its two clocks.
 */
#include "core/wasi/p1_internal.h"

#define SUBSCRIPTION_BYTES 48u
#define EVENT_BYTES        32u
#define CLOCK_ABSOLUTE     1u
/* One of the gate's places is for the wait of no time. */
#define SUBSCRIPTION_MAX (GATE_POLL_MAX - 1)
#define NO_SOURCE        UINT16_MAX

enum event { EVENT_CLOCK = 0, EVENT_READ = 1, EVENT_WRITE = 2 };

struct polling {
    struct wasi_p1 *p1;
    const uint8_t *in;
    uint8_t *out;
    uint32_t event_count;
    uint32_t poll_count;
    bool has_clock; /* `now` was asked for */
    uint64_t now;
};

/* A guest whose events lie over its subscriptions gets nonsense, within its own memory. */
static void put_event(struct polling *polling, uint64_t userdata, uint32_t error, uint8_t type,
                      uint64_t bytes)
{
    uint8_t *at = polling->out + (size_t)polling->event_count++ * EVENT_BYTES;
    memset(at, 0, EVENT_BYTES);
    store_le64(at, userdata);
    at[8] = (uint8_t)error;
    at[10] = type;
    store_le64(at + 16, bytes);
}

static void add_poll(struct polling *polling, struct gate_poll poll, uint16_t source)
{
    ASSERT(polling->poll_count < GATE_POLL_MAX);
    polling->p1->poll_sources[polling->poll_count] = source;
    polling->p1->polls[polling->poll_count++] = poll;
}

static uint32_t monotonic_now(struct polling *polling, uint64_t *out_now)
{
    uint64_t resolution;
    if (!polling->has_clock) {
        enum gate_error error =
            wasi_clock(polling->p1->gate, GATE_CLOCK_MONOTONIC, &polling->now, &resolution);
        if (error != WASI_OK)
            return wasi_errno(error);
    }
    polling->has_clock = true;
    *out_now = polling->now;
    return P1_SUCCESS;
}

/* A clock: when it will be, on which of the gate's clocks. CPU time goes as the monotonic clock. */
static uint32_t add_clock(struct polling *polling, const uint8_t *subscription, uint16_t source)
{
    uint32_t id = load_le32(subscription + 16);
    uint64_t timeout = load_le64(subscription + 24), now = 0;
    bool is_absolute = (load_le16(subscription + 40) & CLOCK_ABSOLUTE) != 0;
    if (id > 3)
        return P1_INVAL;
    if (id == 0 && is_absolute) {
        add_poll(polling, (struct gate_poll){GATE_POLL_WALL, 0, timeout}, source);
        return P1_SUCCESS;
    }
    uint32_t error = monotonic_now(polling, &now);
    if (error != P1_SUCCESS)
        return error;
    uint64_t from = !is_absolute ? now : id == 1 ? 0 : polling->p1->started;
    uint64_t time = timeout > UINT64_MAX - from ? UINT64_MAX : from + timeout;
    add_poll(polling, (struct gate_poll){GATE_POLL_TIME, 0, time}, source);
    return P1_SUCCESS;
}

/* What can be read of a file: the rest of it. */
static uint64_t bytes_left(const struct wasi_p1 *p1, const struct p1_fd *fd)
{
    struct gate_stat stat;
    if (fd->kind != P1_FILE || wasi_file_stat(p1->gate, fd->handle, &stat) != WASI_OK)
        return 0;
    return stat.size > fd->position ? stat.size - fd->position : 0;
}

/* A descriptor: an error, or an event at once, or something to wait for. */
static uint32_t add_descriptor(struct polling *polling, const uint8_t *subscription, uint8_t type,
                               uint16_t source, bool *out_is_ready)
{
    const struct p1_fd *fd = p1_find(polling->p1, load_le32(subscription + 16));
    if (fd == NULL)
        return P1_BADF;
    if ((fd->rights & P1_POLL_FD_READWRITE) == 0)
        return P1_NOTCAPABLE;
    *out_is_ready = fd->kind != P1_STREAM;
    if (*out_is_ready)
        return P1_SUCCESS;
    uint32_t kind = type == EVENT_READ ? GATE_POLL_READ : GATE_POLL_WRITE;
    add_poll(polling, (struct gate_poll){kind, fd->handle, 0}, source);
    return P1_SUCCESS;
}

/* One subscription: an errno that is an event at once, or ready at once, or something to wait for.
 */
static uint32_t look_at(struct polling *polling, uint32_t index, bool *out_is_ready)
{
    const uint8_t *subscription = polling->in + (size_t)index * SUBSCRIPTION_BYTES;
    uint8_t type = subscription[8];
    *out_is_ready = false;
    switch (type) {
    case EVENT_CLOCK:
        return add_clock(polling, subscription, (uint16_t)index);
    case EVENT_READ:
    case EVENT_WRITE:
        return add_descriptor(polling, subscription, type, (uint16_t)index, out_is_ready);
    default:
        return P1_INVAL;
    }
}

#define WAITS 0xFFu

/* Marks each subscription in scratch: WAITS, or the errno of an event that is due. */
static bool mark(struct polling *polling, uint32_t count)
{
    bool any = false;
    for (uint32_t i = 0; i < count; i++) {
        bool is_ready;
        uint32_t error = look_at(polling, i, &is_ready);
        bool is_due = error != P1_SUCCESS || is_ready;
        polling->p1->scratch[i] = is_due ? (uint8_t)error : (uint8_t)WAITS;
        any = any || is_due;
    }
    return any;
}

/* Waits, and marks what became ready. */
static uint32_t wait(struct polling *polling)
{
    struct wasi_p1 *p1 = polling->p1;
    enum gate_error error = wasi_poll(p1->gate, p1->polls, polling->poll_count, p1->poll_ready);
    if (error != WASI_OK)
        return wasi_errno(error);
    for (uint32_t i = 0; i < polling->poll_count; i++)
        if (p1->poll_ready[i] != 0 && p1->poll_sources[i] != NO_SOURCE)
            p1->scratch[p1->poll_sources[i]] = P1_SUCCESS;
    return P1_SUCCESS;
}

static void put_events(struct polling *polling, uint32_t count)
{
    struct wasi_p1 *p1 = polling->p1;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *subscription = polling->in + (size_t)i * SUBSCRIPTION_BYTES;
        uint64_t userdata = load_le64(subscription);
        uint8_t type = subscription[8];
        if (p1->scratch[i] == WAITS)
            continue;
        const struct p1_fd *fd = p1_find(p1, load_le32(subscription + 16));
        uint64_t bytes = type == EVENT_READ && fd != NULL ? bytes_left(p1, fd) : 0;
        put_event(polling, userdata, p1->scratch[i], type, bytes);
    }
}

_Static_assert(SUBSCRIPTION_MAX <= P1_GATHER_MAX, "a mark for each subscription");

uint32_t p1_poll_oneoff(struct wasi_p1 *p1, const uint64_t *args)
{
    uint64_t count = args[2];
    if (count == 0 || count > SUBSCRIPTION_MAX)
        return P1_INVAL;
    struct polling polling = {.p1 = p1,
                              .in = p1_memory(p1, args[0], count * SUBSCRIPTION_BYTES),
                              .out = p1_memory(p1, args[1], count * EVENT_BYTES)};
    if (polling.in == NULL || polling.out == NULL || p1_memory(p1, args[3], 4) == NULL)
        return P1_FAULT;
    if (mark(&polling, (uint32_t)count))
        add_poll(&polling, (struct gate_poll){GATE_POLL_TIME, 0, 0}, NO_SOURCE);
    uint32_t error = wait(&polling);
    if (error != P1_SUCCESS)
        return error;
    put_events(&polling, (uint32_t)count);
    return p1_put_u32(p1, args[3], polling.event_count);
}
