/*
 * node/main/main.c: the role main: its start, its reader, its end.
 *
 * Started: the log, keys' identity, the store, a first cell, the threads, READY. At the end: no new
 * questions; what runs is killed; stores of apps are closed, kept ones with all they have; the
 * log's head is signed and on the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include "core/proof/receipt.h"
#include "node/main/calls.h"
#include "node/main/claims.h"
#include "node/main/keeper.h"
#include "node/main/load.h"
#include "node/main/parts.h"
#include "node/main/questions.h"
#include "node/message/clock.h"
#include "node/role/confine.h"

#define READ_AT_ONCE 64

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
    if (status == STATUS_OK && questions_put(hub, job))
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
        status = parts_open(hub, report);
    if (status == STATUS_OK)
        status = questions_start(hub, report);
    if (status == STATUS_OK)
        status = keeper_create(hub, &hub->keeper, report);
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
