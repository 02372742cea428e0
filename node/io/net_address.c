/*
 * node/io/net_address.c: see net_address.h.
 */
#include "node/io/net_address.h"

#include <arpa/inet.h>
#include <stdio.h>

struct block4 {
    uint32_t first;
    unsigned bits;
    enum net_address_kind kind;
};

/* IANA's special-purpose addresses that are not globally reachable; the first that fits counts. */
static const struct block4 blocks4[] = {
    {0x00000000, 32, NET_ADDRESS_NEVER},   /* unspecified: connects to this machine */
    {0x00000000, 8, NET_ADDRESS_PRIVATE},  /* this network */
    {0x0A000000, 8, NET_ADDRESS_PRIVATE},  /* RFC 1918 */
    {0x64400000, 10, NET_ADDRESS_PRIVATE}, /* shared, carriers' NAT */
    {0x7F000000, 8, NET_ADDRESS_PRIVATE},  /* loopback */
    {0xA9FE0000, 16, NET_ADDRESS_PRIVATE}, /* link-local, clouds' metadata */
    {0xAC100000, 12, NET_ADDRESS_PRIVATE}, /* RFC 1918 */
    {0xC0000000, 24, NET_ADDRESS_PRIVATE}, /* protocol assignments */
    {0xC0000200, 24, NET_ADDRESS_PRIVATE}, /* documentation */
    {0xC0586300, 24, NET_ADDRESS_PRIVATE}, /* 6to4 relays, of old */
    {0xC0A80000, 16, NET_ADDRESS_PRIVATE}, /* RFC 1918 */
    {0xC6120000, 15, NET_ADDRESS_PRIVATE}, /* benchmarks */
    {0xC6336400, 24, NET_ADDRESS_PRIVATE}, /* documentation */
    {0xCB007100, 24, NET_ADDRESS_PRIVATE}, /* documentation */
    {0xE0000000, 4, NET_ADDRESS_NEVER},    /* multicast */
    {0xFFFFFFFF, 32, NET_ADDRESS_NEVER},   /* broadcast */
    {0xF0000000, 4, NET_ADDRESS_PRIVATE},  /* reserved */
};

struct block6 {
    uint8_t first[16];
    unsigned bits;
    enum net_address_kind kind;
};

static const struct block6 blocks6[] = {
    {{0}, 128, NET_ADDRESS_NEVER},                       /* unspecified */
    {{[15] = 1}, 128, NET_ADDRESS_PRIVATE},              /* loopback */
    {{0}, 8, NET_ADDRESS_PRIVATE},                       /* IPv4-compatible, reserved */
    {{0x01}, 64, NET_ADDRESS_PRIVATE},                   /* discard */
    {{0x20, 0x01, 0x00}, 23, NET_ADDRESS_PRIVATE},       /* assignments, Teredo, ORCHID */
    {{0x20, 0x01, 0x0D, 0xB8}, 32, NET_ADDRESS_PRIVATE}, /* documentation */
    {{0x3F, 0xFF}, 20, NET_ADDRESS_PRIVATE},             /* documentation */
    {{0xFC}, 7, NET_ADDRESS_PRIVATE},                    /* unique local */
    {{0xFE, 0x80}, 10, NET_ADDRESS_PRIVATE},             /* link-local */
    {{0xFE, 0xC0}, 10, NET_ADDRESS_PRIVATE},             /* site-local, of old */
    {{0xFF}, 8, NET_ADDRESS_NEVER},                      /* multicast */
};

static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};         /* ::ffff:a.b.c.d */
static const uint8_t nat64[12] = {0x00, 0x64, 0xFF, 0x9B};            /* 64:ff9b::a.b.c.d */
static const uint8_t nat64_local[6] = {0x00, 0x64, 0xFF, 0x9B, 0, 1}; /* 64:ff9b:1::/48 */
static const uint8_t six_to_four[2] = {0x20, 0x02};                   /* 2002:aabb:ccdd:: */
static const uint8_t isatap[4] = {0x00, 0x00, 0x5E, 0xFE};            /* ...:0:5efe:a.b.c.d */

static enum net_address_kind kind4(uint32_t address)
{
    for (size_t i = 0; i < ARRAY_LEN(blocks4); i++) {
        uint32_t mask = (uint32_t)(UINT64_MAX << (32 - blocks4[i].bits));
        if ((address & mask) == blocks4[i].first)
            return blocks4[i].kind;
    }
    return NET_ADDRESS_PUBLIC;
}

static uint32_t load_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool is_in(const uint8_t address[static 16], const struct block6 *block)
{
    for (unsigned bit = 0; bit < block->bits; bit += 8) {
        unsigned left = block->bits - bit;
        uint8_t mask = left >= 8 ? 0xFF : (uint8_t)(0xFF << (8 - left));
        if ((address[bit / 8] & mask) != block->first[bit / 8])
            return false;
    }
    return true;
}

static enum net_address_kind kind6(const uint8_t address[static 16])
{
    if (memcmp(address, mapped, sizeof mapped) == 0 || memcmp(address, nat64, sizeof nat64) == 0)
        return kind4(load_be32(address + 12));
    if (memcmp(address, nat64_local, sizeof nat64_local) == 0)
        return NET_ADDRESS_PRIVATE;
    if (memcmp(address, six_to_four, sizeof six_to_four) == 0)
        return kind4(load_be32(address + 2));
    if (memcmp(address + 8, isatap, sizeof isatap) == 0)
        return NET_ADDRESS_PRIVATE;
    for (size_t i = 0; i < ARRAY_LEN(blocks6); i++)
        if (is_in(address, &blocks6[i]))
            return blocks6[i].kind;
    /* Only 2000::/3 is given out. */
    return (address[0] & 0xE0) == 0x20 ? NET_ADDRESS_PUBLIC : NET_ADDRESS_PRIVATE;
}

enum net_address_kind net_address_kind(const struct net_address *address)
{
    if (address->socket.ss_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, &address->socket, sizeof four);
        return kind4(ntohl(four.sin_addr.s_addr));
    }
    if (address->socket.ss_family != AF_INET6)
        return NET_ADDRESS_NEVER;
    struct sockaddr_in6 six;
    memcpy(&six, &address->socket, sizeof six);
    return kind6(six.sin6_addr.s6_addr);
}

void net_address_text(const struct net_address *address, char out_text[NET_ADDRESS_TEXT_MAX])
{
    char text[INET6_ADDRSTRLEN] = "?";
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    if (address->socket.ss_family == AF_INET) {
        memcpy(&four, &address->socket, sizeof four);
        (void)inet_ntop(AF_INET, &four.sin_addr, text, sizeof text); /* it fits */
        (void)snprintf(out_text, NET_ADDRESS_TEXT_MAX, "%s:%u", text, ntohs(four.sin_port));
    } else {
        memcpy(&six, &address->socket, sizeof six);
        (void)inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
        (void)snprintf(out_text, NET_ADDRESS_TEXT_MAX, "[%s]:%u", text, ntohs(six.sin6_port));
    }
}

bool net_address_read(const char *text, uint16_t port, struct net_address *out_address)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct net_address address = {0};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
        memcpy(&address.socket, &four, sizeof four);
        address.len = sizeof four;
    } else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1) {
        memcpy(&address.socket, &six, sizeof six);
        address.len = sizeof six;
    } else {
        return false;
    }
    *out_address = address;
    return true;
}
