/*
 * fuzz/fuzz_log.c: libFuzzer's door to log_file_check: any bytes as the log of the service, checked
 * and gone on with.
 *
 * Build and run: make build/fuzz/log, then
 * build/fuzz/log -max_len=4096 -max_total_time=60 DIR tests/corpus/log.
 */
#include "tests/support/log_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)log_file_check(bytes_of(data, len), &report); /* every end is a right answer */
    return 0;
}
