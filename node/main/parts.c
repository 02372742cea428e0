/*
 * node/main/parts.c: see parts.h.
 *
 * In this order: links and log, keys' identity, the store, fetches, a first cell, a line of the
 * log.
 */
#include "node/main/parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "node/main/app.h"
#include "node/main/claims.h"
#include "node/role/confine.h"

static enum status take_identity(struct hub *hub, struct report *report)
{
    struct message_identity identity = {0};
    struct message_in *in;
    enum status status = caller_ask(hub->keys, MESSAGE_IDENTITY, &identity, MESSAGE_IDENTITY_IS,
                                    HUB_KEYS_MS, &in, report);
    if (status != STATUS_OK)
        return status;
    const struct message_identity_is *is = &in->any.identity_is;
    uint8_t *copy = malloc(is->issuer.len + is->receipt_key.len);
    if (copy == NULL) {
        caller_release(hub->keys, in);
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for certificates");
    }
    memcpy(hub->evidence, is->evidence.data, is->evidence.len); /* at most 32, zeros behind */
    memcpy(copy, is->issuer.data, is->issuer.len);
    memcpy(copy + is->issuer.len, is->receipt_key.data, is->receipt_key.len);
    hub->identity = copy;
    hub->issuer = bytes_of(copy, is->issuer.len);
    hub->receipt_key = bytes_of(copy + is->issuer.len, is->receipt_key.len);
    caller_release(hub->keys, in);
    return STATUS_OK;
}

/* From any thread of the store: what io gave is not what was stored. */
static void store_alarm(void *context, struct bytes app, const char *sentence)
{
    struct hub *hub = context;
    const struct log_entry entry = {
        .kind = "alarm", .app = app, .text = bytes_of(sentence, strlen(sentence))};
    (void)!log_write(hub->log, &entry); /* the one who asked is told as well */
}

static enum status log_http(void *context, const struct http_event *event)
{
    struct hub *hub = context;
    const bool is_connect = event->kind == HTTP_EVENT_CONNECT;
    char text[REPORT_TEXT_MAX + 256];
    const int len = snprintf(
        text, sizeof text,
        "%s, fetch %llu, hop %u, sent %llu, status %u, received %llu%s%.*s%s%.*s", event->method,
        (unsigned long long)event->fetch, event->hop, (unsigned long long)event->sent_bytes,
        event->status, (unsigned long long)event->received_bytes,
        event->address.len != 0 ? " from " : "", (int)event->address.len,
        event->address.len != 0 ? (const char *)event->address.data : "",
        event->why.len != 0 ? ": " : "",
        event->why.len < REPORT_TEXT_MAX ? (int)event->why.len : (int)REPORT_TEXT_MAX - 1,
        event->why.len != 0 ? (const char *)event->why.data : "");
    const struct log_entry entry = {
        .kind = is_connect ? "egress" : "fetched",
        .app = event->app,
        .host = event->host,
        .outcome = !is_connect         ? NULL
                   : event->is_granted ? "granted"
                                       : "denied",
        .has_number = is_connect,
        .number = event->port,
        .text = bytes_of(text, len < (int)sizeof text ? (size_t)len : sizeof text - 1)};
    if (is_connect && event->is_granted)
        return log_write_durable(hub->log, &entry);
    return log_write(hub->log, &entry);
}

/* That cells can be had at all, and what their boxes are made of. */
static enum status try_cell(struct hub *hub, struct report *report)
{
    const struct app none = {.payload_len = 1};
    struct gate_cell *cell;
    enum status status = app_spawn_cell(hub, &none, &cell, report);
    if (status != STATUS_OK)
        return status;
    gate_isolation_line(gate_cell_isolation(cell), hub->box);
    gate_cell_destroy(cell);
    return STATUS_OK;
}

static int take_socket(struct role *role, enum role_name peer)
{
    const int socket = role->peers[peer];
    role->peers[peer] = -1;
    return socket;
}

static enum status open_links(struct hub *hub, struct report *report)
{
    struct role *role = hub->role;
    enum status status = caller_create(take_socket(role, ROLE_KEYS), &hub->keys, report);
    if (status == STATUS_OK)
        status = caller_create(take_socket(role, ROLE_IO), &hub->io, report);
    if (status == STATUS_OK && !hub_link_replace(hub, take_socket(role, ROLE_API)))
        status = report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a link");
    if (status == STATUS_OK)
        status = log_open(role->files[ROLE_FILE_LOG], &hub->log, report);
    if (status == STATUS_OK)
        role->files[ROLE_FILE_LOG] = -1; /* the log's */
    if (status == STATUS_OK)
        status = take_identity(hub, report);
    return status;
}

static enum status open_parts(struct hub *hub, struct report *report)
{
    struct role *role = hub->role;
    const struct store_setup store = {.io = hub->io,
                                      .keys = hub->keys,
                                      .app_bytes = hub->settings->store_bytes,
                                      .alarm = store_alarm,
                                      .context = hub};
    enum status status = claims_create(hub, &hub->claims, report);
    if (status == STATUS_OK)
        status = store_open(&store, &hub->store, report);
    const int egress = take_socket(role, ROLE_EGRESS), net = take_socket(role, ROLE_NET);
    if (status == STATUS_OK)
        status = http_create(hub->settings, egress, net, log_http, hub, &hub->http, report);
    if (status == STATUS_OK)
        status = try_cell(hub, report);
    return status;
}

static enum status log_start(struct hub *hub, struct report *report)
{
    char text[LOG_TEXT_MAX], roles[ROLE_ISOLATION_LINE_MAX];
    role_isolation_line(hub->settings->isolation_lacks, roles);
    const int len =
        snprintf(text, sizeof text, "%s, evidence %s, %s; %s",
                 hub->settings->is_dev ? "--dev: anyone may load" : "enrolled operators",
                 hub->evidence, roles, hub->box);
    const struct log_entry entry = {.kind = "start",
                                    .code_hash = bytes_of(hub->settings->binary_hash, 32),
                                    .outcome = hub->settings->is_dev ? "dev" : "enrolled",
                                    .text = bytes_of(text, (size_t)len)};
    (void)pthread_mutex_lock(&hub->lock);
    claims_refresh(hub, hub->claims);
    (void)pthread_mutex_unlock(&hub->lock);
    if (log_write_durable(hub->log, &entry) == STATUS_OK)
        return STATUS_OK;
    return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "the log can not be written");
}

enum status parts_open(struct hub *hub, struct report *report)
{
    enum status status = open_links(hub, report);
    if (status == STATUS_OK)
        status = open_parts(hub, report);
    if (status == STATUS_OK)
        status = log_start(hub, report);
    return status;
}
