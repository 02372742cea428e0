/*
 * tests/unit/node/test_world.c: GATE_WORLD: text, preopens, clocks, random bytes, waiting.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/test.h"
#include "tests/support/world_bench.h"

#define SECOND UINT64_C(1000000000)

static struct world_bench b;

static int ask(enum gate_world_method method, uint64_t a0, uint64_t a1, uint32_t out_len)
{
    struct world_ask ask = {
        .interface = GATE_WORLD,
        .method = (uint16_t)method,
        .out_len = out_len,
        .args = {a0, a1},
    };
    return world_bench_ask(&b, &ask);
}

static int poll(const struct gate_poll *polls, size_t count)
{
    struct world_ask ask = {
        .interface = GATE_WORLD,
        .method = GATE_WORLD_POLL,
        .in = bytes_of(polls, count * sizeof *polls),
        .out_len = (uint32_t)count,
    };
    return world_bench_ask(&b, &ask);
}

static uint64_t clock_now(enum gate_clock which)
{
    assert_int_equal(ask(GATE_WORLD_CLOCK, which, 0, 0), WORLD_DONE);
    return b.reply.values[0];
}

static void assert_out(const void *data, size_t len)
{
    assert_int_equal(b.reply.out.len, len);
    assert_memory_equal(world_bench_out(&b).data, data, len);
}

TEST(text_comes_whole_and_in_pieces)
{
    static const char *const arguments[] = {"prog", "", "a b"};
    static const char *const variables[] = {"A=1", "B="};
    world_bench_start(&b, &(struct world_setup){
                              .arguments = arguments,
                              .argument_count = 3,
                              .variables = variables,
                              .variable_count = 2,
                              .working_directory = "/in",
                              .stdio = {-1, -1, -1},
                          });

    assert_int_equal(ask(GATE_WORLD_TEXT, GATE_TEXT_ARGUMENTS, 0, 100), WORLD_DONE);
    assert_out("prog\0\0a b", 10);
    assert_int_equal(b.reply.values[0], 10);
    assert_int_equal(b.reply.values[1], 3);
    assert_int_equal(ask(GATE_WORLD_TEXT, GATE_TEXT_ARGUMENTS, 3, 4), WORLD_DONE);
    assert_out("g\0\0a", 4);
    assert_int_equal(ask(GATE_WORLD_TEXT, GATE_TEXT_ARGUMENTS, UINT64_MAX, 4), WORLD_DONE);
    assert_out("", 0);
    assert_int_equal(b.reply.values[0], 10);
    assert_int_equal(ask(GATE_WORLD_TEXT, GATE_TEXT_VARIABLES, 0, 100), WORLD_DONE);
    assert_out("A=1\0B=", 7);
    assert_int_equal(b.reply.values[1], 2);
    assert_int_equal(ask(GATE_WORLD_TEXT, GATE_TEXT_DIRECTORY, 0, 100), WORLD_DONE);
    assert_out("/in", 4);
    assert_int_equal(ask(GATE_WORLD_TEXT, 3, 0, 100), GATE_ERROR_INVALID);
    assert_int_equal(ask(GATE_WORLD_METHOD_COUNT, 0, 0, 0), WORLD_STATUS(GATE_UNKNOWN));
    world_bench_stop(&b);
}

TEST(a_world_of_nothing_has_nothing)
{
    world_bench_start(&b, NULL);

    for (uint64_t which = 0; which < 3; which++) {
        assert_int_equal(ask(GATE_WORLD_TEXT, which, 0, 100), WORLD_DONE);
        assert_int_equal(b.reply.values[0], 0);
        assert_int_equal(b.reply.values[1], 0);
        assert_int_equal(ask(GATE_WORLD_STDIO, which, 0, 0), GATE_ERROR_BAD_DESCRIPTOR);
    }
    assert_int_equal(ask(GATE_WORLD_STDIO, UINT64_MAX, 0, 0), GATE_ERROR_BAD_DESCRIPTOR);
    world_bench_stop(&b);
}

TEST(preopens_have_a_name_and_rights)
{
    world_bench_start(&b, NULL);

    assert_int_equal(ask(GATE_WORLD_PREOPEN, 0, 0, 64), WORLD_DONE);
    assert_out("/in", 3);
    assert_int_equal(b.reply.values[0], b.in);
    assert_int_equal(b.reply.values[1], GATE_FILE_READ | GATE_FILE_WRITE | GATE_FILE_CHANGE);
    assert_int_equal(ask(GATE_WORLD_PREOPEN, 1, 0, 5), WORLD_DONE);
    assert_out("/read", 5);
    assert_int_equal(b.reply.values[1], GATE_FILE_READ);
    assert_int_equal(ask(GATE_WORLD_PREOPEN, 1, 0, 4), WORLD_STATUS(GATE_BAD_REGION));
    assert_int_equal(ask(GATE_WORLD_PREOPEN, 2, 0, 64), GATE_ERROR_NO_ENTRY);
    assert_int_equal(ask(GATE_WORLD_PREOPEN, UINT64_MAX, 0, 64), GATE_ERROR_NO_ENTRY);
    world_bench_stop(&b);
}

static enum status create(const struct world_directory *directory, struct report *report)
{
    struct world *world;
    struct world_setup setup = {
        .directories = directory, .directory_count = 1, .stdio = {-1, -1, -1}};
    report_init(report);
    enum status status = world_create(&setup, &world, report);
    if (status == STATUS_OK)
        world_destroy(world);
    return status;
}

TEST(a_directory_that_can_not_be_granted_is_named)
{
    struct report report;

    assert_int_equal(create(&(struct world_directory){"/nowhere/x", "/", false}, &report),
                     STATUS_NOT_FOUND);
    assert_string_equal(report.text, "no directory \"/nowhere/x\"");
    assert_int_equal(create(&(struct world_directory){"/dev/null", "/", false}, &report),
                     STATUS_NOT_FOUND);
    assert_int_equal(create(&(struct world_directory){"/", "", false}, &report), STATUS_LIMIT);
    assert_int_equal(create(&(struct world_directory){"/", "/", true}, &report), STATUS_OK);
    assert_int_equal(create(&(struct world_directory){"/proc/self", "/", true}, &report),
                     STATUS_DENIED);
    assert_string_equal(report.text, "directory \"/proc/self\" may not be opened");
}

TEST(clocks_go_on_and_start_with_the_world)
{
    struct timespec real;
    world_bench_start(&b, NULL);

    uint64_t first = clock_now(GATE_CLOCK_MONOTONIC);
    uint64_t second = clock_now(GATE_CLOCK_MONOTONIC);
    uint64_t wall = clock_now(GATE_CLOCK_WALL);

    assert_int_equal(clock_gettime(CLOCK_REALTIME, &real), 0);
    assert_true(first <= second);
    assert_in_range(second, 0, 60 * SECOND);
    assert_in_range(wall / SECOND, (uint64_t)real.tv_sec - 60, (uint64_t)real.tv_sec);
    assert_in_range(b.reply.values[1], 1, SECOND);
    assert_int_equal(ask(GATE_WORLD_CLOCK, 2, 0, 0), GATE_ERROR_INVALID);
    world_bench_stop(&b);
}

TEST(fixed_clocks_stand_and_step)
{
    world_bench_start(
        &b, &(struct world_setup){.stdio = {-1, -1, -1}, .has_fixed_clock = true, .wall_ns = -5});

    for (uint64_t i = 0; i < 4; i++) {
        assert_int_equal(clock_now(GATE_CLOCK_WALL), (uint64_t)-5);
        assert_int_equal(clock_now(GATE_CLOCK_MONOTONIC), i * 1000);
    }
    /* Nobody sleeps: the clock jumps to the earliest. */
    const struct gate_poll polls[] = {{GATE_POLL_TIME, 0, 3600 * SECOND},
                                      {GATE_POLL_TIME, 0, 1800 * SECOND},
                                      {GATE_POLL_WALL, 0, 86400 * SECOND}};
    assert_int_equal(poll(polls, 3), WORLD_DONE);
    assert_out("\0\1\0", 3);
    assert_int_equal(clock_now(GATE_CLOCK_MONOTONIC), 1800 * SECOND);
    assert_int_equal(poll(polls + 2, 1), WORLD_DONE);
    assert_out("\1", 1);
    assert_int_equal(clock_now(GATE_CLOCK_WALL), (uint64_t)-5);
    const struct gate_poll last = {GATE_POLL_TIME, 0, UINT64_MAX - 1};
    assert_int_equal(poll(&last, 1), WORLD_DONE);
    assert_int_equal(clock_now(GATE_CLOCK_MONOTONIC), UINT64_MAX - 1);
    assert_int_equal(clock_now(GATE_CLOCK_MONOTONIC), UINT64_MAX);
    world_bench_stop(&b);
}

