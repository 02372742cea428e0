/* How runs ended, in words: what a cell explains is believed in nothing. */
#include "node/main/ending.h"
#include "tests/support/test.h"

static void check(enum gate_cell_end end, struct bytes explanation, const char *wanted)
{
    char text[MESSAGE_TEXT_MAX + 1];
    ending_sentence("call failed: ", end, explanation, "unreachable executed", text);
    assert_string_equal(text, wanted);
}

TEST(a_cell_that_finished_explains_itself)
{
    check(GATE_CELL_FINISHED, BYTES_LITERAL("trap \"x\"\n  at f\n\n"),
          "call failed: trap \"x\"\n  at f");
    check(GATE_CELL_FINISHED, BYTES_LITERAL("\n"), "call failed: unreachable executed");
    check(GATE_CELL_DIED, BYTES_LITERAL("all is well"), "call failed: unreachable executed");
}

TEST(what_a_cell_explains_is_shown_escaped)
{
    static const uint8_t said[] = {0xE2, 0x80, 0xAE, 0x1B, '[', '3', '1', 'm', 0, 0xFF};

    check(GATE_CELL_FINISHED, bytes_of(said, sizeof said),
          "call failed: \\u{202e}\\1b[31m\\00\\ff");
}

TEST(an_explanation_that_is_too_long_is_cut)
{
    static uint8_t explanation[GATE_EXPLANATION_MAX];
    char text[MESSAGE_TEXT_MAX + 1];
    memset(explanation, 0x1B, sizeof explanation);

    ending_sentence("call failed: ", GATE_CELL_FINISHED, bytes_of(explanation, sizeof explanation),
                    "", text);

    assert_int_equal(strlen(text), MESSAGE_TEXT_MAX);
    assert_memory_equal(text, "call failed: \\1b\\1b", 19);
}

TEST(what_the_gate_found_is_a_fault_of_the_record)
{
    const struct gate_outcome said = {.kind = OUTCOME_RESULT, .fuel_used = 7};
    struct gate_outcome outcome = ending_outcome(GATE_CELL_FINISHED, &said);

    assert_int_equal(outcome.kind, OUTCOME_RESULT);
    assert_int_equal(outcome.fuel_used, 7);
    outcome = ending_outcome(GATE_CELL_DEADLINE, &said);
    assert_int_equal(outcome.kind, OUTCOME_FAULT);
    assert_int_equal(outcome.reason, FAULT_DEADLINE);
}

TEST_MAIN(T(a_cell_that_finished_explains_itself), T(what_a_cell_explains_is_shown_escaped),
          T(an_explanation_that_is_too_long_is_cut),
          T(what_the_gate_found_is_a_fault_of_the_record))
