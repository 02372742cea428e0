/*
 * suite/text.c: a line of text, piece by piece.
 */
#include "suite/text.h"

#define NAME_SHOWN_MAX 64

void suite_text_reset(struct suite_text *text)
{
    text->len = 0;
    text->text[0] = '\0';
}

static void add_char(struct suite_text *text, char c)
{
    if (text->len + 1 < SUITE_TEXT_MAX) {
        text->text[text->len++] = c;
        text->text[text->len] = '\0';
    }
}

void suite_text_add(struct suite_text *text, const char *words)
{
    for (; *words != '\0'; words++)
        add_char(text, *words);
}

static void add_based(struct suite_text *text, uint64_t number, unsigned base)
{
    char digits[20];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (count != 0)
        add_char(text, digits[--count]);
}

void suite_text_add_number(struct suite_text *text, uint64_t number)
{
    add_based(text, number, 10);
}

void suite_text_add_hex(struct suite_text *text, uint64_t number)
{
    suite_text_add(text, "0x");
    add_based(text, number, 16);
}

void suite_text_add_name(struct suite_text *text, struct bytes name)
{
    size_t shown = name.len < NAME_SHOWN_MAX ? name.len : NAME_SHOWN_MAX;
    add_char(text, '"');
    for (size_t i = 0; i < shown; i++) {
        uint8_t c = name.data[i];
        if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
            add_char(text, (char)c);
        } else {
            add_char(text, '\\');
            add_char(text, "0123456789abcdef"[c >> 4]);
            add_char(text, "0123456789abcdef"[c & 15]);
        }
    }
    suite_text_add(text, shown < name.len ? "\"+" : "\"");
}
