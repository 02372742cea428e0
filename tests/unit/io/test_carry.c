/*
 * tests/unit/io/test_carry.c: bytes of a connection both ways: back pressure, ends, limits of a
 * peer.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "node/io/inbound.h"
#include "tests/support/test.h"

enum { SLOTS = 4, LARGE = 4 << 20 };

struct bench {
    struct io *io;
    struct settings settings;
    int client, api; /* our ends of one connection */
};

static struct io_peer *take_peer(struct bench *bench, const char *address)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    assert_int_equal(inet_pton(AF_INET, address, &four.sin_addr), 1);
    return io_peer_take(bench->io, (const struct sockaddr *)&four);
}

static void begin(struct bench *bench)
{
    int client[2], pair[2];
    (void)signal(SIGPIPE, SIG_IGN);
    memset(bench, 0, sizeof *bench);
    settings_defaults(&bench->settings);
    bench->settings.connections_per_peer = 2;
    struct io *io = calloc(1, sizeof *io);
    assert_non_null(io);
    bench->io = io;
    io->settings = &bench->settings;
    io->epoll = epoll_create1(EPOLL_CLOEXEC);
    io->listener = io->api = io->waiting_fd = -1;
    io->idle.length_ms = 1000;
    io->lingering.length_ms = 100;
    io->slot_count = io->free_count = SLOTS;
    io->peer_buckets = SLOTS;
    io->slots = calloc(SLOTS, sizeof *io->slots);
    io->serials = calloc(SLOTS, sizeof *io->serials);
    io->free_slots = calloc(SLOTS, sizeof *io->free_slots);
    io->peers = calloc(SLOTS, sizeof *io->peers);
    for (uint32_t i = 0; i < SLOTS; i++)
        io->free_slots[i] = i;
    const int kind = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
    assert_int_equal(socketpair(AF_UNIX, kind, 0, client), 0);
    assert_int_equal(socketpair(AF_UNIX, kind, 0, pair), 0);
    assert_true(io_carry_begin(io, client[1], pair[1], take_peer(bench, "192.0.2.1")));
    bench->client = client[0];
    bench->api = pair[0];
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        assert_int_equal(close(*fd), 0);
    *fd = -1;
}

/* Until there is nothing to do. */
static void turn(struct bench *bench)
{
    struct io *io = bench->io;
    for (int i = 0; i < 10000; i++) {
        struct epoll_event event;
        if (epoll_wait(io->epoll, &event, 1, 0) != 1)
            return;
        uint64_t tag = event.data.u64;
        struct io_connection *connection = io->slots[(uint32_t)tag >> 1];
        assert_non_null(connection);
        io_carry_event(connection, (enum io_side)(tag & 1), event.events);
    }
    fail_msg("io does not come to rest");
}

static void end(struct bench *bench)
{
    struct io *io = bench->io;
    close_end(&bench->client);
    close_end(&bench->api);
    turn(bench);
    assert_int_equal(io->free_count, SLOTS);
    assert_int_equal(io->kept, 0);
    for (uint32_t i = 0; i < SLOTS; i++)
        assert_null(io->peers[i]);
    assert_int_equal(close(io->epoll), 0);
    free(io->slots);
    free(io->serials);
    free(io->free_slots);
    free(io->peers);
    free(io);
}

/* As much as is taken without waiting. */
static size_t write_much(int fd, uint8_t *next, size_t most)
{
    size_t sent = 0;
    uint8_t piece[1000];
    while (sent < most) {
        size_t len = most - sent < sizeof piece ? most - sent : sizeof piece;
        for (size_t i = 0; i < len; i++)
            piece[i] = (uint8_t)(*next + i);
        ssize_t n = send(fd, piece, len, MSG_NOSIGNAL);
        if (n <= 0)
            break;
        sent += (size_t)n;
        *next = (uint8_t)(*next + n);
    }
    return sent;
}

/* All that is there, which goes on counting; the last result of recv in *out_end. */
static size_t read_all(int fd, uint8_t *next, ssize_t *out_end)
{
    size_t got = 0;
    uint8_t piece[4096];
    while ((*out_end = recv(fd, piece, sizeof piece, 0)) > 0) {
        for (ssize_t i = 0; i < *out_end; i++)
            assert_int_equal(piece[i], (uint8_t)(*next + i));
        *next = (uint8_t)(*next + *out_end);
        got += (size_t)*out_end;
    }
    return got;
}

TEST(bytes_go_both_ways)
{
    struct bench bench;
    char text[8] = "";
    begin(&bench);

    assert_int_equal(send(bench.client, "up", 2, 0), 2);
    assert_int_equal(send(bench.api, "down", 4, 0), 4);
    turn(&bench);

    assert_int_equal(recv(bench.api, text, sizeof text, 0), 2);
    assert_memory_equal(text, "up", 2);
    assert_int_equal(recv(bench.client, text, sizeof text, 0), 4);
    assert_memory_equal(text, "down", 4);
    end(&bench);
}

