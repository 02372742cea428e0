/*
 * node/io/net.c: the thread of connections out: main's link, egress's link, a table of connections.
 *
 * main has decided and logged before it asks; what is decided here is only which addresses are
 * public (net_open.c). Bytes are TLS records of egress's, carried unread.
 *
 * Invariants:
 *   (1) One thread owns all of struct net; the resolver's threads and io_net_egress hand over by a
 *       lock and wake it by its eventfd.
 *   (2) Tables and buffers are fixed; a connection costs its two buffers only while it carries.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/eventfd.h>
#include <sys/socket.h>

#include "node/io/io.h"
#include "node/io/net_internal.h"
#include "node/message/clock.h"

#define STACK_SIZE (256u << 10)
#define SEND_MS    1000u
#define POLLS_MAX  (3 + NET_CONNECTIONS_MAX * NET_ADDRESSES_MAX)

/* What io_net_egress leaves for the thread. */
static struct {
    pthread_mutex_t lock;
    struct net *net; /* NULL: no thread runs */
    int link;
    bool has_link;
} handover = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct net_connection *net_find(struct net *net, uint64_t number)
{
    for (size_t i = 0; i < NET_CONNECTIONS_MAX; i++)
        if (net->connections[i].state != NET_FREE && net->connections[i].number == number)
            return &net->connections[i];
    return NULL;
}

void net_connection_end(struct net_connection *connection)
{
    if (connection->state == NET_CARRYING)
        net_carry_fini(&connection->carry);
    for (uint32_t i = 0; connection->state == NET_CONNECTING && i < NET_ADDRESSES_MAX; i++)
        if (connection->tries[i] >= 0)
            (void)close(connection->tries[i]);
    connection->state = NET_FREE;
}

void net_connection_fail(struct net *net, struct net_connection *connection,
                         enum message_failure code, const char *text)
{
    const struct message_failed failed = {
        .id = connection->ask_id, .code = code, .text = bytes_of(text, strlen(text))};
    if (message_send_wait(net->main, MESSAGE_FAILED, &failed, -1, SEND_MS) != STATUS_OK)
        net->is_broken = true;
    net_connection_end(connection);
}

/* ---- what came ---- */

static void serve_main(struct net *net, struct message_in *in)
{
    struct net_connection *connection = NULL;
    while (!net->is_broken) {
        enum status status = message_receive(net->main, in, NULL);
        if (status == STATUS_UNAVAILABLE)
            return;
        if (status != STATUS_OK) {
            net->is_broken = true;
            return;
        }
        if (in->type == MESSAGE_NET_OPEN)
            net_open_begin(net, &in->any.net_open);
        else if (in->type == MESSAGE_NET_CLOSE)
            connection = net_find(net, in->any.net_close.connection);
        else
            net->is_broken = true;
        if (connection != NULL)
            net_connection_end(connection);
        connection = NULL;
        message_release(in);
    }
}

static void set_egress(struct net *net, int link)
{
    if (net->egress >= 0)
        (void)close(net->egress);
    net->egress = link;
    if (link >= 0)
        (void)fcntl(link, F_SETFL, O_NONBLOCK); /* without it, sends may wait longer */
}

static void serve_event(struct net *net)
{
    uint64_t count;
    (void)!read(net->event, &count, sizeof count); /* nothing there: looked at for nothing */
    (void)pthread_mutex_lock(&handover.lock);
    if (handover.has_link)
        set_egress(net, handover.link);
    handover.has_link = false;
    (void)pthread_mutex_unlock(&handover.lock);
    for (struct net_lookup *lookup; (lookup = net_resolver_take(net->resolver)) != NULL;) {
        net_open_resolved(net, lookup);
        free(lookup);
    }
}

/* ---- the loop ---- */

struct polls {
    nfds_t count;
    uint32_t first[NET_CONNECTIONS_MAX]; /* of the connection's entries */
    struct pollfd fds[POLLS_MAX];
};

static struct pollfd *add(struct polls *polls, int fd, short events)
{
    struct pollfd *one = &polls->fds[polls->count++];
    *one = (struct pollfd){.fd = fd, .events = events};
    return one;
}

static void add_connection(struct polls *polls, const struct net_connection *connection)
{
    if (connection->state == NET_CARRYING) {
        struct pollfd *socket = add(polls, -1, 0);
        struct pollfd *pair = add(polls, -1, 0);
        net_carry_events(&connection->carry, &socket->fd, &socket->events, &pair->fd,
                         &pair->events);
    }
    /* Only what is open: poll takes no more entries than there may be descriptors. */
    for (uint32_t i = 0; connection->state == NET_CONNECTING && i < connection->count; i++)
        if (connection->tries[i] >= 0)
            (void)add(polls, connection->tries[i], POLLOUT);
}

