/*
 * node/api/connection.c: a connection: ciphertext in and out of OpenSSL, frames out of plaintext.
 *
 * OpenSSL sees memory alone. What it holds back of plaintext is the rest of a record; what it wants
 * to send waits in its memory until the socket takes it, and meanwhile nothing is read.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "node/api/service.h"

#define ROUNDS_MAX 64u /* steps of one connection before others have their turn */

/* ---- begin and end ---- */

static void give_slot_back(struct api_connection *connection)
{
    struct api *api = connection->api;
    api->slots[connection->slot] = NULL;
    api->free_slots[api->free_count++] = connection->slot;
    free(connection);
}

void api_connection_end(struct api_connection *connection)
{
    api_deadline_clear(connection);
    if (connection->fd >= 0)
        (void)close(connection->fd);
    connection->fd = -1;
    SSL_free(connection->ssl); /* and its BIOs */
    connection->ssl = NULL;
    api_leaf_release(connection->leaf);
    connection->leaf = NULL;
    if (connection->parser != NULL) {
        api_parser_fini(connection->parser);
        free(connection->parser);
        connection->parser = NULL;
    }
    api_memory_fini(&connection->frame);
    connection->state = API_GONE;
    if (!connection->is_outstanding && !connection->is_queued && !connection->is_ready)
        give_slot_back(connection);
}

