/*
 * tests/unit/api/test_json_corpus.c: what fuzzing api's JSON and frames found worth keeping, once
 * more.
 *
 * With JSON_VERDICTS=FILE the verdict on each text of the first corpus goes there, for
 * tests/enclave/test_json_oracle.py to compare with Python's.
 */
#include <dirent.h>
#include <stdio.h>

#include "tests/support/corpus.h"
#include "tests/support/json_check.h"
#include "tests/support/test.h"

TEST(every_text_is_read_whole_as_in_pieces)
{
    struct corpus_counts counts = corpus_replay("json", json_check);

    assert_in_range(counts.valid, 60, UINT32_MAX);
    assert_in_range(counts.refused, 50, UINT32_MAX);
}

TEST(every_frame_is_read_whole_as_in_pieces)
{
    struct corpus_counts counts = corpus_replay("frames", frame_check);

    assert_in_range(counts.valid, 15, UINT32_MAX);
    assert_in_range(counts.refused, 20, UINT32_MAX);
}

static void write_verdict(FILE *out, const char *file_name)
{
    static uint8_t data[1u << 20];
    char path[512];
    struct report report;
    (void)snprintf(path, sizeof path, "tests/corpus/json/%s", file_name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(data, 1, sizeof data, file);
    assert_int_equal(fclose(file), 0);
    enum status status = json_check(bytes_of(data, len), &report);
    assert_true(fprintf(out, "%s %s\n", file_name,
                        status == STATUS_OK      ? "read"
                        : status == STATUS_LIMIT ? "limit"
                                                 : "refused") > 0);
}

TEST(verdicts_are_written_for_the_oracle)
{
    const char *to = getenv("JSON_VERDICTS");
    FILE *out = to == NULL ? tmpfile() : fopen(to, "w");
    DIR *folder = opendir("tests/corpus/json");
    unsigned count = 0;
    assert_non_null(out);
    assert_non_null(folder);

    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        write_verdict(out, entry->d_name);
        count++;
    }

    assert_int_equal(closedir(folder), 0);
    assert_int_equal(fclose(out), 0);
    assert_in_range(count, 100, UINT32_MAX);
}

TEST_MAIN(T(every_text_is_read_whole_as_in_pieces), T(every_frame_is_read_whole_as_in_pieces),
          T(verdicts_are_written_for_the_oracle))
