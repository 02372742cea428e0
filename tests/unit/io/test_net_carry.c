/*
 * tests/unit/io/test_net_carry.c: bytes both ways, ends passed on, and nothing that spins.
 */
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <sys/socket.h>

#include "node/io/net_carry.h"
#include "tests/support/test.h"

/* The far ends: of the network, and of egress. */
static struct net_carry carry;
static int far, egress;

static void start(void)
{
    int network[2], pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, network), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    far = network[1];
    egress = pair[1];
    assert_true(net_carry_init(&carry, network[0], pair[0]));
}

/* Polls and steps until nothing happens; how often it stepped. -1: it is over. */
static int settle(void)
{
    for (int steps = 0; steps < 100000; steps++) {
        struct pollfd fds[2];
        net_carry_events(&carry, &fds[0].fd, &fds[0].events, &fds[1].fd, &fds[1].events);
        if (poll(fds, 2, 0) == 0)
            return steps;
        if (!net_carry_step(&carry, (short)(fds[0].fd < 0 ? 0 : fds[0].revents), fds[1].revents))
            return -1;
    }
    fail_msg("it spins");
    return 0;
}

static void finish(void)
{
    net_carry_fini(&carry);
    if (far >= 0)
        (void)close(far);
    if (egress >= 0)
        (void)close(egress);
}

TEST(bytes_pass_both_ways)
{
    char room[8] = "";
    start();
    assert_int_equal(write(egress, "ping", 4), 4);
    assert_int_equal(write(far, "pong!", 5), 5);

    assert_true(settle() > 0);

    assert_int_equal(read(far, room, sizeof room), 4);
    assert_memory_equal(room, "ping", 4);
    assert_int_equal(read(egress, room, sizeof room), 5);
    assert_memory_equal(room, "pong!", 5);
    assert_int_equal(settle(), 0);
    finish();
}

TEST(a_target_that_does_not_read_stops_its_source_at_a_bound)
{
    static uint8_t piece[65536];
    size_t sent = 0;
    start();
    for (ssize_t n; settle() >= 0 && (n = write(far, piece, sizeof piece)) > 0;)
        sent += (size_t)n;

    assert_true(sent < (4u << 20));
    assert_int_equal(carry.in.to - carry.in.from, NET_CARRY_BYTES);

    size_t got = 0;
    for (ssize_t n; settle() >= 0 && (n = read(egress, piece, sizeof piece)) > 0;)
        got += (size_t)n;
    assert_int_equal(got, sent);
    finish();
}

TEST(an_end_is_passed_on_after_the_bytes_before_it)
{
    char room[8];
    start();
    assert_int_equal(write(far, "last", 4), 4);
    assert_int_equal(shutdown(far, SHUT_WR), 0);

    assert_true(settle() > 0);

    assert_int_equal(read(egress, room, sizeof room), 4);
    assert_int_equal(read(egress, room, sizeof room), 0);
    assert_int_equal(write(egress, "more", 4), 4); /* the other way is open still */
    assert_true(settle() > 0);
    assert_int_equal(read(far, room, sizeof room), 4);
    assert_int_equal(shutdown(egress, SHUT_WR), 0);
    assert_int_equal(settle(), -1);
    finish();
}

TEST(when_egress_is_gone_it_is_over)
{
    start();
    (void)close(egress);
    egress = -1;
    assert_int_equal(settle(), -1);
    finish();
}

TEST(when_the_network_is_gone_egress_reads_what_came_and_then_the_end)
{
    char room[8];
    start();
    assert_int_equal(write(far, "last", 4), 4);
    (void)close(far);
    far = -1;

    assert_int_equal(settle(), -1);

    assert_int_equal(read(egress, room, sizeof room), 4);
    assert_int_equal(read(egress, room, sizeof room), 0);
    finish();
}

TEST_MAIN(T(bytes_pass_both_ways), T(a_target_that_does_not_read_stops_its_source_at_a_bound),
          T(an_end_is_passed_on_after_the_bytes_before_it), T(when_egress_is_gone_it_is_over),
          T(when_the_network_is_gone_egress_reads_what_came_and_then_the_end))
