/*
 * tests/unit/api/test_leaf.c: which leaf a client of the role api gets, over TLS: by name, kept
 * until the generation changes, and one for each challenge.
 */
#include <stdio.h>

#include "tests/support/api_trial.h"
#include "tests/support/test.h"

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
    api_trial_connect_with(bench, &client, &options);
    assert_leaf(&client, name);
    api_bench_close(&client);
}

TEST(leaves_are_kept_by_name_until_the_generation_changes)
{
    struct api_trial *trial = *state;
    struct api_bench *bench = &trial->bench;
    struct message_generation next = {.generation = 2};
    bench->app_sni = "app.example";
    bench->generation = 1;

    assert_leaf_of(bench, NULL, "default");
    assert_leaf_of(bench, "app.example", "app.example");
    assert_leaf_of(bench, "APP.Example", "app.example");
    assert_leaf_of(bench, NULL, "default");
    assert_int_equal(bench->leaf_count, 2);
    assert_leaf_of(bench, "other.example", "default");
    assert_leaf_of(bench, "other.example", "default");
    assert_int_equal(bench->leaf_count, 4); /* asked about, not made */

    bench->generation = 2;
    assert_int_equal(message_send(bench->main, MESSAGE_GENERATION, &next, -1), STATUS_OK);
    assert_leaf_of(bench, NULL, "default");
    assert_leaf_of(bench, "app.example", "app.example");
    assert_int_equal(bench->leaf_count, 6);
}

TEST(more_names_than_are_kept_are_served)
{
    struct api_trial *trial = *state;
    struct api_bench *bench = &trial->bench;
    char name[32];
    bench->generation = 1;

    for (uint32_t i = 0; i < API_LEAVES_MAX + 2; i++) {
        (void)snprintf(name, sizeof name, "app%u.example", i);
        bench->app_sni = name;
        assert_leaf_of(bench, name, name);
    }
    assert_int_equal(bench->api->leaf_count, API_LEAVES_MAX);
}

TEST(one_leaf_is_asked_for_by_all_who_wait_for_it)
{
    static const struct api_bench_options plain = {0};
    struct api_trial *trial = *state;
    struct api_bench *bench = &trial->bench;
    struct api_bench_client clients[4];
    bench->holds_leaves = true;
    for (int i = 0; i < 4; i++) {
        api_bench_open(bench, &clients[i], &plain);
        assert_int_equal(SSL_connect(clients[i].ssl), -1);
        api_bench_turn(bench);
    }

    assert_int_equal(bench->leaf_count, 1);
    assert_int_equal(bench->api->leaf_asked, 1);

    assert_int_equal(
        message_fail(bench->main, bench->api->leaves[0]->id, MESSAGE_FAILURE_UNAVAILABLE, "no"),
        STATUS_OK);
    for (int i = 0; i < 4; i++) {
        assert_false(api_bench_handshake(&clients[i]));
        api_bench_close(&clients[i]);
    }
    assert_int_equal(bench->api->leaf_count, 0);
}

TEST(a_challenge_is_in_one_leaf_for_one_client)
{
    struct api_trial *trial = *state;
    struct api_bench *bench = &trial->bench;
    struct api_bench_client *client = &trial->client;
    uint8_t first_nonce[32];
    static const uint8_t nonce[] = "a client's nonce";
    const struct api_bench_options options = {.challenge = nonce, .challenge_len = sizeof nonce};

    for (int i = 0; i < 2; i++) {
        api_trial_connect_with(bench, client, &options);
        assert_true(bench->last_is_challenge);
        assert_memory_equal(bench->last_nonce, nonce, sizeof nonce);
        assert_int_equal(bench->last_nonce_len, sizeof nonce);
        assert_int_equal(client->server_nonce_len, 32);
        if (i == 0)
            memcpy(first_nonce, client->server_nonce, 32);
        api_bench_close(client);
    }

    assert_int_equal(bench->leaf_count, 2);
    assert_int_equal(bench->api->leaf_count, 0);
    assert_memory_not_equal(first_nonce, client->server_nonce, 32);
    api_trial_connect(bench, client);
    assert_int_equal(client->server_nonce_len, 0);
}

TEST(a_challenge_for_a_name_that_no_app_has_gets_the_default_leaf)
{
    struct api_trial *trial = *state;
    const struct api_bench_options options = {
        .sni = "nobody.example", .challenge = (const uint8_t *)"n", .challenge_len = 1};

    api_trial_connect_with(&trial->bench, &trial->client, &options);

    assert_leaf(&trial->client, "default");
    assert_true(trial->bench.last_is_challenge);
    assert_int_equal(trial->client.server_nonce_len, 32);
}

TEST(a_challenge_that_is_too_long_is_refused)
{
    struct api_trial *trial = *state;
    static const uint8_t nonce[API_NONCE_MAX + 1];
    const struct api_bench_options options = {.challenge = nonce, .challenge_len = sizeof nonce};

    api_bench_open(&trial->bench, &trial->client, &options);

    assert_false(api_bench_handshake(&trial->client));
    assert_int_equal(trial->bench.leaf_count, 0);
}

TEST_MAIN(UNCONNECTED(leaves_are_kept_by_name_until_the_generation_changes),
          UNCONNECTED(more_names_than_are_kept_are_served),
          UNCONNECTED(one_leaf_is_asked_for_by_all_who_wait_for_it),
          UNCONNECTED(a_challenge_is_in_one_leaf_for_one_client),
          UNCONNECTED(a_challenge_for_a_name_that_no_app_has_gets_the_default_leaf),
          UNCONNECTED(a_challenge_that_is_too_long_is_refused))
