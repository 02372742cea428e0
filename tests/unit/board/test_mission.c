/*
 * tests/unit/board/test_mission.c: the parser of missions.
 */
#include "board/mission.h"

#include <stdio.h>

#include "aether/abi/outcome.h"
#include "aether/abi/window.h"
#include "tests/support/test.h"

static struct mission mission;
static struct report report;

static enum status parse(const char *text)
{
    report_init(&report);
    return mission_parse(bytes_of(text, strlen(text)), &mission, &report);
}

static void refuses(const char *text, uint64_t line, const char *words)
{
    assert_int_equal(parse(text), STATUS_MALFORMED);
    assert_int_equal(report.offset, line);
    assert_non_null(strstr(report.text, words));
}

TEST(set_writes_pressure_as_float_bits_and_the_others_as_words)
{
    assert_int_equal(parse("set pressure 0.12\nset dose 1250\nset joint -5\nset 0x3C 0x10\n"),
                     STATUS_OK);

    assert_int_equal(mission.step_count, 4);
    assert_int_equal(mission.steps[0].offset, WINDOW_PRESSURE);
    assert_int_equal(mission.steps[0].value, 0x3DF5C28F);
    assert_int_equal(mission.steps[1].offset, WINDOW_DOSE);
    assert_int_equal(mission.steps[1].value, 1250);
    assert_int_equal(mission.steps[2].value, 0xFFFFFFFB);
    assert_int_equal(mission.steps[3].offset, 0x3C);
}

TEST(offsets_must_be_words_inside_of_the_window)
{
    refuses("set 0x3D 1\n", 1, "no register");
    refuses("set 0x1000 1\n", 1, "no register");
    assert_int_equal(parse("set 0xFFC 1\n"), STATUS_OK);
}

TEST(numbers_outside_of_32_bits_are_refused)
{
    refuses("set dose 4294967296\n", 1, "no value");
    refuses("set dose -2147483649\n", 1, "no value");
    refuses("set dose 12x\n", 1, "no value");
    refuses("set dose -\n", 1, "no value");
    assert_int_equal(parse("set dose 4294967295\n"), STATUS_OK);
    assert_int_equal(parse("set dose -2147483648\n"), STATUS_OK);
    assert_int_equal(mission.steps[0].value, 0x80000000u);
}

TEST(comments_blank_lines_and_carriage_returns_are_nothing)
{
    assert_int_equal(parse("# a\r\n\r\n  raise joint # wakes\r\n"), STATUS_OK);

    assert_int_equal(mission.step_count, 1);
    assert_int_equal(mission.steps[0].value, 0x21);
    assert_int_equal(mission.steps[0].line, 3);
}

TEST(a_last_line_needs_no_newline)
{
    assert_int_equal(parse("raise 0x20"), STATUS_OK);
    assert_int_equal(mission.step_count, 1);
}

TEST(repeats_nest_and_know_their_ends)
{
    assert_int_equal(parse("repeat 2\nrepeat 3\nraise 0x20\nend\nend\n"), STATUS_OK);

    assert_int_equal(mission.steps[0].jump, 4);
    assert_int_equal(mission.steps[1].jump, 3);
    assert_int_equal(mission.steps[3].jump, 1);
    assert_int_equal(mission.steps[4].jump, 0);
}

TEST(an_open_repeat_is_told_with_its_own_line)
{
    refuses("raise 0x20\nrepeat 2\nraise 0x20\n", 2, "no end");
}

TEST(the_ninth_repeat_inside_of_others_is_refused)
{
    refuses("repeat 2\nrepeat 2\nrepeat 2\nrepeat 2\nrepeat 2\nrepeat 2\nrepeat 2\nrepeat "
            "2\nrepeat 2\n",
            9, "8 are allowed");
}

TEST(repeat_zero_times_is_refused)
{
    refuses("repeat 0\nend\n", 1, "from 1");
}

TEST(the_1025th_step_is_refused)
{
    static char text[1025 * 11 + 1];

    for (size_t i = 0; i < 1025; i++)
        memcpy(text + i * 11, "raise 0x20\n", 11);
    refuses(text, 1025, "up to 1024");
    text[(size_t)1024 * 11] = '\0';
    assert_int_equal(parse(text), STATUS_OK);
}

