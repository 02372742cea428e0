/*
 * tests/unit/attest/test_sgx_sample.c: a quote of a real SGX machine, up to Intel's root
 * (tests/corpus/dcap). It was not made for a key of ours, so it is asked for the report data that
 * it has.
 */
#include <stdio.h>

#include "node/attest/verify_internal.h"
#include "tests/support/test.h"

#define NOW UINT64_C(1795305600) /* November 2026; its PCK certificate ends in 2030 */

static uint8_t sample[8192];
static size_t sample_len;

static void read_sample(void)
{
    FILE *file = fopen("tests/corpus/dcap/sgx_quote_v3", "rb");
    assert_non_null(file);
    sample_len = fread(sample, 1, sizeof sample, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(sample_len, 4600);
}

static struct bytes intel_root(void)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    size_t at = sample_len - sizeof begin;
    while (memcmp(sample + at, begin, sizeof begin - 1) != 0)
        at--;
    return bytes_of(sample + at, sample_len - at);
}

static enum attest_check judge(const struct attest_policy *policy, struct bytes quote)
{
    struct attest_verdict verdict = {.failed = ATTEST_CHECK_COUNT};
    struct verify verify = {.policy = policy, .verdict = &verdict};
    memcpy(verify.report_data, sample + 48 + 320, 64);
    enum status status = verify_sgx(&verify, quote);
    assert_int_equal(status == STATUS_OK, verdict.failed == ATTEST_CHECK_COUNT);
    return verdict.failed;
}

TEST(a_real_quote_leads_to_intels_root)
{
    read_sample();
    uint8_t enclave[32];
    memcpy(enclave, sample + 112, 32);
    struct attest_policy policy = {.now = NOW, .sgx_anchors = intel_root(), .mr_enclave = enclave};

    assert_int_equal(judge(&policy, bytes_of(sample, sample_len)), ATTEST_CHECK_COUNT);

    policy.now = UINT64_C(1924992000); /* 2031 */
    assert_int_equal(judge(&policy, bytes_of(sample, sample_len)), ATTEST_CHECK_ORIGIN);
    policy.now = NOW;
    enclave[0] ^= 1;
    assert_int_equal(judge(&policy, bytes_of(sample, sample_len)), ATTEST_CHECK_MEASUREMENT);
    policy.sgx_anchors = bytes_of("", 0);
    assert_int_equal(judge(&policy, bytes_of(sample, sample_len)), ATTEST_CHECK_ORIGIN);
}

TEST(no_bit_of_a_real_quote_can_change)
{
    read_sample();
    static uint8_t root[4096];
    struct bytes intel = intel_root();
    memcpy(root, intel.data, intel.len);
    const struct attest_policy policy = {.now = NOW, .sgx_anchors = bytes_of(root, intel.len)};
    const size_t chain_at = 1052;

    for (size_t at = 0; at < chain_at; at++) {
        if (at == 48 + 320)
            at += 64; /* judge() takes the report data from there */
        sample[at] ^= 1;
        assert_int_not_equal(judge(&policy, bytes_of(sample, sample_len)), ATTEST_CHECK_COUNT);
        sample[at] ^= 1;
    }
}

TEST(every_cut_of_a_real_quote_is_refused)
{
    read_sample();
    static uint8_t root[4096];
    struct bytes intel = intel_root();
    memcpy(root, intel.data, intel.len);
    const struct attest_policy policy = {.now = NOW, .sgx_anchors = bytes_of(root, intel.len)};

    for (size_t len = 0; len < sample_len; len++)
        assert_int_equal(judge(&policy, bytes_of(sample, len)), ATTEST_CHECK_EVIDENCE);
}

TEST_MAIN(T(a_real_quote_leads_to_intels_root), T(no_bit_of_a_real_quote_can_change),
          T(every_cut_of_a_real_quote_is_refused))
