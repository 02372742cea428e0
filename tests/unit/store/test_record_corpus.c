/*
 * tests/unit/store/test_record_corpus.c: what fuzzing a hostile io's answers found worth keeping,
 * once more.
 */
#include "tests/support/corpus.h"
#include "tests/support/record_check.h"
#include "tests/support/test.h"

TEST(every_file_of_the_corpus_is_as_it_was_or_refused)
{
    struct corpus_counts counts = corpus_replay("record", record_check);

    assert_in_range(counts.valid, 1, UINT32_MAX);
    assert_in_range(counts.refused, 10, UINT32_MAX);
}

TEST_MAIN(T(every_file_of_the_corpus_is_as_it_was_or_refused))
