/*
 * node/api/api.c: the role api: its loop over links and connections.
 *
 * It has descriptors alone: connections that io hands over, the link to main, the control socket.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/err.h>
#include <sys/epoll.h>

#include "node/api/service.h"
#include "node/message/clock.h"
#include "node/role/confine.h"

#define EVENTS_AT_ONCE   64
#define MESSAGES_AT_ONCE 64
#define TAG              ((uint64_t)1 << 63)
#define TAG_CONTROL      (TAG | 1)
#define TAG_IO           (TAG | 2)
#define TAG_MAIN         (TAG | 3)
#define CLOSE_MS         2000u
#define WAIT_MS          1000
#define MAIN_AWAY_MS     2000u /* where main itself is gone, everything has ended by then */

/* ---- links ---- */

static void watch(struct api *api, int fd, uint64_t tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = tag};
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0)
        (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    (void)epoll_ctl(api->epoll, EPOLL_CTL_ADD, fd, &event);
}

void api_wants_room(struct api *api)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u64 = TAG_MAIN};
    if (api->main >= 0 && !api->main_waits_for_room)
        (void)epoll_ctl(api->epoll, EPOLL_CTL_MOD, api->main, &event);
    api->main_waits_for_room = api->main >= 0;
}

static void has_room(struct api *api)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = TAG_MAIN};
    if (!api->main_waits_for_room)
        return;
    api->main_waits_for_room = false;
    (void)epoll_ctl(api->epoll, EPOLL_CTL_MOD, api->main, &event);
    api_leaf_send(api);
    api_exchange_send_queued(api);
}

static void drop_main(struct api *api)
{
    if (api->main >= 0) {
        (void)epoll_ctl(api->epoll, EPOLL_CTL_DEL, api->main, NULL);
        api->main_away_since = api->now;
    }
    api->main = -1;
    api->main_waits_for_room = false;
    api_leaf_fail_all(api);
    api_exchange_fail_all(api);
}

static void take_peer(struct api *api, enum role_name peer)
{
    if (peer == ROLE_MAIN) {
        drop_main(api);
        api->main = api->role->peers[ROLE_MAIN];
        watch(api, api->main, TAG_MAIN);
    } else if (peer == ROLE_IO) {
        api->io = api->role->peers[ROLE_IO];
        watch(api, api->io, TAG_IO);
    }
}

static void receive_from_main(struct api *api)
{
    struct message_in *in = &api->message;
    for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
        enum status status = message_receive(api->main, in, NULL);
        if (status == STATUS_UNAVAILABLE)
            return;
        if (status != STATUS_OK) {
            drop_main(api);
            return;
        }
        uint32_t id = in->any.id;
        struct api_connection *connection = api_connection_of_id(api, id);
        if (in->type == MESSAGE_GENERATION)
            api_leaf_generation(api, in->any.generation.generation);
        else if ((id & API_LEAF_ID) != 0)
            api_leaf_answer(api, in);
        else if (connection != NULL)
            api_exchange_answer(connection, in);
        message_release(in);
    }
}

static void receive_from_io(struct api *api)
{
    struct message_in *in = &api->message;
    for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
        enum status status = message_receive(api->io, in, NULL);
        if (status == STATUS_UNAVAILABLE)
            return;
        if (status != STATUS_OK) {
            (void)epoll_ctl(api->epoll, EPOLL_CTL_DEL, api->io, NULL);
            api->io = -1; /* its connections end by themselves */
            return;
        }
        if (in->type == MESSAGE_ACCEPTED) {
            int flags = fcntl(in->fd, F_GETFL);
            if (flags >= 0 && fcntl(in->fd, F_SETFL, flags | O_NONBLOCK) == 0) {
                api_connection_open(api, in->fd);
                in->fd = -1;
            }
        }
        message_release(in);
    }
}

/* ---- the loop ---- */

static bool take_control(struct api *api)
{
    enum role_name peer = ROLE_COUNT;
    switch (role_control(api->role, &peer)) {
    case ROLE_EVENT_STOP:
        return false;
    case ROLE_EVENT_PEER:
        take_peer(api, peer);
        return true;
    default:
        return true;
    }
}

static bool take_event(struct api *api, const struct epoll_event *event)
{
    uint64_t tag = event->data.u64;
    if (tag == TAG_CONTROL)
        return take_control(api);
    if (tag == TAG_IO && api->io >= 0)
        receive_from_io(api);
    if (tag == TAG_MAIN && api->main >= 0 && (event->events & ~(uint32_t)EPOLLOUT) != 0)
        receive_from_main(api);
    if (tag == TAG_MAIN && api->main >= 0 && (event->events & EPOLLOUT) != 0)
        has_room(api);
    if ((tag & TAG) != 0)
        return true;
    struct api_connection *connection = api->slots[tag & API_CONNECTIONS_MAX];
    if (connection != NULL && connection->serial == tag >> 32) /* else it is gone since */
        api_connection_event(connection, event->events);
    return true;
}

