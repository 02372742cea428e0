/*
 * fuzz/fuzz_component.c: libFuzzer's door to component_check: any bytes as a component.
 *
 * Build and run: make build/fuzz/component, then
 * build/fuzz/component -max_total_time=60 DIR tests/corpus/component.
 */
#include "tests/support/component_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)component_check(bytes_of(data, len), &report); /* every status is a right answer */
    return 0;
}
