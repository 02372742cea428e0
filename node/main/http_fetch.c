/*
 * node/main/http_fetch.c: one fetch: FETCH to egress, a decision at each hop, the response.
 *
 *   FETCH --> egress          FETCH_CONNECT(hop, host, port) <-- egress
 *   grant? log it, durably    NET_OPEN --> io, which connects and gives egress the connection
 *   FETCH_CONNECTED --> egress      ...      FETCHED <-- egress, NET_CLOSE --> io
 *
 * Invariants:
 *   (1) NET_OPEN is sent only after the log has said OK to this hop's line.
 *   (2) egress and io are not believed: hops come in order and at most HTTP_HOPS_MAX, a response is
 *       within its bounds, and each connection that was opened is closed at the end.
 */
#include <stdio.h>

#include "core/base/cbor.h"
#include "node/main/http_grants.h"
#include "node/main/http_internal.h"
#include "node/message/clock.h"

#define GRACE_MS     2000u  /* egress says why it ended, so it ends first */
#define CONNECT_MOST 10000u /* ms */
#define STATUS_LEAST 100u
#define STATUS_MOST  999u

struct fetch {
    struct http_session *session;
    const struct http_request *request;
    struct http_end *end;
    uint64_t number;
    uint64_t until_ns;
    uint32_t hops;
    bool is_done; /* egress said its last word */
    uint64_t connections[HTTP_HOPS_MAX];
};

static const char *const method_names[GATE_HTTP_METHODS] = {
    [GATE_HTTP_GET] = "GET",         [GATE_HTTP_POST] = "POST",   [GATE_HTTP_PUT] = "PUT",
    [GATE_HTTP_DELETE] = "DELETE",   [GATE_HTTP_PATCH] = "PATCH", [GATE_HTTP_HEAD] = "HEAD",
    [GATE_HTTP_OPTIONS] = "OPTIONS",
};

void http_end_fail(struct http_end *end, enum gate_http_error error, struct bytes why)
{
    if (end->error != 0)
        return;
    size_t len = why.len < sizeof end->why ? why.len : sizeof end->why;
    end->error = error;
    end->why_len = len;
    if (len != 0)
        memcpy(end->why, why.data, len);
    while (len != 0 && len < why.len && (why.data[len] & 0xC0) == 0x80)
        len--; /* not in the middle of a character */
    end->why_len = len;
}

static void fail(struct fetch *fetch, enum gate_http_error error, const char *why)
{
    http_end_fail(fetch->end, error, bytes_of(why, strlen(why)));
}

/* The code of a role's FAILED. */
static enum gate_http_error error_of(uint64_t code)
{
    switch (code) {
    case MESSAGE_FAILURE_INVALID:
        return GATE_HTTP_INVALID;
    case MESSAGE_FAILURE_DENIED:
        return GATE_HTTP_DENIED;
    case MESSAGE_FAILURE_LIMIT:
        return GATE_HTTP_TOO_LARGE;
    case MESSAGE_FAILURE_TIMEOUT:
        return GATE_HTTP_TIMEOUT;
    case MESSAGE_FAILURE_BUSY:
    case MESSAGE_FAILURE_UNAVAILABLE:
        return GATE_HTTP_UNAVAILABLE;
    default:
        return GATE_HTTP_UNREACHABLE;
    }
}

static void fail_wait(struct fetch *fetch, enum status status, const char *role)
{
    char why[96];
    if (status == STATUS_LIMIT) {
        fail(fetch, GATE_HTTP_TIMEOUT, "timeout: the request took too long");
    } else if (status == STATUS_DENIED) {
        fail(fetch, GATE_HTTP_TIMEOUT, "timeout: the call is over");
    } else {
        (void)snprintf(why, sizeof why, "unavailable: %s is away, try again later", role);
        fail(fetch, GATE_HTTP_UNAVAILABLE, why);
    }
}

/* ---- the decision ---- */

static enum status log_connect(const struct fetch *fetch, const struct http_host *host,
                               uint64_t port, bool is_granted, struct bytes why)
{
    const struct http *http = fetch->session->http;
    const struct http_event event = {
        .kind = HTTP_EVENT_CONNECT,
        .app = bytes_of(fetch->session->app, fetch->session->app_len),
        .fetch = fetch->number,
        .method = method_names[fetch->request->method],
        .host = bytes_of(host->text, host->len),
        .port = (uint16_t)port,
        .hop = fetch->hops,
        .is_granted = is_granted,
        .sent_bytes = fetch->request->bytes,
        .why = why,
    };
    return http->log(http->log_context, &event);
}

