/*
 * fuzz/fuzz_gate.c: libFuzzer's door to gate_check: any bytes as what a hostile cell asks of the
 * Linux gate.
 *
 * Build and run: make build/fuzz/gate, then
 * build/fuzz/gate -max_len=512 -max_total_time=60 DIR tests/corpus/gate.
 */
#include "tests/support/gate_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    (void)gate_check(bytes_of(data, len)); /* whether served or refused */
    return 0;
}
