/*
 * tests/unit/node/test_cell_serve.c: one boxed cell that serves call after call.
 */
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <sys/wait.h>

#include "core/base/cbor.h"
#include "tests/support/serve_trial.h"
#include "tests/support/test.h"
#include "tests/support/wasm_builder.h"

#define SECOND_NS  UINT64_C(1000000000)
#define REST_LOOKS 30u /* a busy machine takes a while to let it rest */

static const struct serve_call describe = {NULL, ""};
static const struct serve_call hello = {"hello", "[]"};
static struct serve_answer answer;

static void assert_hello(struct serve_cell *serve)
{
    serve_cell_call(serve, &hello, 10 * SECOND_NS, &answer);
    assert_string_equal(answer.explanation, "");
    assert_int_equal(answer.end, GATE_CELL_FINISHED);
    assert_int_equal(answer.outcome.kind, OUTCOME_RESULT);
    assert_string_equal(answer.result, "[{\"type\":\"string\",\"value\":\"Hello, World!\"}]");
    assert_true(gate_cell_can_serve(serve->cell));
}

TEST(a_cell_describes_itself_and_then_serves_a_thousand_calls_of_equal_fuel)
{
    static const char *const which[] = {"c", "rust"};
    for (size_t i = 0; i < ARRAY_LEN(which); i++) {
        struct serve_cell serve;
        serve_cell_open(&serve, serve_example(which[i]));
        serve_cell_call(&serve, &describe, 10 * SECOND_NS, &answer);
        assert_string_equal(answer.explanation, "");
        assert_int_equal(answer.end, GATE_CELL_FINISHED);
        struct cbor_reader reader;
        uint64_t count = 0;
        cbor_reader_init(&reader, bytes_of(answer.result, answer.result_len), 0, NULL);
        assert_int_equal(cbor_read_array(&reader, &count), STATUS_OK);
        assert_int_equal(count, 6);

        assert_hello(&serve);
        const uint64_t fuel = answer.outcome.fuel_used;
        assert_true(fuel != 0);
        for (unsigned n = 0; n < 1000; n++) {
            assert_hello(&serve);
            assert_int_equal(answer.outcome.fuel_used, fuel);
        }
        serve_cell_close(&serve);
    }
}

/* spin: for ever; grow: by that many pages; one: 1. */
static struct bytes make_module(struct wasm_builder *b)
{
    build_begin(b);
    BUILD_SECTION(b, 1, 0x02, 0x60, 0x00, 0x01, 0x7F, 0x60, 0x01, 0x7F, 0x01, 0x7F);
    BUILD_SECTION(b, 3, 0x03, 0x00, 0x01, 0x00);
    BUILD_SECTION(b, 5, 0x01, 0x00, 0x01);
    BUILD_SECTION(b, 7, 0x03, 0x04, 's', 'p', 'i', 'n', 0x00, 0x00, 0x04, 'g', 'r', 'o', 'w', 0x00,
                  0x01, 0x03, 'o', 'n', 'e', 0x00, 0x02);
    BUILD_SECTION(b, 10, 0x03, 0x09, 0x00, 0x03, 0x40, 0x0C, 0x00, 0x0B, 0x41, 0x00,
                  0x0B,                                     /* spin */
                  0x06, 0x00, 0x20, 0x00, 0x40, 0x00, 0x0B, /* grow */
                  0x04, 0x00, 0x41, 0x01, 0x0B);            /* one */
    return build_result(b);
}

static const struct serve_call one = {"one", "[]"};
static const struct serve_call spin = {"spin", "[]"};

static void assert_one(struct serve_cell *serve)
{
    serve_cell_call(serve, &one, 10 * SECOND_NS, &answer);
    assert_int_equal(answer.end, GATE_CELL_FINISHED);
    assert_string_equal(answer.result, "[{\"type\":\"s32\",\"value\":1}]");
}