TEST(on_fixed_clocks_even_the_end_of_time_comes)
{
    const struct gate_poll end = {GATE_POLL_TIME, 0, UINT64_MAX};
    world_bench_start(&b, &(struct world_setup){.stdio = {-1, -1, -1}, .has_fixed_clock = true});

    assert_int_equal(poll(&end, 1), WORLD_DONE);

    assert_out("\1", 1);
    assert_int_equal(clock_now(GATE_CLOCK_MONOTONIC), UINT64_MAX);
    world_bench_stop(&b);
}

TEST(random_bytes_fill_what_they_should_and_differ)
{
    uint8_t first[600];
    world_bench_start(&b, NULL);
    memset(b.transfer, 0, sizeof b.transfer);

    assert_int_equal(ask(GATE_WORLD_RANDOM, 0, 0, sizeof first), WORLD_DONE);
    assert_int_equal(b.reply.out.len, sizeof first);
    memcpy(first, world_bench_out(&b).data, sizeof first);
    assert_true(bytes_are_zero(bytes_of(b.transfer + WORLD_BENCH_OUT + sizeof first, 1000)));
    assert_false(bytes_are_zero(bytes_of(first + sizeof first - 16, 16)));
    assert_int_equal(ask(GATE_WORLD_RANDOM, 1, 0, sizeof first), WORLD_DONE);
    assert_memory_not_equal(first, world_bench_out(&b).data, sizeof first);
    assert_int_equal(ask(GATE_WORLD_RANDOM, 2, 0, 8), GATE_ERROR_INVALID);
    assert_int_equal(ask(GATE_WORLD_RANDOM, 0, 0, 0), WORLD_DONE);
    world_bench_stop(&b);
}

