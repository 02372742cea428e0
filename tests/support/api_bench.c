/*
 * tests/support/api_bench.c: see api_bench.h.
 */
#include "tests/support/api_bench.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include "tests/support/test.h"

#define TURNS_MAX 4000
#define AT_ONCE   8 /* questions of a turn: their answers find room */

/* ---- certificates ---- */

static X509 *make_certificate(EVP_PKEY *key, EVP_PKEY *signer, const char *name)
{
    X509 *certificate = X509_new();
    X509_NAME *subject = X509_NAME_new();
    assert_non_null(certificate);
    assert_non_null(subject);
    assert_int_equal(X509_set_version(certificate, 2), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7), 1);
    assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                                (const unsigned char *)name, -1, -1, 0),
                     1);
    assert_int_equal(X509_set_subject_name(certificate, subject), 1);
    assert_int_equal(X509_set_issuer_name(certificate, subject), 1);
    X509_NAME_free(subject);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), -60));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), 3600));
    assert_int_equal(X509_set_pubkey(certificate, key), 1);
    assert_true(X509_sign(certificate, signer, EVP_sha256()) > 0);
    return certificate;
}

static void answer_leaf(struct api_bench *bench, const struct message_in *in)
{
    const struct message_leaf *leaf = &in->any.leaf;
    const uint8_t *at = leaf->spki.data;
    uint8_t *der = NULL, *ca_der = NULL;
    bench->leaf_count++;
    bench->last_is_challenge = leaf->is_challenge != 0;
    bench->last_nonce_len = leaf->nonce.len;
    memcpy(bench->last_nonce, leaf->nonce.data, leaf->nonce.len);
    if (bench->holds_leaves)
        return;
    struct bytes app =
        bytes_of(bench->app_sni, bench->app_sni == NULL ? 0 : strlen(bench->app_sni));
    if (leaf->sni.len != 0 && !bytes_equal(leaf->sni, app)) {
        assert_int_equal(
            message_fail(bench->main, leaf->id, MESSAGE_FAILURE_NOT_FOUND, "no app has this name"),
            STATUS_OK);
        return;
    }
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)leaf->spki.len);
    assert_non_null(key);
    X509 *certificate =
        make_certificate(key, bench->ca_key, leaf->sni.len == 0 ? "default" : bench->app_sni);
    int len = i2d_X509(certificate, &der), ca_len = i2d_X509(bench->ca, &ca_der);
    struct message_leaf_made made = {
        .id = leaf->id,
        .generation = bench->generation,
        .not_after = (uint64_t)time(NULL) + 3600,
        .leaf = bytes_of(der, (size_t)len),
        .issuer = bytes_of(ca_der, (size_t)ca_len),
    };
    assert_int_equal(message_send(bench->main, MESSAGE_LEAF_MADE, &made, -1), STATUS_OK);
    OPENSSL_free(der);
    OPENSSL_free(ca_der);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/* ---- the bench ---- */