/* The grant, with the decision in the log; NULL: none, and why in the end. */
static const struct settings_grant *
decide(struct fetch *fetch, const struct message_fetch_connect *asked, struct http_host *out_host)
{
    const struct http_session *session = fetch->session;
    const struct settings_grant *grant = NULL;
    char why[HTTP_WHY_MAX] = "";
    struct report report;
    report_init(&report);
    if (http_host_read(asked->host, out_host, &report) != STATUS_OK) {
        static const char refused[] = "(no host's name)";
        out_host->len = sizeof refused - 1;
        memcpy(out_host->text, refused, sizeof refused);
        (void)snprintf(why, sizeof why, "access denied: %s", report.text);
    } else {
        grant = http_grant_find(session->http->settings, bytes_of(session->app, session->app_len),
                                out_host, asked->port);
        if (grant == NULL)
            (void)snprintf(why, sizeof why, "access denied: no grant for %s:%u%s", out_host->text,
                           (unsigned)asked->port, fetch->hops == 0 ? "" : " (after a redirect)");
    }
    if (log_connect(fetch, out_host, asked->port, grant != NULL, bytes_of(why, strlen(why))) !=
        STATUS_OK) {
        fail(fetch, GATE_HTTP_DENIED, "access denied: the log can not be written");
        return NULL;
    }
    if (grant == NULL)
        fail(fetch, GATE_HTTP_DENIED, why);
    return grant;
}

/* ---- the connection ---- */

static uint64_t left_ms(const struct fetch *fetch)
{
    uint64_t now = message_now_ns();
    return fetch->until_ns > now ? (fetch->until_ns - now) / NS_PER_MS : 0;
}

static void keep_address(struct fetch *fetch, struct bytes address)
{
    size_t most = sizeof fetch->end->address;
    fetch->end->address_len = address.len < most ? address.len : most;
    memcpy(fetch->end->address, address.data, fetch->end->address_len);
}

/* Invariant (1). False: why is in the end. */
static bool open_connection(struct fetch *fetch, const struct http_host *host, uint64_t port,
                            bool allows_private, uint64_t *out_connection)
{
    struct http_session *session = fetch->session;
    struct http_link *net = session->http->net;
    uint64_t left = left_ms(fetch);
    struct message_net_open open = {
        .connection = atomic_fetch_add(&session->http->last_connection, 1) + 1,
        .host = bytes_of(host->text, host->len),
        .port = port,
        .allow_private = allows_private,
        .timeout_ms = left < CONNECT_MOST ? left : CONNECT_MOST,
    };
    struct message_in *in = NULL;
    http_link_begin(net, &session->net_wait);
    open.id = session->net_wait.id;
    fetch->connections[fetch->hops] = open.connection;
    enum status status = http_link_send(net, MESSAGE_NET_OPEN, &open);
    if (status == STATUS_OK)
        status = http_link_take(net, &session->net_wait, fetch->until_ns, &in);
    http_link_end(net, &session->net_wait);
    if (status != STATUS_OK) {
        fail_wait(fetch, status, "io");
        return false;
    }
    bool is_open = in->type == MESSAGE_NET_OPENED;
    if (is_open)
        keep_address(fetch, in->any.net_opened.address);
    else if (in->type == MESSAGE_FAILED)
        http_end_fail(fetch->end, error_of(in->any.failed.code), in->any.failed.text);
    else
        fail(fetch, GATE_HTTP_UNAVAILABLE, "unavailable: io broke the protocol");
    http_message_free(in);
    *out_connection = open.connection;
    return is_open;
}

/* False: the fetch is over, and egress is told. */
static bool serve_connect(struct fetch *fetch, const struct message_fetch_connect *asked)
{
    struct http_session *session = fetch->session;
    struct http_link *egress = session->http->egress;
    struct http_host host = {0};
    struct message_fetch_connected connected = {.id = session->fetch_wait.id};
    if (fetch->hops >= HTTP_HOPS_MAX || asked->hop != fetch->hops || asked->port == 0 ||
        asked->port > UINT16_MAX) {
        fail(fetch, GATE_HTTP_UNAVAILABLE, "unavailable: egress broke the protocol");
        return false;
    }
    const struct settings_grant *grant = decide(fetch, asked, &host);
    bool is_open = grant != NULL && open_connection(fetch, &host, asked->port,
                                                    grant->allows_private, &connected.connection);
    fetch->hops++;
    if (!is_open)
        return false;
    enum status status = http_link_send(egress, MESSAGE_FETCH_CONNECTED, &connected);
    if (status != STATUS_OK)
        fail_wait(fetch, status, "egress");
    return status == STATUS_OK;
}

/* ---- the response ---- */

