/*
 * node/message/caller.c: whoever waits first receives for all. See caller.h.
 *
 * Invariants:
 *   (1) At most one thread receives: the leader. It hands each message to the slot of its id, and
 *       the leadership on when its own has come.
 *   (2) A slot is in the list from before its question is sent until its asker has gone; an answer
 *       without a slot is thrown away.
 *   (3) `generation` counts links: who waits on an older one fails.
 */
#include "node/message/caller.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <sys/socket.h>

#include "node/message/clock.h"

#define LOOK_MS    50u /* how long the leader looks before it looks at the clock again */
#define SEND_MS    10000u
#define SPARE_MOST 16u

struct slot {
    struct slot *next;
    uint32_t id;
    uint64_t generation;
    struct message_in *in; /* the answer */
    pthread_cond_t wake;
};

struct caller {
    pthread_mutex_t lock;
    int socket;
    bool is_dead, has_leader;
    uint32_t last_id, spare_count;
    uint64_t generation;
    struct slot *slots;
    struct message_in *spares[SPARE_MOST];
};

enum status caller_create(int socket, struct caller **out_caller, struct report *report)
{
    struct caller *caller = calloc(1, sizeof *caller);
    if (caller == NULL || pthread_mutex_init(&caller->lock, NULL) != 0) {
        free(caller);
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a link");
    }
    caller->socket = socket;
    *out_caller = caller;
    return STATUS_OK;
}

void caller_destroy(struct caller *caller)
{
    if (caller == NULL)
        return;
    ASSERT(caller->slots == NULL);
    for (uint32_t i = 0; i < caller->spare_count; i++)
        free(caller->spares[i]);
    (void)close(caller->socket);
    (void)pthread_mutex_destroy(&caller->lock);
    free(caller);
}

static void wake_all(struct caller *caller)
{
    for (struct slot *slot = caller->slots; slot != NULL; slot = slot->next)
        (void)pthread_cond_signal(&slot->wake);
}

/* The old link is ended first and its leader awaited, so that nothing of the new one is received by
 * who waits on the old. The number stays, because others may be about to send on it. */
void caller_replace(struct caller *caller, int socket)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    (void)pthread_mutex_lock(&caller->lock);
    caller->is_dead = true;
    (void)shutdown(caller->socket, SHUT_RDWR);
    wake_all(caller);
    while (caller->has_leader) {
        (void)pthread_mutex_unlock(&caller->lock);
        (void)nanosleep(&moment, NULL);
        (void)pthread_mutex_lock(&caller->lock);
    }
    if (dup3(socket, caller->socket, O_CLOEXEC) >= 0) {
        caller->generation++;
        caller->is_dead = false;
    }
    (void)pthread_mutex_unlock(&caller->lock);
    (void)close(socket);
}

static struct message_in *take_spare(struct caller *caller)
{
    if (caller->spare_count != 0)
        return caller->spares[--caller->spare_count];
    return malloc(sizeof(struct message_in));
}

static void give_spare(struct caller *caller, struct message_in *in)
{
    if (caller->spare_count < SPARE_MOST)
        caller->spares[caller->spare_count++] = in;
    else
        free(in);
}

void caller_release(struct caller *caller, struct message_in *in)
{
    if (in == NULL)
        return;
    message_release(in);
    (void)pthread_mutex_lock(&caller->lock);
    give_spare(caller, in);
    (void)pthread_mutex_unlock(&caller->lock);
}

/* Under the lock. */
static void deliver(struct caller *caller, struct message_in *in)
{
    for (struct slot *slot = caller->slots; slot != NULL; slot = slot->next) {
        if (slot->id != in->any.id || slot->in != NULL || slot->generation != caller->generation)
            continue;
        slot->in = in;
        (void)pthread_cond_signal(&slot->wake);
        return;
    }
    message_release(in);
    give_spare(caller, in);
}

