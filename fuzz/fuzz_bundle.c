/*
 * fuzz/fuzz_bundle.c: libFuzzer's door to bundle_check: any bytes as a bundle.
 *
 * Each input is tried as a bundle, then as the manifest of an unsigned bundle that is right
 * otherwise, so that mutations reach the manifest's reader, too.
 * Build and run: make build/fuzz/bundle, then
 * build/fuzz/bundle -max_total_time=60 DIR tests/corpus/bundle.
 */
#include "tests/support/bundle_check.h"
#include "tests/support/signer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t memory[SIGNER_BUNDLE_MAX];
    (void)bundle_check(bytes_of(data, len)); /* every fault is a right answer */
    if (len == 0 || len > (size_t)2 * MANIFEST_BYTES_MAX)
        return 0;
    struct signer_plan plan = {.manifest_bytes = bytes_of(data, len)};
    (void)bundle_check(signer_bundle(&plan, memory)); /* likewise */
    return 0;
}
