/*
 * node/main/http_link.c: see http_link.h.
 *
 * Invariants:
 *   (1) `socket` is closed by the thread that receives, and only while nobody sends on it.
 *   (2) A wait is in the list between begin and end; what comes for an id that is not there, or
 *       whose queue is full, is thrown away: the other side is not believed to be orderly.
 *   (3) A link that ends, or breaks the protocol, is lost for all who wait at that moment.
 */
#include "node/main/http_link.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include "node/message/clock.h"

#define SEND_MS    5000u
#define STACK_SIZE (256u << 10)

struct http_link {
    pthread_mutex_t lock;
    pthread_cond_t change; /* a new socket, nobody sends any more, the end */
    pthread_t thread;
    int socket;      /* -1: the role is away */
    int next_socket; /* -1: none */
    unsigned senders;
    bool is_ending;
    uint32_t last_id;
    struct http_wait *waits;
};

static void lock(struct http_link *link)
{
    int failed = pthread_mutex_lock(&link->lock);
    ASSERT(failed == 0);
}

static void unlock(struct http_link *link)
{
    int failed = pthread_mutex_unlock(&link->lock);
    ASSERT(failed == 0);
}

enum status http_wait_init(struct http_wait *wait, struct report *report)
{
    *wait = (struct http_wait){0};
    return pthread_cond_init(&wait->wake, NULL) == 0
               ? STATUS_OK
               : report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a condition");
}

void http_wait_fini(struct http_wait *wait)
{
    (void)pthread_cond_destroy(&wait->wake);
}

void http_message_free(struct message_in *in)
{
    message_release(in);
    free(in);
}

/* ---- the thread that receives ---- */

/* Invariant (2). Takes `in` over. */
static void deliver(struct http_link *link, struct message_in *in)
{
    struct http_wait *wait;
    lock(link);
    for (wait = link->waits; wait != NULL && wait->id != in->any.id;)
        wait = wait->next;
    if (wait != NULL && wait->count < HTTP_WAIT_MOST) {
        wait->queue[wait->count++] = in;
        (void)pthread_cond_signal(&wait->wake);
        in = NULL;
    }
    unlock(link);
    if (in != NULL)
        http_message_free(in);
}

/* Until the socket ends. */
static void receive_all(struct http_link *link, int socket)
{
    struct message_in *in = NULL;
    for (;;) {
        struct pollfd one = {.fd = socket, .events = POLLIN};
        if (in == NULL && (in = malloc(sizeof *in)) == NULL)
            break;
        (void)poll(&one, 1, -1);
        enum status status = message_receive(socket, in, NULL);
        if (status == STATUS_UNAVAILABLE)
            continue;
        if (status != STATUS_OK)
            break;
        deliver(link, in);
        in = NULL;
    }
    free(in);
}

/* The next socket; -1: the end. Locked. */
static int await_socket(struct http_link *link)
{
    while (!link->is_ending && link->next_socket < 0)
        (void)pthread_cond_wait(&link->change, &link->lock);
    if (link->is_ending)
        return -1;
    link->socket = link->next_socket;
    link->next_socket = -1;
    (void)pthread_cond_broadcast(&link->change);
    return link->socket;
}

/* Invariants (1) and (3). Locked. */
static void lose_socket(struct http_link *link)
{
    int socket = link->socket;
    link->socket = -1;
    for (struct http_wait *wait = link->waits; wait != NULL; wait = wait->next) {
        wait->is_lost = true;
        (void)pthread_cond_signal(&wait->wake);
    }
    (void)shutdown(socket, SHUT_RDWR); /* who sends comes back */
    while (link->senders != 0)
        (void)pthread_cond_wait(&link->change, &link->lock);
    (void)close(socket);
}

static void *run(void *context)
{
    struct http_link *link = context;
    lock(link);
    for (int socket; (socket = await_socket(link)) >= 0;) {
        unlock(link);
        receive_all(link, socket);
        lock(link);
        lose_socket(link);
    }
    unlock(link);
    return NULL;
}

/* ---- life ---- */

static void adopt(struct http_link *link, int socket)
{
    int flags = fcntl(socket, F_GETFL);
    if (flags >= 0)
        (void)fcntl(socket, F_SETFL, flags | O_NONBLOCK); /* without it, sends may wait longer */
    link->next_socket = socket;
}

