/*
 * node/keys/tpm_quote.c: a quote of the PCRs as evidence.
 */
#include <tss2/tss2_mu.h>

#include "core/crypto/sha256.h"
#include "node/keys/tpm_internal.h"

#define TRIES 3 /* a PCR may change between quote and read; not again and again */

/* Does the quote speak of the values that we know? */
static bool has_values(const struct tpm *tpm, const TPM2B_ATTEST *quoted)
{
    TPMS_ATTEST attest;
    size_t at = 0;
    uint8_t digest[32];
    if (Tss2_MU_TPMS_ATTEST_Unmarshal(quoted->attestationData, quoted->size, &at, &attest) !=
        TSS2_RC_SUCCESS)
        return false;
    sha256_digest(bytes_of(tpm->pcr_values, tpm->pcr_values_len), digest);
    const TPM2B_DIGEST *of_quote = &attest.attested.quote.pcrDigest;
    return bytes_equal(bytes_of(of_quote->buffer, of_quote->size), bytes_of(digest, 32));
}

static enum status put_record(const struct tpm *tpm, const TPM2B_ATTEST *quoted,
                              const TPMT_SIGNATURE *signature, struct buffer *out,
                              struct report *report)
{
    uint8_t memory[sizeof *signature];
    size_t len = 0;
    struct attest_evidence evidence = {
        .attest = bytes_of(quoted->attestationData, quoted->size),
        .pcr_values = bytes_of(tpm->pcr_values, tpm->pcr_values_len),
        .ak_public = bytes_of(tpm->ak_public, tpm->ak_public_len),
        .cert_count = tpm->cert_count,
    };
    if (Tss2_MU_TPMT_SIGNATURE_Marshal(signature, memory, sizeof memory, &len) != TSS2_RC_SUCCESS)
        return report_fail(report, STATUS_MALFORMED, REPORT_NO_OFFSET,
                           "the TPM's signature can not be written down");
    evidence.signature = bytes_of(memory, len);
    for (uint32_t i = 0; i < tpm->cert_count; i++)
        evidence.certs[i] = bytes_of(tpm->certs[i], tpm->cert_len[i]);
    const enum status status = attest_evidence_encode(&evidence, out);
    if (status != STATUS_OK)
        return report_fail(report, status, REPORT_NO_OFFSET,
                           "the evidence with its certificates is too long");
    return STATUS_OK;
}

enum status tpm_quote(struct tpm *tpm, const uint8_t digest[static 32], struct buffer *out_record,
                      struct report *report)
{
    TPM2B_DATA qualifying = {.size = 32};
    const TPMT_SIG_SCHEME scheme = {.scheme = TPM2_ALG_NULL}; /* the key's own */
    const TPML_PCR_SELECTION selection = tpm_pcr_selection(tpm->pcr_mask);
    memcpy(qualifying.buffer, digest, 32);
    enum status status = tpm_is_here(tpm, report);
    for (int i = 0; status == STATUS_OK && i < TRIES; i++) {
        TPM2B_ATTEST *quoted = NULL;
        TPMT_SIGNATURE *signature = NULL;
        status =
            tpm_check(tpm,
                      Esys_Quote(tpm->esys, tpm->ak, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                                 &qualifying, &scheme, &selection, &quoted, &signature),
                      "quoting", report);
        const bool is_known = status == STATUS_OK && has_values(tpm, quoted);
        if (is_known)
            status = put_record(tpm, quoted, signature, out_record, report);
        Esys_Free(quoted);
        Esys_Free(signature);
        if (is_known)
            return status;
        if (status == STATUS_OK)
            status = tpm_pcr_read(tpm, report);
    }
    if (status == STATUS_OK)
        status = report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                             "the PCRs do not hold still for a quote");
    return status;
}
