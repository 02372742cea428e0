/*
 * node/api/reply.h: what main answered, as the JSON that the client gets.
 *
 * Shapes are those of the original service (docs/protocol.md). What comes from a cell is checked to
 * be one well-formed array before it stands in a reply.
 */
#ifndef AETHER_NODE_API_REPLY_H
#define AETHER_NODE_API_REPLY_H

#include "node/api/request.h"
#include "node/api/text.h"
#include "node/message/message.h"

/* What api itself counts; the other numbers are main's. */
struct api_counts {
    uint64_t connections;
    uint64_t frames;
};

/* A reply being made: its text, then its frame. */
struct api_reply {
    uint32_t frame_max;
    struct api_memory *text;  /* scratch */
    struct api_memory *frame; /* empty before */
};

/* Requests that nobody else is needed for: Ping, Healthz. */
enum status MUST_CHECK api_reply_self(const struct api_reply *reply,
                                      const struct api_request *request);

/* `message` answers `request`; FAILED does for each. Anything but OK: `why` has a sentence for
 * api_reply_error, and the frame is empty. */
enum status MUST_CHECK api_reply_answer(const struct api_reply *reply,
                                        const struct api_request *request,
                                        const struct api_counts *counts, enum message_type type,
                                        const union message_any *message, struct report *why);

/* In the form that the request's replies have; `sentence` is UTF-8. */
enum status MUST_CHECK api_reply_error(const struct api_reply *reply,
                                       const struct api_request *request, struct bytes sentence);

/* {"Error": [...]}: there is no request to answer. */
enum status MUST_CHECK api_reply_refusal(const struct api_reply *reply, struct bytes sentence);

#endif
