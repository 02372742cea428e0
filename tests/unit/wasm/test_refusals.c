/*
 * tests/unit/wasm/test_refusals.c: every allocation of load, store, imports and instance refused.
 *
 * Over the modules of the corpora; needs the repository's root as working directory.
 */
#include <dirent.h>
#include <stdio.h>

#include "tests/support/refusal_check.h"
#include "tests/support/test.h"

#define FILE_BYTES ((size_t)1 << 16)

static uint64_t check_folder(const char *folder_name)
{
    static uint8_t bytes[FILE_BYTES];
    uint64_t valid = 0;
    DIR *folder = opendir(folder_name);
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", folder_name, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t len = fread(bytes, 1, sizeof bytes, file);
        (void)fclose(file);
        if (len < sizeof bytes)
            valid += refusal_check((struct bytes){bytes, len}) != 0;
    }
    (void)closedir(folder);
    return valid;
}

TEST(refused_allocations_are_clean_refusals_for_the_loaders_corpus)
{
    assert_in_range(check_folder("tests/corpus/load"), 50, UINT32_MAX);
}

TEST(refused_allocations_are_clean_refusals_for_whole_modules)
{
    assert_in_range(check_folder("tests/corpus/modules"), 20, UINT32_MAX);
}

TEST_MAIN(T(refused_allocations_are_clean_refusals_for_the_loaders_corpus),
          T(refused_allocations_are_clean_refusals_for_whole_modules))
