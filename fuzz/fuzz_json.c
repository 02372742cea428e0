/*
 * fuzz/fuzz_json.c: libFuzzer's door to json_check: any bytes through api's streaming reader of
 * JSON, whole and in pieces.
 *
 * Build and run: make build/fuzz/json, then build/fuzz/json -max_total_time=60 DIR
 * tests/corpus/json.
 */
#include "tests/support/json_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)json_check(bytes_of(data, len), &report); /* every end is a right answer */
    return 0;
}
