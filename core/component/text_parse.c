/*
 * core/component/text_parse.c: a value of a type from WAVE. Recursion follows the type alone.
 */
#include "core/base/float_text.h"
#include "core/component/text.h"
#include "core/component/wave_reader.h"

static bool word_is(struct bytes word, const char *text)
{
    return bytes_equal(word, bytes_of(text, strlen(text)));
}

static enum status parse_bool(struct wave_reader *reader, struct component_value *out_value)
{
    bool is_plain;
    struct bytes word = wave_word(reader, &is_plain);
    if (!is_plain || (!word_is(word, "true") && !word_is(word, "false"))) {
        reader->at -= word.len;
        return wave_fail(reader, "expected a bool, true or false");
    }
    *out_value = (struct component_value){.kind = COMPONENT_BOOL, .boolean = word.len == 4};
    return STATUS_OK;
}

static enum status parse_integer(struct wave_reader *reader, enum component_kind kind,
                                 struct component_value *out_value)
{
    struct bytes number = wave_number(reader);
    const char *why = value_integer(number, kind, out_value);
    if (why == NULL)
        return STATUS_OK;
    return report_fail_name(reader->report, STATUS_MALFORMED, reader->at - number.len,
                            number.len == 0 ? "expected a number of type %" : why,
                            component_kind_name(kind));
}

static enum status parse_float(struct wave_reader *reader, enum component_kind kind,
                               struct component_value *out_value)
{
    enum float_width width = kind == COMPONENT_F32 ? FLOAT_F32 : FLOAT_F64;
    bool is_plain = true;
    struct bytes number = wave_number(reader);
    size_t start = reader->at - number.len;
    bool is_negative = number.len != 0 && number.data[0] == '-';
    struct bytes digits = number.len == 0
                              ? wave_word(reader, &is_plain)
                              : bytes_of(number.data + is_negative, number.len - is_negative);
    uint64_t bits = 0;
    if (is_plain && word_is(digits, "inf"))
        bits = kind == COMPONENT_F32 ? 0x7F800000 : 0x7FF0000000000000;
    else if (is_plain && word_is(digits, "nan") && !is_negative)
        bits = kind == COMPONENT_F32 ? 0x7FC00000 : 0x7FF8000000000000;
    else if (!float_text_parse(digits, width, &bits))
        return report_fail_name(reader->report, STATUS_MALFORMED, start,
                                "expected a number of type %, as 1.5, -2e10, inf or nan",
                                component_kind_name(kind));
    else if (!float_is_finite(bits, width))
        return report_fail_name(reader->report, STATUS_MALFORMED, start,
                                "the number does not fit its type", bytes_of("", 0));
    bits |= (uint64_t)is_negative << (kind == COMPONENT_F32 ? 31 : 63);
    *out_value = (struct component_value){.kind = kind, .f64 = bits};
    if (kind == COMPONENT_F32)
        out_value->f32 = (uint32_t)bits;
    return STATUS_OK;
}

/* Behind an item: a comma, or what closes. `*out_more`: another item follows. */
static enum status separator(struct wave_reader *reader, char close, const char *sentence,
                             bool *out_more)
{
    bool has_comma = wave_take(reader, ',');
    *out_more = !wave_take(reader, close);
    return has_comma || !*out_more ? STATUS_OK : wave_fail(reader, sentence);
}

static enum status parse_list(struct wave_reader *reader, const struct component_type *type,
                              struct component_value *out_value)
{
    struct value_list list;
    struct component_value item;
    enum status status = wave_expect(reader, '[', "expected a list, as [1, 2]");
    value_list_begin(&list, type->element, reader->arena);
    for (bool more = !wave_take(reader, ']'); status == STATUS_OK && more;)
        if ((status = wave_value(reader, type->element, &item)) == STATUS_OK &&
            (status = value_list_add(&list, &item)) == STATUS_OK)
            status = separator(reader, ']', "expected ',' or ']' in a list", &more);
    if (status == STATUS_OK && type->kind == COMPONENT_FIXED_LIST && list.count != type->length)
        return report_fail_u64(reader->report, STATUS_MALFORMED, reader->at - 1,
                               "expected a list of % items", type->length);
    if (status == STATUS_OK)
        *out_value = value_list_end(&list, type->kind);
    return status;
}

