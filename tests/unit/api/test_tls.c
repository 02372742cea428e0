/*
 * tests/unit/api/test_tls.c: the session between the role api and a client: the client's key, what
 * is refused, evidence that is bound to it after the handshake. Leaves: test_leaf.c.
 */
#include <stdio.h>

#include "tests/support/api_trial.h"
#include "tests/support/test.h"

TEST(the_key_that_a_client_shows_goes_with_its_requests)
{
    struct api_trial *trial = *state;
    struct api_bench_client *client = &trial->client;
    const struct api_bench_options options = {.has_client_key = true};

    api_trial_connect_with(&trial->bench, client, &options);
    api_trial_ask(client, API_TRIAL_DATA, API_TRIAL_CALL, API_TRIAL_RETURNED);
    assert_int_equal(trial->bench.last_client_len, 32);
    assert_memory_equal(trial->bench.last_client, client->spki_hash, 32);
    api_bench_close(client);

    api_trial_connect(&trial->bench, client);
    api_trial_ask(client, API_TRIAL_DATA, API_TRIAL_CALL, API_TRIAL_RETURNED);
    assert_int_equal(trial->bench.last_client_len, 0);
}

TEST(a_client_that_does_not_have_the_key_of_its_certificate_is_refused)
{
    struct api_trial *trial = *state;
    const struct api_bench_options options = {.has_client_key = true, .signs_with_another = true};
    api_bench_open(&trial->bench, &trial->client, &options);

    /* The client ends its handshake before the server has looked at what it signed. */
    (void)api_bench_handshake(&trial->client);
    (void)SSL_write(trial->client.ssl, "\0\0\0\6\"Ping\"", 10);

    api_trial_expect_end(&trial->client);
    assert_int_equal(trial->bench.api->counts.frames, 0);
}

TEST(older_versions_of_tls_are_refused)
{
    static const struct api_bench_options plain = {0};
    struct api_trial *trial = *state;
    api_bench_open(&trial->bench, &trial->client, &plain);

    assert_int_equal(SSL_set_max_proto_version(trial->client.ssl, TLS1_2_VERSION), 1);

    assert_false(api_bench_handshake(&trial->client));
}

TEST(no_ticket_is_given)
{
    struct api_trial *trial = *state;
    api_trial_ask(&trial->client, API_TRIAL_FRAME, "\"Ping\"", "\"Pong\"");

    assert_int_equal(SSL_SESSION_is_resumable(SSL_get0_session(trial->client.ssl)), 0);
}

/* ---- evidence after the handshake ---- */

#define REQUEST_MAX 512

static void encode(const uint8_t bytes[static 32], char out_text[static 64])
{
    out_text[api_base64_encode(bytes_of(bytes, 32), true, (uint8_t *)out_text)] = '\0';
}

/* With a context of sevens. */
static void attest_request(struct api_bench_client *client, const char *mode, bool is_right,
                           char out[static REQUEST_MAX])
{
    uint8_t *spki = NULL;
    uint8_t hash[32], context[32];
    char leaf_text[64], context_text[64];
    X509 *leaf = SSL_get1_peer_certificate(client->ssl);
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &spki);
    assert_int_equal(EVP_Digest(spki, (size_t)len, hash, NULL, EVP_sha256(), NULL), 1);
    hash[0] = (uint8_t)(hash[0] ^ !is_right);
    memset(context, 7, sizeof context);
    encode(hash, leaf_text);
    encode(context, context_text);
    (void)snprintf(out, REQUEST_MAX,
                   "{\"v\": 2, \"mode\": \"%s\", \"leaf\": \"%s\", \"context\": \"%s\"}", mode,
                   leaf_text, context_text);
    OPENSSL_free(spki);
    X509_free(leaf);
}

TEST(evidence_after_the_handshake_is_bound_to_the_session)
{
    struct api_trial *trial = *state;
    char request[REQUEST_MAX], expected[512], exporter_text[64];
    uint8_t exporter[32], context[32];
    static const char label[] = "EXPORTER-privasys-ratls-attest-v2";
    memset(context, 7, sizeof context);
    assert_int_equal(SSL_export_keying_material(trial->client.ssl, exporter, 32, label,
                                                sizeof label - 1, context, 32, 1),
                     1);
    encode(exporter, exporter_text);
    (void)snprintf(expected, sizeof expected,
                   "{\"v\":2,\"mode\":\"challenge\",\"tee\":\"tpm\",\"quote\":\"%s\","
                   "\"gpu_evidence\":null,\"quote_time\":\"2026-11-21T22:00Z\","
                   "\"client_evidence\":\"none\",\"client_context\":null}",
                   exporter_text);

    attest_request(&trial->client, "challenge", true, request);
    api_trial_ask(&trial->client, API_TRIAL_FRAME, request, expected);
    api_trial_ask(&trial->client, API_TRIAL_FRAME, "\"Ping\"", "\"Pong\"");
}

TEST(evidence_for_another_leaf_is_refused_and_ends_the_connection)
{
    struct api_trial *trial = *state;
    char request[REQUEST_MAX];

    attest_request(&trial->client, "deterministic", false, request);
    api_trial_ask(&trial->client, API_TRIAL_FRAME, request,
                  "{\"v\":2,\"error\":\"\\\"leaf\\\" is not the key of this connection\"}");

    api_trial_expect_end(&trial->client);
    assert_int_equal(trial->bench.asked_count, 0);
}

TEST_MAIN(UNCONNECTED(the_key_that_a_client_shows_goes_with_its_requests),
          UNCONNECTED(a_client_that_does_not_have_the_key_of_its_certificate_is_refused),
          UNCONNECTED(older_versions_of_tls_are_refused), CONNECTED(no_ticket_is_given),
          CONNECTED(evidence_after_the_handshake_is_bound_to_the_session),
          CONNECTED(evidence_for_another_leaf_is_refused_and_ends_the_connection))
