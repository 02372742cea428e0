/*
 * core/component/wave_reader.h: tokens of WAVE, for text_*.c alone.
 *
 * A position never passes the end; every token skips white space and comments in front of it. The
 * whole text was found to be UTF-8 before.
 */
#ifndef AETHER_COMPONENT_WAVE_READER_H
#define AETHER_COMPONENT_WAVE_READER_H

#include "core/component/value_build.h"

struct wave_reader {
    struct bytes text;
    size_t at;
    struct arena *arena;
    struct report *report;
    struct value_labels labels;
};

/* MALFORMED if the text is not UTF-8. */
enum status MUST_CHECK wave_begin(struct wave_reader *reader, struct bytes text,
                                  struct arena *arena, struct report *report);

/* MALFORMED, here. */
static inline enum status wave_fail(struct wave_reader *reader, const char *sentence)
{
    return report_fail(reader->report, STATUS_MALFORMED, reader->at, sentence);
}

/* The next character that is none of white space and comments; '\0': the end. It is not taken. */
uint8_t wave_peek(struct wave_reader *reader);
bool wave_take(struct wave_reader *reader, char c);
enum status MUST_CHECK wave_expect(struct wave_reader *reader, char c, const char *sentence);
enum status MUST_CHECK wave_expect_end(struct wave_reader *reader);

/* A label or keyword; empty: the next token is none. `*out_is_plain`: without '%' in front. */
struct bytes wave_word(struct wave_reader *reader, bool *out_is_plain);

/* A number, or -inf; empty: the next token is none. */
struct bytes wave_number(struct wave_reader *reader);

/* 'c' and "text". */
enum status MUST_CHECK wave_char(struct wave_reader *reader, uint32_t *out_code);
enum status MUST_CHECK wave_string(struct wave_reader *reader, struct bytes *out_string);

/* One value of the type (text_parse.c). */
enum status MUST_CHECK wave_value(struct wave_reader *reader, const struct component_type *type,
                                  struct component_value *out_value);

/* true, false, inf, nan, some, none, ok, err: as labels they want a '%'. */
bool wave_is_keyword(struct bytes word);

#endif
