/*
 * node/main/main.c: the role main: what it is made of, its reader, its keeper, its end.
 *
 * Started: the log, keys' identity, the store, a first cell, the threads, READY. At the end: no new
 * questions; what runs is killed; stores of apps are closed, kept ones with all they have; the
 * log's head is signed and on the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include "core/base/text.h"
#include "core/proof/receipt.h"
#include "node/main/answers.h"
#include "node/main/calls.h"
#include "node/main/claims.h"
#include "node/main/keeper.h"
#include "node/main/load.h"
#include "node/message/clock.h"
#include "node/role/confine.h"

#define QUICK_THREADS 2u
#define SIGN_THREADS  4u
#define ADMIN_THREADS 2u
#define LANE_MOST     1024u
#define ADMIN_MOST    16u /* loads that wait, each with its payload */
#define READ_AT_ONCE  64

static void run_signed(struct job *job)
{
    if (job->in.type == MESSAGE_LEAF)
        answers_leaf(job);
    else
        answers_attest(job);
}

/* A call of no app, or what found no place. */
static void refuse(struct job *job)
{
    char text[MESSAGE_TEXT_MAX + 1]; /* of at most 1024 bytes, each at its longest */
    struct buffer shown = {.data = (uint8_t *)text, .cap = sizeof text - 1};
    const struct text_sink out = text_to_buffer(&shown);
    if (job->is_refused) {
        job_fail(job, MESSAGE_FAILURE_BUSY,
                 job->in.type == MESSAGE_CALL ? "too many calls wait: try again later"
                                              : "too many questions wait: try again later");
    } else {
        text_word(out, "unknown app: '");
        text_escaped(out, job->in.any.call.app);
        text_char(out, '\'');
        text[shown.len] = '\0';
        job_fail(job, MESSAGE_FAILURE_NOT_FOUND, text);
    }
    job_destroy(job);
}

static void run_quick(struct job *job)
{
    if (job->is_refused) {
        refuse(job);
        return;
    }
    switch (job->in.type) {
    case MESSAGE_LIST:
        answers_list(job);
        return;
    case MESSAGE_STATUS:
        answers_status(job);
        return;
    case MESSAGE_METRICS:
        answers_metrics(job);
        return;
    case MESSAGE_MODULES:
        answers_modules(job);
        return;
    case MESSAGE_MANIFEST:
        answers_manifest(job);
        return;
    case MESSAGE_LEAF:
        answers_leaf(job);
        return;
    default:
        break;
    }
    refuse(job);
}

static void run_admin(struct job *job)
{
    if (job->in.type == MESSAGE_LOAD)
        load_app(job);
    else if (job->in.type == MESSAGE_UNLOAD)
        load_unload(job);
    else
        load_shutdown(job);
}

static void put_call(struct hub *hub, struct job *job)
{
    struct app *app = app_find(hub, job->in.any.call.app);
    job->app = app;
    bool is_leaving = app == NULL;
    if (app != NULL && calls_put(hub->calls, job, &is_leaving))
        return;
    job->is_refused = !is_leaving;
    job->app = NULL;
    if (app != NULL)
        app_release(hub, app);
    lane_put(hub->quick, job);
}

/* Into a lane whose threads wait for other roles, so that the reader does not. */
static void put_or_refuse(struct hub *hub, struct lane *lane, struct job *job)
{
    if (lane_try(lane, job))
        return;
    job->is_refused = true;
    lane_put(hub->quick, job);
}

/* False: nothing that api may say. */
static bool dispatch(struct hub *hub, struct job *job)
{
    switch (job->in.type) {
    case MESSAGE_CALL:
        put_call(hub, job);
        return true;
    case MESSAGE_LOAD:
    case MESSAGE_UNLOAD:
    case MESSAGE_SHUTDOWN:
        put_or_refuse(hub, hub->admin, job);
        return true;
    case MESSAGE_LEAF:
        if (answers_leaf_is_unknown(hub, job->in.any.leaf.sni)) {
            lane_put(hub->quick, job); /* nothing is signed, and nobody's quote is waited for */
            return true;
        }
        FALLTHROUGH;
    case MESSAGE_ATTEST:
        put_or_refuse(hub, hub->signing, job);
        return true;
    case MESSAGE_LIST:
    case MESSAGE_STATUS:
    case MESSAGE_METRICS:
    case MESSAGE_MODULES:
    case MESSAGE_MANIFEST:
        lane_put(hub->quick, job);
        return true;
    default:
        return false;
    }
}

enum read_end { READ_MORE, READ_NOTHING, READ_END };

/* One message of api's link. */
static enum read_end read_one(struct hub *hub)
{
    struct link *link = hub_link(hub);
    struct job *job = job_create(hub, link);
    if (job == NULL) {
        hub_link_release(hub, link);
        return READ_END;
    }
    enum status status = message_receive(link->socket, &job->in, NULL);
    job->arrived_ns = message_now_ns();
    if (status == STATUS_OK && dispatch(hub, job))
        return READ_MORE;
    if (status != STATUS_OK) {
        job->in.packet_len = 0; /* nothing came */
        job->in.map = NULL;
        job->in.fd = -1;
    }
    if (status != STATUS_UNAVAILABLE)
        (void)shutdown(link->socket, SHUT_RDWR); /* an api that breaks the protocol sees its end */
    job_destroy(job);
    return status == STATUS_UNAVAILABLE ? READ_NOTHING : READ_END;
}

