/*
 * node/io/accept.c: new connections: limits of a peer and in all, the pair, and the offer to api.
 *
 * A connection over a limit is closed at once: its client knows, and the listener's queue stays
 * short. When api takes no message one connection waits and the listener is left alone.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "node/io/inbound.h"

#define ACCEPTS_AT_ONCE 32

/* ---- peers ---- */

static uint64_t peer_key(const struct sockaddr *address)
{
    uint64_t key = 0;
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)address;
        if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
            return load_le32(six->sin6_addr.s6_addr + 12);
        memcpy(&key, six->sin6_addr.s6_addr, sizeof key); /* a /64 is one customer */
        return key | (uint64_t)1 << 63;
    }
    const struct sockaddr_in *four = (const void *)address;
    return four->sin_addr.s_addr;
}

static struct io_peer **bucket_of(struct io *io, uint64_t key)
{
    uint64_t mixed = (key ^ io->peer_seed) * 0x9E3779B97F4A7C15u;
    mixed ^= mixed >> 32;
    return &io->peers[(mixed * 0xD6E8FEB86659FD93u >> 33) % io->peer_buckets];
}

struct io_peer *io_peer_take(struct io *io, const struct sockaddr *address)
{
    uint64_t key = peer_key(address);
    struct io_peer **bucket = bucket_of(io, key);
    struct io_peer *peer = *bucket;
    while (peer != NULL && peer->key != key)
        peer = peer->next;
    if (peer == NULL) {
        peer = calloc(1, sizeof *peer);
        if (peer == NULL)
            return NULL;
        peer->key = key;
        peer->next = *bucket;
        *bucket = peer;
    }
    if (peer->count >= io->settings->connections_per_peer)
        return NULL;
    peer->count++;
    return peer;
}

void io_peer_give(struct io *io, struct io_peer *peer)
{
    if (--peer->count != 0)
        return;
    struct io_peer **at = bucket_of(io, peer->key);
    while (*at != peer)
        at = &(*at)->next;
    *at = peer->next;
    free(peer);
}

/* ---- the listener ---- */

void io_listen(struct io *io, bool listens)
{
    struct epoll_event event = {.events = listens ? EPOLLIN : 0, .data.u64 = IO_TAG_LISTENER};
    io->listens_at = 0;
    if (io->listens == listens)
        return;
    io->listens = listens;
    (void)epoll_ctl(io->epoll, EPOLL_CTL_MOD, io->listener, &event);
}

static void write_address(const struct sockaddr *address, char out[static IO_ADDRESS_MAX])
{
    char text[INET6_ADDRSTRLEN] = "?";
    bool is_six = address->sa_family == AF_INET6;
    const struct sockaddr_in6 *six = (const void *)address;
    const struct sockaddr_in *four = (const void *)address;
    (void)inet_ntop(address->sa_family,
                    is_six ? (const void *)&six->sin6_addr : (const void *)&four->sin_addr, text,
                    sizeof text);
    (void)snprintf(out, IO_ADDRESS_MAX, is_six ? "[%s]:%u" : "%s:%u", text,
                   ntohs(is_six ? six->sin6_port : four->sin_port));
}

void io_offer(struct io *io)
{
    if (io->waiting_fd < 0)
        return;
    enum status status =
        io->api < 0 ? STATUS_TRUNCATED
                    : message_send(io->api, MESSAGE_ACCEPTED, &io->waiting, io->waiting_fd);
    if (status == STATUS_UNAVAILABLE) {
        io_listen(io, false); /* until api's socket takes something again */
        return;
    }
    /* Sent: it is api's now. Not sent: our own end of the pair sees the end and closes. */
    (void)close(io->waiting_fd);
    io->waiting_fd = -1;
    io_listen(io, io->api >= 0);
}

static void take_client(struct io *io, int client, const struct sockaddr *address)
{
    const int one = 1;
    int pair[2];
    struct io_peer *peer = io->free_count == 0 ? NULL : io_peer_take(io, address);
    if (peer == NULL ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) {
        if (peer != NULL)
            io_peer_give(io, peer);
        (void)close(client);
        return;
    }
    (void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!io_carry_begin(io, client, pair[0], peer)) {
        (void)close(pair[1]);
        return;
    }
    write_address(address, io->waiting_address);
    io->waiting = (struct message_accepted){
        .connection = ++io->next_number,
        .address = bytes_of(io->waiting_address, strlen(io->waiting_address)),
    };
    io->waiting_fd = pair[1];
    io_offer(io);
}

void io_accept(struct io *io)
{
    for (int i = 0; i < ACCEPTS_AT_ONCE && io->waiting_fd < 0 && io->api >= 0; i++) {
        struct sockaddr_storage address = {0};
        socklen_t len = sizeof address;
        struct sockaddr *generic = (struct sockaddr *)&address;
        int client = accept4(io->listener, generic, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (client < 0) {
            if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
                io_listen(io, false); /* no descriptors, no memory: it stays in the queue */
                io->listens_at = io->now + IO_PAUSE_MS;
            }
            return;
        }
        if (address.ss_family == AF_INET || address.ss_family == AF_INET6)
            take_client(io, client, generic);
        else
            (void)close(client);
    }
}
