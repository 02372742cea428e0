/*
 * fuzz/fuzz_config.c: libFuzzer's door to config_check: any bytes as configuration file, policy
 * file and settings.
 *
 * Build and run: make build/fuzz/config, then
 * build/fuzz/config -max_len=4096 -max_total_time=60 DIR tests/corpus/config.
 */
#include "tests/support/config_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)config_check(bytes_of(data, len), &report); /* every end is a right answer */
    return 0;
}
