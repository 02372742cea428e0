/*
 * core/component/json_reader.c: tokens of JSON.
 */
#include "core/component/json_reader.h"

#include "core/base/utf8.h"

#define SKIP_DEPTH_MAX 256u

enum status from_json_begin(struct json_reader *reader, struct bytes text, struct arena *arena,
                            struct report *report)
{
    *reader = (struct json_reader){
        .text = text, .arena = arena, .report = report, .labels = {.arena = arena}};
    return utf8_is_valid(text) ? STATUS_OK : from_json_fail(reader, "the text is not UTF-8");
}

static uint8_t byte_at(const struct json_reader *reader, size_t at)
{
    return at < reader->text.len ? reader->text.data[at] : 0;
}

uint8_t from_json_peek(struct json_reader *reader)
{
    for (;; reader->at++) {
        uint8_t c = byte_at(reader, reader->at);
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return c;
    }
}

bool from_json_take(struct json_reader *reader, char c)
{
    if (from_json_peek(reader) != (uint8_t)c)
        return false;
    reader->at++;
    return true;
}

enum status from_json_expect(struct json_reader *reader, char c, const char *sentence)
{
    return from_json_take(reader, c) ? STATUS_OK : from_json_fail(reader, sentence);
}

bool from_json_take_word(struct json_reader *reader, const char *word)
{
    size_t len = strlen(word);
    (void)from_json_peek(reader);
    if (reader->text.len - reader->at < len ||
        memcmp(reader->text.data + reader->at, word, len) != 0)
        return false;
    reader->at += len;
    return true;
}

enum status from_json_separator(struct json_reader *reader, char close, bool *out_more)
{
    *out_more = from_json_take(reader, ',');
    if (*out_more || from_json_take(reader, close))
        return STATUS_OK;
    return from_json_fail(reader, close == ']' ? "expected ',' or ']'" : "expected ',' or '}'");
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Four hexadecimal digits. */
static bool code_unit(struct json_reader *reader, uint32_t *out_unit)
{
    uint32_t unit = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint8_t c = byte_at(reader, reader->at + i), low = c | 0x20;
        if (!is_digit(c) && (low < 'a' || low > 'f'))
            return false;
        unit = unit << 4 | (is_digit(c) ? c - (uint32_t)'0' : low - (uint32_t)'a' + 10);
    }
    reader->at += 4;
    *out_unit = unit;
    return true;
}

/* Behind \u: a character, or two escapes that are a surrogate pair. */
static enum status unicode(struct json_reader *reader, uint32_t *out_code)
{
    uint32_t high, low;
    if (!code_unit(reader, &high))
        return from_json_fail(reader, "expected four hexadecimal digits");
    *out_code = high;
    if (high < 0xD800 || high > 0xDFFF)
        return STATUS_OK;
    if (high > 0xDBFF || byte_at(reader, reader->at) != '\\' ||
        byte_at(reader, reader->at + 1) != 'u')
        return from_json_fail(reader, "expected the other half of a surrogate pair");
    reader->at += 2;
    if (!code_unit(reader, &low) || low < 0xDC00 || low > 0xDFFF)
        return from_json_fail(reader, "expected the other half of a surrogate pair");
    *out_code = 0x10000 + ((high & 0x3FF) << 10 | (low & 0x3FF));
    return STATUS_OK;
}

/* Behind a backslash. */
static enum status escape(struct json_reader *reader, uint32_t *out_code)
{
    static const char names[] = "\"\\/bfnrt";
    static const char codes[] = "\"\\/\b\f\n\r\t";
    uint8_t c = byte_at(reader, reader->at);
    if (c == 'u') {
        reader->at++;
        return unicode(reader, out_code);
    }
    for (size_t i = 0; i + 1 < sizeof names; i++)
        if (c == (uint8_t)names[i]) {
            reader->at++;
            *out_code = (uint8_t)codes[i];
            return STATUS_OK;
        }
    return from_json_fail(reader, "expected an escape as \\n or \\u0041");
}