/* Those who had more to do than their turn. */
static void go_on_with_ready(struct api *api)
{
    struct api_connection *connection = api->ready_first;
    api->ready_first = api->ready_last = NULL;
    while (connection != NULL) {
        struct api_connection *next = connection->ready_next;
        connection->is_ready = false;
        if (connection->state == API_GONE)
            api_connection_end(connection);
        else
            api_connection_step(connection);
        connection = next;
    }
}

bool api_is_cut_off(const struct api *api)
{
    return api->main < 0 && api->now - api->main_away_since >= MAIN_AWAY_MS;
}

bool api_serve_once(struct api *api, int most_ms)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    bool goes_on = true;
    api->now = message_now_ms();
    int wait = api->ready_first != NULL ? 0 : api_deadline_wait(api, most_ms);
    int count = epoll_wait(api->epoll, events, EVENTS_AT_ONCE, wait);
    api->now = message_now_ms();
    for (int i = 0; i < count && goes_on; i++)
        goes_on = take_event(api, &events[i]);
    go_on_with_ready(api);
    api_deadline_expire(api);
    return goes_on;
}

/* ---- begin and end ---- */

static void set_lengths(struct api *api)
{
    api->lists[API_LIST_HANDSHAKE].length_ms = api->settings->handshake_ms;
    api->lists[API_LIST_IDLE].length_ms = api->settings->idle_ms;
    api->lists[API_LIST_REQUEST].length_ms = api->settings->request_ms;
    api->lists[API_LIST_ASK].length_ms = API_ASK_MS;
    api->lists[API_LIST_CLOSE].length_ms = CLOSE_MS;
}

static bool make_slots(struct api *api)
{
    uint32_t most = api->settings->connections_max;
    api->slot_count = most < API_CONNECTIONS_MAX ? most : API_CONNECTIONS_MAX;
    api->slots = calloc(api->slot_count, sizeof *api->slots);
    api->serials = calloc(api->slot_count, sizeof *api->serials);
    api->free_slots = calloc(api->slot_count, sizeof *api->free_slots);
    if (api->slots == NULL || api->serials == NULL || api->free_slots == NULL)
        return false;
    while (api->free_count < api->slot_count) {
        api->free_slots[api->free_count] = api->slot_count - 1 - api->free_count;
        api->free_count++;
    }
    return true;
}

enum status api_create(struct role *role, struct api **out_api, struct report *report)
{
    struct api *api = calloc(1, sizeof *api);
    if (api == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "api has no memory");
    api->role = role;
    api->settings = role->settings;
    api->budget.most = API_BUDGET_MAX;
    api_memory_init(&api->text, MESSAGE_RESULT_MAX + 65536, &api->budget);
    set_lengths(api);
    api->io = role->peers[ROLE_IO];
    api->main = role->peers[ROLE_MAIN];
    api->epoll = epoll_create1(EPOLL_CLOEXEC);
    api->tls = api_tls_create();
    if (api->epoll < 0 || api->tls == NULL || !make_slots(api)) {
        api_destroy(api);
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "api can not begin");
    }
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = TAG_CONTROL};
    (void)epoll_ctl(api->epoll, EPOLL_CTL_ADD, role->control, &event);
    if (api->io >= 0)
        watch(api, api->io, TAG_IO);
    if (api->main >= 0)
        watch(api, api->main, TAG_MAIN);
    *out_api = api;
    return STATUS_OK;
}

void api_destroy(struct api *api)
{
    for (uint32_t i = 0; api->slots != NULL && i < api->slot_count; i++) {
        if (api->slots[i] == NULL)
            continue;
        api->slots[i]->is_outstanding = api->slots[i]->is_queued = api->slots[i]->is_ready = false;
        api_connection_end(api->slots[i]);
    }
    for (uint32_t i = 0; i < api->leaf_count; i++)
        api_leaf_release(api->leaves[i]);
    api_memory_fini(&api->text);
    SSL_CTX_free(api->tls);
    if (api->epoll >= 0)
        (void)close(api->epoll);
    free(api->slots);
    free(api->serials);
    free(api->free_slots);
    free(api);
}

int api_main(struct role *role)
{
    struct api *api = NULL;
    struct report report;
    report_init(&report);
    /* No file is read: there is none to read, once it is confined. */
    (void)OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    if (api_create(role, &api, &report) != STATUS_OK)
        role_fatal(role, report.text);
    if (role_ready(role, "") != STATUS_OK)
        return ROLE_EXIT_FATAL;
    while (api_serve_once(api, WAIT_MS)) {
        if (api_is_cut_off(api))
            role_fatal(role, "api has no link to main: it is started again with a new one");
    }
    api_destroy(api);
    return 0;
}
