/*
 * suite/text.h: a line of text for a person, built without libc. What does not fit is cut.
 */
#ifndef AETHER_SUITE_TEXT_H
#define AETHER_SUITE_TEXT_H

#include "core/base/bytes.h"

#define SUITE_TEXT_MAX 320

struct suite_text {
    size_t len;
    char text[SUITE_TEXT_MAX]; /* NUL-terminated */
};

void suite_text_reset(struct suite_text *text);
void suite_text_add(struct suite_text *text, const char *words);
void suite_text_add_number(struct suite_text *text, uint64_t number);
/* "0x" and at least one digit. */
void suite_text_add_hex(struct suite_text *text, uint64_t number);
/* In quotes; anything but printable ASCII is escaped, more than 64 bytes are cut. */
void suite_text_add_name(struct suite_text *text, struct bytes name);

#endif