static enum status parse_tuple(struct wave_reader *reader, const struct component_type *type,
                               struct component_value *out_value)
{
    struct component_value *items = arena_alloc(reader->arena, type->count, sizeof *items);
    if (items == NULL)
        return STATUS_NO_MEMORY;
    enum status status = wave_expect(reader, '(', "expected a tuple, as (1, 2)");
    for (uint32_t i = 0; status == STATUS_OK && i < type->count; i++) {
        status = wave_value(reader, type->fields[i].type, &items[i]);
        if (status == STATUS_OK && !wave_take(reader, ',') && i + 1 < type->count)
            status = wave_fail(reader, "expected ',' and more items of the tuple");
    }
    if (status == STATUS_OK)
        status = wave_expect(reader, ')', "expected ')' after the last item of the tuple");
    if (status == STATUS_OK)
        *out_value = (struct component_value){.kind = type->kind,
                                              .items = {.count = type->count, .items = items}};
    return status;
}

/* A word that is a label of the type. */
static enum status parse_label(struct wave_reader *reader, const struct component_type *type,
                               uint32_t guess, const char *expected, const char *unknown,
                               uint32_t *out_index)
{
    bool is_plain;
    struct bytes word = wave_word(reader, &is_plain);
    if (word.len == 0)
        return wave_fail(reader, expected);
    enum status status = value_label_find(&reader->labels, type, word, guess, out_index);
    if (status == STATUS_NOT_FOUND)
        status = report_fail_name(reader->report, STATUS_MALFORMED, reader->at - word.len, unknown,
                                  word);
    return status;
}

static enum status parse_field(struct wave_reader *reader, struct value_record *record,
                               uint32_t guess)
{
    uint32_t index;
    enum status status = parse_label(reader, record->type, guess, "expected the name of a field",
                                     "the record has no field %", &index);
    if (status != STATUS_OK)
        return status;
    if (record->seen[index] != 0)
        return report_fail_name(reader->report, STATUS_MALFORMED, reader->at, "field % comes twice",
                                record->type->fields[index].name);
    record->seen[index] = 1;
    status = wave_expect(reader, ':', "expected ':' after the name of a field");
    if (status != STATUS_OK)
        return status;
    return wave_value(reader, record->type->fields[index].type, &record->values[index]);
}

static enum status parse_record(struct wave_reader *reader, const struct component_type *type,
                                struct component_value *out_value)
{
    struct value_record record;
    uint32_t missing, guess = 0;
    bool more = true;
    enum status status = wave_expect(reader, '{', "expected a record, as {name: 1}");
    if (status != STATUS_OK || (status = value_record_begin(&record, type, reader->arena)) != 0)
        return status;
    if (wave_take(reader, ':')) {
        more = false;
        status = wave_expect(reader, '}', "expected '}' after '{:'");
    }
    while (status == STATUS_OK && more) {
        status = parse_field(reader, &record, guess++);
        if (status == STATUS_OK)
            status = separator(reader, '}', "expected ',' or '}' in a record", &more);
    }
    if (status != STATUS_OK)
        return status;
    value_record_end(&record, &missing, out_value);
    if (missing == type->count)
        return STATUS_OK;
    return report_fail_name(reader->report, STATUS_MALFORMED, reader->at - 1,
                            "the record lacks field %", type->fields[missing].name);
}

static enum status parse_flags(struct wave_reader *reader, const struct component_type *type,
                               struct component_value *out_value)
{
    uint32_t flags = 0, index = UINT32_MAX;
    enum status status = wave_expect(reader, '{', "expected flags, as {read, write}");
    for (bool more = !wave_take(reader, '}'); status == STATUS_OK && more;) {
        status = parse_label(reader, type, index + 1, "expected the name of a flag",
                             "there is no flag %", &index);
        if (status != STATUS_OK)
            break;
        if ((flags >> index & 1) != 0)
            return wave_fail(reader, "the flag comes twice");
        flags |= 1u << index;
        status = separator(reader, '}', "expected ',' or '}' in flags", &more);
    }
    if (status == STATUS_OK)
        *out_value = (struct component_value){.kind = COMPONENT_FLAGS, .flags = flags};
    return status;
}

