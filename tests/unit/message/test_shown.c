/* Sentences of others: nothing in them turns, ends or hides what stands around them. */
#include "node/message/shown.h"
#include "tests/support/test.h"

static void check(void (*show)(struct text_sink, struct bytes), struct bytes text,
                  const char *wanted)
{
    uint8_t memory[256];
    struct buffer buffer = {.data = memory, .cap = sizeof memory};
    show(text_to_buffer(&buffer), text);
    assert_int_equal(buffer.len, strlen(wanted));
    assert_memory_equal(memory, wanted, buffer.len);
}

TEST(a_sentence_in_which_names_are_escaped_stays_as_it_is)
{
    static const char said[] = "no such import: \"env\" \"\\u{202e}\\5c\"";

    check(message_shown_line, bytes_of(said, sizeof said - 1), said);
    check(message_shown_lines, bytes_of(said, sizeof said - 1), said);
}

TEST(what_is_not_plain_is_escaped)
{
    static const uint8_t said[] = {'a', 0xE2, 0x80, 0xAE, 0x1B, '[', '2', 'J', 0x7F, 0xFF, 0, 'b'};

    check(message_shown_line, bytes_of(said, sizeof said), "a\\u{202e}\\1b[2J\\7f\\ff\\00b");
    check(message_shown_line, BYTES_LITERAL(""), "");
}

TEST(newlines_stay_where_lines_are_wanted)
{
    check(message_shown_line, BYTES_LITERAL("a\nb\r"), "a\\0ab\\0d");
    check(message_shown_lines, BYTES_LITERAL("a\nb\r\n"), "a\nb\\0d\n");
}

TEST_MAIN(T(a_sentence_in_which_names_are_escaped_stays_as_it_is), T(what_is_not_plain_is_escaped),
          T(newlines_stay_where_lines_are_wanted))
