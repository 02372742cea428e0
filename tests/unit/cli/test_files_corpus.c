/* What fuzzing the files of aether(1) found worth keeping, once more. */
#include "tests/support/corpus.h"
#include "tests/support/test.h"
#include "tests/unit/cli/files_check.h"

TEST(what_is_read_of_a_file_is_written_as_the_same_or_it_is_refused)
{
    struct corpus_counts counts = corpus_replay("files", files_check);

    assert_in_range(counts.valid, 6, UINT32_MAX);
    assert_in_range(counts.refused, 14, UINT32_MAX);
}

TEST_MAIN(T(what_is_read_of_a_file_is_written_as_the_same_or_it_is_refused))
