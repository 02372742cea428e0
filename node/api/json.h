/*
 * node/api/json.h: a streaming reader of JSON (RFC 8259) from strangers: bytes in, events out.
 *
 * No tree, no recursion, no allocation: what is open stands in a stack with limits. Text comes in
 * pieces of any size; what is said does not depend on where they are cut.
 * Refused with the offset: anything that is not JSON, text that is not UTF-8, half a surrogate
 * pair, a key twice in an object, more than one value, and what is over the limits below.
 *
 * The taker may ask, while it is told of an array,
 *   - for its bytes (api_json_want_bytes): the array may hold whole numbers of 0 to 255 alone, and
 *     they come as bytes, many at once;
 *   - for its text (api_json_copy): all of it as it stood, to the end of the array.
 */
#ifndef AETHER_NODE_API_JSON_H
#define AETHER_NODE_API_JSON_H

#include "core/base/report.h"
#include "node/api/memory.h"

#define API_JSON_DEPTH_MAX     64u   /* arrays and objects in each other */
#define API_JSON_KEYS_MAX      64u   /* in one object */
#define API_JSON_OPEN_KEYS_MAX 256u  /* in all objects that are open */
#define API_JSON_KEY_TEXT_MAX  4096u /* their text together */
#define API_JSON_TOKEN_MAX     256u  /* one key, one number */

enum api_json_event {
    API_JSON_OBJECT,
    API_JSON_OBJECT_END,
    API_JSON_ARRAY,
    API_JSON_ARRAY_END,
    API_JSON_KEY,    /* text: all of it, decoded */
    API_JSON_STRING, /* one begins; its text follows in pieces, which may cut characters */
    API_JSON_PIECE,
    API_JSON_STRING_END,
    API_JSON_NUMBER, /* text: all of it */
    API_JSON_TRUE,
    API_JSON_FALSE,
    API_JSON_NULL,
    API_JSON_BYTES, /* text: bytes of an array of numbers */
};

struct api_json;

/* json->depth counts what is open, with what begins and without what ends here. What it returns
 * ends the reading, unless OK. */
typedef enum status (*api_json_fn)(void *context, struct api_json *json, enum api_json_event event,
                                   struct bytes text);

struct api_json {
    api_json_fn take;
    void *context;
    struct report *report;
    uint64_t offset; /* of the byte that is looked at */
    enum status status;
    uint32_t depth;

    uint8_t state;
    uint8_t after_bytes; /* where a number of an array of bytes leads */
    bool is_key;
    bool wants_bytes;
    uint8_t sequence_left; /* of a character of more than one byte */
    uint8_t sequence_least, sequence_most;
    uint8_t hex_left;
    uint16_t hex_unit, high_unit;
    const char *word;

    struct api_memory *copy;
    const uint8_t *copy_from; /* in the piece that is being read */
    const uint8_t *at;
    uint32_t copy_depth;

    uint32_t token_len;
    uint8_t token[API_JSON_TOKEN_MAX];
    bool is_object[API_JSON_DEPTH_MAX];
    uint16_t first_key[API_JSON_DEPTH_MAX]; /* of each level, in keys */
    uint16_t key_count;
    uint16_t keys[API_JSON_OPEN_KEYS_MAX + 1]; /* where each begins in key_text; then the end */
    uint8_t key_text[API_JSON_KEY_TEXT_MAX];
};

/* `report` may be NULL. */
void api_json_init(struct api_json *json, api_json_fn take, void *context, struct report *report);

/* MALFORMED, LIMIT, or what the taker or the memory of a copy said; once it failed, always. */
enum status MUST_CHECK api_json_feed(struct api_json *json, struct bytes piece);
/* There is no more: OK when exactly one value was there. */
enum status MUST_CHECK api_json_finish(struct api_json *json);

/* Of the taker, while it is told of API_JSON_ARRAY. */
void api_json_want_bytes(struct api_json *json);
void api_json_copy(struct api_json *json, struct api_memory *memory);

/* Is `text` one well-formed array? */
enum status MUST_CHECK api_json_check_array(struct bytes text, struct report *report);

#endif
