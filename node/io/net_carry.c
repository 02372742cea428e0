/*
 * node/io/net_carry.c: see net_carry.h.
 *
 * Invariants:
 *   (1) from <= to <= NET_CARRY_BYTES; what is between them was read and not yet written.
 *   (2) A socket that hangs up is polled no more: nothing here spins.
 */
#include "node/io/net_carry.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

bool net_carry_init(struct net_carry *carry, int socket, int pair)
{
    uint8_t *out = malloc(NET_CARRY_BYTES);
    uint8_t *in = malloc(NET_CARRY_BYTES);
    if (out == NULL || in == NULL) {
        free(out);
        free(in);
        return false;
    }
    *carry = (struct net_carry){
        .socket = socket, .pair = pair, .out = {.data = out}, .in = {.data = in}};
    return true;
}

void net_carry_fini(struct net_carry *carry)
{
    (void)close(carry->socket);
    (void)close(carry->pair);
    free(carry->out.data);
    free(carry->in.data);
}

static bool can_read(const struct net_flow *flow)
{
    return !flow->has_ended && !flow->is_done && flow->to < NET_CARRY_BYTES;
}

static bool can_write(const struct net_flow *flow)
{
    return !flow->is_done && flow->from < flow->to;
}

static short events_of(const struct net_flow *source, const struct net_flow *target)
{
    return (short)((can_read(source) ? POLLIN : 0) | (can_write(target) ? POLLOUT : 0));
}

void net_carry_events(const struct net_carry *carry, int *out_socket, short *out_socket_events,
                      int *out_pair, short *out_pair_events)
{
    bool needs_socket = !carry->in.has_ended || !carry->out.is_done;
    *out_socket = needs_socket ? carry->socket : -1;
    *out_socket_events = events_of(&carry->in, &carry->out);
    *out_pair = carry->pair;
    *out_pair_events = events_of(&carry->out, &carry->in);
}

static void read_some(struct net_flow *flow, int source)
{
    ssize_t n;
    if (!can_read(flow))
        return;
    do {
        n = recv(source, flow->data + flow->to, NET_CARRY_BYTES - flow->to, 0);
    } while (n < 0 && errno == EINTR);
    if (n > 0)
        flow->to += (size_t)n;
    else if (n == 0 || (errno != EAGAIN))
        flow->has_ended = true;
}

static void write_some(struct net_flow *flow, int target)
{
    ssize_t n;
    while (can_write(flow)) {
        n = send(target, flow->data + flow->from, flow->to - flow->from, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN))
            return;
        if (n < 0)
            flow->is_done = true;
        else
            flow->from += (size_t)n;
    }
    flow->from = 0;
    flow->to = 0;
    if (flow->has_ended && !flow->is_done) {
        (void)shutdown(target, SHUT_WR);
        flow->is_done = true;
    }
}

bool net_carry_step(struct net_carry *carry, short socket_events, short pair_events)
{
    const short gone = POLLHUP | POLLERR | POLLNVAL;
    if ((socket_events & (POLLIN | gone)) != 0)
        read_some(&carry->in, carry->socket);
    if ((pair_events & (POLLIN | gone)) != 0)
        read_some(&carry->out, carry->pair);
    write_some(&carry->out, carry->socket);
    write_some(&carry->in, carry->pair);
    /* Invariant (2). egress has both directions closed: nobody wants the rest. */
    if ((pair_events & gone) != 0 && !can_read(&carry->out) && !can_write(&carry->out))
        return false;
    if ((socket_events & gone) != 0 && !can_read(&carry->in))
        carry->out.is_done = true;
    return !(carry->in.is_done && carry->out.is_done);
}
