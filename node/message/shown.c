/*
 * node/message/shown.c: see shown.h.
 */
#include "node/message/shown.h"

static bool is_kept(uint8_t c, bool keeps_lines)
{
    return c == '"' || c == '\\' || (c == '\n' && keeps_lines);
}

static void show(struct text_sink out, struct bytes text, bool keeps_lines)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_kept(text.data[i], keeps_lines))
            continue;
        text_escaped(out, bytes_of(text.data + from, i - from));
        text_bytes(out, bytes_of(text.data + i, 1));
        from = i + 1;
    }
    text_escaped(out, bytes_of(text.data + from, text.len - from));
}

void message_shown_line(struct text_sink out, struct bytes text)
{
    show(out, text, false);
}

void message_shown_lines(struct text_sink out, struct bytes text)
{
    show(out, text, true);
}
