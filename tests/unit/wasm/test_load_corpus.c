/*
 * tests/unit/wasm/test_load_corpus.c: what fuzzing the loader found and keeps,
 * run once more.
 *
 * tests/corpus/load holds modules right and wrong; each has to end in load_check
 * without a broken promise.
 */
#include "tests/support/corpus.h"
#include "tests/support/load_check.h"
#include "tests/support/test.h"

TEST(every_file_of_the_corpus_keeps_the_loaders_promises)
{
    (void)state;
    struct corpus_counts counts = corpus_replay("load", load_check);

    assert_in_range(counts.valid, 20, UINT32_MAX);
    assert_in_range(counts.refused, 20, UINT32_MAX);
}

TEST_MAIN(T(every_file_of_the_corpus_keeps_the_loaders_promises))
