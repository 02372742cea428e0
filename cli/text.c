/*
 * cli/text.c: bytes of anybody, shown so that a terminal or a JSON reader takes no harm.
 *
 * Names of modules are UTF-8, file names may be anything. What leaves is printable ASCII: a
 * character that is not is escaped by its code point, a byte that is no character by its value.
 */
#include "cli/cli.h"

static bool is_plain(uint32_t character)
{
    return character >= 0x20 && character < 0x7F && character != '"' && character != '\\';
}

static void put_in_file(void *context, struct bytes bytes)
{
    (void)fwrite(bytes.data, 1, bytes.len, context);
}

struct text_sink cli_sink(FILE *out)
{
    return (struct text_sink){out, put_in_file};
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
        uint32_t c = text_take_character(&text);
        if (c == TEXT_NOT_A_CHARACTER)
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

void cli_print_name(FILE *out, struct bytes name)
{
    text_name(cli_sink(out), name);
}

void cli_print_path(FILE *out, const char *path)
{
    text_escaped(cli_sink(out), bytes_of(path, strlen(path)));
}

/* Turns the direction of what is written behind it, or ends a line for some reader. */
static bool is_hidden(uint32_t c)
{
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

void cli_print_text(FILE *out, struct bytes text)
{
    while (text.len != 0) {
        const uint8_t *from = text.data;
        uint32_t c = text_take_character(&text);
        if (c == '\n' || (c >= 0x20 && c != 0x7F && c < 0x80) ||
            (c >= 0xA0 && c != TEXT_NOT_A_CHARACTER && !is_hidden(c)))
            (void)fwrite(from, 1, (size_t)(text.data - from), out);
        else
            for (; from != text.data; from++)
                (void)fprintf(out, "\\%02x", *from);
    }
}
