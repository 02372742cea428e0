/*
 * node/keys/slow.c: see slow.h.
 */
#include "node/keys/slow.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define SEND_MOST_MS   10000u
#define STOP_MOST_SECS 3

/* A ring of those who wait. */
struct line {
    uint32_t first, count;
    struct message_in *in[SLOW_WAITING_MAX];
};

struct slow {
    struct keys *keys;
    int link;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_stopping;
    struct line urgent, other;
    struct keys_answer answer;
};

static bool push(struct line *line, struct message_in *in)
{
    if (line->count == SLOW_WAITING_MAX)
        return false;
    line->in[(line->first + line->count++) % SLOW_WAITING_MAX] = in;
    return true;
}

static struct message_in *pop(struct line *line)
{
    if (line->count == 0)
        return NULL;
    struct message_in *in = line->in[line->first];
    line->first = (line->first + 1) % SLOW_WAITING_MAX;
    line->count--;
    return in;
}

static void drop(struct message_in *in)
{
    message_release(in);
    free(in);
}

/* NULL: the end. */
static struct message_in *next(struct slow *slow)
{
    struct message_in *in = NULL;
    (void)pthread_mutex_lock(&slow->lock);
    while (!slow->is_stopping && slow->urgent.count + slow->other.count == 0)
        (void)pthread_cond_wait(&slow->changed, &slow->lock);
    if (!slow->is_stopping) {
        in = pop(&slow->urgent);
        if (in == NULL)
            in = pop(&slow->other);
    }
    (void)pthread_mutex_unlock(&slow->lock);
    return in;
}

static void *run(void *context)
{
    struct slow *slow = context;
    struct message_in *in;
    while ((in = next(slow)) != NULL) {
        keys_answer(slow->keys, in->type, &in->any, &slow->answer);
        /* When main does not take it, main is gone: the other thread sees the link's end. */
        (void)!message_send_wait(slow->link, slow->answer.type, &slow->answer.any, -1,
                                 SEND_MOST_MS);
        keys_answer_wipe(&slow->answer);
        drop(in);
    }
    keys_close(slow->keys); /* here: slow_stop does not wait for ever */
    return NULL;
}

enum status slow_start(struct keys *keys, int link, struct slow **out_slow)
{
    struct slow *slow = calloc(1, sizeof *slow);
    if (slow == NULL)
        return STATUS_NO_MEMORY;
    slow->keys = keys;
    slow->link = link;
    if (keys_answer_init(&slow->answer) != STATUS_OK) {
        free(slow);
        return STATUS_NO_MEMORY;
    }
    (void)pthread_mutex_init(&slow->lock, NULL); /* neither fails on Linux */
    (void)pthread_cond_init(&slow->changed, NULL);
    if (pthread_create(&slow->thread, NULL, run, slow) != 0) {
        keys_answer_fini(&slow->answer);
        free(slow);
        return STATUS_NO_MEMORY;
    }
    *out_slow = slow;
    return STATUS_OK;
}

bool slow_put(struct slow *slow, struct message_in *in)
{
    struct line *line = in->type == MESSAGE_COUNTER ? &slow->urgent : &slow->other;
    (void)pthread_mutex_lock(&slow->lock);
    const bool is_taken = push(line, in);
    (void)pthread_cond_signal(&slow->changed);
    (void)pthread_mutex_unlock(&slow->lock);
    return is_taken;
}

bool slow_stop(struct slow *slow)
{
    struct timespec until;
    struct message_in *in;
    (void)pthread_mutex_lock(&slow->lock);
    slow->is_stopping = true;
    (void)pthread_cond_signal(&slow->changed);
    (void)pthread_mutex_unlock(&slow->lock);
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += STOP_MOST_SECS;
    if (pthread_clockjoin_np(slow->thread, NULL, CLOCK_MONOTONIC, &until) != 0)
        return false;
    while ((in = pop(&slow->urgent)) != NULL || (in = pop(&slow->other)) != NULL)
        drop(in);
    keys_answer_fini(&slow->answer);
    (void)pthread_cond_destroy(&slow->changed);
    (void)pthread_mutex_destroy(&slow->lock);
    free(slow);
    return true;
}
