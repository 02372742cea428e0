/*
 * fuzz/fuzz_load.c: libFuzzer's door to load_check: any bytes as a module.
 *
 * Build and run: make build/fuzz/load, then
 * build/fuzz/load -max_total_time=60 DIR tests/corpus/load.
 */
#include "tests/support/load_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)load_check(bytes_of(data, len), &report); /* every status is a right answer */
    return 0;
}
