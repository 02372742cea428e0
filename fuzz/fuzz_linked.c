/*
 * fuzz/fuzz_linked.c: libFuzzer's door to linked_check: any bytes as a component that is loaded,
 * linked and called.
 *
 * Build and run: make build/fuzz/linked, then build/fuzz/linked -max_total_time=60 DIR
 * tests/corpus/components.
 */
#include "tests/support/linked_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    (void)linked_check(bytes_of(data, len)); /* every end is a right answer */
    return 0;
}
