/*
 * core/base/text.h: text for people, piece by piece into whatever takes it.
 *
 * A sink takes bytes; what it does when it is full is its own affair. What these functions write is
 * printable ASCII and newlines, whatever a name holds: text_name escapes it.
 */
#ifndef AETHER_BASE_TEXT_H
#define AETHER_BASE_TEXT_H

#include "core/base/bytes.h"

struct text_sink {
    void *context;
    void (*put)(void *context, struct bytes bytes);
};

/* Appends to the buffer; what does not fit is cut off. */
struct text_sink text_to_buffer(struct buffer *buffer);

void text_bytes(struct text_sink out, struct bytes bytes);
void text_word(struct text_sink out, const char *word);
void text_char(struct text_sink out, char c);
void text_number(struct text_sink out, uint64_t number);
void text_signed(struct text_sink out, int64_t number);
/* Lower case, no prefix; `digits` at least. */
void text_hex(struct text_sink out, uint64_t number, unsigned digits);

/* As the text format of WebAssembly writes a string, quotes included: a character that is not
 * plain ASCII by its code point, a byte that is no character by its value. */
void text_name(struct text_sink out, struct bytes name);
/* Without quotes. */
void text_escaped(struct text_sink out, struct bytes text);

#define TEXT_NOT_A_CHARACTER UINT32_MAX
/* Takes one character off `*text`, which is not empty; or a byte that is none. */
uint32_t text_take_character(struct bytes *text);

#endif