static bool is_same(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

TEST(a_cell_that_rests_takes_no_time_of_the_processor)
{
    struct serve_cell serve;
    struct wasm_builder b;
    struct timespec used[2] = {{0}};
    clockid_t clock;
    serve_cell_open(&serve, make_module(&b));
    assert_one(&serve);
    assert_int_equal(clock_getcpuclockid(gate_cell_pid(serve.cell), &clock), 0);

    for (unsigned i = 0; i < REST_LOOKS && (i < 2 || !is_same(&used[0], &used[1])); i++) {
        const struct timespec wait = {0, 300000000};
        assert_int_equal(nanosleep(&wait, NULL), 0);
        used[0] = used[1];
        assert_int_equal(clock_gettime(clock, &used[1]), 0);
    }

    assert_true(is_same(&used[0], &used[1]));
    assert_one(&serve);
    serve_cell_close(&serve);
    build_free(&b);
}

TEST(a_cell_that_dies_at_rest_is_noticed)
{
    struct serve_cell serve;
    struct wasm_builder b;
    serve_cell_open(&serve, make_module(&b));
    assert_one(&serve);
    assert_true(gate_cell_can_serve(serve.cell));

    assert_int_equal(kill(gate_cell_pid(serve.cell), SIGKILL), 0);

    for (unsigned i = 0; gate_cell_can_serve(serve.cell); i++) {
        const struct timespec wait = {0, 1000000};
        assert_in_range(i, 0, 10000);
        (void)nanosleep(&wait, NULL);
    }
    serve_cell_close(&serve);

    build_free(&b);

    /* Who asks it all the same is told how it died. */
    serve_cell_open(&serve, make_module(&b));
    assert_one(&serve);
    assert_int_equal(kill(gate_cell_pid(serve.cell), SIGKILL), 0);
    serve_cell_call(&serve, &one, 10 * SECOND_NS, &answer);
    assert_int_equal(answer.end, GATE_CELL_DIED);
    assert_int_equal(WTERMSIG(answer.detail), SIGKILL);
    assert_int_equal(answer.request_count, 0);
    assert_false(gate_cell_can_serve(serve.cell));
    serve_cell_close(&serve);
    build_free(&b);
}

TEST(a_deadline_is_of_one_call_and_ends_the_cell)
{
    struct serve_cell serve;
    struct wasm_builder b;
    serve_cell_open(&serve, make_module(&b));
    serve.job.fuel = UINT64_C(1) << 60;
    serve_cell_call(&serve, &one, SECOND_NS, &answer);
    assert_int_equal(answer.end, GATE_CELL_FINISHED);
    const struct timespec wait = {1, 100000000};
    assert_int_equal(nanosleep(&wait, NULL), 0);

    assert_one(&serve); /* the first call's has passed meanwhile */
    serve_cell_call(&serve, &spin, SECOND_NS / 10, &answer);

    assert_int_equal(answer.end, GATE_CELL_DEADLINE);
    assert_false(gate_cell_can_serve(serve.cell));
    serve_cell_close(&serve);
    build_free(&b);
}

static void *kill_soon(void *context)
{
    const struct timespec wait = {0, 50000000};
    (void)nanosleep(&wait, NULL);
    gate_cell_kill(context);
    return NULL;
}

TEST(a_call_is_ended_from_another_thread)
{
    struct serve_cell serve;
    struct wasm_builder b;
    pthread_t thread;
    for (unsigned is_first = 0; is_first < 2; is_first++) {
        serve_cell_open(&serve, make_module(&b));
        serve.job.fuel = UINT64_C(1) << 60;
        if (is_first == 0)
            assert_one(&serve);
        assert_int_equal(pthread_create(&thread, NULL, kill_soon, serve.cell), 0);
        serve_cell_call(&serve, &spin, 0, &answer);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(answer.end, GATE_CELL_DIED);
        serve_cell_close(&serve);
        build_free(&b);
    }

    serve_cell_open(&serve, make_module(&b));
    assert_one(&serve);
    gate_cell_kill(serve.cell);
    gate_cell_kill(serve.cell);
    serve_cell_call(&serve, &one, 0, &answer);
    assert_int_equal(answer.end, GATE_CELL_DIED);
    serve_cell_close(&serve);
    build_free(&b);
}

TEST(a_cell_that_has_grown_by_more_than_16_mib_ends_with_its_call)
{
    struct serve_cell serve;
    struct wasm_builder b;
    const struct serve_call much = {"grow", "[{\"type\":\"s32\",\"value\":256}]"};
    const struct serve_call more = {"grow", "[{\"type\":\"s32\",\"value\":257}]"};
    serve_cell_open(&serve, make_module(&b));
    for (unsigned i = 0; i < 3; i++) {
        serve_cell_call(&serve, &much, 10 * SECOND_NS, &answer);
        assert_string_equal(answer.result, "[{\"type\":\"s32\",\"value\":1}]");
        assert_false(answer.is_last);
        assert_true(gate_cell_can_serve(serve.cell));
    }

    serve_cell_call(&serve, &more, 10 * SECOND_NS, &answer);

    assert_int_equal(answer.end, GATE_CELL_FINISHED);
    assert_string_equal(answer.result, "[{\"type\":\"s32\",\"value\":1}]");
    assert_true(answer.is_last);
    assert_false(gate_cell_can_serve(serve.cell));
    serve_cell_close(&serve);
    build_free(&b);
}

TEST(a_trap_and_fuel_that_runs_out_are_ends_of_a_call_and_not_of_the_cell)
{
    struct serve_cell serve;
    struct wasm_builder b;
    serve_cell_open(&serve, make_module(&b));
    for (unsigned i = 0; i < 3; i++) {
        serve_cell_call(&serve, &spin, 10 * SECOND_NS, &answer);
        assert_int_equal(answer.end, GATE_CELL_FINISHED);
        assert_int_equal(answer.outcome.kind, OUTCOME_TRAP);
        assert_int_equal(answer.outcome.fuel_used, SERVE_FUEL);
        assert_one(&serve);
        assert_int_equal(answer.outcome.fuel_used, 2);
    }
    serve_cell_close(&serve);
    build_free(&b);
}

TEST_MAIN(T(a_cell_describes_itself_and_then_serves_a_thousand_calls_of_equal_fuel),
          T(a_cell_that_rests_takes_no_time_of_the_processor),
          T(a_cell_that_dies_at_rest_is_noticed), T(a_deadline_is_of_one_call_and_ends_the_cell),
          T(a_call_is_ended_from_another_thread),
          T(a_cell_that_has_grown_by_more_than_16_mib_ends_with_its_call),
          T(a_trap_and_fuel_that_runs_out_are_ends_of_a_call_and_not_of_the_cell))
