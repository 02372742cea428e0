/*
 * node/io/net_resolve.h: names to addresses by the system's resolver, in threads of their own.
 *
 * getaddrinfo can not be interrupted: who asked may give up, the answer is then nobody's. Threads
 * and questions that wait are bounded: a resolver that hangs costs lookups, not memory.
 */
#ifndef AETHER_NODE_IO_NET_RESOLVE_H
#define AETHER_NODE_IO_NET_RESOLVE_H

#include "core/base/report.h"
#include "node/io/net_address.h"

#define NET_RESOLVE_THREADS 8u
#define NET_RESOLVE_QUEUE   256u
#define NET_ADDRESSES_MAX   8u
#define NET_HOST_MAX        253u

struct net_resolver;

struct net_lookup {
    struct net_lookup *next;
    uint64_t connection; /* whose question it is */
    char host[NET_HOST_MAX + 1];
    uint16_t port;
    int error; /* of getaddrinfo; 0: there are addresses */
    uint32_t count;
    struct net_address addresses[NET_ADDRESSES_MAX]; /* families take turns, the first leads */
};

/* `event`: an eventfd, written whenever a lookup is done; stays the caller's. */
enum status MUST_CHECK net_resolver_create(int event, struct net_resolver **out_resolver,
                                           struct report *report);
/* Does not wait for those that run: they free what is left when they come back. */
void net_resolver_destroy(struct net_resolver *resolver);

/* LIMIT: too many wait. */
enum status MUST_CHECK net_resolver_ask(struct net_resolver *resolver, uint64_t connection,
                                        struct bytes host, uint16_t port);
/* One that is done, the caller's to free; NULL: none. */
struct net_lookup *net_resolver_take(struct net_resolver *resolver);

#endif
