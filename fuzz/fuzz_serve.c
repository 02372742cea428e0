/*
 * fuzz/fuzz_serve.c: libFuzzer's door to serve_check: any bytes as what a hostile cell says that
 * there is to call, returns, or failed for.
 *
 * Build and run: make build/fuzz/serve, then
 * build/fuzz/serve -max_len=4096 -max_total_time=60 DIR tests/corpus/serve.
 */
#include "tests/support/serve_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)serve_check(bytes_of(data, len), &report); /* every end is a right answer */
    return 0;
}