TEST(fixed_randomness_is_repeatable_and_its_kinds_differ)
{
    uint8_t runs[2][3][100];
    struct world_setup setup = {.stdio = {-1, -1, -1}, .has_fixed_random = true, .seed = {1, 2, 3}};

    for (size_t run = 0; run < 2; run++) {
        world_bench_start(&b, &setup);
        for (uint64_t i = 0; i < 3; i++) {
            assert_int_equal(ask(GATE_WORLD_RANDOM, i & 1, 0, 100), WORLD_DONE);
            memcpy(runs[run][i], world_bench_out(&b).data, 100);
        }
        world_bench_stop(&b);
    }

    assert_memory_equal(runs[0], runs[1], sizeof runs[0]);
    assert_memory_not_equal(runs[0][0], runs[0][1], 100);
    assert_memory_not_equal(runs[0][0], runs[0][2], 100);
    setup.seed[0] = 9;
    world_bench_start(&b, &setup);
    assert_int_equal(ask(GATE_WORLD_RANDOM, 0, 0, 100), WORLD_DONE);
    assert_memory_not_equal(runs[0][0], world_bench_out(&b).data, 100);
    world_bench_stop(&b);
}

TEST(fixed_randomness_of_a_zero_seed_is_chacha20_of_rfc_8439)
{
    /* RFC 8439, appendix A.1, test vector 1. */
    static const uint8_t block_0[64] = {
        0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5, 0x53,
        0x86, 0xbd, 0x28, 0xbd, 0xd2, 0x19, 0xb8, 0xa0, 0x8d, 0xed, 0x1a, 0xa8, 0x36,
        0xef, 0xcc, 0x8b, 0x77, 0x0d, 0xc7, 0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48,
        0x8d, 0x77, 0x24, 0xe0, 0x3f, 0xb8, 0xd8, 0x4a, 0x37, 0x6a, 0x43, 0xb8, 0xf4,
        0x15, 0x18, 0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86};
    world_bench_start(&b, &(struct world_setup){.stdio = {-1, -1, -1}, .has_fixed_random = true});

    assert_int_equal(ask(GATE_WORLD_RANDOM, 0, 0, 64), WORLD_DONE);

    assert_out(block_0, sizeof block_0);
    world_bench_stop(&b);
}