TEST(every_fact_can_be_expected)
{
    static const char *const values[MISSION_FACT_COUNT] = {
        [MISSION_FACT_OUTCOME] = "trap", [MISSION_FACT_REASON] = "out-of-fuel",
        [MISSION_FACT_PROOF] = "zero",   [MISSION_FACT_UPLINK] = "1 2",
        [MISSION_FACT_PMU] = "nonzero",
    };
    char line[80];

    for (unsigned i = 0; i < MISSION_FACT_COUNT; i++) {
        (void)snprintf(line, sizeof line, "expect %s %s\n", mission_fact_names[i],
                       values[i] != NULL ? values[i] : "7");
        assert_int_equal(parse(line), STATUS_OK);
        assert_int_equal(mission.steps[0].what, i);
    }
}

TEST(reasons_are_the_words_of_the_outcome_lists)
{
    char buffer[40];

    assert_string_equal(mission_reason_name(OUTCOME_FAULT, FAULT_PAGE_FAULT, buffer), "page-fault");
    assert_string_equal(mission_reason_name(OUTCOME_TRAP, 2, buffer), "divide-by-zero");
    assert_string_equal(mission_reason_name(OUTCOME_RESULT, 0, buffer), "none");
    assert_string_equal(mission_reason_name(OUTCOME_FAULT, 9999, buffer), "unknown");
    assert_string_equal(mission_reason_name(77, 3, buffer), "unknown");
    refuses("expect reason page_fault\n", 1, "no reason");
}

TEST(await_takes_seconds_or_the_default)
{
    assert_int_equal(parse("timeout 3\nawait commit\nawait ended 0.5\n"), STATUS_OK);

    assert_true(mission.timeout_seconds == 3.0);
    assert_true(mission.steps[0].seconds == 0.0);
    assert_true(mission.steps[1].seconds == 0.5);
    refuses("await commit 0\n", 1, "no timeout");
    refuses("await commit inf\n", 1, "no timeout");
    refuses("await commit nan\n", 1, "no timeout");
    refuses("await commit 1 2\n", 1, "wants commit");
}

TEST(print_keeps_the_rest_of_the_line)
{
    assert_int_equal(parse("print  cabin pressure   drops  \n"), STATUS_OK);
    assert_string_equal(mission.steps[0].text, "cabin pressure   drops");
    assert_int_equal(parse("print\n"), STATUS_OK);
    assert_string_equal(mission.steps[0].text, "");
}

TEST(a_binary_file_is_told_to_be_no_text)
{
    report_init(&report);
    assert_int_equal(mission_parse(bytes_of("set\0x 1 2\n", 10), &mission, &report),
                     STATUS_MALFORMED);
    assert_non_null(strstr(report.text, "is this text"));
}

TEST(a_word_of_64_characters_is_refused)
{
    refuses("set aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1\n", 1,
            "63 characters");
}

TEST(an_empty_mission_is_refused)
{
    refuses("", 0, "no step");
    refuses("# nothing\n\n", 2, "no step");
}

TEST_MAIN(T(set_writes_pressure_as_float_bits_and_the_others_as_words),
          T(offsets_must_be_words_inside_of_the_window), T(numbers_outside_of_32_bits_are_refused),
          T(comments_blank_lines_and_carriage_returns_are_nothing), T(a_last_line_needs_no_newline),
          T(repeats_nest_and_know_their_ends), T(an_open_repeat_is_told_with_its_own_line),
          T(the_ninth_repeat_inside_of_others_is_refused), T(repeat_zero_times_is_refused),
          T(the_1025th_step_is_refused), T(every_fact_can_be_expected),
          T(reasons_are_the_words_of_the_outcome_lists), T(await_takes_seconds_or_the_default),
          T(print_keeps_the_rest_of_the_line), T(a_binary_file_is_told_to_be_no_text),
          T(a_word_of_64_characters_is_refused), T(an_empty_mission_is_refused))
