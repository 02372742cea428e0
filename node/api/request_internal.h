/*
 * node/api/request_internal.h: what the files of the request parser share.
 */
#ifndef AETHER_NODE_API_REQUEST_INTERNAL_H
#define AETHER_NODE_API_REQUEST_INTERNAL_H

#include "node/api/request.h"

/* The taker of the inner reader; its context is the parser. */
enum status request_take_inner(void *context, struct api_json *json, enum api_json_event event,
                               struct bytes text);
/* The inner text is whole: has the request all that it must have? */
enum status request_finish_inner(struct api_parser *parser);

/* LIMIT when it is too long. */
enum status request_append(struct api_text *text, struct bytes piece, struct report *report);

ALWAYS_INLINE struct bytes request_text(const struct api_text *text)
{
    return bytes_of(text->data, text->len);
}

static inline bool request_is_word(struct bytes text, const char *word)
{
    return bytes_equal(text, bytes_of(word, strlen(word)));
}

#endif
