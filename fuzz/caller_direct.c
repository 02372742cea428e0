/*
 * fuzz/caller_direct.c: in the place of node/message/caller.c: a question is a function call, so
 * that a fuzzer gets through many more of them. tests/support/record_check.c says who answers.
 *
 * What is answered goes through the codec as it would on a link.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/record_check.h"

#define CALLERS_MAX 1024
#define SPARE_MOST  8

struct caller {
    int socket;
};

static record_answer_fn *answers[CALLERS_MAX];
static void *contexts[CALLERS_MAX];

/* A message has 64 KiB: under sanitizers it is dear to make one for each question. */
static struct message_in *spares[SPARE_MOST];
static unsigned spare_count;
static pthread_mutex_t spare_lock = PTHREAD_MUTEX_INITIALIZER;

static struct message_in *take_spare(void)
{
    struct message_in *in = NULL;
    (void)pthread_mutex_lock(&spare_lock);
    if (spare_count != 0)
        in = spares[--spare_count];
    (void)pthread_mutex_unlock(&spare_lock);
    if (in == NULL)
        in = malloc(sizeof *in);
    ASSERT(in != NULL);
    return in;
}

static void give_spare(struct message_in *in)
{
    (void)pthread_mutex_lock(&spare_lock);
    if (spare_count < SPARE_MOST) {
        spares[spare_count++] = in;
        in = NULL;
    }
    (void)pthread_mutex_unlock(&spare_lock);
    free(in);
}

void caller_direct_serve(int socket, record_answer_fn *answer, void *context)
{
    ASSERT(socket >= 0 && socket < CALLERS_MAX);
    answers[socket] = answer;
    contexts[socket] = context;
}

enum status caller_create(int socket, struct caller **out_caller, struct report *report)
{
    (void)report;
    struct caller *caller = malloc(sizeof *caller);
    ASSERT(caller != NULL);
    caller->socket = socket;
    *out_caller = caller;
    return STATUS_OK;
}

void caller_destroy(struct caller *caller)
{
    if (caller != NULL)
        (void)close(caller->socket);
    free(caller);
}

void caller_replace(struct caller *caller, int socket)
{
    (void)close(caller->socket);
    caller->socket = socket;
}

void caller_release(struct caller *caller, struct message_in *in)
{
    (void)caller;
    if (in == NULL)
        return;
    message_release(in);
    give_spare(in);
}

enum status caller_ask(struct caller *caller, enum message_type type, void *message,
                       enum message_type expected, uint32_t most_ms, struct message_in **out_in,
                       struct report *report)
{
    union message_any answer;
    uint64_t body_len = 0;
    (void)most_ms;
    memcpy(message, &(uint32_t){1}, sizeof(uint32_t));
    enum message_type got =
        answers[caller->socket](contexts[caller->socket], type, message, &answer);
    struct message_in *in = take_spare();
    struct buffer packet = {.data = in->packet, .cap = sizeof in->packet};
    in->fd = -1;
    in->map = NULL;
    enum status status = message_encode(got, &answer, &packet);
    in->packet_len = packet.len;
    if (status == STATUS_OK)
        status = message_decode(buffer_bytes(&packet), &in->type, &in->any, &body_len, report);
    if (status != STATUS_OK || body_len != 0) /* a link would have ended, or mapped it */
        status = report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "no answer to be read");
    else if (in->type == MESSAGE_FAILED)
        status = report_fail(report, message_failure_status(in->any.failed.code), REPORT_NO_OFFSET,
                             "refused");
    else if (in->type != expected)
        status = report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, "something else");
    if (status == STATUS_OK)
        *out_in = in;
    else
        caller_release(caller, in);
    return status;
}

/* Linked in the place of nanosleep (--wrap): the store's pauses before it asks a hostile io again
 * are no part of what is tried, and most of its time. */
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left); /* NOLINT: --wrap's */
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left)  /* NOLINT: --wrap's */
{
    (void)wanted;
    (void)left;
    return 0;
}