static void make_link(int *out_ours, int *out_apis)
{
    int pair[2];
    assert_int_equal(message_pair(pair, NULL), STATUS_OK);
    assert_int_equal(fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
    *out_ours = pair[0];
    *out_apis = pair[1];
}

void api_bench_begin(struct api_bench *bench, api_bench_fn answer)
{
    struct report report;
    report_init(&report);
    (void)signal(SIGPIPE, SIG_IGN); /* a client may write to who has left */
    memset(bench, 0, sizeof *bench);
    settings_defaults(&bench->settings);
    bench->answer = answer;
    bench->role = (struct role){.name = ROLE_API, .settings = &bench->settings};
    for (size_t i = 0; i < ROLE_COUNT; i++)
        bench->role.peers[i] = -1;
    make_link(&bench->io, &bench->role.peers[ROLE_IO]);
    make_link(&bench->main, &bench->role.peers[ROLE_MAIN]);
    make_link(&bench->control, &bench->role.control);
    bench->ca_key = EVP_EC_gen("P-256");
    bench->ca = make_certificate(bench->ca_key, bench->ca_key, "test CA");
    assert_int_equal(api_create(&bench->role, &bench->api, &report), STATUS_OK);
}

static void close_if(int fd)
{
    if (fd >= 0)
        assert_int_equal(close(fd), 0);
}

void api_bench_end(struct api_bench *bench)
{
    api_destroy(bench->api);
    X509_free(bench->ca);
    EVP_PKEY_free(bench->ca_key);
    close_if(bench->io);
    close_if(bench->main);
    close_if(bench->control);
    close_if(bench->role.peers[ROLE_IO]);
    close_if(bench->role.peers[ROLE_MAIN]);
    close_if(bench->role.control);
}

void api_bench_turn(struct api_bench *bench)
{
    assert_true(api_serve_once(bench->api, 0));
    for (int i = 0; i < AT_ONCE && bench->main >= 0; i++) {
        if (message_receive(bench->main, &bench->in, NULL) != STATUS_OK)
            return;
        if (bench->in.type == MESSAGE_LEAF) {
            answer_leaf(bench, &bench->in);
        } else {
            bench->asked_count++;
            assert_non_null(bench->answer);
            bench->answer(bench, &bench->in);
        }
        message_release(&bench->in);
    }
}

/* ---- clients ---- */

static int add_challenge(SSL *ssl, unsigned type, unsigned context, const unsigned char **out,
                         size_t *out_len, X509 *certificate, size_t index, int *alert, void *arg)
{
    (void)ssl;
    (void)type;
    (void)certificate;
    (void)index;
    (void)alert;
    const struct api_bench_client *client = arg;
    if (context != SSL_EXT_CLIENT_HELLO || client->options.challenge == NULL)
        return 0;
    *out = client->options.challenge;
    *out_len = client->options.challenge_len;
    return 1;
}

static int take_nonce(SSL *ssl, unsigned type, unsigned context, const unsigned char *in,
                      size_t in_len, X509 *certificate, size_t index, int *alert, void *arg)
{
    (void)ssl;
    (void)type;
    (void)context;
    (void)certificate;
    (void)index;
    (void)alert;
    struct api_bench_client *client = arg;
    assert_true(in_len <= sizeof client->server_nonce);
    memcpy(client->server_nonce, in, in_len);
    client->server_nonce_len = in_len;
    return 1;
}

/* The public half of `key` with the private half of another one. */
static EVP_PKEY *make_false_key(EVP_PKEY *key)
{
    EVP_PKEY *other = EVP_EC_gen("P-256"), *mixed = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *secret = NULL;
    uint8_t point[65];
    size_t point_len = 0;
    assert_int_equal(EVP_PKEY_get_bn_param(other, OSSL_PKEY_PARAM_PRIV_KEY, &secret), 1);
    assert_int_equal(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                     sizeof point, &point_len),
                     1);
    assert_int_equal(
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0), 1);
    assert_int_equal(
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, point_len), 1);
    assert_int_equal(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, secret), 1);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &mixed, EVP_PKEY_KEYPAIR, params), 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    BN_free(secret);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(other);
    return mixed;
}

