/*
 * cli/json.h: a strict reader of JSON (RFC 8259) for files that tools made.
 *
 * The whole text becomes a tree in an arena. Without recursion; refused with the offset: more than
 * JSON_DEPTH_MAX levels, more than JSON_KEYS_MAX keys in an object, a key that comes twice, text
 * that is not UTF-8, half a surrogate pair, anything behind the value.
 *
 * Strings without escapes point into the input; so do numbers, which stay text.
 */
#ifndef AETHER_CLI_JSON_H
#define AETHER_CLI_JSON_H

#include "core/base/arena.h"
#include "core/base/report.h"

#define JSON_DEPTH_MAX 32
#define JSON_KEYS_MAX  64

enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json {
    enum json_kind kind;
    uint32_t count;      /* of an array's or object's items */
    struct bytes key;    /* in an object */
    struct bytes text;   /* of a string or number */
    struct json *first;  /* of an array or object */
    struct json *next;   /* in the same array or object */
    struct json *latest; /* the last item */
};

/* MALFORMED, LIMIT or NO_MEMORY. */
enum status MUST_CHECK json_read(struct bytes input, struct arena *arena,
                                 const struct json **out_value, struct report *report);

/* The value of a key; NULL when there is none, or when `object` is none (or NULL). */
const struct json *json_find(const struct json *object, const char *key);

/* The text of a string; false when `value` is none (or NULL). */
bool json_text(const struct json *value, struct bytes *out_text);

/* A whole number that is not negative; false when `value` is none (or NULL). */
bool json_number(const struct json *value, uint64_t *out_number);

#endif
