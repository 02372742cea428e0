/*
 * node/main/http.c: the service GATE_HTTP of one call: bytes from and to the cell. What is asked of
 * others is http_fetch.c's.
 */
#include "node/main/http.h"

#include <stdlib.h>
#include <unistd.h>

#include "aether/abi/outcome.h"
#include "aether/gate_world.h"
#include "node/main/http_internal.h"

enum status http_create(const struct settings *settings, int egress_socket, int net_socket,
                        http_log_fn *log, void *log_context, struct http **out_http,
                        struct report *report)
{
    struct http *http = calloc(1, sizeof *http);
    enum status status = STATUS_NO_MEMORY;
    if (http == NULL)
        return report_fail(report, status, REPORT_NO_OFFSET, "no room for egress");
    http->settings = settings;
    http->log = log;
    http->log_context = log_context;
    status = http_link_create(egress_socket, &http->egress, report);
    if (status == STATUS_OK)
        status = http_link_create(net_socket, &http->net, report);
    else if (net_socket >= 0)
        (void)close(net_socket);
    if (status != STATUS_OK) {
        http_destroy(http);
        return status;
    }
    *out_http = http;
    return STATUS_OK;
}

void http_destroy(struct http *http)
{
    if (http == NULL)
        return;
    http_link_destroy(http->egress);
    http_link_destroy(http->net);
    free(http);
}

void http_replace_egress(struct http *http, int socket)
{
    http_link_replace(http->egress, socket);
}

void http_replace_net(struct http *http, int socket)
{
    http_link_replace(http->net, socket);
}

enum status http_session_create(struct http *http, struct bytes app,
                                struct http_session **out_session, struct report *report)
{
    struct http_session *session = calloc(1, sizeof *session);
    if (session == NULL || app.len > sizeof session->app) {
        free(session);
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for egress");
    }
    session->http = http;
    session->app_len = app.len;
    if (app.len != 0)
        memcpy(session->app, app.data, app.len);
    enum status status = http_wait_init(&session->fetch_wait, report);
    if (status != STATUS_OK)
        goto no_fetch_wait;
    status = http_wait_init(&session->net_wait, report);
    if (status != STATUS_OK)
        goto no_net_wait;
    *out_session = session;
    return STATUS_OK;
no_net_wait:
    http_wait_fini(&session->fetch_wait);
no_fetch_wait:
    free(session);
    return status;
}

void http_session_destroy(struct http_session *session)
{
    if (session == NULL)
        return;
    http_room_free(&session->request);
    http_room_free(&session->response);
    http_wait_fini(&session->fetch_wait);
    http_wait_fini(&session->net_wait);
    memory_wipe(session->url, sizeof session->url);
    free(session);
}

static void serve_send(struct http_session *session, const struct gate_request *copy,
                       struct gate_transfer transfer, struct gate_reply *reply)
{
    if (copy->args[0] == 1) {
        http_room_free(&session->request);
        http_room_free(&session->response);
        session->is_too_long = false;
    }
    struct bytes piece = bytes_of(transfer.data + copy->in.offset, copy->in.len);
    if (session->is_too_long || !http_room_put(&session->request, piece, HTTP_REQUEST_MAX)) {
        session->is_too_long = true;
        reply->status = GATE_REFUSED;
        reply->reason = REFUSAL_BUDGET;
    }
}

static void serve_fetch(struct http_session *session, const struct gate_request *copy,
                        struct gate_transfer transfer, struct gate_reply *reply)
{
    struct http_request request = {0};
    struct http_end end = {0};
    struct report report;
    report_init(&report);
    http_room_free(&session->response);
    enum status status = http_request_read(session, &request, &report);
    if (status == STATUS_OK)
        http_fetch(session, &request, &end);
    else
        http_end_fail(&end, status == STATUS_LIMIT ? GATE_HTTP_TOO_LARGE : GATE_HTTP_INVALID,
                      bytes_of(report.text, report.len));
    http_room_free(&session->request);
    if (end.error == 0) {
        reply->values[1] = session->response.len;
        return;
    }
    reply->status = GATE_FAILED;
    reply->reason = end.error == GATE_HTTP_DENIED ? GATE_ERROR_NOT_PERMITTED : GATE_ERROR_IO;
    reply->values[0] = end.error;
    reply->out.len = end.why_len < copy->out.len ? (uint32_t)end.why_len : copy->out.len;
    memcpy(transfer.data + copy->out.offset, end.why, reply->out.len);
}

static void serve_receive(const struct http_session *session, const struct gate_request *copy,
                          struct gate_transfer transfer, struct gate_reply *reply)
{
    const struct http_room *response = &session->response;
    size_t from = copy->args[0] < response->len ? (size_t)copy->args[0] : response->len;
    size_t len = response->len - from;
    if (len > copy->out.len)
        len = copy->out.len;
    if (len != 0)
        memcpy(transfer.data + copy->out.offset, response->data + from, len);
    reply->out.len = (uint32_t)len;
}

static void serve(void *context, const struct gate_request *copy, struct gate_transfer transfer,
                  struct gate_reply *out_reply)
{
    out_reply->status = GATE_OK;
    switch (copy->method) {
    case GATE_HTTP_SEND:
        serve_send(context, copy, transfer, out_reply);
        break;
    case GATE_HTTP_FETCH:
        serve_fetch(context, copy, transfer, out_reply);
        break;
    case GATE_HTTP_RECEIVE:
        serve_receive(context, copy, transfer, out_reply);
        break;
    default:
        out_reply->status = GATE_UNKNOWN;
        break;
    }
}

static void cancel(void *context)
{
    struct http_session *session = context;
    http_link_cancel(session->http->egress, &session->fetch_wait);
    http_link_cancel(session->http->net, &session->net_wait);
}

struct gate_service http_session_service(struct http_session *session)
{
    return (struct gate_service){
        .interface = GATE_HTTP, .context = session, .call = serve, .cancel = cancel};
}
