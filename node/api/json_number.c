/*
 * node/api/json_number.c: numbers of the streaming reader, and arrays of bytes in a tight loop.
 *
 * The text of a number is kept as it stands; who wants it as a number checks its range. In an array
 * of bytes there are whole numbers of 0 to 255 alone, without sign, point or leading zeros.
 */
#include "node/api/json_internal.h"

#define BYTES_AT_ONCE 1024u

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static enum status keep(struct api_json *json, uint8_t c)
{
    if (json->token_len == API_JSON_TOKEN_MAX)
        return report_fail_u64(json->report, STATUS_LIMIT, json->offset,
                               "a number of more than % digits", API_JSON_TOKEN_MAX);
    json->token[json->token_len++] = c;
    return STATUS_OK;
}

enum status json_begin_number(struct api_json *json, uint8_t c)
{
    json->token_len = 0;
    json->state = c == '-' ? STATE_NUMBER_MINUS : c == '0' ? STATE_NUMBER_ZERO : STATE_NUMBER_WHOLE;
    return keep(json, c);
}

enum status json_end_number(struct api_json *json)
{
    bool is_whole = json->state == STATE_NUMBER_ZERO || json->state == STATE_NUMBER_WHOLE ||
                    json->state == STATE_NUMBER_FRACTION || json->state == STATE_NUMBER_EXPONENT;
    if (!is_whole)
        return json_refuse(json, STATUS_MALFORMED, "a number without its digits");
    json->state = STATE_AFTER;
    return json_tell(json, API_JSON_NUMBER, bytes_of(json->token, json->token_len));
}

/* The state after `c`, or `state` itself for STATE_AFTER: the number ends in front of it. */
static uint8_t next_state(uint8_t state, uint8_t c)
{
    bool is_e = c == 'e' || c == 'E';
    switch (state) {
    case STATE_NUMBER_MINUS:
        return c == '0' ? STATE_NUMBER_ZERO : is_digit(c) ? STATE_NUMBER_WHOLE : STATE_AFTER;
    case STATE_NUMBER_WHOLE:
    case STATE_NUMBER_ZERO:
        if (is_digit(c) && state == STATE_NUMBER_WHOLE)
            return state;
        return c == '.' ? STATE_NUMBER_POINT : is_e ? STATE_NUMBER_E : STATE_AFTER;
    case STATE_NUMBER_POINT:
        return is_digit(c) ? STATE_NUMBER_FRACTION : STATE_AFTER;
    case STATE_NUMBER_FRACTION:
        return is_digit(c) ? state : is_e ? STATE_NUMBER_E : STATE_AFTER;
    case STATE_NUMBER_E:
        if (c == '+' || c == '-')
            return STATE_NUMBER_SIGN;
        FALLTHROUGH;
    default:
        return is_digit(c) ? STATE_NUMBER_EXPONENT : STATE_AFTER;
    }
}

enum status json_take_number(struct api_json *json, struct bytes *rest)
{
    enum status status = STATUS_OK;
    while (rest->len != 0 && status == STATUS_OK) {
        uint8_t next = next_state(json->state, rest->data[0]);
        if (next == STATE_AFTER)
            return json_end_number(json); /* the byte is for the next state */
        json->state = next;
        status = keep(json, rest->data[0]);
        if (status == STATUS_OK)
            json_skip(json, rest, 1);
    }
    return status;
}

/* ---- arrays of bytes ---- */

struct run {
    uint8_t bytes[BYTES_AT_ONCE];
    size_t len;
};

static enum status flush(struct api_json *json, struct run *run)
{
    struct bytes bytes = bytes_of(run->bytes, run->len);
    run->len = 0;
    return bytes.len == 0 ? STATUS_OK : json_tell(json, API_JSON_BYTES, bytes);
}

static enum status refuse_byte(struct api_json *json)
{
    return json_refuse(json, STATUS_MALFORMED, "not a whole number of 0 to 255");
}

/* One digit more: a byte has no leading zero. */
static bool add_digit(struct api_json *json, uint8_t c)
{
    uint32_t value = json->hex_unit * 10u + (c - (uint32_t)'0');
    bool has_leading_zero = json->hex_unit == 0 && json->state == STATE_BYTES_NUMBER;
    json->hex_unit = (uint16_t)value;
    json->state = STATE_BYTES_NUMBER;
    return value <= 255 && !has_leading_zero;
}

/* What is no digit: a space, a comma or the end, where each may stand. */
static enum status separate(struct api_json *json, struct run *run, uint8_t c)
{
    if (json->state == STATE_BYTES_NUMBER) {
        run->bytes[run->len++] = (uint8_t)json->hex_unit;
        json->state = STATE_BYTES_AFTER;
    }
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
        return STATUS_OK;
    if (c == ',' && json->state == STATE_BYTES_AFTER) {
        json->state = STATE_BYTES_NEXT;
        return STATUS_OK;
    }
    if (c != ']' || json->state == STATE_BYTES_NEXT)
        return json->state == STATE_BYTES_AFTER
                   ? json_refuse(json, STATUS_MALFORMED,
                                 "a comma or the end of an array of bytes is expected")
                   : refuse_byte(json);
    enum status status = flush(json, run);
    return status != STATUS_OK ? status : json_end_level(json, false);
}

enum status json_take_bytes(struct api_json *json, struct bytes *rest)
{
    struct run run;
    enum status status = STATUS_OK;
    run.len = 0;
    while (rest->len != 0 && status == STATUS_OK && json->state >= STATE_BYTES_FIRST) {
        uint8_t c = rest->data[0];
        json->at = rest->data;
        if (!is_digit(c)) {
            status = separate(json, &run, c);
        } else if (json->state == STATE_BYTES_AFTER) {
            status = separate(json, &run, c); /* refuses it */
        } else {
            if (json->state != STATE_BYTES_NUMBER)
                json->hex_unit = 0;
            status = add_digit(json, c) ? STATUS_OK : refuse_byte(json);
        }
        if (status == STATUS_OK)
            json_skip(json, rest, 1);
        if (status == STATUS_OK && run.len == BYTES_AT_ONCE)
            status = flush(json, &run);
    }
    if (run.len != 0) { /* after a refusal, too: what is told does not depend on the pieces */
        enum status told = flush(json, &run);
        status = status != STATUS_OK ? status : told;
    }
    memory_wipe(&run, sizeof run);
    return status;
}
