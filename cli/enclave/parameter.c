/*
 * cli/enclave/parameter.c: a parameter on the command line becomes a tagged value of the wire.
 *
 *   {"type": ..      JSON, passed on as it is
 *   TYPE:TEXT        string:hello  u8:7  f64:3  char:x  bool:true  enum:red  variant:none
 *                    bytes:00ff (hex)  bytes:@FILE
 *   WAVE             "text"  'c'  42  -1  2.5  true  [1, 2]  (1, "a")  {x: 1}  {read, write}
 *                    some(1)  none  ok(1)  err("no")  red  circle(2.0)
 *
 * The server knows the types and checks; here they are only guessed from how a value is written: a
 * word alone is an enum's case, a whole number an integer of any width. TYPE: says what is not so.
 * Nested values are kept on a stack of what must be written when each ends.
 */
#include <stdlib.h>

#include "cli/enclave/enclave.h"

#define DEPTH_MAX 32u
#define FILE_MAX  (16u << 20)

struct parser {
    const char *word; /* whole, for messages */
    const char *p;
    FILE *out;
    char closing[DEPTH_MAX]; /* what ends each in the input */
    const char *ends[DEPTH_MAX];
    bool has_names[DEPTH_MAX]; /* of a record */
    bool is_flags[DEPTH_MAX];
    bool is_payload[DEPTH_MAX]; /* of some(..), ok(..) or a case: exactly one */
    unsigned depth;
};

static bool refuse(const struct parser *parser, const char *why)
{
    cli_say("parameter %s: %s (at character %zu); see `aether enclave call --help`", parser->word,
            why, (size_t)(parser->p - parser->word) + 1);
    return false;
}

static void skip_space(struct parser *parser)
{
    parser->p += strspn(parser->p, " \t\r\n");
}

static void put_text(FILE *out, const char *text, size_t len)
{
    cli_print_json(out, bytes_of(text, len));
}

/* ---- TYPE:TEXT ---- */

static bool is_hex_number(const char *text, uint8_t *out_byte)
{
    char digits[3] = "";
    char *end;
    memcpy(digits, text, text[0] == '\0' ? 1 : 2);
    if (strspn(digits, "0123456789abcdefABCDEF") != 2)
        return false;
    *out_byte = (uint8_t)strtoul(digits, &end, 16);
    return true;
}

static void put_bytes(FILE *out, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        (void)fprintf(out, i == 0 ? "%u" : ",%u", bytes.data[i]);
}

static bool write_bytes(const char *text, FILE *out)
{
    struct bytes content;
    uint8_t byte;
    (void)fputs("{\"type\":\"bytes\",\"value\":[", out);
    if (text[0] == '@') {
        if (!cli_read(text + 1, FILE_MAX, &content))
            return false;
        put_bytes(out, content);
        cli_free(content);
    } else {
        for (size_t i = 0; text[i] != '\0'; i += 2) {
            if (!is_hex_number(text + i, &byte)) {
                cli_say("bytes: %s is not pairs of hex digits", text);
                return false;
            }
            (void)fprintf(out, i == 0 ? "%u" : ",%u", byte);
        }
    }
    (void)fputs("]}", out);
    return true;
}

static bool is_number(const char *text)
{
    size_t digits = strspn(text + (text[0] == '-'), "0123456789");
    const char *rest = text + (text[0] == '-') + digits;
    if (digits == 0)
        return false;
    if (rest[0] == '.') {
        size_t places = strspn(rest + 1, "0123456789");
        if (places == 0)
            return false;
        rest += 1 + places;
    }
    if (rest[0] == 'e' || rest[0] == 'E') {
        rest += 1 + (rest[1] == '-' || rest[1] == '+');
        size_t places = strspn(rest, "0123456789");
        if (places == 0)
            return false;
        rest += places;
    }
    return rest[0] == '\0';
}

/* True: `word` was of this form and is written, or *out_good is false and it was said why. */
static bool write_typed(const char *word, FILE *out, bool *out_good)
{
    static const char *const numbers[] = {"u8",  "s8",  "u16", "s16", "u32",
                                          "s32", "u64", "s64", "f32", "f64"};
    static const char *const texts[] = {"string", "char", "enum"};
    size_t len = strcspn(word, ":");
    const char *text = word + len + 1;
    *out_good = true;
    if (word[len] == '\0')
        return false;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (strlen(texts[i]) == len && memcmp(texts[i], word, len) == 0) {
            (void)fprintf(out, "{\"type\":\"%s\",\"value\":", texts[i]);
            put_text(out, text, strlen(text));
            (void)fputc('}', out);
            return true;
        }
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        if (strlen(numbers[i]) == len && memcmp(numbers[i], word, len) == 0) {
            *out_good = is_number(text);
            if (*out_good)
                (void)fprintf(out, "{\"type\":\"%s\",\"value\":%s}", numbers[i], text);
            else
                cli_say("%s: %s is no number", numbers[i], text);
            return true;
        }
    if (len == 5 && memcmp(word, "bytes", 5) == 0) {
        *out_good = write_bytes(text, out);
        return true;
    }
    if (len == 7 && memcmp(word, "variant", 7) == 0) {
        (void)fputs("{\"type\":\"variant\",\"value\":[", out);
        put_text(out, text, strlen(text));
        (void)fputs(",null]}", out);
        return true;
    }
    if (len == 4 && (strcmp(word, "bool:true") == 0 || strcmp(word, "bool:false") == 0)) {
        (void)fprintf(out, "{\"type\":\"bool\",\"value\":%s}", text);
        return true;
    }
    return false;
}