/* What is there, but for so many that the control socket has its turn. */
static bool read_some(struct hub *hub)
{
    enum read_end end = READ_MORE;
    for (int i = 0; i < READ_AT_ONCE && end == READ_MORE; i++)
        end = read_one(hub);
    return end != READ_END;
}

static void take_peer(struct hub *hub, enum role_name peer)
{
    const int socket = hub->role->peers[peer];
    hub->role->peers[peer] = -1; /* whoever gets it owns it */
    switch (peer) {
    case ROLE_API:
        if (hub_link_replace(hub, socket))
            return;
        break;
    case ROLE_IO:
        caller_replace(hub->io, socket);
        return;
    case ROLE_EGRESS:
        http_replace_egress(hub->http, socket);
        return;
    case ROLE_NET:
        http_replace_net(hub->http, socket);
        return;
    default:
        break;
    }
    (void)close(socket);
}

/* Until somebody asks for the end. */
static void read_all(struct hub *hub)
{
    bool is_api_there = true;
    for (;;) {
        enum role_name peer;
        struct link *link = hub_link(hub);
        struct pollfd fds[] = {{.fd = hub->role->control, .events = POLLIN},
                               {.fd = hub->stop_pipe[0], .events = POLLIN},
                               {.fd = is_api_there ? link->socket : -1, .events = POLLIN}};
        const int count = poll(fds, ARRAY_LEN(fds), -1);
        hub_link_release(hub, link);
        if (count < 0 && errno != EINTR)
            return;
        if (count <= 0)
            continue;
        if (fds[1].revents != 0)
            return;
        if (fds[0].revents != 0) {
            const enum role_event event = role_control(hub->role, &peer);
            if (event == ROLE_EVENT_STOP)
                return;
            if (event == ROLE_EVENT_PEER)
                take_peer(hub, peer);
            is_api_there = is_api_there || (event == ROLE_EVENT_PEER && peer == ROLE_API);
            continue; /* what the descriptors were may have changed */
        }
        if (fds[2].revents != 0)
            is_api_there = read_some(hub);
    }
}

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

static enum status start_threads(struct hub *hub, struct report *report)
{
    enum status status = calls_create(hub, &hub->calls, report);
    if (status == STATUS_OK)
        status = lane_create(ADMIN_THREADS, ADMIN_MOST, run_admin, &hub->admin, report);
    if (status == STATUS_OK)
        status = lane_create(QUICK_THREADS, LANE_MOST, run_quick, &hub->quick, report);
    if (status == STATUS_OK)
        status = lane_create(SIGN_THREADS, LANE_MOST, run_signed, &hub->signing, report);
    if (status == STATUS_OK)
        status = keeper_create(hub, &hub->keeper, report);
    return status;
}

static enum status begin(struct hub *hub, struct report *report)
{
    (void)signal(SIGXFSZ,
                 SIG_IGN); /* a log that may not grow is a line that could not be written */
    (void)pthread_mutex_init(&hub->lock, NULL);
    hub->start_ns = message_now_ns();
    hub->generation = 1;
    receipt_engine_id(hub->engine_id);
    hub->apps = calloc((size_t)hub->settings->apps_max + 1, sizeof(struct app *));
    if (hub->apps == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for apps");
    if (pipe2(hub->stop_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "no pipe");
    enum status status = role_confine(hub->role, report);
    if (status == STATUS_OK)
        status = open_links(hub, report);
    if (status == STATUS_OK)
        status = open_parts(hub, report);
    if (status == STATUS_OK)
        status = log_start(hub, report);
    if (status == STATUS_OK)
        status = start_threads(hub, report);
    return status;
}

static void end(struct hub *hub)
{
    static const struct log_entry stop = {.kind = "stop"};
    lane_destroy(hub->admin);
    calls_destroy(hub->calls);
    lane_destroy(hub->signing);
    lane_destroy(hub->quick);
    load_close_all(hub);
    store_close(hub->store);
    http_destroy(hub->http);
    (void)!log_write(hub->log, &stop); /* what is lost now is lost */
    keeper_destroy(hub->keeper);
    log_close(hub->log);
    hub_link_release(hub, hub->api);
    caller_destroy(hub->keys);
    caller_destroy(hub->io);
    claims_destroy(hub->claims);
    (void)close(hub->stop_pipe[0]);
    (void)close(hub->stop_pipe[1]);
    free(hub->apps);
    free(hub->identity);
    (void)pthread_mutex_destroy(&hub->lock);
}

int main_main(struct role *role)
{
    struct hub hub = {.role = role, .settings = role->settings, .stop_pipe = {-1, -1}};
    struct report report;
    report_init(&report);
    enum status status = begin(&hub, &report);
    if (status != STATUS_OK)
        role_fatal(role, report.is_set ? report.text : status_text(status));
    if (role_ready(role, hub.box) != STATUS_OK)
        return 1;
    read_all(&hub);
    end(&hub);
    return 0;
}
