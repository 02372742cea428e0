/*
 * cli/json.c: JSON into a tree, byte by byte, with a stack of open arrays and objects.
 */
#include "cli/json.h"
#include "core/base/utf8.h"

struct reader {
    struct bytes input;
    size_t at;
    struct arena *arena;
    struct report *report;
    struct json *open[JSON_DEPTH_MAX];
    uint32_t depth;
};

static enum status refuse(struct reader *reader, enum status status, const char *sentence)
{
    return report_fail(reader->report, status, reader->at, sentence);
}

/* 0 at the end: no JSON outside of strings has it, and strings refuse it. */
static uint8_t peek(const struct reader *reader)
{
    return reader->at < reader->input.len ? reader->input.data[reader->at] : 0;
}

static void skip_space(struct reader *reader)
{
    uint8_t c = peek(reader);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        reader->at++;
        c = peek(reader);
    }
}

static bool skip(struct reader *reader, uint8_t c)
{
    if (peek(reader) != c || c == 0)
        return false;
    reader->at++;
    return true;
}

static bool skip_word(struct reader *reader, const char *word)
{
    size_t len = strlen(word);
    if (reader->input.len - reader->at < len ||
        memcmp(reader->input.data + reader->at, word, len) != 0)
        return false;
    reader->at += len;
    return true;
}

/* ---- strings ---- */

static bool read_hex4(struct reader *reader, uint32_t *out_unit)
{
    uint32_t unit = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint8_t c = peek(reader);
        uint32_t digit = c >= '0' && c <= '9'   ? c - (uint32_t)'0'
                         : c >= 'a' && c <= 'f' ? c - (uint32_t)'a' + 10
                         : c >= 'A' && c <= 'F' ? c - (uint32_t)'A' + 10
                                                : 16;
        if (digit == 16)
            return false;
        unit = unit << 4 | digit;
        reader->at++;
    }
    *out_unit = unit;
    return true;
}

static size_t put_utf8(uint8_t *out, uint32_t point)
{
    if (point < 0x80) {
        out[0] = (uint8_t)point;
        return 1;
    }
    size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i != 0; i--) {
        out[i] = (uint8_t)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    out[0] = (uint8_t)((0xF00u >> len & 0xFF) | point);
    return len;
}

