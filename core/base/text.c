/*
 * core/base/text.c: words, numbers and names into sinks.
 */
#include "core/base/text.h"

#include "core/base/utf8.h"

static void put_in_buffer(void *context, struct bytes bytes)
{
    struct buffer *buffer = context;
    size_t room = buffer->cap - buffer->len;
    size_t len = bytes.len < room ? bytes.len : room;
    if (len != 0)
        memcpy(buffer->data + buffer->len, bytes.data, len);
    buffer->len += len;
}

struct text_sink text_to_buffer(struct buffer *buffer)
{
    return (struct text_sink){buffer, put_in_buffer};
}

void text_bytes(struct text_sink out, struct bytes bytes)
{
    out.put(out.context, bytes);
}

void text_word(struct text_sink out, const char *word)
{
    size_t len = 0;
    while (word[len] != '\0')
        len++;
    text_bytes(out, bytes_of(word, len));
}

void text_char(struct text_sink out, char c)
{
    text_bytes(out, bytes_of(&c, 1));
}

void text_number(struct text_sink out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    text_bytes(out, bytes_of(digits + at, sizeof digits - at));
}

void text_signed(struct text_sink out, int64_t number)
{
    if (number < 0)
        text_char(out, '-');
    text_number(out, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void text_hex(struct text_sink out, uint64_t number, unsigned digits)
{
    char text[16];
    size_t at = sizeof text;
    while (at != 0 && (number != 0 || sizeof text - at < digits || at == sizeof text)) {
        text[--at] = "0123456789abcdef"[number & 15];
        number >>= 4;
    }
    text_bytes(out, bytes_of(text + at, sizeof text - at));
}

uint32_t text_take_character(struct bytes *text)
{
    const uint8_t *p = text->data;
    size_t len = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    uint32_t character = TEXT_NOT_A_CHARACTER;
    if (len > text->len || !utf8_is_valid(bytes_of(p, len)))
        len = 1;
    else if (len == 1)
        character = p[0];
    else
        character = p[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++)
        character = character << 6 | (p[i] & 0x3F);
    *text = bytes_of(p + len, text->len - len);
    return character;
}

static bool is_plain(uint32_t character)
{
    return character >= 0x20 && character < 0x7F && character != '"' && character != '\\';
}

void text_escaped(struct text_sink out, struct bytes text)
{
    while (text.len != 0) {
        const uint8_t *byte = text.data;
        uint32_t c = text_take_character(&text);
        if (is_plain(c)) {
            text_char(out, (char)c);
        } else if (c == TEXT_NOT_A_CHARACTER || c < 0x80) {
            text_char(out, '\\');
            text_hex(out, *byte, 2);
        } else {
            text_word(out, "\\u{");
            text_hex(out, c, 1);
            text_char(out, '}');
        }
    }
}

void text_name(struct text_sink out, struct bytes name)
{
    text_char(out, '"');
    text_escaped(out, name);
    text_char(out, '"');
}