static void use_client_key(struct api_bench_client *client)
{
    uint8_t *spki = NULL;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = make_certificate(key, key, "a client");
    int len = i2d_PUBKEY(key, &spki);
    assert_int_equal(EVP_Digest(spki, (size_t)len, client->spki_hash, NULL, EVP_sha256(), NULL), 1);
    assert_int_equal(SSL_CTX_use_certificate(client->tls, certificate), 1);
    if (client->options.signs_with_another) {
        EVP_PKEY *mixed = make_false_key(key);
        EVP_PKEY_free(key);
        key = mixed;
    }
    assert_int_equal(SSL_CTX_use_PrivateKey(client->tls, key), 1);
    OPENSSL_free(spki);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

void api_bench_open(struct api_bench *bench, struct api_bench_client *client,
                    const struct api_bench_options *options)
{
    int pair[2];
    memset(client, 0, sizeof *client);
    client->bench = bench;
    client->options = *options;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
    client->fd = pair[0];
    struct message_accepted accepted = {.connection = 1, .address = BYTES_LITERAL("127.0.0.1:1")};
    assert_int_equal(message_send(bench->io, MESSAGE_ACCEPTED, &accepted, pair[1]), STATUS_OK);
    assert_int_equal(close(pair[1]), 0);
    client->tls = SSL_CTX_new(TLS_client_method());
    assert_non_null(client->tls);
    SSL_CTX_set_verify(client->tls, SSL_VERIFY_NONE, NULL);
    assert_int_equal(
        SSL_CTX_add_custom_ext(client->tls, API_EXTENSION,
                               SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_CERTIFICATE_REQUEST,
                               add_challenge, NULL, client, take_nonce, client),
        1);
    if (options->has_client_key)
        use_client_key(client);
    client->ssl = SSL_new(client->tls);
    assert_non_null(client->ssl);
    if (options->sni != NULL)
        assert_int_equal(SSL_set_tlsext_host_name(client->ssl, options->sni), 1);
    assert_int_equal(SSL_set_fd(client->ssl, client->fd), 1);
    api_bench_turn(bench);
}

bool api_bench_handshake(struct api_bench_client *client)
{
    for (int i = 0; i < TURNS_MAX; i++) {
        int result = SSL_connect(client->ssl);
        if (result == 1) {
            api_bench_turn(client->bench); /* the server's side ends, too */
            return true;
        }
        if (SSL_get_error(client->ssl, result) != SSL_ERROR_WANT_READ)
            return false;
        api_bench_turn(client->bench);
    }
    return false;
}

void api_bench_close(struct api_bench_client *client)
{
    SSL_free(client->ssl);
    SSL_CTX_free(client->tls);
    client->ssl = NULL;
    assert_int_equal(close(client->fd), 0);
    api_bench_turn(client->bench);
}

void api_bench_send(struct api_bench_client *client, const void *data, size_t len)
{
    const uint8_t *at = data;
    for (int i = 0; i < TURNS_MAX * 100 && len != 0; i++) {
        int sent = SSL_write(client->ssl, at, len < 16384 ? (int)len : 16384);
        if (sent > 0) {
            at += sent;
            len -= (size_t)sent;
        } else if (SSL_get_error(client->ssl, sent) != SSL_ERROR_WANT_WRITE) {
            return; /* it was closed meanwhile: what came back says why */
        }
        api_bench_turn(client->bench);
    }
    assert_int_equal(len, 0);
}

static void send_frame(struct api_bench_client *client, const char *text, size_t len)
{
    uint8_t *frame = malloc(len + 4);
    assert_non_null(frame);
    for (size_t i = 0; i < 4; i++)
        frame[i] = (uint8_t)(len >> (24 - 8 * i));
    memcpy(frame + 4, text, len);
    api_bench_send(client, frame, len + 4);
    free(frame);
}

void api_bench_send_frame(struct api_bench_client *client, const char *json)
{
    send_frame(client, json, strlen(json));
}

void api_bench_send_data(struct api_bench_client *client, const char *json)
{
    size_t len = strlen(json), at = 0, cap = len * 4 + 32;
    char *text = malloc(cap);
    assert_non_null(text);
    at += (size_t)snprintf(text, cap, "{\"Data\": [");
    for (size_t i = 0; i < len; i++)
        at += (size_t)snprintf(text + at, cap - at, i == 0 ? "%u" : ",%u", (uint8_t)json[i]);
    at += (size_t)snprintf(text + at, cap - at, "]}");
    send_frame(client, text, at);
    free(text);
}

static bool read_exact(struct api_bench_client *client, uint8_t *out, size_t len, size_t *reads)
{
    for (int i = 0; i < TURNS_MAX && len != 0; i++) {
        int got = SSL_read(client->ssl, out, (int)len);
        if (got > 0) {
            out += got;
            len -= (size_t)got;
            (*reads)++;
        } else if (SSL_get_error(client->ssl, got) != SSL_ERROR_WANT_READ) {
            return false;
        }
        api_bench_turn(client->bench);
    }
    return len == 0;
}

bool api_bench_receive(struct api_bench_client *client, char *out, size_t cap, size_t *out_records)
{
    uint8_t head[4];
    size_t reads = 0;
    if (!read_exact(client, head, sizeof head, &reads))
        return false;
    size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    assert_true(len < cap);
    reads = 0;
    if (!read_exact(client, (uint8_t *)out, len, &reads))
        return false;
    out[len] = '\0';
    if (out_records != NULL)
        *out_records = reads;
    return true;
}

bool api_bench_receive_data(struct api_bench_client *client, const char *tag, char *out, size_t cap)
{
    char head[32];
    char *text = malloc(cap * 4 + 32);
    size_t len = 0;
    assert_non_null(text);
    bool is_there = api_bench_receive(client, text, cap * 4 + 32, NULL);
    if (is_there) {
        (void)snprintf(head, sizeof head, "{\"%s\":[", tag);
        if (strncmp(text, head, strlen(head)) != 0)
            fail_msg("not %s: %.200s", tag, text);
        char *at = text + strlen(head);
        while (*at != ']' && *at != '\0') {
            assert_true(len + 1 < cap);
            out[len++] = (char)strtoul(at, &at, 10);
            at += *at == ',';
        }
        assert_string_equal(at, "]}");
        out[len] = '\0';
    }
    free(text);
    return is_there;
}
