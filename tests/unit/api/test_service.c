/*
 * tests/unit/api/test_service.c: the role api as a client sees it, over TLS, main played by the
 * test.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/cbor.h"
#include "tests/support/api_bench.h"
#include "tests/support/test.h"

static const struct api_bench_options plain = {0};

#define REPLY_MAX (1u << 20)
static char reply[REPLY_MAX];

static struct bytes last_client;
static uint8_t last_client_bytes[32];

/* What an honest main says, as far as the tests need it. */
static void honest(struct api_bench *bench, const struct message_in *in)
{
    static uint8_t room[4096];
    struct cbor_writer writer;
    struct bytes body;
    cbor_writer_init(&writer, room, sizeof room);
    switch (in->type) {
    case MESSAGE_CALL: {
        struct message_returned returned = {.id = in->any.id,
                                            .fuel = 42,
                                            .receipt = BYTES_LITERAL("rec"),
                                            .returns = in->any.call.params};
        last_client = bytes_of(last_client_bytes, in->any.call.client.len);
        memcpy(last_client_bytes, in->any.call.client.data, in->any.call.client.len);
        assert_int_equal(message_send(bench->main, MESSAGE_RETURNED, &returned, -1), STATUS_OK);
        return;
    }
    case MESSAGE_MODULES: {
        struct message_modules_are modules = {.id = in->any.id, .count = 1};
        assert_int_equal(message_send(bench->main, MESSAGE_MODULES_ARE, &modules, -1), STATUS_OK);
        return;
    }
    case MESSAGE_UNLOAD: {
        struct message_unloaded unloaded = {.id = in->any.id, .was_loaded = 1};
        assert_int_equal(message_send(bench->main, MESSAGE_UNLOADED, &unloaded, -1), STATUS_OK);
        return;
    }
    case MESSAGE_LIST: {
        cbor_write_array(&writer, 0);
        assert_int_equal(cbor_writer_end(&writer, &body), STATUS_OK);
        struct message_apps apps = {.id = in->any.id, .apps = body};
        assert_int_equal(message_send(bench->main, MESSAGE_APPS, &apps, -1), STATUS_OK);
        return;
    }
    case MESSAGE_ATTEST: {
        struct message_attested attested = {.id = in->any.id,
                                            .evidence_kind = BYTES_LITERAL("tpm"),
                                            .time = BYTES_LITERAL("2026-11-21T22:00Z"),
                                            .evidence = in->any.attest.exporter};
        assert_int_equal(message_send(bench->main, MESSAGE_ATTESTED, &attested, -1), STATUS_OK);
        return;
    }
    case MESSAGE_SHUTDOWN:
        assert_int_equal(
            message_fail(bench->main, in->any.id, MESSAGE_FAILURE_DENIED, "not an operator"),
            STATUS_OK);
        return;
    default:
        fail_msg("main is asked %s", message_name(in->type));
    }
}

static void connect_to(struct api_bench *bench, struct api_bench_client *client,
                       const struct api_bench_options *options)
{
    api_bench_open(bench, client, options);
    assert_true(api_bench_handshake(client));
}

static void assert_reply(struct api_bench_client *client, const char *expected)
{
    assert_true(api_bench_receive(client, reply, sizeof reply, NULL));
    assert_string_equal(reply, expected);
}

static void assert_data(struct api_bench_client *client, const char *expected)
{
    assert_true(api_bench_receive_data(client, "Data", reply, sizeof reply));
    assert_string_equal(reply, expected);
}

static void assert_error(struct api_bench_client *client, const char *expected)
{
    assert_true(api_bench_receive_data(client, "Error", reply, sizeof reply));
    assert_string_equal(reply, expected);
}

