/*
 * node/api/request_inner.c: the text in Data: one request of wasm_*, its fields, a file's bytes.
 */
#include "node/api/request_internal.h"

enum field {
    FIELD_NONE,
    FIELD_NAME,
    FIELD_SECOND,
    FIELD_BYTES,
    FIELD_PARAMS,
    FIELD_KEY,
    FIELD_FUEL,
    FIELD_RECEIPT,
};

static const struct {
    const char *word;
    enum api_kind kind;
} requests[] = {
    {"wasm_load", API_KIND_LOAD},
    {"wasm_call", API_KIND_CALL},
    {"wasm_list", API_KIND_LIST},
    {"wasm_unload", API_KIND_UNLOAD},
};

static const struct {
    enum api_kind kind;
    const char *word;
    enum field field;
} fields[] = {
    {API_KIND_LOAD, "name", FIELD_NAME},       {API_KIND_LOAD, "bytes", FIELD_BYTES},
    {API_KIND_LOAD, "hostname", FIELD_SECOND}, {API_KIND_LOAD, "encryption_key", FIELD_KEY},
    {API_KIND_LOAD, "max_fuel", FIELD_FUEL},   {API_KIND_CALL, "app", FIELD_NAME},
    {API_KIND_CALL, "function", FIELD_SECOND}, {API_KIND_CALL, "params", FIELD_PARAMS},
    {API_KIND_CALL, "receipt", FIELD_RECEIPT}, {API_KIND_UNLOAD, "name", FIELD_NAME},
};

static const char *field_word(const struct api_parser *parser, enum field field)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (fields[i].kind == parser->request.kind && fields[i].field == field)
            return fields[i].word;
    }
    return "";
}

/* A sentence with the request's and the field's name. */
static enum status refuse(struct api_parser *parser, enum field field, const char *sentence)
{
    const char *word = field_word(parser, field);
    return report_fail_names(&parser->inner_report, STATUS_INVALID, REPORT_NO_OFFSET, sentence,
                             bytes_of(parser->inner_name, strlen(parser->inner_name)),
                             bytes_of(word, strlen(word)));
}

static enum status take_request(struct api_parser *parser, struct bytes key)
{
    if (parser->has_inner)
        return report_fail(&parser->inner_report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "more than one request in Data");
    for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
        if (request_is_word(key, requests[i].word)) {
            parser->has_inner = true;
            parser->inner_name = requests[i].word;
            parser->request.kind = requests[i].kind;
            return STATUS_OK;
        }
    }
    return report_fail_name(&parser->inner_report, STATUS_INVALID, REPORT_NO_OFFSET,
                            "unhandled request: %", key);
}

static enum status take_field(struct api_parser *parser, struct bytes key)
{
    parser->inner_field = FIELD_NONE;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (fields[i].kind == parser->request.kind && request_is_word(key, fields[i].word))
            parser->inner_field = (uint8_t)fields[i].field;
    }
    return STATUS_OK;
}

/* ---- values ---- */

static enum status take_fuel(struct api_parser *parser, enum api_json_event event,
                             struct bytes text)
{
    uint64_t value = 0;
    bool fits = event == API_JSON_NUMBER;
    for (size_t i = 0; i < text.len && fits; i++) {
        uint64_t digit = (uint64_t)text.data[i] - '0';
        fits = digit <= 9 && value <= (INT64_MAX - digit) / 10;
        value = value * 10 + digit;
    }
    if (!fits || value == 0)
        return refuse(parser, FIELD_FUEL,
                      "%: % must be a whole number of 1 to 9223372036854775807");
    parser->request.max_fuel = value;
    return STATUS_OK;
}

static enum status begin_text(struct api_parser *parser, enum api_json_event event)
{
    enum field field = (enum field)parser->inner_field;
    struct api_request *request = &parser->request;
    struct api_text *text = field == FIELD_NAME ? &request->name : &request->second;
    if (event != API_JSON_STRING)
        return refuse(parser, field, "%: % must be a string");
    if (field == FIELD_KEY)
        request->has_key = true;
    else
        text->is_set = true;
    return STATUS_OK;
}

static enum status begin_array(struct api_parser *parser, struct api_json *json,
                               enum api_json_event event)
{
    bool is_params = parser->inner_field == FIELD_PARAMS;
    bool is_base64 = !is_params && event == API_JSON_STRING;
    if (event != API_JSON_ARRAY && !is_base64)
        return refuse(parser, (enum field)parser->inner_field,
                      is_params ? "%: % must be an array"
                                : "%: % must be an array of bytes or base64");
    parser->request.has_payload = true;
    if (is_params)
        api_json_copy(json, &parser->request.payload);
    else if (!is_base64)
        api_json_want_bytes(json);
    return STATUS_OK;
}

