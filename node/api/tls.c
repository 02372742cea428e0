/*
 * node/api/tls.c: what OpenSSL is told: TLS 1.3 alone, no tickets, no early data, a client's
 * certificate if it has one, the leaf by the hello.
 *
 * Any chain of a client is taken: who may do what is decided by the key, whose possession
 * CertificateVerify has shown. A hello with extension API_EXTENSION is a challenge: its data goes
 * into the leaf's evidence, and our own nonce into the CertificateRequest.
 */
#include <openssl/err.h>
#include <openssl/rand.h>

#include "node/api/service.h"

#define SUITES "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"
#define GROUPS "X25519:P-256:P-384" /* finite fields are slow enough to be an attack */

/* ---- the client's certificate ---- */

static int accept_any_chain(X509_STORE_CTX *store, void *context)
{
    (void)store;
    (void)context;
    return 1;
}

bool api_tls_client(SSL *ssl, uint8_t out[static 32])
{
    uint8_t *spki = NULL;
    const X509 *certificate = SSL_get0_peer_certificate(ssl);
    if (certificate == NULL)
        return false;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &spki);
    bool is_hashed = len > 0 && EVP_Digest(spki, (size_t)len, out, NULL, EVP_sha256(), NULL) == 1;
    OPENSSL_free(spki);
    return is_hashed;
}

/* ---- the challenge ---- */

static int parse_challenge(SSL *ssl, unsigned type, unsigned context, const unsigned char *in,
                           size_t in_len, X509 *certificate, size_t index, int *alert,
                           void *argument)
{
    (void)ssl;
    (void)type;
    (void)context;
    (void)in;
    (void)in_len;
    (void)certificate;
    (void)index;
    (void)alert;
    (void)argument;
    return 1; /* take_hello has read it */
}

static int add_nonce(SSL *ssl, unsigned type, unsigned context, const unsigned char **out,
                     size_t *out_len, X509 *certificate, size_t index, int *alert, void *argument)
{
    (void)type;
    (void)certificate;
    (void)index;
    (void)argument;
    struct api_connection *connection = SSL_get_app_data(ssl);
    if (context != SSL_EXT_TLS1_3_CERTIFICATE_REQUEST || !connection->is_challenge)
        return 0;
    if (RAND_bytes(connection->nonce, sizeof connection->nonce) != 1) {
        *alert = SSL_AD_INTERNAL_ERROR;
        return -1;
    }
    *out = connection->nonce;
    *out_len = sizeof connection->nonce;
    return 1;
}

/* ---- the hello ---- */

/* The host name in lower case; empty when there is none, or none that a host could have: OpenSSL
 * itself refuses a malformed extension a moment later. */
static struct bytes read_name(SSL *ssl, uint8_t out[static 256])
{
    const uint8_t *data = NULL;
    size_t len = 0;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &len) != 1 || len < 5 ||
        data[2] != TLSEXT_NAMETYPE_host_name)
        return bytes_of(out, 0);
    size_t name_len = (size_t)data[3] << 8 | data[4];
    if (name_len != len - 5 || name_len > 255)
        return bytes_of(out, 0);
    for (size_t i = 0; i < name_len; i++) {
        uint8_t c = data[5 + i];
        bool is_upper = c >= 'A' && c <= 'Z';
        bool fits = is_upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                    c == '.' || c == '_';
        if (!fits)
            return bytes_of(out, 0);
        out[i] = is_upper ? (uint8_t)(c - 'A' + 'a') : c;
    }
    return bytes_of(out, name_len);
}

static bool use_leaf(SSL *ssl, const struct api_leaf *leaf)
{
    return SSL_use_certificate(ssl, leaf->leaf) == 1 && SSL_use_PrivateKey(ssl, leaf->key) == 1 &&
           SSL_clear_chain_certs(ssl) == 1 && SSL_add1_chain_cert(ssl, leaf->issuer) == 1;
}

/* Called again whenever the connection goes on while its leaf is not there yet. */
static int take_hello(SSL *ssl, int *alert, void *argument)
{
    (void)argument;
    struct api_connection *connection = SSL_get_app_data(ssl);
    const uint8_t *nonce = NULL;
    uint8_t name_text[256];
    size_t nonce_len = 0;
    struct bytes name = read_name(ssl, name_text);
    bool is_challenge = SSL_client_hello_get0_ext(ssl, API_EXTENSION, &nonce, &nonce_len) == 1;
    *alert = SSL_AD_ILLEGAL_PARAMETER;
    if (nonce_len > API_NONCE_MAX)
        return SSL_CLIENT_HELLO_ERROR;
    *alert = SSL_AD_INTERNAL_ERROR;
    struct api_leaf *before = connection->leaf;
    if (before == NULL)
        connection->is_challenge = is_challenge; /* of the first hello, should there be two */
    if (before != NULL && before->state == API_LEAF_FAILED && before->is_unknown) {
        api_leaf_release(before); /* no app's name: the default */
        connection->leaf = NULL;
        name.len = 0;
    }
    if (connection->leaf == NULL)
        connection->leaf = api_leaf_find(connection->api, name, connection->is_challenge,
                                         bytes_of(nonce, nonce_len));
    if (connection->leaf == NULL || connection->leaf->state == API_LEAF_FAILED)
        return SSL_CLIENT_HELLO_ERROR;
    if (connection->leaf->state == API_LEAF_ASKED)
        return SSL_CLIENT_HELLO_RETRY;
    return use_leaf(ssl, connection->leaf) ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
}

SSL_CTX *api_tls_create(void)
{
    static const uint8_t id[] = "aether";
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (tls == NULL)
        return NULL;
    (void)SSL_CTX_set_options(tls, SSL_OP_NO_TICKET | SSL_OP_CLEANSE_PLAINTEXT |
                                       SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    (void)SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    (void)SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(tls, accept_any_chain, NULL);
    SSL_CTX_set_client_hello_cb(tls, take_hello, NULL);
    SSL_CTX_set_max_cert_list(tls, (long)MESSAGE_CERT_MAX * 2);
    if (SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) == 1 &&
        SSL_CTX_set_max_proto_version(tls, TLS1_3_VERSION) == 1 &&
        SSL_CTX_set_ciphersuites(tls, SUITES) == 1 && SSL_CTX_set1_groups_list(tls, GROUPS) == 1 &&
        SSL_CTX_set_num_tickets(tls, 0) == 1 && SSL_CTX_set_max_early_data(tls, 0) == 1 &&
        SSL_CTX_set_session_id_context(tls, id, sizeof id - 1) == 1 &&
        SSL_CTX_add_custom_ext(tls, API_EXTENSION,
                               SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_CERTIFICATE_REQUEST, add_nonce,
                               NULL, NULL, parse_challenge, NULL) == 1)
        return tls;
    SSL_CTX_free(tls);
    return NULL;
}
