/*
 * tests/unit/suite/test_pack.c: packs written, read, cut and bent.
 */
#include "suite/pack.h"

#include "tests/support/test.h"

#define ROOM      8192
#define LAST_KIND SUITE_COMMAND_COMPONENT_UNINSTANTIABLE

/* Two files with every kind of command between them. */
struct sample {
    uint8_t room[ROOM];
    uint8_t values[64];
    uint8_t nodes[256];
    struct bytes pack;
};

static struct suite_values make_values(struct sample *sample)
{
    const struct suite_value either = {.kind = SUITE_VALUE_EITHER, .alternatives = 2};
    const struct suite_value i32 = {.kind = SUITE_VALUE_I32, .bits = {7}};
    struct buffer buffer = {.data = sample->values, .cap = sizeof sample->values};
    assert_int_equal(suite_value_write(&buffer, &either), STATUS_OK);
    assert_int_equal(suite_value_write(&buffer, &i32), STATUS_OK);
    assert_int_equal(suite_value_write(&buffer, &i32), STATUS_OK);
    assert_int_equal(suite_value_write(&buffer, &i32), STATUS_OK);
    return (struct suite_values){.count = 2, .packed = buffer_bytes(&buffer)};
}

/* Two values with every kind of node between them. */
static struct suite_values make_nodes(struct sample *sample)
{
    struct buffer buffer = {.data = sample->nodes, .cap = sizeof sample->nodes};
    struct suite_node record = {.kind = SUITE_NODE_RECORD};
    static const uint32_t children[SUITE_NODE_ERROR + 1] = {
        [SUITE_NODE_LIST] = 0,  [SUITE_NODE_FIELD] = 1, [SUITE_NODE_VARIANT] = 1,
        [SUITE_NODE_SOME] = 1,  [SUITE_NODE_OK] = 1,    [SUITE_NODE_ERROR] = 0,
        [SUITE_NODE_RECORD] = 0};
    for (uint32_t kind = SUITE_NODE_BOOL; kind <= SUITE_NODE_ERROR; kind++)
        record.children += 1 - children[kind];
    assert_int_equal(suite_node_write(&buffer, &record), STATUS_OK);
    for (uint32_t kind = SUITE_NODE_BOOL; kind <= SUITE_NODE_ERROR; kind++) {
        const struct suite_node node = {.kind = (enum suite_node_kind)kind,
                                        .bits = 1,
                                        .text = BYTES_LITERAL("name"),
                                        .children = children[kind]};
        assert_int_equal(suite_node_write(&buffer, &node), STATUS_OK);
    }
    const struct suite_node none = {.kind = SUITE_NODE_NONE};
    assert_int_equal(suite_node_write(&buffer, &none), STATUS_OK);
    return (struct suite_values){.count = 2, .packed = buffer_bytes(&buffer)};
}

static void make_sample(struct sample *sample)
{
    struct suite_writer writer;
    struct suite_command command = {.id = BYTES_LITERAL("$M"),
                                    .name = BYTES_LITERAL("export"),
                                    .module = BYTES_LITERAL("\0asm"),
                                    .text = BYTES_LITERAL("why"),
                                    .args = make_values(sample),
                                    .expected = make_values(sample)};
    suite_writer_init(&writer, sample->room, sizeof sample->room);
    suite_writer_file(&writer, BYTES_LITERAL("first"));
    for (uint32_t kind = SUITE_COMMAND_MODULE; kind <= SUITE_COMMAND_RETURN; kind++) {
        command.kind = (enum suite_command_kind)kind;
        command.line = kind * 10;
        suite_writer_command(&writer, &command);
    }
    suite_writer_file_end(&writer);
    suite_writer_file(&writer, BYTES_LITERAL("second"));
    for (uint32_t kind = SUITE_COMMAND_TRAP; kind <= SUITE_COMMAND_AGENT; kind++) {
        command.kind = (enum suite_command_kind)kind;
        command.line = kind * 10;
        suite_writer_command(&writer, &command);
    }
    command.args = make_nodes(sample);
    command.expected = command.args;
    for (uint32_t kind = SUITE_COMMAND_COMPONENT; kind <= LAST_KIND; kind++) {
        command.kind = (enum suite_command_kind)kind;
        command.line = kind * 10;
        suite_writer_command(&writer, &command);
    }
    suite_writer_file_end(&writer);
    assert_int_equal(suite_writer_end(&writer, &sample->pack), STATUS_OK);
}

