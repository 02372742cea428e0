/*
 * core/component/json_parse.c: a value of a type from plain JSON. Recursion follows the type alone.
 */
#include "core/base/float_text.h"
#include "core/base/utf8.h"
#include "core/component/json.h"
#include "core/component/json_reader.h"

static enum status parse_integer(struct json_reader *reader, enum component_kind kind,
                                 struct component_value *out_value)
{
    struct bytes number;
    uint8_t first = from_json_peek(reader);
    size_t start = reader->at;
    if (first != '-' && (first < '0' || first > '9'))
        return report_fail_name(reader->report, STATUS_MALFORMED, start,
                                "expected a number of type %", component_kind_name(kind));
    enum status status = from_json_number(reader, "expected a number", &number);
    if (status != STATUS_OK)
        return status;
    const char *why = value_integer(number, kind, out_value);
    return why == NULL ? STATUS_OK : report_fail(reader->report, STATUS_MALFORMED, start, why);
}

/* null and the words that are no numbers of JSON. */
static bool float_word(struct json_reader *reader, bool is_f64, uint64_t *out_bits)
{
    uint64_t infinity = is_f64 ? 0x7FF0000000000000 : 0x7F800000;
    uint64_t quiet = is_f64 ? 0x0008000000000000 : 0x00400000;
    if (from_json_take_word(reader, "null") || from_json_take_word(reader, "\"nan\""))
        *out_bits = infinity | quiet;
    else if (from_json_take_word(reader, "\"inf\""))
        *out_bits = infinity;
    else if (from_json_take_word(reader, "\"-inf\""))
        *out_bits = infinity | (uint64_t)1 << (is_f64 ? 63 : 31);
    else
        return false;
    return true;
}

static enum status float_bits(struct json_reader *reader, bool is_f64, uint64_t *out_bits)
{
    struct bytes number;
    enum status status = from_json_number(reader, "expected a number", &number);
    if (status != STATUS_OK)
        return status;
    bool is_negative = number.data[0] == '-';
    struct bytes digits = bytes_of(number.data + is_negative, number.len - is_negative);
    enum float_width width = is_f64 ? FLOAT_F64 : FLOAT_F32;
    if (!float_text_parse(digits, width, out_bits) || !float_is_finite(*out_bits, width)) {
        reader->at -= number.len;
        return from_json_fail(reader, "the number does not fit its type");
    }
    *out_bits |= (uint64_t)is_negative << (is_f64 ? 63 : 31);
    return STATUS_OK;
}

static enum status parse_float(struct json_reader *reader, enum component_kind kind,
                               struct component_value *out_value)
{
    uint64_t bits;
    bool is_f64 = kind == COMPONENT_F64;
    enum status status =
        float_word(reader, is_f64, &bits) ? STATUS_OK : float_bits(reader, is_f64, &bits);
    if (status != STATUS_OK)
        return status;
    *out_value = (struct component_value){.kind = kind, .f64 = bits};
    if (!is_f64)
        out_value->f32 = (uint32_t)bits;
    return STATUS_OK;
}

static enum status parse_bool(struct json_reader *reader, struct component_value *out_value)
{
    bool is_true = from_json_take_word(reader, "true");
    if (!is_true && !from_json_take_word(reader, "false"))
        return from_json_fail(reader, "expected true or false");
    *out_value = (struct component_value){.kind = COMPONENT_BOOL, .boolean = is_true};
    return STATUS_OK;
}

static enum status parse_char(struct json_reader *reader, struct component_value *out_value)
{
    struct bytes text;
    uint32_t code = 0;
    (void)from_json_peek(reader);
    size_t start = reader->at;
    enum status status = from_json_string(reader, "expected a string of one character", &text);
    if (status != STATUS_OK)
        return status;
    if (text.len != 0)
        utf8_next(&text, &code);
    else
        text.len = 1; /* none is as wrong as two */
    if (text.len != 0)
        return report_fail(reader->report, STATUS_MALFORMED, start,
                           "expected a string of one character");
    *out_value = (struct component_value){.kind = COMPONENT_CHAR, .u = code};
    return STATUS_OK;
}

static enum status parse_string(struct json_reader *reader, struct component_value *out_value)
{
    struct bytes text;
    enum status status = from_json_string(reader, "expected a string", &text);
    if (status == STATUS_OK && text.len > UINT32_MAX)
        status = from_json_fail(reader, "the string is too long");
    if (status == STATUS_OK)
        *out_value = component_string_value(text);
    return status;
}

/* Of a list that was read to its end. */
static enum status check_count(struct json_reader *reader, const struct component_type *type,
                               uint32_t count)
{
    if (type->kind != COMPONENT_FIXED_LIST || count == type->length)
        return STATUS_OK;
    return report_fail_u64(reader->report, STATUS_MALFORMED, reader->at - 1,
                           "expected a list of % items", type->length);
}