TEST(poll_says_what_is_ready_and_waits_for_the_rest)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    world_bench_start(&b, &(struct world_setup){.stdio = {ends[0], ends[1], -1}});
    assert_int_equal(ask(GATE_WORLD_STDIO, 0, 0, 0), WORLD_DONE);
    uint32_t in = (uint32_t)b.reply.values[0];
    assert_int_equal(ask(GATE_WORLD_STDIO, 1, 0, 0), WORLD_DONE);
    uint32_t out = (uint32_t)b.reply.values[0];
    const struct gate_poll polls[] = {
        {GATE_POLL_READ, in, 0},   {GATE_POLL_WRITE, out, 0},       {GATE_POLL_READ, b.in, 0},
        {GATE_POLL_WRITE, in, 0},  {GATE_POLL_TIME, 0, 0},          {GATE_POLL_TIME, 0, UINT64_MAX},
        {GATE_POLL_WALL, 0, 1000}, {GATE_POLL_WALL, 0, UINT64_MAX},
    };

    assert_int_equal(poll(polls, ARRAY_LEN(polls)), WORLD_DONE);
    assert_out("\0\1\1\1\1\0\1\0", 8);

    uint64_t now = clock_now(GATE_CLOCK_MONOTONIC);
    const struct gate_poll later[] = {{GATE_POLL_READ, in, 0}, {GATE_POLL_TIME, 0, now + 5000000}};
    assert_int_equal(poll(later, 2), WORLD_DONE);
    assert_out("\0\1", 2);
    assert_true(clock_now(GATE_CLOCK_MONOTONIC) >= now + 5000000);

    uint64_t wall = clock_now(GATE_CLOCK_WALL);
    const struct gate_poll wall_later = {GATE_POLL_WALL, 0, wall + 5000000};
    assert_int_equal(poll(&wall_later, 1), WORLD_DONE);
    assert_true(clock_now(GATE_CLOCK_WALL) >= wall + 5000000);

    assert_int_equal(write(ends[1], "x", 1), 1);
    const struct gate_poll forever[] = {{GATE_POLL_READ, in, 0}, {GATE_POLL_TIME, 0, UINT64_MAX}};
    assert_int_equal(poll(forever, 2), WORLD_DONE);
    assert_out("\1\0", 2);
    world_bench_stop(&b);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
}