/* Behind the name of a case: its payload in parentheses. */
static enum status parse_payload(struct wave_reader *reader, const struct component_type *type,
                                 uint32_t index, struct component_value *out_value)
{
    const struct component_type *payload_type = component_case_type(type, index);
    struct component_value payload;
    if (payload_type == NULL)
        return value_case(reader->arena, type, index, NULL, out_value);
    enum status status = wave_expect(reader, '(', "expected '(' and the payload of the case");
    if (status == STATUS_OK)
        status = wave_value(reader, payload_type, &payload);
    if (status == STATUS_OK)
        status = wave_expect(reader, ')', "expected ')' after the payload");
    if (status == STATUS_OK)
        status = value_case(reader->arena, type, index, &payload, out_value);
    return status;
}

static enum status parse_variant(struct wave_reader *reader, const struct component_type *type,
                                 struct component_value *out_value)
{
    uint32_t index;
    enum status status = parse_label(reader, type, UINT32_MAX, "expected the name of a case",
                                     "there is no case %", &index);
    return status == STATUS_OK ? parse_payload(reader, type, index, out_value) : status;
}

/* some(x), none, ok(x), err(x), or the bare payload of some or ok. */
static enum status parse_special(struct wave_reader *reader, const struct component_type *type,
                                 struct component_value *out_value)
{
    (void)wave_peek(reader);
    size_t start = reader->at;
    bool is_plain;
    uint32_t index;
    struct bytes word = wave_word(reader, &is_plain);
    if (is_plain && word.len != 0 &&
        value_label_find(&reader->labels, type, word, 0, &index) == STATUS_OK)
        return parse_payload(reader, type, index, out_value);
    reader->at = start;
    const struct component_type *bare = type->element;
    const char *sentence = type->kind == COMPONENT_OPTION ? "expected some(...) or none"
                                                          : "expected ok(...) or err(...)";
    if (bare == NULL || bare->kind == COMPONENT_OPTION || bare->kind == COMPONENT_RESULT)
        return wave_fail(reader, sentence);
    struct component_value payload;
    enum status status = wave_value(reader, bare, &payload);
    if (status == STATUS_OK)
        status = value_case(reader->arena, type, type->kind == COMPONENT_OPTION ? 1 : 0, &payload,
                            out_value);
    return status;
}

static enum status parse_char(struct wave_reader *reader, struct component_value *out_value)
{
    uint32_t code;
    enum status status = wave_char(reader, &code);
    if (status == STATUS_OK)
        *out_value = (struct component_value){.kind = COMPONENT_CHAR, .u = code};
    return status;
}

static enum status parse_string(struct wave_reader *reader, struct component_value *out_value)
{
    struct bytes string;
    enum status status = wave_string(reader, &string);
    if (status == STATUS_OK && string.len > UINT32_MAX)
        status = wave_fail(reader, "the string is too long");
    if (status == STATUS_OK)
        *out_value = component_string_value(string);
    return status;
}

enum status wave_value(struct wave_reader *reader, const struct component_type *type,
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
        return parse_tuple(reader, type, out_value);
    case COMPONENT_RECORD:
        return parse_record(reader, type, out_value);
    case COMPONENT_FLAGS:
        return parse_flags(reader, type, out_value);
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
        return parse_variant(reader, type, out_value);
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return parse_special(reader, type, out_value);
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

enum status component_text_parse(struct bytes text, const struct component_type *type,
                                 struct arena *arena, struct component_value *out_value,
                                 struct report *report)
{
    struct wave_reader reader;
    struct component_value value;
    enum status status = wave_begin(&reader, text, arena, report);
    if (status == STATUS_OK)
        status = wave_value(&reader, type, &value);
    if (status == STATUS_OK)
        status = wave_expect_end(&reader);
    if (status == STATUS_OK)
        *out_value = value;
    return status;
}
