/*
 * core/base/cbor.c: deterministic CBOR. See cbor.h for what is accepted.
 */
#include "core/base/cbor.h"

#include "core/base/utf8.h"

#define SIMPLE_FALSE 20u
#define SIMPLE_TRUE  21u

/* Indexed by enum cbor_major. */
static const char *const wanted_texts[] = {
    "an unsigned integer is wanted here",
    "an integer is wanted here",
    "a byte string is wanted here",
    "a text string is wanted here",
    "an array is wanted here",
    "a map is wanted here",
    "a tag is wanted here",
    "a boolean is wanted here",
};

void cbor_reader_init(struct cbor_reader *reader, struct bytes input, uint64_t offset,
                      struct report *report)
{
    *reader = (struct cbor_reader){.rest = input, .offset = offset, .report = report};
}

enum cbor_major cbor_peek_major(const struct cbor_reader *reader)
{
    if (reader->rest.len == 0)
        return CBOR_MAJOR_NONE;
    return (enum cbor_major)(reader->rest.data[0] >> 5);
}

static enum status fail(const struct cbor_reader *reader, enum status status, const char *sentence)
{
    return report_fail(reader->report, status, reader->offset, sentence);
}

static void advance(struct cbor_reader *reader, size_t len)
{
    reader->rest.data += len;
    reader->rest.len -= len;
    reader->offset += len;
}

/* Reads initial byte and argument of the next item without consuming them. */
static enum status peek_head(const struct cbor_reader *reader, uint64_t *out_argument,
                             size_t *out_len)
{
    const uint8_t *p = reader->rest.data;
    uint8_t info = p[0] & 31;
    if (info < 24) {
        *out_argument = info;
        *out_len = 1;
        return STATUS_OK;
    }
    if (info > 27)
        return fail(reader, STATUS_MALFORMED, "indefinite or reserved length");
    size_t width = (size_t)1 << (info - 24);
    if (reader->rest.len - 1 < width)
        return fail(reader, STATUS_TRUNCATED, "input ends inside of an item's head");
    uint64_t argument = 0;
    for (size_t i = 1; i <= width; i++)
        argument = argument << 8 | p[i];
    static const uint64_t shorter_max[] = {23, UINT8_MAX, UINT16_MAX, UINT32_MAX};
    if (argument <= shorter_max[info - 24])
        return fail(reader, STATUS_MALFORMED, "head is longer than it must be");
    *out_argument = argument;
    *out_len = 1 + width;
    return STATUS_OK;
}

/* As peek_head, when the next item is of `major`. */
static enum status expect(const struct cbor_reader *reader, enum cbor_major major,
                          uint64_t *out_argument, size_t *out_len)
{
    enum cbor_major next = cbor_peek_major(reader);
    if (next == CBOR_MAJOR_NONE)
        return fail(reader, STATUS_TRUNCATED, "input ends where an item is wanted");
    if (next != major)
        return fail(reader, STATUS_MALFORMED, wanted_texts[major]);
    return peek_head(reader, out_argument, out_len);
}

static enum status read_plain(struct cbor_reader *reader, enum cbor_major major,
                              uint64_t *out_argument)
{
    size_t head;
    enum status status = expect(reader, major, out_argument, &head);
    if (status == STATUS_OK)
        advance(reader, head);
    return status;
}

enum status cbor_read_uint(struct cbor_reader *reader, uint64_t *out_value)
{
    return read_plain(reader, CBOR_MAJOR_UINT, out_value);
}

enum status cbor_read_tag(struct cbor_reader *reader, uint64_t *out_tag)
{
    return read_plain(reader, CBOR_MAJOR_TAG, out_tag);
}