/* The string up to `end`, which is never shorter than what comes out. */
static enum status unescape(struct json_reader *reader, size_t end, struct bytes *out_string)
{
    uint8_t *data = arena_alloc(reader->arena, end - reader->at, 1);
    size_t len = 0;
    if (data == NULL)
        return STATUS_NO_MEMORY;
    while (reader->at < end) {
        uint32_t code;
        uint8_t c = reader->text.data[reader->at++];
        if (c != '\\') {
            data[len++] = c;
            continue;
        }
        enum status status = escape(reader, &code);
        if (status != STATUS_OK)
            return status;
        len += utf8_put(data + len, code);
    }
    *out_string = bytes_of(data, len);
    return STATUS_OK;
}

enum status from_json_string(struct json_reader *reader, const char *sentence,
                             struct bytes *out_string)
{
    bool has_escape = false;
    if (!from_json_take(reader, '"'))
        return from_json_fail(reader, sentence);
    size_t end = reader->at;
    for (; byte_at(reader, end) != '"'; end++) {
        if (byte_at(reader, end) == '\\') {
            has_escape = true;
            end++;
        }
        if (end >= reader->text.len)
            return from_json_fail(reader, "the string has no end");
        if (reader->text.data[end] < 0x20) {
            reader->at = end;
            return from_json_fail(reader, "a control character in a string has to be an escape");
        }
    }
    *out_string = bytes_of(reader->text.data + reader->at, end - reader->at);
    enum status status = has_escape ? unescape(reader, end, out_string) : STATUS_OK;
    if (status == STATUS_OK)
        reader->at = end + 1;
    return status;
}

static size_t digits_end(const struct json_reader *reader, size_t at)
{
    while (is_digit(byte_at(reader, at)))
        at++;
    return at;
}

enum status from_json_number(struct json_reader *reader, const char *sentence,
                             struct bytes *out_number)
{
    (void)from_json_peek(reader);
    size_t start = reader->at, first = start + (byte_at(reader, start) == '-');
    size_t end = byte_at(reader, first) == '0' ? first + 1 : digits_end(reader, first);
    bool is_number = end > first;
    if (byte_at(reader, end) == '.') {
        size_t fraction = end + 1;
        end = digits_end(reader, fraction);
        is_number &= end > fraction;
    }
    if ((byte_at(reader, end) | 0x20) == 'e') {
        uint8_t sign = byte_at(reader, end + 1);
        size_t exponent = end + 1 + (sign == '-' || sign == '+');
        end = digits_end(reader, exponent);
        is_number &= end > exponent;
    }
    if (!is_number || is_digit(byte_at(reader, end)))
        return from_json_fail(reader, sentence);
    *out_number = bytes_of(reader->text.data + start, end - start);
    reader->at = end;
    return STATUS_OK;
}

enum status from_json_key(struct json_reader *reader, struct bytes *out_key)
{
    enum status status = from_json_string(reader, "expected a key in quotes", out_key);
    return status == STATUS_OK ? from_json_expect(reader, ':', "expected ':' after a key") : status;
}

/* One scalar, or the beginning of an array or object. */
static enum status skip_token(struct json_reader *reader)
{
    struct bytes token;
    uint8_t c = from_json_peek(reader);
    if (c == '"')
        return from_json_string(reader, "", &token);
    if (from_json_take_word(reader, "null") || from_json_take_word(reader, "true") ||
        from_json_take_word(reader, "false"))
        return STATUS_OK;
    return from_json_number(reader, "expected a value", &token);
}

enum status from_json_skip(struct json_reader *reader)
{
    char closes[SKIP_DEPTH_MAX]; /* of what is open */
    uint32_t depth = 0;
    struct bytes key;
    enum status status = STATUS_OK;
    do {
        bool more = true;
        if (depth != 0 && closes[depth - 1] == '}')
            status = from_json_key(reader, &key);
        if (status != STATUS_OK)
            return status;
        bool is_object = from_json_peek(reader) == '{';
        if (is_object || from_json_peek(reader) == '[') {
            reader->at++;
            if (depth == SKIP_DEPTH_MAX)
                return from_json_fail(reader, "the value is too deep");
            closes[depth++] = is_object ? '}' : ']';
            if (from_json_peek(reader) != (uint8_t)closes[depth - 1])
                continue;
            reader->at++;
            depth--;
        } else if ((status = skip_token(reader)) != STATUS_OK) {
            return status;
        }
        for (more = false; depth != 0 && !more;) {
            if ((status = from_json_separator(reader, closes[depth - 1], &more)) != STATUS_OK)
                return status;
            if (!more)
                depth--;
        }
    } while (depth != 0);
    return STATUS_OK;
}
