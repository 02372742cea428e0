/*
 * tests/unit/component/test_load_corpus.c: what fuzzing the loader of components found and keeps,
 * run once more.
 *
 * tests/corpus/component holds components right and wrong; each has to end in component_check
 * without a broken promise. Needs the repository's root as working directory, as all tests have it.
 */
#include <dirent.h>
#include <stdio.h>

#include "tests/support/component_check.h"
#include "tests/support/test.h"

#define FILE_MAX ((size_t)1 << 20)

TEST(every_file_of_the_corpus_keeps_the_loaders_promises)
{
    static uint8_t data[FILE_MAX];
    DIR *folder = opendir("tests/corpus/component");
    assert_non_null(folder);
    uint32_t valid = 0, refused = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[512];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "tests/corpus/component/%s", entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t len = fread(data, 1, sizeof data, file);
        assert_int_equal(fclose(file), 0);
        struct report report;

        enum status status = component_check(bytes_of(data, len), &report);

        if (status == STATUS_OK)
            valid++;
        else
            refused++;
    }
    assert_int_equal(closedir(folder), 0);
    assert_in_range(valid, 20, UINT32_MAX);
    assert_in_range(refused, 20, UINT32_MAX);
}

TEST_MAIN(T(every_file_of_the_corpus_keeps_the_loaders_promises))
