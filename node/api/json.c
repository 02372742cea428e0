/*
 * node/api/json.c: the reader's states. Strings are in json_string.c, numbers in json_number.c.
 *
 *   VALUE ─ scalar ─► AFTER          FIRST_VALUE: VALUE or "]"      FIRST_KEY: KEY or "}"
 *   VALUE ─ "[" ─► FIRST_VALUE       AFTER ─ "," ─► VALUE (array) or KEY (object)
 *   VALUE ─ "{" ─► FIRST_KEY         AFTER ─ "]" or "}" ─► AFTER; at depth 0 AFTER is the end
 *   KEY ─ string ─► COLON ─ ":" ─► VALUE
 *
 * Invariants:
 *   (1) keys[key_count] is where the text of the keys that are open ends; first_key[depth - 1] is
 *       the first key of the innermost level.
 *   (2) After a failure nothing is told any more and the status stays.
 */
#include "node/api/json_internal.h"

void api_json_init(struct api_json *json, api_json_fn take, void *context, struct report *report)
{
    /* Not all of it: the stacks are read only up to their counts. */
    json->take = take;
    json->context = context;
    json->report = report;
    json->offset = 0;
    json->status = STATUS_OK;
    json->depth = 0;
    json->state = STATE_VALUE;
    json->is_key = json->wants_bytes = false;
    json->sequence_left = json->hex_left = 0;
    json->high_unit = 0;
    json->copy = NULL;
    json->copy_from = json->at = NULL;
    json->token_len = 0;
    json->key_count = 0;
    json->keys[0] = 0;
}

enum status json_refuse(struct api_json *json, enum status status, const char *sentence)
{
    return report_fail(json->report, status, json->offset, sentence);
}

enum status json_tell(struct api_json *json, enum api_json_event event, struct bytes text)
{
    return json->take(json->context, json, event, text);
}

/* ---- what the taker may ask for ---- */

void api_json_want_bytes(struct api_json *json)
{
    json->wants_bytes = true;
}

void api_json_copy(struct api_json *json, struct api_memory *memory)
{
    json->copy = memory;
    json->copy_from = json->at;
    json->copy_depth = json->depth;
}

static enum status copy_up_to(struct api_json *json, const uint8_t *end)
{
    struct bytes text = bytes_of(json->copy_from, (size_t)(end - json->copy_from));
    json->copy_from = end;
    return api_memory_append(json->copy, text);
}

/* ---- levels ---- */

static enum status begin(struct api_json *json, bool is_object)
{
    if (json->depth == API_JSON_DEPTH_MAX)
        return report_fail_u64(json->report, STATUS_LIMIT, json->offset,
                               "more than % arrays and objects in each other", API_JSON_DEPTH_MAX);
    json->is_object[json->depth] = is_object;
    json->first_key[json->depth] = json->key_count;
    json->depth++;
    json->state = is_object ? STATE_FIRST_KEY : STATE_FIRST_VALUE;
    json->wants_bytes = false;
    enum status status =
        json_tell(json, is_object ? API_JSON_OBJECT : API_JSON_ARRAY, bytes_of(NULL, 0));
    if (status == STATUS_OK && !is_object && json->wants_bytes)
        json->state = STATE_BYTES_FIRST;
    return status;
}

enum status json_end_level(struct api_json *json, bool is_object)
{
    if (json->depth == 0 || json->is_object[json->depth - 1] != is_object)
        return json_refuse(json, STATUS_MALFORMED, "a bracket that closes nothing");
    bool ends_copy = json->copy != NULL && json->copy_depth == json->depth;
    json->depth--;
    json->key_count = json->first_key[json->depth];
    json->state = STATE_AFTER;
    if (ends_copy) {
        enum status status = copy_up_to(json, json->at + 1);
        json->copy = NULL;
        if (status != STATUS_OK)
            return status;
    }
    return json_tell(json, is_object ? API_JSON_OBJECT_END : API_JSON_ARRAY_END, bytes_of(NULL, 0));
}

enum status json_end_key(struct api_json *json)
{
    uint32_t first = json->first_key[json->depth - 1], count = json->key_count;
    struct bytes key = bytes_of(json->token, json->token_len);
    for (uint32_t i = first; i < count; i++) {
        size_t len = (size_t)json->keys[i + 1] - json->keys[i];
        if (bytes_equal(key, bytes_of(json->key_text + json->keys[i], len)))
            return json_refuse(json, STATUS_MALFORMED, "a key that is in its object already");
    }
    if (count - first == API_JSON_KEYS_MAX || count == API_JSON_OPEN_KEYS_MAX ||
        key.len > API_JSON_KEY_TEXT_MAX - json->keys[count])
        return json_refuse(json, STATUS_LIMIT, "an object has too many keys, or too long ones");
    memcpy(json->key_text + json->keys[count], key.data, key.len);
    json->keys[count + 1] = (uint16_t)(json->keys[count] + key.len);
    json->key_count++;
    json->state = STATE_COLON;
    return json_tell(json, API_JSON_KEY, key);
}

/* ---- states ---- */

