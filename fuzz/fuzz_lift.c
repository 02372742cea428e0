/*
 * fuzz/fuzz_lift.c: libFuzzer's door to lift_check: any bytes as types and a hostile guest's
 * memory, lifted and lowered.
 *
 * Build and run: make build/fuzz/lift, then build/fuzz/lift -max_total_time=60 DIR
 * tests/corpus/lift.
 */
#include "tests/support/lift_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    (void)lift_check(bytes_of(data, len)); /* every end is a right answer */
    return 0;
}