static enum status open_sample(const struct sample *sample, size_t len)
{
    struct suite_pack pack;
    struct report report;
    report_init(&report);
    enum status status = suite_pack_open(bytes_of(sample->room, len), &pack, &report);
    assert_true(report.is_set == (status != STATUS_OK));
    return status;
}

TEST(every_command_comes_back)
{
    static struct sample sample;
    struct suite_pack pack;
    struct suite_file file;
    struct suite_command command;
    uint32_t kind = SUITE_COMMAND_MODULE;
    make_sample(&sample);

    assert_int_equal(suite_pack_open(sample.pack, &pack, NULL), STATUS_OK);

    assert_int_equal(pack.file_count, 2);
    while (suite_pack_next(&pack, &file))
        while (suite_file_next(&file, &command)) {
            assert_int_equal(command.kind, kind);
            assert_int_equal(command.line, kind * 10);
            kind++;
        }
    assert_int_equal(kind, LAST_KIND + 1);
    assert_true(bytes_equal(file.name, BYTES_LITERAL("second")));
}

TEST(an_assertion_keeps_what_it_is_about)
{
    static struct sample sample;
    struct suite_pack pack;
    struct suite_file file;
    struct suite_command command;
    make_sample(&sample);
    assert_int_equal(suite_pack_open(sample.pack, &pack, NULL), STATUS_OK);
    assert_true(suite_pack_next(&pack, &file));

    while (suite_file_next(&file, &command) && command.kind != SUITE_COMMAND_RETURN)
        ;

    assert_int_equal(command.kind, SUITE_COMMAND_RETURN);
    assert_true(bytes_equal(command.id, BYTES_LITERAL("$M")));
    assert_true(bytes_equal(command.name, BYTES_LITERAL("export")));
    assert_int_equal(command.args.count, 2);
    assert_int_equal(command.args.packed.len, 2 + 3 * 5);
    assert_true(bytes_equal(command.args.packed, command.expected.packed));
    assert_int_equal(command.text.len, 0);
}

TEST(an_assertion_about_a_component_keeps_its_nodes)
{
    static struct sample sample;
    struct suite_pack pack;
    struct suite_file file;
    struct suite_command command = {0};
    struct suite_node node;
    make_sample(&sample);
    assert_int_equal(suite_pack_open(sample.pack, &pack, NULL), STATUS_OK);
    while (suite_pack_next(&pack, &file))
        while (suite_file_next(&file, &command) && command.kind != SUITE_COMMAND_COMPONENT_RETURN)
            ;

    assert_int_equal(command.kind, SUITE_COMMAND_COMPONENT_RETURN);
    assert_int_equal(command.args.count, 2);
    assert_true(bytes_equal(command.args.packed, command.expected.packed));
    assert_int_equal(suite_node_read(&command.args.packed, &node), STATUS_OK);
    assert_int_equal(node.kind, SUITE_NODE_RECORD);
    for (uint32_t kind = SUITE_NODE_BOOL; kind <= SUITE_NODE_ERROR; kind++) {
        assert_int_equal(suite_node_read(&command.args.packed, &node), STATUS_OK);
        assert_int_equal(node.kind, kind);
    }
    assert_int_equal(suite_node_read(&command.args.packed, &node), STATUS_OK);
    assert_int_equal(node.kind, SUITE_NODE_NONE);
    assert_int_equal(command.args.packed.len, 0);
}