static enum status take_word(struct api_json *json, uint8_t c)
{
    if (c != (uint8_t)*json->word)
        return json_refuse(json, STATUS_MALFORMED, "a word that JSON does not have");
    json->word++;
    if (*json->word != '\0')
        return STATUS_OK;
    json->state = STATE_AFTER;
    /* By the last letter but one of "true", "false" and "null". */
    enum api_json_event event = json->word[-2] == 'u'   ? API_JSON_TRUE
                                : json->word[-2] == 's' ? API_JSON_FALSE
                                                        : API_JSON_NULL;
    return json_tell(json, event, bytes_of(NULL, 0));
}

static enum status take_value(struct api_json *json, uint8_t c)
{
    switch (c) {
    case '{':
        return begin(json, true);
    case '[':
        return begin(json, false);
    case '"':
        return json_begin_string(json, false);
    case 't':
    case 'f':
    case 'n':
        json->word = c == 't' ? "rue" : c == 'f' ? "alse" : "ull";
        json->state = STATE_WORD;
        return STATUS_OK;
    default:
        if (c == '-' || (c >= '0' && c <= '9'))
            return json_begin_number(json, c);
        return json_refuse(json, STATUS_MALFORMED, "a value is expected");
    }
}

static enum status take_after(struct api_json *json, uint8_t c)
{
    if (json->depth == 0)
        return json_refuse(json, STATUS_MALFORMED, "something stands behind the value");
    if (c == ',') {
        json->state = json->is_object[json->depth - 1] ? STATE_KEY : STATE_VALUE;
        return STATUS_OK;
    }
    if (c == ']' || c == '}')
        return json_end_level(json, c == '}');
    return json_refuse(json, STATUS_MALFORMED, "a comma or the closing bracket is expected");
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One byte in a state that is between values. */
static enum status take_between(struct api_json *json, uint8_t c)
{
    if (is_space(c))
        return STATUS_OK;
    switch (json->state) {
    case STATE_VALUE:
        return take_value(json, c);
    case STATE_FIRST_VALUE:
        return c == ']' ? json_end_level(json, false) : take_value(json, c);
    case STATE_FIRST_KEY:
        if (c == '}')
            return json_end_level(json, true);
        FALLTHROUGH;
    case STATE_KEY:
        if (c != '"')
            return json_refuse(json, STATUS_MALFORMED, "a key is expected");
        return json_begin_string(json, true);
    case STATE_COLON:
        if (c != ':')
            return json_refuse(json, STATUS_MALFORMED, "a colon is expected");
        json->state = STATE_VALUE;
        return STATUS_OK;
    default:
        return take_after(json, c);
    }
}

/* Takes one byte or more off `*rest`. */
static enum status take_some(struct api_json *json, struct bytes *rest)
{
    json->at = rest->data;
    switch (json->state) {
    case STATE_STRING:
        return json_take_string(json, rest);
    case STATE_NUMBER_MINUS:
    case STATE_NUMBER_ZERO:
    case STATE_NUMBER_WHOLE:
    case STATE_NUMBER_POINT:
    case STATE_NUMBER_FRACTION:
    case STATE_NUMBER_E:
    case STATE_NUMBER_SIGN:
    case STATE_NUMBER_EXPONENT:
        return json_take_number(json, rest);
    case STATE_BYTES_FIRST:
    case STATE_BYTES_NUMBER:
    case STATE_BYTES_AFTER:
    case STATE_BYTES_NEXT:
        return json_take_bytes(json, rest);
    default:
        break;
    }
    uint8_t c = rest->data[0];
    enum status status = json->state == STATE_WORD ? take_word(json, c)
                         : json->state >= STATE_ESCAPE && json->state <= STATE_LOW_U
                             ? json_take_escape(json, c)
                             : take_between(json, c);
    if (status == STATUS_OK)
        json_skip(json, rest, 1);
    return status;
}

enum status api_json_feed(struct api_json *json, struct bytes piece)
{
    struct bytes rest = piece;
    json->copy_from = piece.data;
    while (rest.len != 0 && json->status == STATUS_OK)
        json->status = take_some(json, &rest);
    if (json->status == STATUS_OK && json->copy != NULL && piece.len != 0)
        json->status = copy_up_to(json, piece.data + piece.len);
    return json->status;
}

enum status api_json_finish(struct api_json *json)
{
    if (json->status == STATUS_OK && json->depth == 0 && json->state >= STATE_NUMBER_MINUS &&
        json->state <= STATE_NUMBER_EXPONENT)
        json->status = json_end_number(json);
    if (json->status == STATUS_OK && (json->state != STATE_AFTER || json->depth != 0))
        json->status = json_refuse(json, STATUS_MALFORMED, "the text ends before its value does");
    return json->status;
}

/* ---- one array ---- */

static enum status take_nothing(void *context, struct api_json *json, enum api_json_event event,
                                struct bytes text)
{
    (void)context;
    (void)json;
    (void)event;
    (void)text;
    return STATUS_OK;
}

enum status api_json_check_array(struct bytes text, struct report *report)
{
    struct api_json json;
    if (text.len == 0 || text.data[0] != '[')
        return report_fail(report, STATUS_MALFORMED, 0, "an array is expected");
    api_json_init(&json, take_nothing, NULL, report);
    enum status status = api_json_feed(&json, text);
    return status != STATUS_OK ? status : api_json_finish(&json);
}
