/*
 * tests/unit/node/test_stream.c: GATE_STREAM over pipes, sockets, files, terminals and /dev/null:
 * nothing waits that must not, and what waits can be cancelled.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/test.h"
#include "tests/support/world_bench.h"

static struct world_bench b;
static uint32_t in;
static uint32_t out;

/* A world with `in_fd` as stdin and `out_fd` as stdout. */
static void start(int in_fd, int out_fd)
{
    struct world_ask ask = {.interface = GATE_WORLD, .method = GATE_WORLD_STDIO};
    world_bench_start(&b, &(struct world_setup){.stdio = {in_fd, out_fd, -1}});
    in = world_bench_ask(&b, &ask) == WORLD_DONE ? (uint32_t)b.reply.values[0] : 0;
    ask.args[0] = 1;
    out = world_bench_ask(&b, &ask) == WORLD_DONE ? (uint32_t)b.reply.values[0] : 0;
}

static int read_stream(uint64_t wait, uint32_t len)
{
    struct world_ask ask = {
        .interface = GATE_STREAM,
        .method = GATE_STREAM_READ,
        .handle = in,
        .out_len = len,
        .args = {wait},
    };
    return world_bench_ask(&b, &ask);
}

static int write_stream(uint64_t wait, const void *data, size_t len)
{
    struct world_ask ask = {
        .interface = GATE_STREAM,
        .method = GATE_STREAM_WRITE,
        .handle = out,
        .in = bytes_of(data, len),
        .args = {wait},
    };
    return world_bench_ask(&b, &ask);
}

static void assert_read(const char *text)
{
    assert_int_equal(b.reply.out.len, strlen(text));
    assert_memory_equal(world_bench_out(&b).data, text, strlen(text));
}

/* Writes until nothing goes any more. */
static void fill(void)
{
    static const uint8_t block[4096];
    int result = WORLD_DONE;
    for (unsigned i = 0; result == WORLD_DONE; i++) {
        assert_in_range(i, 0, 10000);
        result = write_stream(0, block, sizeof block);
    }
    assert_int_equal(result, GATE_ERROR_WOULD_BLOCK);
}

/* What streams of two ends have in common; the ends are blocking and stay so. */
static void check_two_ends(int read_end, int write_end)
{
    start(read_end, write_end);
    assert_int_equal(read_stream(0, 10), GATE_ERROR_WOULD_BLOCK);
    assert_int_equal(write_stream(1, "hello", 5), WORLD_DONE);
    assert_int_equal(b.reply.values[0], 5);
    assert_int_equal(read_stream(1, 3), WORLD_DONE);
    assert_read("hel");
    assert_int_equal(read_stream(0, 10), WORLD_DONE);
    assert_read("lo");
    assert_int_equal(write_stream(0, "", 0), WORLD_DONE);
    fill();
    assert_int_equal(fcntl(read_end, F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(fcntl(write_end, F_GETFL) & O_NONBLOCK, 0);
}

static void stop(int read_end, int write_end)
{
    world_bench_stop(&b);
    if (read_end >= 0)
        assert_int_equal(close(read_end), 0);
    if (write_end >= 0)
        assert_int_equal(close(write_end), 0);
}

TEST(pipes_do_not_wait_unless_asked)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    check_two_ends(ends[0], ends[1]);
    stop(ends[0], ends[1]);
}

TEST(sockets_do_not_wait_unless_asked)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    check_two_ends(ends[0], ends[1]);
    stop(ends[0], ends[1]);
}

TEST(the_end_of_a_pipe_is_closed_and_kills_nobody)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    start(ends[0], -1);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(read_stream(1, 10), GATE_ERROR_CLOSED);
    assert_int_equal(read_stream(0, 10), GATE_ERROR_CLOSED);
    stop(ends[0], -1);

    assert_int_equal(pipe(ends), 0);
    start(-1, ends[1]);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(write_stream(1, "x", 1), GATE_ERROR_CLOSED);
    assert_int_equal(write_stream(0, "x", 1), GATE_ERROR_CLOSED);
    stop(-1, ends[1]);

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    start(-1, ends[1]);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(write_stream(1, "x", 1), GATE_ERROR_CLOSED);
    stop(-1, ends[1]);
}

TEST(a_file_is_a_stream_that_goes_on_where_its_descriptor_is)
{
    char path[256];
    int fds[2];
    start(-1, -1);
    world_bench_write(&b, "out/in", "abcdef");
    (void)snprintf(path, sizeof path, "%s/out/in", b.root);
    fds[0] = open(path, O_RDONLY | O_CLOEXEC);
    (void)snprintf(path, sizeof path, "%s/out/out", b.root);
    fds[1] = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    assert_true(fds[0] >= 0 && fds[1] >= 0);
    struct world_bench outer = b;
    assert_int_equal(lseek(fds[0], 2, SEEK_SET), 2);
    assert_int_equal(write(fds[1], "1,", 2), 2);

    start(fds[0], fds[1]);
    assert_int_equal(read_stream(1, 3), WORLD_DONE);
    assert_read("cde");
    assert_int_equal(write_stream(1, "2,", 2), WORLD_DONE);
    assert_int_equal(write(fds[1], "3", 1), 1);
    assert_int_equal(read_stream(0, 3), WORLD_DONE);
    assert_read("f");
    assert_int_equal(read_stream(0, 3), GATE_ERROR_CLOSED);
    stop(fds[0], fds[1]);

    b = outer;
    assert_true(world_bench_says(&b, "out/out", "1,2,3"));
    world_bench_stop(&b);
}

