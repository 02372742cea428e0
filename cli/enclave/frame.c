/*
 * cli/enclave/frame.c: frames on a connection, each in a time of its own.
 *
 * The socket does not block; OpenSSL is called again when there is something to do. A server that
 * says a byte now and then is not waited for: --timeout is the patience for a handshake and for a
 * frame as a whole, with what its bytes take at RATE_LEAST besides.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/err.h>

#include "cli/enclave/connection.h"

#define NS_PER_SEC UINT64_C(1000000000)
#define NS_PER_MS  UINT64_C(1000000)
#define RATE_LEAST (64u << 10) /* bytes a second */

/* ---- time ---- */

uint64_t enclave_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* it can not fail with this clock */
    return (uint64_t)now.tv_sec * NS_PER_SEC + (uint64_t)now.tv_nsec;
}

/* What is left, in whole milliseconds, one at the least; 0: nothing. */
static int left_ms(const struct enclave_connection *connection, uint64_t begin_ns, size_t done)
{
    uint64_t most =
        connection->options->timeout_s * NS_PER_SEC + (uint64_t)done * (NS_PER_SEC / RATE_LEAST);
    uint64_t gone = enclave_now_ns() - begin_ns;
    if (gone >= most)
        return 0;
    uint64_t left = (most - gone) / NS_PER_MS + 1;
    return left > INT_MAX ? INT_MAX : (int)left;
}

bool enclave_wait(struct enclave_connection *connection, int result, uint64_t begin_ns, size_t done)
{
    int error = SSL_get_error(connection->ssl, result);
    struct pollfd poller = {.fd = connection->fd};
    if (error == SSL_ERROR_WANT_READ)
        poller.events = POLLIN;
    else if (error == SSL_ERROR_WANT_WRITE)
        poller.events = POLLOUT;
    else
        return false;
    int patience = left_ms(connection, begin_ns, done);
    int ready = patience == 0 ? 0 : poll(&poller, 1, patience);
    connection->is_late = ready == 0;
    return ready > 0 || (ready < 0 && errno == EINTR);
}

/* ---- bytes ---- */

static bool say_broken(const struct enclave_connection *connection)
{
    if (connection->is_late)
        cli_say("%s: no answer in %llu s", connection->options->host,
                (unsigned long long)connection->options->timeout_s);
    else
        cli_say("%s: the server closed the connection", connection->options->host);
    return false;
}

static bool write_all(struct enclave_connection *connection, struct bytes bytes, uint64_t begin_ns)
{
    size_t sent = 0, done;
    while (sent != bytes.len) {
        ERR_clear_error();
        int result = SSL_write_ex(connection->ssl, bytes.data + sent, bytes.len - sent, &done);
        if (result == 1)
            sent += done;
        else if (!enclave_wait(connection, result, begin_ns, sent))
            return say_broken(connection);
    }
    return true;
}

static bool read_all(struct enclave_connection *connection, uint8_t *out, size_t len,
                     uint64_t begin_ns)
{
    size_t got = 0, done;
    while (got != len) {
        ERR_clear_error();
        int result = SSL_read_ex(connection->ssl, out + got, len - got, &done);
        if (result == 1)
            got += done;
        else if (!enclave_wait(connection, result, begin_ns, got))
            return say_broken(connection);
    }
    return true;
}

/* ---- frames ---- */

bool enclave_send(struct enclave_connection *connection, struct bytes payload)
{
    uint8_t head[4] = {(uint8_t)(payload.len >> 24), (uint8_t)(payload.len >> 16),
                       (uint8_t)(payload.len >> 8), (uint8_t)payload.len};
    uint64_t begin_ns = enclave_now_ns();
    if (payload.len > ENCLAVE_FRAME_MAX) {
        cli_say("the request would be a frame of %zu bytes; the most is %u", payload.len,
                ENCLAVE_FRAME_MAX);
        return false;
    }
    return write_all(connection, bytes_of(head, sizeof head), begin_ns) &&
           write_all(connection, payload, begin_ns);
}

static bool read_reply(struct enclave_connection *connection, struct bytes *out_reply)
{
    uint8_t head[4];
    uint64_t begin_ns = enclave_now_ns();
    if (!read_all(connection, head, sizeof head, begin_ns))
        return false;
    size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (len > ENCLAVE_REPLY_MAX) {
        cli_say("%s: a reply of %zu bytes is not taken", connection->options->host, len);
        return false;
    }
    uint8_t *reply = malloc(len + 1);
    if (reply == NULL) {
        cli_say("a reply of %zu bytes: memory ran out", len);
        return false;
    }
    if (!read_all(connection, reply, len, begin_ns)) {
        free(reply);
        return false;
    }
    reply[len] = '\0';
    *out_reply = bytes_of(reply, len);
    return true;
}

bool enclave_await_end(struct enclave_connection *connection, struct bytes *out_reply)
{
    uint8_t first;
    size_t done;
    uint64_t begin_ns = enclave_now_ns();
    int result;
    out_reply->len = 0;
    do {
        ERR_clear_error();
        result = SSL_peek_ex(connection->ssl, &first, 1, &done);
        if (result == 1)
            return read_reply(connection, out_reply);
    } while (enclave_wait(connection, result, begin_ns, 0));
    return !connection->is_late || say_broken(connection);
}

bool enclave_exchange(struct enclave_connection *connection, struct bytes payload,
                      struct bytes *out_reply)
{
    return enclave_send(connection, payload) && read_reply(connection, out_reply);
}