enum status cbor_read_int(struct cbor_reader *reader, int64_t *out_value)
{
    bool is_negative = cbor_peek_major(reader) == CBOR_MAJOR_NEGATIVE;
    uint64_t argument;
    size_t head;
    enum status status =
        expect(reader, is_negative ? CBOR_MAJOR_NEGATIVE : CBOR_MAJOR_UINT, &argument, &head);
    if (status != STATUS_OK)
        return status;
    if (argument > INT64_MAX)
        return fail(reader, STATUS_LIMIT, "integer does not fit 64 bits with a sign");
    *out_value = is_negative ? -1 - (int64_t)argument : (int64_t)argument;
    advance(reader, head);
    return STATUS_OK;
}

enum status cbor_read_bool(struct cbor_reader *reader, bool *out_value)
{
    uint64_t argument;
    size_t head;
    enum status status = expect(reader, CBOR_MAJOR_SIMPLE, &argument, &head);
    if (status != STATUS_OK)
        return status;
    if (head != 1 || (argument != SIMPLE_FALSE && argument != SIMPLE_TRUE))
        return fail(reader, STATUS_MALFORMED, wanted_texts[CBOR_MAJOR_SIMPLE]);
    *out_value = argument == SIMPLE_TRUE;
    advance(reader, head);
    return STATUS_OK;
}

static enum status peek_string(const struct cbor_reader *reader, enum cbor_major major,
                               struct bytes *out_string, size_t *out_len)
{
    uint64_t len;
    size_t head;
    enum status status = expect(reader, major, &len, &head);
    if (status != STATUS_OK)
        return status;
    if (len > reader->rest.len - head)
        return fail(reader, STATUS_TRUNCATED, "input ends inside of a string");
    *out_string = bytes_of(reader->rest.data + head, (size_t)len);
    *out_len = head + (size_t)len;
    return STATUS_OK;
}

enum status cbor_read_bytes(struct cbor_reader *reader, struct bytes *out_bytes)
{
    size_t len;
    enum status status = peek_string(reader, CBOR_MAJOR_BYTES, out_bytes, &len);
    if (status == STATUS_OK)
        advance(reader, len);
    return status;
}

enum status cbor_read_bytes_exact(struct cbor_reader *reader, size_t wanted,
                                  struct bytes *out_bytes)
{
    struct bytes string;
    size_t len;
    enum status status = peek_string(reader, CBOR_MAJOR_BYTES, &string, &len);
    if (status != STATUS_OK)
        return status;
    if (string.len != wanted)
        return report_fail_u64x2(reader->report, STATUS_MALFORMED, reader->offset,
                                 "byte string of % bytes where % are wanted", string.len, wanted);
    *out_bytes = string;
    advance(reader, len);
    return STATUS_OK;
}

enum status cbor_read_text(struct cbor_reader *reader, struct bytes *out_text)
{
    struct bytes text;
    size_t len;
    enum status status = peek_string(reader, CBOR_MAJOR_TEXT, &text, &len);
    if (status != STATUS_OK)
        return status;
    if (!utf8_is_valid(text))
        return fail(reader, STATUS_MALFORMED, "text is not UTF-8");
    *out_text = text;
    advance(reader, len);
    return STATUS_OK;
}

/* An item is a byte at least: a count beyond the bytes left is a lie, told before anyone loops. */
static enum status read_count(struct cbor_reader *reader, enum cbor_major major,
                              uint64_t item_bytes, uint64_t *out_count)
{
    uint64_t count;
    size_t head;
    enum status status = expect(reader, major, &count, &head);
    if (status != STATUS_OK)
        return status;
    if (count > (reader->rest.len - head) / item_bytes)
        return fail(reader, STATUS_TRUNCATED, "more items are announced than bytes are left");
    *out_count = count;
    advance(reader, head);
    return STATUS_OK;
}

enum status cbor_read_array(struct cbor_reader *reader, uint64_t *out_count)
{
    return read_count(reader, CBOR_MAJOR_ARRAY, 1, out_count);
}

enum status cbor_read_map(struct cbor_reader *reader, struct cbor_map *out_map)
{
    uint64_t count;
    enum status status = read_count(reader, CBOR_MAJOR_MAP, 2, &count);
    if (status == STATUS_OK)
        *out_map = (struct cbor_map){.left = count};
    return status;
}

