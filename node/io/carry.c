/*
 * node/io/carry.c: bytes of a connection, both ways.
 *
 *   client ─ directions[IO_CLIENT] ─► api        api ─ directions[IO_API] ─► client
 *
 * The end of one side is passed on when all before it is. When api ends, the client still gets all
 * that api wrote; then what the client may still send is read into nowhere for a while: closed with
 * unread bytes a socket is reset, and the last reply is lost on its way.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "node/io/inbound.h"

/* ---- lists ---- */

static void unlist(struct io_connection *connection)
{
    struct io *io = connection->io;
    struct io_list *list = connection->lingers ? &io->lingering : &io->idle;
    struct io_connection *before = connection->before, *after = connection->after;
    *(before != NULL ? &before->after : &list->first) = after;
    *(after != NULL ? &after->before : &list->last) = before;
}

static void list(struct io_connection *connection)
{
    struct io *io = connection->io;
    struct io_list *list = connection->lingers ? &io->lingering : &io->idle;
    connection->deadline = io->now + list->length_ms;
    connection->after = NULL;
    connection->before = list->last;
    *(list->last != NULL ? &list->last->after : &list->first) = connection;
    list->last = connection;
}

/* Something moved. A connection that lingers has its time once. */
static void touch(struct io_connection *connection)
{
    if (connection->lingers)
        return;
    unlist(connection);
    list(connection);
}

/* ---- begin and end ---- */

static uint64_t tag_of(const struct io_connection *connection, enum io_side side)
{
    return (uint64_t)connection->serial << 32 | (uint64_t)connection->slot << 1 | side;
}

/* Without a wish it is not watched at all: else epoll told of its end again and again. */
static void arm(struct io_connection *connection, enum io_side side, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u64 = tag_of(connection, side)};
    uint32_t before = connection->armed[side];
    if (connection->fds[side] < 0 || before == events)
        return;
    connection->armed[side] = events;
    (void)epoll_ctl(connection->io->epoll,
                    before == 0   ? EPOLL_CTL_ADD
                    : events == 0 ? EPOLL_CTL_DEL
                                  : EPOLL_CTL_MOD,
                    connection->fds[side], &event);
}

bool io_carry_begin(struct io *io, int client, int pair, struct io_peer *peer)
{
    struct io_connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        io_peer_give(io, peer);
        (void)close(client);
        (void)close(pair);
        return false;
    }
    uint32_t slot = io->free_slots[--io->free_count];
    io->serials[slot] = (io->serials[slot] + 1) & 0x7FFFFFFF;
    *connection = (struct io_connection){
        .io = io, .slot = slot, .serial = io->serials[slot], .fds = {client, pair}, .peer = peer};
    io->slots[slot] = connection;
    list(connection);
    for (int side = 0; side < 2; side++) {
        struct epoll_event event = {.events = EPOLLIN,
                                    .data.u64 = tag_of(connection, (enum io_side)side)};
        connection->armed[side] = EPOLLIN;
        if (epoll_ctl(io->epoll, EPOLL_CTL_ADD, connection->fds[side], &event) != 0) {
            io_carry_end(connection);
            return false;
        }
    }
    return true;
}

static void drop_kept(struct io_connection *connection, struct io_direction *direction)
{
    if (direction->kept == NULL)
        return;
    connection->io->kept -= direction->kept_len;
    free(direction->kept);
    direction->kept = NULL;
}

/* All of it but its place in a list. */
static void release(struct io_connection *connection)
{
    struct io *io = connection->io;
    for (int side = 0; side < 2; side++) {
        drop_kept(connection, &connection->directions[side]);
        if (connection->fds[side] >= 0)
            (void)close(connection->fds[side]);
    }
    io_peer_give(io, connection->peer);
    io->slots[connection->slot] = NULL;
    io->free_slots[io->free_count++] = connection->slot;
    free(connection);
}

void io_carry_end(struct io_connection *connection)
{
    unlist(connection);
    release(connection);
}

/* ---- one direction ---- */

static enum io_side other(enum io_side side)
{
    return side == IO_CLIENT ? IO_API : IO_CLIENT;
}

/* Its target is gone: what it holds is lost, and its source is not asked any more. */
static void cut(struct io_connection *connection, struct io_direction *direction)
{
    drop_kept(connection, direction);
    direction->has_ended = direction->is_shut = direction->is_cut = true;
}

/* Sends; returns how much of it went. */
static size_t push(struct io_connection *connection, enum io_side from, const uint8_t *data,
                   size_t len)
{
    ssize_t sent = send(connection->fds[other(from)], data, len, MSG_NOSIGNAL);
    if (sent >= 0)
        return (size_t)sent;
    if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
        cut(connection, &connection->directions[from]);
    return 0;
}

