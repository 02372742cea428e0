/*
 * node/io/net_internal.h: a connection out, from NET_OPEN to its end; of net.c and net_open.c.
 *
 *   FREE --NET_OPEN--> RESOLVING --> CONNECTING --CARRIED, NET_OPENED--> CARRYING --> FREE
 *                          \-------------\------- FAILED --------------------------> FREE
 */
#ifndef AETHER_NODE_IO_NET_INTERNAL_H
#define AETHER_NODE_IO_NET_INTERNAL_H

#include "node/config/settings.h"
#include "node/io/net_carry.h"
#include "node/io/net_resolve.h"
#include "node/message/message.h"

#define NET_CONNECTIONS_MAX 512u

enum net_state {
    NET_FREE,
    NET_RESOLVING,
    NET_CONNECTING,
    NET_CARRYING,
};

struct net_connection {
    enum net_state state;
    uint32_t ask_id; /* of NET_OPEN */
    uint64_t number; /* main's */
    uint64_t deadline_ns;
    bool allows_private;
    uint16_t port;
    char host[NET_HOST_MAX + 1];
    /* CONNECTING: addresses that were checked, and an attempt on some of them. */
    uint32_t count, next;
    struct net_address addresses[NET_ADDRESSES_MAX];
    int tries[NET_ADDRESSES_MAX]; /* -1: none, or it failed */
    uint64_t next_try_ns;
    int error;              /* errno of the last attempt that failed */
    struct net_carry carry; /* CARRYING */
};

struct net {
    int main;   /* the link */
    int egress; /* -1: away */
    int event;  /* eventfd: a lookup is done, there is a new link to egress */
    bool is_broken;
    struct net_resolver *resolver;
    uint32_t resolve_count;
    struct settings_resolve resolves[SETTINGS_RESOLVES_MAX];
    struct net_connection connections[NET_CONNECTIONS_MAX];
};

/* net_open.c; each may end the connection. */
void net_open_begin(struct net *net, const struct message_net_open *open);
void net_open_resolved(struct net *net, const struct net_lookup *lookup);
/* `events`: of each try. */
void net_open_step(struct net *net, struct net_connection *connection,
                   const short events[static NET_ADDRESSES_MAX], uint64_t now_ns);
/* When it wants to be stepped at the latest. */
uint64_t net_open_wake_ns(const struct net_connection *connection);

/* net.c */
struct net_connection *net_find(struct net *net, uint64_t number);
/* Closes whatever it has. */
void net_connection_end(struct net_connection *connection);
/* FAILED to main, and the end. */
void net_connection_fail(struct net *net, struct net_connection *connection,
                         enum message_failure code, const char *text);

#endif
