/*
 * node/io/net_open.c: a connection out until it is open: the name resolved once, its addresses
 * checked, attempts in turns (RFC 8305), the descriptor to egress, the answer to main.
 *
 * Invariants:
 *   (1) connect() sees only addresses that net_address_kind has passed, and those of the one lookup
 *       of this connection: there is no second one.
 *   (2) CARRIED is sent before NET_OPENED.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include "node/io/net_internal.h"
#include "node/message/clock.h"

#define ATTEMPT_NS     (250 * NS_PER_MS)
#define TIMEOUT_MS_MAX 60000u
#define TEXT_MAX       512u
#define SEND_MS        1000u

/* ---- attempts ---- */

/* Starts with the next address; false: there is none. */
static bool start_attempt(struct net_connection *connection)
{
    while (connection->next < connection->count) {
        uint32_t i = connection->next++;
        const struct net_address *address = &connection->addresses[i];
        int one = 1;
        int fd = socket(address->socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0) {
            connection->error = errno;
            continue;
        }
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (connect(fd, (const struct sockaddr *)&address->socket, address->len) == 0 ||
            errno == EINPROGRESS) {
            connection->tries[i] = fd;
            connection->next_try_ns = message_now_ns() + ATTEMPT_NS;
            return true;
        }
        connection->error = errno;
        (void)close(fd);
    }
    return false;
}

static bool has_attempt(const struct net_connection *connection)
{
    for (uint32_t i = 0; i < connection->count; i++)
        if (connection->tries[i] >= 0)
            return true;
    return false;
}

static void fail_attempts(struct net *net, struct net_connection *connection)
{
    char text[TEXT_MAX];
    const char *why = connection->error == ECONNREFUSED ? "refused" : strerror(connection->error);
    (void)snprintf(text, sizeof text, "no connection to %s:%u: %s", connection->host,
                   connection->port, why);
    net_connection_fail(net, connection, MESSAGE_FAILURE_NOT_FOUND, text);
}

static void begin_attempts(struct net *net, struct net_connection *connection)
{
    connection->state = NET_CONNECTING;
    connection->next = 0;
    for (uint32_t i = 0; i < NET_ADDRESSES_MAX; i++)
        connection->tries[i] = -1;
    if (!start_attempt(connection))
        fail_attempts(net, connection);
}

/* ---- the question ---- */

/* --resolve: an address of the operator's, whatever it is. */
static bool take_override(const struct net *net, struct net_connection *connection)
{
    for (uint32_t i = 0; i < net->resolve_count; i++) {
        const struct settings_resolve *each = &net->resolves[i];
        if (each->port != connection->port || strcasecmp(each->host, connection->host) != 0)
            continue;
        if (!net_address_read(each->address, each->to_port, &connection->addresses[0]))
            continue;
        connection->count = 1;
        return true;
    }
    return false;
}

/* Invariant (1). */
static void take_addresses(struct net *net, struct net_connection *connection,
                           const struct net_address *addresses, uint32_t count)
{
    char text[TEXT_MAX];
    connection->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        enum net_address_kind kind = net_address_kind(&addresses[i]);
        if (kind == NET_ADDRESS_PUBLIC ||
            (kind == NET_ADDRESS_PRIVATE && connection->allows_private))
            connection->addresses[connection->count++] = addresses[i];
    }
    if (connection->count != 0) {
        begin_attempts(net, connection);
    } else if (count != 0) {
        (void)snprintf(text, sizeof text, "access denied: %s has an address that is not public",
                       connection->host);
        net_connection_fail(net, connection, MESSAGE_FAILURE_DENIED, text);
    } else {
        (void)snprintf(text, sizeof text, "there is no address for %s", connection->host);
        net_connection_fail(net, connection, MESSAGE_FAILURE_NOT_FOUND, text);
    }
}

static struct net_connection *find_free(struct net *net)
{
    for (size_t i = 0; i < NET_CONNECTIONS_MAX; i++)
        if (net->connections[i].state == NET_FREE)
            return &net->connections[i];
    return NULL;
}

static void refuse(struct net *net, uint32_t id, enum message_failure code, const char *text)
{
    const struct message_failed failed = {
        .id = id, .code = code, .text = bytes_of(text, strlen(text))};
    if (message_send_wait(net->main, MESSAGE_FAILED, &failed, -1, SEND_MS) != STATUS_OK)
        net->is_broken = true;
}

