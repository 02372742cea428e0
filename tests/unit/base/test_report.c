/*
 * tests/unit/base/test_report.c: one sentence, the first that was written.
 */
#include "core/base/report.h"

#include "tests/support/test.h"

TEST(a_fresh_report_says_nothing)
{
    struct report report;

    report_init(&report);

    assert_false(report.is_set);
    assert_true(report.offset == REPORT_NO_OFFSET);
    assert_string_equal(report.text, "");
}

TEST(the_first_writer_wins)
{
    struct report report;
    report_init(&report);

    assert_int_equal(report_fail(&report, STATUS_INVALID, 7, "first"), STATUS_INVALID);
    assert_int_equal(report_fail(&report, STATUS_LIMIT, 9, "second"), STATUS_LIMIT);

    assert_int_equal(report.offset, 7);
    assert_string_equal(report.text, "first");
}

TEST(no_report_is_fine)
{
    assert_int_equal(report_fail(NULL, STATUS_LIMIT, 0, "x"), STATUS_LIMIT);
    assert_int_equal(report_fail_u64(NULL, STATUS_LIMIT, 0, "%", 1), STATUS_LIMIT);
    assert_int_equal(report_fail_u64x2(NULL, STATUS_LIMIT, 0, "%%", 1, 2), STATUS_LIMIT);
    assert_int_equal(report_fail_name(NULL, STATUS_LIMIT, 0, "%", BYTES_LITERAL("a")),
                     STATUS_LIMIT);
    assert_int_equal(
        report_fail_names(NULL, STATUS_LIMIT, 0, "%", BYTES_LITERAL("a"), BYTES_LITERAL("b")),
        STATUS_LIMIT);
}

TEST(numbers_fill_the_holes)
{
    struct report report;
    report_init(&report);

    assert_int_equal(report_fail_u64x2(&report, STATUS_LIMIT, 1, "% of % pages", 0, UINT64_MAX),
                     STATUS_LIMIT);

    assert_string_equal(report.text, "0 of 18446744073709551615 pages");
}

TEST(a_sentence_without_a_hole_stays_as_it_is)
{
    struct report report;
    report_init(&report);

    assert_int_equal(report_fail_u64(&report, STATUS_LIMIT, 1, "no hole", 5), STATUS_LIMIT);

    assert_string_equal(report.text, "no hole");
}

TEST(names_are_quoted_and_escaped)
{
    struct report report;
    report_init(&report);

    assert_int_equal(report_fail_names(&report, STATUS_UNLINKABLE, 1, "no % in %",
                                       BYTES_LITERAL("a\"\n\\\xFF"), BYTES_LITERAL("env")),
                     STATUS_UNLINKABLE);

    assert_string_equal(report.text, "no \"a\\22\\0a\\5c\\ff\" in \"env\"");
}

TEST(a_percent_sign_in_a_name_is_no_hole)
{
    struct report report;
    report_init(&report);

    assert_int_equal(report_fail_names(&report, STATUS_UNLINKABLE, 1, "% and %", BYTES_LITERAL("%"),
                                       BYTES_LITERAL("b")),
                     STATUS_UNLINKABLE);

    assert_string_equal(report.text, "\"%\" and \"b\"");
}

TEST(a_long_name_is_cut_and_says_so)
{
    struct report report;
    char name[100];
    memset(name, 'n', sizeof name);
    report_init(&report);

    assert_int_equal(report_fail_name(&report, STATUS_UNLINKABLE, 1, "%", bytes_of(name, 100)),
                     STATUS_UNLINKABLE);

    assert_int_equal(report.len, 64 + 3);
    assert_string_equal(report.text + 64, "n\"+");
}

TEST(a_sentence_never_passes_its_room)
{
    struct report report;
    uint8_t name[64];
    memset(name, 0xFF, sizeof name);
    report_init(&report);

    assert_int_equal(report_fail_names(&report, STATUS_UNLINKABLE, 1, "% % end", bytes_of(name, 64),
                                       bytes_of(name, 64)),
                     STATUS_UNLINKABLE);

    assert_int_equal(report.len, REPORT_TEXT_MAX - 1);
    assert_int_equal(strlen(report.text), REPORT_TEXT_MAX - 1);
}

TEST_MAIN(T(a_fresh_report_says_nothing), T(the_first_writer_wins), T(no_report_is_fine),
          T(numbers_fill_the_holes), T(a_sentence_without_a_hole_stays_as_it_is),
          T(names_are_quoted_and_escaped), T(a_percent_sign_in_a_name_is_no_hole),
          T(a_long_name_is_cut_and_says_so), T(a_sentence_never_passes_its_room))
