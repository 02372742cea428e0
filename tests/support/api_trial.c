/*
 * tests/support/api_trial.c: see api_trial.h.
 */
#include "tests/support/api_trial.h"

#include "core/base/cbor.h"
#include "tests/support/test.h"

#define REPLY_MAX (1u << 20)

int api_trial_begin(void **state)
{
    struct api_trial *trial = calloc(1, sizeof *trial);
    assert_non_null(trial);
    api_bench_begin(&trial->bench, api_trial_honest);
    *state = trial;
    return 0;
}

int api_trial_begin_connected(void **state)
{
    (void)api_trial_begin(state);
    struct api_trial *trial = *state;
    api_trial_connect(&trial->bench, &trial->client);
    return 0;
}

int api_trial_end(void **state)
{
    struct api_trial *trial = *state;
    if (trial->client.ssl != NULL)
        api_bench_close(&trial->client);
    api_bench_end(&trial->bench);
    free(trial);
    return 0;
}

void api_trial_connect_with(struct api_bench *bench, struct api_bench_client *client,
                            const struct api_bench_options *options)
{
    api_bench_open(bench, client, options);
    assert_true(api_bench_handshake(client));
}

void api_trial_connect(struct api_bench *bench, struct api_bench_client *client)
{
    static const struct api_bench_options plain = {0};
    api_trial_connect_with(bench, client, &plain);
}

static void answer(struct api_bench *bench, enum message_type type, const void *message)
{
    assert_int_equal(message_send(bench->main, type, message, -1), STATUS_OK);
}

static void answer_list(struct api_bench *bench, uint32_t id)
{
    uint8_t room[16];
    struct cbor_writer writer;
    struct message_apps apps = {.id = id};
    cbor_writer_init(&writer, room, sizeof room);
    cbor_write_array(&writer, 0);
    assert_int_equal(cbor_writer_end(&writer, &apps.apps), STATUS_OK);
    answer(bench, MESSAGE_APPS, &apps);
}

void api_trial_honest(struct api_bench *bench, const struct message_in *in)
{
    const uint32_t id = in->any.id;
    switch (in->type) {
    case MESSAGE_CALL: {
        const struct message_returned returned = {
            .id = id, .fuel = 42, .receipt = BYTES_LITERAL("rec"), .returns = in->any.call.params};
        bench->last_client_len = in->any.call.client.len;
        assert_true(bench->last_client_len <= sizeof bench->last_client);
        memcpy(bench->last_client, in->any.call.client.data, bench->last_client_len);
        answer(bench, MESSAGE_RETURNED, &returned);
        return;
    }
    case MESSAGE_MODULES: {
        const struct message_modules_are modules = {.id = id, .count = 1};
        answer(bench, MESSAGE_MODULES_ARE, &modules);
        return;
    }
    case MESSAGE_UNLOAD: {
        const struct message_unloaded unloaded = {.id = id, .was_loaded = 1};
        answer(bench, MESSAGE_UNLOADED, &unloaded);
        return;
    }
    case MESSAGE_LIST:
        answer_list(bench, id);
        return;
    case MESSAGE_ATTEST: {
        const struct message_attested attested = {.id = id,
                                                  .evidence_kind = BYTES_LITERAL("tpm"),
                                                  .time = BYTES_LITERAL("2026-11-21T22:00Z"),
                                                  .evidence = in->any.attest.exporter};
        answer(bench, MESSAGE_ATTESTED, &attested);
        return;
    }
    case MESSAGE_SHUTDOWN:
        assert_int_equal(message_fail(bench->main, id, MESSAGE_FAILURE_DENIED, "not an operator"),
                         STATUS_OK);
        return;
    default:
        fail_msg("main is asked %s", message_name(in->type));
    }
}

/* `request`: what is named where the reply is another one. */
static void expect(struct api_bench_client *client, enum api_trial_form form, const char *request,
                   const char *expected)
{
    static char reply[REPLY_MAX];
    const bool is_there =
        form == API_TRIAL_FRAME
            ? api_bench_receive(client, reply, sizeof reply, NULL)
            : api_bench_receive_data(client, form == API_TRIAL_DATA ? "Data" : "Error", reply,
                                     sizeof reply);
    if (!is_there)
        fail_msg("%s: no reply, not %s", request, expected);
    if (strcmp(reply, expected) != 0)
        fail_msg("%s: %s, not %s", request, reply, expected);
}

void api_trial_expect(struct api_bench_client *client, enum api_trial_form form, const char *reply)
{
    expect(client, form, "the next reply", reply);
}

void api_trial_ask(struct api_bench_client *client, enum api_trial_form form, const char *request,
                   const char *reply)
{
    if (form == API_TRIAL_DATA)
        api_bench_send_data(client, request);
    else
        api_bench_send_frame(client, request);
    expect(client, form, request, reply);
}

void api_trial_ask_all(struct api_bench_client *client, const struct api_trial_exchange *exchanges,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        api_trial_ask(client, exchanges[i].form, exchanges[i].request, exchanges[i].reply);
}

void api_trial_expect_end(struct api_bench_client *client)
{
    char reply[1024];
    if (api_bench_receive(client, reply, sizeof reply, NULL))
        fail_msg("not the end, but %s", reply);
}
