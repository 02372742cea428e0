/* What fuzzing the operator's files and settings found worth keeping, once more. */
#include "tests/support/config_check.h"
#include "tests/support/corpus.h"
#include "tests/support/test.h"

TEST(what_a_file_is_taken_for_can_be_told_to_roles_and_a_refusal_has_its_place)
{
    struct corpus_counts counts = corpus_replay("config", config_check);

    assert_in_range(counts.valid, 8, UINT32_MAX);
    assert_in_range(counts.refused, 20, UINT32_MAX);
}

TEST_MAIN(T(what_a_file_is_taken_for_can_be_told_to_roles_and_a_refusal_has_its_place))
