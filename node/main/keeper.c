/*
 * node/main/keeper.c: see keeper.h.
 */
#include "node/main/keeper.h"

#include <stdlib.h>

#include "node/log/check.h"
#include "node/main/rest.h"
#include "node/message/clock.h"

#define HEAD_SECONDS 60u
#define TRIES        5

struct keeper {
    struct hub *hub;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_ending;
    uint64_t signed_seq; /* the line of the last head itself */
};

/* The head of the log, signed. What is written meanwhile stands between: the checker looks back so
 * far, and a head that came too late is signed anew. */
static void sign_head(struct keeper *keeper)
{
    struct hub *hub = keeper->hub;
    uint8_t hash[32], now[32];
    for (int i = 0; i < TRIES; i++) {
        const uint64_t seq = log_last(hub->log, hash);
        struct message_sign sign = {.purpose = MESSAGE_PURPOSE_LOG_HEAD,
                                    .digest = bytes_of(hash, sizeof hash)};
        struct message_in *in;
        if (seq == keeper->signed_seq ||
            caller_ask(hub->keys, MESSAGE_SIGN, &sign, MESSAGE_SIGNATURE, HUB_KEYS_MS, &in, NULL) !=
                STATUS_OK)
            return;
        const struct log_entry entry = {
            .kind = "head", .signature = in->any.signature.signature, .signed_seq = seq};
        const bool is_near = log_last(hub->log, now) - seq < LOG_CHECK_RECENT / 2;
        if (is_near && log_write(hub->log, &entry) == STATUS_OK)
            keeper->signed_seq = log_last(hub->log, now);
        caller_release(hub->keys, in);
        if (is_near)
            return;
    }
}

static void *keep(void *context)
{
    struct keeper *keeper = context;
    unsigned seconds = 0;
    (void)pthread_mutex_lock(&keeper->lock);
    while (!keeper->is_ending) {
        (void)message_wait_until(&keeper->wake, &keeper->lock, message_now_ns() + NS_PER_SEC);
        (void)pthread_mutex_unlock(&keeper->lock);
        if (++seconds % HEAD_SECONDS == 0)
            sign_head(keeper);
        rest_look(keeper->hub);
        (void)!log_sync(keeper->hub->log); /* a durable line will say so */
        (void)pthread_mutex_lock(&keeper->lock);
    }
    (void)pthread_mutex_unlock(&keeper->lock);
    return NULL;
}

enum status keeper_create(struct hub *hub, struct keeper **out_keeper, struct report *report)
{
    struct keeper *keeper = calloc(1, sizeof *keeper);
    if (keeper == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a thread");
    keeper->hub = hub;
    (void)pthread_mutex_init(&keeper->lock, NULL);
    (void)pthread_cond_init(&keeper->wake, NULL);
    if (lane_start_thread(keep, keeper, &keeper->thread)) {
        *out_keeper = keeper;
        return STATUS_OK;
    }
    free(keeper);
    return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "no thread");
}

void keeper_destroy(struct keeper *keeper)
{
    if (keeper == NULL)
        return;
    (void)pthread_mutex_lock(&keeper->lock);
    keeper->is_ending = true;
    (void)pthread_cond_signal(&keeper->wake);
    (void)pthread_mutex_unlock(&keeper->lock);
    (void)pthread_join(keeper->thread, NULL);
    sign_head(keeper);
    (void)!log_sync(keeper->hub->log);
    (void)pthread_mutex_destroy(&keeper->lock);
    (void)pthread_cond_destroy(&keeper->wake);
    free(keeper);
}
