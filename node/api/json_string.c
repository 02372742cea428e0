/*
 * node/api/json_string.c: strings of the streaming reader: runs as they stand, escapes decoded.
 *
 * Invariant: outside of a run sequence_left is what is missing of a character of several bytes, and
 * its next byte must be in sequence_least..sequence_most (RFC 3629).
 */
#include "core/base/utf8.h"
#include "node/api/json_internal.h"

enum status json_begin_string(struct api_json *json, bool is_key)
{
    json->state = STATE_STRING;
    json->is_key = is_key;
    json->token_len = 0;
    json->sequence_left = 0;
    return is_key ? STATUS_OK : json_tell(json, API_JSON_STRING, bytes_of(NULL, 0));
}

static enum status put(struct api_json *json, struct bytes piece)
{
    if (piece.len == 0)
        return STATUS_OK;
    if (!json->is_key)
        return json_tell(json, API_JSON_PIECE, piece);
    size_t left = API_JSON_TOKEN_MAX - json->token_len;
    if (piece.len > left)
        return report_fail_u64(json->report, STATUS_LIMIT, json->offset + left,
                               "a key of more than % bytes", API_JSON_TOKEN_MAX);
    memcpy(json->token + json->token_len, piece.data, piece.len);
    json->token_len += (uint32_t)piece.len;
    return STATUS_OK;
}

/* The first byte of a character of more than one. */
static bool begin_sequence(struct api_json *json, uint8_t c)
{
    if (c < 0xC2 || c > 0xF4)
        return false;
    json->sequence_left = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    json->sequence_least = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    json->sequence_most = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    return true;
}

static bool is_text(struct api_json *json, uint8_t c)
{
    if (json->sequence_left == 0)
        return c < 0x80 || begin_sequence(json, c);
    if (c < json->sequence_least || c > json->sequence_most)
        return false;
    json->sequence_left--;
    json->sequence_least = 0x80;
    json->sequence_most = 0xBF;
    return true;
}

static enum status end_string(struct api_json *json)
{
    if (json->is_key)
        return json_end_key(json);
    json->state = STATE_AFTER;
    return json_tell(json, API_JSON_STRING_END, bytes_of(NULL, 0));
}

enum status json_take_string(struct api_json *json, struct bytes *rest)
{
    size_t len = 0;
    bool is_run = true, is_utf8 = true;
    while (len < rest->len && is_run) {
        uint8_t c = rest->data[len];
        is_utf8 = is_text(json, c);
        is_run = is_utf8 && c != '"' && c != '\\' && c >= 0x20;
        len += is_run;
    }
    enum status status = put(json, bytes_of(rest->data, len));
    json_skip(json, rest, len);
    if (status != STATUS_OK || is_run)
        return status;
    if (!is_utf8)
        return json_refuse(json, STATUS_MALFORMED, "text that is not UTF-8");
    uint8_t c = rest->data[0];
    if (c < 0x20)
        return json_refuse(json, STATUS_MALFORMED, "a control character in a string");
    if (c == '\\') {
        json->state = STATE_ESCAPE;
        json->high_unit = 0;
    } else {
        status = end_string(json);
    }
    if (status == STATUS_OK)
        json_skip(json, rest, 1);
    return status;
}

/* ---- escapes ---- */

static enum status take_hex(struct api_json *json, uint8_t c)
{
    uint8_t text[4];
    uint32_t digit = c >= '0' && c <= '9'   ? c - (uint32_t)'0'
                     : c >= 'a' && c <= 'f' ? c - (uint32_t)'a' + 10
                     : c >= 'A' && c <= 'F' ? c - (uint32_t)'A' + 10
                                            : 16;
    if (digit == 16)
        return json_refuse(json, STATUS_MALFORMED, "\\u without four hexadecimal digits");
    json->hex_unit = (uint16_t)((uint32_t)json->hex_unit << 4 | digit);
    if (--json->hex_left != 0)
        return STATUS_OK;
    uint32_t code = json->hex_unit;
    bool is_low = code >= 0xDC00 && code < 0xE000;
    if (is_low != (json->high_unit != 0))
        return json_refuse(json, STATUS_MALFORMED, "half a surrogate pair");
    if (code >= 0xD800 && code < 0xDC00) {
        json->high_unit = (uint16_t)code;
        json->state = STATE_LOW_BACKSLASH;
        return STATUS_OK;
    }
    if (is_low)
        code = 0x10000 + ((json->high_unit - 0xD800u) << 10) + (code - 0xDC00);
    json->state = STATE_STRING;
    return put(json, bytes_of(text, utf8_put(text, code)));
}

static void expect_hex(struct api_json *json)
{
    json->state = STATE_HEX;
    json->hex_left = 4;
    json->hex_unit = 0;
}

enum status json_take_escape(struct api_json *json, uint8_t c)
{
    static const char names[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (json->state == STATE_HEX)
        return take_hex(json, c);
    if (json->state == STATE_LOW_BACKSLASH || json->state == STATE_LOW_U) {
        if (c != (json->state == STATE_LOW_U ? 'u' : '\\'))
            return json_refuse(json, STATUS_MALFORMED, "half a surrogate pair");
        if (json->state == STATE_LOW_U)
            expect_hex(json);
        else
            json->state = STATE_LOW_U;
        return STATUS_OK;
    }
    if (c == 'u') {
        expect_hex(json);
        return STATUS_OK;
    }
    const char *found = c == 0 ? NULL : strchr(names, c);
    if (found == NULL)
        return json_refuse(json, STATUS_MALFORMED, "an escape that JSON does not have");
    json->state = STATE_STRING;
    return put(json, bytes_of(meanings + (found - names), 1));
}
