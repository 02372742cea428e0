/*
 * node/api/exchange.c: one request of a connection: to main and back.
 *
 * A question that main's socket has no room for waits in a queue. Requests that wait when main goes
 * away get one error by name.
 */
#include <stdlib.h>

#include "node/api/service.h"

#define MAIN_IS_AWAY "the service is not available: its main part went away"

struct api_reply api_exchange_reply(struct api_connection *connection)
{
    struct api *api = connection->api;
    api->text.len = 0;
    api_memory_fini(&connection->frame);
    return (struct api_reply){api->settings->frame_max, &api->text, &connection->frame};
}

/* Text that was large once does not stay so. */
static void shrink_text(struct api *api)
{
    if (api->text.cap > API_MEMORY_FREE)
        api_memory_fini(&api->text);
    api->text.len = 0;
}

void api_exchange_error(struct api_connection *connection, const char *sentence, bool ends)
{
    struct api_reply reply = api_exchange_reply(connection);
    struct bytes text = bytes_of(sentence, strlen(sentence));
    /* Evidence that can not be had ends the connection: version 2 of that exchange says so. */
    bool is_attest =
        connection->parser != NULL && connection->parser->request.kind == API_KIND_ATTEST;
    enum status status = connection->parser == NULL
                             ? api_reply_refusal(&reply, text)
                             : api_reply_error(&reply, &connection->parser->request, text);
    connection->ends = ends || is_attest;
    api_connection_reply(connection);
    if (status != STATUS_OK) { /* no memory for a sentence */
        connection->state = API_CLOSING;
        api_deadline_set(connection, API_LIST_CLOSE);
    }
    shrink_text(connection->api);
}

/* ---- to main ---- */

static enum status send_attest(struct api_connection *connection, uint32_t id, int main_link)
{
    static const char label[] = "EXPORTER-privasys-ratls-attest-v2";
    const struct api_request *request = &connection->parser->request;
    uint8_t exporter[32] = {0};
    /* In both modes: evidence that is not for this session could be shown by anybody in between. */
    if (SSL_export_keying_material(connection->ssl, exporter, sizeof exporter, label,
                                   sizeof label - 1, request->context, sizeof request->context,
                                   1) != 1)
        return STATUS_INVALID;
    struct message_attest message = {
        .id = id,
        .spki = bytes_of(connection->leaf->spki, connection->leaf->spki_len),
        .is_challenge = request->is_challenge,
        .context = bytes_of(request->context, sizeof request->context),
        .exporter = bytes_of(exporter, sizeof exporter),
    };
    enum status status = message_send(main_link, MESSAGE_ATTEST, &message, -1);
    memory_wipe(exporter, sizeof exporter);
    return status;
}

static enum status send_load(const struct api_request *request, struct bytes client, uint32_t id,
                             int main_link)
{
    struct bytes name = bytes_of(request->name.data, request->name.len);
    struct message_load message = {
        .id = id,
        .client = client,
        .name = name,
        .hostname =
            request->second.is_set ? bytes_of(request->second.data, request->second.len) : name,
        .key = bytes_of(request->key, request->has_key ? 32 : 0),
        .max_fuel = request->max_fuel,
        .payload = api_memory_bytes(&request->payload),
    };
    return message_send(main_link, MESSAGE_LOAD, &message, -1);
}

static enum status send_call(const struct api_request *request, struct bytes client, uint32_t id,
                             int main_link)
{
    struct message_call message = {
        .id = id,
        .client = client,
        .app = bytes_of(request->name.data, request->name.len),
        .function = bytes_of(request->second.data, request->second.len),
        .wants_receipt = request->wants_receipt,
        .params = api_memory_bytes(&request->payload),
    };
    return message_send(main_link, MESSAGE_CALL, &message, -1);
}

static enum status send_unload(const struct api_request *request, struct bytes client, uint32_t id,
                               int main_link)
{
    struct message_unload message = {
        .id = id,
        .client = client,
        .name = bytes_of(request->name.data, request->name.len),
    };
    return message_send(main_link, MESSAGE_UNLOAD, &message, -1);
}

static enum message_type plain_type(enum api_kind kind)
{
    switch (kind) {
    case API_KIND_READYZ:
        return MESSAGE_MODULES;
    case API_KIND_STATUS:
        return MESSAGE_STATUS;
    case API_KIND_METRICS:
        return MESSAGE_METRICS;
    case API_KIND_MANIFEST:
        return MESSAGE_MANIFEST;
    case API_KIND_SHUTDOWN:
        return MESSAGE_SHUTDOWN;
    default:
        return MESSAGE_LIST;
    }
}

static enum status send_question(struct api_connection *connection, uint32_t id)
{
    const struct api_request *request = &connection->parser->request;
    struct bytes client = bytes_of(connection->client, connection->has_client ? 32 : 0);
    int main_link = connection->api->main;
    if (main_link < 0)
        return STATUS_TRUNCATED;
    switch (request->kind) {
    case API_KIND_ATTEST:
        return send_attest(connection, id, main_link);
    case API_KIND_LOAD:
        return send_load(request, client, id, main_link);
    case API_KIND_CALL:
        return send_call(request, client, id, main_link);
    case API_KIND_UNLOAD:
        return send_unload(request, client, id, main_link);
    default: {
        /* All of these have the shape of LIST: the client alone. */
        struct message_list message = {.id = id, .client = client};
        return message_send(main_link, plain_type(request->kind), &message, -1);
    }
    }
}

