/*
 * tests/unit/proof/test_bundle_corpus.c: bundles right and wrong, and what fuzzing found, once
 * more.
 *
 * A file of tests/corpus/bundle is named FAULT.what-it-is. Needs the repository's root as working
 * directory, as all tests have it.
 */
#include <dirent.h>
#include <stdio.h>

#include "tests/support/bundle_check.h"
#include "tests/support/test.h"

#define FILE_MAX ((size_t)1 << 16)

static const char *fault_word(enum outcome_fault fault)
{
    static const char *const words[] = {
#define X(number, name, word, text) [number] = word,
        OUTCOME_FAULT_LIST(X)
#undef X
    };
    return words[fault];
}

static struct bytes read_file(const char *file_name)
{
    static uint8_t data[FILE_MAX];
    char path[512];
    (void)snprintf(path, sizeof path, "tests/corpus/bundle/%s", file_name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(data, 1, sizeof data, file);
    assert_int_equal(fclose(file), 0);
    return bytes_of(data, len);
}

TEST(every_file_of_the_corpus_ends_in_the_fault_that_it_is_named_for)
{
    DIR *folder = opendir("tests/corpus/bundle");
    uint32_t count = 0;
    assert_non_null(folder);

    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char wanted[300];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(wanted, sizeof wanted, "%s", entry->d_name);
        wanted[strcspn(wanted, ".")] = '\0';
        assert_string_equal(fault_word(bundle_check(read_file(entry->d_name))), wanted);
        count++;
    }

    assert_int_equal(closedir(folder), 0);
    assert_in_range(count, 30, UINT32_MAX);
}

TEST_MAIN(T(every_file_of_the_corpus_ends_in_the_fault_that_it_is_named_for))
