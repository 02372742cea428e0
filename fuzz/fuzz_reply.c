/*
 * fuzz/fuzz_reply.c: libFuzzer's door to reply_check: any bytes as what a server answers to the
 * client, aether-enclave.
 *
 * Build and run: make build/fuzz/reply, then
 * build/fuzz/reply -max_len=4096 -max_total_time=60 DIR tests/corpus/reply.
 */
#include "tests/unit/cli/reply_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report report;
    (void)reply_check(bytes_of(data, len), &report); /* every end is a right answer */
    return 0;
}
