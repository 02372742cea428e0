/*
 * fuzz/fuzz_run.c: libFuzzer's door to run_check: one byte of options, then any bytes as a module
 * that is loaded, instantiated and run.
 *
 * Build and run: make build/fuzz/run, then build/fuzz/run -max_total_time=60 DIR tests/corpus/run.
 */
#include "tests/support/run_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    (void)run_check(bytes_of(data, len)); /* every end is a right answer */
    return 0;
}