TEST(a_terminal_is_one_and_does_not_wait_unless_asked)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(master >= 0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(slave >= 0);
    struct world_ask ask = {.interface = GATE_WORLD, .method = GATE_WORLD_STDIO};

    start(slave, slave);
    assert_int_equal(world_bench_ask(&b, &ask), WORLD_DONE);
    assert_int_equal(b.reply.values[1], 1);
    assert_int_equal(read_stream(0, 10), GATE_ERROR_WOULD_BLOCK);
    assert_int_equal(write(master, "line\n", 5), 5);
    assert_int_equal(read_stream(1, 10), WORLD_DONE);
    assert_read("line\n");
    fill(); /* nobody reads the master's side */
    stop(slave, -1);

    assert_int_equal(close(master), 0);
}

/* Opened again it would be another terminal, so it is asked by poll. */
TEST(the_masters_side_of_a_terminal_stays_itself)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(master >= 0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(slave >= 0);
    start(master, -1);

    assert_int_equal(read_stream(0, 10), GATE_ERROR_WOULD_BLOCK);
    assert_int_equal(write(slave, "up", 2), 2);
    assert_int_equal(read_stream(1, 10), WORLD_DONE);
    assert_read("up");
    stop(slave, -1);

    slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(slave >= 0);
    start(-1, master);
    fill(); /* nobody reads the lines */
    stop(slave, master);
}

TEST(dev_null_takes_all_and_has_nothing)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    assert_true(null >= 0);
    start(null, null);

    assert_int_equal(read_stream(1, 10), GATE_ERROR_CLOSED);
    assert_int_equal(write_stream(1, b.transfer, 10000), WORLD_DONE);
    assert_int_equal(b.reply.values[0], 10000);
    stop(null, -1);
}

TEST(streams_go_one_way_and_stay_open)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    start(ends[0], ends[1]);

    assert_int_equal(read_stream(1, 0), WORLD_STATUS(GATE_BAD_REGION));
    uint32_t swap = in;
    in = out;
    out = swap;
    assert_int_equal(read_stream(1, 1), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(write_stream(1, "x", 1), GATE_ERROR_BAD_DESCRIPTOR);
    assert_int_equal(world_bench_close(&b, in), WORLD_STATUS(GATE_BAD_HANDLE));
    in = b.in;
    out = b.in;
    assert_int_equal(read_stream(1, 1), WORLD_STATUS(GATE_BAD_HANDLE));
    assert_int_equal(write_stream(1, "x", 1), WORLD_STATUS(GATE_BAD_HANDLE));
    struct world_ask ask = {.interface = GATE_STREAM, .method = GATE_STREAM_METHOD_COUNT};
    assert_int_equal(world_bench_ask(&b, &ask), WORLD_STATUS(GATE_UNKNOWN));
    stop(ends[0], ends[1]);
}

TEST(a_closed_descriptor_is_not_granted)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
    start(ends[0], ends[1]);

    assert_int_equal(in, 0);
    assert_int_equal(out, 0);
    world_bench_stop(&b);
}

static void *cancel_soon(void *context)
{
    static const struct timespec soon = {.tv_nsec = 10000000};
    (void)nanosleep(&soon, NULL);
    world_cancel(context);
    return NULL;
}

TEST(what_waits_can_be_cancelled)
{
    int ends[2];
    pthread_t thread;
    assert_int_equal(pipe(ends), 0);
    start(ends[0], ends[1]);
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, b.world), 0);
    assert_int_equal(read_stream(1, 10), GATE_ERROR_INTERRUPTED);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(read_stream(1, 10), GATE_ERROR_INTERRUPTED);
    stop(ends[0], ends[1]);

    assert_int_equal(pipe(ends), 0);
    start(ends[0], ends[1]);
    fill();
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, b.world), 0);
    assert_int_equal(write_stream(1, "x", 1), GATE_ERROR_INTERRUPTED);
    assert_int_equal(pthread_join(thread, NULL), 0);
    stop(ends[0], ends[1]);
}

TEST_MAIN(T(pipes_do_not_wait_unless_asked), T(sockets_do_not_wait_unless_asked),
          T(the_end_of_a_pipe_is_closed_and_kills_nobody),
          T(a_file_is_a_stream_that_goes_on_where_its_descriptor_is),
          T(a_terminal_is_one_and_does_not_wait_unless_asked),
          T(the_masters_side_of_a_terminal_stays_itself), T(dev_null_takes_all_and_has_nothing),
          T(streams_go_one_way_and_stay_open), T(a_closed_descriptor_is_not_granted),
          T(what_waits_can_be_cancelled))
