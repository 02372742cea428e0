/*
 * tests/unit/cli/test_run_lines.c: what a cell explained, taken apart; and what is no such line.
 */
#include "cli/run.h"

#include "tests/support/test.h"

static struct run_lines lines_of(const char *text)
{
    return (struct run_lines){bytes_of(text, strlen(text))};
}

static struct bytes line_of(const char *text)
{
    return bytes_of(text, strlen(text));
}

TEST(lines_end_with_a_newline_or_the_text)
{
    struct run_lines lines = lines_of("one\n\ntwo");
    struct bytes line;
    assert_true(run_lines_next(&lines, &line));
    assert_true(bytes_equal(line, BYTES_LITERAL("one")));
    assert_true(run_lines_next(&lines, &line));
    assert_int_equal(line.len, 0);
    assert_true(run_lines_next(&lines, &line));
    assert_true(bytes_equal(line, BYTES_LITERAL("two")));
    assert_false(run_lines_next(&lines, &line));
}

TEST(sizes_are_the_last_line_and_taken_off)
{
    struct run_lines lines = lines_of("trap: x\nmemory 65536, arena 18446744073709551615\n");
    uint64_t memory, arena;
    assert_true(run_lines_take_sizes(&lines, &memory, &arena));
    assert_int_equal(memory, 65536);
    assert_true(arena == UINT64_MAX);
    assert_int_equal(lines.text.len, 8);
}

TEST(a_line_that_is_nearly_sizes_is_none)
{
    static const char *const broken[] = {
        "",
        "\n",
        "memory 1, arena 2",
        "memory 1, arena 2x\n",
        "memory 1, arena 18446744073709551616\n",
        "memory , arena 2\n",
        "memory 1, arena 2\nmore\n",
        " memory 1, arena 2\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        struct run_lines lines = lines_of(broken[i]);
        uint64_t memory, arena;
        assert_false(run_lines_take_sizes(&lines, &memory, &arena));
        assert_int_equal(lines.text.len, strlen(broken[i]));
    }
}

TEST(a_place_is_taken_off_the_end_of_a_sentence)
{
    struct bytes line = line_of("it is (at byte 3) bad (at byte 77)");
    uint64_t offset;
    assert_true(run_line_take_offset(&line, &offset));
    assert_int_equal(offset, 77);
    assert_true(bytes_equal(line, BYTES_LITERAL("it is (at byte 3) bad")));
    line = line_of("bad (at byte 77) and so on");
    assert_false(run_line_take_offset(&line, &offset));
    line = line_of(")");
    assert_false(run_line_take_offset(&line, &offset));
}

TEST(a_frame_has_a_place_and_perhaps_a_function_with_a_name)
{
    static struct run_frame frame;
    assert_true(
        run_line_frame(line_of("    at byte 9 in function 3 \"a\\22\\u{e9}\\ff\""), &frame));
    assert_int_equal(frame.offset, 9);
    assert_true(frame.has_func && frame.has_name);
    assert_int_equal(frame.func, 3);
    assert_true(bytes_equal(buffer_bytes(&frame.name), BYTES_LITERAL("a\"\xC3\xA9\xFF")));
    assert_true(run_line_frame(line_of("    at byte 9 in function 3"), &frame));
    assert_false(frame.has_name);
    assert_true(
        run_line_frame(line_of("    at byte 9 while active segments were applied"), &frame));
    assert_false(frame.has_func);
}

TEST(a_broken_name_is_no_name)
{
    static const char *const broken[] = {
        "    at byte 9 in function 3 \"a",       "    at byte 9 in function 3 \"\\2\"",
        "    at byte 9 in function 3 \"\\u{}\"", "    at byte 9 in function 3 \"\\u{110000}\"",
        "    at byte 9 in function 3 \"\\",      "    at byte 9 in function 3 \"\\u{1234567}\"",
    };
    static struct run_frame frame;
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        assert_true(run_line_frame(line_of(broken[i]), &frame));
        assert_false(frame.has_name);
    }
    assert_false(run_line_frame(line_of("    at byte x"), &frame));
    assert_false(run_line_frame(line_of("at byte 9"), &frame));
}

TEST(a_name_that_is_too_long_is_none)
{
    static char text[2000] = "    at byte 9 in function 3 \"";
    static struct run_frame frame;
    size_t len = strlen(text);
    memset(text + len, 'x', sizeof text - len - 2);
    text[sizeof text - 2] = '"';
    assert_true(run_line_frame(line_of(text), &frame));
    assert_false(frame.has_name);
}

TEST(an_import_has_kind_names_and_type)
{
    static struct run_import import;
    assert_true(run_line_import(line_of("    func \"a b\" \"\\0a\" (func (param i32))"), &import));
    assert_true(bytes_equal(import.kind, BYTES_LITERAL("func")));
    assert_true(bytes_equal(buffer_bytes(&import.module), BYTES_LITERAL("a b")));
    assert_true(bytes_equal(buffer_bytes(&import.name), BYTES_LITERAL("\n")));
    assert_true(bytes_equal(import.type, BYTES_LITERAL("(func (param i32))")));
    assert_false(run_line_import(line_of("    and 7 more"), &import));
    assert_false(run_line_import(line_of("    func \"a\""), &import));
    assert_false(run_line_import(line_of("func \"a\" \"b\" (func)"), &import));
}

TEST_MAIN(T(lines_end_with_a_newline_or_the_text), T(sizes_are_the_last_line_and_taken_off),
          T(a_line_that_is_nearly_sizes_is_none), T(a_place_is_taken_off_the_end_of_a_sentence),
          T(a_frame_has_a_place_and_perhaps_a_function_with_a_name), T(a_broken_name_is_no_name),
          T(a_name_that_is_too_long_is_none), T(an_import_has_kind_names_and_type))
