/*
 * tests/unit/wasi/test_p2_streams.c: wasi:io over pipes and files.
 */
#include <stdio.h>
#include <unistd.h>

#include "tests/support/p2_trial.h"
#include "tests/support/test.h"

#define READ           "[method]input-stream.read"
#define BLOCKING_READ  "[method]input-stream.blocking-read"
#define CHECK_WRITE    "[method]output-stream.check-write"
#define WRITE          "[method]output-stream.write"
#define BLOCKING_WRITE "[method]output-stream.blocking-write-and-flush"

enum { LAST_OPERATION_FAILED = 0, CLOSED = 1 };

static struct p2_trial trial;

static void start(void)
{
    p2_trial_prepare(&trial);
    p2_trial_start(&trial);
}

static struct component_value stdio(const char *name)
{
    char func[16];
    (void)snprintf(func, sizeof func, "get-%s", name);
    return p2_trial_get(&trial, name, func, NULL);
}

static struct component_value call2(const char *func, struct component_value self,
                                    struct component_value param)
{
    const struct component_value params[2] = {self, param};
    return p2_trial_get(&trial, "streams", func, params);
}

static uint32_t trap2(const char *func, struct component_value self, struct component_value param)
{
    const struct component_value params[2] = {self, param};
    return p2_trial_trap(&trial, "streams", func, params);
}

static struct component_value call1(const char *func, struct component_value self)
{
    return p2_trial_get(&trial, "streams", func, &self);
}

/* What came out of stdout. */
static bool printed(const char *text)
{
    char got[256] = {0};
    size_t want = strlen(text);
    return read(trial.stdout_reader, got, sizeof got - 1) == (ssize_t)want &&
           strcmp(got, text) == 0;
}

TEST(a_read_without_bytes_is_empty_and_with_bytes_is_those)
{
    start();
    struct component_value in = stdio("stdin");

    assert_true(p2_trial_is_text(p2_trial_ok(call2(READ, in, p2_u64(10))), ""));
    assert_int_equal(write(trial.stdin_writer, "hello", 5), 5);
    assert_true(p2_trial_is_text(p2_trial_ok(call2(BLOCKING_READ, in, p2_u64(4))), "hell"));
    assert_true(p2_trial_is_text(p2_trial_ok(call2(READ, in, p2_u64(UINT64_MAX))), "o"));

    p2_trial_finish(&trial);
}

TEST(the_end_of_input_is_closed_every_time)
{
    start();
    struct component_value in = stdio("stdin");
    (void)close(trial.stdin_writer);
    trial.stdin_writer = -1;

    assert_int_equal(p2_trial_error(call2(BLOCKING_READ, in, p2_u64(4))), CLOSED);
    assert_int_equal(p2_trial_error(call2(READ, in, p2_u64(4))), CLOSED);
    assert_int_equal(p2_trial_error(call2("[method]input-stream.skip", in, p2_u64(4))), CLOSED);

    p2_trial_finish(&trial);
}

TEST(skip_throws_away_and_counts)
{
    start();
    struct component_value in = stdio("stdin");
    assert_int_equal(write(trial.stdin_writer, "abcdef", 6), 6);

    assert_int_equal(p2_trial_ok(call2("[method]input-stream.blocking-skip", in, p2_u64(2))).u, 2);
    assert_int_equal(p2_trial_ok(call2("[method]input-stream.skip", in, p2_u64(1))).u, 1);
    assert_true(p2_trial_is_text(p2_trial_ok(call2(READ, in, p2_u64(9))), "def"));

    p2_trial_finish(&trial);
}

TEST(a_write_without_permit_traps)
{
    start();
    struct component_value out = stdio("stdout");

    assert_int_equal(trap2(WRITE, out, p2_trial_list("x")), REFUSAL_MISUSE);
    uint64_t permit = p2_trial_ok(call1(CHECK_WRITE, out)).u;
    assert_true(permit >= 4096);
    (void)p2_trial_ok(call2(WRITE, out, p2_trial_list("now it goes")));
    assert_true(printed("now it goes"));
    assert_int_equal(trap2("[method]output-stream.write-zeroes", out, p2_u64(permit)),
                     REFUSAL_MISUSE);

    p2_trial_finish(&trial);
}

TEST(blocking_writes_take_4096_bytes_and_trap_at_one_more)
{
    static const uint8_t data[4097];
    start();
    struct component_value out = stdio("stdout");

    (void)p2_trial_ok(call2(BLOCKING_WRITE, out, p2_bytes(bytes_of(data, 4096))));
    assert_int_equal(trap2(BLOCKING_WRITE, out, p2_bytes(bytes_of(data, 4097))), REFUSAL_MISUSE);
    (void)p2_trial_ok(
        call2("[method]output-stream.blocking-write-zeroes-and-flush", out, p2_u64(4096)));
    assert_int_equal(
        trap2("[method]output-stream.blocking-write-zeroes-and-flush", out, p2_u64(4097)),
        REFUSAL_MISUSE);

    p2_trial_finish(&trial);
}