static enum status begin_value(struct api_parser *parser, struct api_json *json,
                               enum api_json_event event, struct bytes text)
{
    bool is_optional = parser->inner_field == FIELD_SECOND || parser->inner_field == FIELD_KEY ||
                       parser->inner_field == FIELD_FUEL || parser->inner_field == FIELD_RECEIPT;
    if (event == API_JSON_NULL && is_optional)
        return STATUS_OK; /* as if it were not there */
    switch (parser->inner_field) {
    case FIELD_NAME:
    case FIELD_SECOND:
    case FIELD_KEY:
        return begin_text(parser, event);
    case FIELD_BYTES:
    case FIELD_PARAMS:
        return begin_array(parser, json, event);
    case FIELD_FUEL:
        return take_fuel(parser, event, text);
    case FIELD_RECEIPT:
        parser->request.wants_receipt = event == API_JSON_TRUE;
        return event == API_JSON_TRUE || event == API_JSON_FALSE
                   ? STATUS_OK
                   : refuse(parser, FIELD_RECEIPT, "%: % must be true or false");
    default:
        return STATUS_OK;
    }
}

static void take_key_digits(struct api_request *request, struct bytes piece)
{
    for (size_t i = 0; i < piece.len; i++) {
        uint8_t c = piece.data[i];
        uint32_t digit = c >= '0' && c <= '9'   ? c - (uint32_t)'0'
                         : c >= 'a' && c <= 'f' ? c - (uint32_t)'a' + 10
                         : c >= 'A' && c <= 'F' ? c - (uint32_t)'A' + 10
                                                : 16;
        request->is_key_hex = request->is_key_hex && digit != 16;
        if (request->key_digits < 64) {
            uint8_t *at = &request->key[request->key_digits / 2];
            *at = (uint8_t)(request->key_digits % 2 == 0 ? digit << 4 : *at | digit);
        }
        request->key_digits++; /* no frame has 2^32 of them */
    }
}

static enum status take_piece(struct api_parser *parser, struct bytes piece)
{
    struct api_request *request = &parser->request;
    enum status status = STATUS_OK;
    switch (parser->inner_field) {
    case FIELD_NAME:
        return request_append(&request->name, piece, &parser->inner_report);
    case FIELD_SECOND:
        return request_append(&request->second, piece, &parser->inner_report);
    case FIELD_KEY:
        take_key_digits(request, piece);
        return STATUS_OK;
    case FIELD_BYTES:
        status = api_base64_feed(&parser->base64, piece, &request->payload);
        break;
    default:
        break;
    }
    return status == STATUS_MALFORMED ? refuse(parser, FIELD_BYTES, "%: % is not base64") : status;
}

static enum status end_string(struct api_parser *parser)
{
    if (parser->inner_field != FIELD_BYTES)
        return STATUS_OK;
    enum status status = api_base64_finish(&parser->base64, &parser->request.payload);
    return status == STATUS_MALFORMED ? refuse(parser, FIELD_BYTES, "%: % is not base64") : status;
}

enum status request_take_inner(void *context, struct api_json *json, enum api_json_event event,
                               struct bytes text)
{
    struct api_parser *parser = context;
    bool is_container = event == API_JSON_OBJECT || event == API_JSON_ARRAY;
    if (event == API_JSON_BYTES)
        return api_memory_append(&parser->request.payload, text);
    if (event == API_JSON_OBJECT_END || event == API_JSON_ARRAY_END)
        return STATUS_OK;
    uint32_t level = json->depth - (is_container ? 1u : 0u); /* of what holds the value */
    if (level == 0)
        return event == API_JSON_OBJECT
                   ? STATUS_OK
                   : report_fail(&parser->inner_report, STATUS_INVALID, REPORT_NO_OFFSET,
                                 "a request in Data is an object");
    if (level == 1 && event == API_JSON_KEY)
        return take_request(parser, text);
    if (level == 1)
        return event == API_JSON_OBJECT
                   ? STATUS_OK
                   : refuse(parser, FIELD_NONE, "%: the request's fields must be an object");
    if (level != 2)
        return STATUS_OK; /* inside of params, or of a field that is skipped */
    if (event == API_JSON_KEY)
        return take_field(parser, text);
    if (event == API_JSON_PIECE)
        return take_piece(parser, text);
    return event == API_JSON_STRING_END ? end_string(parser)
                                        : begin_value(parser, json, event, text);
}

enum status request_finish_inner(struct api_parser *parser)
{
    struct api_request *request = &parser->request;
    enum api_kind kind = request->kind;
    if (!parser->has_inner)
        return report_fail(&parser->inner_report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "unhandled request: nothing is asked for");
    if (kind != API_KIND_LIST && !request->name.is_set)
        return refuse(parser, FIELD_NAME, "%: the field % is missing");
    if (kind == API_KIND_LOAD && !request->has_payload)
        return refuse(parser, FIELD_BYTES, "%: the field % is missing");
    if (kind == API_KIND_CALL && !request->second.is_set)
        return refuse(parser, FIELD_SECOND, "%: the field % is missing");
    if (kind == API_KIND_CALL && !request->has_payload)
        return api_memory_append(&request->payload, BYTES_LITERAL("[]"));
    if (request->has_key && !request->is_key_hex)
        return report_fail(&parser->inner_report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "encryption_key: invalid hex encoding");
    if (request->has_key && request->key_digits % 2 != 0)
        return report_fail(&parser->inner_report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "encryption_key: invalid hex encoding");
    if (request->has_key && request->key_digits != 64)
        return report_fail_u64(&parser->inner_report, STATUS_INVALID, REPORT_NO_OFFSET,
                               "encryption_key: expected 32 bytes, got %", request->key_digits / 2);
    return STATUS_OK;
}