static enum status parse_bytes(struct json_reader *reader, const struct component_type *type,
                               struct component_value *out_value)
{
    struct component_value text;
    enum status status = parse_string(reader, &text);
    if (status == STATUS_OK)
        status = check_count(reader, type, text.string.len);
    if (status == STATUS_OK)
        *out_value = (struct component_value){
            .kind = type->kind, .items = {.count = text.string.len, .packed = text.string.data}};
    return status;
}

enum status from_json_list(struct json_reader *reader, const struct component_type *type,
                           from_json_item_fn *item, struct component_value *out_value)
{
    struct value_list list;
    struct component_value value;
    enum status status = from_json_expect(reader, '[', "expected an array");
    value_list_begin(&list, type->element, reader->arena);
    for (bool more = status == STATUS_OK && !from_json_take(reader, ']');
         status == STATUS_OK && more;)
        if ((status = item(reader, type->element, &value)) == STATUS_OK &&
            (status = value_list_add(&list, &value)) == STATUS_OK)
            status = from_json_separator(reader, ']', &more);
    if (status == STATUS_OK)
        status = check_count(reader, type, list.count);
    if (status == STATUS_OK)
        *out_value = value_list_end(&list, type->kind);
    return status;
}

static enum status parse_list(struct json_reader *reader, const struct component_type *type,
                              struct component_value *out_value)
{
    bool is_bytes = type->element->kind == COMPONENT_U8 && from_json_peek(reader) == '"';
    return is_bytes ? parse_bytes(reader, type, out_value)
                    : from_json_list(reader, type, from_json_plain, out_value);
}

enum status from_json_tuple(struct json_reader *reader, const struct component_type *type,
                            from_json_item_fn *item, struct component_value *out_value)
{
    struct component_value *items = arena_alloc(reader->arena, type->count, sizeof *items);
    if (items == NULL)
        return STATUS_NO_MEMORY;
    enum status status = from_json_expect(reader, '[', "expected an array");
    for (uint32_t i = 0; status == STATUS_OK && i < type->count; i++) {
        status = item(reader, type->fields[i].type, &items[i]);
        if (status == STATUS_OK && i + 1 < type->count)
            status = from_json_expect(reader, ',', "expected ',' and more items of the tuple");
    }
    if (status == STATUS_OK)
        status = from_json_expect(reader, ']', "expected ']' after the last item of the tuple");
    if (status == STATUS_OK)
        *out_value = (struct component_value){.kind = type->kind,
                                              .items = {.count = type->count, .items = items}};
    return status;
}

enum status from_json_label(struct json_reader *reader, const struct component_type *type,
                            struct bytes name, uint32_t guess, uint32_t *out_index)
{
    static const char *const sentences[] = {
        [COMPONENT_RECORD] = "the record has no field %",
        [COMPONENT_FLAGS] = "there is no flag %",
        [COMPONENT_OPTION] = "there is no case %",
        [COMPONENT_RESULT] = "expected ok or err",
        [COMPONENT_ENUM] = "there is no case %",
        [COMPONENT_VARIANT] = "there is no case %",
    };
    enum status status = value_label_find(&reader->labels, type, name, guess, out_index);
    return status == STATUS_NOT_FOUND ? report_fail_name(reader->report, STATUS_MALFORMED,
                                                         reader->at, sentences[type->kind], name)
                                      : status;
}

enum status from_json_record_end(struct json_reader *reader, struct value_record *record,
                                 struct component_value *out_value)
{
    uint32_t missing;
    value_record_end(record, &missing, out_value);
    if (missing == record->type->count)
        return STATUS_OK;
    return report_fail_name(reader->report, STATUS_MALFORMED, reader->at,
                            "the record lacks field %", record->type->fields[missing].name);
}

static enum status parse_field(struct json_reader *reader, struct value_record *record,
                               uint32_t guess)
{
    struct bytes key;
    uint32_t index;
    enum status status = from_json_key(reader, &key);
    if (status == STATUS_OK)
        status = from_json_label(reader, record->type, key, guess, &index);
    if (status != STATUS_OK)
        return status;
    if (record->seen[index] != 0)
        return report_fail_name(reader->report, STATUS_MALFORMED, reader->at, "field % comes twice",
                                key);
    record->seen[index] = 1;
    return from_json_plain(reader, record->type->fields[index].type, &record->values[index]);
}

static enum status parse_record(struct json_reader *reader, const struct component_type *type,
                                struct component_value *out_value)
{
    struct value_record record;
    uint32_t guess = 0;
    enum status status = from_json_expect(reader, '{', "expected an object");
    if (status == STATUS_OK)
        status = value_record_begin(&record, type, reader->arena);
    for (bool more = status == STATUS_OK && !from_json_take(reader, '}');
         status == STATUS_OK && more;)
        if ((status = parse_field(reader, &record, guess++)) == STATUS_OK)
            status = from_json_separator(reader, '}', &more);
    return status == STATUS_OK ? from_json_record_end(reader, &record, out_value) : status;
}