enum status cbor_read_key(struct cbor_reader *reader, struct cbor_map *map, uint64_t *out_key)
{
    ASSERT(map->left != 0);
    uint64_t key;
    size_t head;
    enum status status = expect(reader, CBOR_MAJOR_UINT, &key, &head);
    if (status != STATUS_OK)
        return status;
    if (map->has_last && key <= map->last)
        return fail(reader, STATUS_MALFORMED, "map keys must ascend, each only once");
    *map = (struct cbor_map){.left = map->left - 1, .last = key, .has_last = true};
    *out_key = key;
    advance(reader, head);
    return STATUS_OK;
}

enum status cbor_reader_end(struct cbor_reader *reader)
{
    if (reader->rest.len != 0)
        return fail(reader, STATUS_MALFORMED, "bytes after the last item");
    return STATUS_OK;
}

void cbor_writer_init(struct cbor_writer *writer, void *memory, size_t cap)
{
    *writer = (struct cbor_writer){.buffer = {.data = memory, .cap = cap}};
}

static void put(struct cbor_writer *writer, struct bytes bytes)
{
    if (!writer->is_full && buffer_append(&writer->buffer, bytes) != STATUS_OK)
        writer->is_full = true;
}

static void put_head(struct cbor_writer *writer, enum cbor_major major, uint64_t argument)
{
    uint8_t head[9];
    unsigned width = argument < 24            ? 0
                     : argument <= UINT8_MAX  ? 1
                     : argument <= UINT16_MAX ? 2
                     : argument <= UINT32_MAX ? 4
                                              : 8;
    unsigned info = width == 0 ? (unsigned)argument : 24u + (unsigned)__builtin_ctz(width);
    head[0] = (uint8_t)((unsigned)major << 5 | info);
    for (unsigned i = 0; i < width; i++)
        head[1 + i] = (uint8_t)(argument >> (8 * (width - 1 - i)));
    put(writer, bytes_of(head, 1 + width));
}

void cbor_write_uint(struct cbor_writer *writer, uint64_t value)
{
    put_head(writer, CBOR_MAJOR_UINT, value);
}

void cbor_write_int(struct cbor_writer *writer, int64_t value)
{
    if (value < 0)
        put_head(writer, CBOR_MAJOR_NEGATIVE, (uint64_t)(-1 - value));
    else
        put_head(writer, CBOR_MAJOR_UINT, (uint64_t)value);
}

void cbor_write_bool(struct cbor_writer *writer, bool value)
{
    put_head(writer, CBOR_MAJOR_SIMPLE, value ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void cbor_write_bytes_head(struct cbor_writer *writer, uint64_t len)
{
    put_head(writer, CBOR_MAJOR_BYTES, len);
}

void cbor_write_bytes(struct cbor_writer *writer, struct bytes bytes)
{
    put_head(writer, CBOR_MAJOR_BYTES, bytes.len);
    put(writer, bytes);
}

void cbor_write_text(struct cbor_writer *writer, struct bytes text)
{
    put_head(writer, CBOR_MAJOR_TEXT, text.len);
    put(writer, text);
}

void cbor_write_array(struct cbor_writer *writer, uint64_t count)
{
    put_head(writer, CBOR_MAJOR_ARRAY, count);
}

void cbor_write_map(struct cbor_writer *writer, uint64_t count)
{
    put_head(writer, CBOR_MAJOR_MAP, count);
}

void cbor_write_tag(struct cbor_writer *writer, uint64_t tag)
{
    put_head(writer, CBOR_MAJOR_TAG, tag);
}

enum status cbor_writer_end(const struct cbor_writer *writer, struct bytes *out_bytes)
{
    if (writer->is_full)
        return STATUS_NO_MEMORY;
    *out_bytes = buffer_bytes(&writer->buffer);
    return STATUS_OK;
}
