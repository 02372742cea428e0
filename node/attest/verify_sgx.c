/*
 * node/attest/verify_sgx.c: a DCAP quote of SGX, version 3, ECDSA P-256 (Intel's "SGX ECDSA quote
 * library reference", appendix A): all numbers little-endian, keys and signatures as raw 64 bytes.
 *
 *   header 48 | report 384 | length 4 | signature data:
 *     quote signature 64 | attestation key 64 | QE report 384 | QE report signature 64 |
 *     length 2, QE authentication data | type 2, length 4, certification data
 *
 * The attestation key is Intel's quoting enclave's: the QE's report holds its hash, that report is
 * signed by the machine's PCK, and the PCK's certificate leads to Intel's root.
 *
 * Not here: whether Intel has revoked the PCK or calls the machine's microcode out of date (CRLs
 * and TCB info), and quotes of version 4. docs/limits.md says so.
 */
#include "core/crypto/sha256.h"
#include "node/attest/verify_internal.h"

#define HEADER_BYTES 48u
#define REPORT_BYTES 384u
#define SIGNED_BYTES (HEADER_BYTES + REPORT_BYTES)
#define CERT_PEM     5u /* the PCK's chain in PEM */

/* Offsets in a report. */
#define REPORT_FLAGS      48u
#define REPORT_MR_ENCLAVE 64u
#define REPORT_MR_SIGNER  128u
#define REPORT_DATA       320u
#define FLAG_DEBUG        2u

static const uint8_t intel_qe[16] = {0x93, 0x9A, 0x72, 0x33, 0xF7, 0x9C, 0x4C, 0xA9,
                                     0x94, 0x0A, 0x0D, 0xB3, 0x95, 0x7F, 0x06, 0x07};

struct quote {
    struct bytes signed_part; /* header and report */
    struct bytes report, signature, key, qe_report, qe_signature, qe_data, chain;
};

static bool take_length(struct bytes *rest, size_t width, size_t *out_len)
{
    struct bytes number;
    if (bytes_take(rest, width, &number) != STATUS_OK)
        return false;
    *out_len = width == 2 ? load_le16(number.data) : load_le32(number.data);
    return true;
}

static bool take_run(struct bytes *rest, size_t len, struct bytes *out)
{
    return bytes_take(rest, len, out) == STATUS_OK;
}

static bool take_signature_data(struct bytes rest, struct quote *quote)
{
    size_t data_len, type, chain_len;
    return take_run(&rest, 64, &quote->signature) && take_run(&rest, 64, &quote->key) &&
           take_run(&rest, REPORT_BYTES, &quote->qe_report) &&
           take_run(&rest, 64, &quote->qe_signature) && take_length(&rest, 2, &data_len) &&
           take_run(&rest, data_len, &quote->qe_data) && take_length(&rest, 2, &type) &&
           type == CERT_PEM && take_length(&rest, 4, &chain_len) && chain_len == rest.len &&
           take_run(&rest, chain_len, &quote->chain);
}

static enum status read_quote(struct verify *verify, struct bytes all, struct quote *quote)
{
    struct bytes rest = all;
    size_t len;
    bool is_whole = take_run(&rest, SIGNED_BYTES, &quote->signed_part) &&
                    take_length(&rest, 4, &len) && len == rest.len &&
                    take_signature_data(rest, quote);
    if (!is_whole)
        return verify_fail(verify, ATTEST_CHECK_EVIDENCE,
                           "the quote is not well-formed, or its certificates are not in it");
    const uint8_t *header = quote->signed_part.data;
    quote->report = bytes_of(header + HEADER_BYTES, REPORT_BYTES);
    if (load_le16(header) != 3 || load_le16(header + 2) != 2 || load_le32(header + 4) != 0)
        return verify_fail(verify, ATTEST_CHECK_EVIDENCE,
                           "it is no quote of version 3 with ECDSA P-256");
    return verify_hold(verify, ATTEST_CHECK_EVIDENCE);
}

static bool is_debug(struct bytes report)
{
    return (load_le64(report.data + REPORT_FLAGS) & FLAG_DEBUG) != 0;
}

static enum status check_enclaves(struct verify *verify, const struct quote *quote)
{
    if (memcmp(quote->signed_part.data + 12, intel_qe, sizeof intel_qe) != 0)
        return verify_fail(verify, ATTEST_CHECK_QUOTE, "it is not by Intel's quoting enclave");
    if (is_debug(quote->qe_report) || (is_debug(quote->report) && !verify->policy->allows_debug))
        return verify_fail(verify, ATTEST_CHECK_QUOTE,
                           "the enclave is a debug one: its memory can be read");
    return verify_hold(verify, ATTEST_CHECK_QUOTE);
}