static enum status start(struct http_link *link)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return STATUS_NO_MEMORY;
    int failed = pthread_attr_setstacksize(&attributes, STACK_SIZE);
    if (failed == 0)
        failed = pthread_create(&link->thread, &attributes, run, link);
    (void)pthread_attr_destroy(&attributes);
    return failed == 0 ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status http_link_create(int socket, struct http_link **out_link, struct report *report)
{
    struct http_link *link = calloc(1, sizeof *link);
    if (link == NULL)
        goto no_link;
    link->socket = -1;
    link->next_socket = -1;
    if (pthread_mutex_init(&link->lock, NULL) != 0)
        goto no_lock;
    if (pthread_cond_init(&link->change, NULL) != 0)
        goto no_cond;
    if (socket >= 0)
        adopt(link, socket);
    if (start(link) != STATUS_OK)
        goto no_thread;
    *out_link = link;
    return STATUS_OK;
no_thread:
    (void)pthread_cond_destroy(&link->change);
no_cond:
    (void)pthread_mutex_destroy(&link->lock);
no_lock:
    free(link);
no_link:
    if (socket >= 0)
        (void)close(socket);
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                       "no room, or no thread, for a link of egress");
}

void http_link_destroy(struct http_link *link)
{
    if (link == NULL)
        return;
    lock(link);
    link->is_ending = true;
    if (link->socket >= 0)
        (void)shutdown(link->socket, SHUT_RDWR);
    (void)pthread_cond_broadcast(&link->change);
    unlock(link);
    (void)pthread_join(link->thread, NULL);
    ASSERT(link->waits == NULL);
    if (link->next_socket >= 0)
        (void)close(link->next_socket);
    (void)pthread_cond_destroy(&link->change);
    (void)pthread_mutex_destroy(&link->lock);
    free(link);
}

void http_link_replace(struct http_link *link, int socket)
{
    lock(link);
    if (link->next_socket >= 0)
        (void)close(link->next_socket);
    link->next_socket = -1;
    if (socket >= 0)
        adopt(link, socket);
    if (link->socket >= 0)
        (void)shutdown(link->socket, SHUT_RDWR);
    (void)pthread_cond_broadcast(&link->change);
    unlock(link);
}

/* ---- who asks ---- */

void http_link_begin(struct http_link *link, struct http_wait *wait)
{
    lock(link);
    link->last_id = link->last_id == UINT32_MAX ? 1 : link->last_id + 1;
    wait->id = link->last_id;
    wait->is_lost = false;
    wait->count = 0;
    wait->next = link->waits;
    link->waits = wait;
    unlock(link);
}

void http_link_end(struct http_link *link, struct http_wait *wait)
{
    struct http_wait **at;
    lock(link);
    for (at = &link->waits; *at != wait;)
        at = &(*at)->next;
    *at = wait->next;
    unlock(link);
    for (unsigned i = 0; i < wait->count; i++)
        http_message_free(wait->queue[i]);
    wait->count = 0;
}

void http_link_cancel(struct http_link *link, struct http_wait *wait)
{
    lock(link);
    wait->is_cancelled = true;
    (void)pthread_cond_signal(&wait->wake);
    unlock(link);
}

enum status http_link_send(struct http_link *link, enum message_type type, const void *message)
{
    lock(link);
    /* One that the thread has not taken yet is waited for: it takes it at once. */
    while (link->socket < 0 && link->next_socket >= 0 && !link->is_ending)
        (void)pthread_cond_wait(&link->change, &link->lock);
    int socket = link->socket;
    if (socket >= 0)
        link->senders++;
    unlock(link);
    if (socket < 0)
        return STATUS_UNAVAILABLE;
    enum status status = message_send_wait(socket, type, message, -1, SEND_MS);
    lock(link);
    link->senders--;
    (void)pthread_cond_broadcast(&link->change);
    unlock(link);
    return status == STATUS_TRUNCATED ? STATUS_UNAVAILABLE : status;
}

enum status http_link_take(struct http_link *link, struct http_wait *wait, uint64_t until_ns,
                           struct message_in **out_in)
{
    enum status status = STATUS_OK;
    lock(link);
    while (wait->count == 0 && !wait->is_lost && !wait->is_cancelled && status == STATUS_OK)
        if (!message_wait_until(&wait->wake, &link->lock, until_ns))
            status = STATUS_LIMIT;
    if (wait->is_cancelled) {
        status = STATUS_DENIED;
    } else if (wait->count != 0) {
        *out_in = wait->queue[0];
        wait->count--;
        memmove(wait->queue, wait->queue + 1, wait->count * sizeof wait->queue[0]);
        status = STATUS_OK;
    } else if (wait->is_lost) {
        status = STATUS_UNAVAILABLE;
    }
    unlock(link);
    return status;
}
