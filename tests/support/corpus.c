/*
 * tests/support/corpus.c: see corpus.h.
 */
#include <dirent.h>
#include <stdio.h>

#include "tests/support/corpus.h"
#include "tests/support/test.h"

#define FILE_MAX ((size_t)1 << 20)

struct corpus_counts corpus_replay(const char *name,
                                   enum status (*check)(struct bytes input, struct report *report))
{
    static uint8_t data[FILE_MAX];
    struct corpus_counts counts = {0, 0};
    char path[512];
    (void)snprintf(path, sizeof path, "tests/corpus/%s", name);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "tests/corpus/%s/%s", name, entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t len = fread(data, 1, sizeof data, file);
        assert_int_equal(fclose(file), 0);
        struct report report;
        if (check(bytes_of(data, len), &report) == STATUS_OK)
            counts.valid++;
        else
            counts.refused++;
    }
    assert_int_equal(closedir(folder), 0);
    return counts;
}
