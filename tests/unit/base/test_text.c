/*
 * tests/unit/base/test_text.c: words, numbers and names, whatever they hold, as printable ASCII.
 */
#include "core/base/text.h"

#include "tests/support/test.h"

static uint8_t room[64];
static struct buffer buffer;

static struct text_sink empty_sink(void)
{
    buffer = (struct buffer){.data = room, .cap = sizeof room};
    return text_to_buffer(&buffer);
}

static void assert_text(const char *wanted)
{
    assert_int_equal(buffer.len, strlen(wanted));
    assert_memory_equal(room, wanted, buffer.len);
}

TEST(numbers_are_decimal_or_hexadecimal)
{
    struct text_sink out = empty_sink();
    text_number(out, 0);
    text_char(out, ' ');
    text_number(out, UINT64_MAX);
    text_char(out, ' ');
    text_signed(out, INT64_MIN);
    text_char(out, ' ');
    text_hex(out, 0, 1);
    text_hex(out, 0xAB, 4);
    assert_text("0 18446744073709551615 -9223372036854775808 000ab");
}

TEST(a_name_is_quoted_and_escaped)
{
    text_name(empty_sink(), BYTES_LITERAL("a\"\\\n\x7F"
                                          "\xC3\xA9\xF0\x9F\x98\x80\xFF\xED\xA0\x80"));
    assert_text("\"a\\22\\5c\\0a\\7f\\u{e9}\\u{1f600}\\ff\\ed\\a0\\80\"");
}

TEST(what_does_not_fit_is_cut)
{
    struct text_sink out = empty_sink();
    buffer.cap = 5;
    text_word(out, "abc");
    text_word(out, "defg");
    text_number(out, 7);
    assert_text("abcde");
}

TEST(characters_are_taken_off_one_by_one)
{
    struct bytes text = BYTES_LITERAL("x\xC3\xA9\xC3");
    assert_int_equal(text_take_character(&text), 'x');
    assert_int_equal(text_take_character(&text), 0xE9);
    assert_int_equal(text_take_character(&text), TEXT_NOT_A_CHARACTER);
    assert_int_equal(text.len, 0);
}

TEST_MAIN(T(numbers_are_decimal_or_hexadecimal), T(a_name_is_quoted_and_escaped),
          T(what_does_not_fit_is_cut), T(characters_are_taken_off_one_by_one))
