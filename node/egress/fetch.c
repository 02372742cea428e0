/*
 * node/egress/fetch.c: one fetch: the URL, the request, hop after hop, the answer.
 *
 * Invariant: every hop, also to the same host again, is asked for (FETCH_CONNECT) and gets a
 * connection and a TLS session of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "core/base/cbor.h"
#include "node/egress/egress_internal.h"
#include "node/message/clock.h"

#define SEND_MS  5000u
#define HEAD_MAX 9u /* of an item of CBOR */

struct hop {
    struct egress *egress;
    struct job *job;
    struct egress_url url;
    struct egress_request request;
    struct egress_response response;
    struct egress_failure failure;
};

static bool fail(struct hop *hop, enum message_failure code, const char *text)
{
    hop->failure.code = code;
    (void)snprintf(hop->failure.text, sizeof hop->failure.text, "%s", text);
    return false;
}

static bool fail_report(struct hop *hop, enum status status, const struct report *report)
{
    enum message_failure code = MESSAGE_FAILURE_INVALID;
    if (status == STATUS_LIMIT)
        code = MESSAGE_FAILURE_LIMIT;
    else if (status == STATUS_NO_MEMORY)
        code = MESSAGE_FAILURE_UNAVAILABLE;
    return fail(hop, code, report->is_set ? report->text : "unavailable: no room");
}

static bool begin(struct hop *hop)
{
    const struct message_fetch *fetch = &hop->job->in->any.fetch;
    struct report report;
    report_init(&report);
    enum status status = egress_url_read(fetch->url, NULL, &hop->url, &report);
    if (status == STATUS_OK)
        status =
            egress_request_read(fetch->method, fetch->request, &hop->url, &hop->request, &report);
    return status == STATUS_OK ? true : fail_report(hop, status, &report);
}

static void close_socket(void *context, int socket)
{
    const struct hop *hop = context;
    egress_close(hop->egress, hop->job, socket);
}

static bool ask(struct hop *hop, uint32_t number)
{
    struct egress_transfer transfer = {
        .roots = hop->egress->roots,
        .url = &hop->url,
        .request = &hop->request,
        .body_most = hop->job->in->any.fetch.body_most,
        .close_socket = close_socket,
        .context = hop,
    };
    if (transfer.body_most > MESSAGE_HTTP_MAX - 2 * GATE_HTTP_HEADER_MAX)
        transfer.body_most = MESSAGE_HTTP_MAX - 2 * GATE_HTTP_HEADER_MAX;
    if (!egress_connect(hop->egress, hop->job, number, &hop->url, &transfer.socket, &hop->failure))
        return false;
    uint64_t now = message_now_ns();
    transfer.timeout_ms = hop->job->until_ns > now ? (hop->job->until_ns - now) / NS_PER_MS + 1 : 1;
    return egress_transfer_run(&transfer, &hop->response, &hop->failure);
}

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The one Location; false: there is none, and the answer is an answer. */
static bool find_location(const struct egress_response *response, struct bytes *out_location,
                          bool *out_is_twice)
{
    bool is_found = false;
    *out_is_twice = false;
    for (uint32_t i = 0; i < response->header_count; i++) {
        struct bytes name = response->headers[i].name;
        if (name.len != 8 || strncasecmp((const char *)name.data, "location", 8) != 0)
            continue;
        *out_is_twice = is_found && !bytes_equal(*out_location, response->headers[i].value);
        *out_location = response->headers[i].value;
        is_found = true;
        if (*out_is_twice)
            break;
    }
    return is_found;
}

/* To where the Location says. */
static bool follow(struct hop *hop, struct bytes location)
{
    struct egress_url next = {0};
    struct report report;
    report_init(&report);
    enum status status = egress_url_read(location, &hop->url, &next, &report);
    if (status != STATUS_OK) {
        fail_report(hop, status, &report);
        (void)snprintf(hop->failure.text, sizeof hop->failure.text, "redirect refused: %s",
                       report.is_set ? report.text : "no room");
        return false;
    }
    egress_request_redirect(&hop->request, hop->response.status,
                            egress_url_same_origin(&hop->url, &next));
    egress_url_fini(&hop->url);
    hop->url = next;
    return true;
}

static bool converse(struct hop *hop)
{
    for (uint32_t number = 0; number < EGRESS_HOPS_MAX; number++) {
        struct bytes location = {0};
        bool is_twice = false;
        if (!ask(hop, number))
            return false;
        if (!is_redirect(hop->response.status) ||
            !find_location(&hop->response, &location, &is_twice))
            return true;
        if (is_twice)
            return fail(hop, MESSAGE_FAILURE_NOT_FOUND, "bad answer: more than one Location");
        if (!follow(hop, location))
            return false;
        egress_response_fini(&hop->response);
    }
    return fail(hop, MESSAGE_FAILURE_NOT_FOUND, "too many redirects: more than 5");
}

/* ---- the answer ---- */

static bool send_response(const struct hop *hop)
{
    const struct egress_response *response = &hop->response;
    struct cbor_writer writer;
    struct bytes all = {0};
    size_t room = response->body_len + response->header_len + (size_t)4 * HEAD_MAX +
                  (size_t)response->header_count * 3 * HEAD_MAX;
    uint8_t *data = malloc(room);
    if (data == NULL)
        return false;
    cbor_writer_init(&writer, data, room);
    cbor_write_array(&writer, 2);
    cbor_write_array(&writer, response->header_count);
    for (uint32_t i = 0; i < response->header_count; i++) {
        cbor_write_array(&writer, 2);
        cbor_write_text(&writer, response->headers[i].name);
        cbor_write_bytes(&writer, response->headers[i].value);
    }
    cbor_write_bytes(&writer, bytes_of(response->body, response->body_len));
    ASSERT(cbor_writer_end(&writer, &all) == STATUS_OK);
    const struct message_fetched fetched = {
        .id = hop->job->in->any.fetch.id, .status = (uint64_t)response->status, .response = all};
    enum status status =
        message_send_wait(hop->egress->main, MESSAGE_FETCHED, &fetched, -1, SEND_MS);
    memory_wipe(data, room);
    free(data);
    return status == STATUS_OK;
}

static void answer(struct hop *hop, bool is_done)
{
    if (is_done && send_response(hop))
        return;
    if (is_done)
        fail(hop, MESSAGE_FAILURE_UNAVAILABLE, "unavailable: no room for the answer");
    /* If even this does not arrive, main gives up by its own clock. */
    (void)!message_fail(hop->egress->main, hop->job->in->any.fetch.id, hop->failure.code,
                        hop->failure.text);
}

void egress_fetch(struct egress *egress, struct job *job)
{
    struct hop *hop = calloc(1, sizeof *hop);
    if (hop == NULL) {
        (void)!message_fail(egress->main, job->in->any.fetch.id, MESSAGE_FAILURE_UNAVAILABLE,
                            "unavailable: no room for the request");
        return;
    }
    hop->egress = egress;
    hop->job = job;
    answer(hop, begin(hop) && converse(hop));
    egress_response_fini(&hop->response);
    egress_url_fini(&hop->url);
    memory_wipe(hop, sizeof *hop);
    free(hop);
}
