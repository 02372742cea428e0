/*
 * fuzz/fuzz_text.c: libFuzzer's door to text_check: any bytes as a type and a value's text, WAVE or
 * JSON.
 *
 * Build and run: make build/fuzz/text, then build/fuzz/text -max_total_time=60 DIR
 * tests/corpus/text.
 */
#include "tests/support/text_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    (void)text_check(bytes_of(data, len)); /* every end is a right answer */
    return 0;
}
