/*
 * fuzz/fuzz_fetch.c: libFuzzer's door to fetch_check: any bytes as a URL, a Location, a request, a
 * host.
 *
 * Build and run: make build/fuzz/fetch, then build/fuzz/fetch -max_total_time=60 DIR
 * tests/corpus/fetch.
 */
#include "tests/support/fetch_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)fetch_check(bytes_of(data, len), &report); /* every end is a right answer */
    return 0;
}
