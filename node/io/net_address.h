/*
 * node/io/net_address.h: what kind of place an address is. Pure functions.
 *
 * Public is what the registries of RFC 6890 say is globally reachable. An IPv6 address that stands
 * for an IPv4 address (mapped, translated by NAT64, 6to4, Teredo) is what that one is, or private
 * where it can not be told.
 */
#ifndef AETHER_NODE_IO_NET_ADDRESS_H
#define AETHER_NODE_IO_NET_ADDRESS_H

#include <netinet/in.h>

#include "core/base/bytes.h"

enum net_address_kind {
    NET_ADDRESS_PUBLIC,
    NET_ADDRESS_PRIVATE, /* by a grant that says so: loopback, private, link-local, shared, ULA ...
                          */
    NET_ADDRESS_NEVER,   /* nobody connects there: unspecified, multicast, broadcast */
};

struct net_address {
    struct sockaddr_storage socket;
    socklen_t len;
};

enum net_address_kind net_address_kind(const struct net_address *address);

#define NET_ADDRESS_TEXT_MAX 64u
/* "192.0.2.7:443", "[2001:db8::7]:443". */
void net_address_text(const struct net_address *address, char out_text[NET_ADDRESS_TEXT_MAX]);

/* Of "192.0.2.7" or "2001:db8::7"; false: it is none. */
bool net_address_read(const char *text, uint16_t port, struct net_address *out_address);

#endif
