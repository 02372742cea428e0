/*
 * core/component/json_tagged.c: a value of a type from {"type": .., "value": ..}. The type is
 * known: the tag has to agree with it. Recursion follows the type alone.
 */
#include "core/component/json_reader.h"

static bool is_integer(enum component_kind kind)
{
    return kind >= COMPONENT_S8 && kind <= COMPONENT_U64;
}

static bool is_float(enum component_kind kind)
{
    return kind == COMPONENT_F32 || kind == COMPONENT_F64;
}

/* Does a value with this tag stand for one of the type? */
static bool tag_fits(struct bytes tag, const struct component_type *type)
{
    enum component_kind kind = type->kind;
    if (kind == COMPONENT_MAP)
        return bytes_equal(tag, BYTES_LITERAL("map"));
    if (kind == COMPONENT_FIXED_LIST)
        kind = COMPONENT_LIST;
    if (bytes_equal(tag, BYTES_LITERAL("bytes")))
        return kind == COMPONENT_LIST && type->element->kind == COMPONENT_U8;
    for (int i = COMPONENT_BOOL; i <= COMPONENT_RESULT; i++) {
        enum component_kind tagged = (enum component_kind)i;
        if (bytes_equal(tag, component_kind_name(tagged)))
            return tagged == kind || (is_integer(tagged) && is_integer(kind)) ||
                   (is_float(tagged) && is_float(kind)) ||
                   (tagged == COMPONENT_STRING && kind == COMPONENT_CHAR);
    }
    return false;
}

/* ["name", and behind the comma what the caller reads. */
static enum status open_pair(struct json_reader *reader, const struct component_type *type,
                             uint32_t guess, uint32_t *out_index)
{
    struct bytes name;
    enum status status = from_json_expect(reader, '[', "expected a pair [\"name\", value]");
    if (status == STATUS_OK)
        status = from_json_string(reader, "expected a name in quotes", &name);
    if (status == STATUS_OK)
        status = from_json_label(reader, type, name, guess, out_index);
    if (status == STATUS_OK)
        status = from_json_expect(reader, ',', "expected ',' and the value of a pair");
    return status;
}

static enum status parse_field(struct json_reader *reader, struct value_record *record,
                               uint32_t guess)
{
    uint32_t index;
    enum status status = open_pair(reader, record->type, guess, &index);
    if (status != STATUS_OK)
        return status;
    if (record->seen[index] != 0)
        return from_json_fail(reader, "the field comes twice");
    record->seen[index] = 1;
    status = from_json_tagged(reader, record->type->fields[index].type, &record->values[index]);
    return status == STATUS_OK ? from_json_expect(reader, ']', "expected ']' after a pair")
                               : status;
}

static enum status parse_record(struct json_reader *reader, const struct component_type *type,
                                struct component_value *out_value)
{
    struct value_record record;
    uint32_t guess = 0;
    enum status status = from_json_expect(reader, '[', "expected an array of pairs");
    if (status == STATUS_OK)
        status = value_record_begin(&record, type, reader->arena);
    for (bool more = status == STATUS_OK && !from_json_take(reader, ']');
         status == STATUS_OK && more;)
        if ((status = parse_field(reader, &record, guess++)) == STATUS_OK)
            status = from_json_separator(reader, ']', &more);
    return status == STATUS_OK ? from_json_record_end(reader, &record, out_value) : status;
}

/* null, or a tagged value, as the case wants. */
static enum status parse_payload(struct json_reader *reader, const struct component_type *type,
                                 uint32_t index, struct component_value *out_value)
{
    const struct component_type *payload_type = component_case_type(type, index);
    struct component_value payload;
    enum status status = STATUS_OK;
    if (payload_type != NULL)
        status = from_json_tagged(reader, payload_type, &payload);
    else if (!from_json_take_word(reader, "null"))
        status = from_json_fail(reader, "expected null: the case has no payload");
    if (status == STATUS_OK)
        status = value_case(reader->arena, type, index, payload_type != NULL ? &payload : NULL,
                            out_value);
    return status;
}

static enum status parse_case(struct json_reader *reader, const struct component_type *type,
                              struct component_value *out_value)
{
    uint32_t index;
    enum status status = open_pair(reader, type, UINT32_MAX, &index);
    if (status == STATUS_OK)
        status = parse_payload(reader, type, index, out_value);
    return status == STATUS_OK ? from_json_expect(reader, ']', "expected ']' after the payload")
                               : status;
}

