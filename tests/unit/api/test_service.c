/*
 * tests/unit/api/test_service.c: the role api as a client sees it, over TLS: requests and replies,
 * frames, what is too much and who is too slow. Main is honest here; where it is not:
 * test_exchange.c.
 */
#include <stdio.h>
#include <unistd.h>

#include "tests/support/api_trial.h"
#include "tests/support/test.h"

TEST(simple_requests_are_answered_in_their_shapes)
{
    static const struct api_trial_exchange exchanges[] = {
        {API_TRIAL_FRAME, "\"Ping\"", "\"Pong\""},
        {API_TRIAL_FRAME, "\"Healthz\"", "{\"Healthz\":{\"status\":\"ok\"}}"},
        {API_TRIAL_FRAME, "{\"auth\": \"x\", \"Readyz\": null}", API_TRIAL_READY},
        {API_TRIAL_DATA, API_TRIAL_LIST, API_TRIAL_LISTED},
        {API_TRIAL_DATA, "{\"wasm_unload\": {\"name\": \"a\\\"b\"}}",
         "{\"status\":\"unloaded\",\"name\":\"a\\\"b\"}"},
        {API_TRIAL_DATA,
         "{\"wasm_call\": {\"app\": \"a\", \"function\": \"f\", "
         "\"params\": [{\"type\":\"u32\",\"value\":1}]}}",
         "{\"status\":\"ok\",\"returns\":[{\"type\":\"u32\",\"value\":1}]}"},
        {API_TRIAL_DATA, "{\"wasm_call\": {\"receipt\":true,\"app\": \"a\", \"function\": \"f\"}}",
         "{\"status\":\"ok\",\"returns\":[],\"fuel_consumed\":42,\"receipt\":\"cmVj\"}"},
        {API_TRIAL_ERROR, "\"Shutdown\"", "not an operator"},
    };
    struct api_trial *trial = *state;

    api_trial_ask_all(&trial->client, exchanges, ARRAY_LEN(exchanges));

    assert_int_equal(trial->bench.asked_count, 6);
}

TEST(what_the_original_echoes_is_an_error)
{
    static const struct api_trial_exchange exchanges[] = {
        {API_TRIAL_DATA, "{}",
         "{\"status\":\"error\",\"message\":\"unhandled request: nothing is asked for\"}"},
        {API_TRIAL_DATA, "hello",
         "{\"status\":\"error\",\"message\":\"invalid JSON request: byte 0: a value "
         "is expected\"}"},
        {API_TRIAL_DATA, "{\"wasm_call\": {\"app\": \"a\"}}",
         "{\"status\":\"error\",\"message\":\"\\\"wasm_call\\\": the field "
         "\\\"function\\\" is missing\"}"},
        {API_TRIAL_ERROR, "", "invalid JSON request: byte 0: the text ends before its value does"},
        {API_TRIAL_ERROR, "\"Pong\"", "unhandled request: \"Pong\""},
        {API_TRIAL_FRAME, "\"Ping\"", "\"Pong\""},
    };
    struct api_trial *trial = *state;

    api_trial_ask_all(&trial->client, exchanges, ARRAY_LEN(exchanges));

    assert_int_equal(trial->bench.asked_count, 0);
}

TEST(frames_sent_at_once_are_answered_in_order)
{
    static const char frames[] = "\0\0\0\6\"Ping\"\0\0\0\11\"Healthz\"\0\0\0\10\"Readyz\"\0\0\0\6"
                                 "\"Ping\"";
    static const char *const replies[] = {"\"Pong\"", "{\"Healthz\":{\"status\":\"ok\"}}",
                                          API_TRIAL_READY, "\"Pong\""};
    struct api_trial *trial = *state;

    api_bench_send(&trial->client, frames, sizeof frames - 1);

    for (size_t i = 0; i < ARRAY_LEN(replies); i++)
        api_trial_expect(&trial->client, API_TRIAL_FRAME, replies[i]);
}

TEST(a_small_reply_comes_in_one_record)
{
    struct api_trial *trial = *state;
    uint8_t bytes[4096];

    api_bench_send_data(&trial->client, API_TRIAL_LIST);
    int len = -1;
    for (int i = 0; i < 100 && len <= 0; i++) {
        api_bench_turn(&trial->bench);
        len = SSL_read(trial->client.ssl, bytes, sizeof bytes);
    }

    assert_true(len > 4);
    assert_int_equal(len - 4, bytes[2] << 8 | bytes[3]);
    assert_int_equal(bytes[0] | bytes[1], 0);
}

