/*
 * tests/unit/keys/test_corpus.c: what fuzzing messages and quotes found worth keeping, once more.
 */
#include "tests/support/corpus.h"
#include "tests/support/message_check.h"
#include "tests/support/quote_check.h"
#include "tests/support/test.h"

TEST(every_message_is_answered_or_refused)
{
    struct corpus_counts counts = corpus_replay("message", message_check);

    assert_in_range(counts.valid, 40, UINT32_MAX);
    assert_in_range(counts.refused, 30, UINT32_MAX);
}

TEST(every_quote_is_verified_or_refused)
{
    struct corpus_counts counts = corpus_replay("quote", quote_check);

    assert_in_range(counts.valid, 8, UINT32_MAX);
    assert_in_range(counts.refused, 60, UINT32_MAX);
}

TEST_MAIN(T(every_message_is_answered_or_refused), T(every_quote_is_verified_or_refused))