/* ---- WAVE ---- */

static bool open_nested(struct parser *parser, char closing, const char *end, bool is_payload)
{
    if (parser->depth == DEPTH_MAX)
        return refuse(parser, "nested too deeply");
    parser->closing[parser->depth] = closing;
    parser->has_names[parser->depth] = false;
    parser->is_flags[parser->depth] = false;
    parser->is_payload[parser->depth] = is_payload;
    parser->ends[parser->depth++] = end;
    return true;
}

/* One escape behind the backslash, as UTF-8 in `out`; its length, 0: there is no such. */
static size_t read_escape(struct parser *parser, char out[static 4])
{
    static const char from[] = "\"'\\ntr", to[] = "\"'\\\n\t\r";
    const char *found = *parser->p == '\0' ? NULL : strchr(from, *parser->p);
    if (found != NULL) {
        parser->p++;
        out[0] = to[found - from];
        return 1;
    }
    if (parser->p[0] != 'u' || parser->p[1] != '{')
        return 0;
    char *end;
    unsigned long c = strtoul(parser->p + 2, &end, 16);
    if (end == parser->p + 2 || *end != '}' || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return 0;
    parser->p = end + 1;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)((0xF00 >> len & 0xFF) | c);
    return len;
}

/* "text" or 'c', without its tag. */
static bool read_string(struct parser *parser)
{
    const char quote = *parser->p++;
    char *plain = malloc(strlen(parser->p) + 4);
    size_t len = 0;
    bool is_good = plain != NULL;
    while (is_good && *parser->p != quote) {
        size_t step = 1;
        if (*parser->p == '\0') {
            is_good = refuse(parser, "the string does not end");
        } else if (*parser->p == '\\') {
            parser->p++;
            step = read_escape(parser, plain + len);
            if (step == 0)
                is_good = refuse(parser, "no such escape");
        } else {
            plain[len] = *parser->p++;
        }
        len += step;
    }
    if (is_good) {
        parser->p++;
        put_text(parser->out, plain, len);
    }
    free(plain);
    return is_good;
}

static bool read_number(struct parser *parser)
{
    char text[64];
    size_t len = strspn(parser->p, "-+.0123456789eE");
    if (len >= sizeof text)
        return refuse(parser, "the number is too long");
    memcpy(text, parser->p, len);
    text[len] = '\0';
    if (!is_number(text))
        return refuse(parser, "no number");
    const char *type = strpbrk(text, ".eE") != NULL ? "f64" : text[0] == '-' ? "s64" : "u64";
    parser->p += len;
    (void)fprintf(parser->out, "{\"type\":\"%s\",\"value\":%s}", type, text);
    return true;
}

