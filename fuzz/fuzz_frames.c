/*
 * fuzz/fuzz_frames.c: libFuzzer's door to frame_check: any bytes as a frame's payload.
 *
 * Build and run: make build/fuzz/frames, then build/fuzz/frames -max_total_time=60 DIR
 * tests/corpus/frames.
 */
#include "tests/support/json_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)frame_check(bytes_of(data, len), &report); /* every end is a right answer */
    return 0;
}
