/*
 * node/log/line.c: writing and reading a line of the log. See line.h.
 */
#include "node/log/line.h"

#include <stdio.h>
#include <time.h>

#include "core/base/text.h"

#define MICROSECONDS  UINT64_C(1000000)
#define TIME_LEN      27u /* "2026-11-21T22:19:15.123456Z" */
#define WORST_ESCAPED 12u /* bytes that one byte of a text can become: a pair of surrogates */

/* Names and text at their longest, four of them, fit a line with room for the rest. */
#define NAME_MAX_IN_LINE 256u
_Static_assert(WORST_ESCAPED / 2 * (LOG_TEXT_MAX + 4 * NAME_MAX_IN_LINE) + 2048 < LOG_LINE_MAX,
               "no line is cut");

static void put_hex(struct text_sink out, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        text_hex(out, bytes.data[i], 2);
}

static void put_unit(struct text_sink out, uint32_t unit)
{
    text_word(out, "\\u");
    text_hex(out, unit, 4);
}

static void put_character(struct text_sink out, uint32_t code)
{
    if (code == TEXT_NOT_A_CHARACTER) {
        put_unit(out, 0xFFFD);
    } else if (code == '"' || code == '\\') {
        text_char(out, '\\');
        text_char(out, (char)code);
    } else if (code >= 0x20 && code < 0x7F) {
        text_char(out, (char)code);
    } else if (code < 0x10000) {
        put_unit(out, code);
    } else {
        put_unit(out, 0xD800 + ((code - 0x10000) >> 10));
        put_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
    }
}

static void put_escaped(struct text_sink out, struct bytes text, size_t most)
{
    const bool is_cut = text.len > most;
    if (is_cut)
        text.len = most;
    while (text.len != 0)
        put_character(out, text_take_character(&text));
    if (is_cut)
        text_word(out, "...");
}

static void put_name(struct text_sink out, const char *name)
{
    text_word(out, ",\"");
    text_word(out, name);
    text_word(out, "\":");
}

static void put_text(struct text_sink out, const char *name, struct bytes text, size_t most)
{
    if (text.len == 0)
        return;
    put_name(out, name);
    text_char(out, '"');
    put_escaped(out, text, most);
    text_char(out, '"');
}

static void put_hash(struct text_sink out, const char *name, struct bytes hash)
{
    if (hash.len == 0)
        return;
    put_name(out, name);
    text_char(out, '"');
    put_hex(out, hash);
    text_char(out, '"');
}

static void put_time(struct text_sink out, uint64_t time_us)
{
    char text[TIME_LEN + 1] = "1970-01-01T00:00:00.000000Z";
    char whole[20];
    const time_t seconds = (time_t)(time_us / MICROSECONDS);
    struct tm tm;
    if (gmtime_r(&seconds, &tm) != NULL &&
        strftime(whole, sizeof whole, "%Y-%m-%dT%H:%M:%S", &tm) == 19)
        (void)snprintf(text, sizeof text, "%.19s.%06uZ", whole, (unsigned)(time_us % MICROSECONDS));
    text_word(out, text);
}

static void put_numbers(struct text_sink out, const struct log_entry *entry)
{
    if (entry->has_fuel) {
        put_name(out, "fuel");
        text_number(out, entry->fuel);
    }
    if (entry->has_number) {
        put_name(out, "number");
        text_number(out, entry->number);
    }
}

struct bytes log_line_write(const struct log_place *place, const struct log_entry *entry,
                            uint8_t memory[static LOG_LINE_MAX])
{
    struct buffer buffer = {.data = memory, .cap = LOG_LINE_MAX};
    const struct text_sink out = text_to_buffer(&buffer);
    text_word(out, "{\"seq\":");
    text_number(out, place->seq);
    put_hash(out, "prev", bytes_of(place->prev, 32));
    text_word(out, ",\"time\":\"");
    put_time(out, place->time_us);
    text_word(out, "\",\"kind\":\"");
    text_word(out, entry->kind);
    text_char(out, '"');
    put_hash(out, "signature", entry->signature);
    if (entry->signature.len != 0) {
        put_name(out, "signed");
        text_number(out, entry->signed_seq);
    }
    put_hash(out, "torn", entry->torn);
    put_text(out, "app", entry->app, NAME_MAX_IN_LINE);
    put_hash(out, "code", entry->code_hash);
    put_text(out, "function", entry->function, NAME_MAX_IN_LINE);
    put_hash(out, "client", entry->client);
    put_text(out, "host", entry->host, NAME_MAX_IN_LINE);
    if (entry->outcome != NULL)
        put_text(out, "outcome", bytes_of(entry->outcome, strlen(entry->outcome)),
                 NAME_MAX_IN_LINE);
    put_numbers(out, entry);
    put_hash(out, "receipt", entry->receipt);
    put_text(out, "text", entry->text, LOG_TEXT_MAX);
    text_word(out, "}\n");
    return buffer_bytes(&buffer);
}

static bool take_word(struct bytes *line, const char *word)
{
    struct bytes head, rest = *line;
    const size_t len = strlen(word);
    if (bytes_take(&rest, len, &head) != STATUS_OK || memcmp(head.data, word, len) != 0)
        return false;
    *line = rest;
    return true;
}

static bool take_number(struct bytes *line, uint64_t *out_number)
{
    uint64_t number = 0;
    size_t digits = 0;
    while (line->len != 0 && line->data[0] >= '0' && line->data[0] <= '9') {
        if (++digits > 19)
            return false;
        number = number * 10 + (uint64_t)(line->data[0] - '0');
        *line = bytes_of(line->data + 1, line->len - 1);
    }
    *out_number = number;
    return digits != 0;
}

static int digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hash(struct bytes *line, const char *name, uint8_t *out, size_t len)
{
    struct bytes head, rest = *line;
    if (!take_word(&rest, ",\"") || !take_word(&rest, name) || !take_word(&rest, "\":\"") ||
        bytes_take(&rest, 2 * len, &head) != STATUS_OK || !take_word(&rest, "\""))
        return false;
    for (size_t i = 0; i < len; i++) {
        const int high = digit_of(head.data[2 * i]), low = digit_of(head.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    *line = rest;
    return true;
}

static bool take_kind(struct bytes *line, char out_kind[static LOG_KIND_MAX + 1])
{
    size_t len = 0;
    while (line->len != 0 && line->data[0] >= 'a' && line->data[0] <= 'z' && len < LOG_KIND_MAX) {
        out_kind[len++] = (char)line->data[0];
        *line = bytes_of(line->data + 1, line->len - 1);
    }
    out_kind[len] = '\0';
    return len != 0 && take_word(line, "\"");
}

enum status log_line_read(struct bytes line, struct log_line *out_line)
{
    struct log_line read = {0};
    struct bytes time;
    if (line.len == 0 || line.data[line.len - 1] != '}' || !take_word(&line, "{\"seq\":") ||
        !take_number(&line, &read.seq) || !take_hash(&line, "prev", read.prev, 32) ||
        !take_word(&line, ",\"time\":\"") || bytes_take(&line, TIME_LEN, &time) != STATUS_OK ||
        !take_word(&line, "\",\"kind\":\"") || !take_kind(&line, read.kind))
        return STATUS_MALFORMED;
    read.has_signature = take_hash(&line, "signature", read.signature, sizeof read.signature) &&
                         take_word(&line, ",\"signed\":") && take_number(&line, &read.signed_seq);
    read.has_torn = take_hash(&line, "torn", read.torn, sizeof read.torn);
    *out_line = read;
    return STATUS_OK;
}