TEST(a_pack_that_is_cut_anywhere_is_refused)
{
    static struct sample sample;
    make_sample(&sample);

    for (size_t len = 0; len < sample.pack.len; len++)
        assert_int_equal(open_sample(&sample, len), STATUS_TRUNCATED);

    assert_int_equal(open_sample(&sample, sample.pack.len), STATUS_OK);
}

/* With a head that says so, too. */
TEST(a_pack_that_is_cut_and_says_so_is_refused)
{
    static struct sample sample;
    make_sample(&sample);

    for (size_t len = SUITE_PACK_HEAD_BYTES; len < sample.pack.len; len++) {
        store_le64(sample.room + 16, len);
        assert_int_not_equal(open_sample(&sample, len), STATUS_OK);
    }
}

TEST(bytes_behind_the_last_file_are_refused)
{
    static struct sample sample;
    make_sample(&sample);
    store_le64(sample.room + 16, sample.pack.len + 1);

    assert_int_equal(open_sample(&sample, sample.pack.len + 1), STATUS_MALFORMED);
}

TEST(another_magic_or_version_is_refused)
{
    static struct sample sample;
    make_sample(&sample);

    for (size_t at = 0; at < 12; at++) {
        sample.room[at] ^= 1;
        assert_int_equal(open_sample(&sample, sample.pack.len), STATUS_MALFORMED);
        sample.room[at] ^= 1;
    }
}

/* What opens can be walked: nothing is read outside (the sanitizers look). */
TEST(a_pack_with_any_byte_changed_is_refused_or_can_be_walked)
{
    static struct sample sample;
    make_sample(&sample);
    for (size_t at = 0; at < sample.pack.len; at++) {
        uint8_t right = sample.room[at];
        for (unsigned flip = 1; flip < 256; flip <<= 1) {
            struct suite_pack pack;
            struct suite_file file;
            struct suite_command command;
            sample.room[at] = (uint8_t)(right ^ flip);
            if (suite_pack_open(sample.pack, &pack, NULL) != STATUS_OK)
                continue;
            while (suite_pack_next(&pack, &file))
                while (suite_file_next(&file, &command))
                    assert_true(command.kind >= SUITE_COMMAND_MODULE && command.kind <= LAST_KIND);
        }
        sample.room[at] = right;
    }
}

TEST(an_either_in_an_either_is_refused)
{
    static struct sample sample;
    make_sample(&sample);
    size_t at = SUITE_PACK_HEAD_BYTES;
    const uint8_t either[] = {SUITE_VALUE_EITHER, 2, SUITE_VALUE_I32};
    while (memcmp(sample.room + at, either, sizeof either) != 0)
        at++;
    sample.room[at + 2] = SUITE_VALUE_EITHER;

    assert_int_equal(open_sample(&sample, sample.pack.len), STATUS_MALFORMED);
}

TEST(a_pack_that_does_not_fit_is_none)
{
    uint8_t room[40];
    struct suite_writer writer;
    struct bytes pack = {0};
    const struct suite_command command = {.kind = SUITE_COMMAND_TEXT,
                                          .text = BYTES_LITERAL("more than there is room for")};
    suite_writer_init(&writer, room, sizeof room);
    suite_writer_file(&writer, BYTES_LITERAL("x"));
    suite_writer_command(&writer, &command);
    suite_writer_file_end(&writer);

    assert_int_equal(suite_writer_end(&writer, &pack), STATUS_NO_MEMORY);

    assert_null(pack.data);
}

TEST_MAIN(T(every_command_comes_back), T(an_assertion_keeps_what_it_is_about),
          T(an_assertion_about_a_component_keeps_its_nodes),
          T(a_pack_that_is_cut_anywhere_is_refused), T(a_pack_that_is_cut_and_says_so_is_refused),
          T(bytes_behind_the_last_file_are_refused), T(another_magic_or_version_is_refused),
          T(a_pack_with_any_byte_changed_is_refused_or_can_be_walked),
          T(an_either_in_an_either_is_refused), T(a_pack_that_does_not_fit_is_none))
