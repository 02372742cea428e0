/*
 * fuzz/fuzz_message.c: libFuzzer's door to message_check: any bytes as messages between roles, and
 * as what a captured main asks of keys.
 *
 * Build and run: make build/fuzz/message, then
 * build/fuzz/message -max_len=4096 -max_total_time=60 DIR tests/corpus/message.
 */
#include "tests/support/message_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)message_check(bytes_of(data, len), &report); /* every end is a right answer */
    return 0;
}
