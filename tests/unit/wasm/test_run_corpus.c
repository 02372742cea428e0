/*
 * tests/unit/wasm/test_run_corpus.c: replays what the fuzzers found (fuzz/fuzz_run.c).
 */
#include <dirent.h>
#include <stdio.h>

#include "tests/support/run_check.h"
#include "tests/support/test.h"

#define FILE_MAX ((size_t)1 << 20)

TEST(every_file_of_the_corpus_runs_alike_with_and_without_collections)
{
    (void)state;
    static uint8_t data[FILE_MAX];
    uint32_t ends[RUN_CALLED + 1] = {0};
    DIR *folder = opendir("tests/corpus/run");
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[512];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "tests/corpus/run/%s", entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t len = fread(data, 1, sizeof data, file);
        assert_int_equal(fclose(file), 0);

        enum run_end end = run_check(bytes_of(data, len));

        ends[end]++;
    }
    assert_int_equal(closedir(folder), 0);
    assert_in_range(ends[RUN_REFUSED], 50, UINT32_MAX);
    assert_in_range(ends[RUN_NOT_STARTED], 10, UINT32_MAX);
    assert_in_range(ends[RUN_CALLED], 100, UINT32_MAX);
}

TEST_MAIN(T(every_file_of_the_corpus_runs_alike_with_and_without_collections))
