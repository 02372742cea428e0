/*
 * tests/unit/api/test_exchange.c: requests of clients while main lies, goes away, takes none, or
 * answers too late.
 */
#include <fcntl.h>
#include <unistd.h>

#include "tests/support/api_trial.h"
#include "tests/support/test.h"

static void hostile(struct api_bench *bench, const struct message_in *in)
{
    struct message_returned returned = {.id = in->any.id,
                                        .returns = BYTES_LITERAL("[]},\"status\":\"ok\"")};
    assert_int_equal(message_send(bench->main, MESSAGE_RETURNED, &returned, -1), STATUS_OK);
}

TEST(results_that_are_not_one_array_stay_out_of_the_reply)
{
    struct api_trial *trial = *state;
    trial->bench.answer = hostile;

    api_trial_ask(&trial->client, API_TRIAL_DATA, API_TRIAL_CALL,
                  "{\"status\":\"error\",\"message\":\"call failed: the cell's results are "
                  "not well-formed\"}");
    api_trial_ask(&trial->client, API_TRIAL_DATA, API_TRIAL_LIST,
                  "{\"status\":\"error\",\"message\":\"the service gave an answer to "
                  "something else\"}");
}

static void silent(struct api_bench *bench, const struct message_in *in)
{
    (void)bench;
    (void)in;
}

/* A LIST that main has and does not answer. */
static void ask_silent_main(struct api_trial *trial)
{
    trial->bench.answer = silent;
    api_bench_send_data(&trial->client, API_TRIAL_LIST);
    api_bench_turn(&trial->bench);
    assert_int_equal(trial->bench.asked_count, 1);
}

static void replace_main(struct api_bench *bench)
{
    int pair[2];
    struct message_peer peer = {.role = ROLE_MAIN};
    assert_int_equal(message_pair(pair, NULL), STATUS_OK);
    assert_int_equal(message_send(bench->control, MESSAGE_PEER, &peer, pair[1]), STATUS_OK);
    assert_int_equal(close(pair[1]), 0);
    assert_int_equal(fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
    bench->main = pair[0];
}

TEST(requests_fail_by_name_when_main_goes_and_work_when_it_is_back)
{
    static const char gone[] = "the service is not available: its main part went away";
    struct api_trial *trial = *state;
    struct api_bench *bench = &trial->bench;
    ask_silent_main(trial);

    assert_int_equal(close(bench->main), 0);
    bench->main = -1;
    api_trial_expect(&trial->client, API_TRIAL_DATA,
                     "{\"status\":\"error\",\"message\":\"the service is not available: its "
                     "main part went away\"}");
    api_trial_ask(&trial->client, API_TRIAL_ERROR, "\"Readyz\"", gone);

    assert_false(api_is_cut_off(bench->api));
    bench->api->main_away_since -= 2000;
    assert_true(api_is_cut_off(bench->api));

    replace_main(bench);
    bench->answer = api_trial_honest;
    api_trial_ask(&trial->client, API_TRIAL_FRAME, "\"Readyz\"", API_TRIAL_READY);
}

TEST(questions_wait_while_main_takes_none)
{
    enum { COUNT = 400 };
    static struct api_bench_client clients[COUNT];
    struct api_trial *trial = *state;
    struct api_bench *bench = &trial->bench;
    for (int i = 0; i < COUNT; i++)
        api_trial_connect(bench, &clients[i]);
    int main_link = bench->main;
    bench->main = -1; /* main does not receive */
    for (int i = 0; i < COUNT; i++)
        api_bench_send_data(&clients[i], API_TRIAL_LIST);
    api_bench_turn(bench);

    assert_non_null(bench->api->queue_first);

    bench->main = main_link;
    for (int i = 0; i < COUNT; i++) {
        api_trial_expect(&clients[i], API_TRIAL_DATA, API_TRIAL_LISTED);
        api_bench_close(&clients[i]);
    }
    assert_int_equal(bench->asked_count, COUNT);
    assert_null(bench->api->queue_first);
}

TEST(a_slot_is_kept_until_the_answer_of_who_left_has_come)
{
    struct api_trial *trial = *state;
    struct api *api = trial->bench.api;
    ask_silent_main(trial);
    uint32_t id = (api->slots[0]->serial & 0xFFFF) << 15;

    api_bench_close(&trial->client);
    api_bench_turn(&trial->bench);
    assert_int_equal(api->slot_count - api->free_count, 1);

    assert_int_equal(message_fail(trial->bench.main, id, MESSAGE_FAILURE_BUSY, "late"), STATUS_OK);
    api_bench_turn(&trial->bench);
    assert_int_equal(api->slot_count, api->free_count);
}

TEST_MAIN(CONNECTED(results_that_are_not_one_array_stay_out_of_the_reply),
          CONNECTED(requests_fail_by_name_when_main_goes_and_work_when_it_is_back),
          UNCONNECTED(questions_wait_while_main_takes_none),
          CONNECTED(a_slot_is_kept_until_the_answer_of_who_left_has_come))
