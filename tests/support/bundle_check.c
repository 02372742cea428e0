/*
 * tests/support/bundle_check.c: the promises of bundle_open, asserted.
 */
#include "tests/support/bundle_check.h"

#include "tests/support/signer.h"

#define UNTOUCHED 0x5A

static bool is_untouched(const uint8_t *bytes, size_t len)
{
    size_t same = 0;
    while (same < len && bytes[same] == UNTOUCHED)
        same++;
    return same == len;
}

static bool is_inside(struct bytes outer, struct bytes inner)
{
    uintptr_t start = (uintptr_t)outer.data, at = (uintptr_t)inner.data;
    return at >= start && inner.len <= outer.len && at - start <= outer.len - inner.len;
}

static void check_opened(struct bytes input, const struct bundle *bundle)
{
    struct bundle_parts parts;
    struct bytes again;
    uint8_t memory[MANIFEST_BYTES_MAX];
    ASSERT(bundle_split(input, &parts, NULL) == FAULT_NONE);
    ASSERT(is_inside(input, bundle->payload) && is_inside(input, parts.manifest));
    ASSERT(bytes_equal(bundle->payload, parts.payload));
    ASSERT(manifest_check(&bundle->manifest, 0, NULL) == STATUS_OK);
    ASSERT(manifest_write(&bundle->manifest, memory, sizeof memory, &again) == STATUS_OK);
    ASSERT(bytes_equal(again, parts.manifest));
    (void)bundle_admit(bundle, 0x20); /* any answer is right, none may crash */
}

static enum outcome_fault check_one(struct bytes input, const struct bundle_key *key,
                                    bool allow_unsigned)
{
    struct bundle bundle;
    struct report report;
    memset(&bundle, UNTOUCHED, sizeof bundle);
    report_init(&report);
    enum outcome_fault fault = bundle_open(input, key, 1, allow_unsigned, &bundle, &report);
    if (fault == FAULT_NONE) {
        ASSERT(bundle.is_signed || allow_unsigned);
        check_opened(input, &bundle);
        return fault;
    }
    ASSERT(is_untouched((const uint8_t *)&bundle, sizeof bundle));
    ASSERT(report.is_set && report.len != 0);
    ASSERT(report.offset == REPORT_NO_OFFSET || report.offset <= input.len);
    return fault;
}

enum outcome_fault bundle_check(struct bytes input)
{
    static struct signer signer; /* made once: half of a fuzzer's time otherwise */
    if (signer.key.kid[0] == 0)
        signer_init(&signer, 1);
    enum outcome_fault strict = check_one(input, &signer.key, false);
    enum outcome_fault bench = check_one(input, &signer.key, true);
    ASSERT(strict == bench || strict == FAULT_UNSIGNED);
    return strict;
}