static size_t name_length(const char *p)
{
    size_t len = strspn(p, "%-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    return len != 0 && (p[0] == '%' || (p[0] | 0x20) >= 'a') ? len : 0;
}

static bool is_word(const char *name, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(name, word, len) == 0;
}

/* A name: true, none, nan, ok(..), some(..), a case of an enum or variant. */
static bool read_named(struct parser *parser)
{
    const char *name = parser->p;
    size_t len = name_length(name);
    parser->p += len;
    if (is_word(name, len, "true") || is_word(name, len, "false"))
        return fprintf(parser->out, "{\"type\":\"bool\",\"value\":%.*s}", (int)len, name) > 0;
    if (is_word(name, len, "none"))
        return fputs("{\"type\":\"option\",\"value\":null}", parser->out) >= 0;
    if (is_word(name, len, "nan") || is_word(name, len, "inf"))
        return fprintf(parser->out, "{\"type\":\"f64\",\"value\":\"%.*s\"}", (int)len, name) > 0;
    bool is_result = is_word(name, len, "ok") || is_word(name, len, "err");
    skip_space(parser);
    bool has_payload = *parser->p == '(';
    parser->p += has_payload;
    if (is_word(name, len, "some") && has_payload) {
        (void)fputs("{\"type\":\"option\",\"value\":", parser->out);
        return open_nested(parser, ')', "}", true);
    }
    if (name[0] == '%') {
        name++;
        len--;
    }
    if (!is_result && !has_payload) {
        (void)fputs("{\"type\":\"enum\",\"value\":", parser->out);
        put_text(parser->out, name, len);
        return fputc('}', parser->out) >= 0;
    }
    (void)fprintf(parser->out, "{\"type\":\"%s\",\"value\":[", is_result ? "result" : "variant");
    put_text(parser->out, name, len);
    (void)fputc(',', parser->out);
    if (has_payload)
        return open_nested(parser, ')', "]}", true);
    return fputs("null]}", parser->out) >= 0;
}

/* `{`: a record when a name and a colon follow, or a colon alone; else flags. */
static bool open_braces(struct parser *parser)
{
    parser->p++;
    skip_space(parser);
    const char *behind = parser->p + name_length(parser->p);
    behind += strspn(behind, " \t\r\n");
    bool is_record = *behind == ':';
    if (!open_nested(parser, '}', "]}", false))
        return false;
    parser->has_names[parser->depth - 1] = is_record;
    parser->is_flags[parser->depth - 1] = !is_record;
    (void)fprintf(parser->out, "{\"type\":\"%s\",\"value\":[", is_record ? "record" : "flags");
    if (is_record && behind == parser->p)
        parser->p++; /* {:}, a record without fields */
    return true;
}

static bool read_value(struct parser *parser)
{
    skip_space(parser);
    char c = *parser->p;
    if (c == '"' || c == '\'') {
        (void)fprintf(parser->out, "{\"type\":\"%s\",\"value\":", c == '"' ? "string" : "char");
        return read_string(parser) && fputc('}', parser->out) >= 0;
    }
    if (c == '-' && strncmp(parser->p, "-inf", 4) == 0) {
        parser->p += 4;
        return fputs("{\"type\":\"f64\",\"value\":\"-inf\"}", parser->out) >= 0;
    }
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(parser);
    if (c == '[' || c == '(') {
        parser->p++;
        (void)fprintf(parser->out, "{\"type\":\"%s\",\"value\":[", c == '[' ? "list" : "tuple");
        return open_nested(parser, c == '[' ? ']' : ')', "]}", false);
    }
    if (c == '{')
        return open_braces(parser);
    if (name_length(parser->p) != 0)
        return read_named(parser);
    return refuse(parser, "no value; text is written \"like this\" or string:like this");
}

/* The name in front of a record's field, or a flag. */
static bool read_label(struct parser *parser, bool is_flag)
{
    size_t len = name_length(parser->p);
    if (len == 0)
        return refuse(parser, "a name must stand here");
    (void)fputs(is_flag ? "" : "[", parser->out);
    put_text(parser->out, parser->p, len);
    parser->p += len;
    if (is_flag)
        return true;
    skip_space(parser);
    if (*parser->p != ':')
        return refuse(parser, "\":\" must stand behind a field's name");
    parser->p++;
    return fputc(',', parser->out) >= 0;
}

/* Ends what ends here, and goes to the next item of what does not; *out_is_over: the last one has
 * ended. */
static bool read_between(struct parser *parser, bool is_first, bool *out_is_over)
{
    while (parser->depth != 0) {
        unsigned top = parser->depth - 1;
        skip_space(parser);
        if (parser->is_payload[top] && (*parser->p == ')') == is_first)
            return refuse(parser, "one value must stand between these parentheses");
        if (*parser->p == parser->closing[top]) {
            if (parser->has_names[top] && !is_first)
                (void)fputc(']', parser->out);
            parser->p++;
            (void)fputs(parser->ends[top], parser->out);
            parser->depth--;
            is_first = false;
            continue;
        }
        if (!is_first && *parser->p != ',')
            return refuse(parser, "\",\" or an end must stand here");
        if (!is_first) {
            parser->p++;
            skip_space(parser);
            if (*parser->p == parser->closing[top])
                continue; /* a comma behind the last one */
            (void)fputs(parser->has_names[top] ? "]," : ",", parser->out);
        }
        *out_is_over = false;
        if (!parser->is_flags[top] && !parser->has_names[top])
            return true;
        if (!read_label(parser, parser->is_flags[top]))
            return false;
        if (parser->has_names[top])
            return true;
        is_first = false;
    }
    *out_is_over = true;
    return true;
}

bool enclave_write_parameter(const char *word, FILE *out)
{
    struct parser parser = {.word = word, .p = word, .out = out};
    bool is_good, is_over = false;
    if (strncmp(word, "{\"", 2) == 0)
        return fputs(word, out) >= 0; /* the server reads it strictly */
    if (write_typed(word, out, &is_good))
        return is_good;
    while (!is_over) {
        unsigned before = parser.depth;
        if (!read_value(&parser) || !read_between(&parser, parser.depth > before, &is_over))
            return false;
    }
    skip_space(&parser);
    if (*parser.p != '\0')
        return refuse(&parser, "something stands behind the value; text is written \"like this\" "
                               "or string:like this");
    return true;
}
