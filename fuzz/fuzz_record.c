/*
 * fuzz/fuzz_record.c: libFuzzer's door to record_check: what a hostile io answers to the store.
 *
 * Build and run: make build/fuzz/record, then
 * build/fuzz/record -max_len=256 -max_total_time=60 DIR tests/corpus/record.
 */
#include "tests/support/record_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    report_init(&report);
    (void)record_check(bytes_of(data, len), &report); /* whether as it was or refused */
    return 0;
}
