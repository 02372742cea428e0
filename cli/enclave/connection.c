/*
 * cli/enclave/connection.c: one TLS 1.3 connection to the service; frame.c has what goes over it.
 *
 * The server's chain is judged in OpenSSL's verification callback, inside of the handshake: when
 * the policy refuses it, the handshake ends with an alert before anything of ours was sent, a
 * certificate of an operator included. OpenSSL itself checks that the server has the leaf's key.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include "cli/enclave/connection.h"

#define CHALLENGE_EXTENSION 0xFFBBu

/* ---- TCP ---- */

/* For connect(): what comes after it has deadlines (frame.c). */
static bool set_patience(int fd, uint64_t seconds)
{
    struct timeval time = {.tv_sec = (time_t)seconds};
    int one = 1;
    return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0;
}

static bool stop_blocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

static int dial(const struct enclave_options *options)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int fd = -1, saved = 0;
    int error = getaddrinfo(options->host, options->port, &hints, &found);
    if (error != 0) {
        cli_say("%s: %s", options->host, gai_strerror(error));
        return -1;
    }
    for (struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd >= 0 && set_patience(fd, options->timeout_s) &&
            connect(fd, a->ai_addr, a->ai_addrlen) == 0 && stop_blocking(fd))
            break;
        saved = errno == EINPROGRESS ? ETIMEDOUT : errno;
        if (fd >= 0)
            (void)close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    if (fd < 0)
        cli_say("%s:%s: %s", options->host, options->port, strerror(saved));
    return fd;
}

/* ---- what is trusted ---- */

/* The chain as the server sent it, DER; each is OPENSSL_free'd by drop_chain. */
static bool copy_chain(STACK_OF(X509) * certificates, struct attest_chain *chain)
{
    int count = certificates == NULL ? 0 : sk_X509_num(certificates);
    chain->count = 0;
    for (int i = 0; i < count; i++) {
        uint8_t *der = NULL;
        int len = i2d_X509(sk_X509_value(certificates, i), &der);
        if (len <= 0 || chain->count == ATTEST_CHAIN_MAX) {
            OPENSSL_free(der);
            return false;
        }
        chain->certs[chain->count++] = bytes_of(der, (size_t)len);
    }
    return chain->count != 0;
}

static void drop_chain(struct attest_chain *chain)
{
    for (uint32_t i = 0; i < chain->count; i++)
        OPENSSL_free((void *)(uintptr_t)chain->certs[i].data);
    chain->count = 0;
}

static int judge(X509_STORE_CTX *store, void *context)
{
    struct enclave_connection *connection = context;
    struct report report;
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store);
    report_init(&report);
    drop_chain(&connection->chain);
    bool is_good = false;
    if (!copy_chain(sent, &connection->chain))
        report_write(&report, REPORT_NO_OFFSET, "certificate: the server's chain can not be read");
    else
        is_good = attest_verify(&connection->trust.policy, &connection->chain, &connection->verdict,
                                &report) == STATUS_OK;
    if (is_good || connection->options->insecure)
        return 1;
    connection->was_refused = true;
    cli_say_report(connection->options->host, &report);
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

/* ---- TLS ---- */

static int add_challenge(SSL *ssl, unsigned type, unsigned where, const unsigned char **out,
                         size_t *out_len, X509 *certificate, size_t at, int *alert, void *argument)
{
    struct enclave_connection *connection = argument;
    (void)ssl;
    (void)type;
    (void)where;
    (void)certificate;
    (void)at;
    (void)alert;
    *out = connection->nonce;
    *out_len = sizeof connection->nonce;
    return 1;
}

/* The server's own nonce, for evidence of clients: we have none. */
static int ignore_challenge(SSL *ssl, unsigned type, unsigned where, const unsigned char *in,
                            size_t len, X509 *certificate, size_t at, int *alert, void *argument)
{
    (void)ssl;
    (void)type;
    (void)where;
    (void)in;
    (void)len;
    (void)certificate;
    (void)at;
    (void)alert;
    (void)argument;
    return 1;
}

static bool use_challenge(struct enclave_connection *connection)
{
    if (!connection->options->challenge)
        return true;
    if (RAND_bytes(connection->nonce, sizeof connection->nonce) != 1)
        return false;
    connection->trust.policy.nonce = bytes_of(connection->nonce, sizeof connection->nonce);
    return SSL_CTX_add_custom_ext(connection->tls, CHALLENGE_EXTENSION,
                                  SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_CERTIFICATE_REQUEST,
                                  add_challenge, NULL, connection, ignore_challenge,
                                  connection) == 1;
}

