/*
 * tests/unit/node/test_cell_serve.c: one boxed cell that serves call after call.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include <sys/wait.h>

#include "core/base/cbor.h"
#include "tests/support/serve_trial.h"
#include "tests/support/test.h"

#define SECOND_NS UINT64_C(1000000000)

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

TEST_MAIN(T(a_cell_describes_itself_and_then_serves_a_thousand_calls_of_equal_fuel))
