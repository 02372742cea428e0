/*
 * node/io/io.c: the role io: starts the other two threads, then serves connections in.
 */
#include "node/io/io.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/random.h>

#include "node/io/inbound.h"
#include "node/message/clock.h"
#include "node/role/confine.h"

#define EVENTS_AT_ONCE 64
#define WAIT_MS        1000
#define SLOTS_MAX      0x7FFFFFFFu

/* ---- links ---- */

static void watch(struct io *io, int fd, uint64_t tag, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u64 = tag};
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0)
        (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    (void)epoll_ctl(io->epoll, EPOLL_CTL_ADD, fd, &event);
}

static void drop_api(struct io *io)
{
    (void)epoll_ctl(io->epoll, EPOLL_CTL_DEL, io->api, NULL);
    io->api = -1;
    io_offer(io); /* to nobody: it ends */
    io_listen(io, false);
}

/* api says nothing on this link: it is full no more, or it has ended. */
static void take_api_event(struct io *io, uint32_t events)
{
    struct epoll_event event = {.events = 0, .data.u64 = IO_TAG_API};
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
        drop_api(io);
        return;
    }
    io_offer(io);
    if (io->waiting_fd < 0 && io->api >= 0)
        (void)epoll_ctl(io->epoll, EPOLL_CTL_MOD, io->api, &event);
}

static bool take_control(struct io *io)
{
    struct role *role = io->role;
    enum role_name peer = ROLE_COUNT;
    enum role_event event = role_control(role, &peer);
    if (event == ROLE_EVENT_PEER && peer == ROLE_API) {
        if (io->api >= 0)
            drop_api(io);
        io->api = role->peers[ROLE_API];
        watch(io, io->api, IO_TAG_API, 0);
        io_listen(io, true);
    } else if (event == ROLE_EVENT_PEER && peer == ROLE_EGRESS) {
        io_net_egress(role->peers[ROLE_EGRESS]);
        role->peers[ROLE_EGRESS] = -1;
    }
    return event != ROLE_EVENT_STOP;
}

/* ---- the loop ---- */

static bool take_event(struct io *io, const struct epoll_event *event)
{
    uint64_t tag = event->data.u64;
    if (tag == IO_TAG_CONTROL)
        return take_control(io);
    if (tag == IO_TAG_API && io->api >= 0)
        take_api_event(io, event->events);
    if (tag == IO_TAG_LISTENER && io->listens) {
        struct epoll_event room = {.events = EPOLLOUT, .data.u64 = IO_TAG_API};
        io_accept(io);
        if (io->waiting_fd >= 0 && io->api >= 0)
            (void)epoll_ctl(io->epoll, EPOLL_CTL_MOD, io->api, &room);
    }
    if ((tag & IO_TAG) != 0)
        return true;
    uint32_t slot = (uint32_t)tag >> 1;
    struct io_connection *connection = slot < io->slot_count ? io->slots[slot] : NULL;
    if (connection != NULL && connection->serial == tag >> 32) /* else it is gone since */
        io_carry_event(connection, (enum io_side)(tag & 1), event->events);
    return true;
}

static int wait_of(const struct io *io)
{
    const uint64_t deadlines[] = {
        io->idle.first != NULL ? io->idle.first->deadline : 0,
        io->lingering.first != NULL ? io->lingering.first->deadline : 0,
        io->listens_at,
    };
    uint64_t wait = WAIT_MS;
    for (size_t i = 0; i < ARRAY_LEN(deadlines); i++) {
        if (deadlines[i] != 0 && deadlines[i] < io->now + wait)
            wait = deadlines[i] > io->now ? deadlines[i] - io->now : 0;
    }
    return (int)wait;
}

static bool serve_once(struct io *io)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    bool goes_on = true;
    int count = epoll_wait(io->epoll, events, EVENTS_AT_ONCE, wait_of(io));
    io->now = message_now_ms();
    for (int i = 0; i < count && goes_on; i++)
        goes_on = take_event(io, &events[i]);
    io_carry_expire(io);
    if (io->listens_at != 0 && io->listens_at <= io->now && io->api >= 0)
        io_listen(io, true);
    return goes_on;
}

/* ---- begin ---- */

static bool make_tables(struct io *io)
{
    uint32_t most = io->settings->connections_max;
    io->slot_count = most < SLOTS_MAX ? most : SLOTS_MAX;
    io->peer_buckets = io->slot_count | 1;
    io->slots = calloc(io->slot_count, sizeof *io->slots);
    io->serials = calloc(io->slot_count, sizeof *io->serials);
    io->free_slots = calloc(io->slot_count, sizeof *io->free_slots);
    io->peers = calloc(io->peer_buckets, sizeof *io->peers);
    if (io->slots == NULL || io->serials == NULL || io->free_slots == NULL || io->peers == NULL)
        return false;
    while (io->free_count < io->slot_count) {
        io->free_slots[io->free_count] = io->slot_count - 1 - io->free_count;
        io->free_count++;
    }
    return getrandom(&io->peer_seed, sizeof io->peer_seed, 0) == (ssize_t)sizeof io->peer_seed;
}

static int take(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

static struct io *create(struct role *role)
{
    struct io *io = calloc(1, sizeof *io);
    if (io == NULL)
        role_fatal(role, "io has no memory");
    io->role = role;
    io->settings = role->settings;
    io->waiting_fd = -1;
    io->now = message_now_ms();
    io->idle.length_ms = (uint64_t)io->settings->idle_ms + IO_SLACK_MS;
    io->lingering.length_ms = IO_LINGER_MS;
    io->listener = role->files[ROLE_FILE_LISTENER];
    io->api = role->peers[ROLE_API];
    io->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (io->epoll < 0 || io->listener < 0 || !make_tables(io))
        role_fatal(role, "io can not begin");
    return io;
}

int io_main(struct role *role)
{
    struct report report;
    report_init(&report);
    struct io *io = create(role);
    if (role_confine(role, &report) != STATUS_OK) /* threads come after that */
        role_fatal(role, report.text);
    int link = take(&role->peers[ROLE_MAIN]), directory = take(&role->files[ROLE_FILE_STORE]);
    if (link >= 0 && directory >= 0 && io_store_start(link, directory, &report) != STATUS_OK)
        role_fatal(role, report.text);
    int net = take(&role->peers[ROLE_NET]), egress = take(&role->peers[ROLE_EGRESS]);
    if (net >= 0 && io_net_start(net, egress, role->settings, &report) != STATUS_OK)
        role_fatal(role, report.text);
    watch(io, role->control, IO_TAG_CONTROL, EPOLLIN);
    watch(io, io->listener, IO_TAG_LISTENER, 0);
    if (io->api >= 0) {
        watch(io, io->api, IO_TAG_API, 0);
        io_listen(io, true);
    }
    if (role_ready(role, "") != STATUS_OK)
        return ROLE_EXIT_FATAL;
    while (serve_once(io)) {
    }
    return 0;
}
