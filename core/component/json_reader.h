/*
 * core/component/json_reader.h: tokens of JSON, for json_*.c alone.
 *
 * A position never passes the end; the whole text was found to be UTF-8 before.
 */
#ifndef AETHER_COMPONENT_JSON_READER_H
#define AETHER_COMPONENT_JSON_READER_H

#include "core/component/value_build.h"

struct json_reader {
    struct bytes text;
    size_t at;
    struct arena *arena;
    struct report *report;
    struct value_labels labels;
};

enum status MUST_CHECK from_json_begin(struct json_reader *reader, struct bytes text,
                                       struct arena *arena, struct report *report);

/* MALFORMED, here. */
static inline enum status from_json_fail(struct json_reader *reader, const char *sentence)
{
    return report_fail(reader->report, STATUS_MALFORMED, reader->at, sentence);
}

/* The next character that is no white space; '\0': the end. It is not taken. */
uint8_t from_json_peek(struct json_reader *reader);
bool from_json_take(struct json_reader *reader, char c);
enum status MUST_CHECK from_json_expect(struct json_reader *reader, char c, const char *sentence);
bool from_json_take_word(struct json_reader *reader, const char *word); /* null, true, false */

/* Behind an item: a comma, or what closes. `*out_more`: another item follows. */
enum status MUST_CHECK from_json_separator(struct json_reader *reader, char close, bool *out_more);

/* Fails with `sentence` unless a string, a number is next. */
enum status MUST_CHECK from_json_string(struct json_reader *reader, const char *sentence,
                                        struct bytes *out_string);
enum status MUST_CHECK from_json_number(struct json_reader *reader, const char *sentence,
                                        struct bytes *out_number);

/* A string and the ':' behind it. */
enum status MUST_CHECK from_json_key(struct json_reader *reader, struct bytes *out_key);

/* Passes over any value. */
enum status MUST_CHECK from_json_skip(struct json_reader *reader);

/* ---- json_parse.c ---- */

enum status MUST_CHECK from_json_plain(struct json_reader *reader,
                                       const struct component_type *type,
                                       struct component_value *out_value);
/* [item, item]: how an item is read is the caller's, for both forms have it so. */
typedef enum status from_json_item_fn(struct json_reader *reader, const struct component_type *type,
                                      struct component_value *out_value);
enum status MUST_CHECK from_json_list(struct json_reader *reader, const struct component_type *type,
                                      from_json_item_fn *item, struct component_value *out_value);
enum status MUST_CHECK from_json_tuple(struct json_reader *reader,
                                       const struct component_type *type, from_json_item_fn *item,
                                       struct component_value *out_value);
enum status MUST_CHECK from_json_label(struct json_reader *reader,
                                       const struct component_type *type, struct bytes name,
                                       uint32_t guess, uint32_t *out_index);
enum status MUST_CHECK from_json_flags(struct json_reader *reader,
                                       const struct component_type *type,
                                       struct component_value *out_value);
/* After the last field: those that did not come. */
enum status MUST_CHECK from_json_record_end(struct json_reader *reader, struct value_record *record,
                                            struct component_value *out_value);

/* ---- json_tagged.c ---- */

enum status MUST_CHECK from_json_tagged(struct json_reader *reader,
                                        const struct component_type *type,
                                        struct component_value *out_value);

#endif
