/*
 * node/io/net_carry.h: bytes of one connection out, both ways between its socket and egress's pair.
 *
 *   source --> room of NET_CARRY_BYTES --> target
 *
 * A source that ends is passed on when its bytes are; a target that takes no more ends its flow.
 * All sockets are non-blocking; who polls asks for net_carry_events and then steps.
 */
#ifndef AETHER_NODE_IO_NET_CARRY_H
#define AETHER_NODE_IO_NET_CARRY_H

#include "core/base/bytes.h"

#define NET_CARRY_BYTES 32768u

struct net_flow {
    uint8_t *data; /* NET_CARRY_BYTES */
    size_t from, to;
    bool has_ended; /* nothing more comes from the source */
    bool is_done;   /* nothing more goes to the target */
};

struct net_carry {
    int socket;          /* the network's */
    int pair;            /* egress's */
    struct net_flow out; /* pair -> socket */
    struct net_flow in;  /* socket -> pair */
};

/* Takes both over; false: no room, and they stay the caller's. */
bool net_carry_init(struct net_carry *carry, int socket, int pair);
/* Closes, wipes and frees. */
void net_carry_fini(struct net_carry *carry);

/* What to poll for; -1 in *out_fd: nothing any more. */
void net_carry_events(const struct net_carry *carry, int *out_socket, short *out_socket_events,
                      int *out_pair, short *out_pair_events);

/* False: it is over. */
bool net_carry_step(struct net_carry *carry, short socket_events, short pair_events);

#endif
