/*
 * tests/support/api_trial.h: what tests of the role api begin with: a bench whose main is honest,
 * one client, and requests beside the replies that they must get.
 */
#ifndef AETHER_TESTS_API_TRIAL_H
#define AETHER_TESTS_API_TRIAL_H

#include "tests/support/api_bench.h"

struct api_trial {
    struct api_bench bench;
    struct api_bench_client client; /* ended with the trial; `ssl` is NULL while there is none */
};

/* The test's `*state` is a trial: with its client connected, or without. */
#define CONNECTED(name)                                                                            \
    cmocka_unit_test_setup_teardown(name, api_trial_begin_connected, api_trial_end)
#define UNCONNECTED(name) cmocka_unit_test_setup_teardown(name, api_trial_begin, api_trial_end)
int api_trial_begin(void **state);
int api_trial_begin_connected(void **state);
int api_trial_end(void **state);

/* A connection of plain options, or these, whose handshake succeeds. */
void api_trial_connect(struct api_bench *bench, struct api_bench_client *client);
void api_trial_connect_with(struct api_bench *bench, struct api_bench_client *client,
                            const struct api_bench_options *options);

/* What an honest main says to questions of api; whom a CALL is from is `last_client`. */
void api_trial_honest(struct api_bench *bench, const struct message_in *in);

enum api_trial_form {
    API_TRIAL_FRAME, /* both are frames as they are */
    API_TRIAL_DATA,  /* both are in {"Data":[...]} */
    API_TRIAL_ERROR, /* a frame, and the text in {"Error":[...]} */
};
struct api_trial_exchange {
    enum api_trial_form form;
    const char *request, *reply;
};

/* The next reply is this one. */
void api_trial_expect(struct api_bench_client *client, enum api_trial_form form, const char *reply);
/* Sends it, and the reply is that one; a failure names the request. */
void api_trial_ask(struct api_bench_client *client, enum api_trial_form form, const char *request,
                   const char *reply);
void api_trial_ask_all(struct api_bench_client *client, const struct api_trial_exchange *exchanges,
                       size_t count);
/* No reply comes any more: the connection has ended. */
void api_trial_expect_end(struct api_bench_client *client);

/* Requests that several tests send. */
#define API_TRIAL_CALL "{\"wasm_call\": {\"app\": \"a\", \"function\": \"f\"}}"
#define API_TRIAL_LIST "{\"wasm_list\": {}}"
/* And what an honest main's answer becomes. */
#define API_TRIAL_RETURNED "{\"status\":\"ok\",\"returns\":[]}"
#define API_TRIAL_READY    "{\"Readyz\":{\"status\":\"ready\",\"modules\":1}}"
#define API_TRIAL_LISTED   "{\"status\":\"apps\",\"apps\":[]}"

#endif