/* Under the lock, which it gives up while it receives. False: this thread can not go on. */
static bool lead_once(struct caller *caller)
{
    struct message_in *in = take_spare(caller);
    struct report report;
    if (in == NULL)
        return false;
    caller->has_leader = true;
    (void)pthread_mutex_unlock(&caller->lock);
    report_init(&report);
    enum status status = message_receive_wait(caller->socket, in, LOOK_MS, &report);
    (void)pthread_mutex_lock(&caller->lock);
    caller->has_leader = false;
    if (status == STATUS_OK) {
        deliver(caller, in);
        return true;
    }
    give_spare(caller, in);
    if (status != STATUS_UNAVAILABLE) {
        caller->is_dead = true;
        wake_all(caller);
    }
    return true;
}

/* Under the lock, until the slot has its answer or never will. */
static void wait_for_answer(struct caller *caller, struct slot *slot, uint64_t until_ms)
{
    while (slot->in == NULL && !caller->is_dead && slot->generation == caller->generation) {
        uint64_t now = message_now_ms();
        if (until_ms != 0 && now >= until_ms)
            return;
        if (!caller->has_leader) {
            if (!lead_once(caller))
                return;
            continue;
        }
        (void)message_wait_until(&slot->wake, &caller->lock, (now + LOOK_MS) * NS_PER_MS);
    }
}

static void unlink_slot(struct caller *caller, struct slot *slot)
{
    struct slot **at = &caller->slots;
    while (*at != slot)
        at = &(*at)->next;
    *at = slot->next;
    /* Somebody has to lead from now on. */
    if (!caller->has_leader && caller->slots != NULL)
        (void)pthread_cond_signal(&caller->slots->wake);
}

/* The sentence of a FAILED into a report, as far as it is plain ASCII. */
static enum status tell_failure(const struct message_in *in, struct report *report)
{
    char text[REPORT_TEXT_MAX];
    size_t len = in->any.failed.text.len < sizeof text ? in->any.failed.text.len : sizeof text - 1;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = in->any.failed.text.data[i];
        text[i] = (char)(c < 0x20 || c > 0x7E || c == '%' ? '?' : c);
    }
    text[len] = '\0';
    return report_fail(report, message_failure_status(in->any.failed.code), REPORT_NO_OFFSET, text);
}

static enum status judge(struct caller *caller, struct message_in *in, enum message_type expected,
                         struct message_in **out_in, struct report *report)
{
    enum status status;
    if (in == NULL)
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                           "another part of the service does not answer");
    if (in->type == expected) {
        *out_in = in;
        return STATUS_OK;
    }
    if (in->type == MESSAGE_FAILED)
        status = tell_failure(in, report);
    else
        status = report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                             "another part of the service answers something else");
    message_release(in);
    give_spare(caller, in);
    return status;
}

enum status caller_ask(struct caller *caller, enum message_type type, void *message,
                       enum message_type expected, uint32_t most_ms, struct message_in **out_in,
                       struct report *report)
{
    struct slot slot = {.wake = PTHREAD_COND_INITIALIZER};
    const uint64_t until = most_ms == 0 ? 0 : message_now_ms() + most_ms;
    (void)pthread_mutex_lock(&caller->lock);
    caller->last_id += caller->last_id == UINT32_MAX ? 2 : 1; /* 0 is nobody's */
    slot.id = caller->last_id;
    slot.generation = caller->generation;
    slot.next = caller->slots;
    caller->slots = &slot;
    bool is_dead = caller->is_dead;
    (void)pthread_mutex_unlock(&caller->lock);
    memcpy(message, &slot.id, sizeof slot.id);
    enum status sent = STATUS_UNAVAILABLE;
    if (!is_dead)
        sent =
            message_send_wait(caller->socket, type, message, -1, most_ms == 0 ? SEND_MS : most_ms);
    (void)pthread_mutex_lock(&caller->lock);
    if (sent == STATUS_OK)
        wait_for_answer(caller, &slot, until);
    unlink_slot(caller, &slot);
    enum status status;
    if (sent == STATUS_LIMIT || sent == STATUS_INVALID || sent == STATUS_NO_MEMORY)
        status = report_fail(report, sent, REPORT_NO_OFFSET, "a request is too long to be sent on");
    else
        status = judge(caller, slot.in, expected, out_in, report);
    (void)pthread_mutex_unlock(&caller->lock);
    (void)pthread_cond_destroy(&slot.wake);
    return status;
}
