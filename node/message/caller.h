/*
 * node/message/caller.h: questions from many threads over one link, each waiting for its answer.
 *
 * No thread of its own: whoever waits and finds nobody receiving receives for all. A link that ends
 * fails everyone who waits; caller_replace gives a new one.
 */
#ifndef AETHER_NODE_MESSAGE_CALLER_H
#define AETHER_NODE_MESSAGE_CALLER_H

#include "node/message/message.h"

struct caller;

enum status MUST_CHECK caller_create(int socket, struct caller **out_caller, struct report *report);
/* Nobody waits any more. Closes the socket. */
void caller_destroy(struct caller *caller);

/* The link to a role that was started again; those who wait fail. Takes the socket over. */
void caller_replace(struct caller *caller, int socket);

/* Sends (`message` gets its id here), waits for the answer: `*out_in` is the caller's to give back
 * with caller_release. OK: an answer of type `expected`. FAILED answers become a status by their
 * code (INVALID, DENIED, NOT_FOUND, LIMIT, TAMPERED, else UNAVAILABLE) with the sentence in
 * `report` (may be NULL), as do a link that ends and an answer that does not come in time (0: no
 * limit). */
enum status MUST_CHECK caller_ask(struct caller *caller, enum message_type type, void *message,
                                  enum message_type expected, uint32_t most_ms,
                                  struct message_in **out_in, struct report *report);
void caller_release(struct caller *caller, struct message_in *in);

#endif
