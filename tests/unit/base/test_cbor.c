/*
 * tests/unit/base/test_cbor.c: deterministic CBOR, read and written.
 */
#include "core/base/cbor.h"

#include "tests/support/test.h"

#define READER(name, ...)                                                                          \
    static const uint8_t name##_bytes[] = {__VA_ARGS__};                                           \
    struct report report;                                                                          \
    struct cbor_reader name;                                                                       \
    report_init(&report);                                                                          \
    cbor_reader_init(&name, bytes_of(name##_bytes, sizeof name##_bytes), 100, &report)

static void refused(const struct cbor_reader *reader, enum status status, enum status wanted,
                    uint64_t offset, const char *text)
{
    assert_int_equal(status, wanted);
    assert_true(reader->report->is_set);
    assert_int_equal(reader->report->offset, offset);
    assert_non_null(strstr(reader->report->text, text));
}

TEST(unsigned_integers_of_every_width_are_read)
{
    READER(r, 0x17, 0x18, 0x18, 0x19, 0x01, 0x00, 0x1A, 0x00, 0x01, 0x00, 0x00, 0x1B, 0, 0, 0, 1, 0,
           0, 0, 0);
    static const uint64_t wanted[] = {23, 24, 256, 65536, 0x100000000};

    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        uint64_t value = 0;
        assert_int_equal(cbor_read_uint(&r, &value), STATUS_OK);
        assert_int_equal(value, wanted[i]);
    }

    assert_int_equal(cbor_reader_end(&r), STATUS_OK);
    assert_int_equal(cbor_peek_major(&r), CBOR_MAJOR_NONE);
}

TEST(a_head_longer_than_needed_is_refused_in_every_width)
{
    static const uint8_t heads[4][9] = {
        {0x18, 0x17},
        {0x19, 0x00, 0xFF},
        {0x1A, 0, 0, 0xFF, 0xFF},
        {0x1B, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF},
    };
    for (size_t i = 0; i < 4; i++) {
        struct report report;
        struct cbor_reader r;
        uint64_t value = 77;
        report_init(&report);
        cbor_reader_init(&r, bytes_of(heads[i], sizeof heads[i]), 0, &report);

        refused(&r, cbor_read_uint(&r, &value), STATUS_MALFORMED, 0, "longer than it must be");
        assert_int_equal(value, 77);
        assert_int_equal(r.rest.len, sizeof heads[i]);
    }
}

TEST(a_head_cut_off_is_truncated)
{
    READER(r, 0x1B, 0, 0, 0, 1, 0, 0, 0);
    uint64_t value;

    refused(&r, cbor_read_uint(&r, &value), STATUS_TRUNCATED, 100, "inside of an item's head");
}

TEST(an_empty_input_is_truncated)
{
    struct cbor_reader r;
    struct report report;
    uint64_t value;
    report_init(&report);
    cbor_reader_init(&r, bytes_of("", 0), 5, &report);

    refused(&r, cbor_read_uint(&r, &value), STATUS_TRUNCATED, 5, "where an item is wanted");
}

TEST(indefinite_and_reserved_lengths_are_refused)
{
    static const uint8_t heads[] = {0x1C, 0x1D, 0x1E, 0x1F, 0x5F, 0x7F, 0x9F, 0xBF, 0xDF};
    for (size_t i = 0; i < sizeof heads; i++) {
        struct cbor_reader r;
        struct bytes bytes;
        struct cbor_map map;
        uint64_t value;
        cbor_reader_init(&r, bytes_of(&heads[i], 1), 0, NULL);

        assert_int_not_equal(cbor_read_uint(&r, &value), STATUS_OK);
        assert_int_not_equal(cbor_read_bytes(&r, &bytes), STATUS_OK);
        assert_int_not_equal(cbor_read_text(&r, &bytes), STATUS_OK);
        assert_int_not_equal(cbor_read_array(&r, &value), STATUS_OK);
        assert_int_not_equal(cbor_read_map(&r, &map), STATUS_OK);
        assert_int_not_equal(cbor_read_tag(&r, &value), STATUS_OK);
        assert_int_equal(r.rest.len, 1);
    }
}

TEST(negative_integers_are_read_down_to_the_smallest)
{
    READER(r, 0x26, 0x3B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
    int64_t first, second;

    assert_int_equal(cbor_read_int(&r, &first), STATUS_OK);
    assert_int_equal(cbor_read_int(&r, &second), STATUS_OK);

    assert_int_equal(first, -7);
    assert_true(second == INT64_MIN);
}

TEST(an_integer_past_64_bits_with_a_sign_is_a_limit)
{
    READER(r, 0x3B, 0x80, 0, 0, 0, 0, 0, 0, 0);
    int64_t value;

    refused(&r, cbor_read_int(&r, &value), STATUS_LIMIT, 100, "does not fit");
}

TEST(booleans_are_read_and_other_simple_values_are_not)
{
    READER(r, 0xF4, 0xF5, 0xF6);
    bool first = true, second = false;

    assert_int_equal(cbor_read_bool(&r, &first), STATUS_OK);
    assert_int_equal(cbor_read_bool(&r, &second), STATUS_OK);

    assert_false(first);
    assert_true(second);
    refused(&r, cbor_read_bool(&r, &second), STATUS_MALFORMED, 102, "boolean");
}

TEST(a_float_is_no_boolean)
{
    READER(r, 0xF9, 0x3C, 0x00);
    bool value;

    refused(&r, cbor_read_bool(&r, &value), STATUS_MALFORMED, 100, "boolean");
}

TEST(a_string_points_into_the_input)
{
    READER(r, 0x43, 1, 2, 3, 0x62, 'h', 'i');
    struct bytes bytes, text;

    assert_int_equal(cbor_read_bytes(&r, &bytes), STATUS_OK);
    assert_int_equal(cbor_read_text(&r, &text), STATUS_OK);

    assert_ptr_equal(bytes.data, r_bytes + 1);
    assert_int_equal(bytes.len, 3);
    assert_true(bytes_equal(text, BYTES_LITERAL("hi")));
    assert_int_equal(r.offset, 107);
}

TEST(a_string_that_claims_more_than_is_left_is_truncated)
{
    READER(r, 0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1);
    struct bytes bytes = {0};

    refused(&r, cbor_read_bytes(&r, &bytes), STATUS_TRUNCATED, 100, "inside of a string");
    assert_null(bytes.data);
    assert_int_equal(r.rest.len, sizeof r_bytes);
}

TEST(a_string_of_another_length_than_wanted_is_refused)
{
    READER(r, 0x42, 1, 2);
    struct bytes bytes;

    refused(&r, cbor_read_bytes_exact(&r, 3, &bytes), STATUS_MALFORMED, 100, "2 bytes where 3");
}

TEST(text_that_is_not_utf8_is_refused)
{
    READER(r, 0x62, 0xC0, 0x80);
    struct bytes text;

    refused(&r, cbor_read_text(&r, &text), STATUS_MALFORMED, 100, "UTF-8");
}

TEST(an_array_longer_than_the_input_is_refused_before_anyone_loops)
{
    READER(r, 0x83, 0, 0);
    uint64_t count = 9;

    refused(&r, cbor_read_array(&r, &count), STATUS_TRUNCATED, 100, "more items");
    assert_int_equal(count, 9);
}

TEST(a_map_needs_two_bytes_a_pair)
{
    READER(r, 0xA2, 0, 0, 1);
    struct cbor_map map;

    refused(&r, cbor_read_map(&r, &map), STATUS_TRUNCATED, 100, "more items");
}

TEST(map_keys_that_ascend_are_read)
{
    READER(r, 0xA2, 0x01, 0x05, 0x18, 0x20, 0x06);
    struct cbor_map map;
    uint64_t key, value;

    assert_int_equal(cbor_read_map(&r, &map), STATUS_OK);
    assert_int_equal(cbor_read_key(&r, &map, &key), STATUS_OK);
    assert_int_equal(key, 1);
    assert_int_equal(cbor_read_uint(&r, &value), STATUS_OK);
    assert_int_equal(cbor_read_key(&r, &map, &key), STATUS_OK);
    assert_int_equal(key, 32);
    assert_int_equal(map.left, 0);
}

TEST(a_map_key_that_does_not_ascend_is_refused)
{
    static const uint8_t maps[2][5] = {{0xA2, 2, 0, 1, 0}, {0xA2, 2, 0, 2, 0}};
    for (size_t i = 0; i < 2; i++) {
        struct report report;
        struct cbor_reader r;
        struct cbor_map map;
        uint64_t key = 0, value;
        report_init(&report);
        cbor_reader_init(&r, bytes_of(maps[i], 5), 0, &report);
        assert_int_equal(cbor_read_map(&r, &map), STATUS_OK);
        assert_int_equal(cbor_read_key(&r, &map, &key), STATUS_OK);
        assert_int_equal(cbor_read_uint(&r, &value), STATUS_OK);

        refused(&r, cbor_read_key(&r, &map, &key), STATUS_MALFORMED, 3, "ascend");
        assert_int_equal(key, 2);
        assert_int_equal(map.left, 1);
    }
}

TEST(another_kind_of_item_is_refused_by_name)
{
    READER(r, 0x41, 0);
    uint64_t value;

    refused(&r, cbor_read_uint(&r, &value), STATUS_MALFORMED, 100, "unsigned integer is wanted");
    assert_int_equal(cbor_peek_major(&r), CBOR_MAJOR_BYTES);
}

TEST(bytes_after_the_last_item_are_refused)
{
    READER(r, 0x00, 0x00);
    uint64_t value;
    assert_int_equal(cbor_read_uint(&r, &value), STATUS_OK);

    refused(&r, cbor_reader_end(&r), STATUS_MALFORMED, 101, "after the last item");
}

static void write_samples(struct cbor_writer *writer)
{
    static const uint64_t numbers[] = {0,     23,    24,         255,        256,
                                       65535, 65536, UINT32_MAX, 1ull << 32, UINT64_MAX};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        cbor_write_uint(writer, numbers[i]);
    cbor_write_int(writer, INT64_MIN);
    cbor_write_int(writer, -1);
    cbor_write_int(writer, INT64_MAX);
    cbor_write_bool(writer, true);
    cbor_write_tag(writer, 98);
    cbor_write_array(writer, 2);
    cbor_write_bytes(writer, BYTES_LITERAL("\x01\x02"));
    cbor_write_text(writer, BYTES_LITERAL("text"));
    cbor_write_map(writer, 1);
    cbor_write_uint(writer, 1);
    cbor_write_uint(writer, 2);
}

TEST(what_is_written_is_read_back)
{
    uint8_t memory[256];
    struct cbor_writer writer;
    struct cbor_reader r;
    struct cbor_map map;
    struct bytes bytes;
    uint64_t value;
    int64_t number;
    bool truth = false;
    cbor_writer_init(&writer, memory, sizeof memory);
    write_samples(&writer);
    assert_int_equal(cbor_writer_end(&writer, &bytes), STATUS_OK);
    cbor_reader_init(&r, bytes, 0, NULL);

    for (size_t i = 0; i < 10; i++)
        assert_int_equal(cbor_read_uint(&r, &value), STATUS_OK);
    assert_true(value == UINT64_MAX);
    assert_int_equal(cbor_read_int(&r, &number), STATUS_OK);
    assert_true(number == INT64_MIN);
    assert_int_equal(cbor_read_int(&r, &number), STATUS_OK);
    assert_int_equal(number, -1);
    assert_int_equal(cbor_read_int(&r, &number), STATUS_OK);
    assert_true(number == INT64_MAX);
    assert_int_equal(cbor_read_bool(&r, &truth), STATUS_OK);
    assert_true(truth);
    assert_int_equal(cbor_read_tag(&r, &value), STATUS_OK);
    assert_int_equal(value, 98);
    assert_int_equal(cbor_read_array(&r, &value), STATUS_OK);
    assert_int_equal(cbor_read_bytes_exact(&r, 2, &bytes), STATUS_OK);
    assert_int_equal(cbor_read_text(&r, &bytes), STATUS_OK);
    assert_int_equal(cbor_read_map(&r, &map), STATUS_OK);
    assert_int_equal(cbor_read_key(&r, &map, &value), STATUS_OK);
    assert_int_equal(cbor_read_uint(&r, &value), STATUS_OK);
    assert_int_equal(cbor_reader_end(&r), STATUS_OK);
}

TEST(a_full_buffer_is_told_at_the_end_whatever_its_size)
{
    uint8_t memory[256];
    struct cbor_writer writer;
    struct bytes bytes;
    cbor_writer_init(&writer, memory, sizeof memory);
    write_samples(&writer);
    size_t whole = writer.buffer.len;

    for (size_t cap = 0; cap < whole; cap++) {
        memset(memory, 0xEE, sizeof memory);
        cbor_writer_init(&writer, memory, cap);
        write_samples(&writer);

        assert_int_equal(cbor_writer_end(&writer, &bytes), STATUS_NO_MEMORY);
        assert_int_equal(memory[cap], 0xEE);
    }
}

TEST(writing_gives_the_shortest_head)
{
    uint8_t memory[16];
    struct cbor_writer writer;
    struct bytes bytes;
    cbor_writer_init(&writer, memory, sizeof memory);
    cbor_write_uint(&writer, 255);
    cbor_write_bytes_head(&writer, 65536);
    assert_int_equal(cbor_writer_end(&writer, &bytes), STATUS_OK);

    assert_true(bytes_equal(bytes, BYTES_LITERAL("\x18\xFF\x5A\x00\x01\x00\x00")));
}

TEST_MAIN(T(unsigned_integers_of_every_width_are_read),
          T(a_head_longer_than_needed_is_refused_in_every_width), T(a_head_cut_off_is_truncated),
          T(an_empty_input_is_truncated), T(indefinite_and_reserved_lengths_are_refused),
          T(negative_integers_are_read_down_to_the_smallest),
          T(an_integer_past_64_bits_with_a_sign_is_a_limit),
          T(booleans_are_read_and_other_simple_values_are_not), T(a_float_is_no_boolean),
          T(a_string_points_into_the_input), T(a_string_that_claims_more_than_is_left_is_truncated),
          T(a_string_of_another_length_than_wanted_is_refused), T(text_that_is_not_utf8_is_refused),
          T(an_array_longer_than_the_input_is_refused_before_anyone_loops),
          T(a_map_needs_two_bytes_a_pair), T(map_keys_that_ascend_are_read),
          T(a_map_key_that_does_not_ascend_is_refused), T(another_kind_of_item_is_refused_by_name),
          T(bytes_after_the_last_item_are_refused), T(what_is_written_is_read_back),
          T(a_full_buffer_is_told_at_the_end_whatever_its_size), T(writing_gives_the_shortest_head))
