/*
 * node/message/codec.c: a message as deterministic CBOR, and back, by the table.
 */
#include "core/base/cbor.h"
#include "core/base/utf8.h"
#include "node/message/table.h"

static enum status check_length(const struct message_field *field, struct bytes bytes)
{
    if (bytes.len < field->least || bytes.len > field->most)
        return STATUS_LIMIT;
    return field->kind != MESSAGE_FIELD_T || utf8_is_valid(bytes) ? STATUS_OK : STATUS_INVALID;
}

static enum status write_field(struct cbor_writer *writer, const struct message_field *field,
                               const void *message, size_t inline_max)
{
    if (field->kind == MESSAGE_FIELD_U) {
        uint64_t number;
        memcpy(&number, (const uint8_t *)message + field->offset, sizeof number);
        cbor_write_uint(writer, number);
        return STATUS_OK;
    }
    struct bytes bytes = message_bytes(message, field);
    enum status status = check_length(field, bytes);
    if (status != STATUS_OK)
        return status;
    if (field->kind == MESSAGE_FIELD_T)
        cbor_write_text(writer, bytes);
    else if (field->kind == MESSAGE_FIELD_D && bytes.len > inline_max)
        cbor_write_uint(writer, bytes.len);
    else
        cbor_write_bytes(writer, bytes);
    return STATUS_OK;
}

enum status message_encode_most(enum message_type type, const void *message, size_t inline_max,
                                struct buffer *out)
{
    const struct message_layout *layout = message_layout_of(type);
    struct cbor_writer writer;
    struct bytes written;
    uint32_t id;
    ASSERT(layout != NULL);
    memcpy(&id, message, sizeof id);
    cbor_writer_init(&writer, out->data, out->cap);
    cbor_write_array(&writer, 2 + (uint64_t)layout->field_count);
    cbor_write_uint(&writer, type);
    cbor_write_uint(&writer, id);
    for (uint32_t i = 0; i < layout->field_count; i++) {
        enum status status = write_field(&writer, &layout->fields[i], message, inline_max);
        if (status != STATUS_OK)
            return status;
    }
    if (cbor_writer_end(&writer, &written) != STATUS_OK)
        return STATUS_LIMIT;
    out->len = written.len;
    return STATUS_OK;
}

enum status message_encode(enum message_type type, const void *message, struct buffer *out)
{
    return message_encode_most(type, message, MESSAGE_INLINE_MAX, out);
}

static enum status read_number(struct cbor_reader *reader, uint8_t *place)
{
    uint64_t number;
    enum status status = cbor_read_uint(reader, &number);
    if (status == STATUS_OK)
        memcpy(place, &number, sizeof number);
    return status;
}

/* A body that stands elsewhere: its length, which is more than fits inline. */
static enum status read_length(struct cbor_reader *reader, const struct message_field *field,
                               uint64_t *out_len)
{
    uint64_t offset = reader->offset;
    enum status status = cbor_read_uint(reader, out_len);
    if (status != STATUS_OK)
        return status;
    if (*out_len <= MESSAGE_INLINE_MAX || *out_len > field->most)
        return report_fail_u64(reader->report, STATUS_MALFORMED, offset,
                               "a body of % bytes does not travel like this", *out_len);
    return STATUS_OK;
}

static enum status read_bytes(struct cbor_reader *reader, const struct message_field *field,
                              uint8_t *place)
{
    uint64_t offset = reader->offset;
    struct bytes bytes;
    enum status status = field->kind == MESSAGE_FIELD_T ? cbor_read_text(reader, &bytes)
                                                        : cbor_read_bytes(reader, &bytes);
    if (status != STATUS_OK)
        return status;
    if (bytes.len < field->least || bytes.len > field->most ||
        (field->kind == MESSAGE_FIELD_D && bytes.len > MESSAGE_INLINE_MAX))
        return report_fail_u64(reader->report, STATUS_MALFORMED, offset,
                               "a field has a length that it can not have: %", bytes.len);
    memcpy(place, &bytes, sizeof bytes);
    return STATUS_OK;
}

static enum status read_fields(struct cbor_reader *reader, const struct message_layout *layout,
                               void *message, uint64_t *out_body_len)
{
    for (uint32_t i = 0; i < layout->field_count; i++) {
        const struct message_field *field = &layout->fields[i];
        uint8_t *place = (uint8_t *)message + field->offset;
        enum status status;
        if (field->kind == MESSAGE_FIELD_U)
            status = read_number(reader, place);
        else if (field->kind == MESSAGE_FIELD_D && cbor_peek_major(reader) == CBOR_MAJOR_UINT)
            status = read_length(reader, field, out_body_len);
        else
            status = read_bytes(reader, field, place);
        if (status != STATUS_OK)
            return status;
    }
    return cbor_reader_end(reader);
}

static enum status read_head(struct cbor_reader *reader, const struct message_layout **out_layout,
                             uint32_t *out_id)
{
    uint64_t count, type, id;
    enum status status = cbor_read_array(reader, &count);
    if (status == STATUS_OK)
        status = cbor_read_uint(reader, &type);
    if (status == STATUS_OK)
        status = cbor_read_uint(reader, &id);
    if (status != STATUS_OK)
        return status;
    *out_layout = message_layout_of(type);
    if (*out_layout == NULL)
        return report_fail_u64(reader->report, STATUS_MALFORMED, 1, "no message of type %", type);
    if (count != 2 + (uint64_t)(*out_layout)->field_count || id > UINT32_MAX)
        return report_fail_u64(reader->report, STATUS_MALFORMED, 0,
                               "a message of type % has other fields", type);
    *out_id = (uint32_t)id;
    return STATUS_OK;
}

enum status message_decode(struct bytes packet, enum message_type *out_type,
                           union message_any *out_any, uint64_t *out_body_len,
                           struct report *report)
{
    const struct message_layout *layout;
    struct cbor_reader reader;
    uint32_t id;
    cbor_reader_init(&reader, packet, 0, report);
    enum status status = read_head(&reader, &layout, &id);
    if (status != STATUS_OK)
        return status == STATUS_TRUNCATED ? STATUS_MALFORMED : status;
    memset(out_any, 0, sizeof *out_any);
    out_any->id = id;
    *out_type = layout->type;
    *out_body_len = 0;
    status = read_fields(&reader, layout, out_any, out_body_len);
    return status == STATUS_TRUNCATED ? STATUS_MALFORMED : status;
}