static enum status check_binding(struct verify *verify, const struct quote *quote)
{
    if (memcmp(quote->report.data + REPORT_DATA, verify->report_data, 64) != 0)
        return verify_fail(verify, ATTEST_CHECK_BINDING,
                           verify->policy->nonce.len != 0
                               ? "the quote is not for this key and this challenge"
                               : "the quote is not for this key and this time");
    return verify_hold(verify, ATTEST_CHECK_BINDING);
}

/* The QE's report data: SHA-256(attestation key | authentication data), and zeros. */
static enum status check_key(struct verify *verify, const struct quote *quote)
{
    struct sha256 sha;
    uint8_t wanted[64] = {0};
    sha256_init(&sha);
    sha256_update(&sha, quote->key);
    sha256_update(&sha, quote->qe_data);
    sha256_final(&sha, wanted);
    if (memcmp(quote->qe_report.data + REPORT_DATA, wanted, sizeof wanted) != 0)
        return verify_fail(verify, ATTEST_CHECK_KEY,
                           "the quoting enclave does not vouch for the attestation key");
    return verify_hold(verify, ATTEST_CHECK_KEY);
}

static enum status check_signature(struct verify *verify, const struct quote *quote)
{
    if (!verify_ecdsa(quote->key.data, quote->signature.data, quote->signed_part))
        return verify_fail(verify, ATTEST_CHECK_SIGNATURE,
                           "the attestation key did not sign this quote");
    return verify_hold(verify, ATTEST_CHECK_SIGNATURE);
}

static enum status check_origin(struct verify *verify, const struct quote *quote)
{
    const struct attest_policy *policy = verify->policy;
    uint8_t point[64];
    X509 *pck;
    if (policy->sgx_anchors.len == 0)
        return verify_fail(verify, ATTEST_CHECK_ORIGIN, "Intel's root certificate was not given");
    int error = verify_path_pem(quote->chain, policy->sgx_anchors, policy->now, &pck);
    bool is_signed = pck != NULL && verify_point(pck, point) &&
                     verify_ecdsa(point, quote->qe_signature.data, quote->qe_report);
    X509_free(pck);
    if (error < 0)
        return verify_fail(verify, ATTEST_CHECK_ORIGIN,
                           "nothing in what was given to be trusted is a certificate");
    if (error != X509_V_OK)
        return verify_fail(verify, ATTEST_CHECK_ORIGIN, X509_verify_cert_error_string(error));
    if (!is_signed)
        return verify_fail(verify, ATTEST_CHECK_ORIGIN,
                           "the machine's key did not sign the quoting enclave's report");
    verify->verdict->origin = ATTEST_ORIGIN_CHAIN;
    return verify_hold(verify, ATTEST_CHECK_ORIGIN);
}

static enum status check_measurement(struct verify *verify, const struct quote *quote)
{
    const struct attest_policy *policy = verify->policy;
    struct attest_verdict *verdict = verify->verdict;
    memcpy(verdict->mr_enclave, quote->report.data + REPORT_MR_ENCLAVE, 32);
    memcpy(verdict->mr_signer, quote->report.data + REPORT_MR_SIGNER, 32);
    if (policy->ak_name != NULL || policy->tpm_anchors.len != 0 || policy->pcr_digest != NULL ||
        policy->pcr_count != 0)
        return verify_fail(verify, ATTEST_CHECK_MEASUREMENT,
                           "a TPM was asked for, and this is an enclave of SGX");
    if (policy->mr_enclave != NULL && memcmp(policy->mr_enclave, verdict->mr_enclave, 32) != 0)
        return verify_fail(verify, ATTEST_CHECK_MEASUREMENT, "it is another enclave (MRENCLAVE)");
    if (policy->mr_signer != NULL && memcmp(policy->mr_signer, verdict->mr_signer, 32) != 0)
        return verify_fail(verify, ATTEST_CHECK_MEASUREMENT,
                           "the enclave is by somebody else (MRSIGNER)");
    if (policy->mr_enclave == NULL && policy->mr_signer == NULL)
        return STATUS_OK; /* NOT_ASKED */
    return verify_hold(verify, ATTEST_CHECK_MEASUREMENT);
}

enum status verify_sgx(struct verify *verify, struct bytes all)
{
    struct quote quote = {all, all, all, all, all, all, all, all}; /* read_quote sets them */
    enum status status = read_quote(verify, all, &quote);
    if (status == STATUS_OK)
        status = check_enclaves(verify, &quote);
    if (status == STATUS_OK)
        status = check_binding(verify, &quote);
    if (status == STATUS_OK)
        status = check_key(verify, &quote);
    if (status == STATUS_OK)
        status = check_signature(verify, &quote);
    if (status == STATUS_OK)
        status = check_origin(verify, &quote);
    return status != STATUS_OK ? status : check_measurement(verify, &quote);
}
