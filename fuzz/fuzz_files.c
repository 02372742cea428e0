/*
 * fuzz/fuzz_files.c: libFuzzer's door to files_check: any bytes as receipts of a board, keyring,
 * image and key, which aether(1) reads.
 *
 * Build and run: make build/fuzz/files, then
 * build/fuzz/files -max_len=8192 -max_total_time=60 DIR tests/corpus/files.
 */
#include "tests/unit/cli/files_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)files_check(bytes_of(data, len), &report); /* every end is a right answer */
    return 0;
}
