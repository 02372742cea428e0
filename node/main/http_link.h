/*
 * node/main/http_link.h: one link on which many fetches have questions open, each with any number
 * of answers. Of node/main/http_*.c.
 *
 * caller.h gives one answer to a question; a fetch gets several (FETCH_CONNECT at each hop), and
 * has to come back when it is cancelled. So a thread receives here, and each fetch waits on a
 * condition of its own.
 */
#ifndef AETHER_NODE_MAIN_HTTP_LINK_H
#define AETHER_NODE_MAIN_HTTP_LINK_H

#include <pthread.h>

#include "node/message/message.h"

#define HTTP_WAIT_MOST 4u /* answers that are there and not yet taken; more are thrown away */

struct http_link;

/* Somebody who asks; one question at a time. Lives as long as its maker wants: init, then begin and
 * end for each question. */
struct http_wait {
    struct http_wait *next;
    uint32_t id; /* of the question, between begin and end */
    bool is_lost, is_cancelled;
    unsigned count;
    struct message_in *queue[HTTP_WAIT_MOST];
    pthread_cond_t wake;
};

enum status MUST_CHECK http_wait_init(struct http_wait *wait, struct report *report);
void http_wait_fini(struct http_wait *wait);

/* `socket` may be -1. Taken over, also when it fails. */
enum status MUST_CHECK http_link_create(int socket, struct http_link **out_link,
                                        struct report *report);
void http_link_destroy(struct http_link *link);
/* Who waits has lost. */
void http_link_replace(struct http_link *link, int socket);

void http_link_begin(struct http_link *link, struct http_wait *wait);
/* What came and was not taken is thrown away. */
void http_link_end(struct http_link *link, struct http_wait *wait);
/* From any thread: every http_link_take of it, now or later, is DENIED. */
void http_link_cancel(struct http_link *link, struct http_wait *wait);

/* UNAVAILABLE: the role is away. */
enum status MUST_CHECK http_link_send(struct http_link *link, enum message_type type,
                                      const void *message);

/* The next answer; give it back with http_message_free. UNAVAILABLE: the role went away; LIMIT: not
 * until then (monotonic clock, ns); DENIED: cancelled. */
enum status MUST_CHECK http_link_take(struct http_link *link, struct http_wait *wait,
                                      uint64_t until_ns, struct message_in **out_in);
void http_message_free(struct message_in *in);

#endif
