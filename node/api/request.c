/*
 * node/api/request.c: the outer text of a frame: which request, and the bytes of Data onward.
 */
#include "node/api/request_internal.h"

enum field {
    FIELD_NONE, /* skipped, whatever it holds */
    FIELD_AUTH,
    FIELD_DATA,
    FIELD_UNIT, /* a request without fields */
    FIELD_V,
    FIELD_MODE,
    FIELD_LEAF,
    FIELD_CONTEXT,
};

static const struct {
    const char *word;
    enum api_kind kind;
} units[] = {
    {"Ping", API_KIND_PING},         {"Healthz", API_KIND_HEALTHZ}, {"Readyz", API_KIND_READYZ},
    {"Status", API_KIND_STATUS},     {"Metrics", API_KIND_METRICS}, {"Manifest", API_KIND_MANIFEST},
    {"Shutdown", API_KIND_SHUTDOWN},
};

static const struct {
    const char *word;
    enum field field;
} fields[] = {
    {"auth", FIELD_AUTH}, {"Data", FIELD_DATA}, {"v", FIELD_V},
    {"mode", FIELD_MODE}, {"leaf", FIELD_LEAF}, {"context", FIELD_CONTEXT},
};

static enum status refuse(struct api_parser *parser, const char *sentence)
{
    return report_fail(&parser->outer_report, STATUS_INVALID, REPORT_NO_OFFSET, sentence);
}

enum status request_append(struct api_text *text, struct bytes piece, struct report *report)
{
    if (piece.len > API_TEXT_MAX - text->len)
        return report_fail_u64(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                               "a name of more than % bytes", API_TEXT_MAX);
    memcpy(text->data + text->len, piece.data, piece.len);
    text->len += (uint32_t)piece.len;
    return STATUS_OK;
}

/* A frame has one request. */
static enum status begin_request(struct api_parser *parser)
{
    if (parser->is_second_round)
        return refuse(parser, "more than one request in a frame");
    parser->is_second_round = true;
    return STATUS_OK;
}

static enum status take_unit(struct api_parser *parser, struct bytes word)
{
    enum status status = begin_request(parser);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (request_is_word(word, units[i].word)) {
            parser->request.kind = units[i].kind;
            return STATUS_OK;
        }
    }
    return report_fail_name(&parser->outer_report, STATUS_INVALID, REPORT_NO_OFFSET,
                            "unhandled request: %", word);
}

static enum status take_key(struct api_parser *parser, struct bytes key)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (!request_is_word(key, fields[i].word))
            continue;
        parser->field = (uint8_t)fields[i].field;
        if (fields[i].field == FIELD_AUTH)
            return STATUS_OK;
        if (fields[i].field == FIELD_DATA) {
            parser->request.is_data = true;
            return begin_request(parser);
        }
        bool is_first = parser->request.kind != API_KIND_ATTEST;
        parser->request.kind = API_KIND_ATTEST;
        return is_first ? begin_request(parser) : STATUS_OK;
    }
    if (parser->request.kind == API_KIND_ATTEST) {
        parser->field = FIELD_NONE; /* of a later version of that exchange */
        return STATUS_OK;
    }
    parser->field = FIELD_UNIT;
    return take_unit(parser, key);
}

/* ---- values ---- */

static struct api_text *text_of(struct api_parser *parser)
{
    switch (parser->field) {
    case FIELD_MODE:
        return &parser->request.mode;
    case FIELD_LEAF:
        return &parser->request.name;
    case FIELD_CONTEXT:
        return &parser->request.second;
    default:
        return NULL;
    }
}

static enum status begin_value(struct api_parser *parser, struct api_json *json,
                               enum api_json_event event, struct bytes text)
{
    struct api_text *field = text_of(parser);
    switch (parser->field) {
    case FIELD_AUTH:
        return event == API_JSON_STRING ? STATUS_OK
                                        : refuse(parser, "\"auth\" field must be a string");
    case FIELD_DATA:
        if (event != API_JSON_ARRAY)
            return refuse(parser, "\"Data\" must be an array of bytes");
        api_json_want_bytes(json);
        return STATUS_OK;
    case FIELD_UNIT:
        return event == API_JSON_NULL ? STATUS_OK : refuse(parser, "this request has no fields");
    case FIELD_V:
        parser->has_v = event == API_JSON_NUMBER && request_is_word(text, "2");
        return parser->has_v ? STATUS_OK : refuse(parser, "\"v\" must be 2");
    default:
        if (field == NULL || event == API_JSON_NULL)
            return STATUS_OK;
        field->is_set = event == API_JSON_STRING;
        return field->is_set ? STATUS_OK
                             : refuse(parser, "\"mode\", \"leaf\" and \"context\" must be strings");
    }
}

static enum status take_piece(struct api_parser *parser, struct bytes piece)
{
    struct api_text *field = text_of(parser);
    return field == NULL ? STATUS_OK : request_append(field, piece, &parser->outer_report);
}

/* A frame that is a word. */
static enum status take_top(struct api_parser *parser, enum api_json_event event, struct bytes text)
{
    struct api_text *word = &parser->request.mode;
    if (event == API_JSON_STRING)
        return STATUS_OK;
    if (event == API_JSON_PIECE)
        return request_append(word, text, &parser->outer_report);
    if (event == API_JSON_STRING_END)
        return take_unit(parser, request_text(word));
    return refuse(parser, "a request is an object or a word");
}