static void say_tls(const char *what)
{
    char text[256];
    unsigned long error = ERR_peek_last_error();
    if (error == 0) {
        cli_say("%s", what);
        return;
    }
    const char *reason = ERR_reason_error_string(error);
    (void)snprintf(text, sizeof text, "%s", reason != NULL ? reason : "TLS failed");
    cli_say("%s: %s", what, text);
}

static bool use_operator(struct enclave_connection *connection)
{
    const struct enclave_options *options = connection->options;
    if (options->cert == NULL)
        return true;
    SSL_CTX_set_default_passwd_cb(connection->tls, cli_no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(connection->tls, options->cert) != 1) {
        say_tls(options->cert);
        return false;
    }
    const char *key = options->key != NULL ? options->key : options->cert;
    if (SSL_CTX_use_PrivateKey_file(connection->tls, key, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_check_private_key(connection->tls) == 1)
        return true;
    say_tls(key);
    return false;
}

static bool is_address(const char *host)
{
    uint8_t memory[16];
    return inet_pton(AF_INET, host, memory) == 1 || inet_pton(AF_INET6, host, memory) == 1;
}

static bool make_tls(struct enclave_connection *connection)
{
    const struct enclave_options *options = connection->options;
    connection->tls = SSL_CTX_new(TLS_client_method());
    if (connection->tls == NULL ||
        SSL_CTX_set_min_proto_version(connection->tls, TLS1_3_VERSION) != 1 ||
        !use_challenge(connection)) {
        say_tls("TLS can not be set up");
        return false;
    }
    if (!use_operator(connection))
        return false;
    SSL_CTX_set_verify(connection->tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(connection->tls, judge, connection);
    SSL_CTX_set_session_cache_mode(connection->tls, SSL_SESS_CACHE_OFF);
    connection->ssl = SSL_new(connection->tls);
    const char *name = options->sni != NULL        ? options->sni
                       : is_address(options->host) ? NULL
                                                   : options->host;
    if (connection->ssl == NULL || SSL_set_fd(connection->ssl, connection->fd) != 1 ||
        (name != NULL && SSL_set_tlsext_host_name(connection->ssl, name) != 1)) {
        say_tls("TLS can not be set up");
        return false;
    }
    return true;
}

static bool shake_hands(struct enclave_connection *connection)
{
    uint64_t begin_ns = enclave_now_ns();
    int result;
    do {
        ERR_clear_error();
        result = SSL_connect(connection->ssl);
        if (result == 1)
            return true;
    } while (enclave_wait(connection, result, begin_ns, 0));
    if (connection->was_refused)
        return false; /* said by judge() */
    if (connection->is_late)
        cli_say("%s: no answer in %llu s", connection->options->host,
                (unsigned long long)connection->options->timeout_s);
    else
        say_tls(connection->options->host);
    return false;
}

enum enclave_connected enclave_connect(const struct enclave_options *options,
                                       struct enclave_connection **out_connection)
{
    struct enclave_connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return ENCLAVE_UNREACHED;
    connection->options = options;
    connection->fd = -1;
    (void)signal(SIGPIPE, SIG_IGN);
    bool is_good = trust_read(options, &connection->trust);
    if (is_good)
        connection->fd = dial(options);
    is_good = is_good && connection->fd >= 0 && make_tls(connection) && shake_hands(connection) &&
              (!options->attest_v2 || session_attest(connection));
    if (!is_good) {
        bool was_refused = connection->was_refused;
        enclave_disconnect(connection);
        return was_refused ? ENCLAVE_UNPROVEN : ENCLAVE_UNREACHED;
    }
    *out_connection = connection;
    return ENCLAVE_CONNECTED;
}

void enclave_disconnect(struct enclave_connection *connection)
{
    if (connection == NULL)
        return;
    if (connection->ssl != NULL && SSL_is_init_finished(connection->ssl))
        (void)SSL_shutdown(connection->ssl); /* the peer need not answer */
    SSL_free(connection->ssl);
    SSL_CTX_free(connection->tls);
    if (connection->fd >= 0)
        (void)close(connection->fd); /* nothing is written any more */
    drop_chain(&connection->chain);
    trust_free(&connection->trust);
    free(connection);
}
