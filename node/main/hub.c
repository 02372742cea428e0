/*
 * node/main/hub.c: jobs, links and answers. See hub.h.
 */
#include "node/main/hub.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/utf8.h"

struct link *hub_link(struct hub *hub)
{
    (void)pthread_mutex_lock(&hub->lock);
    struct link *link = hub->api;
    link->references++;
    (void)pthread_mutex_unlock(&hub->lock);
    return link;
}

void hub_link_release(struct hub *hub, struct link *link)
{
    (void)pthread_mutex_lock(&hub->lock);
    const bool is_last = --link->references == 0;
    (void)pthread_mutex_unlock(&hub->lock);
    if (!is_last)
        return;
    if (link->socket >= 0)
        (void)close(link->socket); /* nothing is in flight that anybody waits for */
    free(link);
}

bool hub_link_replace(struct hub *hub, int socket)
{
    struct link *link = calloc(1, sizeof *link);
    if (link == NULL)
        return false;
    *link = (struct link){.socket = socket, .references = 1};
    /* Reading until nothing is there costs no question whether something is. */
    const int flags = fcntl(socket, F_GETFL);
    if (flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK) != 0) {
        free(link);
        return false;
    }
    (void)pthread_mutex_lock(&hub->lock);
    struct link *before = hub->api;
    hub->api = link;
    (void)pthread_mutex_unlock(&hub->lock);
    if (before != NULL)
        hub_link_release(hub, before);
    return true;
}

void hub_tell_generation(struct hub *hub)
{
    struct link *link = hub_link(hub);
    (void)pthread_mutex_lock(&hub->lock);
    struct message_generation generation = {.generation = hub->generation};
    (void)pthread_mutex_unlock(&hub->lock);
    /* A new api asks anew; one that does not read is dead. */
    (void)!message_send_wait(link->socket, MESSAGE_GENERATION, &generation, -1, HUB_SEND_MS);
    hub_link_release(hub, link);
}

struct job *job_create(struct hub *hub, struct link *link)
{
    struct job *job = malloc(sizeof *job);
    if (job == NULL)
        return NULL;
    job->next = NULL;
    job->hub = hub;
    job->link = link;
    job->app = NULL;
    job->arrived_ns = 0;
    job->is_refused = false;
    job->in.fd = -1;
    job->in.map = NULL;
    job->in.map_len = 0;
    job->in.packet_len = 0;
    return job;
}

void job_destroy(struct job *job)
{
    message_release(&job->in);
    hub_link_release(job->hub, job->link);
    free(job);
}

void job_answer(struct job *job, enum message_type type, void *message)
{
    memcpy(message, &job->in.any.id, sizeof job->in.any.id);
    enum status status = message_send(job->link->socket, type, message, -1);
    if (status == STATUS_UNAVAILABLE)
        status = message_send_wait(job->link->socket, type, message, -1, HUB_SEND_MS);
    if (status == STATUS_LIMIT || status == STATUS_NO_MEMORY)
        job_fail(job, MESSAGE_FAILURE_LIMIT, "the answer is too large");
}

void job_fail(struct job *job, enum message_failure code, const char *text)
{
    struct message_failed failed = {
        .id = job->in.any.id, .code = code, .text = bytes_of(text, strlen(text))};
    if (failed.text.len > MESSAGE_TEXT_MAX || !utf8_is_valid(failed.text))
        failed.text = BYTES_LITERAL("failed");
    (void)!message_send_wait(job->link->socket, MESSAGE_FAILED, &failed, -1, HUB_SEND_MS);
}

enum message_failure hub_failure_of(enum status status)
{
    switch (status) {
    case STATUS_DENIED:
        return MESSAGE_FAILURE_DENIED;
    case STATUS_NOT_FOUND:
        return MESSAGE_FAILURE_NOT_FOUND;
    case STATUS_LIMIT:
        return MESSAGE_FAILURE_LIMIT;
    case STATUS_TAMPERED:
        return MESSAGE_FAILURE_TAMPERED;
    case STATUS_UNAVAILABLE:
    case STATUS_NO_MEMORY:
        return MESSAGE_FAILURE_UNAVAILABLE;
    default:
        return MESSAGE_FAILURE_INVALID;
    }
}

void job_fail_status(struct job *job, enum status status, const struct report *report)
{
    job_fail(job, hub_failure_of(status), report->is_set ? report->text : status_text(status));
}
