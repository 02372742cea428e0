/*
 * fuzz/fuzz_quote.c: libFuzzer's door to quote_check: any bytes as certificates, evidence and
 * quotes that a client verifies.
 *
 * Build and run: make build/fuzz/quote, then
 * build/fuzz/quote -max_len=6144 -max_total_time=60 DIR tests/corpus/quote.
 */
#include "tests/support/quote_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)quote_check(bytes_of(data, len), &report); /* every end is a right answer */
    return 0;
}