enum status from_json_flags(struct json_reader *reader, const struct component_type *type,
                            struct component_value *out_value)
{
    uint32_t flags = 0, index = UINT32_MAX;
    struct bytes name;
    enum status status = from_json_expect(reader, '[', "expected an array of flags");
    for (bool more = status == STATUS_OK && !from_json_take(reader, ']');
         status == STATUS_OK && more;) {
        status = from_json_string(reader, "expected the name of a flag in quotes", &name);
        if (status == STATUS_OK)
            status = from_json_label(reader, type, name, index + 1, &index);
        if (status != STATUS_OK)
            break;
        if ((flags >> index & 1) != 0)
            return from_json_fail(reader, "the flag comes twice");
        flags |= 1u << index;
        status = from_json_separator(reader, ']', &more);
    }
    if (status == STATUS_OK)
        *out_value = (struct component_value){.kind = COMPONENT_FLAGS, .flags = flags};
    return status;
}

/* {"case": payload}, or "case" of a variant or enum without one. */
static enum status parse_case(struct json_reader *reader, const struct component_type *type,
                              struct component_value *out_value)
{
    struct bytes name;
    struct component_value payload;
    uint32_t index;
    bool is_object = type->kind != COMPONENT_ENUM && from_json_take(reader, '{');
    enum status status = is_object ? from_json_key(reader, &name)
                                   : from_json_string(reader, "expected the name of a case", &name);
    if (status == STATUS_OK && !is_object && type->kind == COMPONENT_RESULT)
        return from_json_fail(reader, "expected {\"ok\": ..} or {\"err\": ..}");
    if (status == STATUS_OK)
        status = from_json_label(reader, type, name, UINT32_MAX, &index);
    if (status != STATUS_OK)
        return status;
    const struct component_type *payload_type = component_case_type(type, index);
    if (payload_type != NULL)
        status = is_object
                     ? from_json_plain(reader, payload_type, &payload)
                     : from_json_fail(reader, "the case has a payload: expected {\"case\": ..}");
    else if (is_object && !from_json_take_word(reader, "null"))
        status = from_json_fail(reader, "expected null: the case has no payload");
    if (status == STATUS_OK && is_object)
        status = from_json_expect(reader, '}', "expected '}' after the payload");
    if (status == STATUS_OK)
        status = value_case(reader->arena, type, index, payload_type != NULL ? &payload : NULL,
                            out_value);
    return status;
}

static enum status parse_option(struct json_reader *reader, const struct component_type *type,
                                struct component_value *out_value)
{
    struct component_value payload;
    bool is_nested = type->element->kind == COMPONENT_OPTION;
    enum status status = STATUS_OK;
    if (from_json_take_word(reader, "null"))
        return value_case(reader->arena, type, 0, NULL, out_value);
    if (is_nested)
        status = from_json_expect(reader, '[', "expected null or an array of one value");
    if (status == STATUS_OK)
        status = from_json_plain(reader, type->element, &payload);
    if (status == STATUS_OK && is_nested)
        status = from_json_expect(reader, ']', "expected ']' after the one value");
    if (status == STATUS_OK)
        status = value_case(reader->arena, type, 1, &payload, out_value);
    return status;
}

enum status from_json_plain(struct json_reader *reader, const struct component_type *type,
                            struct component_value *out_value)
{
    switch (type->kind) {
    case COMPONENT_BOOL:
        return parse_bool(reader, out_value);
    case COMPONENT_F32:
    case COMPONENT_F64:
        return parse_float(reader, type->kind, out_value);
    case COMPONENT_CHAR:
        return parse_char(reader, out_value);
    case COMPONENT_STRING:
        return parse_string(reader, out_value);
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
    case COMPONENT_MAP:
        return parse_list(reader, type, out_value);
    case COMPONENT_TUPLE:
        return from_json_tuple(reader, type, from_json_plain, out_value);
    case COMPONENT_RECORD:
        return parse_record(reader, type, out_value);
    case COMPONENT_FLAGS:
        return from_json_flags(reader, type, out_value);
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_RESULT:
        return parse_case(reader, type, out_value);
    case COMPONENT_OPTION:
        return parse_option(reader, type, out_value);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        return report_fail(reader->report, STATUS_INVALID, reader->at,
                           "a handle can not be written as text");
    case COMPONENT_STREAM:
    case COMPONENT_FUTURE:
    case COMPONENT_ERROR_CONTEXT:
        return report_fail_name(reader->report, STATUS_INVALID, reader->at,
                                "a % can not be written as text", component_kind_name(type->kind));
    default:
        return parse_integer(reader, type->kind, out_value);
    }
}

enum status component_json_parse(struct bytes text, const struct component_type *type,
                                 enum component_json_form form, struct arena *arena,
                                 struct component_value *out_value, struct report *report)
{
    struct json_reader reader;
    struct component_value value;
    enum status status = from_json_begin(&reader, text, arena, report);
    if (status == STATUS_OK)
        status = form == COMPONENT_JSON_PLAIN ? from_json_plain(&reader, type, &value)
                                              : from_json_tagged(&reader, type, &value);
    if (status == STATUS_OK) {
        (void)from_json_peek(&reader);
        if (reader.at != text.len)
            status = from_json_fail(&reader, "expected the end of the text");
    }
    if (status == STATUS_OK)
        *out_value = value;
    return status;
}
