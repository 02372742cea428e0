/*
 * node/api/json_internal.h: what the files of the streaming reader share.
 */
#ifndef AETHER_NODE_API_JSON_INTERNAL_H
#define AETHER_NODE_API_JSON_INTERNAL_H

#include "node/api/json.h"

enum json_state {
    STATE_VALUE,
    STATE_FIRST_VALUE,
    STATE_FIRST_KEY,
    STATE_KEY,
    STATE_COLON,
    STATE_AFTER,
    STATE_WORD,

    STATE_STRING,
    STATE_ESCAPE, /* after a backslash */
    STATE_HEX,
    STATE_LOW_BACKSLASH, /* after the first half of a surrogate pair */
    STATE_LOW_U,

    STATE_NUMBER_MINUS,
    STATE_NUMBER_ZERO,
    STATE_NUMBER_WHOLE,
    STATE_NUMBER_POINT,
    STATE_NUMBER_FRACTION,
    STATE_NUMBER_E,
    STATE_NUMBER_SIGN,
    STATE_NUMBER_EXPONENT,

    STATE_BYTES_FIRST,
    STATE_BYTES_NUMBER,
    STATE_BYTES_AFTER,
    STATE_BYTES_NEXT,
};

ALWAYS_INLINE void json_skip(struct api_json *json, struct bytes *rest, size_t len)
{
    rest->data += len;
    rest->len -= len;
    json->offset += len;
}

enum status json_refuse(struct api_json *json, enum status status, const char *sentence);
enum status json_tell(struct api_json *json, enum api_json_event event, struct bytes text);
enum status json_end_level(struct api_json *json, bool is_object);
enum status json_end_key(struct api_json *json);

enum status json_begin_string(struct api_json *json, bool is_key);
enum status json_take_string(struct api_json *json, struct bytes *rest);
enum status json_take_escape(struct api_json *json, uint8_t c);

enum status json_begin_number(struct api_json *json, uint8_t c);
enum status json_take_number(struct api_json *json, struct bytes *rest);
enum status json_end_number(struct api_json *json);
enum status json_take_bytes(struct api_json *json, struct bytes *rest);

#endif
