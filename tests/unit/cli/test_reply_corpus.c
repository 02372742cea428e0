/* What fuzzing the client's reading of replies found worth keeping, once more. */
#include "tests/support/corpus.h"
#include "tests/support/test.h"
#include "tests/unit/cli/reply_check.h"

TEST(what_a_server_answers_is_printed_so_that_a_terminal_takes_no_harm)
{
    struct corpus_counts counts = corpus_replay("reply", reply_check);

    assert_in_range(counts.valid, 10, UINT32_MAX);
    assert_in_range(counts.refused, 15, UINT32_MAX);
}

TEST_MAIN(T(what_a_server_answers_is_printed_so_that_a_terminal_takes_no_harm))
