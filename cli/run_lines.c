/*
 * cli/run_lines.c: lines that a cell explained itself with, taken apart for --json.
 *
 * They are a stranger's: a line that is not as cell/program writes it is no frame and no import,
 * and nothing else follows from it.
 */
#include "cli/run.h"

bool run_lines_next(struct run_lines *lines, struct bytes *out_line)
{
    struct bytes text = lines->text;
    if (text.len == 0)
        return false;
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end == NULL ? text.len : (size_t)(end - text.data);
    size_t taken = end == NULL ? len : len + 1;
    *out_line = bytes_of(text.data, len);
    lines->text = bytes_of(text.data + taken, text.len - taken);
    return true;
}

static bool take_word(struct bytes *line, const char *word)
{
    size_t len = strlen(word);
    if (line->len < len || memcmp(line->data, word, len) != 0)
        return false;
    *line = bytes_of(line->data + len, line->len - len);
    return true;
}

static bool take_number(struct bytes *line, uint64_t *out_number)
{
    uint64_t number = 0;
    size_t i = 0;
    for (; i < line->len && line->data[i] >= '0' && line->data[i] <= '9'; i++)
        if (__builtin_mul_overflow(number, (uint64_t)10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(line->data[i] - '0'), &number))
            return false;
    *line = bytes_of(line->data + i, line->len - i);
    *out_number = number;
    return i != 0;
}

static bool take_hex(struct bytes *line, size_t most, uint32_t *out_number)
{
    uint32_t number = 0;
    size_t i = 0;
    for (; i < line->len && i < most; i++) {
        uint8_t c = line->data[i];
        if (c >= '0' && c <= '9')
            number = number << 4 | (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            number = number << 4 | (uint32_t)(c - 'a' + 10);
        else
            break;
    }
    *line = bytes_of(line->data + i, line->len - i);
    *out_number = number;
    return i != 0;
}

static bool put_utf8(struct buffer *out, uint32_t c)
{
    uint8_t utf8[4];
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (c > 0x10FFFF)
        return false;
    for (size_t i = len; i-- > 1; c >>= 6)
        utf8[i] = (uint8_t)(0x80 | (c & 0x3F));
    utf8[0] = (uint8_t)(len == 1 ? c : (0xF00u >> len & 0xFFu) | c);
    return buffer_append(out, bytes_of(utf8, len)) == STATUS_OK;
}

/* What text_name wrote, as the bytes that it was. */
static bool take_name(struct bytes *line, struct buffer *out)
{
    uint32_t c;
    if (!take_word(line, "\""))
        return false;
    while (line->len != 0 && line->data[0] != '"') {
        uint8_t byte;
        if (take_word(line, "\\u{")) {
            if (!take_hex(line, 6, &c) || !take_word(line, "}") || !put_utf8(out, c))
                return false;
            continue;
        }
        if (take_word(line, "\\")) {
            struct bytes digits = *line;
            if (line->len < 2 || !take_hex(line, 2, &c) || digits.len - line->len != 2)
                return false;
            byte = (uint8_t)c;
        } else {
            byte = line->data[0];
            *line = bytes_of(line->data + 1, line->len - 1);
        }
        if (buffer_append(out, bytes_of(&byte, 1)) != STATUS_OK)
            return false;
    }
    return take_word(line, "\"");
}

bool run_lines_take_sizes(struct run_lines *lines, uint64_t *out_memory, uint64_t *out_arena)
{
    size_t at = lines->text.len;
    if (at == 0 || lines->text.data[at - 1] != '\n')
        return false;
    for (at--; at != 0 && lines->text.data[at - 1] != '\n'; at--)
        continue;
    struct bytes line = bytes_of(lines->text.data + at, lines->text.len - at);
    if (!take_word(&line, "memory ") || !take_number(&line, out_memory) ||
        !take_word(&line, ", arena ") || !take_number(&line, out_arena) || line.len != 1)
        return false;
    lines->text.len = at;
    return true;
}

bool run_line_take_offset(struct bytes *line, uint64_t *out_offset)
{
    static const char mark[] = " (at byte ";
    for (size_t at = line->len; at >= sizeof mark; at--) {
        struct bytes rest = bytes_of(line->data + at, line->len - at);
        if (!take_word(&rest, mark))
            continue;
        if (!take_number(&rest, out_offset) || !take_word(&rest, ")") || rest.len != 0)
            return false;
        line->len = at;
        return true;
    }
    return false;
}

bool run_line_frame(struct bytes line, struct run_frame *out_frame)
{
    memset(out_frame, 0, sizeof *out_frame);
    out_frame->name =
        (struct buffer){.data = out_frame->name_room, .cap = sizeof out_frame->name_room};
    if (!take_word(&line, "    at byte ") || !take_number(&line, &out_frame->offset))
        return false;
    if (!take_word(&line, " in function "))
        return true;
    out_frame->has_func = take_number(&line, &out_frame->func);
    out_frame->has_name = take_word(&line, " ") && take_name(&line, &out_frame->name);
    return out_frame->has_func;
}

bool run_line_import(struct bytes line, struct run_import *out_import)
{
    memset(out_import, 0, sizeof *out_import);
    out_import->module =
        (struct buffer){.data = out_import->module_room, .cap = sizeof out_import->module_room};
    out_import->name =
        (struct buffer){.data = out_import->name_room, .cap = sizeof out_import->name_room};
    if (!take_word(&line, "    "))
        return false;
    out_import->kind = bytes_of(line.data, 0);
    while (out_import->kind.len < line.len && line.data[out_import->kind.len] != ' ')
        out_import->kind.len++;
    line = bytes_of(line.data + out_import->kind.len, line.len - out_import->kind.len);
    if (!take_word(&line, " ") || !take_name(&line, &out_import->module) ||
        !take_word(&line, " ") || !take_name(&line, &out_import->name) || !take_word(&line, " "))
        return false;
    out_import->type = line;
    return true;
}