static void push_kept(struct io_connection *connection, enum io_side from)
{
    struct io_direction *direction = &connection->directions[from];
    size_t left = direction->kept_len - direction->kept_at;
    size_t sent = push(connection, from, direction->kept + direction->kept_at, left);
    direction->kept_at += sent;
    if (sent == left)
        drop_kept(connection, direction);
    if (sent != 0)
        touch(connection);
}

static void keep(struct io_connection *connection, enum io_side from, const uint8_t *data,
                 size_t len)
{
    struct io *io = connection->io;
    struct io_direction *direction = &connection->directions[from];
    uint8_t *kept = len > IO_KEPT_MAX - io->kept ? NULL : malloc(len);
    if (kept == NULL) { /* too much is kept for others: this one ends */
        cut(connection, &connection->directions[IO_CLIENT]);
        cut(connection, &connection->directions[IO_API]);
        return;
    }
    memcpy(kept, data, len);
    direction->kept = kept;
    direction->kept_len = len;
    direction->kept_at = 0;
    io->kept += len;
}

static void carry_once(struct io_connection *connection, enum io_side from)
{
    struct io *io = connection->io;
    struct io_direction *direction = &connection->directions[from];
    ssize_t len = recv(connection->fds[from], io->piece, sizeof io->piece, 0);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (len <= 0) { /* the end, or ECONNRESET: the other side closed with something unread */
        direction->has_ended = true;
        return;
    }
    touch(connection);
    size_t sent = push(connection, from, io->piece, (size_t)len);
    if (sent < (size_t)len && !direction->has_ended)
        keep(connection, from, io->piece + sent, (size_t)len - sent);
}

/* What a client sends after api's end. */
static void linger_once(struct io_connection *connection)
{
    struct io *io = connection->io;
    ssize_t len = recv(connection->fds[IO_CLIENT], io->piece, sizeof io->piece, 0);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    connection->lingered += len > 0 ? (uint64_t)len : 0;
    if (len <= 0 || connection->lingered > IO_LINGER_MOST)
        connection->directions[IO_CLIENT].has_ended = true;
}

/* ---- the connection ---- */

static void pass_end(struct io_connection *connection, enum io_side from)
{
    struct io_direction *direction = &connection->directions[from];
    if (!direction->has_ended || direction->is_shut || direction->kept != NULL)
        return;
    direction->is_shut = true;
    (void)shutdown(connection->fds[other(from)], SHUT_WR); /* it may be gone already */
}

/* api wrote its last: its end is closed, and the client's is read a while longer. */
static void begin_linger(struct io_connection *connection)
{
    struct io_direction *up = &connection->directions[IO_CLIENT];
    (void)close(connection->fds[IO_API]);
    connection->fds[IO_API] = -1;
    drop_kept(connection, up);
    up->is_shut = true;
    up->has_ended = up->has_ended && !up->is_cut;
    unlist(connection);
    connection->lingers = true;
    list(connection);
}

static uint32_t wanted(const struct io_connection *connection, enum io_side side)
{
    const struct io_direction *from = &connection->directions[side];
    const struct io_direction *to = &connection->directions[other(side)];
    uint32_t events = !from->has_ended && from->kept == NULL ? EPOLLIN : 0;
    return events | (to->kept != NULL ? EPOLLOUT : 0);
}

void io_carry_event(struct io_connection *connection, enum io_side side, uint32_t events)
{
    struct io_direction *from = &connection->directions[side];
    struct io_direction *to = &connection->directions[other(side)];
    if (connection->lingers && side == IO_API)
        return; /* told of in the same breath as its end */
    if (connection->lingers) {
        linger_once(connection);
        if (from->has_ended)
            io_carry_end(connection);
        return;
    }
    if (to->kept != NULL && (events & ~(uint32_t)EPOLLIN) != 0)
        push_kept(connection, other(side));
    if (from->kept == NULL && !from->has_ended && (events & ~(uint32_t)EPOLLOUT) != 0)
        carry_once(connection, side);
    pass_end(connection, IO_CLIENT);
    pass_end(connection, IO_API);
    const struct io_direction *up = &connection->directions[IO_CLIENT];
    const struct io_direction *down = &connection->directions[IO_API];
    bool has_client_left = down->is_cut || (up->has_ended && !up->is_cut);
    if (down->is_shut && has_client_left && up->is_shut) {
        io_carry_end(connection);
        return;
    }
    if (down->is_shut) {
        begin_linger(connection);
        arm(connection, IO_CLIENT, EPOLLIN);
        return;
    }
    arm(connection, IO_API, wanted(connection, IO_API));
    arm(connection, IO_CLIENT, wanted(connection, IO_CLIENT));
}

static void expire(struct io *io, struct io_list *list)
{
    while (list->first != NULL && list->first->deadline <= io->now) {
        struct io_connection *first = list->first;
        list->first = first->after;
        *(first->after != NULL ? &first->after->before : &list->last) = NULL;
        release(first);
    }
}

void io_carry_expire(struct io *io)
{
    expire(io, &io->lingering);
    expire(io, &io->idle);
}
