/* What fuzzing the words of a hostile cell found worth keeping, once more. */
#include "tests/support/corpus.h"
#include "tests/support/serve_check.h"
#include "tests/support/test.h"

TEST(what_a_cell_says_is_refused_or_told_in_a_reply_that_fits)
{
    struct corpus_counts counts = corpus_replay("serve", serve_check);

    assert_in_range(counts.valid, 12, UINT32_MAX);
    assert_in_range(counts.refused, 15, UINT32_MAX);
}

TEST_MAIN(T(what_a_cell_says_is_refused_or_told_in_a_reply_that_fits))