TEST(simple_requests_are_answered_in_their_shapes)
{
    struct api_bench bench;
    struct api_bench_client client;
    api_bench_begin(&bench, honest);
    connect_to(&bench, &client, &plain);

    api_bench_send_frame(&client, "\"Ping\"");
    assert_reply(&client, "\"Pong\"");
    api_bench_send_frame(&client, "\"Healthz\"");
    assert_reply(&client, "{\"Healthz\":{\"status\":\"ok\"}}");
    api_bench_send_frame(&client, "{\"auth\": \"x\", \"Readyz\": null}");
    assert_reply(&client, "{\"Readyz\":{\"status\":\"ready\",\"modules\":1}}");
    api_bench_send_data(&client, "{\"wasm_list\": {}}");
    assert_data(&client, "{\"status\":\"apps\",\"apps\":[]}");
    api_bench_send_data(&client, "{\"wasm_unload\": {\"name\": \"a\\\"b\"}}");
    assert_data(&client, "{\"status\":\"unloaded\",\"name\":\"a\\\"b\"}");
    api_bench_send_data(&client, "{\"wasm_call\": {\"app\": \"a\", \"function\": \"f\", "
                                 "\"params\": [{\"type\":\"u32\",\"value\":1}]}}");
    assert_data(&client, "{\"status\":\"ok\",\"returns\":[{\"type\":\"u32\",\"value\":1}]}");
    api_bench_send_data(&client,
                        "{\"wasm_call\": {\"receipt\":true,\"app\": \"a\", \"function\": \"f\"}}");
    assert_data(&client,
                "{\"status\":\"ok\",\"returns\":[],\"fuel_consumed\":42,\"receipt\":\"cmVj\"}");
    api_bench_send_frame(&client, "\"Shutdown\"");
    assert_error(&client, "not an operator");

    assert_int_equal(bench.asked_count, 6);
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(what_the_original_echoes_is_an_error)
{
    struct api_bench bench;
    struct api_bench_client client;
    api_bench_begin(&bench, honest);
    connect_to(&bench, &client, &plain);

    api_bench_send_data(&client, "{}");
    assert_data(&client, "{\"status\":\"error\",\"message\":\"unhandled request: nothing is asked "
                         "for\"}");
    api_bench_send_data(&client, "hello");
    assert_data(&client,
                "{\"status\":\"error\",\"message\":\"invalid JSON request: byte 0: a value "
                "is expected\"}");
    api_bench_send_data(&client, "{\"wasm_call\": {\"app\": \"a\"}}");
    assert_data(&client, "{\"status\":\"error\",\"message\":\"\\\"wasm_call\\\": the field "
                         "\\\"function\\\" is missing\"}");
    api_bench_send_frame(&client, "");
    assert_error(&client, "invalid JSON request: byte 0: the text ends before its value does");
    api_bench_send_frame(&client, "\"Pong\"");
    assert_error(&client, "unhandled request: \"Pong\"");
    api_bench_send_frame(&client, "\"Ping\"");
    assert_reply(&client, "\"Pong\"");

    assert_int_equal(bench.asked_count, 0);
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(frames_sent_at_once_are_answered_in_order)
{
    struct api_bench bench;
    struct api_bench_client client;
    static const char frames[] = "\0\0\0\6\"Ping\"\0\0\0\11\"Healthz\"\0\0\0\10\"Readyz\"\0\0\0\6"
                                 "\"Ping\"";
    api_bench_begin(&bench, honest);
    connect_to(&bench, &client, &plain);

    api_bench_send(&client, frames, sizeof frames - 1);

    assert_reply(&client, "\"Pong\"");
    assert_reply(&client, "{\"Healthz\":{\"status\":\"ok\"}}");
    assert_reply(&client, "{\"Readyz\":{\"status\":\"ready\",\"modules\":1}}");
    assert_reply(&client, "\"Pong\"");
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(a_small_reply_comes_in_one_record)
{
    struct api_bench bench;
    struct api_bench_client client;
    uint8_t bytes[4096];
    api_bench_begin(&bench, honest);
    connect_to(&bench, &client, &plain);

    api_bench_send_data(&client, "{\"wasm_list\": {}}");
    int len = -1;
    for (int i = 0; i < 100 && len <= 0; i++) {
        api_bench_turn(&bench);
        len = SSL_read(client.ssl, bytes, sizeof bytes);
    }

    assert_true(len > 4);
    assert_int_equal(len - 4, bytes[2] << 8 | bytes[3]);
    assert_int_equal(bytes[0] | bytes[1], 0);
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(a_frame_over_the_limit_is_answered_and_the_connection_ends)
{
    struct api_bench bench;
    struct api_bench_client client;
    api_bench_begin(&bench, honest);
    connect_to(&bench, &client, &plain);

    api_bench_send(&client, "\x01\0\0\1", 4);

    assert_error(&client, "a frame of 16777217 bytes is over the limit of 16777216");
    assert_false(api_bench_receive(&client, reply, sizeof reply, NULL));
    assert_int_equal(SSL_get_shutdown(client.ssl) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(a_frame_that_does_not_become_whole_is_answered_and_ended)
{
    struct api_bench bench;
    struct api_bench_client client;
    api_bench_begin(&bench, honest);
    bench.api->lists[API_LIST_REQUEST].length_ms = 20;
    connect_to(&bench, &client, &plain);

    api_bench_send(&client, "\0\0\0\6\"Pi", 7);
    (void)usleep(30000);

    assert_error(&client, "a frame must be whole within 30000 ms");
    assert_false(api_bench_receive(&client, reply, sizeof reply, NULL));
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(who_says_nothing_is_let_go)
{
    struct api_bench bench;
    struct api_bench_client silent, idle;
    uint8_t byte = 0;
    api_bench_begin(&bench, honest);
    bench.api->lists[API_LIST_HANDSHAKE].length_ms = 20;
    bench.api->lists[API_LIST_IDLE].length_ms = 20;
    connect_to(&bench, &idle, &plain);
    api_bench_open(&bench, &silent, &plain);

    (void)usleep(30000);
    api_bench_turn(&bench);
    api_bench_turn(&bench);

    assert_int_equal(read(silent.fd, &byte, 1), 0);
    assert_false(api_bench_receive(&idle, reply, sizeof reply, NULL));
    assert_int_equal(bench.api->free_count, bench.api->slot_count);
    api_bench_close(&silent);
    api_bench_close(&idle);
    api_bench_end(&bench);
}

/* ---- leaves ---- */

static void assert_leaf(struct api_bench_client *client, const char *name)
{
    char text[64] = "";
    X509 *leaf = SSL_get1_peer_certificate(client->ssl);
    assert_non_null(leaf);
    assert_true(X509_NAME_get_text_by_NID(X509_get_subject_name(leaf), NID_commonName, text,
                                          sizeof text) > 0);
    assert_string_equal(text, name);
    X509_free(leaf);
}

static void assert_leaf_of(struct api_bench *bench, const char *sni, const char *name)
{
    struct api_bench_client client;
    struct api_bench_options options = {.sni = sni};
    connect_to(bench, &client, &options);
    assert_leaf(&client, name);
    api_bench_close(&client);
}

TEST(leaves_are_kept_by_name_until_the_generation_changes)
{
    struct api_bench bench;
    struct message_generation next = {.generation = 2};
    api_bench_begin(&bench, honest);
    bench.app_sni = "app.example";
    bench.generation = 1;

    assert_leaf_of(&bench, NULL, "default");
    assert_leaf_of(&bench, "app.example", "app.example");
    assert_leaf_of(&bench, "APP.Example", "app.example");
    assert_leaf_of(&bench, NULL, "default");
    assert_int_equal(bench.leaf_count, 2);
    assert_leaf_of(&bench, "other.example", "default");
    assert_leaf_of(&bench, "other.example", "default");
    assert_int_equal(bench.leaf_count, 4); /* asked about, not made */

    bench.generation = 2;
    assert_int_equal(message_send(bench.main, MESSAGE_GENERATION, &next, -1), STATUS_OK);
    assert_leaf_of(&bench, NULL, "default");
    assert_leaf_of(&bench, "app.example", "app.example");
    assert_int_equal(bench.leaf_count, 6);
    api_bench_end(&bench);
}

TEST(more_names_than_are_kept_are_served)
{
    struct api_bench bench;
    char name[32];
    api_bench_begin(&bench, honest);
    bench.generation = 1;

    for (uint32_t i = 0; i < API_LEAVES_MAX + 2; i++) {
        (void)snprintf(name, sizeof name, "app%u.example", i);
        bench.app_sni = name;
        assert_leaf_of(&bench, name, name);
    }
    assert_int_equal(bench.api->leaf_count, API_LEAVES_MAX);
    api_bench_end(&bench);
}

TEST(one_leaf_is_asked_for_by_all_who_wait_for_it)
{
    struct api_bench bench;
    struct api_bench_client clients[4];
    api_bench_begin(&bench, honest);
    bench.holds_leaves = true;
    for (int i = 0; i < 4; i++) {
        api_bench_open(&bench, &clients[i], &plain);
        assert_int_equal(SSL_connect(clients[i].ssl), -1);
        api_bench_turn(&bench);
    }

    assert_int_equal(bench.leaf_count, 1);
    assert_int_equal(bench.api->leaf_asked, 1);

    assert_int_equal(
        message_fail(bench.main, bench.api->leaves[0]->id, MESSAGE_FAILURE_UNAVAILABLE, "no"),
        STATUS_OK);
    for (int i = 0; i < 4; i++) {
        assert_false(api_bench_handshake(&clients[i]));
        api_bench_close(&clients[i]);
    }
    assert_int_equal(bench.api->leaf_count, 0);
    api_bench_end(&bench);
}

TEST(a_challenge_is_in_one_leaf_for_one_client)
{
    struct api_bench bench;
    struct api_bench_client client;
    uint8_t first_nonce[32];
    static const uint8_t nonce[] = "a client's nonce";
    struct api_bench_options options = {.challenge = nonce, .challenge_len = sizeof nonce};
    api_bench_begin(&bench, honest);

    for (int i = 0; i < 2; i++) {
        connect_to(&bench, &client, &options);
        assert_true(bench.last_is_challenge);
        assert_memory_equal(bench.last_nonce, nonce, sizeof nonce);
        assert_int_equal(bench.last_nonce_len, sizeof nonce);
        assert_int_equal(client.server_nonce_len, 32);
        if (i == 0)
            memcpy(first_nonce, client.server_nonce, 32);
        api_bench_close(&client);
    }

    assert_int_equal(bench.leaf_count, 2);
    assert_int_equal(bench.api->leaf_count, 0);
    assert_memory_not_equal(first_nonce, client.server_nonce, 32);
    connect_to(&bench, &client, &plain);
    assert_int_equal(client.server_nonce_len, 0);
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(a_challenge_for_a_name_that_no_app_has_gets_the_default_leaf)
{
    struct api_bench bench;
    struct api_bench_client client;
    struct api_bench_options options = {
        .sni = "nobody.example", .challenge = (const uint8_t *)"n", .challenge_len = 1};
    api_bench_begin(&bench, honest);

    connect_to(&bench, &client, &options);

    assert_leaf(&client, "default");
    assert_true(bench.last_is_challenge);
    assert_int_equal(client.server_nonce_len, 32);
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(a_challenge_that_is_too_long_is_refused)
{
    struct api_bench bench;
    struct api_bench_client client;
    static uint8_t nonce[API_NONCE_MAX + 1];
    struct api_bench_options options = {.challenge = nonce, .challenge_len = sizeof nonce};
    api_bench_begin(&bench, honest);

    api_bench_open(&bench, &client, &options);

    assert_false(api_bench_handshake(&client));
    assert_int_equal(bench.leaf_count, 0);
    api_bench_close(&client);
    api_bench_end(&bench);
}

/* ---- clients ---- */

TEST(the_key_that_a_client_shows_goes_with_its_requests)
{
    struct api_bench bench;
    struct api_bench_client client;
    struct api_bench_options options = {.has_client_key = true};
    api_bench_begin(&bench, honest);

    connect_to(&bench, &client, &options);
    api_bench_send_data(&client, "{\"wasm_call\": {\"app\": \"a\", \"function\": \"f\"}}");
    assert_data(&client, "{\"status\":\"ok\",\"returns\":[]}");
    assert_int_equal(last_client.len, 32);
    assert_memory_equal(last_client.data, client.spki_hash, 32);
    api_bench_close(&client);

    connect_to(&bench, &client, &plain);
    api_bench_send_data(&client, "{\"wasm_call\": {\"app\": \"a\", \"function\": \"f\"}}");
    assert_data(&client, "{\"status\":\"ok\",\"returns\":[]}");
    assert_int_equal(last_client.len, 0);
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(a_client_that_does_not_have_the_key_of_its_certificate_is_refused)
{
    struct api_bench bench;
    struct api_bench_client client;
    struct api_bench_options options = {.has_client_key = true, .signs_with_another = true};
    api_bench_begin(&bench, honest);
    api_bench_open(&bench, &client, &options);

    /* The client ends its handshake before the server has looked at what it signed. */
    (void)api_bench_handshake(&client);
    (void)SSL_write(client.ssl, "\0\0\0\6\"Ping\"", 10);

    assert_false(api_bench_receive(&client, reply, sizeof reply, NULL));
    assert_int_equal(bench.api->counts.frames, 0);
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(older_versions_of_tls_are_refused)
{
    struct api_bench bench;
    struct api_bench_client client;
    api_bench_begin(&bench, honest);
    api_bench_open(&bench, &client, &plain);

    assert_int_equal(SSL_set_max_proto_version(client.ssl, TLS1_2_VERSION), 1);

    assert_false(api_bench_handshake(&client));
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(no_ticket_is_given)
{
    struct api_bench bench;
    struct api_bench_client client;
    api_bench_begin(&bench, honest);
    connect_to(&bench, &client, &plain);
    api_bench_send_frame(&client, "\"Ping\"");
    assert_reply(&client, "\"Pong\"");

    assert_int_equal(SSL_SESSION_is_resumable(SSL_get0_session(client.ssl)), 0);
    api_bench_close(&client);
    api_bench_end(&bench);
}

/* ---- evidence after the handshake ---- */

static void attest_request(struct api_bench_client *client, const char *mode, bool is_right,
                           char *out, size_t cap)
{
    uint8_t *spki = NULL;
    uint8_t hash[32], context[32];
    char leaf_text[64] = "", context_text[64] = "";
    X509 *leaf = SSL_get1_peer_certificate(client->ssl);
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &spki);
    assert_int_equal(EVP_Digest(spki, (size_t)len, hash, NULL, EVP_sha256(), NULL), 1);
    hash[0] = (uint8_t)(hash[0] ^ !is_right);
    memset(context, 7, sizeof context);
    leaf_text[api_base64_encode(bytes_of(hash, 32), true, (uint8_t *)leaf_text)] = '\0';
    context_text[api_base64_encode(bytes_of(context, 32), true, (uint8_t *)context_text)] = '\0';
    (void)snprintf(out, cap, "{\"v\": 2, \"mode\": \"%s\", \"leaf\": \"%s\", \"context\": \"%s\"}",
                   mode, leaf_text, context_text);
    OPENSSL_free(spki);
    X509_free(leaf);
}

TEST(evidence_after_the_handshake_is_bound_to_the_session)
{
    struct api_bench bench;
    struct api_bench_client client;
    char request[512], expected[512], exporter_text[64] = "";
    uint8_t exporter[32], context[32];
    static const char label[] = "EXPORTER-privasys-ratls-attest-v2";
    api_bench_begin(&bench, honest);
    connect_to(&bench, &client, &plain);
    memset(context, 7, sizeof context);
    assert_int_equal(SSL_export_keying_material(client.ssl, exporter, 32, label, sizeof label - 1,
                                                context, 32, 1),
                     1);
    exporter_text[api_base64_encode(bytes_of(exporter, 32), true, (uint8_t *)exporter_text)] = '\0';

    attest_request(&client, "challenge", true, request, sizeof request);
    api_bench_send_frame(&client, request);

    (void)snprintf(expected, sizeof expected,
                   "{\"v\":2,\"mode\":\"challenge\",\"tee\":\"tpm\",\"quote\":\"%s\","
                   "\"gpu_evidence\":null,\"quote_time\":\"2026-11-21T22:00Z\","
                   "\"client_evidence\":\"none\",\"client_context\":null}",
                   exporter_text);
    assert_reply(&client, expected);
    api_bench_send_frame(&client, "\"Ping\"");
    assert_reply(&client, "\"Pong\"");
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(evidence_for_another_leaf_is_refused_and_ends_the_connection)
{
    struct api_bench bench;
    struct api_bench_client client;
    char request[512];
    api_bench_begin(&bench, honest);
    connect_to(&bench, &client, &plain);

    attest_request(&client, "deterministic", false, request, sizeof request);
    api_bench_send_frame(&client, request);

    assert_reply(&client, "{\"v\":2,\"error\":\"\\\"leaf\\\" is not the key of this connection\"}");
    assert_false(api_bench_receive(&client, reply, sizeof reply, NULL));
    assert_int_equal(bench.asked_count, 0);
    api_bench_close(&client);
    api_bench_end(&bench);
}

/* ---- what goes wrong inside ---- */

static void hostile(struct api_bench *bench, const struct message_in *in)
{
    struct message_returned returned = {.id = in->any.id,
                                        .returns = BYTES_LITERAL("[]},\"status\":\"ok\"")};
    assert_int_equal(message_send(bench->main, MESSAGE_RETURNED, &returned, -1), STATUS_OK);
}

TEST(results_that_are_not_one_array_stay_out_of_the_reply)
{
    struct api_bench bench;
    struct api_bench_client client;
    api_bench_begin(&bench, hostile);
    connect_to(&bench, &client, &plain);

    api_bench_send_data(&client, "{\"wasm_call\": {\"app\": \"a\", \"function\": \"f\"}}");

    assert_data(&client, "{\"status\":\"error\",\"message\":\"call failed: the cell's results are "
                         "not well-formed\"}");
    api_bench_send_data(&client, "{\"wasm_list\": {}}");
    assert_data(&client, "{\"status\":\"error\",\"message\":\"the service gave an answer to "
                         "something else\"}");
    api_bench_close(&client);
    api_bench_end(&bench);
}

static void silent(struct api_bench *bench, const struct message_in *in)
{
    (void)bench;
    (void)in;
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
    struct api_bench bench;
    struct api_bench_client client;
    api_bench_begin(&bench, silent);
    connect_to(&bench, &client, &plain);
    api_bench_send_data(&client, "{\"wasm_list\": {}}");
    api_bench_turn(&bench);
    assert_int_equal(bench.asked_count, 1);

    assert_int_equal(close(bench.main), 0);
    bench.main = -1;
    assert_data(&client, "{\"status\":\"error\",\"message\":\"the service is not available: its "
                         "main part went away\"}");
    api_bench_send_frame(&client, "\"Readyz\"");
    assert_error(&client, "the service is not available: its main part went away");

    assert_false(api_is_cut_off(bench.api));
    bench.api->main_away_since -= 2000;
    assert_true(api_is_cut_off(bench.api));

    replace_main(&bench);
    bench.answer = honest;
    api_bench_send_frame(&client, "\"Readyz\"");
    assert_reply(&client, "{\"Readyz\":{\"status\":\"ready\",\"modules\":1}}");
    api_bench_close(&client);
    api_bench_end(&bench);
}

TEST(questions_wait_while_main_takes_none)
{
    enum { COUNT = 400 };
    static struct api_bench_client clients[COUNT];
    struct api_bench bench;
    api_bench_begin(&bench, honest);
    for (int i = 0; i < COUNT; i++)
        connect_to(&bench, &clients[i], &plain);
    int main_link = bench.main;
    bench.main = -1; /* main does not receive */
    for (int i = 0; i < COUNT; i++)
        api_bench_send_data(&clients[i], "{\"wasm_list\": {}}");
    api_bench_turn(&bench);

    assert_non_null(bench.api->queue_first);

    bench.main = main_link;
    for (int i = 0; i < COUNT; i++) {
        assert_data(&clients[i], "{\"status\":\"apps\",\"apps\":[]}");
        api_bench_close(&clients[i]);
    }
    assert_int_equal(bench.asked_count, COUNT);
    assert_null(bench.api->queue_first);
    api_bench_end(&bench);
}

TEST(a_slot_is_kept_until_the_answer_of_who_left_has_come)
{
    struct api_bench bench;
    struct api_bench_client client;
    api_bench_begin(&bench, silent);
    connect_to(&bench, &client, &plain);
    api_bench_send_data(&client, "{\"wasm_list\": {}}");
    api_bench_turn(&bench);
    uint32_t id = (bench.api->slots[0]->serial & 0xFFFF) << 15;

    api_bench_close(&client);
    api_bench_turn(&bench);
    assert_int_equal(bench.api->slot_count - bench.api->free_count, 1);

    assert_int_equal(message_fail(bench.main, id, MESSAGE_FAILURE_BUSY, "late"), STATUS_OK);
    api_bench_turn(&bench);
    assert_int_equal(bench.api->slot_count, bench.api->free_count);
    api_bench_end(&bench);
}

TEST(nothing_is_kept_of_a_request_that_is_over)
{
    struct api_bench bench;
    struct api_bench_client client;
    enum { LEN = 300000 };
    char *text = malloc(LEN + 128);
    assert_non_null(text);
    api_bench_begin(&bench, honest);
    connect_to(&bench, &client, &plain);
    size_t at = (size_t)snprintf(text, LEN,
                                 "{\"wasm_call\":{\"app\":\"a\",\"function\":\"f\","
                                 "\"params\":[\"");
    memset(text + at, 'x', LEN);
    memcpy(text + at + LEN, "\"]}}", 5);

    api_bench_send_data(&client, text);
    assert_true(api_bench_receive_data(&client, "Data", reply, sizeof reply));

    assert_int_equal(strlen(reply), strlen("{\"status\":\"ok\",\"returns\":[\"\"]}") + LEN);
    assert_int_equal(bench.api->budget.used, 0);
    api_bench_close(&client);
    api_bench_end(&bench);
    free(text);
}

TEST(too_much_at_once_is_refused_and_small_requests_go_on)
{
    struct api_bench bench;
    struct api_bench_client client;
    enum { LEN = 100000 };
    char *text = malloc(LEN + 128);
    assert_non_null(text);
    api_bench_begin(&bench, honest);
    bench.api->budget.most = 50000;
    connect_to(&bench, &client, &plain);
    size_t at = (size_t)snprintf(text, LEN,
                                 "{\"wasm_call\":{\"app\":\"a\",\"function\":\"f\","
                                 "\"params\":[\"");
    memset(text + at, 'x', LEN);
    memcpy(text + at + LEN, "\"]}}", 5);

    api_bench_send_data(&client, text);
    assert_data(&client, "{\"status\":\"error\",\"message\":\"too much is being sent at once: try "
                         "again later\"}");
    api_bench_send_data(&client, "{\"wasm_list\": {}}");
    assert_data(&client, "{\"status\":\"apps\",\"apps\":[]}");

    assert_int_equal(bench.asked_count, 1);
    assert_int_equal(bench.api->budget.used, 0);
    api_bench_close(&client);
    api_bench_end(&bench);
    free(text);
}

TEST_MAIN(T(simple_requests_are_answered_in_their_shapes), T(what_the_original_echoes_is_an_error),
          T(frames_sent_at_once_are_answered_in_order), T(a_small_reply_comes_in_one_record),
          T(a_frame_over_the_limit_is_answered_and_the_connection_ends),
          T(a_frame_that_does_not_become_whole_is_answered_and_ended),
          T(who_says_nothing_is_let_go), T(leaves_are_kept_by_name_until_the_generation_changes),
          T(more_names_than_are_kept_are_served), T(one_leaf_is_asked_for_by_all_who_wait_for_it),
          T(a_challenge_is_in_one_leaf_for_one_client),
          T(a_challenge_for_a_name_that_no_app_has_gets_the_default_leaf),
          T(a_challenge_that_is_too_long_is_refused),
          T(the_key_that_a_client_shows_goes_with_its_requests),
          T(a_client_that_does_not_have_the_key_of_its_certificate_is_refused),
          T(older_versions_of_tls_are_refused), T(no_ticket_is_given),
          T(evidence_after_the_handshake_is_bound_to_the_session),
          T(evidence_for_another_leaf_is_refused_and_ends_the_connection),
          T(results_that_are_not_one_array_stay_out_of_the_reply),
          T(requests_fail_by_name_when_main_goes_and_work_when_it_is_back),
          T(questions_wait_while_main_takes_none),
          T(a_slot_is_kept_until_the_answer_of_who_left_has_come),
          T(nothing_is_kept_of_a_request_that_is_over),
          T(too_much_at_once_is_refused_and_small_requests_go_on))
