/*
 * core/component/wave_reader.c: tokens of WAVE: words, numbers, characters, strings.
 */
#include "core/component/wave_reader.h"

#include "core/base/utf8.h"

enum status wave_begin(struct wave_reader *reader, struct bytes text, struct arena *arena,
                       struct report *report)
{
    *reader = (struct wave_reader){
        .text = text, .arena = arena, .report = report, .labels = {.arena = arena}};
    return utf8_is_valid(text) ? STATUS_OK : wave_fail(reader, "the text is not UTF-8");
}

static bool is_at(const struct wave_reader *reader, size_t at, char c)
{
    return at < reader->text.len && reader->text.data[at] == (uint8_t)c;
}

uint8_t wave_peek(struct wave_reader *reader)
{
    for (;;) {
        if (reader->at == reader->text.len)
            return 0;
        uint8_t c = reader->text.data[reader->at];
        if (c == '/' && is_at(reader, reader->at + 1, '/'))
            while (reader->at < reader->text.len && reader->text.data[reader->at] != '\n')
                reader->at++;
        else if (c == ' ' || (c >= '\t' && c <= '\r'))
            reader->at++;
        else
            return c;
    }
}

bool wave_take(struct wave_reader *reader, char c)
{
    (void)wave_peek(reader);
    if (!is_at(reader, reader->at, c))
        return false;
    reader->at++;
    return true;
}

enum status wave_expect(struct wave_reader *reader, char c, const char *sentence)
{
    return wave_take(reader, c) ? STATUS_OK : wave_fail(reader, sentence);
}

enum status wave_expect_end(struct wave_reader *reader)
{
    (void)wave_peek(reader);
    return reader->at == reader->text.len ? STATUS_OK
                                          : wave_fail(reader, "expected the end of the text");
}

