/*
 * tests/unit/base/test_utf8.c: RFC 3629, edge by edge.
 */
#include "core/base/utf8.h"
#include "tests/support/test.h"

#define VALID(text)  assert_true(utf8_is_valid(BYTES_LITERAL(text)))
#define BROKEN(text) assert_false(utf8_is_valid(BYTES_LITERAL(text)))

TEST(every_length_is_valid_at_both_ends_of_its_range)
{
    (void)state;
    VALID("");
    VALID("a\0b");
    VALID("\x7F");
    VALID("\xC2\x80");
    VALID("\xDF\xBF");
    VALID("\xE0\xA0\x80");
    VALID("\xED\x9F\xBF");
    VALID("\xEE\x80\x80");
    VALID("\xEF\xBF\xBF");
    VALID("\xF0\x90\x80\x80");
    VALID("\xF4\x8F\xBF\xBF");
    VALID("plain text of more than eight bytes \xE2\x82\xAC and on");
}

TEST(overlong_forms_are_refused)
{
    (void)state;
    BROKEN("\xC0\x80");
    BROKEN("\xC1\xBF");
    BROKEN("\xE0\x9F\xBF");
    BROKEN("\xF0\x8F\xBF\xBF");
}

TEST(surrogates_and_numbers_past_the_last_character_are_refused)
{
    (void)state;
    BROKEN("\xED\xA0\x80");
    BROKEN("\xED\xBF\xBF");
    BROKEN("\xF4\x90\x80\x80");
    BROKEN("\xF5\x80\x80\x80");
    BROKEN("\xFF");
}

TEST(a_sequence_cut_short_is_refused)
{
    (void)state;
    BROKEN("\xC2");
    BROKEN("\xE2\x82");
    BROKEN("\xF0\x90\x80");
    BROKEN("ascii before it \xE2\x82");
    BROKEN("\xE2\x82"
           "a");
    BROKEN("\xF0\x90\x80"
           "a");
}

TEST(a_continuation_without_a_lead_is_refused)
{
    (void)state;
    BROKEN("\x80");
    BROKEN("12345678\xBF");
    BROKEN("\xC2"
           "a");
}

TEST_MAIN(T(every_length_is_valid_at_both_ends_of_its_range), T(overlong_forms_are_refused),
          T(surrogates_and_numbers_past_the_last_character_are_refused),
          T(a_sequence_cut_short_is_refused), T(a_continuation_without_a_lead_is_refused))