static void enqueue(struct api_connection *connection)
{
    struct api *api = connection->api;
    connection->is_queued = true;
    connection->queue_next = NULL;
    *(api->queue_last != NULL ? &api->queue_last->queue_next : &api->queue_first) = connection;
    api->queue_last = connection;
    api_wants_room(api);
}

/* UNAVAILABLE: there is no room; else it is with main, or an error is on its way. */
static enum status ask(struct api_connection *connection)
{
    struct api *api = connection->api;
    uint32_t id = (connection->serial & 0xFFFF) << 15 | connection->slot;
    enum status status = send_question(connection, id);
    if (status == STATUS_UNAVAILABLE)
        return status;
    if (status == STATUS_OK) {
        connection->is_outstanding = true;
        api_memory_fini(&connection->parser->request.payload);
        memory_wipe(connection->parser->request.key, sizeof connection->parser->request.key);
        return STATUS_OK;
    }
    api_exchange_error(connection,
                       status == STATUS_LIMIT       ? "the request is too long"
                       : status == STATUS_NO_MEMORY ? "no memory for the request: try again later"
                       : api->main < 0 || status == STATUS_TRUNCATED
                           ? MAIN_IS_AWAY
                           : "the request can not be passed on",
                       false);
    return STATUS_OK;
}

static bool is_other_leaf(const struct api_connection *connection)
{
    const struct api_request *request = &connection->parser->request;
    return request->kind == API_KIND_ATTEST &&
           memcmp(request->leaf, connection->leaf->spki_hash, sizeof request->leaf) != 0;
}

void api_exchange_begin(struct api_connection *connection)
{
    struct report report;
    struct api_request *request = &connection->parser->request;
    report_init(&report);
    if (api_parser_finish(connection->parser, &report) != STATUS_OK) {
        api_exchange_error(connection, report.text, false);
        return;
    }
    if (is_other_leaf(connection)) {
        api_exchange_error(connection, "\"leaf\" is not the key of this connection", true);
        return;
    }
    if (request->kind == API_KIND_PING || request->kind == API_KIND_HEALTHZ) {
        struct api_reply reply = api_exchange_reply(connection);
        if (api_reply_self(&reply, request) != STATUS_OK)
            connection->ends = true;
        api_connection_reply(connection);
        return;
    }
    connection->state = API_ASKING;
    api_deadline_set(connection, API_LIST_ASK);
    /* Those who wait already go first. */
    if (connection->api->queue_first != NULL || ask(connection) == STATUS_UNAVAILABLE)
        enqueue(connection);
}

void api_exchange_send_queued(struct api *api)
{
    while (api->queue_first != NULL) {
        struct api_connection *connection = api->queue_first;
        bool is_waiting = connection->state == API_ASKING && !connection->is_outstanding;
        if (is_waiting && ask(connection) == STATUS_UNAVAILABLE)
            return;
        api->queue_first = connection->queue_next;
        if (api->queue_first == NULL)
            api->queue_last = NULL;
        connection->is_queued = false;
        if (connection->state == API_GONE)
            api_connection_end(connection);
        else if (connection->state == API_REPLYING || connection->state == API_CLOSING)
            api_connection_step(connection);
    }
}

/* ---- and back ---- */

static void answer(struct api_connection *connection, const struct message_in *in)
{
    struct report why;
    struct api_reply reply = api_exchange_reply(connection);
    const struct api_request *request = &connection->parser->request;
    report_init(&why);
    if (request->kind == API_KIND_SHUTDOWN && in->type == MESSAGE_DONE) {
        connection->state = API_CLOSING; /* no reply: so it always was */
        api_deadline_set(connection, API_LIST_CLOSE);
        return;
    }
    enum status status =
        api_reply_answer(&reply, request, &connection->api->counts, in->type, &in->any, &why);
    if (status != STATUS_OK) {
        api_exchange_error(connection, why.is_set ? why.text : status_text(status), false);
        return;
    }
    connection->ends = request->kind == API_KIND_ATTEST && in->type == MESSAGE_FAILED;
    api_connection_reply(connection);
    shrink_text(connection->api);
}

void api_exchange_answer(struct api_connection *connection, struct message_in *in)
{
    connection->is_outstanding = false;
    if (connection->state == API_GONE) {
        api_connection_end(connection); /* its slot is free now */
        return;
    }
    if (connection->state != API_ASKING)
        return; /* it came too late */
    answer(connection, in);
    api_connection_step(connection);
}

void api_exchange_fail_all(struct api *api)
{
    for (uint32_t i = 0; i < api->slot_count; i++) {
        struct api_connection *connection = api->slots[i];
        if (connection == NULL || !connection->is_outstanding)
            continue;
        connection->is_outstanding = false;
        if (connection->state == API_GONE) {
            api_connection_end(connection);
        } else if (connection->state == API_ASKING) {
            api_exchange_error(connection, MAIN_IS_AWAY, false);
            api_connection_step(connection);
        }
    }
    api_exchange_send_queued(api); /* to nobody: they get the same error */
}