TEST(a_frame_over_the_limit_is_answered_and_the_connection_ends)
{
    struct api_trial *trial = *state;

    api_bench_send(&trial->client, "\x01\0\0\1", 4);

    api_trial_expect(&trial->client, API_TRIAL_ERROR,
                     "a frame of 16777217 bytes is over the limit of 16777216");
    api_trial_expect_end(&trial->client);
    assert_int_equal(SSL_get_shutdown(trial->client.ssl) & SSL_RECEIVED_SHUTDOWN,
                     SSL_RECEIVED_SHUTDOWN);
}

TEST(a_frame_that_does_not_become_whole_is_answered_and_ended)
{
    struct api_trial *trial = *state;
    trial->bench.api->lists[API_LIST_REQUEST].length_ms = 20;
    api_trial_connect(&trial->bench, &trial->client);

    api_bench_send(&trial->client, "\0\0\0\6\"Pi", 7);
    (void)usleep(30000);

    api_trial_expect(&trial->client, API_TRIAL_ERROR, "a frame must be whole within 30000 ms");
    api_trial_expect_end(&trial->client);
}

TEST(who_says_nothing_is_let_go)
{
    static const struct api_bench_options plain = {0};
    struct api_trial *trial = *state;
    struct api *api = trial->bench.api;
    struct api_bench_client silent;
    uint8_t byte = 0;
    api->lists[API_LIST_IDLE].length_ms = 20;
    api_trial_connect(&trial->bench, &trial->client);
    api->lists[API_LIST_HANDSHAKE].length_ms = 20; /* from here on: that one had time for it */
    api_bench_open(&trial->bench, &silent, &plain);

    (void)usleep(30000);
    api_bench_turn(&trial->bench);
    api_bench_turn(&trial->bench);

    assert_int_equal(read(silent.fd, &byte, 1), 0);
    api_trial_expect_end(&trial->client);
    assert_int_equal(api->free_count, api->slot_count);
    api_bench_close(&silent);
}

/* ---- large requests ---- */

#define CALL_HEAD "{\"wasm_call\":{\"app\":\"a\",\"function\":\"f\",\"params\":[\""

/* A call with one string of so many bytes; free() it. */
static char *long_call(size_t len)
{
    const size_t head = sizeof CALL_HEAD - 1;
    char *text = malloc(head + len + 5);
    assert_non_null(text);
    memcpy(text, CALL_HEAD, head);
    memset(text + head, 'x', len);
    memcpy(text + head + len, "\"]}}", 5);
    return text;
}

TEST(nothing_is_kept_of_a_request_that_is_over)
{
    enum { LEN = 300000 };
    static const char head[] = "{\"status\":\"ok\",\"returns\":[\"", tail[] = "\"]}";
    struct api_trial *trial = *state;
    char *text = long_call(LEN), *expected = malloc(LEN + 64);
    assert_non_null(expected);
    memcpy(expected, head, sizeof head);
    memset(expected + sizeof head - 1, 'x', LEN);
    memcpy(expected + sizeof head - 1 + LEN, tail, sizeof tail);

    api_trial_ask(&trial->client, API_TRIAL_DATA, text, expected);

    assert_int_equal(trial->bench.api->budget.used, 0);
    free(text);
    free(expected);
}

TEST(too_much_at_once_is_refused_and_small_requests_go_on)
{
    struct api_trial *trial = *state;
    char *text = long_call(100000);
    trial->bench.api->budget.most = 50000;
    api_trial_connect(&trial->bench, &trial->client);

    api_trial_ask(&trial->client, API_TRIAL_DATA, text,
                  "{\"status\":\"error\",\"message\":\"too much is being sent at once: try "
                  "again later\"}");
    api_trial_ask(&trial->client, API_TRIAL_DATA, API_TRIAL_LIST, API_TRIAL_LISTED);

    assert_int_equal(trial->bench.asked_count, 1);
    assert_int_equal(trial->bench.api->budget.used, 0);
    free(text);
}

TEST_MAIN(CONNECTED(simple_requests_are_answered_in_their_shapes),
          CONNECTED(what_the_original_echoes_is_an_error),
          CONNECTED(frames_sent_at_once_are_answered_in_order),
          CONNECTED(a_small_reply_comes_in_one_record),
          CONNECTED(a_frame_over_the_limit_is_answered_and_the_connection_ends),
          UNCONNECTED(a_frame_that_does_not_become_whole_is_answered_and_ended),
          UNCONNECTED(who_says_nothing_is_let_go),
          CONNECTED(nothing_is_kept_of_a_request_that_is_over),
          UNCONNECTED(too_much_at_once_is_refused_and_small_requests_go_on))
