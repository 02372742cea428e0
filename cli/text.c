/*
 * cli/text.c: bytes of anybody, shown so that a terminal or a JSON reader takes no harm.
 *
 * Names of modules are UTF-8, file names may be anything. What leaves is printable ASCII: a
 * character that is not is escaped by its code point, a byte that is no character by its value.
 */
#include "cli/cli.h"

#define NOT_A_CHARACTER UINT32_MAX

/* Takes one character off `*text`, or one byte that is none: NOT_A_CHARACTER. */
static uint32_t take_character(struct bytes *text)
{
    const uint8_t *p = text->data;
    size_t len = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    uint32_t character = NOT_A_CHARACTER;
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

void cli_print_hex(FILE *out, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        (void)fprintf(out, "%02x", bytes.data[i]);
}

void cli_print_json(FILE *out, struct bytes text)
{
    (void)fputc('"', out);
    while (text.len != 0) {
        uint32_t c = take_character(&text);
        if (c == NOT_A_CHARACTER)
            (void)fputs("\\ufffd", out);
        else if (is_plain(c))
            (void)fputc((int)c, out);
        else if (c < 0x10000)
            (void)fprintf(out, "\\u%04x", (unsigned)c);
        else
            (void)fprintf(out, "\\u%04x\\u%04x", (unsigned)(0xD7C0 + (c >> 10)),
                          (unsigned)(0xDC00 + (c & 0x3FF)));
    }
    (void)fputc('"', out);
}

static void print_escaped(FILE *out, struct bytes text)
{
    while (text.len != 0) {
        const uint8_t *byte = text.data;
        uint32_t c = take_character(&text);
        if (is_plain(c))
            (void)fputc((int)c, out);
        else if (c == NOT_A_CHARACTER || c < 0x80)
            (void)fprintf(out, "\\%02x", *byte);
        else
            (void)fprintf(out, "\\u{%x}", (unsigned)c);
    }
}

void cli_print_name(FILE *out, struct bytes name)
{
    (void)fputc('"', out);
    print_escaped(out, name);
    (void)fputc('"', out);
}

void cli_print_path(FILE *out, const char *path)
{
    print_escaped(out, bytes_of(path, strlen(path)));
}