TEST(polls_that_are_none_are_refused)
{
    static struct gate_poll polls[GATE_POLL_MAX + 1];
    struct world_ask ask = {.interface = GATE_WORLD, .method = GATE_WORLD_POLL, .out_len = 1};
    world_bench_start(&b, NULL);

    for (size_t i = 0; i < ARRAY_LEN(polls); i++)
        polls[i] = (struct gate_poll){GATE_POLL_TIME, 0, 0};
    assert_int_equal(poll(polls, 0), WORLD_STATUS(GATE_BAD_REGION));
    ask.in = bytes_of(polls, 15);
    assert_int_equal(world_bench_ask(&b, &ask), WORLD_STATUS(GATE_BAD_REGION));
    ask.in = bytes_of(polls, 32); /* no room for two answers */
    assert_int_equal(world_bench_ask(&b, &ask), WORLD_STATUS(GATE_BAD_REGION));
    assert_int_equal(poll(polls, 900), WORLD_DONE);
    polls[899].kind = 4;
    assert_int_equal(poll(polls, 900), GATE_ERROR_INVALID);
    polls[899] = (struct gate_poll){GATE_POLL_READ, 0, 0};
    assert_int_equal(poll(polls, 900), WORLD_STATUS(GATE_BAD_HANDLE));
    polls[899] = (struct gate_poll){GATE_POLL_WRITE, 0x10001, 0};
    assert_int_equal(poll(polls, 900), WORLD_STATUS(GATE_BAD_HANDLE));
    world_bench_stop(&b);
}

static volatile sig_atomic_t alarm_count;

static void count_alarm(int number)
{
    (void)number;
    alarm_count = alarm_count + 1;
}

TEST(signals_do_not_end_a_wait)
{
    const struct itimerval every = {{0, 1000}, {0, 1000}};
    const struct itimerval never = {{0, 0}, {0, 0}};
    const struct sigaction action = {.sa_handler = count_alarm};
    struct sigaction before;
    world_bench_start(&b, NULL);
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
    uint64_t now = clock_now(GATE_CLOCK_MONOTONIC);
    const struct gate_poll later = {GATE_POLL_TIME, 0, now + 20000000};

    int result = poll(&later, 1);

    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
    assert_int_equal(result, WORLD_DONE);
    assert_true(clock_now(GATE_CLOCK_MONOTONIC) >= now + 20000000);
    assert_in_range(alarm_count, 1, 1000);
    world_bench_stop(&b);
}

TEST(services_cancel_as_the_session_wants)
{
    const struct gate_poll never = {GATE_POLL_TIME, 0, UINT64_MAX};
    world_bench_start(&b, NULL);

    gate_session_cancel(&b.session);

    assert_int_equal(poll(&never, 1), GATE_ERROR_INTERRUPTED);
    world_bench_stop(&b);
}

static void *cancel_soon(void *context)
{
    static const struct timespec soon = {.tv_nsec = 10000000};
    (void)nanosleep(&soon, NULL);
    world_cancel(context);
    return NULL;
}

TEST(a_cancelled_poll_comes_back_and_so_does_every_later_one)
{
    pthread_t thread;
    const struct gate_poll never = {GATE_POLL_TIME, 0, UINT64_MAX};
    const struct gate_poll ready = {GATE_POLL_TIME, 0, 0};
    world_bench_start(&b, NULL);
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, b.world), 0);

    assert_int_equal(poll(&never, 1), GATE_ERROR_INTERRUPTED);
    assert_int_equal(poll(&never, 1), GATE_ERROR_INTERRUPTED);
    assert_int_equal(poll(&ready, 1), WORLD_DONE);

    assert_int_equal(pthread_join(thread, NULL), 0);
    world_bench_stop(&b);
}

TEST_MAIN(T(text_comes_whole_and_in_pieces), T(a_world_of_nothing_has_nothing),
          T(preopens_have_a_name_and_rights), T(a_directory_that_can_not_be_granted_is_named),
          T(clocks_go_on_and_start_with_the_world), T(fixed_clocks_stand_and_step),
          T(on_fixed_clocks_even_the_end_of_time_comes),
          T(random_bytes_fill_what_they_should_and_differ),
          T(fixed_randomness_is_repeatable_and_its_kinds_differ),
          T(fixed_randomness_of_a_zero_seed_is_chacha20_of_rfc_8439),
          T(poll_says_what_is_ready_and_waits_for_the_rest), T(polls_that_are_none_are_refused),
          T(signals_do_not_end_a_wait), T(services_cancel_as_the_session_wants),
          T(a_cancelled_poll_comes_back_and_so_does_every_later_one))