/* Milliseconds to wait, -1: until something comes. */
static int fill(const struct net *net, struct polls *polls)
{
    uint64_t wake = UINT64_MAX;
    polls->count = 0;
    (void)add(polls, net->main, POLLIN);
    (void)add(polls, net->event, POLLIN);
    (void)add(polls, net->egress, POLLIN); /* it has nothing to say: its end, or a breach */
    for (size_t i = 0; i < NET_CONNECTIONS_MAX; i++) {
        const struct net_connection *connection = &net->connections[i];
        polls->first[i] = (uint32_t)polls->count;
        if (connection->state == NET_RESOLVING || connection->state == NET_CONNECTING) {
            uint64_t at = net_open_wake_ns(connection);
            wake = at < wake ? at : wake;
        }
        add_connection(polls, connection);
    }
    uint64_t now = message_now_ns();
    if (wake == UINT64_MAX)
        return -1;
    return wake <= now ? 0 : (int)((wake - now) / NS_PER_MS + 1);
}

static void step(struct net *net, struct net_connection *connection, const struct pollfd *fds,
                 uint64_t now)
{
    short events[NET_ADDRESSES_MAX] = {0};
    if (connection->state == NET_CARRYING) {
        if ((fds[0].revents != 0 || fds[1].revents != 0) &&
            !net_carry_step(&connection->carry, fds[0].revents, fds[1].revents))
            net_connection_end(connection);
        return;
    }
    for (uint32_t i = 0; connection->state == NET_CONNECTING && i < connection->count; i++)
        if (connection->tries[i] >= 0)
            events[i] = (fds++)->revents;
    if (connection->state != NET_FREE)
        net_open_step(net, connection, events, now);
}

static void loop(struct net *net, struct polls *polls, struct message_in *in)
{
    while (!net->is_broken) {
        int wait = fill(net, polls);
        int n = poll(polls->fds, polls->count, wait);
        if (n < 0 && errno != EINTR)
            return;
        if (n < 0)
            continue;
        uint64_t now = message_now_ns();
        /* Connections first: the entries are of the table as it was. */
        for (size_t i = 0; i < NET_CONNECTIONS_MAX; i++)
            step(net, &net->connections[i], &polls->fds[polls->first[i]], now);
        if (polls->fds[2].revents != 0)
            set_egress(net, -1);
        if (polls->fds[1].revents != 0)
            serve_event(net);
        if (polls->fds[0].revents != 0)
            serve_main(net, in);
    }
}

static void destroy(struct net *net)
{
    for (size_t i = 0; i < NET_CONNECTIONS_MAX; i++)
        net_connection_end(&net->connections[i]);
    net_resolver_destroy(net->resolver);
    set_egress(net, -1);
    if (net->main >= 0)
        (void)close(net->main);
    if (net->event >= 0)
        (void)close(net->event);
    free(net);
}

static void *run(void *context)
{
    struct net *net = context;
    struct polls *polls = malloc(sizeof *polls);
    struct message_in *in = malloc(sizeof *in);
    if (polls != NULL && in != NULL)
        loop(net, polls, in);
    free(polls);
    free(in);
    (void)pthread_mutex_lock(&handover.lock);
    handover.net = NULL;
    if (handover.has_link && handover.link >= 0)
        (void)close(handover.link);
    handover.has_link = false;
    (void)pthread_mutex_unlock(&handover.lock);
    destroy(net);
    return NULL;
}

enum status io_net_start(int net_link, int egress_link, const struct settings *settings,
                         struct report *report)
{
    struct net *net = calloc(1, sizeof *net);
    if (net == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "no room for connections out");
    net->main = -1;
    net->egress = -1;
    net->resolve_count = settings->resolve_count;
    memcpy(net->resolves, settings->resolves, sizeof net->resolves);
    net->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    enum status status = STATUS_UNAVAILABLE;
    if (net->event < 0)
        report_write(report, REPORT_NO_OFFSET, "no eventfd for connections out");
    else
        status = net_resolver_create(net->event, &net->resolver, report);
    if (status != STATUS_OK) {
        destroy(net);
        return status;
    }
    net->main = net_link;
    (void)fcntl(net_link, F_SETFL, O_NONBLOCK);
    set_egress(net, egress_link);
    (void)pthread_mutex_lock(&handover.lock);
    handover.net = net;
    (void)pthread_mutex_unlock(&handover.lock);
    if (io_start_thread(run, net, STACK_SIZE))
        return STATUS_OK;
    (void)pthread_mutex_lock(&handover.lock);
    handover.net = NULL;
    (void)pthread_mutex_unlock(&handover.lock);
    destroy(net);
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no thread for connections out");
}

void io_net_egress(int egress_link)
{
    static const uint64_t one = 1;
    (void)pthread_mutex_lock(&handover.lock);
    if (handover.net == NULL) {
        if (egress_link >= 0)
            (void)close(egress_link);
    } else {
        if (handover.has_link && handover.link >= 0)
            (void)close(handover.link);
        handover.link = egress_link;
        handover.has_link = true;
        (void)!write(handover.net->event, &one, sizeof one); /* full: it is readable already */
    }
    (void)pthread_mutex_unlock(&handover.lock);
}
