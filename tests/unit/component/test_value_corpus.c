/*
 * tests/unit/component/test_value_corpus.c: replays the corpora of lifting (fuzz/fuzz_lift.c) and
 * of values as text (fuzz/fuzz_text.c).
 */
#include <dirent.h>
#include <stdio.h>

#include "tests/support/lift_check.h"
#include "tests/support/test.h"
#include "tests/support/text_check.h"

#define ENDS_MAX 4

static unsigned check_lift(struct bytes input)
{
    return lift_check(input);
}

static unsigned check_text(struct bytes input)
{
    return text_check(input);
}

static void replay(const char *name, unsigned (*check)(struct bytes input),
                   uint32_t out_ends[ENDS_MAX])
{
    static uint8_t data[(size_t)1 << 20];
    DIR *folder = opendir(name);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[512];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t len = fread(data, 1, sizeof data, file);
        assert_int_equal(fclose(file), 0);

        unsigned end = check(bytes_of(data, len));

        assert_in_range(end, 0, ENDS_MAX - 1);
        out_ends[end]++;
    }
    assert_int_equal(closedir(folder), 0);
}

TEST(what_is_lifted_of_the_corpus_is_lowered_and_lifted_alike)
{
    uint32_t ends[ENDS_MAX] = {0};
    replay("tests/corpus/lift", check_lift, ends);
    assert_in_range(ends[LIFT_REFUSED], 5, UINT32_MAX);
    assert_in_range(ends[LIFT_LOWER_REFUSED], 5, UINT32_MAX);
    assert_in_range(ends[LIFT_LOWERED], 20, UINT32_MAX);
}

TEST(what_is_read_of_the_corpus_is_printed_and_read_alike)
{
    uint32_t ends[ENDS_MAX] = {0};
    replay("tests/corpus/text", check_text, ends);
    assert_in_range(ends[TEXT_REFUSED], 1, UINT32_MAX);
    assert_in_range(ends[TEXT_READ], 20, UINT32_MAX);
}

TEST_MAIN(T(what_is_lifted_of_the_corpus_is_lowered_and_lifted_alike),
          T(what_is_read_of_the_corpus_is_printed_and_read_alike))
