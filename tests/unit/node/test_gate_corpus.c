/*
 * tests/unit/node/test_gate_corpus.c: what fuzzing the Linux gate found worth keeping, once more.
 *
 * Needs the repository's root as working directory, as all tests have it.
 */
#include <dirent.h>
#include <stdio.h>

#include "tests/support/gate_check.h"
#include "tests/support/test.h"

#define FILE_MAX 4096u

static struct bytes read_file(const char *file_name)
{
    static uint8_t data[FILE_MAX];
    char path[512];
    (void)snprintf(path, sizeof path, "tests/corpus/gate/%s", file_name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(data, 1, sizeof data, file);
    assert_int_equal(fclose(file), 0);
    return bytes_of(data, len);
}

TEST(every_file_of_the_corpus_is_answered)
{
    DIR *folder = opendir("tests/corpus/gate");
    unsigned count = 0;
    unsigned served_count = 0;
    assert_non_null(folder);

    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        served_count += gate_check(read_file(entry->d_name));
        count++;
    }

    assert_int_equal(closedir(folder), 0);
    assert_in_range(count, 50, UINT32_MAX);
    assert_in_range(served_count, 7 * count, UINT32_MAX); /* hello, preopens and stdio are six */
}

TEST(an_empty_input_is_answered)
{
    assert_int_equal(gate_check(bytes_of("", 0)), 6);
    assert_int_equal(gate_check(bytes_of("\x01", 1)), 0);
}

TEST_MAIN(T(every_file_of_the_corpus_is_answered), T(an_empty_input_is_answered))
