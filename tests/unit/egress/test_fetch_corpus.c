/*
 * tests/unit/egress/test_fetch_corpus.c: what fuzzing URLs, requests and hosts found worth keeping,
 * once more.
 */
#include "tests/support/corpus.h"
#include "tests/support/fetch_check.h"
#include "tests/support/test.h"

TEST(what_is_taken_has_the_form_that_is_promised)
{
    struct corpus_counts counts = corpus_replay("fetch", fetch_check);

    assert_in_range(counts.valid, 20, UINT32_MAX);
    assert_in_range(counts.refused, 60, UINT32_MAX);
}

TEST_MAIN(T(what_is_taken_has_the_form_that_is_promised))