/* Of a map. */
static enum status parse_pair(struct json_reader *reader, const struct component_type *type,
                              struct component_value *out_value)
{
    return from_json_tuple(reader, type, from_json_tagged, out_value);
}

/* What stands behind "value". */
static enum status parse_untagged(struct json_reader *reader, const struct component_type *type,
                                  bool is_bytes, struct component_value *out_value)
{
    switch (type->kind) {
    case COMPONENT_MAP:
        return from_json_list(reader, type, parse_pair, out_value);
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
        return is_bytes ? from_json_plain(reader, type, out_value)
                        : from_json_list(reader, type, from_json_tagged, out_value);
    case COMPONENT_TUPLE:
        return from_json_tuple(reader, type, from_json_tagged, out_value);
    case COMPONENT_RECORD:
        return parse_record(reader, type, out_value);
    case COMPONENT_VARIANT:
    case COMPONENT_RESULT:
        return parse_case(reader, type, out_value);
    case COMPONENT_OPTION:
        return from_json_take_word(reader, "null")
                   ? value_case(reader->arena, type, 0, NULL, out_value)
                   : parse_payload(reader, type, 1, out_value);
    default: /* what has no values in it is the same as plain */
        return from_json_plain(reader, type, out_value);
    }
}

/* "type" may come behind "value", which is then passed over and read afterwards. */
struct tagged {
    bool has_tag, has_value, is_read, is_bytes;
    size_t value_at;
};

static enum status read_tag(struct json_reader *reader, const struct component_type *type,
                            struct tagged *tagged)
{
    struct bytes tag;
    if (tagged->has_tag)
        return from_json_fail(reader, "\"type\" comes twice");
    tagged->has_tag = true;
    enum status status = from_json_string(reader, "expected the name of a type in quotes", &tag);
    if (status != STATUS_OK)
        return status;
    tagged->is_bytes = bytes_equal(tag, BYTES_LITERAL("bytes"));
    if (tag_fits(tag, type))
        return STATUS_OK;
    return report_fail_names(reader->report, STATUS_MALFORMED, reader->at, "% where the type is %",
                             tag, component_kind_name(type->kind));
}

static enum status read_member(struct json_reader *reader, const struct component_type *type,
                               struct tagged *tagged, struct component_value *out_value)
{
    struct bytes key;
    enum status status = from_json_key(reader, &key);
    if (status != STATUS_OK)
        return status;
    if (bytes_equal(key, BYTES_LITERAL("type")))
        return read_tag(reader, type, tagged);
    if (!bytes_equal(key, BYTES_LITERAL("value")))
        return report_fail_name(reader->report, STATUS_MALFORMED, reader->at,
                                "expected \"type\" or \"value\", not %", key);
    if (tagged->has_value)
        return from_json_fail(reader, "\"value\" comes twice");
    tagged->has_value = true;
    tagged->is_read = tagged->has_tag;
    tagged->value_at = reader->at;
    return tagged->has_tag ? parse_untagged(reader, type, tagged->is_bytes, out_value)
                           : from_json_skip(reader);
}

enum status from_json_tagged(struct json_reader *reader, const struct component_type *type,
                             struct component_value *out_value)
{
    struct tagged tagged = {.has_tag = false};
    if (type->kind == COMPONENT_OWN || type->kind == COMPONENT_BORROW)
        return from_json_plain(reader, type, out_value); /* refused there */
    enum status status = from_json_expect(reader, '{', "expected {\"type\": .., \"value\": ..}");
    for (bool more = true; status == STATUS_OK && more;)
        if ((status = read_member(reader, type, &tagged, out_value)) == STATUS_OK)
            status = from_json_separator(reader, '}', &more);
    if (status == STATUS_OK && (!tagged.has_tag || !tagged.has_value))
        status = from_json_fail(reader, "expected both \"type\" and \"value\"");
    if (status == STATUS_OK && !tagged.is_read) {
        size_t end = reader->at;
        reader->at = tagged.value_at;
        status = parse_untagged(reader, type, tagged.is_bytes, out_value);
        if (status == STATUS_OK)
            reader->at = end;
    }
    return status;
}