static void arm(struct api_connection *connection, uint32_t events)
{
    struct epoll_event event = {
        .events = events,
        .data.u64 = (uint64_t)connection->serial << 32 | connection->slot,
    };
    if (connection->armed == events)
        return;
    connection->armed = events;
    (void)epoll_ctl(connection->api->epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

static bool begin_tls(struct api_connection *connection)
{
    connection->ssl = SSL_new(connection->api->tls);
    connection->in = BIO_new(BIO_s_mem());
    connection->out = BIO_new(BIO_s_mem());
    if (connection->ssl == NULL || connection->in == NULL || connection->out == NULL) {
        BIO_free(connection->in);
        BIO_free(connection->out);
        return false;
    }
    SSL_set_bio(connection->ssl, connection->in, connection->out);
    SSL_set_app_data(connection->ssl, connection);
    SSL_set_accept_state(connection->ssl);
    return true;
}

void api_connection_open(struct api *api, int fd)
{
    struct api_connection *connection = api->free_count == 0 ? NULL : calloc(1, sizeof *connection);
    if (connection == NULL) {
        (void)close(fd);
        return;
    }
    uint32_t slot = api->free_slots[--api->free_count];
    connection->api = api;
    connection->slot = slot;
    api->serials[slot] += (api->serials[slot] & 0xFFFF) == 0xFFFF ? 2 : 1; /* no id is 0 */
    connection->serial = api->serials[slot];
    connection->fd = fd;
    connection->list = API_LIST_NONE;
    connection->state = API_HANDSHAKE;
    connection->armed = EPOLLIN;
    api_memory_init(&connection->frame, (size_t)api->settings->frame_max + 4, &api->budget);
    api->slots[slot] = connection;
    api->counts.connections++;
    struct epoll_event event = {
        .events = EPOLLIN,
        .data.u64 = (uint64_t)connection->serial << 32 | slot,
    };
    api_deadline_set(connection, API_LIST_HANDSHAKE);
    if (!begin_tls(connection) || epoll_ctl(api->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        api_connection_end(connection);
}

/* Says that nothing more comes, if TLS is up, and ends when all is sent. */
static void begin_close(struct api_connection *connection)
{
    ERR_clear_error();
    if (SSL_is_init_finished(connection->ssl))
        (void)SSL_shutdown(connection->ssl);
    connection->state = API_CLOSING;
    api_deadline_set(connection, API_LIST_CLOSE);
}

/* ---- ciphertext ---- */

enum flow { FLOW_ON, FLOW_WAIT, FLOW_END };

static enum flow flush(struct api_connection *connection)
{
    char *data = NULL;
    long len = 0;
    while ((len = BIO_get_mem_data(connection->out, &data)) > 0) {
        ssize_t sent = send(connection->fd, data, (size_t)len, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR ? FLOW_WAIT : FLOW_END;
        while (sent > 0) { /* out of OpenSSL's memory, into nowhere */
            uint8_t *chunk = connection->api->chunk;
            int some = sent < (ssize_t)API_CHUNK ? (int)sent : (int)API_CHUNK;
            if (BIO_read(connection->out, chunk, some) != some)
                return FLOW_END;
            sent -= some;
        }
    }
    return FLOW_ON;
}

static enum flow fill(struct api_connection *connection)
{
    uint8_t *chunk = connection->api->chunk;
    ssize_t len = recv(connection->fd, chunk, sizeof connection->api->chunk, 0);
    if (len < 0)
        return errno == EAGAIN || errno == EINTR ? FLOW_WAIT : FLOW_END;
    if (len == 0)
        return FLOW_END;
    return BIO_write(connection->in, chunk, (int)len) == (int)len ? FLOW_ON : FLOW_END;
}

/* After a call of OpenSSL's that did not do it. */
static enum flow go_on(struct api_connection *connection, int result)
{
    switch (SSL_get_error(connection->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return fill(connection);
    case SSL_ERROR_WANT_CLIENT_HELLO_CB:
        connection->state = API_LEAF;
        return FLOW_WAIT;
    case SSL_ERROR_ZERO_RETURN:
        begin_close(connection);
        return FLOW_ON;
    default: /* its alert still goes out */
        connection->state = API_CLOSING;
        api_deadline_set(connection, API_LIST_CLOSE);
        return FLOW_ON;
    }
}

/* ---- states ---- */

static enum flow handshake(struct api_connection *connection)
{
    int result = SSL_do_handshake(connection->ssl);
    if (result != 1)
        return go_on(connection, result);
    connection->has_client = api_tls_client(connection->ssl, connection->client);
    connection->state = API_READING;
    api_deadline_set(connection, API_LIST_IDLE);
    return FLOW_ON;
}

static bool begin_frame(struct api_connection *connection)
{
    const uint8_t *head = connection->head;
    connection->left =
        (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
    connection->parser = malloc(sizeof *connection->parser);
    if (connection->parser == NULL)
        return false;
    api_parser_init(connection->parser, &connection->api->budget);
    if (connection->left <= connection->api->settings->frame_max)
        return true;
    struct report report;
    report_init(&report);
    report_write_u64x2(&report, REPORT_NO_OFFSET, "a frame of % bytes is over the limit of %",
                       connection->left, connection->api->settings->frame_max);
    connection->left = 0;
    api_exchange_error(connection, report.text, true);
    return true;
}

static void end_frame(struct api_connection *connection)
{
    connection->head_len = 0;
    connection->api->counts.frames++;
    api_exchange_begin(connection);
}

static enum flow read_head(struct api_connection *connection)
{
    int want = (int)(sizeof connection->head - connection->head_len);
    int len = SSL_read(connection->ssl, connection->head + connection->head_len, want);
    if (len <= 0)
        return go_on(connection, len);
    if (connection->head_len == 0)
        api_deadline_set(connection, API_LIST_REQUEST);
    connection->head_len += (uint32_t)len;
    if (connection->head_len < sizeof connection->head)
        return FLOW_ON;
    if (!begin_frame(connection))
        return FLOW_END;
    if (connection->state == API_READING && connection->left == 0)
        end_frame(connection);
    return FLOW_ON;
}

static enum flow read_body(struct api_connection *connection)
{
    uint8_t *chunk = connection->api->chunk;
    int want = connection->left < API_CHUNK ? (int)connection->left : (int)API_CHUNK;
    int len = SSL_read(connection->ssl, chunk, want);
    if (len <= 0)
        return go_on(connection, len);
    api_parser_feed(connection->parser, bytes_of(chunk, (size_t)len));
    memory_wipe(chunk, (size_t)len);
    connection->left -= (uint32_t)len;
    if (connection->left == 0)
        end_frame(connection);
    return FLOW_ON;
}

/* A record at a time: what was made of it is sent before the next is. */
static enum flow write_some(struct api_connection *connection)
{
    struct api_memory *frame = &connection->frame;
    size_t left = frame->len - connection->sent;
    int want = left < API_CHUNK ? (int)left : (int)API_CHUNK;
    int len = SSL_write(connection->ssl, frame->data + connection->sent, want);
    if (len <= 0)
        return go_on(connection, len);
    connection->sent += (size_t)len;
    if (connection->sent < frame->len)
        return FLOW_ON;
    api_memory_fini(frame);
    if (connection->parser != NULL) {
        api_parser_fini(connection->parser);
        free(connection->parser);
        connection->parser = NULL;
    }
    connection->head_len = 0;
    connection->state = API_READING;
    api_deadline_set(connection, API_LIST_IDLE);
    if (connection->ends)
        begin_close(connection);
    return FLOW_ON;
}

static enum flow step_once(struct api_connection *connection)
{
    enum flow flow = flush(connection);
    if (flow != FLOW_ON)
        return flow;
    ERR_clear_error();
    switch (connection->state) {
    case API_HANDSHAKE:
        return handshake(connection);
    case API_READING:
        return connection->head_len < sizeof connection->head ? read_head(connection)
                                                              : read_body(connection);
    case API_REPLYING:
        return write_some(connection);
    case API_CLOSING:
        return FLOW_END;
    default:
        return FLOW_WAIT;
    }
}

static void make_ready(struct api_connection *connection)
{
    struct api *api = connection->api;
    if (connection->is_ready)
        return;
    connection->is_ready = true;
    connection->ready_next = NULL;
    *(api->ready_last != NULL ? &api->ready_last->ready_next : &api->ready_first) = connection;
    api->ready_last = connection;
}

void api_connection_step(struct api_connection *connection)
{
    enum flow flow = FLOW_ON;
    uint32_t rounds = 0;
    while (flow == FLOW_ON && rounds++ < ROUNDS_MAX)
        flow = step_once(connection);
    if (flow == FLOW_WAIT)
        flow = flush(connection) == FLOW_END ? FLOW_END : FLOW_WAIT;
    if (flow == FLOW_END) {
        api_connection_end(connection);
        return;
    }
    if (flow == FLOW_ON)
        make_ready(connection);
    bool is_full = BIO_ctrl_pending(connection->out) != 0;
    bool reads = connection->state == API_HANDSHAKE || connection->state == API_READING;
    if (is_full)
        arm(connection, EPOLLOUT);
    else if (reads)
        arm(connection, EPOLLIN);
    /* Else it stays as it is until an event says that it has to change: most requests are answered
     * before the next one comes. */
}

void api_connection_event(struct api_connection *connection, uint32_t events)
{
    bool is_busy = connection->state == API_LEAF || connection->state == API_ASKING;
    bool is_cut = (events & (EPOLLHUP | EPOLLERR)) != 0;
    if (connection->state == API_GONE)
        return;
    if (is_busy && is_cut)
        api_connection_end(connection);
    else if (is_busy && BIO_ctrl_pending(connection->out) == 0)
        arm(connection, 0);
    else
        api_connection_step(connection);
}

void api_connection_reply(struct api_connection *connection)
{
    connection->sent = 0;
    connection->state = API_REPLYING;
    api_deadline_set(connection, API_LIST_REQUEST);
}

void api_connection_expired(struct api_connection *connection)
{
    struct report report;
    report_init(&report);
    switch (connection->state) {
    case API_READING:
        if (connection->head_len == 0) {
            begin_close(connection); /* idle */
            break;
        }
        report_write_u64x2(&report, REPORT_NO_OFFSET, "a frame must be whole within % ms",
                           connection->api->settings->request_ms, 0);
        api_exchange_error(connection, report.text, true);
        break;
    case API_ASKING:
        /* Its answer may still come, under an id that this connection must not use again. */
        api_exchange_error(connection, "the service did not answer in time", true);
        break;
    default:
        api_connection_end(connection);
        return;
    }
    api_connection_step(connection);
}

struct api_connection *api_connection_of_id(struct api *api, uint32_t id)
{
    uint32_t slot = id & API_CONNECTIONS_MAX;
    struct api_connection *connection = slot < api->slot_count ? api->slots[slot] : NULL;
    bool is_it = connection != NULL && connection->is_outstanding &&
                 (connection->serial & 0xFFFF) == id >> 15;
    return is_it ? connection : NULL;
}
