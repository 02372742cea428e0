/* What fuzzing a hostile cell's requests to main found worth keeping, once more. */
#include "tests/support/call_check.h"
#include "tests/support/corpus.h"
#include "tests/support/test.h"

TEST(every_request_of_a_call_is_answered_within_its_bounds_and_nothing_stays_behind)
{
    struct corpus_counts counts = corpus_replay("call", call_check);

    assert_in_range(counts.valid, 6, UINT32_MAX);
    assert_in_range(counts.refused, 6, UINT32_MAX);
}

TEST_MAIN(T(every_request_of_a_call_is_answered_within_its_bounds_and_nothing_stays_behind))