TEST(what_is_not_taken_holds_its_sender_and_is_not_lost)
{
    struct bench bench;
    uint8_t next_sent = 0, next_got = 0;
    ssize_t last = 0;
    begin(&bench);

    size_t sent = 0, got = 0;
    for (int i = 0; i < 100; i++) { /* nobody reads */
        sent += write_much(bench.client, &next_sent, LARGE - sent);
        turn(&bench);
    }
    assert_in_range(sent, 1, LARGE - 1);
    assert_in_range(bench.io->kept, 1, IO_PIECE);

    for (int i = 0; i < 10000 && got < LARGE; i++) {
        got += read_all(bench.api, &next_got, &last);
        sent += write_much(bench.client, &next_sent, LARGE - sent);
        turn(&bench);
    }
    assert_int_equal(got, LARGE);
    assert_int_equal(bench.io->kept, 0);
    end(&bench);
}

TEST(a_client_that_has_said_all_still_hears_the_answer)
{
    struct bench bench;
    char text[8] = "";
    begin(&bench);
    assert_int_equal(send(bench.client, "ask", 3, 0), 3);
    assert_int_equal(shutdown(bench.client, SHUT_WR), 0);
    turn(&bench);
    assert_int_equal(recv(bench.api, text, sizeof text, 0), 3);
    assert_int_equal(recv(bench.api, text, sizeof text, 0), 0);

    assert_int_equal(send(bench.api, "answer", 6, 0), 6);
    close_end(&bench.api);
    turn(&bench);

    assert_int_equal(recv(bench.client, text, sizeof text, 0), 6);
    assert_int_equal(recv(bench.client, text, sizeof text, 0), 0);
    assert_int_equal(bench.io->free_count, SLOTS);
    end(&bench);
}

TEST(the_last_answer_outlives_what_its_client_still_sends)
{
    struct bench bench;
    uint8_t next = 0;
    char text[8] = "";
    begin(&bench);
    size_t sent = 0;
    for (int i = 0; i < 100; i++) {
        sent += write_much(bench.client, &next, LARGE - sent);
        turn(&bench);
    }
    assert_in_range(sent, 1, LARGE - 1);

    assert_int_equal(send(bench.api, "no", 2, 0), 2);
    close_end(&bench.api); /* with much unread */
    turn(&bench);
    for (int i = 0; i < 1000 && sent < LARGE; i++) {
        sent += write_much(bench.client, &next, LARGE - sent);
        turn(&bench);
    }

    assert_int_equal(sent, LARGE);
    assert_int_equal(recv(bench.client, text, sizeof text, 0), 2);
    assert_memory_equal(text, "no", 2);
    assert_int_equal(recv(bench.client, text, sizeof text, 0), 0);
    assert_int_equal(bench.io->free_count, SLOTS - 1);
    bench.io->now = 101; /* it has had its time */
    io_carry_expire(bench.io);
    assert_int_equal(bench.io->free_count, SLOTS);
    end(&bench);
}

TEST(who_is_silent_too_long_is_let_go)
{
    struct bench bench;
    char text[8] = "";
    begin(&bench);
    bench.io->now = 999;
    assert_int_equal(send(bench.client, "x", 1, 0), 1);
    turn(&bench);

    bench.io->now = 1998; /* a second after what it said */
    io_carry_expire(bench.io);
    assert_int_equal(bench.io->free_count, SLOTS - 1);
    bench.io->now = 1999;
    io_carry_expire(bench.io);

    assert_int_equal(bench.io->free_count, SLOTS);
    assert_int_equal(recv(bench.client, text, sizeof text, 0), 0);
    end(&bench);
}

TEST(a_peer_has_no_more_connections_than_its_limit)
{
    struct bench bench;
    begin(&bench);

    struct io_peer *second = take_peer(&bench, "192.0.2.1");
    assert_non_null(second);
    assert_null(take_peer(&bench, "192.0.2.1"));
    struct io_peer *other = take_peer(&bench, "192.0.2.2");
    assert_non_null(other);
    io_peer_give(bench.io, second);
    second = take_peer(&bench, "192.0.2.1");
    assert_non_null(second);

    io_peer_give(bench.io, second);
    io_peer_give(bench.io, other);
    end(&bench);
}

TEST_MAIN(T(bytes_go_both_ways), T(what_is_not_taken_holds_its_sender_and_is_not_lost),
          T(a_client_that_has_said_all_still_hears_the_answer),
          T(the_last_answer_outlives_what_its_client_still_sends),
          T(who_is_silent_too_long_is_let_go), T(a_peer_has_no_more_connections_than_its_limit))
