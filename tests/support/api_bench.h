/*
 * tests/support/api_bench.h: the role api in one process with its peers: a test that is io, main
 * and clients by turns. Certificates are made by a CA of the bench's.
 */
#ifndef AETHER_TESTS_API_BENCH_H
#define AETHER_TESTS_API_BENCH_H

#include <openssl/ssl.h>

#include "node/api/service.h"

struct api_bench;
/* Answers what api asked of main, but LEAF, which the bench answers itself. */
typedef void (*api_bench_fn)(struct api_bench *bench, const struct message_in *in);

struct api_bench {
    struct settings settings;
    struct role role;
    struct api *api;
    int io, main, control; /* our ends */
    api_bench_fn answer;
    EVP_PKEY *ca_key;
    X509 *ca;
    uint64_t generation;
    bool holds_leaves;   /* LEAF is not answered */
    const char *app_sni; /* the only name that is an app's; NULL: none */
    uint32_t leaf_count; /* that were asked */
    uint8_t last_nonce[1024];
    size_t last_nonce_len;
    bool last_is_challenge;
    uint8_t last_client[32]; /* who the last CALL is from */
    size_t last_client_len;
    uint32_t asked_count; /* of the other questions */
    struct message_in in;
};

struct api_bench_options {
    const char *sni;
    const uint8_t *challenge; /* NULL: none */
    size_t challenge_len;
    bool has_client_key;
    bool signs_with_another; /* than the key of its certificate */
};

struct api_bench_client {
    struct api_bench *bench;
    int fd;
    SSL_CTX *tls;
    SSL *ssl;
    struct api_bench_options options;
    uint8_t server_nonce[64];
    size_t server_nonce_len;
    uint8_t spki_hash[32]; /* of the client's key */
};

void api_bench_begin(struct api_bench *bench, api_bench_fn answer);
void api_bench_end(struct api_bench *bench);
/* api and main do what there is to do. */
void api_bench_turn(struct api_bench *bench);

/* A connection in the hands of api, and nothing more. */
void api_bench_open(struct api_bench *bench, struct api_bench_client *client,
                    const struct api_bench_options *options);
/* And its handshake: true when it succeeds. */
bool api_bench_handshake(struct api_bench_client *client);
/* Afterwards `ssl` is NULL. */
void api_bench_close(struct api_bench_client *client);

void api_bench_send(struct api_bench_client *client, const void *data, size_t len);
void api_bench_send_frame(struct api_bench_client *client, const char *json);
/* {"Data":[...]} of the text. */
void api_bench_send_data(struct api_bench_client *client, const char *json);
/* One frame into `out`, with a NUL behind; false: the connection ended. `out_records`, if not NULL:
 * how many reads it took. */
bool api_bench_receive(struct api_bench_client *client, char *out, size_t cap, size_t *out_records);
/* The same, out of {"Data":[...]} or {"Error":[...]} (`tag`). */
bool api_bench_receive_data(struct api_bench_client *client, const char *tag, char *out,
                            size_t cap);

#endif