void net_open_begin(struct net *net, const struct message_net_open *open)
{
    struct net_connection *connection = find_free(net);
    struct net_address literal;
    if (open->port == 0 || open->port > UINT16_MAX || net_find(net, open->connection) != NULL ||
        memchr(open->host.data, '\0', open->host.len) != NULL) {
        refuse(net, open->id, MESSAGE_FAILURE_INVALID, "no port, or a connection that there is");
        return;
    }
    if (connection == NULL) {
        refuse(net, open->id, MESSAGE_FAILURE_BUSY, "unavailable: too many connections out");
        return;
    }
    uint64_t ms = open->timeout_ms < TIMEOUT_MS_MAX ? open->timeout_ms : TIMEOUT_MS_MAX;
    *connection = (struct net_connection){
        .state = NET_RESOLVING,
        .ask_id = open->id,
        .number = open->connection,
        .deadline_ns = message_now_ns() + ms * NS_PER_MS,
        .allows_private = open->allow_private != 0,
        .port = (uint16_t)open->port,
    };
    memcpy(connection->host, open->host.data, open->host.len);
    if (take_override(net, connection))
        begin_attempts(net, connection);
    else if (net_address_read(connection->host, connection->port, &literal))
        take_addresses(net, connection, &literal, 1);
    else if (net_resolver_ask(net->resolver, open->connection, open->host, connection->port) !=
             STATUS_OK)
        net_connection_fail(net, connection, MESSAGE_FAILURE_BUSY,
                            "unavailable: too many names are being resolved");
}

void net_open_resolved(struct net *net, const struct net_lookup *lookup)
{
    struct net_connection *connection = net_find(net, lookup->connection);
    if (connection != NULL && connection->state == NET_RESOLVING)
        take_addresses(net, connection, lookup->addresses, lookup->count);
}

/* ---- open ---- */

/* Invariant (2). The socket is the connection's from now on, whatever happens. */
static void hand_over(struct net *net, struct net_connection *connection, uint32_t which)
{
    char text[NET_ADDRESS_TEXT_MAX];
    int pair[2];
    const struct message_carried carried = {.connection = connection->number};
    if (net->egress < 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair)) {
        net_connection_fail(net, connection, MESSAGE_FAILURE_UNAVAILABLE,
                            "unavailable: egress is away, try again later");
        return;
    }
    enum status status =
        message_send_wait(net->egress, MESSAGE_CARRIED, &carried, pair[1], SEND_MS);
    (void)close(pair[1]);
    if (status != STATUS_OK ||
        !net_carry_init(&connection->carry, connection->tries[which], pair[0])) {
        (void)close(pair[0]);
        net_connection_fail(net, connection, MESSAGE_FAILURE_UNAVAILABLE,
                            "unavailable: egress is away, try again later");
        return;
    }
    connection->tries[which] = -1;
    for (uint32_t i = 0; i < NET_ADDRESSES_MAX; i++)
        if (connection->tries[i] >= 0)
            (void)close(connection->tries[i]);
    connection->state = NET_CARRYING;
    net_address_text(&connection->addresses[which], text);
    const struct message_net_opened opened = {.id = connection->ask_id,
                                              .address = bytes_of(text, strlen(text))};
    if (message_send_wait(net->main, MESSAGE_NET_OPENED, &opened, -1, SEND_MS) != STATUS_OK)
        net->is_broken = true;
}

/* True: it is connected. */
static bool look_at_attempt(struct net_connection *connection, uint32_t which, short events)
{
    int error = 0;
    socklen_t len = sizeof error;
    if (connection->tries[which] < 0 || events == 0)
        return false;
    if (getsockopt(connection->tries[which], SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        error = errno;
    if (error == 0 && (events & POLLOUT) != 0)
        return true;
    connection->error = error != 0 ? error : ECONNABORTED;
    (void)close(connection->tries[which]);
    connection->tries[which] = -1;
    connection->next_try_ns = 0;
    return false;
}

void net_open_step(struct net *net, struct net_connection *connection,
                   const short events[static NET_ADDRESSES_MAX], uint64_t now_ns)
{
    char text[TEXT_MAX];
    if (connection->state == NET_CONNECTING) {
        for (uint32_t i = 0; i < connection->count; i++) {
            if (!look_at_attempt(connection, i, events[i]))
                continue;
            hand_over(net, connection, i);
            return;
        }
    }
    if (now_ns >= connection->deadline_ns) {
        (void)snprintf(text, sizeof text, "timeout: %s was not %s in time", connection->host,
                       connection->state == NET_RESOLVING ? "resolved" : "connected to");
        net_connection_fail(net, connection, MESSAGE_FAILURE_TIMEOUT, text);
        return;
    }
    if (connection->state != NET_CONNECTING)
        return;
    if (now_ns >= connection->next_try_ns && !start_attempt(connection))
        connection->next_try_ns = UINT64_MAX;
    if (!has_attempt(connection))
        fail_attempts(net, connection);
}

uint64_t net_open_wake_ns(const struct net_connection *connection)
{
    if (connection->state == NET_CONNECTING && connection->next_try_ns < connection->deadline_ns)
        return connection->next_try_ns;
    return connection->deadline_ns;
}