static bool is_letter(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

struct bytes wave_word(struct wave_reader *reader, bool *out_is_plain)
{
    (void)wave_peek(reader);
    size_t start = reader->at;
    *out_is_plain = !is_at(reader, start, '%');
    if (!*out_is_plain)
        start++;
    size_t end = start;
    while (end < reader->text.len &&
           (is_letter(reader->text.data[end]) ||
            (end > start && (is_digit(reader->text.data[end]) || reader->text.data[end] == '-'))))
        end++;
    if (end != start)
        reader->at = end;
    return bytes_of(reader->text.data + start, end - start);
}

struct bytes wave_number(struct wave_reader *reader)
{
    uint8_t first = wave_peek(reader);
    size_t start = reader->at, end = start;
    if (first != '-' && !is_digit(first))
        return bytes_of(reader->text.data + start, 0);
    for (end++; end < reader->text.len; end++) {
        uint8_t c = reader->text.data[end];
        if (!is_digit(c) && !is_letter(c) && c != '.' && c != '+' && c != '-')
            break;
    }
    reader->at = end;
    return bytes_of(reader->text.data + start, end - start);
}

static enum status unicode_escape(struct wave_reader *reader, uint32_t *out_code)
{
    uint32_t code = 0, digits = 0;
    if (!is_at(reader, reader->at, '{'))
        return wave_fail(reader, "expected '{' as in \\u{1F600}");
    for (reader->at++; !is_at(reader, reader->at, '}'); reader->at++, digits++) {
        uint8_t c = reader->at < reader->text.len ? reader->text.data[reader->at] : 0;
        uint32_t digit = is_digit(c) ? c - (uint32_t)'0' : (c | 0x20u) - 'a' + 10;
        if ((!is_digit(c) && (!is_letter(c) || digit > 15)) || digits == 6)
            return wave_fail(reader, "expected up to six hexadecimal digits and '}'");
        code = code << 4 | digit;
    }
    if (digits == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return wave_fail(reader, "expected the number of a character");
    reader->at++;
    *out_code = code;
    return STATUS_OK;
}

/* Behind a backslash. */
static enum status escape(struct wave_reader *reader, uint32_t *out_code)
{
    uint8_t c = reader->at < reader->text.len ? reader->text.data[reader->at] : 0;
    switch (c) {
    case '\\':
    case '\'':
    case '"':
        *out_code = c;
        break;
    case 't':
        *out_code = '\t';
        break;
    case 'n':
        *out_code = '\n';
        break;
    case 'r':
        *out_code = '\r';
        break;
    case 'u':
        reader->at++;
        return unicode_escape(reader, out_code);
    default:
        return wave_fail(reader, "expected an escape: \\\\ \\' \\\" \\t \\n \\r \\u{...}");
    }
    reader->at++;
    return STATUS_OK;
}

/* One character of a quoted text, which goes on. */
static enum status quoted(struct wave_reader *reader, uint32_t *out_code)
{
    struct bytes rest = bytes_of(reader->text.data + reader->at, reader->text.len - reader->at);
    if (is_at(reader, reader->at, '\\')) {
        reader->at++;
        return escape(reader, out_code);
    }
    if (rest.len == 0)
        return wave_fail(reader, "the quotation has no end");
    utf8_next(&rest, out_code);
    reader->at = reader->text.len - rest.len;
    return STATUS_OK;
}

enum status wave_char(struct wave_reader *reader, uint32_t *out_code)
{
    enum status status = wave_expect(reader, '\'', "expected a char, as 'x'");
    if (status != STATUS_OK)
        return status;
    if (is_at(reader, reader->at, '\''))
        return wave_fail(reader, "expected a character between the quotes");
    if ((status = quoted(reader, out_code)) != STATUS_OK)
        return status;
    if (!is_at(reader, reader->at, '\''))
        return wave_fail(reader, "expected the closing \"'\" after one character");
    reader->at++;
    return STATUS_OK;
}

/* The characters up to `end`, escapes resolved; behind each newline `indent` spaces are left out.
 * What comes out is never longer than what stands there. */
static enum status unescape(struct wave_reader *reader, size_t end, size_t indent,
                            struct bytes *out_string)
{
    uint8_t *data = arena_alloc(reader->arena, end - reader->at, 1);
    size_t len = 0;
    if (data == NULL)
        return STATUS_NO_MEMORY;
    for (bool is_line_start = indent != 0; reader->at < end;) {
        uint32_t code;
        for (size_t i = 0; is_line_start && i < indent && !is_at(reader, reader->at, '\n'); i++) {
            if (reader->at == end || !is_at(reader, reader->at, ' '))
                return wave_fail(reader, "expected the indentation of the closing quotes");
            reader->at++;
        }
        if (reader->at >= end)
            break;
        is_line_start = is_at(reader, reader->at, '\n') && indent != 0;
        enum status status = quoted(reader, &code);
        if (status != STATUS_OK)
            return status;
        len += utf8_put(data + len, code);
    }
    *out_string = bytes_of(data, len);
    return STATUS_OK;
}

/* Where the quotation ends that has begun: at `quotes` quotes without a backslash in front. */
static bool find_end(const struct wave_reader *reader, size_t quotes, size_t *out_end,
                     bool *out_has_escape)
{
    size_t run = 0;
    *out_has_escape = false;
    for (size_t at = reader->at; at < reader->text.len; at++) {
        uint8_t c = reader->text.data[at];
        run = c == '"' ? run + 1 : 0;
        if (run == quotes) {
            *out_end = at + 1 - quotes;
            return true;
        }
        if (c == '\\') {
            *out_has_escape = true;
            at++;
        }
    }
    return false;
}

/* Behind the three quotes: lines, without what the last one is indented by. */
static enum status lines(struct wave_reader *reader, struct bytes *out_string)
{
    size_t end, indent = 0;
    bool has_escape;
    if (is_at(reader, reader->at, '\r'))
        reader->at++;
    if (!is_at(reader, reader->at, '\n'))
        return wave_fail(reader, "expected a new line after \"\"\"");
    reader->at++;
    if (!find_end(reader, 3, &end, &has_escape))
        return wave_fail(reader, "the quotation has no end");
    size_t after = end + 3;
    while (end > reader->at && reader->text.data[end - 1] == ' ') {
        indent++;
        end--;
    }
    if (!is_at(reader, end - 1, '\n')) {
        reader->at = end;
        return wave_fail(reader, "expected the closing \"\"\" on a line of its own");
    }
    if (end > reader->at)
        end--;
    if (end > reader->at && reader->text.data[end - 1] == '\r')
        end--;
    enum status status = unescape(reader, end, indent, out_string);
    reader->at = status == STATUS_OK ? after : reader->at;
    return status;
}

enum status wave_string(struct wave_reader *reader, struct bytes *out_string)
{
    size_t end;
    bool has_escape;
    enum status status = wave_expect(reader, '"', "expected a string, as \"text\"");
    if (status != STATUS_OK)
        return status;
    if (is_at(reader, reader->at, '"') && is_at(reader, reader->at + 1, '"')) {
        reader->at += 2;
        return lines(reader, out_string);
    }
    if (!find_end(reader, 1, &end, &has_escape))
        return wave_fail(reader, "the quotation has no end");
    if (has_escape)
        status = unescape(reader, end, 0, out_string);
    else
        *out_string = bytes_of(reader->text.data + reader->at, end - reader->at);
    if (status == STATUS_OK)
        reader->at = end + 1;
    return status;
}

bool wave_is_keyword(struct bytes word)
{
    static const struct bytes keywords[] = {
        BYTES_LITERAL("true"), BYTES_LITERAL("false"), BYTES_LITERAL("inf"), BYTES_LITERAL("nan"),
        BYTES_LITERAL("some"), BYTES_LITERAL("none"),  BYTES_LITERAL("ok"),  BYTES_LITERAL("err")};
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (bytes_equal(word, keywords[i]))
            return true;
    return false;
}