TEST(a_full_pipe_permits_nothing)
{
    static const uint8_t data[4096];
    start();
    struct component_value out = stdio("stdout");
    uint64_t written = 0;

    while (p2_trial_ok(call1(CHECK_WRITE, out)).u != 0 && written < 0x200000) {
        (void)p2_trial_ok(call2(WRITE, out, p2_bytes(bytes_of(data, sizeof data))));
        written += sizeof data;
        arena_rewind(&trial.results, 0);
    }
    assert_in_range(written, 4096, 0x100000);

    p2_trial_finish(&trial);
}

TEST(nobody_reading_is_closed_or_a_pipe_error)
{
    start();
    struct component_value out = stdio("stdout");
    (void)close(trial.stdout_reader);
    trial.stdout_reader = -1;

    struct component_value first = call2(BLOCKING_WRITE, out, p2_trial_list("x"));
    assert_int_equal(p2_trial_error(first), CLOSED);
    assert_int_equal(p2_trial_error(call1(CHECK_WRITE, out)), CLOSED);
    assert_int_equal(p2_trial_error(call1("[method]output-stream.flush", out)), CLOSED);

    p2_trial_finish(&trial);
}

TEST(an_error_is_told_once_and_then_the_stream_is_closed)
{
    start();
    struct component_value out = stdio("stdout");
    p2_trial_fail_next(&trial, GATE_STREAM, GATE_STREAM_WRITE, GATE_ERROR_INSUFFICIENT_SPACE);

    struct component_value result = call2(BLOCKING_WRITE, out, p2_trial_list("x"));

    assert_int_equal(p2_trial_error(result), LAST_OPERATION_FAILED);
    struct component_value error = *result.variant.payload->variant.payload;
    assert_true(
        p2_trial_is_text(p2_trial_get(&trial, "error", "[method]error.to-debug-string", &error),
                         "insufficient-space"));
    struct component_value code = p2_trial_get(&trial, "types", "filesystem-error-code", &error);
    assert_int_equal(code.variant.index, 0);
    assert_int_equal(p2_trial_error(call1(CHECK_WRITE, out)), CLOSED);
    p2_trial_drop(&trial, error);
    p2_trial_drop(&trial, out);
    assert_int_equal(wasi_p2_resource_count(trial.p2), 0);

    p2_trial_finish(&trial);
}

TEST(what_is_not_granted_is_closed)
{
    start();
    struct component_value out = stdio("stderr");

    assert_int_equal(p2_trial_error(call2(BLOCKING_WRITE, out, p2_trial_list("x"))), CLOSED);

    p2_trial_finish(&trial);
}

TEST(splice_moves_what_is_there)
{
    start();
    struct component_value in = stdio("stdin");
    struct component_value out = stdio("stdout");
    const struct component_value params[3] = {out, in, p2_u64(5)};
    assert_int_equal(write(trial.stdin_writer, "123456789", 9), 9);

    assert_int_equal(
        p2_trial_ok(p2_trial_get(&trial, "streams", "[method]output-stream.splice", params)).u, 5);
    assert_true(printed("12345"));
    assert_int_equal(p2_trial_ok(p2_trial_get(&trial, "streams",
                                              "[method]output-stream.blocking-splice", params))
                         .u,
                     4);
    assert_true(printed("6789"));
    assert_int_equal(
        p2_trial_ok(p2_trial_get(&trial, "streams", "[method]output-stream.splice", params)).u, 0);
    assert_int_equal(trap2(WRITE, out, p2_trial_list("x")), REFUSAL_MISUSE);

    p2_trial_finish(&trial);
}

TEST(a_stream_is_not_dropped_before_its_pollable)
{
    start();
    struct component_value in = stdio("stdin");
    struct component_value pollable = call1("[method]input-stream.subscribe", in);

    assert_int_equal(p2_trial_try_drop(&trial, in), STATUS_TRAP);
    assert_int_equal(trial.refusal, REFUSAL_MISUSE);
    p2_trial_drop(&trial, pollable);
    p2_trial_drop(&trial, in);
    assert_int_equal(wasi_p2_resource_count(trial.p2), 0);

    p2_trial_finish(&trial);
}

TEST(resources_come_back_and_a_full_table_traps)
{
    start();
    for (uint32_t i = 0; i < 100000; i++)
        p2_trial_drop(&trial, stdio("stdout"));
    assert_int_equal(wasi_p2_resource_count(trial.p2), 0);
    assert_int_equal(trial.p2->slot_count, 1);

    for (uint32_t i = 0; i < P2_SLOT_MAX; i++)
        (void)stdio("stdout");
    assert_int_equal(p2_trial_trap(&trial, "stdout", "get-stdout", NULL), REFUSAL_BUDGET);

    p2_trial_finish(&trial);
}

TEST_MAIN(T(a_read_without_bytes_is_empty_and_with_bytes_is_those),
          T(the_end_of_input_is_closed_every_time), T(skip_throws_away_and_counts),
          T(a_write_without_permit_traps), T(blocking_writes_take_4096_bytes_and_trap_at_one_more),
          T(a_full_pipe_permits_nothing), T(nobody_reading_is_closed_or_a_pipe_error),
          T(an_error_is_told_once_and_then_the_stream_is_closed), T(what_is_not_granted_is_closed),
          T(splice_moves_what_is_there), T(a_stream_is_not_dropped_before_its_pollable),
          T(resources_come_back_and_a_full_table_traps))