static void take_response(struct fetch *fetch, const struct message_fetched *fetched,
                          uint64_t *out_bytes)
{
    struct http_room *room = &fetch->session->response;
    struct cbor_writer writer;
    struct bytes head = {0};
    uint8_t head_room[16];
    if (fetched->status < STATUS_LEAST || fetched->status > STATUS_MOST ||
        http_fields_check(fetched->response, fetch->session->http->settings->fetch_bytes, out_bytes,
                          NULL) != STATUS_OK) {
        fail(fetch, GATE_HTTP_UNAVAILABLE, "unavailable: egress broke the protocol");
        return;
    }
    cbor_writer_init(&writer, head_room, sizeof head_room);
    cbor_write_array(&writer, 3);
    cbor_write_uint(&writer, fetched->status);
    ASSERT(cbor_writer_end(&writer, &head) == STATUS_OK);
    struct bytes fields = bytes_of(fetched->response.data + 1, fetched->response.len - 1);
    if (!http_room_put(room, head, MESSAGE_HTTP_MAX) ||
        !http_room_put(room, fields, MESSAGE_HTTP_MAX)) {
        fail(fetch, GATE_HTTP_TOO_LARGE, "no room for the response");
        return;
    }
    fetch->end->status = (uint32_t)fetched->status;
}

/* True: there is more to come. */
static bool serve_answer(struct fetch *fetch, const struct message_in *in, uint64_t *out_bytes)
{
    switch (in->type) {
    case MESSAGE_FETCH_CONNECT:
        return serve_connect(fetch, &in->any.fetch_connect);
    case MESSAGE_FETCHED:
        fetch->is_done = true;
        take_response(fetch, &in->any.fetched, out_bytes);
        return false;
    case MESSAGE_FAILED:
        fetch->is_done = true;
        http_end_fail(fetch->end, error_of(in->any.failed.code), in->any.failed.text);
        return false;
    default:
        fail(fetch, GATE_HTTP_UNAVAILABLE, "unavailable: egress broke the protocol");
        return false;
    }
}

/* ---- from begin to end ---- */

static void converse(struct fetch *fetch, uint64_t *out_bytes)
{
    struct http_session *session = fetch->session;
    struct http_link *egress = session->http->egress;
    const struct message_fetch ask = {
        .id = session->fetch_wait.id,
        .method = fetch->request->method,
        .body_most = session->http->settings->fetch_bytes,
        .timeout_ms = session->http->settings->fetch_ms,
        .url = fetch->request->url,
        .request = fetch->request->fields,
    };
    enum status status = http_link_send(egress, MESSAGE_FETCH, &ask);
    for (bool goes_on = true; goes_on && status == STATUS_OK;) {
        struct message_in *in = NULL;
        status = http_link_take(egress, &session->fetch_wait, fetch->until_ns, &in);
        if (status != STATUS_OK)
            break;
        goes_on = serve_answer(fetch, in, out_bytes);
        http_message_free(in);
    }
    if (status != STATUS_OK)
        fail_wait(fetch, status, "egress");
}

/* Invariant (2): nothing stays open, whatever egress does. A role that can not be told is away. */
static void close_all(struct fetch *fetch)
{
    struct http_session *session = fetch->session;
    const struct message_fetch_cancel cancel = {.id = session->fetch_wait.id};
    if (!fetch->is_done)
        (void)!http_link_send(session->http->egress, MESSAGE_FETCH_CANCEL, &cancel);
    for (uint32_t i = 0; i < HTTP_HOPS_MAX; i++) {
        const struct message_net_close close = {.connection = fetch->connections[i]};
        if (close.connection != 0)
            (void)!http_link_send(session->http->net, MESSAGE_NET_CLOSE, &close);
    }
}

void http_fetch(struct http_session *session, const struct http_request *request,
                struct http_end *out_end)
{
    struct http *http = session->http;
    struct fetch fetch = {
        .session = session,
        .request = request,
        .end = out_end,
        .number = atomic_fetch_add(&http->last_fetch, 1) + 1,
        .until_ns = message_now_ns() + (http->settings->fetch_ms + GRACE_MS) * NS_PER_MS,
    };
    uint64_t received = 0;
    http_link_begin(http->egress, &session->fetch_wait);
    converse(&fetch, &received);
    close_all(&fetch);
    http_link_end(http->egress, &session->fetch_wait);
    if (out_end->error != 0)
        http_room_free(&session->response);
    const struct http_event event = {
        .kind = HTTP_EVENT_DONE,
        .app = bytes_of(session->app, session->app_len),
        .fetch = fetch.number,
        .method = method_names[request->method],
        .sent_bytes = request->bytes,
        .address = bytes_of(out_end->address, out_end->address_len),
        .status = out_end->status,
        .received_bytes = out_end->error == 0 ? received : 0,
        .why = bytes_of(out_end->why, out_end->why_len),
    };
    /* What left is in the log already; a line that says how it ended is owed, not required. */
    (void)http->log(http->log_context, &event);
}