static enum status take_outer(void *context, struct api_json *json, enum api_json_event event,
                              struct bytes text)
{
    struct api_parser *parser = context;
    bool is_end = event == API_JSON_OBJECT_END || event == API_JSON_ARRAY_END;
    if (event == API_JSON_BYTES) {
        parser->inner_status = api_json_feed(&parser->inner, text); /* said at the end */
        return STATUS_OK;
    }
    if (is_end)
        return STATUS_OK;
    if (json->depth == 0 || (json->depth == 1 && event == API_JSON_ARRAY))
        return take_top(parser, event, text);
    if (event == API_JSON_KEY)
        return json->depth == 1 ? take_key(parser, text) : STATUS_OK;
    bool is_container = event == API_JSON_OBJECT || event == API_JSON_ARRAY;
    if (json->depth > (is_container ? 2u : 1u) || (is_container && json->depth == 1))
        return STATUS_OK; /* inside of a value that is skipped; the outermost object */
    if (event == API_JSON_PIECE)
        return take_piece(parser, text);
    return event == API_JSON_STRING_END ? STATUS_OK : begin_value(parser, json, event, text);
}

/* ---- the whole ---- */

void api_parser_init(struct api_parser *parser, struct api_budget *budget)
{
    struct api_request *request = &parser->request;
    request->kind = API_KIND_NONE;
    request->is_data = request->has_payload = request->wants_receipt = false;
    request->has_key = request->is_challenge = false;
    request->is_key_hex = true;
    request->name.is_set = request->second.is_set = request->mode.is_set = false;
    request->name.len = request->second.len = request->mode.len = 0;
    request->max_fuel = 0;
    request->key_digits = 0;
    api_memory_init(&request->payload, SIZE_MAX / 4, budget);
    report_init(&parser->outer_report);
    report_init(&parser->inner_report);
    api_json_init(&parser->outer, take_outer, parser, &parser->outer_report);
    api_json_init(&parser->inner, request_take_inner, parser, &parser->inner_report);
    parser->outer_status = parser->inner_status = STATUS_OK;
    parser->field = parser->inner_field = FIELD_NONE;
    parser->is_second_round = parser->has_v = parser->has_inner = false;
    parser->inner_name = "";
    parser->base64 = (struct api_base64){0};
}

void api_parser_fini(struct api_parser *parser)
{
    api_memory_fini(&parser->request.payload);
    memory_wipe(parser, sizeof *parser);
}

void api_parser_feed(struct api_parser *parser, struct bytes piece)
{
    parser->outer_status = api_json_feed(&parser->outer, piece); /* said at the end */
}

static bool decode_hash(const struct api_text *text, uint8_t out[static 32])
{
    struct api_budget budget = {0, 0};
    struct api_memory memory;
    struct api_base64 base64 = {.is_url = true};
    api_memory_init(&memory, 64, &budget);
    bool is_hash = api_base64_feed(&base64, request_text(text), &memory) == STATUS_OK &&
                   api_base64_finish(&base64, &memory) == STATUS_OK && memory.len == 32;
    if (is_hash)
        memcpy(out, memory.data, 32);
    api_memory_fini(&memory);
    return is_hash;
}

static enum status finish_attest(struct api_parser *parser)
{
    struct api_request *request = &parser->request;
    struct bytes mode = request_text(&request->mode);
    request->is_challenge = request_is_word(mode, "challenge");
    memset(request->context, 0, sizeof request->context);
    if (!parser->has_v)
        return refuse(parser, "\"v\" must be 2");
    if (!request->is_challenge && !request_is_word(mode, "deterministic"))
        return refuse(parser, "\"mode\" must be \"deterministic\" or \"challenge\"");
    if (!decode_hash(&request->name, request->leaf))
        return refuse(parser, "\"leaf\" must be 32 bytes as base64url");
    /* Without a challenge it may be left out: zeros. */
    if ((request->is_challenge || request->second.is_set) &&
        !decode_hash(&request->second, request->context))
        return refuse(parser, "\"context\" must be 32 bytes as base64url");
    return STATUS_OK;
}

/* What a reader said, as a sentence of its own. */
static enum status explain(enum status status, const struct report *cause, struct report *report)
{
    char text[REPORT_TEXT_MAX + 64];
    if (status == STATUS_NO_MEMORY)
        return report_fail(report, status, REPORT_NO_OFFSET,
                           "too much is being sent at once: try again later");
    if (cause->offset == REPORT_NO_OFFSET)
        return report_fail(report, status, REPORT_NO_OFFSET, cause->text);
    static const char head[] = "invalid JSON request: byte %: ";
    size_t len = cause->len;
    if (len > sizeof text - sizeof head)
        len = sizeof text - sizeof head;
    memcpy(text, head, sizeof head - 1);
    memcpy(text + sizeof head - 1, cause->text, len);
    text[sizeof head - 1 + len] = '\0';
    return report_fail_u64(report, status, REPORT_NO_OFFSET, text, cause->offset);
}

enum status api_parser_finish(struct api_parser *parser, struct report *report)
{
    struct api_request *request = &parser->request;
    enum status status = parser->outer_status;
    if (status == STATUS_OK)
        status = api_json_finish(&parser->outer);
    if (status == STATUS_OK && !parser->is_second_round)
        status = refuse(parser, "unhandled request: nothing is asked for");
    if (status == STATUS_OK && request->kind == API_KIND_ATTEST)
        status = finish_attest(parser);
    if (status != STATUS_OK) {
        request->is_data = false;
        return explain(status, &parser->outer_report, report);
    }
    if (!request->is_data)
        return STATUS_OK;
    status = parser->inner_status;
    if (status == STATUS_OK)
        status = api_json_finish(&parser->inner);
    if (status == STATUS_OK)
        status = request_finish_inner(parser);
    return status == STATUS_OK ? STATUS_OK : explain(status, &parser->inner_report, report);
}