/* After "\u". */
static enum status read_point(struct reader *reader, uint32_t *out_point)
{
    uint32_t unit = 0, low = 0;
    if (!read_hex4(reader, &unit))
        return refuse(reader, STATUS_MALFORMED, "\\u without four hexadecimal digits");
    if (unit >= 0xD800 && unit < 0xE000) {
        if (unit >= 0xDC00 || !skip_word(reader, "\\u") || !read_hex4(reader, &low) ||
            low < 0xDC00 || low >= 0xE000)
            return refuse(reader, STATUS_MALFORMED, "half a surrogate pair");
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    *out_point = unit;
    return STATUS_OK;
}

static enum status read_escape(struct reader *reader, uint8_t *out, size_t *len)
{
    static const char names[] = "\"\\/bfnrt";
    static const uint8_t meanings[] = "\"\\/\b\f\n\r\t";
    uint32_t point = 0;
    uint8_t c = peek(reader);
    reader->at++;
    if (c == 'u') {
        enum status status = read_point(reader, &point);
        if (status == STATUS_OK)
            *len += put_utf8(out + *len, point);
        return status;
    }
    const char *found = c == 0 ? NULL : strchr(names, c);
    if (found == NULL)
        return refuse(reader, STATUS_MALFORMED, "an escape that JSON does not have");
    out[(*len)++] = meanings[found - names];
    return STATUS_OK;
}

/* Where the closing quote is; the bytes up to it hold no control characters. */
static enum status find_quote(struct reader *reader, size_t *out_end, bool *out_has_escapes)
{
    *out_has_escapes = false;
    for (size_t i = reader->at; i < reader->input.len; i++) {
        uint8_t c = reader->input.data[i];
        if (c == '"') {
            *out_end = i;
            return STATUS_OK;
        }
        if (c < 0x20) {
            reader->at = i;
            return refuse(reader, STATUS_MALFORMED, "a control character in a string");
        }
        if (c == '\\') {
            *out_has_escapes = true;
            i++;
        }
    }
    return refuse(reader, STATUS_MALFORMED, "a string without its end");
}

/* After the opening quote. Decoded text is never longer than what stands there. */
static enum status read_string(struct reader *reader, struct bytes *out_text)
{
    size_t end = 0, len = 0;
    bool has_escapes = false;
    enum status status = find_quote(reader, &end, &has_escapes);
    if (status != STATUS_OK)
        return status;
    if (!has_escapes) {
        *out_text = bytes_of(reader->input.data + reader->at, end - reader->at);
        reader->at = end + 1;
        return STATUS_OK;
    }
    uint8_t *out = arena_alloc(reader->arena, end - reader->at, 1);
    if (out == NULL)
        return refuse(reader, STATUS_NO_MEMORY, "no room for a string");
    while (reader->at < end && status == STATUS_OK) {
        if (skip(reader, '\\'))
            status = read_escape(reader, out, &len);
        else
            out[len++] = reader->input.data[reader->at++];
    }
    if (status != STATUS_OK)
        return status;
    ASSERT(reader->at == end); /* no escape reaches over the quote */
    reader->at = end + 1;
    *out_text = bytes_of(out, len);
    return STATUS_OK;
}

/* ---- numbers ---- */

static bool skip_digits(struct reader *reader)
{
    size_t begin = reader->at;
    while (peek(reader) >= '0' && peek(reader) <= '9')
        reader->at++;
    return reader->at != begin;
}

static enum status read_number(struct reader *reader, struct bytes *out_text)
{
    size_t begin = reader->at;
    (void)skip(reader, '-'); /* there may be one */
    bool is_number = skip(reader, '0') || skip_digits(reader);
    if (is_number && skip(reader, '.'))
        is_number = skip_digits(reader);
    if (is_number && (skip(reader, 'e') || skip(reader, 'E'))) {
        if (!skip(reader, '+'))
            (void)skip(reader, '-'); /* there may be one */
        is_number = skip_digits(reader);
    }
    if (!is_number)
        return refuse(reader, STATUS_MALFORMED, "a value was expected");
    *out_text = bytes_of(reader->input.data + begin, reader->at - begin);
    return STATUS_OK;
}

/* ---- the tree ---- */

static bool has_key(const struct json *object, struct bytes key)
{
    for (const struct json *item = object->first; item != NULL; item = item->next)
        if (bytes_equal(item->key, key))
            return true;
    return false;
}

static enum status read_key(struct reader *reader, const struct json *object, struct bytes *out_key)
{
    skip_space(reader);
    if (!skip(reader, '"'))
        return refuse(reader, STATUS_MALFORMED, "a key was expected");
    enum status status = read_string(reader, out_key);
    if (status != STATUS_OK)
        return status;
    if (object->count == JSON_KEYS_MAX)
        return refuse(reader, STATUS_LIMIT, "an object with over 64 keys");
    if (has_key(object, *out_key))
        return refuse(reader, STATUS_MALFORMED, "a key that comes twice");
    skip_space(reader);
    return skip(reader, ':') ? STATUS_OK
                             : refuse(reader, STATUS_MALFORMED, "a key without its colon");
}

static enum status open_container(struct reader *reader, struct json *value, enum json_kind kind)
{
    if (reader->depth == JSON_DEPTH_MAX)
        return refuse(reader, STATUS_LIMIT, "more than 32 levels");
    value->kind = kind;
    reader->open[reader->depth++] = value;
    return STATUS_OK;
}

static enum status read_value(struct reader *reader, struct json *value)
{
    skip_space(reader);
    if (skip(reader, '{'))
        return open_container(reader, value, JSON_OBJECT);
    if (skip(reader, '['))
        return open_container(reader, value, JSON_ARRAY);
    if (skip(reader, '"')) {
        value->kind = JSON_STRING;
        return read_string(reader, &value->text);
    }
    if (skip_word(reader, "null"))
        value->kind = JSON_NULL;
    else if (skip_word(reader, "true"))
        value->kind = JSON_TRUE;
    else if (skip_word(reader, "false"))
        value->kind = JSON_FALSE;
    else {
        value->kind = JSON_NUMBER;
        return read_number(reader, &value->text);
    }
    return STATUS_OK;
}

static void append(struct json *container, struct json *item)
{
    if (container->latest == NULL)
        container->first = item;
    else
        container->latest->next = item;
    container->latest = item;
    container->count++;
}

/* One item of the innermost container, or its end. */
static enum status read_item(struct reader *reader)
{
    struct json *container = reader->open[reader->depth - 1];
    bool is_object = container->kind == JSON_OBJECT;
    skip_space(reader);
    if (skip(reader, is_object ? '}' : ']')) {
        reader->depth--;
        return STATUS_OK;
    }
    if (container->count != 0 && !skip(reader, ','))
        return refuse(reader, STATUS_MALFORMED, "a comma or an end was expected");
    struct json *item = arena_alloc(reader->arena, 1, sizeof *item);
    if (item == NULL)
        return refuse(reader, STATUS_NO_MEMORY, "no room for so many values");
    enum status status = is_object ? read_key(reader, container, &item->key) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    append(container, item);
    return read_value(reader, item);
}

enum status json_read(struct bytes input, struct arena *arena, const struct json **out_value,
                      struct report *report)
{
    struct reader reader = {.input = input, .arena = arena, .report = report};
    struct json *root = arena_alloc(arena, 1, sizeof *root);
    if (root == NULL)
        return refuse(&reader, STATUS_NO_MEMORY, "no room for a value");
    if (!utf8_is_valid(input))
        return report_fail(report, STATUS_MALFORMED, REPORT_NO_OFFSET, "the text is not UTF-8");
    enum status status = read_value(&reader, root);
    while (status == STATUS_OK && reader.depth != 0)
        status = read_item(&reader);
    if (status != STATUS_OK)
        return status;
    skip_space(&reader);
    if (reader.at != input.len)
        return refuse(&reader, STATUS_MALFORMED, "something behind the value");
    *out_value = root;
    return STATUS_OK;
}

const struct json *json_find(const struct json *object, const char *key)
{
    if (object == NULL || object->kind != JSON_OBJECT)
        return NULL;
    for (const struct json *item = object->first; item != NULL; item = item->next)
        if (bytes_equal(item->key, bytes_of(key, strlen(key))))
            return item;
    return NULL;
}

bool json_text(const struct json *value, struct bytes *out_text)
{
    if (value == NULL || value->kind != JSON_STRING)
        return false;
    *out_text = value->text;
    return true;
}

bool json_number(const struct json *value, uint64_t *out_number)
{
    if (value == NULL || value->kind != JSON_NUMBER || value->text.len > 19)
        return false;
    uint64_t number = 0;
    for (size_t i = 0; i < value->text.len; i++) {
        uint8_t c = value->text.data[i];
        if (c < '0' || c > '9')
            return false;
        number = number * 10 + (c - (uint64_t)'0');
    }
    *out_number = number;
    return true;
}
