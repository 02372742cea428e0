/* What fuzzing the log found worth keeping, once more. */
#include "tests/support/corpus.h"
#include "tests/support/log_check.h"
#include "tests/support/test.h"

TEST(a_log_is_a_whole_chain_or_its_break_is_named_and_what_is_taken_up_stays_whole)
{
    struct corpus_counts counts = corpus_replay("log", log_file_check);

    assert_in_range(counts.valid, 8, UINT32_MAX);
    assert_in_range(counts.refused, 15, UINT32_MAX);
}

TEST_MAIN(T(a_log_is_a_whole_chain_or_its_break_is_named_and_what_is_taken_up_stays_whole))
