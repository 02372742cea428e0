/*
 * tests/unit/component/test_load_corpus.c: what fuzzing the loader of components found and keeps,
 * run once more.
 *
 * tests/corpus/component holds components right and wrong; each has to end in component_check
 * without a broken promise.
 */
#include "tests/support/component_check.h"
#include "tests/support/corpus.h"
#include "tests/support/test.h"

TEST(every_file_of_the_corpus_keeps_the_loaders_promises)
{
    struct corpus_counts counts = corpus_replay("component", component_check);

    assert_in_range(counts.valid, 20, UINT32_MAX);
    assert_in_range(counts.refused, 20, UINT32_MAX);
}

TEST_MAIN(T(every_file_of_the_corpus_keeps_the_loaders_promises))
