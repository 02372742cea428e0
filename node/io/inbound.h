/*
 * node/io/inbound.h: connections in: what io.c, accept.c and carry.c share.
 *
 * One thread, one epoll. A client's socket and one end of a pair are a connection; api has the
 * other end. Bytes are carried both ways; what one side does not take yet is kept, up to one piece,
 * and meanwhile nothing is read from the other.
 *
 * Invariants:
 *   (1) A direction keeps at most one piece of IO_PIECE bytes, and all of them IO_KEPT_MAX.
 *   (2) While a direction keeps something its source is not read.
 *   (3) Every connection is in the list of idle ones or of lingering ones, in the order of their
 *       deadlines.
 */
#ifndef AETHER_NODE_IO_INBOUND_H
#define AETHER_NODE_IO_INBOUND_H

#include <netinet/in.h>

#include "node/config/settings.h"
#include "node/message/message.h"
#include "node/role/role.h"

#define IO_PIECE       65536u
#define IO_KEPT_MAX    ((size_t)128 << 20)
#define IO_LINGER_MS   5000u /* what a client still sends is read so long after our end */
#define IO_LINGER_MOST ((uint64_t)64 << 20) /* and up to so many bytes */
#define IO_ADDRESS_MAX 64u
#define IO_SLACK_MS    130000u /* api lets idle ones go itself, and answers within this */
#define IO_PAUSE_MS    100u    /* without accepting, when there are no descriptors */

/* Of epoll; a connection's is its serial and slot, with the side in the last bit. */
#define IO_TAG          ((uint64_t)1 << 63)
#define IO_TAG_LISTENER (IO_TAG | 1)
#define IO_TAG_CONTROL  (IO_TAG | 2)
#define IO_TAG_API      (IO_TAG | 3)

enum io_side { IO_CLIENT, IO_API }; /* where a direction's bytes come from */

struct io_direction {
    uint8_t *kept;
    size_t kept_len, kept_at;
    bool has_ended; /* its source said the end, or is not asked any more */
    bool is_shut;   /* and its target was told */
    bool is_cut;    /* its target takes nothing any more */
};

/* A peer's connections: by IPv4 address, or the first half of an IPv6 one. */
struct io_peer {
    uint64_t key;
    uint32_t count;
    struct io_peer *next;
};

struct io_connection {
    struct io *io;
    uint32_t slot, serial;
    int fds[2]; /* by side */
    uint32_t armed[2];
    struct io_direction directions[2];
    struct io_peer *peer;
    bool lingers;
    uint64_t lingered; /* bytes that nobody reads any more */
    uint64_t deadline;
    struct io_connection *before, *after;
};

struct io_list {
    struct io_connection *first, *last;
    uint64_t length_ms;
};

struct io {
    struct role *role;
    const struct settings *settings;
    int epoll;
    int listener, api;   /* -1: none */
    bool listens;        /* the listener is watched */
    uint64_t listens_at; /* when it is watched again; 0: not by time */
    uint64_t now;

    int waiting_fd; /* a connection that api had no room for; -1: none */
    struct message_accepted waiting;
    char waiting_address[IO_ADDRESS_MAX];

    uint64_t next_number;
    size_t kept; /* bytes in all directions */
    uint32_t slot_count, free_count;
    struct io_connection **slots;
    uint32_t *serials;
    uint32_t *free_slots;
    uint32_t peer_buckets;
    uint64_t peer_seed;
    struct io_peer **peers;
    struct io_list idle, lingering;
    uint8_t piece[IO_PIECE];
};

/* ---- accept.c ---- */
void io_accept(struct io *io);
void io_offer(struct io *io); /* the connection that waits, again */
void io_listen(struct io *io, bool listens);
struct io_peer *io_peer_take(struct io *io, const struct sockaddr *address); /* NULL: too many */
void io_peer_give(struct io *io, struct io_peer *peer);

/* ---- carry.c ---- */
/* Takes the client's socket and our end of the pair; they are closed when it fails. */
bool io_carry_begin(struct io *io, int client, int pair, struct io_peer *peer);
void io_carry_event(struct io_connection *connection, enum io_side side, uint32_t events);
void io_carry_end(struct io_connection *connection);
void io_carry_expire(struct io *io);

#endif
