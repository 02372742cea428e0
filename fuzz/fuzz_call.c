/*
 * fuzz/fuzz_call.c: libFuzzer's door to call_check: any bytes as what a hostile cell asks of main
 * in a call: files, HTTP, output, the world.
 *
 * Build and run: make build/fuzz/call, then
 * build/fuzz/call -max_len=2048 -max_total_time=60 DIR tests/corpus/call.
 */
#include "tests/support/call_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)call_check(bytes_of(data, len), &report); /* every end is a right answer */
    return 0;
}
